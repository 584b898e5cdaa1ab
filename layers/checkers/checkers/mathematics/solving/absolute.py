"""Equations with absolute values and roots as polynomials: sums that vanish, and both signs of an absolute value."""

from __future__ import annotations

from typing import Any

import sympy as sp

from checkers.mathematics.formulas.nodes import NotUnderstood

__all__ = ["polynomial_conditions"]


def polynomial_conditions(difference: Any) -> list[Any]:
    """Polynomials that are 0 wherever the difference is; other zeros of theirs may be none of its zeros.

    Raises `NotUnderstood`.
    """
    parts = _vanishing(sp.expand_mul(difference)) or _vanishing(-sp.expand_mul(difference))
    if parts:
        return [_numerator(part) for part in parts]
    signed = sorted(difference.atoms(sp.Abs), key=str)
    if len(signed) != 1:
        raise NotUnderstood("no polynomial equation")
    size = sp.Dummy("size")
    linear = sp.Poly(sp.expand(sp.fraction(sp.together(difference.xreplace({signed[0]: size})))[0]), size)
    if linear.degree() != 1:
        raise NotUnderstood("no polynomial equation")
    rest, times = linear.nth(0), linear.nth(1)
    return [_numerator((times * signed[0].args[0]) ** 2 - rest**2)]


def _numerator(part: Any) -> Any:
    above = sp.expand(sp.fraction(sp.together(part))[0])
    if not above.is_polynomial(*above.free_symbols):
        raise NotUnderstood("no polynomial equation")
    return above


def _vanishing(total: Any) -> list[Any]:
    """What has to be 0 where a sum of numbers that are not negative is 0; nothing where it is no such sum."""
    found, plain = [], []
    for term in sp.Add.make_args(total):
        factor, rest = term.as_coeff_Mul()
        base = _base(rest)
        if base is not None and factor.is_positive:
            found.append(base)
        else:
            plain.append(term)
    if not found:
        return []
    left = sp.Add(*plain)
    if left == 0:
        return found
    square = _square(left)
    return [] if square is None else [*found, square]


def _base(term: Any) -> Any:
    """What is 0 where an absolute value, an even root or an even power is 0."""
    if isinstance(term, sp.Abs):
        return term.args[0]
    if isinstance(term, sp.Pow) and term.exp.is_Rational and term.exp > 0:
        if term.exp.is_Integer and term.exp % 2 == 0:
            return term.base
        if term.exp.p == 1 and term.exp.q % 2 == 0:
            return term.base
    return None


def _square(left: Any) -> Any:
    """The polynomial whose square the sum is, up to a positive factor."""
    if not left.is_polynomial(*left.free_symbols) or not left.free_symbols:
        return None
    factor, parts = sp.factor_list(left)
    if not factor.is_positive or any(power % 2 for _, power in parts):
        return None
    return sp.Mul(*(base ** (power // 2) for base, power in parts))
