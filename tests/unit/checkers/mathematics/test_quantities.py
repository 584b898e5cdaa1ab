"""Sequences, figures and proportions told in words, and words beside them that nobody has read."""

from __future__ import annotations

from typing import Any

import pytest
from checkers.mathematics import verify


def status(problem: str, answer: str) -> Any:
    return verify({"problem": problem, "final_answer": answer, "solution": "", "language": "en"})["status"]


DECIDED = [
    ("The first term of an arithmetic sequence is $5$ and the common difference is $3$. What is the tenth term?", "32", "35"),
    ("An arithmetic sequence has first term $2$ and common difference $7$. What is the sum of the first $10$ terms?", "335", "65"),
    ("The sum of the first 10 terms of an arithmetic sequence is 100 and the first term is 1. What is the common difference?", "2", "9"),
    ("In a geometric sequence, the second term is 6 and the common ratio is 3. What is the fifth term?", "162", "486"),
    ("The area of a square is 49 square inches. What is its perimeter, in inches?", "28", "7"),
    ("A rectangle has length 8 and width 6. What is the length of its diagonal?", "10", "14"),
    ("The area of a circle is $36\\pi$. What is the circumference of the circle?", "12\\pi", "6\\pi"),
    ("A cube has volume 27. What is its surface area?", "54", "9"),
    ("If $x$ is inversely proportional to $y$ and $x = 4$ when $y = 6$, what is $x$ when $y=8$?", "3", "\\frac{16}{3}"),
    ("Suppose that $a$ varies directly with $b$, and $a = 12$ when $b = 4$. What is $a$ when $b = 9$?", "27", "\\frac{16}{3}"),
    ("$y$ varies directly as the square root of $x$. If $y = 6$ when $x=9$, what is $y$ when $x = 25$?", "10", "\\frac{50}{3}"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "right", "wrong"), DECIDED)
def test_quantities_that_are_told_decide_another_one(problem: str, right: str, wrong: str) -> None:
    assert status(problem, right) == "verified"
    assert status(problem, wrong) == "refuted"


UNREAD = [
    ("The area of a square is 49 square inches. What is its perimeter, in feet?", "28"),
    ("The area of a square is doubled to 50. What is its perimeter?", "28"),
    ("A rectangle has length 8 feet and width 6 inches. What is the length of its diagonal?", "10"),
    ("A rectangle has length 8 or width 6, and area 48. What is the length of its diagonal?", "10"),
    ("The area of a square is 49. The area of a circle is 36. What is the perimeter of the square?", "28"),
    ("The first term of an increasing arithmetic sequence is $5$ and the common difference is $3$. What is the tenth term?", "32"),
    ("In a geometric sequence, the first term is 2 and the third term is 18. What is the second term?", "6"),
    ("The sum of the first term of an arithmetic sequence and $5$ is $7$. The common difference is $3$. What is the tenth term?", "32"),
    ("The perimeter of a rectangle is 14 and its area is 12. What is the length of the rectangle?", "4"),
    ("If $a$ is inversely proportional to the square of $b$, and $a=3$ when $b=2$, what is $b$ when $a=12$?", "1"),
    ("If $x$ is inversely proportional to $y$ and $x = 4$ when $y = 6$ or $y = 7$, what is $x$ when $y=8$?", "3"),
    ("If $x$ is not inversely proportional to $y$ and $x = 4$ when $y = 6$, what is $x$ when $y=8$?", "3"),
    ("If $x+1$ is inversely proportional to $y$ and $x = 4$ when $y = 6$, what is $x$ when $y=8$?", "3"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "answer"), UNREAD)
def test_a_word_beside_the_quantities_leaves_them_unread(problem: str, answer: str) -> None:
    assert status(problem, answer) != "verified"


CONSECUTIVE = [
    ("The sum of three consecutive integers is 72. What is the largest?", "25", "24"),
    ("The product of two consecutive positive even integers is 48. What is their sum?", "14", "-14"),
    (
        "If the mean of five consecutive integers is $21,$ what is the smallest of the five integers?",
        "19",
        "17",
    ),
    ("How many solutions does $x^2=2$ have in the interval $(0,5)$?", "1", "2"),
    ("Find the sum of all solutions of $x^2-3x+2=0$ in the interval $[0,1.5]$.", "1", "3"),
]


@pytest.mark.parametrize(("problem", "right", "wrong"), CONSECUTIVE)
def test_consecutive_integers_and_intervals_are_taken_into_account(
    problem: str, right: str, wrong: str
) -> None:
    assert status(problem, right) == "verified"
    assert status(problem, wrong) == "refuted"


NOT_CONSECUTIVE = [
    ("The product of two consecutive integers is 12. What is their sum?", "7"),
    ("The sum of two consecutive even integers is 7. What is the largest?", "4.5"),
    ("The sum of three consecutive multiples of 3 is 72. What is the largest?", "25"),
    (
        "The sum of four consecutive integers is 10. What is the sum of the two largest of these integers?",
        "10",
    ),
    ("How many solutions does $x^2=2$ have outside the interval $(0,5)$?", "1"),
    ("How many solutions does $x^2=y$ have in the interval $(0,5)$?", "1"),
]


@pytest.mark.parametrize(("problem", "answer"), NOT_CONSECUTIVE)
def test_other_runs_and_intervals_are_not_taken_for_them(problem: str, answer: str) -> None:
    assert status(problem, answer) != "verified"
