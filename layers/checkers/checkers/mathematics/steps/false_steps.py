"""Recomputes the equalities between numbers in a worked solution.

It names the first one that is false.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import sympy as sp

from checkers.mathematics.formulas.build import Context, build
from checkers.mathematics.formulas.compare import is_real
from checkers.mathematics.formulas.grammar import parse
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.steps.statements import Statement, statements

__all__ = ["FalseStep", "false_step"]

MOST_STATEMENTS = 400
NEARLY = sp.Rational(2, 100)
"""How far apart, relatively, the two sides of ≈ may be."""


@dataclass(frozen=True)
class FalseStep:
    """A false equality: its line, how it was written, and what its sides are.

    `trees` are its sides before anything was computed, `nearly` whether ≈ stands between them.
    """

    line: int
    written: str
    left: Any
    right: Any
    trees: tuple[Node, Node]
    nearly: bool


def false_step(problem: str, solution: str) -> FalseStep | None:
    """The first equality that no reading makes true; None where there is none."""
    for count, statement in enumerate(statements(problem, solution)):
        if count >= MOST_STATEMENTS:
            return None
        found = _checked(statement)
        if found is not None:
            return found
    return None


def _checked(statement: Statement) -> FalseStep | None:
    try:
        left, right = _tree(statement.left), _tree(statement.right)
        if left is None or right is None or not (_computes(left) or _computes(right)):
            return None
        if _roots_decimal(left) or _roots_decimal(right):
            return None
        first_readings, second_readings = _readings(left), _readings(right)
        for one in first_readings:
            for other in second_readings:
                if _agree(statement, left, right, one, other):
                    return None
    except (NotUnderstood, ArithmeticError, TypeError, ValueError, RecursionError):
        return None
    sign = "≈" if statement.nearly else "="
    written = f"{statement.left} {sign} {statement.right}"
    values = first_readings[0], second_readings[0]
    return FalseStep(statement.line, written, *values, trees=(left, right), nearly=statement.nearly)


def _tree(text: str) -> Node | None:
    """The tree of a piece that is a pure number."""
    tree = parse(re.sub(r"[﹩¥]|\\\$", " ", text))
    return tree if _is_pure(tree) else None


_PURE = frozenset(
    [
        "num",
        "mixed",
        "repeating",
        "neg",
        "pos",
        "add",
        "sub",
        "mul",
        "div",
        "pow",
        "call",
        "fact",
        "pct",
        "deg",
        "abs",
        "const",
    ]
)
_PURE_CALLS = frozenset(
    ["root", "binom", "floor", "ceil", "gcd", "lcm", "abs", "sin", "cos", "tan", "logbase", "lg", "ln"]
)


def _is_pure(tree: Node) -> bool:
    if tree.kind not in _PURE or (tree.kind == "call" and tree.text not in _PURE_CALLS):
        return False
    if tree.kind == "const" and tree.text == "oo":
        return False
    return all(_is_pure(part) for part in tree.parts)


def _computes(tree: Node) -> bool:
    """Whether there is an operation to recompute."""
    if tree.kind in ("add", "sub", "mul", "div", "pow", "call", "fact", "mixed"):
        return True
    return any(_computes(part) for part in tree.parts)


def _roots_decimal(tree: Node) -> bool:
    """Whether a root of a decimal number is in it.

    What is written beside it is rounded as often as not.
    """
    if tree.kind == "call" and tree.text == "root" and _has_decimals(tree):
        return True
    return any(_roots_decimal(part) for part in tree.parts)


def _readings(tree: Node) -> list[Any]:
    """Its possible values.

    With percent and degree signs and without, mixed numbers as sums and as products.
    """
    trees = [tree]
    for change in (_without_signs, _mixed_as_product):
        trees += [change(each) for each in trees]
    values: list[Any] = []
    for each in dict.fromkeys(trees):
        value = build(each, Context())
        if is_real(value) is not True:
            raise NotUnderstood("no real number")
        values.append(value)
    return values


def _without_signs(tree: Node) -> Node:
    if tree.kind in ("pct", "deg"):
        return _without_signs(tree.parts[0])
    if tree.kind == "call" and tree.text in ("sin", "cos", "tan"):
        return tree
    return Node(tree.kind, tuple(_without_signs(part) for part in tree.parts), tree.text)


def _mixed_as_product(tree: Node) -> Node:
    parts = tuple(_mixed_as_product(part) for part in tree.parts)
    if tree.kind == "mixed":
        return Node("mul", (parts[0], Node("div", parts[1:])))
    return Node(tree.kind, parts, tree.text)


def _agree(statement: Statement, left: Node, right: Node, one: Any, other: Any) -> bool:
    if one == other:
        return True
    difference = sp.Abs(one - other).evalf(30)
    size = max(sp.Abs(one).evalf(30), sp.Abs(other).evalf(30))
    if difference <= sp.Float(10) ** -25 * (1 + size):
        return True
    slack = max(_slack(left), _slack(right))
    if statement.nearly:
        return bool(difference <= max(slack, NEARLY * size, sp.Integer(1) if _is_whole(right) else 0))
    if difference <= slack:
        return True
    if _carries_on(right, one) or _carries_on(left, other):
        return True
    # A quotient that is cut to a whole number, a product of rounded decimals that is written as one.
    if _is_whole(right) and difference < 1 and _divides(left):
        return True
    return bool(
        _has_decimals(left)
        and difference <= size / 200
        and (_is_whole(right) or _has_decimals(right))
        and _is_rounded(left)
    )


def _slack(tree: Node) -> Any:
    """One unit of the last decimal where the whole side is one decimal number."""
    inner = tree
    while inner.kind in ("neg", "pos", "pct", "deg"):
        inner = inner.parts[0]
    if inner.kind == "num" and "." in inner.text:
        return sp.Rational(1, 10 ** len(inner.text.split(".")[1]))
    return sp.Integer(0)


def _is_rounded(tree: Node) -> bool:
    """Whether a number in it has so many decimals that it is likely to be rounded."""
    if tree.kind == "num":
        return "." in tree.text and len(tree.text.split(".")[1]) >= 3
    return any(_is_rounded(part) for part in tree.parts)


def _has_decimals(tree: Node) -> bool:
    return (tree.kind == "num" and "." in tree.text) or any(_has_decimals(part) for part in tree.parts)


def _is_whole(tree: Node) -> bool:
    return (tree.kind == "num" and "." not in tree.text) or (
        tree.kind in ("neg", "pct", "deg") and _is_whole(tree.parts[0])
    )


def _divides(tree: Node) -> bool:
    return tree.kind in ("div", "mixed") or any(_divides(part) for part in tree.parts)


def _carries_on(tree: Node, value: Any) -> bool:
    """`3 + 4 = 7 + 5`.

    The right side goes on computing with the result, which is bad style but no false sum.
    """
    while tree.kind in ("add", "sub", "mul", "div"):
        tree = tree.parts[0]
        if tree.kind == "num":
            return bool(sp.Rational(tree.text) == value)
    return False
