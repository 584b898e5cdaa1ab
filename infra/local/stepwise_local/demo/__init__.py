"""A tour of the bundle in the terminal: ``make demo``."""
