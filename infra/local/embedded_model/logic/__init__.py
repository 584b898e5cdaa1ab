"""Small arguments: sentences into formulas, and whether a conclusion follows from premises."""
