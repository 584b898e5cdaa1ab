"""The stack's processes, and its log."""
