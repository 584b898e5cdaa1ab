"""Checks answers to mathematics problems with SymPy, from the problem and the answer alone."""

from __future__ import annotations

from checkers.mathematics.answers.equivalence import equivalent
from checkers.mathematics.verify import verify

__all__ = ["equivalent", "verify"]
