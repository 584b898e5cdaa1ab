"""Rounded numbers: what they can stand for."""

from __future__ import annotations

from typing import Any

import sympy as sp

from checkers.mathematics.formulas.nodes import NotUnderstood

__all__ = ["is_rounding_of", "rounded"]


def is_rounding_of(number: Any, exact: Any, decimals: int) -> bool:
    """Whether `number`, written with that many decimals, is `exact` rounded or cut off."""
    if number.free_symbols or exact.free_symbols:
        return False
    distance = sp.Abs(number - exact).evalf(40)
    return bool(distance.is_number and distance.is_real and distance <= sp.Rational(10) ** -decimals)


def rounded(exact: Any, decimals: int) -> Any:
    """`exact` rounded half up to so many decimals, which may be negative, as a rational number.

    Raises `NotUnderstood` for a negative number in the middle of two, as "up" is then read in two ways.
    """
    unit = sp.Rational(10) ** decimals
    if isinstance(exact, sp.Rational) and exact < 0 and (2 * exact * unit).q == 1 and (exact * unit).q == 2:
        raise NotUnderstood("half of a negative number, up or away from zero")
    scaled = sp.Abs(exact) * unit + sp.Rational(1, 2)
    size = sp.floor(scaled.evalf(60) if not isinstance(scaled, sp.Rational) else scaled) / unit
    return -size if bool(exact.evalf(30) < 0) else size
