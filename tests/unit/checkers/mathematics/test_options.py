"""Options that each say for themselves whether they are the right one."""

from __future__ import annotations

from typing import Any

import pytest
from checkers.mathematics import verify


def status(problem: str, answer: str) -> Any:
    return verify({"problem": problem, "final_answer": answer, "solution": "", "language": "zh"})["status"]


DECIDED = [
    ("下列计算正确的是( )\nA. $a^2\\cdot a^5=a^{10}$\nB. $a^8\\div a^2=a^4$\nC. $-2a+5a=7a$\nD. $(a^2)^5=a^{10}$", "D"),
    ("下列计算错误的是( )\nA. $x\\cdot x=x^2$\nB. $2x+x=3x$\nC. $x^3\\cdot x=x^4$\nD. $x^2+x^2=x^4$", "D"),
    ("下列运算正确的是( )\nA. $\\sqrt{8}-\\sqrt{2}=\\sqrt{2}$\nB. $\\sqrt{2}+\\sqrt{3}=\\sqrt{5}$\nC. $2\\sqrt{3}-\\sqrt{3}=2$\nD. $\\sqrt{4}=-2$", "A"),
    ("已知m=√27-√3，则实数m的范围是() A.2<m<3  B.3<m<4  C.4<m<5  D.5<m<6", "B"),
    ("设 $a=\\log _{3} 6, b=\\log _{5} 10, c=\\log _{7} 14$, 则 ( )\nA. $c>b>a$\nB. $b>c>a$\nC. $a>c>b$\nD. $a>b>c$", "D"),
    ("下列各数中, 是无理数的是() A. $\\frac{\\pi}{2}$ B. $\\frac{1}{3}$ C. $\\sqrt[3]{27}$ D. 0.13133", "A"),
    ("下列各数中，是负数的是( ) A. $-(-2)$ B. $|-2|$ C. $-2^2$ D. $(-2)^2$", "C"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "letter"), DECIDED)
def test_the_one_option_that_is_right_is_verified_and_every_other_refuted(problem: str, letter: str) -> None:
    assert {other: status(problem, other) for other in "ABCD"} == {
        other: "verified" if other == letter else "refuted" for other in "ABCD"
    }


UNDECIDED = [
    # Two of them hold.
    ("下列计算正确的是( )\nA. $a+a=2a$\nB. $a\\cdot a=a^2$\nC. $a-a=1$\nD. $a+1=a$", "A"),
    # None of them holds, and one cannot be read.
    ("下列计算正确的是( )\nA. $a+a=3a$\nB. $a\\cdot a=a$\nC. $a-a=1$\nD. 以上都不对", "D"),
    ("下列计算正确的是( )\nA. $a^0=1$\nB. $a\\cdot a=a$\nC. $a-a=1$\nD. $a+1=a$", "A"),
    ("下列计算正确的是( )\nA. $\\sqrt{a^2}=a$\nB. $a\\cdot a=a$\nC. $a-a=1$\nD. $a+1=a$", "A"),
    # Something more is given than the options speak of.
    ("已知$a>0$，下列计算正确的是( )\nA. $\\sqrt{a^2}=a$\nB. $a\\cdot a=a$\nC. $a-a=1$\nD. $a+1=a$", "A"),
    ("设 $a=2, b=3, c$ 是正数, 则 ( )\nA. $c>b>a$\nB. $b>c>a$\nC. $a>c>b$\nD. $b>a$", "D"),
    ("下列各数中，是无理数的是( ) A. $\\pi$ B. $\\sqrt{2}$ C. 3 D. 0.5", "A"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "letter"), UNDECIDED)
def test_options_of_which_not_exactly_one_is_known_to_be_right_are_left_alone(
    problem: str, letter: str
) -> None:
    assert status(problem, letter) == "unverifiable"
