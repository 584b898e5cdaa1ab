"""Questions for the letters of a form that an answer has, and conditions on letters that must not be lost."""

from __future__ import annotations

from typing import Any

import pytest
from checkers.mathematics import verify


def status(problem: str, answer: str) -> Any:
    return verify({"problem": problem, "final_answer": answer, "solution": "", "language": "en"})["status"]


_SURD = "$a$, $b$ and $c$ are positive integers and $b$ is not divisible by the square of any integer greater than 1"
DECIDED = [
    (f"The largest value of $x$ that satisfies $\\sqrt{{x+1}}=x$ can be written as $\\dfrac{{a+\\sqrt{{b}}}}{{c}}$ where {_SURD}. What is the value of $a+b+c$?", "8", "16"),
    ("Rationalize the denominator of $\\frac{\\sqrt{5}+\\sqrt{2}}{\\sqrt{5}-\\sqrt{2}}$. The answer can be written as $\\frac{A+B\\sqrt{C}}{D}$, where $A$, $B$, $C$, and $D$ are integers, $D$ is positive, and $C$ is not divisible by the square of any prime. If the greatest common divisor of $A$, $B$, and $D$ is 1, find $A+B+C+D$.", "22", "44"),
    ("The sum of the solutions of $3x^2-7x+2=0$ can be expressed as $\\frac{m}{n}$, where $m$ and $n$ are relatively prime positive integers. Find $m+n$.", "10", "20"),
    ("What is the distance between $(1,2)$ and $(5,10)$? The answer can be written as $a\\sqrt{b}$, where $a$ and $b$ are positive integers and $b$ is square-free. What is $a+b$?", "9", "22"),
    ("If $x+\\frac1x=5$ and $x>1$, then $x$ can be written as $\\frac{a+\\sqrt{b}}{c}$, where $a$, $b$, and $c$ are positive integers and $b$ is not divisible by the square of any prime. What is $a+b+c$?", "28", "26"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "right", "wrong"), DECIDED)
def test_the_letters_of_a_form_are_found(problem: str, right: str, wrong: str) -> None:
    assert status(problem, right) == "verified"
    assert status(problem, wrong) == "refuted"


UNDECIDED = [
    # Several choices of the letters would do.
    ("The sum of the solutions of $3x^2-7x+2=0$ can be expressed as $\\frac{m}{n}$, where $m$ and $n$ are positive integers. Find $m+n$.", "10"),
    ("The sum of the solutions of $3x^2-7x+2=0$ can be expressed as $\\frac{m}{n}$, where $m$ and $n$ are relatively prime integers. Find $m+n$.", "10"),
    ("What is the distance between $(1,2)$ and $(5,10)$? The answer can be written as $a\\sqrt{b}$, where $a$ and $b$ are positive integers. What is $a+b$?", "9"),
    # Conditions that no one choice keeps, or that nobody has read.
    ("The sum of the solutions of $3x^2-7x+2=0$ can be expressed as $\\frac{m}{n}$, where $m$ and $n$ are relatively prime positive even integers. Find $m+n$.", "10"),
    ("The sum of the solutions of $3x^2-7x+2=0$ can be expressed as $\\frac{m}{n}$, where $m$ and $n$ are relatively prime positive integers and $n$ is as large as possible. Find $m+n$.", "10"),
    ("The sum of the solutions of $3x^2-7x+2=0$ that are integers can be expressed as $\\frac{m}{n}$, where $m$ and $n$ are relatively prime positive integers. Find $m+n$.", "10"),
    ("What is the distance between $(1,2)$ and $(5,10)$? The answer can be written as $a\\sqrt{b}$, where $a$ and $b$ are positive integers and $b$ is not divisible by the square of any integer greater than 2. What is $a+b$?", "9"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "answer"), UNDECIDED)
def test_letters_that_are_not_decided_are_not_said(problem: str, answer: str) -> None:
    assert status(problem, answer) == "unverifiable"


def test_a_root_left_below_is_not_what_rationalising_asks_for() -> None:
    problem = "Rationalize the denominator of $\\frac{6}{\\sqrt{3}+1}$."
    assert status(problem, "3\\sqrt{3}-3") == "verified"
    assert status(problem, "\\frac{6}{\\sqrt{3}+1}") != "verified"
    assert (
        status("Rationalize the denominator: $\\frac{2}{\\sqrt{3}}$.", "\\frac{2}{\\sqrt{3}}") != "verified"
    )
