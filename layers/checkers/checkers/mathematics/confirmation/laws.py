"""The second way of questions that instances of a law decide: exact elimination of the asked row, else a search."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from checkers.mathematics.confirmation.evaluation.arithmetic import evaluate, is_near
from checkers.mathematics.confirmation.evaluation.errors import CannotTell, Undefined
from checkers.mathematics.confirmation.evaluation.sampling import fractions
from checkers.mathematics.confirmation.solutions import values_under
from checkers.mathematics.confirmation.told import Confirmation, Told, names_in
from checkers.mathematics.formulas.nodes import Node
from checkers.mathematics.problem.laws import value_names

__all__ = ["LAWS"]

Row = list[Fraction]


def _under_laws(told: Told) -> bool | None:
    tree = told.tree("e")
    parts = tree.parts if tree.kind == "tuple" else (tree,)
    targets = [value_names(part, told.facts.functions) for part in parts]
    verdicts = [_is(told, target, value) for target, value in zip(targets, told.results, strict=True)]
    return None if None in verdicts else all(verdicts)


def _is(told: Told, target: Node, value: Any) -> bool | None:
    relations = told.facts.equations
    names = sorted(
        names_in(target, told).union(
            *(names_in(side, told) for relation in relations for side in (relation.left, relation.right))
        )
    )
    try:
        rows = [_row(told, Node("sub", (relation.left, relation.right)), names) for relation in relations]
        wanted = _row(told, target, names)
    except (CannotTell, Undefined):
        return values_under(told, target, [value]) if len(names) <= 6 else None
    decided = _combined(rows, wanted, len(names))
    return None if decided is None else is_near(decided, value)


def _row(told: Told, tree: Node, names: list[str]) -> Row:
    """The coefficients of a linear formula, the constant last. Raises `CannotTell` for another one."""

    def at(values: dict[str, Any]) -> Fraction:
        found = evaluate(tree, told.scope.where(dict.fromkeys(names, 0) | values))
        if not isinstance(found, int | Fraction):
            raise CannotTell("no rational value")
        return Fraction(found)

    constant = at({})
    row = [at({name: 1}) - constant for name in names]
    for place in range(2):
        values = list(fractions(f"row{place}", len(names)))
        whole = sum((c * x for c, x in zip(row, values, strict=True)), constant)
        if at(dict(zip(names, values, strict=True))) != whole:
            raise CannotTell("no linear formula")
    return [*row, constant]


def _combined(rows: list[Row], wanted: Row, count: int) -> Fraction | None:
    """The value of the wanted row where it is a combination of rows that are 0; None where it is none."""
    rest, left = list(wanted), [list(row) for row in rows]
    for column in range(count):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        for row in (*left, rest):
            factor = row[column] / pivot[column]
            if factor:
                row[:] = [a - factor * b for a, b in zip(row, pivot, strict=True)]
    if any(row[-1] for row in left) or any(rest[:-1]):
        return None
    return rest[-1]


LAWS: dict[str, Confirmation] = {"laws._under_laws": _under_laws}
