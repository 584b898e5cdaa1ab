"""Equations that hold for every value of a variable, sentences in other orders of words, and what must not be read so."""

from __future__ import annotations

from typing import Any

import pytest
from checkers.mathematics import verify


def status(problem: str, answer: str) -> Any:
    return verify({"problem": problem, "final_answer": answer, "solution": "", "language": "en"})["status"]


DECIDED = [
    ("Let $f$ be a function such that $f(x)+3f(1-x)=8x$ for all real numbers $x$. Find $f(2)$.", "-5", "5"),
    ("If $f(x+2)=x^2-1$ for all $x$, what is $f(5)$?", "8", "24"),
    ("Suppose that $g(2x+1)=4x-3$. Find $g(7)$.", "9", "25"),
    ("For every nonzero real number $x$, $2f(x)+f(1/x)=6x$. What is $f(2)$?", "7", "4"),
    ("The function $f$ satisfies $f(x+y)=f(x)+f(y)$ for all positive integers $x$ and $y$, and $f(2)=6$. What is $f(3)$?", "9", "8"),
    ("Let $f(x)=ax+b$, where $a$ and $b$ are positive constants. If $f(f(x))=9x+8$, find $a+b$.", "5", "-7"),
    ("Find the constant $c$ such that $(x+3)(x-c)=x^2+x-6$ for all $x$.", "2", "-2"),
    ("If $A$ and $B$ are constants such that $\\frac{5x+1}{(x-1)(x+2)} = \\frac{A}{x-1}+\\frac{B}{x+2}$, find $A-B$.", "-1", "1"),
    ("Let $f(x)=3x-1$ and $g(f(x))=6x+2$. Find $g(5)$.", "14", "32"),
    ("The positive real numbers $a$ and $b$ satisfy $a+b=7$ and $ab=10$. Find $a^2+b^2$.", "29", "49"),
    ("Two reals $x$ and $y$ are such that $x-y=4$ and $x^3-y^3=28$. Compute $xy$.", "-3", "3"),
    ("There exist real numbers $x$ and $y$ such that $x+y=7$ and $x-y=1$. What is $xy$?", "12", "7"),
    ("If $2^{a+b}=32$ and $2^{a-b}=8$, what is $ab$?", "4", "5"),
    ("If $\\log_2 x + \\log_2 y = 5$ and $x - y = 4$, what is $x$?", "8", "-4"),
    ("Let $t=2s-s^2$ and $s=n^2-2^n+1$. What is the value of $t$ when $n=3$?", "0", "-8"),
    ("Find the determinant of the matrix $\\left[\\begin{array}{rr}1 & 4 \\\\ 2 & 3\\end{array}\\right]$.", "-5", "11"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "right", "wrong"), DECIDED)
def test_what_holds_everywhere_decides_a_value(problem: str, right: str, wrong: str) -> None:
    assert status(problem, right) == "verified"
    assert status(problem, wrong) == "refuted"


UNREAD = [
    # problem, the answer that it would have without the words that nobody has read
    ("For some real number $x$, $2f(x)+f(1/x)=6x$. What is $f(2)$?", "7"),
    ("For all negative real numbers $x$, $2f(x)+f(1/x)=6x$. What is $f(2)$?", "7"),
    ("For all integers $x$, $f(x+1)=2f(x)$, and $f(0)=3$. What is $f(\\frac{1}{2})$?", "6"),
    ("For all rational numbers $x$, $f(x+1)=2f(x)$, and $f(0)=3$. What is $f(1)$?", "6"),
    ("For all $x$ that are not integers, $f(x)=2x+f(1)$. What is $f(\\frac12)$?", "1"),
    ("The positive real numbers $a$ and $b$ satisfy $a+b=7$ or $ab=10$. Find $a+b$.", "7"),
    ("The sum of the numbers $a$ and $b$ is not $a+b=7$. Find $a+b$.", "7"),
    ("Two reals $x$, $y$, and $z$ are such that $x+y=4$ and $x-y=2$. Compute $xy$.", "3"),
    ("The consecutive integers $a$ and $b$ satisfy $a+b=7$ and $ab=10$. Find $a^2+b^2$.", "29"),
    ("Let $f(x)=ax+b$. If $f(f(x))=9x+8$, find $a+b$.", "5"),
    ("If $2^{a+b}=32$ and $2^{a-b}=8$ or $a=b$, what is $ab$?", "4"),
]


@pytest.mark.parametrize(("problem", "answer"), UNREAD)
def test_a_word_that_changes_the_sentence_leaves_it_unread(problem: str, answer: str) -> None:
    assert status(problem, answer) == "unverifiable"


def test_an_equation_that_holds_everywhere_and_contradicts_itself_has_no_value() -> None:
    assert status("If $f(x)+f(-x)=x$ for all real numbers $x$, what is $f(1)+f(-1)$?", "1") == "unverifiable"
