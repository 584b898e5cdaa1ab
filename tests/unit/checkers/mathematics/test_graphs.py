"""Asymptotes, even and odd functions, numbers outside of a domain, and questions that only look alike."""

from __future__ import annotations

from typing import Any

import pytest
from checkers.mathematics import verify


def status(problem: str, answer: str) -> Any:
    return verify({"problem": problem, "final_answer": answer, "solution": "", "language": "en"})["status"]


_ENTER = ' Enter "odd", "even", or "neither".'
_GRAPH = "The graph of $f(x)=\\frac{2x}{x^2-5x-14}$ has vertical asymptotes $x=a$ and $x=b$, and horizontal asymptote $y=c$."
DECIDED = [
    ("How many vertical asymptotes does the graph of $y=\\frac{x-3}{x^2+7x-30}$ have?", "1", "2"),
    ("At what value of $y$ is there a horizontal asymptote for the graph of the equation $y=\\frac{4x^3+2x-4}{3x^3-2x^2+5x-1}$?", "4/3", "3/4"),
    ("Find the vertical asymptote of the graph of $f(x)=\\frac{2x}{x-5}$.", "x=5", "x=2"),
    ("Find the oblique asymptote of $y=\\frac{x^2+1}{x-2}$.", "y=x+2", "y=x-2"),
    (_GRAPH + " Find $a+b+c$.", "5", "7"),
    ("Is $f(x)=x^3-\\frac{1}{x}$ an even function, odd function, or neither?", "odd", "even"),
    ("Is $f(x)=x^2+x$ an even function, odd function, or neither?" + _ENTER, "neither", "odd"),
    ("Let $f(x)$ and $g(x)$ be odd functions. Is $f(x)g(x)$ even, odd, or neither?" + _ENTER, "even", "odd"),
    ("Let $f(x)$ be an odd function. Is $f(f(x))$ even, odd, or neither?" + _ENTER, "odd", "even"),
    ("What is the sum of all real numbers $x$ that are not in the domain of the function $f(x)=\\frac{1}{x^2-7x+12}$?", "7", "12"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "right", "wrong"), DECIDED)
def test_what_a_graph_shows_is_recomputed(problem: str, right: str, wrong: str) -> None:
    assert status(problem, right) == "verified"
    assert status(problem, wrong) == "refuted"


UNREAD = [
    (_GRAPH + " Find $a-b+c$.", "9"),
    ("How many vertical asymptotes to the left of $x=0$ does the graph of $y=\\frac{2}{x^2+x-6}$ have?", "2"),
    ("Find the vertical asymptote of the graph of $f(x)=\\frac{2x}{x^2-25}$.", "x=5"),
    ("Find the oblique asymptote of $y=\\frac{x^2-4}{x-2}$.", "y=x+2"),
    ("Is $f(x)=0$ an even function, odd function, or neither?", "even"),
    ("Is $f(x)=x^3$ for $x>0$ an even function, odd function, or neither?", "odd"),
    ("Let $f(x)$ be an odd function with $f(1)=2$. Is $f(f(x))$ even, odd, or neither?" + _ENTER, "odd"),
    ("What is the sum of all integers $x$ that are not in the domain of the function $f(x)=\\frac{1}{2x^2-7x+3}$?", "7/2"),
    ("What is the sum of all real numbers $x$ that are not in the domain of the function $f(x)=\\sqrt{x-1}$?", "1"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "answer"), UNREAD)
def test_what_a_graph_does_not_decide_is_not_said(problem: str, answer: str) -> None:
    assert status(problem, answer) != "verified"
