"""English stories: the facts that the question is about are chosen by its words, and none is left in doubt."""

from __future__ import annotations

import pytest
from embedded_model.values.solution import Say
from embedded_model.word_problems import english


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        (
            "There are 17 sheep. The farmer buys 5 sheep and sells 3 sheep. How many sheep are there now?",
            "19",
        ),
        ("A farmer has 17 sheep, buys 5 and sells 3. How many sheep does he have?", "19"),
        ("Ann had 9 pens. She lost 4 pens and then found 2 more pens. How many pens does she have now?", "7"),
        (
            "Ben had 30 stamps. He sold some stamps. If he has 12 stamps left. How many stamps did Ben sell?",
            "18",
        ),
        ("Eva lost 8 beads at school. Now she has 15 beads. How many beads did she have at first?", "23"),
        (
            "A shop had 40 red kites and 25 blue kites. How many more red kites than blue kites did it have?",
            "15",
        ),
        ("Tim read 12 pages on Monday and 9 pages on Tuesday. How many pages did Tim read in all?", "21"),
        (
            "Leo baked 20 pies and 31 buns. He sold 11 pies and 16 buns. How many more buns than pies did Leo sell?",
            "5",
        ),
    ],
)
def test_the_words_of_the_question_choose_among_the_facts(problem: str, answer: str) -> None:
    solution = english.solve(problem, Say("en"))
    assert solution is not None
    assert solution.answer == answer
    assert solution.steps
    assert "Backwards" in solution.check


@pytest.mark.parametrize(
    "problem",
    [
        # Jake's 3 more are of the question too.
        "Al brought 2 kites. Jake brought 6 kites and then bought 3 more kites. How many more kites did Jake have than Al?",
        # Wednesday is told of nowhere: the first number is of the whole week.
        "Last week Ann got 51 letters. On Monday she got 19 letters. How many letters did she get on Wednesday?",
        # What is read is still there.
        "Jay has 18 books and he has read 9 of them. Mary has 42 books. How many books do they have together?",
        # From the tree that is asked about.
        "Ray picked 4 plums from her tree. If the tree had 7 plums initially. How many plums are still there on the tree?",
        "Paul raised 15 hens but cats loved eating them. 5 were eaten by foxes. How many hens did he buy in total?",
        "Ann had 9 pens. Ben gave some pens to Carl. How many pens does Ann have now?",
    ],
)
def test_a_story_with_a_fact_in_doubt_is_left_alone(problem: str) -> None:
    assert english.solve(problem, Say("en")) is None
