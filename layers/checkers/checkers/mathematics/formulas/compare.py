"""Whether two expressions are equal: exactly where that can be shown, else by 50 digits at fixed points."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sympy as sp

__all__ = ["is_real", "same", "same_up_to_factor"]

DIGITS = 60
AGREEING = sp.Float(10) ** -45
_POINTS = tuple(
    sp.Rational(above, below)
    for above, below in (
        (13, 7), (-17, 11), (5, 19), (29, 3), (-3, 23), (41, 13), (7, 5), (-31, 9), (2, 17), (-11, 5), (23, 2), (-1, 29)
    )
)  # fmt: skip


def same(left: Any, right: Any) -> bool | None:
    """Whether two expressions have the same value for all values of their symbols; None: cannot tell."""
    if left == right:
        return True
    if getattr(left, "is_Matrix", False) or getattr(right, "is_Matrix", False):
        return _same_matrices(left, right)
    if isinstance(left, sp.Rational) and isinstance(right, sp.Rational):
        return False
    symbols = sorted(left.free_symbols | right.free_symbols, key=str)
    if not symbols:
        return _same_numbers(left, right)
    difference = left - right
    if difference.is_polynomial(*symbols) and not difference.has(sp.Float):
        return bool(sp.expand(difference) == 0)
    return _same_at_points(left, right, symbols)


def same_up_to_factor(left: Any, right: Any) -> bool | None:
    """Whether `left` = 0 and `right` = 0 say the same because one is a number times the other."""
    if left == 0 or right == 0:
        return bool(left == right)
    quotient = sp.cancel(left / right)
    if quotient.is_number:
        return bool(quotient != 0)
    return False if quotient.free_symbols else None


def is_real(number: Any) -> bool | None:
    """Whether a number without symbols is real; None: cannot tell."""
    if number.is_real is not None:
        return bool(number.is_real)
    value = _value(number)
    if value is None:
        return None
    return bool(abs(sp.im(value)) < AGREEING * (1 + abs(value)))


def _same_matrices(left: Any, right: Any) -> bool | None:
    if not (getattr(left, "is_Matrix", False) and getattr(right, "is_Matrix", False)):
        return None
    if left.shape != right.shape:
        return False
    verdicts = [same(a, b) for a, b in zip(left, right, strict=True)]
    if False in verdicts:
        return False
    return None if None in verdicts else True


def _same_numbers(left: Any, right: Any) -> bool | None:
    a, b = _value(left), _value(right)
    if a is None or b is None:
        return None
    return bool(abs(a - b) <= AGREEING * (1 + abs(a)))


def _same_at_points(left: Any, right: Any, symbols: list[Any]) -> bool | None:
    agreed = differed = 0
    for start in range(len(_POINTS)):
        point = {name: _POINTS[(start + 5 * place) % len(_POINTS)] for place, name in enumerate(symbols)}
        verdict = _same_numbers(left.subs(point), right.subs(point))
        agreed += verdict is True
        differed += verdict is False
    if agreed >= 6 and not differed:
        return True
    if differed >= 4 and not agreed:
        return False
    return None


@lru_cache(maxsize=256)
def _value(number: Any) -> Any:
    """The number to many digits; kept, as the same solutions are compared with one answer after another."""
    try:
        value = number.evalf(DIGITS, maxn=400)
    except (ArithmeticError, TypeError, ValueError, NotImplementedError):
        return None
    real, imaginary = value.as_real_imag()
    if not (real.is_Number and imaginary.is_Number and real.is_finite and imaginary.is_finite):
        return None
    return value
