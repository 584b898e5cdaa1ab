"""All solutions once more.

Polynomials by Sturm's count, other equations by intervals, systems by a search.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import mpmath  # type: ignore[import-untyped]

from checkers.mathematics.confirmation.evaluation.arithmetic import evaluate, inexact, is_near, real_part_of
from checkers.mathematics.confirmation.evaluation.conditions import is_of, keeps
from checkers.mathematics.confirmation.evaluation.enclosures import leftovers
from checkers.mathematics.confirmation.evaluation.errors import CannotTell, Undefined
from checkers.mathematics.confirmation.evaluation.polynomials import (
    as_fraction,
    distinct_degree,
    real_root,
    real_zeros,
)
from checkers.mathematics.confirmation.evaluation.systems import solutions_near
from checkers.mathematics.confirmation.told import Told, names_in
from checkers.mathematics.formulas.nodes import Node
from checkers.mathematics.problem.facts import Relation

__all__ = [
    "all_roots",
    "are_all_roots",
    "are_all_solutions",
    "involved",
    "plausible",
    "values_under",
    "whole_numbers",
]

MOST_WHOLE = 1_500


def involved(told: Told) -> set[str]:
    """The names in everything that is given."""
    found: set[str] = set()
    for relation in (*told.facts.equations, *told.facts.constraints):
        found |= names_in(relation.left, told) | names_in(relation.right, told)
    return found


def are_all_roots(told: Told, name: str, claimed: list[Any], *, complex_too: bool = False) -> bool | None:
    """Whether the claimed values solve what is given, and no other does."""
    scope = told.scope
    if complex_too and "real" in told.facts.kinds.get(name, ()):
        return _complex_values_under(told, Node("name", text=name), claimed, [name])
    if complex_too:
        if len(claimed) == 1 and _is_linear(told, name):
            return _nearly_solves(told.facts.equations[0], told, name, claimed[0])
        above, below = _numerator(told, name)
        if len(told.facts.equations) != 1 or told.facts.constraints or len(below) > 1:
            return None
        relation = told.facts.equations[0]
        good = all(_nearly_solves(relation, told, name, value) for value in claimed)
        return good and distinct_degree(above) == len(claimed)
    if not all(keeps(told.facts, scope, {name: value}) for value in claimed):
        return False
    try:
        return len(_by_counting(told, name)) == len(claimed)
    except CannotTell:
        pass  # not countable: found by search instead
    # Solutions that a condition excludes, at its end as well, are known too.
    found = [place[name] for place in solutions_near(told.facts.equations, [name], scope, told.seed)]
    rejected = [value for value in found if not plausible(told, {name: value})]
    known = [*(float(inexact(value)) for value in claimed), *rejected]
    relations = [*told.facts.equations, *told.facts.constraints]
    return True if not leftovers(relations, name, known, scope, told.facts.kinds.get(name, ())) else None


def _is_linear(told: Told, name: str) -> bool:
    """Whether the one equation is linear, with complex coefficients too.

    By its values at five places.
    """
    if len(told.facts.equations) != 1 or told.facts.constraints:
        return False
    relation = told.facts.equations[0]
    places = (0, 1, 2, mpmath.mpc(0, 1), mpmath.mpc(3, -5))
    values = []
    for place in places:
        inside = told.scope.where({name: place})
        values.append(inexact(evaluate(relation.left, inside)) - inexact(evaluate(relation.right, inside)))
    step = values[1] - values[0]
    return abs(step) > 1e-9 and all(
        abs(values[0] + step * place - value) < 1e-20 for place, value in zip(places, values, strict=True)
    )


def _nearly_solves(relation: Relation, told: Told, name: str, value: Any) -> bool:
    inside = told.scope.where({name: value})
    left, right = (inexact(evaluate(side, inside)) for side in (relation.left, relation.right))
    return bool(abs(left - right) < mpmath.mpf(10) ** -20 * (1 + abs(left)))


def _numerator(told: Told, name: str) -> tuple[list[Any], list[Any]]:
    relation = told.facts.equations[0]
    above, below = as_fraction(Node("sub", (relation.left, relation.right)), name, told.scope)
    if not above:
        raise CannotTell("an equation that says nothing")
    return above, below


def _by_counting(told: Told, name: str) -> list[Any]:
    """The real zeros of the first equation's numerator at which everything holds."""
    if not told.facts.equations:
        raise CannotTell("no equation")
    above, _ = _numerator(told, name)
    roots = [real_root(above, place) for place in range(real_zeros(above))]
    return [
        root for root in (_rounded(root) for root in roots) if keeps(told.facts, told.scope, {name: root})
    ]


def _rounded(root: Any) -> Any:
    """The whole number that a root is to 30 digits, or the root.

    So conditions on whole numbers are exact.
    """
    near = int(mpmath.nint(inexact(root)))
    return near if abs(inexact(root) - near) < mpmath.mpf(10) ** -30 else root


def all_roots(told: Told, name: str) -> list[Any]:
    """Every real solution. Raises `CannotTell`."""
    try:
        return _by_counting(told, name)
    except CannotTell:
        pass  # not countable: found by search instead
    found = [place[name] for place in solutions_near(told.facts.equations, [name], told.scope, told.seed)]
    kept = [value for value in found if plausible(told, {name: value})]
    relations = [*told.facts.equations, *told.facts.constraints]
    if leftovers(relations, name, found, told.scope, told.facts.kinds.get(name, ())):
        raise CannotTell("solutions that are not all known")
    return kept


def whole_numbers(told: Told, name: str) -> list[int]:
    """The whole numbers from -1,500 to 1,500 at which everything holds."""
    return [
        number
        for number in range(-MOST_WHOLE, MOST_WHOLE + 1)
        if is_of(number, told.facts.kinds.get(name, ())) and keeps(told.facts, told.scope, {name: number})
    ]


def are_all_solutions(told: Told, names: list[str], claimed: Sequence[Mapping[str, Any]]) -> bool | None:
    """Whether the claimed places solve a system and a search finds no other."""
    if not all(keeps(told.facts, told.scope, place) for place in claimed):
        return False
    found = solutions_near(_apart(told.facts.equations), names, told.scope, told.seed)
    for place in found:
        if plausible(told, place) and not any(_is_at(place, other) for other in claimed):
            return False
    return True


def _is_at(place: Mapping[str, float], other: Mapping[str, Any]) -> bool:
    return all(
        abs(value - float(inexact(real_part_of(other[name])))) < 1e-5 * (1 + abs(value))
        for name, value in place.items()
    )


def plausible(told: Told, place: Mapping[str, float]) -> bool:
    """Whether a place that a search found keeps the conditions, nearly."""
    inside = told.scope.where(place)
    for relation in told.facts.constraints:
        try:
            left, right = (
                float(real_part_of(evaluate(side, inside))) for side in (relation.left, relation.right)
            )
        except Undefined:
            return False
        near = abs(left - right) < 1e-6 * (1 + abs(left))
        holds = {
            "<": left < right and not near, "<=": left < right or near, ">": left > right and not near,
            ">=": left > right or near, "!=": not near, "=": near,
        }[relation.sign]  # fmt: skip
        if not holds:
            return False
    return all(_is_nearly_of(value, set(told.facts.kinds.get(name, ()))) for name, value in place.items())


_WHOLE = {
    "integer",
    "natural",
    "even",
    "odd",
    "prime",
    "composite",
    *(f"{count} digits" for count in range(1, 5)),
}


def _is_nearly_of(value: float, kinds: set[Any]) -> bool:
    if kinds & {"acute", "obtuse"}:
        low, high = (0.0, math.pi / 2) if "acute" in kinds else (math.pi / 2, math.pi)
        return low < value < high
    if kinds & _WHOLE:
        near = round(value)
        return abs(value - near) < 1e-6 and is_of(near, kinds)
    if kinds & {"rational", "irrational"}:
        raise CannotTell("a kind that digits do not show")
    near = abs(value) < 1e-6
    if kinds & {"positive", "natural"} and (value < 0 or near):
        return False
    if "negative" in kinds and (value > 0 or near):
        return False
    if "nonpositive" in kinds and value > 1e-6:
        return False
    return not ("nonnegative" in kinds and value < -1e-6) and not ("nonzero" in kinds and near)


def values_under(
    told: Told,
    target: Node,
    claimed: list[Any],
    equations: list[Relation] | None = None,
    checks: Sequence[Relation] = (),
) -> bool | None:
    """Whether an expression takes exactly the claimed values.

    The places are those that keep everything that is given.

    `equations` stand for those of the problem where they are given, `checks` must hold nearly at each place too.
    """
    equations = told.facts.equations if equations is None else equations
    assigned = _assigned(told, equations)
    if assigned is not None:
        return len(claimed) == 1 and is_near(evaluate(target, told.scope.where(assigned)), claimed[0])
    names: set[str] = names_in(target, told)
    for relation in equations:
        names |= names_in(relation.left, told) | names_in(relation.right, told)
    ordered = sorted(names)
    places: list[dict[str, float]] = []
    if len(ordered) == 1 and equations is told.facts.equations:
        try:
            places = [{ordered[0]: value} for value in all_roots(told, ordered[0])]
        except CannotTell:
            places = []
    if not places and told.facts.complex_numbers:
        return _complex_values_under(told, target, claimed, ordered)
    places = places or solutions_near(_apart(equations), ordered, told.scope, told.seed)
    reached = []
    for place in places:
        if plausible(told, place) and all(_nearly_holds(check, told, place) for check in checks):
            try:
                reached.append(inexact(evaluate(target, told.scope.where(place))))
            except Undefined:
                continue  # no value there, so nothing that is reached
    return _covered(reached, [inexact(value) for value in claimed])


def _apart(equations: list[Relation]) -> list[Relation]:
    """Each part of a sum of squares, roots and absolute values that is 0 as an equation of its own.

    Where such a sum vanishes it has a corner or a double zero, which a search by tangents does not meet.
    """
    found: list[Relation] = []
    for relation in equations:
        bases = [_base(term) for term in _terms(relation.left)]
        zero = relation.right.kind == "num" and float(relation.right.text) == 0
        if zero and None not in bases:
            found += [Relation(base, "=", relation.right) for base in bases if base is not None]
        else:
            found.append(relation)
    return found


def _terms(tree: Node) -> list[Node]:
    return [term for part in tree.parts for term in _terms(part)] if tree.kind == "add" else [tree]


def _base(tree: Node) -> Node | None:
    """What is 0 where an absolute value, a square root or a square is 0."""
    if tree.kind == "mul" and tree.parts[0].kind == "num":
        return _base(tree.parts[1])
    if tree.kind == "abs":
        return tree.parts[0]
    if tree.kind == "pow" and tree.parts[1].kind == "num" and tree.parts[1].text in ("2", "4", "6"):
        return tree.parts[0]
    square = len(tree.parts) == 1 or (len(tree.parts) == 2 and tree.parts[1] == Node("num", text="2"))
    return tree.parts[0] if tree.kind == "call" and tree.text == "root" and square else None


def _complex_values_under(told: Told, target: Node, claimed: list[Any], names: list[str]) -> bool | None:
    """As `values_under` for one complex unknown.

    All zeros of the equation's numerator.
    """
    if len(names) != 1 or len(told.facts.equations) != 1:
        return None
    name = names[0]
    if _is_linear(told, name):
        relation = told.facts.equations[0]
        start, end = (
            inexact(evaluate(relation.left, inside)) - inexact(evaluate(relation.right, inside))
            for inside in (told.scope.where({name: 0}), told.scope.where({name: 1}))
        )
        zeros = [start / (start - end)]
    else:
        zeros = mpmath.polyroots(_complex_coefficients(told, name), maxsteps=300, extraprec=200)
    if "real" in told.facts.kinds.get(name, ()):
        zeros = [mpmath.re(zero) for zero in zeros if abs(mpmath.im(zero)) < mpmath.mpf(10) ** -12]
    kept = [
        zero
        for zero in zeros
        if all(c.sign == "!=" and not _nearly_holds(c, told, {name: zero}) for c in told.facts.constraints)
    ]
    reached = [inexact(evaluate(target, told.scope.where({name: zero}))) for zero in kept]
    return _covered(reached, [inexact(value) for value in claimed])


def _complex_coefficients(told: Told, name: str) -> list[Any]:
    """The coefficients of the one equation, from the highest power; where they are complex, by its values."""
    try:
        above, _ = _numerator(told, name)
        return [inexact(c) for c in reversed(above)]
    except CannotTell:
        relation = told.facts.equations[0]

    def gap(x: Any) -> Any:
        inside = told.scope.where({name: x})
        return inexact(evaluate(relation.left, inside)) - inexact(evaluate(relation.right, inside))

    c, after, before = gap(0), gap(1), gap(-1)
    a, b = (after + before) / 2 - c, (after - before) / 2
    if any(abs(a * x * x + b * x + c - gap(x)) > 1e-20 for x in (2, 5, -7, mpmath.mpc(1, 3))):
        raise CannotTell("no quadratic")
    if abs(a) < 1e-20:
        raise CannotTell("no quadratic")
    return [a, b, c]


def _nearly_holds(relation: Relation, told: Told, place: Mapping[str, Any]) -> bool:
    inside = told.scope.where(place)
    left, right = (inexact(evaluate(side, inside)) for side in (relation.left, relation.right))
    return bool(abs(left - right) < 1e-6 * (1 + abs(left)))


def _covered(reached: list[Any], claimed: list[Any]) -> bool | None:
    def close(a: Any, b: Any) -> bool:
        return bool(abs(a - b) < 1e-6 * (1 + abs(a)))

    if not reached:
        return None
    if any(not any(close(value, other) for other in claimed) for value in reached):
        return False
    return True if all(any(close(value, other) for other in reached) for value in claimed) else None


def _assigned(told: Told, equations: list[Relation]) -> dict[str, Any] | None:
    """The names' values where each equation gives one of them, in order."""
    values: dict[str, Any] = {}
    if not equations or told.facts.constraints or told.facts.kinds:
        return None
    for relation in equations:
        if relation.left.kind != "name" or relation.left.text in values:
            return None
        try:
            right = relation.right
            if right.kind == "tuple":
                right = Node("matrix", right.parts, f"{len(right.parts)} 1")
            values[relation.left.text] = evaluate(right, told.scope.where(values))
        except CannotTell:
            return None
    return values
