"""Checks of answers by something that is not the model: SymPy for mathematics, Z3 for logic."""
