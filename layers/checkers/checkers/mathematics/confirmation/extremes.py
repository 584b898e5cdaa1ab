"""The second way of extremes in several unknowns: a search reaches values just inside of the result, and none beyond."""

from __future__ import annotations

from fractions import Fraction

from checkers.mathematics.confirmation.evaluation.arithmetic import inexact
from checkers.mathematics.confirmation.evaluation.systems import solutions_near
from checkers.mathematics.confirmation.solutions import plausible
from checkers.mathematics.confirmation.told import Confirmation, Told, names_in, put_in
from checkers.mathematics.formulas.nodes import Node
from checkers.mathematics.problem.facts import Relation

__all__ = ["EXTREMES"]


def _of_quadratic(told: Told) -> bool | None:
    value = inexact(told.result)
    near = Fraction(int(value * 10**15), 10**15)
    highest = told.word("what") in ("maximum", "greatest", "largest")
    for power in (2, 6):
        step = Fraction(1, 10**power) * (1 + abs(near)) * (-1 if highest else 1)
        if not _reaches(told, near + step, power) or _reaches(told, near - step, power):
            return None
    return True


def _reaches(told: Told, value: Fraction, power: int) -> bool:
    """Whether a search finds a place where the expression has that value and all that is told holds."""
    target = told.tree("e")
    level = put_in(Node("name", text="level"), {"level": value})
    equations = [*told.facts.equations, Relation(target, "=", level)]
    names = sorted(
        set().union(*(names_in(side, told) for one in equations for side in (one.left, one.right)))
    )
    found = solutions_near(equations, names, told.scope, f"{told.seed}/{power}")
    return any(plausible(told, place) for place in found)


EXTREMES: dict[str, Confirmation] = {"extremes._of_quadratic": _of_quadratic}
