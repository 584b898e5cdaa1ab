"""Compare what an answer says with what was computed, as numbers.

The answer's own tree is evaluated for it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath  # type: ignore[import-untyped]

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.answers.meanings import Equation, Listed, Meaning, Named, Ordered, Quantity, Region
from checkers.mathematics.confirmation.evaluation.arithmetic import Scope, evaluate, inexact, is_near
from checkers.mathematics.confirmation.evaluation.errors import CannotTell, Undefined
from checkers.mathematics.confirmation.evaluation.grids import Grid
from checkers.mathematics.confirmation.evaluation.results import contains, names_of, number_of, pieces_of
from checkers.mathematics.confirmation.evaluation.sampling import agree, fractions, slope

__all__ = ["says_the_same"]


def says_the_same(expected: Expected, given: Meaning, scope: Scope) -> bool | None:
    """Whether the answer has the expected value; None: it cannot be told.

    Forms and notations are not looked at.
    """
    comparison = _COMPARISONS.get(expected.kind)
    return comparison(expected, given, scope) if comparison is not None else None


def _quantity(given: Quantity, scope: Scope) -> Any:
    """The number by its tree; where the tree holds a unit's sign, by what was read."""
    if given.tree is not None and given.unit is None:
        return evaluate(given.tree, scope)
    return number_of(given.value)


def _items(given: Meaning) -> list[Any]:
    if isinstance(given, Listed):
        return [item.value if isinstance(item, Named) else item for item in given.items]
    if isinstance(given, Named):
        return [given.value]
    return [given]


def _value(expected: Expected, given: Meaning, scope: Scope) -> bool | None:
    (target,) = (number_of(value) for value in expected.values)
    verdicts = []
    for item in _items(given):
        if not isinstance(item, Quantity):
            return None
        value = _quantity(item, scope)
        if item.unit is not None:
            value = _converted(value, expected, item)
        elif expected.unit is not None and expected.unit.dimension == "angle" and not is_near(value, target):
            return None if is_near(inexact(value), inexact(target) * _degree()) else False
        verdicts.append(_is_value(value, target, expected.decimals))
    return all(verdicts) and len(verdicts) == 1


def _degree() -> Any:
    return mpmath.pi / 180


def _converted(value: Any, expected: Expected, item: Quantity) -> Any:
    unit, asked = item.unit, expected.unit
    if unit is None:
        return value
    if asked is None:
        return inexact(value) * _degree() if unit.dimension == "angle" else value * Fraction(1, 100)
    if asked.dimension != unit.dimension:
        # Another measure: no number of these is one of those.
        return inexact(value) + 10**9
    return value * (unit.factor / asked.factor)


def _is_value(value: Any, target: Any, decimals: int | None) -> bool:
    if decimals is None:
        return is_near(value, target)
    half = Fraction(1, 2) * Fraction(10) ** -decimals
    return bool(abs(inexact(value) - inexact(target)) <= inexact(half) * (1 + Fraction(1, 10**12)))


def _expression(expected: Expected, given: Meaning, scope: Scope) -> bool | None:
    item = given.value if isinstance(given, Named) else given
    if not isinstance(item, Quantity) or item.tree is None:
        return None
    tree, target = item.tree, expected.values[0]
    names = sorted(names_of(target) | names_of(item.value))
    if not names:
        return is_near(evaluate(tree, scope), number_of(target))
    return agree(lambda p: evaluate(tree, scope.where(p)), lambda p: number_of(target, p), names, f"e{names}")


def _antiderivative(expected: Expected, given: Meaning, scope: Scope) -> bool | None:
    item = given.value if isinstance(given, Named) else given
    if not isinstance(item, Quantity) or item.tree is None:
        return None
    tree, target, (name, *_) = item.tree, expected.values[0], expected.names
    others = sorted((names_of(target) | names_of(item.value)) - {name})

    def derived(point: dict[str, Any]) -> Any:
        inside = scope.where(point)
        return slope(lambda x: evaluate(tree, inside.where({name: x})), point[name])

    same = differ = 0
    for place in range(12):
        values = [abs(value) for value in fractions(f"{names_of(target)}{place}", 1 + len(others), 3)]
        point = dict(zip([name, *others], values, strict=True))
        try:
            gap = abs(inexact(derived(point)) - inexact(number_of(target, point)))
        except (Undefined, ZeroDivisionError):
            continue  # outside the domain: four other points have to agree
        close = gap <= 1e-6 * (1 + abs(inexact(number_of(target, point))))
        same, differ = same + close, differ + (not close)
    return False if differ else True if same >= 4 else None


def _roots(expected: Expected, given: Meaning, scope: Scope) -> bool | None:
    if isinstance(given, Region):
        found = [
            piece[0] for piece in pieces_of(given.numbers) if piece[0] is not None and piece[0] == piece[1]
        ]
    else:
        found = []
        for item in _items(given):
            if not isinstance(item, Quantity):
                return None
            value = _quantity(item, scope)
            found.append(
                inexact(value) * _degree() if item.unit is not None and expected.unit is None else value
            )
    return _same_sets(found, [number_of(value) for value in expected.values])


def _same_sets(one: list[Any], other: list[Any]) -> bool:
    return all(any(is_near(a, b) for b in other) for a in one) and all(
        any(is_near(a, b) for b in one) for a in other
    )


def _point(given: Meaning, scope: Scope, names: tuple[str, ...]) -> Grid | None:
    if isinstance(given, Named):
        given = given.value
    if isinstance(given, Ordered):
        return Grid(len(given.items), 1, tuple(_quantity(item, scope) for item in given.items))
    if isinstance(given, Quantity) and hasattr(given.value, "rows"):
        return Grid(len(list(given.value)), 1, tuple(number_of(cell) for cell in given.value))
    if isinstance(given, Listed) and all(isinstance(item, Named) for item in given.items):
        values = {item.name: item.value for item in given.items if isinstance(item, Named)}
        if set(values) == set(names):
            cells = [values[name] for name in names]
            return Grid(
                len(names), 1, tuple(_quantity(cell, scope) for cell in cells if isinstance(cell, Quantity))
            )
    return None


def _pair(expected: Expected, given: Meaning, scope: Scope) -> bool | None:
    place = _point(given, scope, expected.names)
    if place is None:
        return None
    return is_near(place, Grid(len(expected.values), 1, tuple(number_of(value) for value in expected.values)))


def _system(expected: Expected, given: Meaning, scope: Scope) -> bool | None:
    wanted = [
        Grid(len(expected.names), 1, tuple(number_of(solution[name]) for name in expected.names))
        for solution in expected.solutions
    ]
    if isinstance(given, Region):
        return not wanted if not pieces_of(given.numbers) else None
    whole = _point(given, scope, expected.names)
    places = [whole] if whole is not None else []
    if whole is None and isinstance(given, Listed):
        found = [_point(item, scope, expected.names) for item in given.items]
        if None in found:
            return None
        places = [place for place in found if place is not None]
    return _same_sets(places, wanted) if places else None


def _region(expected: Expected, given: Meaning, scope: Scope) -> bool | None:
    pieces = pieces_of(expected.values[0])
    if isinstance(given, Ordered) and len(given.items) == 2:
        low, high = (_quantity(item, scope) for item in given.items)
        told = [(low, high, given.brackets[0] == "(", given.brackets[1] == ")")]
    elif isinstance(given, Region):
        told = pieces_of(given.numbers)
    elif isinstance(given, Listed | Quantity | Named):
        members = [_quantity(item, scope) for item in _items(given) if isinstance(item, Quantity)]
        told = [(member, member, False, False) for member in members]
    else:
        return None
    ends = [end for piece in (*pieces, *told) for end in piece[:2] if end is not None]
    places = [*fractions("region", 40, 50), *ends]
    for end in ends:
        places += [inexact(end) + inexact(step) for step in (Fraction(1, 10**6), Fraction(-1, 10**6))]
    return all(contains(pieces, place) == contains(told, place) for place in places)


def _equation(expected: Expected, given: Meaning, scope: Scope) -> bool | None:
    target = expected.values[0]
    if isinstance(given, Named) and isinstance(given.value, Quantity):
        value = given.value.value
        names = sorted(names_of(target) | names_of(value) | {given.name})
        name = given.name
        return _proportional(lambda p: p[name] - number_of(value, p), target, names)
    if not isinstance(given, Equation) or given.tree is None or given.sign != "=":
        return None
    left, right = given.tree.parts
    names = sorted(names_of(target) | names_of(given.difference))
    return _proportional(
        lambda p: inexact(evaluate(left, scope.where(p))) - inexact(evaluate(right, scope.where(p))),
        target,
        names,
    )


def _proportional(told: Any, target: Any, names: list[str]) -> bool | None:
    ratios = []
    for place in range(6):
        point = dict(zip(names, fractions(f"ratio{place}", len(names)), strict=True))
        below = inexact(number_of(target, point))
        if abs(below) > 1e-9:
            ratios.append(inexact(told(point)) / below)
    if len(ratios) < 3:
        raise CannotTell("too few points")
    return all(is_near(ratio, ratios[0]) for ratio in ratios) and not is_near(ratios[0], 0)


def _matrix(expected: Expected, given: Meaning, scope: Scope) -> bool | None:
    if isinstance(given, Named):
        given = given.value
    target = number_of(expected.values[0])
    if isinstance(given, Ordered):
        return is_near(
            Grid(target.rows, target.columns, tuple(_quantity(item, scope) for item in given.items)), target
        )
    if not isinstance(given, Quantity) or given.tree is None:
        return None
    return is_near(evaluate(given.tree, scope), target)


_COMPARISONS = {
    "value": _value,
    "expression": _expression,
    "antiderivative": _antiderivative,
    "roots": _roots,
    "pair": _pair,
    "system": _system,
    "region": _region,
    "equation": _equation,
    "matrix": _matrix,
}
