"""Everything that a problem says has a role that is used, or the problem is not recognised."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from checkers.mathematics import verify
from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.problem.facts import Facts, gathered
from checkers.mathematics.problem.kinds import KIND_WORDS, is_kind, kinds_of
from checkers.mathematics.problem.reading import reading
from checkers.mathematics.problem.vocabulary import (
    NEUTRAL,
    NEUTRAL_CHINESE,
    fixed_words,
    unaccounted,
)
from checkers.mathematics.questions import QUESTIONS
from checkers.mathematics.questions.registry import Ask, asked
from support.conditions import PAIRS, with_conditions

DATA = Path(__file__).resolve().parents[3] / "data" / "mathematics"
ROWS = [json.loads(line) for line in (DATA / "problems.jsonl").read_text("utf-8").splitlines()]


def status(problem: str, answer: str) -> str:
    request = {"problem": problem, "final_answer": answer, "solution": "", "language": "en"}
    return str(verify(request)["status"])


SWALLOWED = [
    # An adjective of what is asked for.
    ("Find all negative solutions of $x^2 = 4$.", "-2, 2"),
    ("Find all positive solutions of $x^2 = 9$.", "3, -3"),
    ("Find all nonzero solutions of $x^2 = x$.", "0, 1"),
    ("Find all even integer solutions of $x^2-5x+6=0$.", "2, 3"),
    ("Find all prime solutions of $x^2-7x+12=0$.", "3, 4"),
    ("Find the product of the positive solutions of $(x-2)(x-3)(x+1)=0$.", "-6"),
    ("Find the sum of the negative roots of $(x-2)(x+3)(x+1)=0$.", "-2"),
    ("Find the number of positive roots of $x^2 - x - 6=0$.", "2"),
    ("How many negative solutions does $x^2 = 9$ have?", "2"),
    ("What is the integer value of $x$ if $(2x-1)(x-3)=0$?", "1/2, 3"),
    ("Find all pairs of complex numbers $(x, y)$ such that $x + y = 2$ and $xy = 2$.", "no solution"),
    ("求方程 $x^2=4$ 的正根", "2, -2"),
    ("方程 $x^2=9$ 的负整数解是多少", "3, -3"),
    # A kind of number that is given.
    ("If $x$ is a nonnegative integer and $x^2 = 9$, what is $x$?", "-3"),
    ("If $x$ is a non-negative integer and $x^2 = 9$, what is $x$?", "-3"),
    ("If $x$ is a nonpositive integer and $x^2 = 9$, what is $x$?", "3"),
    ("If $x$ is a nonzero integer and $x^2=2x$, what is $x$?", "0, 2"),
    ("If $x$ is an odd integer and $x^2-5x+6=0$, what is $x$?", "2, 3"),
    ("If $x$ is irrational and $x^3=2x$, what is $x$?", "0, \\sqrt{2}, -\\sqrt{2}"),
    ("若$x$为非负整数，且$x^2=9$，则$x$的值是多少？", "-3"),
    ("若$x$是自然数，且$x^2=9$，则$x$的值是多少？", "3, -3"),
    ("若$x$是偶数，且$x^2-5x+6=0$，则$x$的值是多少？", "2, 3"),
    # An aside, a note.
    ("Solve $x^2 = 4$. (Assume $x > 0$.)", "2, -2"),
    ("Solve $x^2 = 4$. (Note that $x$ is negative.)", "2, -2"),
    ("Solve $x^2 - 5x + 6 = 0$ (note that $x$ must be even).", "2, 3"),
    ("Solve $x^2=4$. List the positive solutions, separated by commas.", "2, -2"),
    ("Solve $x^2 = 9$. List the nonnegative roots in order.", "3, -3"),
    ("Solve $x^2 = 9$. Enter all the negative solutions, separated by commas.", "3, -3"),
    ("Compute $12+12$. All numbers are in base 3.", "24"),
    ("Compute $12+12$. Simplify and write the result in base 3.", "24"),
    # A unit.
    ("What is the area, in square meters, of a circle with radius $300$ cm?", "90000\\pi"),
    ("What is the volume, in cubic feet, of a cube with edge length $24$ inches?", "13824"),
    # A condition that is given and not used.
    ("If $x$ and $y$ are positive numbers such that $x+y=3$ and $x-y=5$, what is $x$?", "4"),
    ("For $x > 0$, what values of $x$ make $\\frac{1}{x^2-4}$ undefined?", "2, -2"),
    ("For $x > 5$, what is the slope of the line $y = 2x + 1$?", "3"),
    ("Let $x$ be an integer. If $\\sin x + \\cos x = \\frac12$, find $\\sin 2x$.", "-\\frac34"),
    # Two readings.
    ("What is the difference between 3 and 5?", "-2"),
    ("What is the mean of 100,200 and 300?", "50250"),
    ("100,150和200的最小公倍数是多少", "400600"),
    ("What is the sum of the digits of $1111_2$?", "6"),
    ("What is the units digit of $3-10$?", "3"),
    ("Convert $1011$ in base $2$ to base $10$.", "1011"),
    # An option says more than its value.
    ("Solve $x^2=4$ for $x>0$. A. 2 B. -2 (if $x$ is even) C. 3 D. 4", "B"),
]


@pytest.mark.parametrize(("problem", "wrong"), SWALLOWED)
def test_an_answer_that_forgets_what_the_problem_says_is_not_verified(problem: str, wrong: str) -> None:
    assert status(problem, wrong) != "verified"


ENFORCED = [
    ("Find all negative solutions of $x^2 = 4$.", "-2"),
    ("Find all nonzero solutions of $x^2 = x$.", "1"),
    ("Find the product of the positive solutions of $(x-2)(x-3)(x+1)=0$.", "6"),
    ("Find the number of positive roots of $x^2 - x - 6=0$.", "1"),
    ("If $x$ is a nonnegative integer and $x^2 = 9$, what is $x$?", "3"),
    ("若$x$为非负整数，且$x^2=9$，则$x$的值是多少？", "3"),
    ("若$x$是自然数，且$x^2=9$，则$x$的值是多少？", "3"),
    ("Solve $x^2 = 4$. (Assume $x > 0$.)", "2"),
    ("Solve $x^2 = 4$. (Note that $x$ is negative.)", "-2"),
    ("What is the difference between 5 and 3?", "2"),
    ("What is the area of a circle with radius $3$ cm?", "9\\pi"),
]


@pytest.mark.parametrize(("problem", "right"), ENFORCED)
def test_what_is_understood_of_a_kind_or_condition_is_enforced(problem: str, right: str) -> None:
    assert status(problem, right) == "verified"


@pytest.mark.parametrize(
    ("problem", "right"),
    [
        ("What is the integer value of $x$ if $(2x-1)(x-3)=0$?", "3"),
        ("If $x$ is an odd integer and $x^2-5x+6=0$, what is $x$?", "3"),
        ("What is the difference between 3 and 5?", "2"),
        ("What is the mean of 100,200 and 300?", "200"),
        ("Convert $1011$ in base $2$ to base $10$.", "11"),
        ("What is the volume, in cubic feet, of a cube with edge length $24$ inches?", "8"),
    ],
)
def test_what_is_not_understood_of_a_condition_refutes_nothing(problem: str, right: str) -> None:
    assert status(problem, right) != "refuted"


FORMS = [
    ("Compute $\\frac14+\\frac12$. Express your answer as a common fraction.", "\\frac34", "0.75"),
    ("Compute $\\frac14+\\frac12$. Express your answer as a decimal.", "0.75", "\\frac34"),
    ("Compute $\\frac54+\\frac12$. Express your answer as a mixed number.", "1\\frac{3}{4}", "\\frac74"),
    ("Compute $\\sqrt2+\\sqrt{8}$. Express your answer in simplest radical form.", "3\\sqrt2", "\\sqrt{18}"),
    ("Write $\\frac{3}{4}$ as a decimal.", "0.75", "6/8"),
]


@pytest.mark.parametrize(("problem", "right", "other"), FORMS)
def test_an_answer_in_another_form_than_the_one_asked_for_is_not_verified(
    problem: str, right: str, other: str
) -> None:
    assert status(problem, right) == "verified"
    assert status(problem, other) == "unverifiable"


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("positive integers", {"positive", "integer"}),
        ("non-negative integer", {"nonnegative", "integer"}),
        ("nonzero real numbers", {"nonzero", "real"}),
        ("非负整数", {"nonnegative", "integer"}),
        ("正整数", {"positive", "integer"}),
        ("负实数", {"negative", "real"}),
        ("非零自然数", {"nonzero", "natural"}),
    ],
)
def test_a_kind_of_number_is_the_sum_of_its_words(words: str, kinds: set[str]) -> None:
    assert kinds_of(words) == kinds


@pytest.mark.parametrize(
    "words", ["lucky numbers", "positive unlucky integers", "非实数", "不等实数", "幸运数"]
)
def test_a_kind_with_a_word_that_is_not_known_is_not_understood(words: str) -> None:
    with pytest.raises(NotUnderstood):
        kinds_of(words)


def test_zero_is_neither_natural_nor_not() -> None:
    import sympy as sp

    assert is_kind(sp.Integer(3), {"natural"})
    assert not is_kind(sp.Integer(-3), {"natural"})
    with pytest.raises(NotUnderstood):
        is_kind(sp.Integer(0), {"natural"})


def test_no_word_of_the_closed_list_says_of_what_kind_a_number_is() -> None:
    conditions = {"not", "no", "or", "except", "unless", "only", "without", "largest", "least", "base", "two"}
    assert not NEUTRAL & (KIND_WORDS | conditions)
    assert not NEUTRAL_CHINESE & (KIND_WORDS | {"不", "非", "或", "最大", "最小", "只"})


def test_no_question_fixes_a_word_that_says_of_what_kind_a_number_is() -> None:
    for question in QUESTIONS:
        assert not question.words & KIND_WORDS
        for shape in question.patterns:
            assert not fixed_words(shape) & KIND_WORDS


def test_a_question_cannot_declare_a_kind_of_number_to_be_neutral() -> None:
    with pytest.raises(ValueError, match="positive"):
        asked("find <e>", words="positive")(lambda ask: pytest.fail("never called"))


def test_an_optional_word_that_no_group_holds_is_not_accounted_for() -> None:
    shape = re.compile(r"find (?:all )?(?:purple )?(?P<kind>positive )?(?:of )?the roots")
    match = shape.fullmatch("find all purple positive the roots")
    assert match is not None
    assert fixed_words(shape) == {"find", "roots"}
    left = unaccounted(match.group(), [match.span("kind")], fixed_words(shape))
    assert left == ["purple"]
    assert unaccounted(match.group(), [], fixed_words(shape)) == ["purple", "positive"]


def test_a_group_that_the_handler_does_not_read_is_unread() -> None:
    read = reading("Find the positive root of $x^2=4$.")
    assert read is not None
    text, facts = gathered(read)
    match = re.compile(r"find the (?P<kind>positive )?root of ⟦(?P<e>\d+)⟧\.").fullmatch(text)
    assert match is not None
    ask = Ask(match, facts, read)
    ask.formula("e")
    assert ask.unread(frozenset()) == ["positive"]
    ask.kinds()
    assert ask.unread(frozenset()) == []


def test_what_is_given_and_never_looked_at_is_found() -> None:
    facts = Facts(frozenset("f"))
    facts.add("f(x) = x + 1")
    with pytest.raises(NotUnderstood):
        facts.check_used()
    assert facts.functions["f"] is not None
    facts.check_used()
    facts.add("x > 3")
    with pytest.raises(NotUnderstood):
        facts.check_used()
    assert len(list(facts.constraints)) == 1
    facts.check_used()
    facts.kinds.setdefault("x", set()).add("even")
    with pytest.raises(NotUnderstood):
        facts.check_used()


def test_there_are_hundreds_of_conditions_in_both_languages() -> None:
    for language in ("en", "zh"):
        assert sum(len(pairs) for pairs in PAIRS[language].values()) >= 100


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["source"])
def test_of_two_contradictory_conditions_one_at_most_leaves_the_answer_right(row: dict[str, Any]) -> None:
    """A condition that is swallowed would leave the answer verified with either of the two."""
    chance = random.Random(row["source"])
    conditions = with_conditions(row["problem"], chance)
    for _ in range(6):
        pair = next(conditions)
        verdicts = [status(problem, row["answer"]) for problem in pair]
        assert verdicts.count("verified") <= 1, pair
