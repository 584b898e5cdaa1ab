"""A solved word problem comes with its equations: givens in the problem's words, unknowns, and what is asked."""

from __future__ import annotations

import operator
from fractions import Fraction

import pytest
from embedded_model.answering import mathematics
from embedded_model.values.formalisation import Formalisation
from embedded_model.values.solution import Say

_APPLY = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}


def _formalisation(problem: str) -> Formalisation:
    solution = mathematics.solve(problem, Say("en" if problem.isascii() else "zh"))
    assert solution is not None
    assert solution.formalisation is not None
    return solution.formalisation


def _evaluate(formalisation: Formalisation) -> Fraction:
    known = {given.name: given.value for given in formalisation.givens}
    for equation in formalisation.equations:
        sides = [known[side] if isinstance(side, str) else side for side in (equation.left, equation.right)]
        known[equation.unknown] = _APPLY[equation.operator](*sides)
    return known[formalisation.asked]


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        ("There are 17 sheep. The farmer buys 5 sheep and sells 3 sheep. How many sheep are there now?", 19),
        ("Tim has 2 pens and gets 2 pens and loses 2 pens. How many pens does Tim have now?", 2),
        ("小明有3元零花钱，奶奶又给了8元，小明现在有多少元零花钱？", 11),
        ("一个长方形长1.5米，宽0.5米，它的周长是多少米？", 4),
    ],
)
def test_the_equations_lead_to_the_answer(problem: str, answer: int) -> None:
    assert _evaluate(_formalisation(problem)) == answer


@pytest.mark.parametrize(
    ("problem", "givens", "unit"),
    [
        (
            "Ann had 1,200 beads. She lost nine beads at school and then found 40 beads. How many beads does she have now?",
            [("1,200 beads", 1200, "beads"), ("nine beads at school", 9, "beads"), ("40 beads", 40, "beads")],
            "beads",
        ),
        (
            "小明有3元零花钱，奶奶又给了8元，小明现在有多少元零花钱？",
            [("3元零花钱", 3, "元"), ("8元", 8, "元")],
            "元",
        ),
    ],
)
def test_a_given_is_bound_to_the_words_that_give_it(
    problem: str, givens: list[tuple[str, int, str]], unit: str
) -> None:
    formalisation = _formalisation(problem)
    assert [(g.words, g.value, g.unit) for g in formalisation.givens] == givens
    assert all(given.words in problem for given in formalisation.givens)
    assert formalisation.unit == unit


def test_a_number_that_the_problem_does_not_give_stands_in_the_equation() -> None:
    formalisation = _formalisation("一块边长5厘米的正方形纸，它的周长是多少厘米？")
    assert [given.value for given in formalisation.givens] == [5]
    assert formalisation.equations[0].right == Fraction(4)
