"""A question's slots as plain numbers, and the result to be confirmed."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath  # type: ignore[import-untyped]

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.confirmation.evaluation.arithmetic import (
    Scope,
    evaluate,
    inexact,
    is_near,
    scope_of,
)
from checkers.mathematics.confirmation.evaluation.errors import CannotTell
from checkers.mathematics.confirmation.evaluation.grids import Grid
from checkers.mathematics.confirmation.evaluation.results import number_of
from checkers.mathematics.formulas.nodes import Node
from checkers.mathematics.questions.registry import Ask

_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")

__all__ = ["ORDINALS", "Confirmation", "Told", "names_in", "put_in"]

ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]


class Told:
    """The slots of a question by their names, and the first way's result."""

    def __init__(self, ask: Ask, expected: Expected) -> None:
        self.ask = ask
        self.expected = expected
        self.facts = ask.facts
        self.scope: Scope = scope_of(ask.facts)
        self.text: str = ask.text
        self.seed = "|".join(ask.read.formulas)

    def has(self, group: str) -> bool:
        return self.ask.has(group)

    def word(self, group: str) -> str:
        return self.ask.word(group)

    def tree(self, group: str) -> Node:
        return self.ask.tree(group)

    def number(self, group: str) -> Any:
        return evaluate(self.tree(group), self.scope)

    def integer(self, group: str) -> int:
        value = self.number(group)
        if not isinstance(value, int):
            raise CannotTell("no integer")
        return value

    def trees(self, group: str) -> list[Node]:
        """All trees of those slots, lists and sets in one slot taken apart."""
        found: list[Node] = []
        formulas = self.ask.formulas(group)
        if len(formulas) > 1 and any(_GROUPED.fullmatch(formula.strip()) for formula in formulas):
            raise CannotTell("a comma that groups digits or parts numbers")
        for formula in formulas:
            parts = self.facts.parse_list(formula)
            spread = len(parts) == 1 and parts[0].kind in ("set", "tuple")
            found += parts[0].parts if spread else parts
        return found

    def numbers(self, group: str) -> list[Any]:
        return [evaluate(tree, self.scope) for tree in self.trees(group)]

    def point(self, tree: Node) -> list[Any]:
        """The coordinates of a point with or without a name, or of a column."""
        if tree.kind == "rel":
            tree = tree.parts[1]
        if tree.kind == "mul":
            tree = tree.parts[1]
        if tree.kind in ("tuple", "apply"):
            return [evaluate(part, self.scope) for part in tree.parts]
        made = evaluate(tree, self.scope)
        if not isinstance(made, Grid):
            raise CannotTell("no point")
        return list(made.cells)

    def points(self, group: str) -> list[list[Any]]:
        return [
            self.point(tree)
            for formula in self.ask.formulas(group)
            for tree in self.facts.parse_list(formula)
        ]

    @property
    def result(self) -> Any:
        """The first way's value."""
        if len(self.expected.values) != 1:
            raise CannotTell("no single value")
        return number_of(self.expected.values[0])

    @property
    def results(self) -> list[Any]:
        return [number_of(value) for value in self.expected.values]

    def equals(self, value: Any) -> bool:
        """Whether the first way's value is this one, in the unit asked for."""
        result, unit = self.result, self.expected.unit
        if is_near(result, value):
            return True
        if unit is not None and unit.dimension == "percent":
            return is_near(result, value * 100)
        if unit is not None and unit.dimension == "angle":
            return is_near(inexact(result), inexact(value) * 180 / mpmath.pi)
        return False


Confirmation = Callable[[Told], bool | None]


def names_in(tree: Node, told: Told) -> set[str]:
    """The names in a formula and in the functions that it applies.

    The imaginary unit is none.
    """
    found: set[str] = set()
    waiting = [tree]
    for _ in range(5_000):
        if not waiting:
            return found - ({"i"} if told.scope.imaginary else set())
        node = waiting.pop()
        if node.kind == "name":
            found.add(node.text)
        if node.kind in ("sum", "prod"):
            found |= names_in(node.parts[3], told) - {node.parts[0].text}
            waiting.extend(node.parts[1:3])
            continue
        if node.kind in ("lim", "int", "diff"):
            raise CannotTell("a bound name")
        if node.kind == "apply" and node.text in told.facts.functions:
            definition = told.facts.functions[node.text]
            found |= _free(definition.body) - set(definition.arguments)
        waiting.extend(node.parts)
    raise CannotTell("a formula that is too large")


def _free(tree: Node) -> set[str]:
    return ({tree.text} if tree.kind == "name" else set()).union(*(_free(part) for part in tree.parts))


def put_in(tree: Node, values: dict[str, Fraction]) -> Node:
    """The tree with fractions for names."""
    if tree.kind == "name" and tree.text in values:
        value = values[tree.text]
        whole = Node(
            "div", (Node("num", text=str(abs(value.numerator))), Node("num", text=str(value.denominator)))
        )
        return Node("neg", (whole,)) if value < 0 else whole
    return Node(tree.kind, tuple(put_in(part, values) for part in tree.parts), tree.text)
