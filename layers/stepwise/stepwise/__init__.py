"""What the functions share: from a request to a dependable answer of a slow, fallible model."""

__version__ = "0.1.0"
