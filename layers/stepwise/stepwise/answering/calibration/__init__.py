"""What confidence was worth when it was measured, by classes of problems."""
