"""The arithmetic inside worked solutions: false equalities are found, and nothing true is called false."""

from __future__ import annotations

import pytest
from checkers.mathematics import verify
from checkers.mathematics.steps.false_steps import false_step

FALSE = [
    ("First we add.\nThen 5 + 3 = 9 apples.", 2),
    ("We get $12 \\times 4 = 46$.", 1),
    ("\\[\n\\frac{1}{2} + \\frac{1}{3} = \\frac{2}{5}\n\\]", 1),
    ("15.22 × 2 = 30.54 元", 1),
    ("所以一共有 3×5=16 个。", 1),
    ("So 2 + 2 = 4 = 5 - 2.", 1),
    ("$49{,}994 + 20{,}006 = 69{,}999$", 1),
    ("$\\sqrt{50} = 6\\sqrt{2}$", 1),
    ("3.14 × 25 ≈ 95", 1),
    ("\\begin{align*}\n2+3 &= 5 \\\\\n&= 3 \\times 2\n\\end{align*}", 1),
]

TRUE = [
    "5 + 3 = 8 apples, and 8 × 2 = 16.",
    "1/3 = 0.33",
    "10/3 ≈ 3.33",
    "Half of 10 - 2 = 4 is 4.",
    "20% of 50 = 10",
    "20的3/5 = 12",
    "17 ÷ 5 = 3……2",
    "17 ÷ 5 = 3 remainder 2",
    "1,200,000 × 2 = 2.4 million",
    "$(1/5) \\times 100 = 20\\%$",
    "1 + 2 + \\ldots + 100 = 5050",
    "$2x + 3 = 5$, so $x = 2/2 = 1$.",
    "This would give 0 = 5 - 4, a contradiction.",
    "Check: is 4 + 1 = 6? No.",
    "2 1/2 + 1 = 3.5",
    "$180^\\circ - 30^\\circ = 150$",
    "3 + 4 = 7 + 5 = 12",
    "3 cm + 4 cm = 70 mm",
    "f(2) = 3 × 2 + 1 = 7",
    "2. 5 + 3 = 8",
    "**5 + 3 = 8**",
    "9 + 5 = 2 (mod 12)",
    "6 feet = 72 inches",
    "√5 = 2.236",
    "7/2 = 3 and 1/2",
    "$4! = 24$, $\\binom{5}{2} = 10$",
    "10:30 + 0:45 = 11:15",
    "12:30+1=13:30",
    "2:3+1=7:3",
    "- 3 + 5 = 2",
    "- 3 + 5 = 8",
    "$2\\sqrt{0.076} = \\sqrt{0.0304}$",
    "10 - 3 = 7 - 2 = 5",
    "The price is 3 x 5 = 15 dollars",
]


@pytest.mark.parametrize(("solution", "line"), FALSE)
def test_a_false_equality_is_found_with_its_line(solution: str, line: int) -> None:
    found = false_step("How many are there?", solution)
    assert found is not None
    assert found.line == line


@pytest.mark.parametrize("solution", TRUE)
def test_no_true_or_unclear_equality_is_called_false(solution: str) -> None:
    assert false_step("How many are there?", solution) is None


def test_a_false_step_does_not_refute_a_right_answer_and_says_which_line() -> None:
    request = {
        "problem": "Compute 2+3",
        "final_answer": "5",
        "solution": "We add.\n2 + 3 = 6",
        "language": "en",
    }
    reply = verify(request)
    assert reply["status"] == "verified"
    assert reply["line"] == 2
    assert reply["step"].startswith("Line 2: 2 + 3 = 6 is false")


def test_true_steps_alone_do_not_verify() -> None:
    request = {"problem": "A word problem.", "final_answer": "5", "solution": "2 + 3 = 5", "language": "en"}
    assert verify(request)["status"] == "unverifiable"


def test_a_problem_that_redefines_an_operation_has_no_steps_to_check() -> None:
    assert false_step("规定一种新运算 2*6=26-2-6", "2*6=18, 3*4=27") is None
