"""The class of a problem, by which confidence is measured."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepwise.answering.calibration.problem_class import CLASSES, problem_class

STORY = "Tom has 12 red apples and buys 7 more apples. How many apples does he have now?"


@pytest.mark.parametrize(
    "answer",
    [
        "19",
        "19 apples",
        r"\boxed{19}",
        "$19$",
        r"\$4.50",
        r"19\text{ apples}",
        "1,900",
        r"\frac{3}{4}",
        "50\\%",
    ],
)
def test_a_story_with_one_number_for_an_answer_is_an_arithmetic_word_problem(answer: str) -> None:
    assert problem_class(STORY, answer) == "arithmetic_word_problem"


@pytest.mark.parametrize(
    ("problem", "answer", "expected"),
    [
        ("小明有3元零花钱，奶奶又给了8元，小明现在有多少元零花钱？", "11元", "arithmetic_word_problem"),
        (STORY, "x = 3, y = 4", "other"),
        (STORY, "B", "choice"),
        (STORY, None, "other"),
        ("Solve $x^2 = 16$ for the positive root of this equation, please.", "4", "number"),
        ("In triangle ABC, AB = 3 and BC = 4. What is the length of AC?", "5", "number"),
        ("If $x + 3y = 5$ and three times two is six, what is the value of x?", "5", "number"),
        ("What is 2 + 3?", "5", "number"),
        (STORY, r"\sqrt{2}", "other"),
        (STORY, "(1, 2)", "other"),
    ],
)
def test_other_problems_are_of_other_classes(problem: str, answer: str | None, expected: str) -> None:
    assert problem_class(problem, answer) == expected


@given(st.text(max_size=300), st.text(max_size=80) | st.none())
def test_any_problem_has_a_class(problem: str, answer: str | None) -> None:
    assert problem_class(problem, answer) in CLASSES
