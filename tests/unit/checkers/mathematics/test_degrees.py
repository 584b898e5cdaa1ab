"""Degrees told in words, and where an expression is its own absolute value."""

from __future__ import annotations

from typing import Any

import pytest
from checkers.mathematics import verify


def status(problem: str, answer: str) -> Any:
    return verify({"problem": problem, "final_answer": answer, "solution": "", "language": "en"})["status"]


DECIDED = [
    ("If the equation $(m+2)x^2+5x-7=0$ is a quadratic equation in $x$, then the range of values for $m$ is ____?", "m \\ne -2", "m > -2"),
    ("If the equation $kx^2+2x=2x^2+1$ is a quadratic equation in $x$, then the condition that the real number $k$ should satisfy is ____?", "k \\ne 2", "k \\ne 0"),
    ("If the equation $3x^{2n+5}-2=\\frac{1}{3}$ is a linear equation in one variable $x$, then $n$ = ____?", "-2", "-\\frac{5}{2}"),
    ("If $(a+1)x^{|a|}+3y=1$ is a linear equation in two variables $x$ and $y$, then $a$ = ____?", "1", "-1"),
    ("If $y=(a+1)x^{a^2-a-3}$ is an inverse proportion function, then the value of $a$ is ____?", "2", "-1"),
    ("If the function $y=2x-a+1$ is a direct proportion function, then $a$ = ____?", "1", "-1"),
    ("若函数$y=(m-2)x^{m^2-3}$是正比例函数，则$m=$____", "-2", "2"),
    ("若关于$x$的方程$(m-1)x^2+3x=1$是一元二次方程，则$m$的取值范围是____", "m \\ne 1", "m > 1"),
    ("Given that the degree of the monomial $8x^2y^{3m-1}$ is $4$, what is the value of $m$?", "1", "\\frac{5}{3}"),
    ("If $-2x^ny+xy-3$ is a quintic polynomial, what is the value of $n$?", "4", "5"),
    ("If the degree of the monomial $\\frac{2}{3}x^my^2$ is the same as that of $-x^4y$, then the value of $m$ is ____?", "3", "4"),
    ("If the simplest quadratic radical $\\sqrt{5x+2}$ and $\\sqrt{8-x}$ are of the same type, then $x$ = ____?", "1", "2"),
    ("The equation $2x+a=x-7$ has a negative solution for $x$. The possible values of real number $a$ are ____.", "a > -7", "a < -7"),
    ("If the linear function $y=(3a-2)x+6$ increases as $x$ increases, then the range of possible values for $a$ is ____.", "a > \\frac{2}{3}", "a < \\frac{2}{3}"),
    ("已知函数 $f(x)=x^{3}(a \\cdot 2^{x}-2^{-x})$ 是偶函数, 则 $a=(\\quad)$", "1", "-1"),
    ("If $f(x)=(x+a)\\ln \\frac{2x-1}{2x+1}$ is an even function, what is the value of $a$?", "0", "1"),
    ("If $f(x)=\\frac{1}{2^x-1}+a$ is an odd function, then $a$ = ____.", "\\frac12", "-\\frac12"),
    ("If $|5-10x|=10x-5$, then the range of values of $x$ is ____.", "x \\ge \\frac{1}{2}", "x \\le \\frac{1}{2}"),
    ("If $\\sqrt{(a-6)^2}=6-a$, then the possible values of $a$ are ____?", "a \\le 6", "a \\ge 6"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "right", "wrong"), DECIDED)
def test_a_degree_or_a_size_is_what_is_told(problem: str, right: str, wrong: str) -> None:
    assert status(problem, right) == "verified"
    assert status(problem, wrong) == "refuted"


UNDECIDED = [
    # What is given is false, so that another meaning is meant.
    ("Given that $2+2=11$, find $2+3$.", "5"),
    # A literal term of the same degree: the other exponent need not be 1.
    ("If the equation $x^{n}+3x=4$ is a linear equation in one variable $x$, then $n$ = ____?", "1"),
    ("If $x^ny+x^4y^2$ is a sixth degree polynomial, what is the value of $n$?", "5"),
    # 18 is not simplest, so that one value of two is meant.
    ("If the simplest quadratic radical $\\sqrt{a^2+3a}$ and $\\sqrt{a+15}$ are of the same type, then $a$ = ____?", "3"),
    # Every value makes it even; a function that can never be one; an added condition.
    ("If $f(x)=x^2+ax^4$ is an even function, then $a$ = ____.", "0"),
    ("If $f(x)=x^2+x+a$ is an even function, then $a$ = ____.", "0"),
    ("If $f(x)=x^2+(a-1)x+3$ is an even function on $[a, 2]$, then $a$ = ____.", "1"),
    ("If $f(x)=x^2+(a-1)x+3$ is not an even function, then $a$ = ____.", "1"),
    # The coefficient may be 0.
    ("The equation $ax=2$ has a positive solution for $x$. The possible values of real number $a$ are ____.", "a < 0"),
    ("If the equation $(m+2)x^2+5x-7=0$ is not a quadratic equation in $x$, then the range of values for $m$ is ____?", "m \\ne -2"),
    ("If the equation $(m+2)x^2+5x-7=0$ is a quadratic equation in $x$ with a root of $1$, then the range of values for $m$ is ____?", "m \\ne -2"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "wrong"), UNDECIDED)
def test_a_degree_that_leaves_a_choice_is_left_alone(problem: str, wrong: str) -> None:
    assert status(problem, wrong) == "unverifiable"
