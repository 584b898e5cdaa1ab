"""Conditions on an unknown: what they say of a number, and how problems say them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from drills.lies.oracle import Doubtful, is_prime, is_square

__all__ = ["ADJECTIVES", "KINDS", "Condition", "Relation", "relation"]

Test = Callable[[Fraction], bool]


@dataclass(frozen=True)
class Condition:
    """A kind of number, with its words as an adjective or as `x is a ...`; "" where a language has none."""

    test: Test
    en: str
    zh: str
    is_vague: Test | None = None
    """Numbers of which people disagree whether they are meant: 0 among the natural ones."""

    def chosen(self, values: list[Fraction]) -> list[Fraction]:
        """The values that are of this kind. Raises `Doubtful`."""
        if self.is_vague is not None and any(map(self.is_vague, values)):
            raise Doubtful
        return [value for value in values if self.test(value)]


def _whole(value: Fraction) -> bool:
    return value.denominator == 1


def _zero(value: Fraction) -> bool:
    return value == 0


def _prime(value: Fraction) -> bool:
    return _whole(value) and is_prime(int(value))


ADJECTIVES = (
    Condition(lambda v: v > 0, "positive", "正"),
    Condition(lambda v: v < 0, "negative", "负"),
    Condition(lambda v: v != 0, "nonzero", "非零"),
    Condition(lambda v: v >= 0, "nonnegative", "非负"),
    Condition(lambda v: v <= 0, "nonpositive", "非正"),
    Condition(lambda v: v >= 0, "non-negative", "不小于零的"),
    Condition(_whole, "integer", "整数"),
    Condition(lambda v: _whole(v) and v > 0, "positive integer", "正整数"),
    Condition(lambda v: _whole(v) and v < 0, "negative integer", "负整数"),
    Condition(lambda v: _whole(v) and v % 2 == 0, "even", "偶数"),
    Condition(lambda v: _whole(v) and v % 2 == 1, "odd", "奇数"),
    Condition(_prime, "prime", "质数"),
    Condition(lambda v: not _whole(v), "non-integer", "非整数"),
    Condition(lambda v: True, "rational", "有理数"),
    Condition(lambda v: True, "real", "实数"),
    Condition(lambda v: False, "irrational", "无理数"),
)

KINDS = (
    Condition(lambda v: v > 0, "a positive number", "正数"),
    Condition(lambda v: v > 0, "a positive real number", "正实数"),
    Condition(lambda v: v < 0, "a negative number", "负数"),
    Condition(_whole, "an integer", "整数"),
    Condition(lambda v: _whole(v) and v > 0, "a positive integer", "正整数"),
    Condition(lambda v: _whole(v) and v >= 0, "a nonnegative integer", "非负整数"),
    Condition(lambda v: _whole(v) and v <= 0, "a non-positive integer", "非正整数"),
    Condition(lambda v: _whole(v) and v > 0, "a natural number", "自然数", _zero),
    Condition(lambda v: _whole(v) and v > 0, "a whole number", "正自然数", lambda v: v <= 0 and _whole(v)),
    Condition(lambda v: v >= 0, "a nonnegative real number", "非负实数"),
    Condition(lambda v: v != 0, "a nonzero real number", "非零实数"),
    Condition(lambda v: v != 0 and _whole(v), "a nonzero integer", "非零整数"),
    Condition(lambda v: _whole(v) and v % 2 == 0, "an even integer", "偶数"),
    Condition(lambda v: _whole(v) and v % 2 == 1, "an odd number", "奇数"),
    Condition(lambda v: _whole(v) and v % 2 == 0 and v > 0, "a positive even integer", "正偶数"),
    Condition(_prime, "a prime number", "素数"),
    Condition(lambda v: _whole(v) and is_square(int(v)), "a perfect square", "完全平方数"),
    Condition(lambda v: _whole(v) and v % 3 == 0, "a multiple of 3", "3的倍数"),
    Condition(lambda v: not _whole(v), "not an integer", "不是整数的数"),
    Condition(lambda v: True, "a real number", "实数"),
    Condition(lambda v: True, "a rational number", "有理数"),
)


@dataclass(frozen=True)
class Relation:
    """A condition that is written as a formula: the parts of a chain such as -1 < x <= 3."""

    test: Test
    chain: tuple[Fraction | str, ...]
    en: str
    zh: str

    def chosen(self, values: list[Fraction]) -> list[Fraction]:
        return [value for value in values if self.test(value)]


def relation(chance: Random, near: list[Fraction], name: str) -> Relation:
    """One that parts the values near which it is made, most often."""
    middle = chance.choice(near) if near else Fraction(0)
    at = Fraction(int(middle) + chance.choice((-1, 0, 0, 1)))
    other = at + chance.randint(1, 6)
    made = (
        Relation(lambda v: v > at, (name, ">", at), f"greater than {at}", f"大于{at}"),
        Relation(lambda v: v < at, (name, "<", at), f"less than {at}", f"小于{at}"),
        Relation(lambda v: v >= at, (name, ">=", at), f"at least {at}", f"不小于{at}"),
        Relation(lambda v: v <= at, (name, "<=", at), f"at most {at}", f"不大于{at}"),
        Relation(lambda v: v != at, (name, "!=", at), f"not equal to {at}", f"不等于{at}"),
        Relation(
            lambda v: at < v < other, (at, "<", name, "<", other), f"strictly between {at} and {other}", ""
        ),
        Relation(
            lambda v: at <= v <= other, (at, "<=", name, "<=", other), f"from {at} to {other} inclusive", ""
        ),
        Relation(lambda v: at <= v < other, (at, "<=", name, "<", other), "", ""),
    )
    return chance.choice(made)
