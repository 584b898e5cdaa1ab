"""Points, lines and lengths that phrases in phrases name, and phrases with a word that nobody has read."""

from __future__ import annotations

from typing import Any

import pytest
from checkers.mathematics import verify


def status(problem: str, answer: str) -> Any:
    return verify({"problem": problem, "final_answer": answer, "solution": "", "language": "en"})["status"]


_CIRCLE = "the circle with equation $x^2+y^2=6x-8y+24$"
DECIDED = [
    (f"What is the distance between the center of {_CIRCLE} and the point $(-3,-12)$?", "10", "\\sqrt{52}"),
    ("Find the distance between the vertex of the graph of the equation $f(x) = x^2 - 8x + 15$ and the point $(0, 2)$.", "5", "4"),
    ("The vertex of the parabola described by the equation $y=2x^2-4x+4$ is $(m,n)$. What is $m+n$?", "3", "1"),
    ("If the center of the circle $x^2+y^2=4x+12y-39$ is the point $(h,k)$, find $h-k$.", "-4", "8"),
    ("What is the $y$-intercept of the line through $(1,2)$ and $(3,8)$?", "-1", "3"),
    ("Find the slope of the line perpendicular to the line $2x+3y=7$.", "3/2", "-2/3"),
    ("What is the equation of the line passing through the point $(1,5)$ and parallel to the line $y=3x-1$?", "y=3x+2", "y=3x+5"),
    ("What is the equation of the line that passes through $(0,1)$ and is perpendicular to the line $y=2x$?", "y=-\\frac{x}{2}+1", "y=2x+1"),
    ("Find the equation of the line through $(2,3)$ with slope $-2$. Enter the equation in the form \"$y = mx + b$\".", "y=-2x+7", "y=-2x-1"),
    ("Find the $x$-coordinate of the point of intersection of the lines $y=2x+1$ and $y=-x+7$.", "2", "5"),
    ("How far is the center of the circle $x^2+y^2=6x+8y$ from the origin?", "5", "10"),
    ("What is the slope of the line through the origin and the midpoint of the segment with endpoints $(2,3)$ and $(6,7)$?", "5/4", "4/5"),
    ("A line passes through $(2,1)$ and $(5,10)$. What is the equation of the line?", "y=3x-5", "y=3x+1"),
    ("A line has equation $y = 3x + 2$. What is the slope of a line perpendicular to it?", "-\\frac{1}{3}", "3"),
    ("What is the sum of the coordinates of the focus of the parabola $y=x^2-6x+13$?", "\\frac{29}{4}", "7"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "right", "wrong"), DECIDED)
def test_phrases_in_phrases_name_a_place_or_a_length(problem: str, right: str, wrong: str) -> None:
    assert status(problem, right) == "verified"
    assert status(problem, wrong) == "refuted"


UNREAD = [
    ("What is the sum of the $x$- and $x$-coordinates of the center of the circle $x^2+y^2=2x+4y$?", "3"),
    ("What is the slope of the line through $(1,2)$ and $(1,5)$?", "3"),
    ("What is the distance between the vertex of the parabola $y=2x$ and the origin?", "0"),
    ("What is the $x$-coordinate of the point of intersection of the lines $y=2x$ and $y=2x+1$?", "0"),
    ("What is the slope of a line not perpendicular to the line $2x+3y=7$?", "3/2"),
    ("What is the slope of a line tangent to and perpendicular to the line $2x+3y=7$?", "3/2"),
    ("What is the radius of the circle $x^2+y^2+10=0$?", "\\sqrt{10}"),
    ("If the center of the circle $x^2+y^2=4x$ is $(h,h)$, find $h$.", "2"),
    ("A line passes near $(2,1)$ and $(5,10)$. What is the equation of the line?", "y=3x-5"),
    ("A line passes through $(2,1)$ and $(5,10)$ and is then shifted. What is the slope of the line?", "3"),
    ("What is the greatest distance between the origin and the circle $x^2+y^2=4x$?", "4"),
    (f"What is half the distance between the center of {_CIRCLE} and the point $(-3,-12)$?", "10"),
    (f"What is the distance between the center of {_CIRCLE} and the point $(-3,-12)$ after a shift by $(1,1)$?", "10"),
    (f"If the plane is stretched by $2$, what is the distance between the center of {_CIRCLE} and the point $(-3,-12)$?", "10"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "answer"), UNREAD)
def test_a_phrase_with_another_word_is_not_read(problem: str, answer: str) -> None:
    assert status(problem, answer) != "verified"
