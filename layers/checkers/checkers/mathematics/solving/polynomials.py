"""All roots of polynomials in one unknown.

Exact ones where SymPy has them, else to 80 digits.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from checkers.mathematics.formulas.compare import same
from checkers.mathematics.formulas.nodes import NotUnderstood

__all__ = ["merged", "polynomial_roots"]

HIGHEST_DEGREE = 24


def polynomial_roots(difference: Any, unknown: Any, *, real: bool) -> list[Any]:
    """The different zeros of the numerator.

    Raises `NotUnderstood` when they cannot all be had.
    """
    numerator, _ = sp.fraction(sp.cancel(sp.together(difference)))
    numerator = sp.expand(numerator)
    if not numerator.is_polynomial(unknown):
        raise NotUnderstood("no polynomial")
    if not numerator.has(unknown):
        if numerator == 0:
            raise NotUnderstood("every number solves it")
        return []
    polynomial = sp.Poly(numerator, unknown)
    if polynomial.degree() > HIGHEST_DEGREE:
        raise NotUnderstood("a degree that is too high")
    if all(coefficient.is_Rational for coefficient in polynomial.all_coeffs()):
        return list(dict.fromkeys(polynomial.real_roots())) if real else _complex_roots(polynomial)
    found = sp.roots(polynomial)
    if sum(found.values()) != polynomial.degree():
        raise NotUnderstood("roots that are not all known")
    zeros = merged(list(found))
    return [zero for zero in zeros if _real_value(zero)] if real else zeros


def _complex_roots(polynomial: Any) -> list[Any]:
    """The different roots.

    Exact up to degree two, else to 80 digits, as SymPy is slow to refine exact ones.
    """
    found: list[Any] = []
    for factor, _ in polynomial.factor_list()[1]:
        found += list(sp.roots(factor)) if factor.degree() <= 2 else factor.nroots(n=80, maxsteps=300)
    return found


def merged(numbers: list[Any]) -> list[Any]:
    """The numbers without repetitions."""
    kept: list[Any] = []
    for number in numbers:
        if not any(same(number, other) for other in kept):
            kept.append(number)
    return kept


def _real_value(number: Any) -> bool:
    if number.is_real is not None:
        return bool(number.is_real)
    value = number.evalf(50)
    return bool(abs(sp.im(value)) < sp.Float(10) ** -35)
