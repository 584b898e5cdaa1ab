"""Brute force: roots by substitution, regions by sampling, integers by trying them all. No SymPy, no checker."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import pairwise

from drills.lies.expressions import Formula, Number, value
from drills.lies.truths import Interval

__all__ = ["Doubtful", "compare", "digits", "divisors", "is_prime", "is_square", "region_of", "solutions"]

_NEAR = 1e-9


class Doubtful(Exception):
    """The oracle cannot be sure; the problem is not asked."""


def compare(left: Number | None, sign: str, right: Number | None) -> bool:
    """Whether a relation holds; not where a side is not defined. Raises `Doubtful` where rounding decides."""
    if left is None or right is None:
        return False
    exact = isinstance(left, Fraction) and isinstance(right, Fraction)
    equal = left == right if exact else abs(left - right) < _NEAR * max(1, abs(left))
    if not exact and not equal and abs(left - right) < 1e3 * _NEAR:
        raise Doubtful
    if sign in ("=", "!="):
        return equal == (sign == "=")
    if equal:
        return sign in ("<=", ">=")
    return (left < right) == (sign in ("<", "<="))


def solutions(left: Formula, right: Formula, name: str, suspects: Iterable[Fraction]) -> list[Fraction]:
    """The suspects that solve an equation, after a scan for roots that nobody suspects.

    A change of sign, or a touch, raises `Doubtful` away from every solution and pole: the list would not be complete.
    """
    sides = [(at, value(left, {name: at}), value(right, {name: at})) for at in sorted(set(suspects))]
    found = [at for at, one, two in sides if compare(one, "=", two)]
    known = [*found, *(at for at, one, two in sides if one is None or two is None)]
    before: float | None = None
    for step in range(-240, 241):
        at = step / 11 + 1 / 977
        one, two = value(left, {name: at}), value(right, {name: at})
        if one is None or two is None:
            before = None
            continue
        gap = float(one) - float(two)
        crossed = before is not None and (before < 0) != (gap < 0)
        if (crossed or abs(gap) < _NEAR) and not any(at - 1 / 11 <= place <= at for place in known):
            raise Doubtful
        before = gap
    return found


def region_of(holds: Callable[[Fraction], bool], breaks: Iterable[Fraction]) -> tuple[Interval, ...]:
    """Where a predicate holds that changes at the breaks alone. Raises `Doubtful` where it changes elsewhere."""
    ends = sorted(set(breaks))
    marks: list[tuple[Fraction | None, Fraction | None, bool]] = []
    fences: list[Fraction | None] = [None, *ends, None]
    for place, (low, high) in enumerate(pairwise(fences)):
        verdicts = {holds(at) for at in _inside(low, high)}
        if len(verdicts) != 1:
            raise Doubtful
        marks.append((low, high, verdicts.pop()))
        if place < len(ends):
            marks.append((ends[place], ends[place], holds(ends[place])))
    return _joined(marks)


def _inside(low: Fraction | None, high: Fraction | None) -> list[Fraction]:
    if low is None and high is None:
        return [Fraction(n, 7) for n in range(-300, 301, 25)]
    if low is None or high is None:
        end, way = (high, -1) if low is None else (low, 1)
        assert end is not None
        return [
            end + way * step
            for step in (Fraction(1, 1009), Fraction(1, 7), Fraction(1), Fraction(29, 7), Fraction(1009, 11))
        ]
    return [low + (high - low) * Fraction(part, 1000) for part in (1, 137, 419, 503, 800, 999)]


def _joined(marks: list[tuple[Fraction | None, Fraction | None, bool]]) -> tuple[Interval, ...]:
    made: list[Interval] = []
    open_part: Interval | None = None
    for low, high, inside in marks:
        point = low is not None and low == high
        if not inside:
            made += [open_part] if open_part is not None else []
            open_part = None
        elif open_part is None:
            open_part = Interval(low, high, point, point)
        else:
            open_part = Interval(open_part.low, high, open_part.has_low, point)
    return (*made, open_part) if open_part is not None else tuple(made)


def is_prime(n: int) -> bool:
    return n > 1 and all(n % divisor for divisor in range(2, int(n**0.5) + 1))


def is_square(n: int) -> bool:
    return n >= 0 and any(root * root == n for root in range(int(n**0.5) + 2))


def divisors(n: int) -> list[int]:
    return [divisor for divisor in range(1, n + 1) if n % divisor == 0]


def digits(n: int, base: int) -> str:
    """A natural number in a base."""
    made = ""
    while n:
        made = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[n % base] + made
        n //= base
    return made or "0"
