"""Formulas of school mathematics: text to tokens, to a tree, to SymPy objects."""
