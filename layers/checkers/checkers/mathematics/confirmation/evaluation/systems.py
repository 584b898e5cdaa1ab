"""Looks for solutions of systems by Newton's method with damping.

It starts from many hashed places.

Steps are the shortest ones (least norm), so that systems with more unknowns than equations are searched too.
J. Nocedal and S. Wright, "Numerical Optimization" (2006), section 11.1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checkers.mathematics.confirmation.evaluation.arithmetic import Scope
from checkers.mathematics.confirmation.evaluation.errors import CannotTell, Undefined
from checkers.mathematics.confirmation.evaluation.floats import float_function
from checkers.mathematics.confirmation.evaluation.sampling import fractions
from checkers.mathematics.problem.facts import Relation

__all__ = ["solutions_near"]

STARTS = 48
STEPS = 40

Vector = list[float]
Residuals = Callable[[Vector], Vector]


def solutions_near(
    equations: list[Relation], names: list[str], scope: Scope, seed: str
) -> list[dict[str, float]]:
    """Different real solutions that the search ends at.

    More may exist; with free unknowns they do.
    """
    if not 1 <= len(names) <= 6:
        raise CannotTell("too many unknowns")

    sides = [[float_function(side, set(names), scope) for side in (r.left, r.right)] for r in equations]

    def residuals(place: Vector) -> Vector:
        values = dict(zip(names, place, strict=True))
        gaps = []
        for left, right in sides:
            a, b = left(values), right(values)
            gaps.append((a - b) / (1 + abs(a) + abs(b)))
        return gaps

    found: list[Vector] = []
    for start in range(STARTS):
        size = (2, 5, 12, 40)[start % 4]
        begin = [float(x) for x in fractions(f"{seed}@{start}", len(names), size)]
        if start % 3 == 1:
            begin = [abs(x) for x in begin]
        place = _newton(residuals, begin)
        if place is not None and not any(_close(place, other) for other in found):
            found.append(place)
    return [dict(zip(names, place, strict=True)) for place in found]


def _close(one: Vector, other: Vector) -> bool:
    return all(abs(a - b) <= 1e-6 * (1 + abs(a)) for a, b in zip(one, other, strict=True))


def _newton(residuals: Residuals, place: Vector) -> Vector | None:
    try:
        values = residuals(place)
        for _ in range(STEPS):
            worst = max(abs(value) for value in values)
            if worst < 1e-14:
                break
            step = _shortest_step(residuals, place, values)
            moved = _damped(residuals, place, step, worst)
            if moved is None:
                break
            place, values = moved
    except (Undefined, OverflowError, ZeroDivisionError):
        return None
    if max(abs(value) for value in values) > 1e-11 or max(abs(x) for x in place) > 1e6:
        return None
    return place if _has_arrived(residuals, place, values) else None


def _has_arrived(residuals: Residuals, place: Vector, values: Vector) -> bool:
    """Whether the next step would be small.

    Where both sides only fade away together, it is not.
    """
    try:
        step = _shortest_step(residuals, place, values)
    except (Undefined, OverflowError, ZeroDivisionError):
        return False
    return all(abs(s) < 1e-4 * (1 + abs(x)) for s, x in zip(step, place, strict=True))


def _damped(residuals: Residuals, place: Vector, step: Vector, worst: float) -> tuple[Vector, Vector] | None:
    scale = 1.0
    while scale > 1e-4:
        tried = [x - scale * s for x, s in zip(place, step, strict=True)]
        try:
            values = residuals(tried)
        except (Undefined, OverflowError, ZeroDivisionError):
            scale /= 3
            continue
        if max(abs(value) for value in values) < worst:
            return tried, values
        scale /= 3
    return None


def _shortest_step(residuals: Residuals, place: Vector, values: Vector) -> Vector:
    columns = []
    for k, x in enumerate(place):
        width = 1e-7 * (1 + abs(x))
        moved = [*place[:k], x + width, *place[k + 1 :]]
        columns.append([(b - a) / width for a, b in zip(values, residuals(moved), strict=True)])
    count = len(values)
    square = [[sum(column[i] * column[j] for column in columns) for j in range(count)] for i in range(count)]
    slack = 1e-13 * max(square[i][i] for i in range(count))
    for i in range(count):
        square[i][i] += slack
    weights = _solved(square, values)
    return [sum(weights[i] * column[i] for i in range(count)) for column in columns]


def _solved(rows: list[Vector], sides: Vector) -> Vector:
    """Gaussian elimination with the largest pivot."""
    size = len(rows)
    table = [[*row, side] for row, side in zip(rows, sides, strict=True)]
    for k in range(size):
        pivot = max(range(k, size), key=lambda row: abs(table[row][k]))
        table[k], table[pivot] = table[pivot], table[k]
        if table[k][k] == 0:
            raise ZeroDivisionError
        for row in range(k + 1, size):
            factor = table[row][k] / table[k][k]
            table[row] = [a - factor * b for a, b in zip(table[row], table[k], strict=True)]
    made: list[Any] = [0.0] * size
    for k in reversed(range(size)):
        rest = sum(table[k][j] * made[j] for j in range(k + 1, size))
        made[k] = (table[k][size] - rest) / table[k][k]
    return made
