"""The second way of questions for derivatives, integrals and limits.

By differences and quadrature; coefficients by multiplying out.
"""

from __future__ import annotations

from typing import Any

import mpmath  # type: ignore[import-untyped]

from checkers.mathematics.confirmation.evaluation.arithmetic import Scope, evaluate, inexact
from checkers.mathematics.confirmation.evaluation.errors import CannotTell, Undefined
from checkers.mathematics.confirmation.evaluation.expansion import expanded
from checkers.mathematics.confirmation.evaluation.results import names_of, number_of
from checkers.mathematics.confirmation.evaluation.sampling import fractions, integral, limit, slope
from checkers.mathematics.confirmation.told import Confirmation, Told, names_in
from checkers.mathematics.formulas.nodes import Node

__all__ = ["ANALYSIS", "taken"]

NEARLY = 1e-6


def _scope(told: Told) -> Scope:
    """A bare e is Euler's number in these questions."""
    told.facts.euler = True
    return Told(told.ask, told.expected).scope


def _close(one: Any, other: Any, within: float = NEARLY) -> bool:
    a, b = inexact(one), inexact(other)
    return bool(abs(a - b) <= within * (1 + abs(a)))


def taken(told: Told, tree: Node) -> Any:
    """The value of a limit or of a definite integral, nearly."""
    scope = _scope(told)
    if tree.kind == "lim":
        name, place = tree.parts[0].text, tree.parts[1]
        ends = {"oo": mpmath.inf, "-oo": -mpmath.inf}
        sign = "-" if place.kind == "neg" else ""
        inner = place.parts[0] if place.kind in ("neg", "pos") else place
        at = ends[sign + "oo"] if inner == Node("const", text="oo") else evaluate(place, scope)
        return limit(lambda x: evaluate(tree.parts[2], scope.where({name: x})), at, tree.text)
    if tree.kind == "int" and len(tree.parts) == 4:
        low, high = (evaluate(part, scope) for part in tree.parts[2:])
        return integral(tree.parts[1], tree.parts[0].text, low, high, scope)
    raise CannotTell("neither limit nor integral")


def _limit(told: Told) -> bool | None:
    tree = told.tree("e") if told.has("e") else Node("lim", (told.tree("x"), told.tree("a"), told.tree("f")))
    return _close(taken(told, tree), told.result, 1e-4)


def _integral(told: Told) -> bool | None:
    tree = told.tree("e")
    if told.expected.kind != "antiderivative":
        return _close(taken(told, tree), told.result)
    # The integrand is what was asked; that the answer's derivative is it, the comparison shows.
    (made,) = told.expected.values
    body = tree.parts[1] if tree.kind == "int" else tree
    return _same_at_points(told, body, made, order=0)


def _definite(told: Told) -> bool | None:
    scope, tree = _scope(told), told.tree("e")
    ends = [told.tree(group) for group in ("low", "high")]
    low, high = (evaluate(end.parts[1] if end.kind == "rel" else end, scope) for end in ends)
    (name,) = names_in(tree, told)
    return _close(integral(tree, name, low, high, scope), told.result)


def _function(told: Told, tree: Node) -> Node:
    return tree.parts[1] if tree.kind == "rel" else tree


def _same_at_points(told: Told, body: Node, made: Any, order: int) -> bool | None:
    """Whether the result is the formula's derivative of that order at hashed points."""
    scope = _scope(told)
    names = sorted(names_in(body, told) | names_of(made))
    if len(names) != 1:
        return None
    name, same, differ = names[0], 0, 0
    for x in fractions(told.seed, 14, 3):
        point = x if same + differ < 6 else abs(x)
        try:
            if order == 0:
                value = evaluate(body, scope.where({name: point}))
            else:
                value = slope(lambda y: evaluate(body, scope.where({name: y})), point, order)
            close = _close(value, number_of(made, {name: point}))
        except (Undefined, ZeroDivisionError):
            continue  # outside the domain: four other points have to agree
        same, differ = same + close, differ + (not close)
    return False if differ else True if same >= 4 else None


def _derivative(told: Told) -> bool | None:
    order = {"first": 1, "second": 2, "二阶": 2, "third": 3}.get(told.word("order"), 1)
    return _same_at_points(told, _function(told, told.tree("e")), told.expected.values[0], order)


def _derivative_at(told: Told) -> bool | None:
    tree = told.tree("d")
    name = tree.text.rstrip("'")
    order = len(tree.text) - len(name)
    definition = told.facts.functions[name]
    if told.expected.kind == "expression":
        return _same_at_points(told, definition.body, told.expected.values[0], order)
    scope = _scope(told)
    variable = definition.arguments[0]
    at = evaluate(tree.parts[0], scope)
    return _close(
        slope(lambda y: evaluate(definition.body, scope.where({variable: y})), at, order), told.result
    )


def _tangent(told: Told) -> bool | None:
    """The line goes through the point and is as steep as the curve there."""
    scope, point = _scope(told), told.tree("p")
    body = _function(told, told.tree("e"))
    (name,) = names_in(body, told)
    at = inexact(evaluate(point.parts[1] if point.kind == "rel" else point.parts[0], scope))
    steep = slope(lambda y: evaluate(body, scope.where({name: y})), at)
    height = inexact(evaluate(body, scope.where({name: at})))
    (line,) = told.expected.values
    return all(
        abs(inexact(number_of(line, {name: at + step, "y": height + step * steep})))
        < NEARLY * (1 + abs(steep))
        for step in (0, 1, -3)
    )


def _coefficient(told: Told) -> bool | None:
    """The coefficient in the formula multiplied out."""
    terms = expanded(told.tree("e"), told.scope)
    ((wanted, one),) = expanded(told.tree("m"), told.scope).items() if told.has("m") else (((), 1),)
    return told.equals(terms.get(wanted, 0)) if one == 1 else None


ANALYSIS: dict[str, Confirmation] = {
    "calculus._derivative": _derivative,
    "calculus._derivative_at": _derivative_at,
    "calculus._integral": _integral,
    "calculus._definite": _definite,
    "calculus._limit": _limit,
    "calculus._tangent": _tangent,
    "chinese._coefficient": _coefficient,
}
