"""The witness: what a formalisation says of an answer, and what keeps it from saying more than it may."""

from __future__ import annotations

import itertools
import json
import time
from typing import Any

import pytest
from checkers.sandbox import Sandbox
from checkers.witness import examine, same_answer
from hypothesis import given, settings
from hypothesis import strategies as st

DUCKS = (
    "Janet's ducks lay 16 eggs per day. She eats three for breakfast every morning and bakes muffins with four. "
    "She sells the remainder daily for $2 per fresh duck egg. How much in dollars does she make every day?"
)
DUCKS_WRITTEN = """\
given eggs = 16 "lay 16 eggs per day"
given eaten = 3 "eats three for breakfast"
given baked = 4 "bakes muffins with four"
given price = 2 "$2 per fresh duck egg"
let sold = eggs - eaten - baked
ask sold * price
unit dollars
kind money
"""
APPLES = "小明有12个苹果，比小红的2倍少4个，小红有多少个苹果？"
APPLES_WRITTEN = """\
given ming = 12 "小明有12个苹果"
given times = 2 "小红的2倍"
given less = 4 "少4个"
unknown hong
equation times * hong - less = ming
ask hong
unit 个
kind count
"""


def result(problem: str, written: str, answer: str) -> str:
    return str(examine({"problem": problem, "formalisation": written, "final_answer": answer})["result"])


def reason(problem: str, written: str, answer: str = "1") -> str:
    return str(examine({"problem": problem, "formalisation": written, "final_answer": answer})["reason"])


@pytest.mark.parametrize("answer", ["18", "$18", r"\$18", "18 dollars", r"\boxed{18}", "18.00", "1800 cents"])
def test_a_result_agrees_with_the_same_amount_however_it_is_written(answer: str) -> None:
    assert result(DUCKS, DUCKS_WRITTEN, answer) == "agrees"


@pytest.mark.parametrize("answer", ["17", "$18.50", "18 cents", "-18"])
def test_a_result_differs_from_another_amount(answer: str) -> None:
    assert result(DUCKS, DUCKS_WRITTEN, answer) == "differs"


@pytest.mark.parametrize("answer", ["18 eggs", "x = y", "Janet", "", "18, 20", "A", "{" * 2_000])
def test_what_is_no_single_number_of_that_unit_is_not_compared(answer: str) -> None:
    assert result(DUCKS, DUCKS_WRITTEN, answer) == "none"


@pytest.mark.parametrize(("answer", "expected"), [("8", "agrees"), ("8个苹果", "agrees"), ("9个", "differs")])
def test_equations_in_unknowns_are_solved_for_chinese_problems_too(answer: str, expected: str) -> None:
    assert result(APPLES, APPLES_WRITTEN, answer) == expected


def test_the_reply_shows_the_result_with_its_unit_and_all_statements() -> None:
    reply = examine({"problem": DUCKS, "formalisation": DUCKS_WRITTEN, "final_answer": "18"})

    assert reply["answer"] == "18 dollars"
    assert "price = 2 ($2 per fresh duck egg)" in reply["detail"]
    assert "sold = eggs - eaten - baked" in reply["detail"]


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ('"lay 16 eggs per day"', '"lay 16 eggs each week"', "a given that the problem does not state"),
        ("eggs = 16", "eggs = 17", "a given that the problem does not state"),
        ('"lay 16 eggs per day"', '"16"', "words that say nothing"),
        ('"eats three for breakfast"', '"lay 16 eggs per day"', "a given that the problem does not state"),
        ("sold * price", "sold * 5", "a number that is not given"),
        ("sold * price", "18 + 0 * sold", "a number that is not given"),
        ("sold * price", "sold * rate", "a name that nothing defines"),
        (
            "let sold = eggs - eaten - baked",
            "let sold = sold + eggs",
            "statements that contradict each other",
        ),
        ("let sold = eggs - eaten - baked", "unknown sold", "what is asked is not determined"),
        ("ask sold * price", "", "nothing is asked"),
        ("ask sold * price", "ask eaten - eggs", "an impossible result"),
        ("ask sold * price", "ask sold / baked / baked / baked", "an impossible result"),
        ("kind money", "kind count", ""),
    ],
)
def test_a_formalisation_that_says_more_than_the_problem_is_refused(
    before: str, after: str, why: str
) -> None:
    assert before in DUCKS_WRITTEN

    assert reason(DUCKS, DUCKS_WRITTEN.replace(before, after)) == why


def test_one_quantity_of_the_problem_is_not_given_twice() -> None:
    twice = DUCKS_WRITTEN.replace(
        'given eaten = 3 "eats three for breakfast"', 'given eaten = 16 "16 eggs per day"'
    )

    assert reason(DUCKS, twice) == "two givens for one quantity of the problem"


def test_a_count_that_is_no_whole_number_is_no_result() -> None:
    problem = "A class of 25 students is parted into 2 teams. How many students are in a team?"
    written = (
        'given students = 25 "class of 25 students"\ngiven teams = 2 "into 2 teams"\nask students / teams'
    )

    assert reason(problem, written) == "an impossible result"


def test_contradicting_statements_and_several_results_are_none() -> None:
    both = APPLES_WRITTEN + "equation hong = ming + less\n"
    square = APPLES_WRITTEN.replace("times * hong - less = ming", "hong * hong = less * times * 2")

    assert reason(APPLES, both) == "an impossible result"
    assert result(APPLES, square, "4") == "agrees", "the negative root is no count"


def test_a_result_that_is_to_be_rounded_is_compared_rounded() -> None:
    problem = "3 friends share 10 dollars. How much does each get, rounded to 2 decimals?"
    written = (
        'given n = 3 "3 friends share"\ngiven money = 10 "10 dollars"\nask money / n\nunit dollars\nround 2'
    )

    assert result(problem, written, "3.33") == "agrees"
    assert result(problem, written, "3.34") == "differs"
    assert result(problem, written.replace("\nround 2", ""), "3.33") == "none"


def test_a_percentage_and_its_fraction_are_not_held_against_each_other() -> None:
    problem = "Of 40 pupils, 10 walk to school. What percentage walks?"
    written = 'given all = 40 "Of 40 pupils"\ngiven walk = 10 "10 walk"\nask walk / all * 100\nkind percent'

    assert [result(problem, written, answer) for answer in ("25", "25%", "0.25", "30%")] == [
        "agrees",
        "agrees",
        "none",
        "differs",
    ]


THINGS = ("apples", "coins", "books", "stamps")
STORIES = (
    (
        "Tom has {a} {x}. He finds {b} more {x}. How many {x} does he have?",
        "Tom has {a}",
        "finds {b} more",
        "a + b",
    ),
    (
        "A box holds {a} {x}. In a row stand {b} boxes. How many {x} are there?",
        "holds {a}",
        "stand {b} boxes",
        "a * b",
    ),
    (
        "Mia bought {a} {x} and lost {b} {x}. How many {x} are left?",
        "bought {a} {x}",
        "lost {b} {x}",
        "a - b",
    ),
)
RESULTS = {"a + b": lambda a, b: a + b, "a * b": lambda a, b: a * b, "a - b": lambda a, b: a - b}


@given(st.integers(3, 60), st.integers(1, 60), st.data())
@settings(max_examples=60, deadline=None)
def test_a_formalisation_of_another_problem_with_equal_digits_says_nothing(
    b: int, more: int, data: st.DataObject
) -> None:
    a = b + more
    stories = [
        [part.format(a=a, b=b, x=thing) for part in story]
        for story, thing in itertools.product(STORIES, THINGS)
    ]
    own, first, second, asked = data.draw(st.sampled_from(stories))
    others = [story[0] for story in stories if not (first in story[0] and second in story[0])]
    other = data.draw(st.sampled_from(others))
    written = f'given a = {a} "{first}"\ngiven b = {b} "{second}"\nask {asked}'
    value = str(RESULTS[asked](a, b))

    assert result(own, written, value) == "agrees"
    assert result(other, written, value) == "none"


FRAGMENTS = st.sampled_from(
    [
        *DUCKS_WRITTEN.splitlines(),
        "given x = 9 ^ 9",
        "let y = x ^ x ^ x",
        "equation x = x",
        "equation floor(x) = 3",
        "ask 9^9^9^9",
        "ask __import__('os').system('true')",
        "let eggs = 2",
        "unknown q",
        "equation q * q * q + q = eggs * baked",
        "ask q",
        "round 9",
        "kind money",
        "unit \\frac{",
        'given z = 1/0 "lay 16 eggs"',
        "```",
    ]
)


@given(
    st.lists(FRAGMENTS | st.text(max_size=60), max_size=14), st.sampled_from(["18", "7", "x", r"\frac{1}{2}"])
)
@settings(max_examples=150, deadline=None)
def test_any_text_as_a_models_output_is_harmless(lines: list[str], answer: str) -> None:
    began = time.process_time()

    reply = examine({"problem": DUCKS, "formalisation": "\n".join(lines), "final_answer": answer})

    assert set(reply) == {"result", "answer", "detail", "reason"}
    assert reply["result"] in ("agrees", "differs", "none")
    assert len(json.dumps(reply)) < 8_000
    assert time.process_time() - began < 2


@pytest.mark.parametrize("payload", [{}, {"problem": 1, "formalisation": [], "final_answer": None}])
def test_a_request_that_is_none_gets_a_reply(payload: dict[str, Any]) -> None:
    assert examine(payload)["result"] == "none"
    assert same_answer(payload) == {"same": None}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("18", "$18", True),
        ("18 eggs", "18", True),
        ("18个鸡蛋", "18", None),
        (r"\frac{1}{2}", "0.5", True),
        ("3 cm", "30 mm", True),
        ("18", "19", False),
        ("Janet", "Janet", True),
        ("x = 2", "2", True),
    ],
)
def test_two_answers_are_compared_by_what_they_say(one: str, other: str, same: bool | None) -> None:
    assert same_answer({"one": one, "other": other, "problem": DUCKS}) == {"same": same}


def test_the_sandbox_has_both_tasks_after_a_check() -> None:
    with Sandbox(timeout=5.0) as sandbox:
        request = {"problem": DUCKS, "formalisation": DUCKS_WRITTEN, "final_answer": "18"}

        assert sandbox.run("witness", request)["result"] == "agrees"
        assert sandbox.run("same_answer", {"one": "1/2", "other": "0.5", "problem": DUCKS}) == {"same": True}
