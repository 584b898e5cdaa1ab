"""Formulas: text to tokens, to a tree, to SymPy objects, and how these compare."""
