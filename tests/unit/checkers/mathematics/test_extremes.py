"""Greatest and least values of quadratic polynomials in several unknowns, and conditions that move them."""

from __future__ import annotations

from typing import Any

import pytest
from checkers.mathematics import verify


def status(problem: str, answer: str) -> Any:
    return verify({"problem": problem, "final_answer": answer, "solution": "", "language": "en"})["status"]


DECIDED = [
    ("Let $a,$ $b,$ $c$ be real numbers such that $a + b + c = 1.$ Find the minimum value of $2a^2 + 3b^2 + 6c^2.$", "1", "\\frac{11}{9}"),
    ("Find the minimum value of $2x^2 + 2xy + y^2 - 2x + 2y + 4$ over all real numbers $x$ and $y.$", "-1", "4"),
    ("Let $x$ and $y$ be real numbers such that $x^2+y^2=1$. Find the maximum value of $3x^2+4xy$.", "4", "3"),
    ("Let $x$ and $y$ be real numbers such that $x^2+y^2=1$. Find the minimum value of $3x^2+4xy$.", "-1", "0"),
    ("Let $a,$ $b,$ and $c$ be nonnegative real numbers such that $a^2 + b^2 + c^2 = 1.$ Find the maximum value of $2ab \\sqrt{2} + 2bc.$", "\\sqrt{3}", "\\sqrt{2}"),
    ("Let $x$ and $y$ be positive real numbers such that $x+y=4$. Find the minimum value of $x^2+y^2$.", "8", "16"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "right", "wrong"), DECIDED)
def test_extremes_of_quadratics_are_recomputed(problem: str, right: str, wrong: str) -> None:
    assert status(problem, right) == "verified"
    assert status(problem, wrong) == "refuted"


UNDECIDED = [
    ("Let $x$ and $y$ be positive real numbers such that $x-y=4$. Find the minimum value of $x^2+y^2$.", "8"),
    ("Let $x$ and $y$ be integers such that $x+y=3$. Find the minimum value of $x^2+y^2$.", "\\frac{9}{2}"),
    ("Let $x$ and $y$ be real numbers such that $x+y=4$ and $x \\ge 3$. Find the minimum value of $x^2+y^2$.", "8"),
    ("Let $x$ and $y$ be distinct real numbers such that $x+y=4$. Find the minimum value of $x^2+y^2$.", "8"),
    ("Let $x$ and $y$ be real numbers such that $x+y=4$. Find the maximum value of $x^2+y^2$.", "8"),
    ("Let $x$ and $y$ be negative real numbers such that $x^2+y^2=1$. Find the minimum value of $3x^2+4xy$.", "-1"),
    ("Let $x$ and $y$ be real numbers such that $x^2-y^2=1$. Find the maximum value of $3x^2+4xy$.", "4"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "answer"), UNDECIDED)
def test_a_condition_that_moves_the_extreme_is_not_swallowed(problem: str, answer: str) -> None:
    assert status(problem, answer) != "verified"
