"""Takes plain numbers and points out of a matched question."""

from __future__ import annotations

import re
from typing import Any

import sympy as sp

from checkers.mathematics.formulas.build import build
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.questions.registry import Ask

__all__ = ["ORDINALS", "integer", "integers", "number", "numbers", "point", "points", "vector"]

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

_RUN_TOGETHER = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?!\d)")


def number(ask: Ask, group: str) -> Any:
    """The one number without names in that slot."""
    return _plain(build(ask.tree(group), ask.facts.context()))


def integer(ask: Ask, group: str) -> int:
    """The one integer in that slot."""
    value = number(ask, group)
    if not isinstance(value, sp.Integer):
        raise NotUnderstood("no integer")
    return int(value)


def numbers(ask: Ask, group: str) -> list[Any]:
    """All numbers in those slots, several in one slot included."""
    formulas = ask.formulas(group)
    if any(_RUN_TOGETHER.search(formula) for formula in formulas):
        raise NotUnderstood("a comma in a number, or between two of them")
    trees = [tree for formula in formulas for tree in _spread(ask, formula)]
    return [_plain(build(tree, ask.facts.context())) for tree in trees]


def integers(ask: Ask, group: str) -> list[int]:
    """All integers in those slots."""
    found = numbers(ask, group)
    if not all(isinstance(value, sp.Integer) for value in found):
        raise NotUnderstood("no integers")
    return [int(value) for value in found]


def point(ask: Ask, group: str) -> tuple[Any, ...]:
    """The coordinates in that slot; a name before them does not matter."""
    return _coordinates(ask.tree(group), ask)


def points(ask: Ask, group: str) -> list[tuple[Any, ...]]:
    """All points in those slots."""
    return [
        _coordinates(tree, ask) for formula in ask.formulas(group) for tree in ask.facts.parse_list(formula)
    ]


def vector(tree: Node, ask: Ask) -> Any:
    """A column of numbers, from a matrix with one column or a tuple."""
    if tree.kind == "tuple":
        return sp.ImmutableMatrix([_plain(build(part, ask.facts.context())) for part in tree.parts])
    made = build(tree, ask.facts.context())
    if not made.is_Matrix or made.cols != 1:
        raise NotUnderstood("no vector")
    if made.free_symbols:
        raise NotUnderstood("a vector with names")
    return made


def _coordinates(tree: Node, ask: Ask) -> tuple[Any, ...]:
    if tree.kind == "rel" and tree.text == "=" and tree.parts[0].kind in ("name", "tuple"):
        tree = tree.parts[1]
    if tree.kind == "mul" and tree.parts[0].kind == "name" and tree.parts[1].kind == "tuple":
        tree = tree.parts[1]
    if tree.kind == "apply":
        tree = Node("tuple", tree.parts, "()")
    if tree.kind != "tuple" or tree.text != "()":
        raise NotUnderstood("no point")
    return tuple(_plain(build(part, ask.facts.context())) for part in tree.parts)


def _spread(ask: Ask, formula: str) -> tuple[Node, ...]:
    trees = ask.facts.parse_list(formula)
    if len(trees) == 1 and trees[0].kind in ("set", "tuple"):
        return trees[0].parts
    return trees


def _plain(value: Any) -> Any:
    if value.is_Matrix or value.free_symbols or value.has(sp.oo):
        raise NotUnderstood("no number")
    return value
