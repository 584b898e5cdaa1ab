"""Where conditions on one real unknown hold.

Tried between all places where they can change.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any

import sympy as sp

from checkers.mathematics.formulas.build import build, symbol
from checkers.mathematics.formulas.compare import is_real, same
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.problem.facts import Facts, Relation, holds
from checkers.mathematics.solving.roots import candidates

__all__ = ["domain_of", "pieced_together", "region_where"]

MOST_PLACES = 24


def region_where(relations: Iterable[Relation], facts: Facts, name: str) -> Any:
    """The set of real numbers for which all relations hold. Raises `NotUnderstood`."""
    relations = list(relations)
    places: list[Any] = []
    for relation in relations:
        difference = build(Node("sub", (relation.left, relation.right)), facts.context())
        places += _zeros(difference, name)
        places += _borders(relation.left, facts, name) + _borders(relation.right, facts, name)
    return pieced_together(
        lambda value: all(_true(relation, facts, name, value) for relation in relations), places
    )


def domain_of(tree: Node, facts: Facts, name: str) -> Any:
    """The real numbers for which a formula is a real number. Raises `NotUnderstood`."""

    def defined(value: Any) -> bool:
        try:
            made = build(tree, facts.context(**{name: value}))
        except NotUnderstood as error:
            return _is_undefined(error)
        return bool(is_real(made))

    return pieced_together(defined, _borders(tree, facts, name))


def _is_undefined(error: NotUnderstood) -> bool:
    if "not defined" in str(error) or "zero" in str(error):
        return False
    raise error


def _true(relation: Relation, facts: Facts, name: str, value: Any) -> bool:
    try:
        return holds(relation, facts.context(**{name: value}))
    except NotUnderstood as error:
        return _is_undefined(error)


def _zeros(difference: Any, name: str) -> list[Any]:
    if not difference.has(symbol(name)):
        return []
    if difference.free_symbols != {symbol(name)}:
        raise NotUnderstood("other unknowns")
    return candidates(difference, symbol(name))


def _borders(tree: Node, facts: Facts, name: str) -> list[Any]:
    """Where a denominator, an absolute value, a root or a logarithm turns.

    That is where what stands in it vanishes, and where a logarithm's base is 1.
    """
    found: list[Any] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        waiting.extend(node.parts)
        if node.kind == "apply":
            definition = facts.functions.get(node.text)
            if definition is None or len(node.parts) != 1 or node.parts[0].kind != "name":
                raise NotUnderstood("a function inside a function")
            waiting.append(definition.body)
        inner: Node | None = None
        if node.kind == "call" and node.text == "logbase":
            base = build(node.parts[1], facts.context())
            found += _zeros(base, name) + _zeros(base - 1, name)
        if node.kind in ("div", "ratio"):
            inner = node.parts[1]
        elif node.kind == "abs" or (
            node.kind == "call" and node.text in ("root", "ln", "lg", "log", "logbase", "abs")
        ):
            inner = node.parts[0]
        elif node.kind == "pow":
            exponent = build(node.parts[1], facts.context())
            if exponent.free_symbols and build(node.parts[0], facts.context()).free_symbols:
                raise NotUnderstood("a power with the unknown above and below")
            if exponent.is_number and not (exponent.is_Integer and exponent > 0):
                inner = node.parts[0]
        elif node.kind == "call" and node.text not in ("sin", "cos", "arctan", "exp", "sinh", "cosh", "tanh"):
            raise NotUnderstood("a function whose borders are not known")
        if inner is not None:
            found += _zeros(build(inner, facts.context()), name)
        if node.kind == "call" and node.text in ("tan", "cot", "sec", "csc"):
            raise NotUnderstood("poles without end")
    return found


def pieced_together(holds_at: Callable[[Any], bool], places: list[Any]) -> Any:
    """The union of those pieces, between and at the places, where it holds."""
    real = [place for place in places if is_real(place)]
    ordered: list[Any] = []
    for place in sorted(real, key=lambda number: number.evalf(30)):
        if not ordered or not same(place, ordered[-1]):
            ordered.append(place)
    if len(ordered) > MOST_PLACES:
        raise NotUnderstood("too many borders")
    if not ordered:
        return sp.S.Reals if holds_at(sp.Rational(1, 3)) else sp.S.EmptySet
    pieces: list[Any] = []
    ends = [-sp.oo, *ordered, sp.oo]
    for low, high in itertools.pairwise(ends):
        if holds_at(_between(low, high)):
            pieces.append(sp.Interval.open(low, high))
        if high != sp.oo and holds_at(high):
            pieces.append(sp.FiniteSet(high))
    return sp.Union(*pieces)


def _between(low: Any, high: Any) -> Any:
    """A rational number between two others, not too round."""
    if low == -sp.oo:
        return sp.Rational(sp.floor(high.evalf(30))) - sp.Rational(29, 7)
    if high == sp.oo:
        return sp.Rational(sp.ceiling(low.evalf(30))) + sp.Rational(29, 7)
    width = (high - low).evalf(30)
    middle = (low + width * sp.Rational(4, 9)).evalf(30)
    scale = sp.Integer(10) ** max(2, int(sp.ceiling(-sp.log(width, 10))) + 3)
    return sp.Rational(sp.floor(middle * scale), scale)
