"""Questions of school in their usual words, and those that say one word more."""

from __future__ import annotations

import pytest
from embedded_model.answering import mathematics
from embedded_model.values.solution import Say

_ASKED = [
    ("What is the mean of 4, 8 and 12?", "en", "8"),
    ("3、5、10的平均数是多少？", "zh", "6"),
    ("What is 15% of 80?", "en", "12"),
    ("求200的35%是多少？", "zh", "70"),
    ("What is the next term in the sequence 3, 7, 11, 15?", "en", "19"),
    ("求等差数列2、5、8、11的下一项。", "zh", "14"),
    ("In how many ways can 5 people be arranged in a row?", "en", "120"),
    ("5名同学排成一排，共有多少种排法？", "zh", "120"),
    ("How many ways can you choose 2 students from 6 students?", "en", "15"),
    ("从6名同学中选出2名，有多少种选法？", "zh", "15"),
    (
        "A bag contains 3 red balls and 5 blue balls. What is the probability of drawing a red ball?",
        "en",
        "3/8",
    ),
    ("袋子里有3个红球和5个白球，任意摸出一个球，摸到红球的概率是多少？", "zh", "3/8"),
]


@pytest.mark.parametrize(("problem", "language", "answer"), _ASKED)
def test_a_question_of_school_is_solved(problem: str, language: str, answer: str) -> None:
    solution = mathematics.solve(problem, Say("zh" if language == "zh" else "en"))
    assert solution is not None
    assert solution.answer.replace(r"\frac{3}{8}", "3/8") == answer
    assert solution.check


@pytest.mark.parametrize(
    "problem",
    [
        "What is the next term in the sequence 1, 2, 4, 8?",
        "In how many ways can 5 people be arranged in a row if Ann is first?",
        "How many ways can you choose 7 students from 6 students?",
        "A bag contains 3 red balls and 5 blue balls. What is the probability of drawing a green ball?",
        "A bag contains 3 red balls and 5 blue balls. What is the probability of drawing two red balls?",
        "What is the weighted mean of 4, 8 and 12?",
    ],
)
def test_a_question_with_one_word_more_is_left_alone(problem: str) -> None:
    assert mathematics.solve(problem, Say("en")) is None
