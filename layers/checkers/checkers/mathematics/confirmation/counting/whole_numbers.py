"""The second way of questions about whole numbers that a description picks.

Sets of numbers made by steps and sieves, in place of a test of each number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from math import isqrt
from typing import Any

import mpmath  # type: ignore[import-untyped]

from checkers.mathematics.confirmation.evaluation.arithmetic import evaluate, inexact
from checkers.mathematics.confirmation.evaluation.errors import CannotTell
from checkers.mathematics.confirmation.told import Confirmation, Told
from checkers.mathematics.formulas.nodes import Node
from checkers.mathematics.problem.counted.phrase import Phrase
from checkers.mathematics.problem.counted.whole_numbers import Condition, read_conditions, read_whole_numbers

__all__ = ["WHOLE_NUMBERS", "fits"]

MOST = 1_000_000


def _ends(told: Told, condition: Condition) -> tuple[Any, Any]:
    """The lowest and the highest number that a condition leaves, None where it leaves them open."""
    kind = condition.kind
    if condition.formula is None:
        closed = {"at most": (None, condition.numbers[0] if condition.numbers else None), "positive": (1, None), "nonnegative": (0, None),
                  "natural": (1, None), "whole": (1, None), "negative": (None, -1), "prime": (2, None), "composite": (4, None),
                  "square": (1, None), "palindrome": (1, None)}  # fmt: skip
        if condition.denied:
            return None, None
        if kind == "length":
            digits = condition.numbers[0]
            return int("1" + "0" * (digits - 1)), int("9" * digits)
        if kind == "divisor":
            return 1, max(condition.numbers)
        return closed.get(kind, (None, None))
    if kind in ("inside", "between", "strictly"):
        first, second = (inexact(evaluate(part, told.scope)) for part in condition.formula.parts)
        open_ends = kind != "inside"
        low = int(mpmath.floor(first)) + 1 if open_ends else int(mpmath.ceil(first))
        return low, int(mpmath.ceil(second)) - 1 if open_ends else int(mpmath.floor(second))
    edge = inexact(evaluate(condition.formula, told.scope))
    if condition.denied:
        kind = {"at most": "above", "above": "at most", "below": "at least", "at least": "below"}[kind]
    return {
        "at most": (None, int(mpmath.floor(edge))),
        "below": (None, int(mpmath.ceil(edge)) - 1),
        "at least": (int(mpmath.ceil(edge)), None),
        "above": (int(mpmath.floor(edge)) + 1, None),
    }[kind]


def _range(told: Told, conditions: tuple[Condition, ...]) -> tuple[int | None, int | None]:
    ends = [_ends(told, condition) for condition in conditions]
    lows = [low for low, _ in ends if low is not None]
    highs = [high for _, high in ends if high is not None]
    return max(lows) if lows else None, min(highs) if highs else None


def _primes(high: int) -> set[int]:
    sieve = bytearray([1]) * (max(high, 1) + 1)
    for k in range(2, isqrt(max(high, 0)) + 1):
        if sieve[k]:
            sieve[k * k :: k] = bytes(len(range(k * k, len(sieve), k)))
    return {k for k in range(2, high + 1) if sieve[k]}


def _multiples(step: int, low: int, high: int) -> set[int]:
    return set(range(low + (-low) % step, high + 1, step))


def _digits(number: int) -> list[int]:
    found = []
    rest = abs(number)
    while True:
        rest, digit = divmod(rest, 10)
        found.append(digit)
        if not rest:
            return found


def _common_factor(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return abs(a)


def _set_of(condition: Condition, low: int, high: int) -> set[int]:
    """The numbers of the range for which the condition itself, not denied, holds."""
    kind, numbers = condition.kind, condition.numbers
    if condition.formula is not None or kind in (
        "positive",
        "nonnegative",
        "negative",
        "natural",
        "whole",
        "at most",
        "length",
    ):
        return set(range(low, high + 1))
    if kind in ("even", "odd"):
        return {n + (kind == "odd") for n in _multiples(2, low - 1, high)} & set(range(low, high + 1))
    if kind == "prime":
        return _primes(high)
    if kind == "composite":
        return set(range(4, high + 1)) - _primes(high)
    if kind in ("square", "cube"):
        power = 2 if kind == "square" else 3
        lowest = 0 if power == 2 or low >= 0 else -200
        return {k**power for k in range(lowest, isqrt(max(high, 0)) + 1)}
    if kind == "multiple":
        return _joined([_multiples(number, low, high) for number in numbers], condition.how)
    if kind == "divisor":
        sets = [
            {d for k in range(1, isqrt(number) + 1) if number % k == 0 for d in (k, number // k)}
            for number in numbers
        ]
        return _joined(sets, condition.how)
    if kind == "remainder":
        return {n + numbers[1] for n in _multiples(numbers[0], low - numbers[1], high - numbers[1])}
    test = _DIGIT_TESTS.get(kind)
    if test is not None:
        return {n for n in range(low, high + 1) if test(_digits(n), numbers)}
    if kind == "coprime":
        return _joined(
            [{n for n in range(low, high + 1) if _common_factor(n, m) == 1} for m in numbers], condition.how
        )
    if kind == "divisors":
        counts = [0] * (high + 1)
        for step in range(1, high + 1):
            for n in range(step, high + 1, step):
                counts[n] += 1
        return {n for n in range(1, high + 1) if counts[n] == numbers[0]}
    raise CannotTell(kind)


_DIGIT_TESTS: dict[str, Callable[[list[int], tuple[int, ...]], bool]] = {
    "palindrome": lambda digits, _: digits == digits[::-1],
    "distinct digits": lambda digits, _: all(digits.count(digit) == 1 for digit in digits),
    "even digits": lambda digits, _: all(digit % 2 == 0 for digit in digits),
    "odd digits": lambda digits, _: all(digit % 2 for digit in digits),
    "prime digits": lambda digits, _: all(digit in (2, 3, 5, 7) for digit in digits),
    "digit sum": lambda digits, numbers: sum(digits) == numbers[0],
    "digit at": lambda digits, numbers: (
        (digits[numbers[0] - 1] if numbers[0] <= len(digits) else 0) == numbers[1]
    ),
    "made of": lambda digits, numbers: all(digit in numbers for digit in digits),
    "contains": lambda digits, numbers: bool(set(digits) & set(numbers)),
    "digit product": lambda digits, numbers: _product(digits) == numbers[0],
}


def _product(numbers: list[int]) -> int:
    made = 1
    for number in numbers:
        made *= number
    return made


def _joined(sets: list[set[int]], how: str) -> set[int]:
    if how == "all":
        return set.intersection(*sets)
    if how == "any":
        return set.union(*sets)
    first, second = sets
    return first ^ second


def _described(told: Told) -> tuple[Condition, ...]:
    if told.has("told"):
        return read_whole_numbers(Phrase(told.word("told"), told.ask.read.formulas)).conditions
    if told.ask.match.groupdict().get("set"):
        numbers = [Node("num", text=text) for text in re.findall(r"\d+", told.ask.formula("set"))]
        return (Condition("inside", formula=Node("tuple", (numbers[0], numbers[-1]), "()")),)
    return (Condition("inside", formula=Node("tuple", (told.tree("low"), told.tree("high")), "()")),)


def _chosen(
    told: Told, more: tuple[Condition, ...] = (), least: int | None = None, most: int | None = None
) -> list[int]:
    conditions = (*_described(told), *more)
    low, high = _range(told, conditions)
    low, high = least if low is None else low, most if high is None else high
    if low is None or high is None or high - low > MOST or high > 2 * MOST:
        raise CannotTell("too many numbers")
    found = set(range(low, high + 1))
    for condition in conditions:
        those = _set_of(condition, low, high)
        found = found - those if condition.denied else found & those
    return sorted(found)


def fits(told: Told, condition: Condition, number: int) -> bool:
    """Whether one number meets a condition."""
    low, high = _ends(told, condition)
    if (low is not None and number < low) or (high is not None and number > high):
        return False
    return (number in _set_of(condition, number, number)) != condition.denied


def _count(told: Told) -> bool | None:
    return told.equals(len(_chosen(told)))


def _of_members(told: Told) -> bool | None:
    word, result = told.word("what"), told.result
    if word in ("smallest", "least"):
        found = _chosen(told, most=int(result) + 1)
        return bool(found) and told.equals(found[0])
    if word in ("largest", "greatest"):
        found = _chosen(told, least=int(result) - 1)
        return bool(found) and told.equals(found[-1])
    found = _chosen(told)
    if word == "median":
        half = len(found) // 2
        return told.equals(Fraction(found[half] + found[~half], 2))
    if word == "product":
        return told.equals(_product(found))
    return told.equals(sum(found) if word == "sum" else Fraction(sum(found), len(found)))


def _chance(told: Told) -> bool | None:
    hit = tuple(read_conditions(Phrase(told.word("hit"), told.ask.read.formulas)))
    return told.equals(Fraction(len(_chosen(told, hit)), len(_chosen(told))))


def _count_named(told: Told) -> bool | None:
    hit = tuple(read_conditions(Phrase(told.word("hit"), told.ask.read.formulas)))
    return told.equals(len(_chosen(told, hit)))


def _pairs(told: Told) -> bool | None:
    """Both numbers are tried as far as the larger side reaches, each second one by halving."""
    one, other = told.tree("e").parts
    first, second = (part.text for part in told.tree("p").parts)

    def gap(x: int, y: int) -> Any:
        inside = told.scope.where({first: x, second: y})
        return evaluate(one, inside) - evaluate(other, inside)

    rising = gap(2, 1) > gap(1, 1)
    sign = 1 if rising else -1
    found = x = 0
    while sign * gap(x + 1, 1) <= 0:
        x += 1
        low, high = 1, 4_000
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if sign * gap(x, middle) < 0 else (low, middle)
        found += gap(x, low) == 0
        if x > 4_000:
            raise CannotTell("too many pairs")
    return told.equals(found)


WHOLE_NUMBERS: dict[str, Confirmation] = {
    "whole_numbers._count": _count,
    "whole_numbers._of_members": _of_members,
    "whole_numbers._chance": _chance,
    "whole_numbers._count_named": _count_named,
    "whole_numbers._pairs": _pairs,
}
