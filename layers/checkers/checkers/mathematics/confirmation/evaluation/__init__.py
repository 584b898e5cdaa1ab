"""Values of formula trees without SymPy.

Exact, to 40 digits, as floats, as intervals, as polynomials.
"""
