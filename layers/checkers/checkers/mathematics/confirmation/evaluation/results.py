"""Reads the SymPy objects that the first way found, as plain numbers.

Nothing of SymPy is imported or called.

An object's kind is the name of its class, its parts are `args`: that much is needed, and no more.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import mpmath  # type: ignore[import-untyped]

from checkers.mathematics.confirmation.evaluation.arithmetic import inexact, is_less, is_near, power
from checkers.mathematics.confirmation.evaluation.errors import CannotTell, Undefined
from checkers.mathematics.confirmation.evaluation.grids import Grid
from checkers.mathematics.confirmation.evaluation.polynomials import real_root

__all__ = ["Piece", "contains", "names_of", "number_of", "pieces_of"]

_FUNCTIONS = {
    "sin": mpmath.sin, "cos": mpmath.cos, "tan": mpmath.tan, "cot": mpmath.cot, "sec": mpmath.sec, "csc": mpmath.csc,
    "asin": mpmath.asin, "acos": mpmath.acos, "atan": mpmath.atan, "sinh": mpmath.sinh, "cosh": mpmath.cosh,
    "tanh": mpmath.tanh, "exp": mpmath.exp, "log": mpmath.log, "Abs": abs, "conjugate": mpmath.conj, "re": mpmath.re,
    "im": mpmath.im, "floor": mpmath.floor, "ceiling": mpmath.ceil, "sign": mpmath.sign, "atan2": mpmath.atan2,
}  # fmt: skip
_CONSTANTS = {"Pi": mpmath.pi, "Exp1": mpmath.e, "ImaginaryUnit": mpmath.mpc(0, 1)}

Piece = tuple[Any, Any, bool, bool]
"""Low and high end (None: no end), and whether each is left out."""


def number_of(made: Any, names: Mapping[str, Any] | None = None) -> Any:
    """The value of a SymPy expression or matrix where its symbols have those values.

    Roots of negative numbers are principal, as SymPy means them, save that odd ones of real numbers are real.
    """
    kind = type(made).__name__
    if isinstance(made, int):
        return made
    if hasattr(made, "p") and hasattr(made, "q") and not made.args:
        fraction = Fraction(int(made.p), int(made.q))
        return fraction.numerator if fraction.denominator == 1 else fraction
    if kind == "Float":
        return mpmath.mpf(str(made))
    if kind in _CONSTANTS:
        return +_CONSTANTS[kind]
    if kind in ("Symbol", "Dummy"):
        if names is None or made.name not in names:
            raise CannotTell(f"a symbol without a value: {made.name}")
        return names[made.name]
    if kind.endswith("Matrix"):
        return Grid(made.rows, made.cols, tuple(number_of(cell, names) for cell in made))
    if kind == "ComplexRootOf":
        coefficients = [Fraction(int(c.p), int(c.q)) for c in made.poly.all_coeffs()]
        return real_root(coefficients[::-1], int(made.index))
    return _composed(kind, [number_of(part, names) for part in made.args])


def _composed(kind: str, values: list[Any]) -> Any:
    if kind in ("Add", "Mul"):
        made: Any = 0 if kind == "Add" else 1
        for value in values:
            if not (isinstance(made, int | Fraction) and isinstance(value, int | Fraction)):
                made, value = inexact(made), inexact(value)
            made = made + value if kind == "Add" else made * value
        return made
    if kind == "Pow":
        return power(*values, complex_parts=True)
    if kind in ("Max", "Min"):
        return (max if kind == "Max" else min)(values)
    if kind == "log" and is_near(values[0], 0):
        raise Undefined("a logarithm of zero")
    if kind in _FUNCTIONS:
        return _FUNCTIONS[kind](*(inexact(value) for value in values))
    raise CannotTell(f"a result of a kind that is not known: {kind}")


def names_of(made: Any) -> set[str]:
    """The symbols of a SymPy object."""
    return {str(name) for name in getattr(made, "free_symbols", ())}


def pieces_of(region: Any) -> list[Piece]:
    """The intervals and single points of a SymPy set of real numbers."""
    kind = type(region).__name__
    if kind == "EmptySet":
        return []
    if kind == "Reals":
        return [(None, None, True, True)]
    if kind == "Interval":
        low, high, left, right = region.args
        return [(_end(low), _end(high), bool(left), bool(right))]
    if kind == "FiniteSet":
        return [(number_of(member), number_of(member), False, False) for member in region.args]
    if kind == "Union":
        return [piece for part in region.args for piece in pieces_of(part)]
    if kind == "Complement" and type(region.args[0]).__name__ == "Reals":
        holes = sorted(piece[0] for piece in pieces_of(region.args[1]) if piece[0] == piece[1])
        ends = [None, *holes, None]
        return [(low, high, True, True) for low, high in itertools.pairwise(ends)]
    raise CannotTell("a set of a kind that is not known")


def _end(made: Any) -> Any:
    return None if type(made).__name__ in ("Infinity", "NegativeInfinity") else number_of(made)


def contains(pieces: list[Piece], value: Any) -> bool:
    """Whether a value lies in one of the pieces."""
    for low, high, left, right in pieces:
        above = (
            low is None
            or (is_less(low, value) and not is_near(value, low))
            or (is_near(value, low) and not left)
        )
        below = (
            high is None
            or (is_less(value, high) and not is_near(value, high))
            or (is_near(value, high) and not right)
        )
        if above and below:
            return True
    return False
