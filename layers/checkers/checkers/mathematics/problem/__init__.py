"""Parse a problem: its sentences and formulas, what is given, and the form of the answer."""
