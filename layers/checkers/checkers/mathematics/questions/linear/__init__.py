"""Questions about planes, lines and maps of space."""
