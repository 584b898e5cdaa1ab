"""What a problem says: its sentences, its formulas, what is given, and how the answer is to be written."""
