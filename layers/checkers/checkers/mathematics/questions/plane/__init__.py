"""Questions about points, lines, planes and maps of the plane and of space."""
