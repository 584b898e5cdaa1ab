"""Points that are chosen by a hash, and what is tried at them.

Identities, regions, limits, derivatives, integrals.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import mpmath  # type: ignore[import-untyped]

from checkers.mathematics.confirmation.evaluation.arithmetic import (
    Scope,
    evaluate,
    inexact,
    is_near,
    real_part_of,
)
from checkers.mathematics.confirmation.evaluation.errors import CannotTell, Undefined
from checkers.mathematics.confirmation.evaluation.results import Piece, contains
from checkers.mathematics.formulas.nodes import Node

__all__ = ["agree", "fractions", "integral", "limit", "same_region", "slope"]

Function = Callable[..., Any]


def fractions(seed: str, count: int, size: int = 7) -> Iterator[Fraction]:
    """Numbers between minus and plus `size` that only the seed decides."""
    for place in range(count):
        digest = hashlib.sha256(f"{seed}/{place}".encode()).digest()
        above = int.from_bytes(digest[:4], "big") % (2 * size * 997) - size * 997
        yield Fraction(above, 997 + digest[5] % 7)


def agree(first: Function, second: Function, names: list[str], seed: str) -> bool | None:
    """Whether two functions of those names have the same values at hashed points.

    None: too few points count.

    A point counts where both have a value. Positive points are among them, for roots and logarithms.
    """
    same = differ = 0
    for place in range(16):
        sign_free = place % 2 == 0
        values = dict(zip(names, fractions(f"{seed}#{place}", len(names)), strict=True))
        point = values if sign_free else {name: abs(value) for name, value in values.items()}
        try:
            a, b = first(point), second(point)
        except Undefined:
            continue  # outside the domain: other points have to agree
        if is_near(a, b):
            same += 1
        else:
            differ += 1
    if differ and not same:
        return False
    return True if same >= 5 and not differ else None


def same_region(holds: Callable[[Any], bool], pieces: list[Piece], seed: str) -> bool:
    """Whether a condition holds exactly where the pieces say so.

    It is tried at hashed points, at the ends and close to them.
    """
    ends = [end for piece in pieces for end in piece[:2] if end is not None]
    places: list[Any] = [
        *fractions(seed, 24),
        *fractions(seed + "+", 12, 60),
        *fractions(seed + "++", 6, 5_000),
        0,
        1,
        -1,
    ]
    for end in ends:
        places.append(end)
        for power in (1, 3, 6):
            step = Fraction(1, 10**power)
            places += (
                [end + step, end - step]
                if isinstance(end, int | Fraction)
                else [end + inexact(step), end - inexact(step)]
            )
    return all(holds(place) == contains(pieces, place) for place in places)


def limit(function: Callable[[Any], Any], place: Any, side: str) -> Any:
    """The number that the values come closer to.

    `place` may be inf or -inf, `side` is +, - or both as +-.

    Raises `CannotTell` where the values do not settle, `Undefined` where there are none.
    """
    if place in (mpmath.inf, -mpmath.inf):
        sign = 1 if place > 0 else -1
        return _settled([function(sign * mpmath.mpf(10) ** power) for power in (6, 9, 12)])
    found = []
    for direction in (1, -1):
        if ("+" if direction > 0 else "-") in (side or "+-"):
            steps = [direction * mpmath.mpf(10) ** -power for power in (4, 6, 8)]
            found.append(_settled([function(inexact(place) + step) for step in steps]))
    if len(found) == 2 and abs(found[0] - found[1]) > mpmath.mpf(10) ** -5 * (1 + abs(found[0])):
        raise Undefined("two sides that differ")
    return found[0]


def _settled(values: list[Any]) -> Any:
    first, second, third = (inexact(real_part_of(value)) for value in values)
    if (
        abs(third - second) > mpmath.mpf(10) ** -5 * (1 + abs(third))
        or abs(third - second) > abs(second - first) + mpmath.mpf(10) ** -20
    ):
        raise CannotTell("values that do not settle")
    return third


def slope(function: Callable[[Any], Any], place: Any, order: int = 1) -> Any:
    """The derivative by differences from both sides. Raises `Undefined` at a corner."""
    step = mpmath.mpf(10) ** -8
    at = inexact(place)
    if order > 1:
        return mpmath.diff(lambda x: inexact(function(x)), at, order)
    middle, right, left = (inexact(real_part_of(function(x))) for x in (at, at + step, at - step))
    after, before = (right - middle) / step, (middle - left) / step
    if abs(after - before) > mpmath.mpf(10) ** -5 * (1 + abs(after)):
        raise Undefined("a corner")
    return (after + before) / 2


def integral(tree: Node, name: str, low: Any, high: Any, scope: Scope) -> Any:
    """The definite integral by quadrature."""

    def height(x: Any) -> Any:
        return inexact(real_part_of(evaluate(tree, scope.where({name: x}))))

    with mpmath.workdps(25):
        value, error = mpmath.quad(height, [_place(low), _place(high)], error=True)
    if error > mpmath.mpf(10) ** -8 * (1 + abs(value)):
        raise CannotTell("an integral that does not settle")
    return value


def _place(end: Any) -> Any:
    return inexact(end)
