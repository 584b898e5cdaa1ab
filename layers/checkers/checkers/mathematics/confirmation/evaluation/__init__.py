"""Values of formula trees without SymPy: exact, to 40 digits, as floats, as intervals, as polynomials."""
