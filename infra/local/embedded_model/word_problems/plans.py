"""What is done with the numbers of a word problem, in the order in which they stand in it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from embedded_model.word_problems.working import Working

__all__ = [
    "Plan",
    "area",
    "difference",
    "fewer",
    "left",
    "more",
    "multiple",
    "perimeter",
    "product",
    "proportion",
    "share",
    "total",
]

Plan = Callable[[list[Fraction], Working], Fraction]


def total(values: list[Fraction], working: Working) -> Fraction:
    """All of them together."""
    result = values[0]
    for value in values[1:]:
        result = working.calculate(result, "+", value, "total")
    return result


def left(values: list[Fraction], working: Working) -> Fraction:
    """The first without the others."""
    result = values[0]
    for value in values[1:]:
        result = working.calculate(result, "-", value, "left")
    return result


def difference(values: list[Fraction], working: Working) -> Fraction:
    """How far two numbers are apart."""
    return working.calculate(max(values), "-", min(values), "difference")


def more(values: list[Fraction], working: Working) -> Fraction:
    """So many more than the first."""
    return working.calculate(values[0], "+", values[1], "more")


def fewer(values: list[Fraction], working: Working) -> Fraction:
    """So many fewer than the first."""
    return working.calculate(values[0], "-", values[1], "fewer")


def product(values: list[Fraction], working: Working) -> Fraction:
    """The amount for one, then how many."""
    return working.calculate(values[0], "*", values[1], "product")


def multiple(values: list[Fraction], working: Working) -> Fraction:
    """So many times the first."""
    return working.calculate(values[0], "*", values[1], "multiple")


def share(values: list[Fraction], working: Working) -> Fraction:
    """The first in so many equal parts."""
    return working.calculate(values[0], "/", values[1], "share")


def proportion(values: list[Fraction], working: Working) -> Fraction:
    """So many cost so much: what do so many cost?"""
    one = working.calculate(values[1], "/", values[0], "one")
    return working.calculate(one, "*", values[2], "product")


def area(values: list[Fraction], working: Working) -> Fraction:
    """Of a rectangle."""
    return working.calculate(values[0], "*", values[1], "area")


def perimeter(values: list[Fraction], working: Working) -> Fraction:
    """Of a rectangle."""
    half = working.calculate(values[0], "+", values[1], "half perimeter")
    return working.calculate(half, "*", Fraction(2), "perimeter")
