"""What must never be verified or refuted: parts that are not real, lost solutions, answers that say something else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from checkers.mathematics import verify
from checkers.mathematics.formulas.build import Context, build
from checkers.mathematics.formulas.grammar import parse, parse_list
from checkers.mathematics.formulas.nodes import NotUnderstood
from hypothesis import given, settings
from hypothesis import strategies as st


def status(problem: str, answer: str) -> Any:
    return verify({"problem": problem, "final_answer": answer, "solution": "", "language": "en"})["status"]


NOT_REAL = [
    # problem, an answer that forgets that a part is not real, the right one
    ("Find the domain of $f(x)=\\frac{\\sqrt{x-1}}{\\sqrt{x-3}}$.", "$(-\\infty,1]\\cup(3,\\infty)$", "(3,\\infty)"),
    ("Find the domain of $f(x)=\\sqrt{x+2}\\sqrt{x-5}$.", "$(-\\infty,-2]\\cup[5,\\infty)$", "[5,\\infty)"),
    ("Find the domain of $f(x)=(\\sqrt{x-4})^2$.", "all real numbers", "[4,\\infty)"),
    ("Find the domain of $f(x)=\\log_x 5$.", "(0,\\infty)", "(0,1)\\cup(1,\\infty)"),
    ("Find the domain of $f(x)=\\log_{x-2} 7$.", "(2,\\infty)", "(2,3)\\cup(3,\\infty)"),
    ("Find the domain of $f(x)=\\frac{\\ln x}{\\ln(x-1)}$.", "(0,\\infty)", "(1,2)\\cup(2,\\infty)"),
    ("Solve $\\ln(x-4) - \\ln x = \\ln 3$.", "$x=-2$", "no solution"),
    ("Solve $\\sqrt{x-3}\\sqrt{x-8} = -\\sqrt{6}$.", "2", "no solution"),
    ("Solve $\\sqrt{x}\\sqrt{x} = -3$.", "-3", "no solution"),
    ("How many real solutions does $\\ln(x-5) - \\ln x = \\ln 2$ have?", "1", "0"),
    ("Solve the inequality $\\log_x 9 > 2$.", "no solution", "(1,3)"),
    ("Solve $\\sqrt{x}\\cdot\\sqrt{x} < 9$", "$x<9$", "[0,9)"),
    ("解不等式 $\\ln(x-2)-\\ln(x+2) > 0$", "$x<-2$", "无解"),
    ("已知集合$A=\\{x|\\ln x - \\ln(x+2) > 0\\}$，$B=\\{-3,1\\}$，则$A\\cap B=$", "\\{-3\\}", "\\emptyset"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "wrong", "right"), NOT_REAL)
def test_a_real_value_needs_real_parts(problem: str, wrong: str, right: str) -> None:
    assert status(problem, wrong) == "refuted"
    assert status(problem, right) == "verified"


UNDEFINED = [
    ("If $f(x)=\\sqrt{x-5}\\sqrt{x-2}$, find $f(1)$.", "-2"),
    ("If $f(x)=\\ln(x-5)-\\ln(x-6)$, find $f(1)$.", "\\ln\\frac{4}{5}"),
    ("Compute $\\sqrt{-8}\\cdot\\sqrt{-2}$.", "-4"),
    ("What is $1^{\\infty}$?", "1"),
    ("What is $2^{-\\infty}$?", "0"),
    ("What is $\\log_{-2} 4$?", "2"),
    ("What is $\\log_1 1$?", "1"),
    ("What is $0^0$?", "1"),
    ("Find $\\lim_{x\\to -2} \\ln x$.", "\\ln 2 + \\pi i"),
    ("Find $\\lim_{x\\to -4} \\sqrt{x}$.", "2i"),
    ("If $f(x)=|x-3|$, find $f'(3)$.", "0"),
    ("If $f(x)=|x|+x$, find $f'(0)$.", "1"),
]


@pytest.mark.parametrize(("problem", "answer"), UNDEFINED)
def test_what_is_not_defined_has_no_value(problem: str, answer: str) -> None:
    assert status(problem, answer) != "verified"


COMPLEX = [
    ("Compute $|5-12i|$.", "13"),
    ("What is the magnitude of the complex number $\\sqrt{-9}+4$?", "5"),
    ("Compute $(2+i)(2-i)$.", "5"),
]


@pytest.mark.parametrize(("problem", "answer"), COMPLEX)
def test_where_a_problem_speaks_of_complex_numbers_parts_may_be_complex(problem: str, answer: str) -> None:
    assert status(problem, answer) == "verified"


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 400),
    st.integers(1, 400),
    st.sampled_from(["{0} \\cdot {1}", "\\frac{{{0}}}{{{1}}}", "({0})^2+{1}"]),
)
def test_no_formula_with_an_even_root_of_a_negative_number_has_a_real_value(
    a: int, b: int, shape: str
) -> None:
    formula = shape.format(f"\\sqrt{{-{a}}}", f"\\sqrt[4]{{-{b}}}")
    with pytest.raises(NotUnderstood, match="not defined"):
        build(parse(formula), Context(strict=True))


SYSTEMS = [
    ("Find all ordered pairs of real numbers $(x,y)$ such that $y=x^2$ and $x = y^3 - y + 1$.", "(1,1)"),
    ("Solve the system $y = x^5 - x + 1$, $y = 0$.", "no solution"),
    ("Solve the system $y = x^5 + x + 3$, $y = x$.", "no solution"),
    ("Find all ordered pairs $(x,y)$ of real numbers such that $y=x^5-x$ and $y=1$.", "no solution"),
    ("If $x$ and $y$ are positive numbers such that $x+y=3$ and $x-y=5$, what is $x$?", "4"),
    ("If $x$ and $y$ are integers such that $x+y=3$ and $x-y=2$, what is $x$?", "5/2"),
    ("If $\\frac{2x}{y}=0$ and $x+y=0$, what is $x$?", "0"),
    ("If $\\frac{x^2}{x}=0$ and $x+y=1$, what is $y$?", "1"),
    ("Solve for $(y, x)$: $x + y = 3, x - y = 1$", "(2,1)"),
    ("Solve for $(b, a)$: $a + b = 10, a - b = 4$", "(7,3)"),
    ("How many $x$-intercepts does the graph of $y=x^5-x-1$ have?", "0"),
    ("How many $x$-intercepts does the graph of $y=x^5-4x+1$ have?", "1"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "answer"), SYSTEMS)
def test_no_solution_of_a_system_is_lost_or_invented(problem: str, answer: str) -> None:
    assert status(problem, answer) != "verified"


FOUND = [
    ("How many $x$-intercepts does the graph of $y=x^5-x-1$ have?", "1"),
    ("How many $x$-intercepts does the graph of $y=x^5-4x+1$ have?", "3"),
    ("Solve for $(y, x)$: $x + y = 3, x - y = 1$", "(1,2)"),
    ("How many two-digit primes are greater than 5?", "21"),
    ("How many three-digit perfect squares are greater than 50?", "22"),
    ("What is the largest two-digit prime less than $200$?", "97"),
    ("What is the smallest three-digit number greater than $50$ that is divisible by $9$?", "108"),
]


@pytest.mark.parametrize(("problem", "answer"), FOUND)
def test_every_condition_narrows_what_is_counted_and_found(problem: str, answer: str) -> None:
    assert status(problem, answer) == "verified"


OPTIONS = "What is $2+3$? A. 4 B. 5 C. 6 D. 7"
SAYINGS = [
    (OPTIONS, "B. 6"),
    (OPTIONS, "B, or maybe C"),
    (OPTIONS, "B. is wrong, C is right"),
    (OPTIONS, "B (not sure, could be 6)"),
    (OPTIONS, "A or B"),
    (OPTIONS, "B and C"),
    (OPTIONS, "not B"),
    ("Write $\\frac{3}{4}$ as a decimal.", "6/8"),
    ("Write $\\frac{9}{4}$ as a mixed number.", "9/4"),
    ("Write $\\frac{9}{4}$ as a mixed number.", "2.25"),
    ("Write $2.25$ as a fraction.", "2.25"),
    ("Write $0.5$ as a common fraction.", "2/4"),
    ("Convert $5$ feet to inches.", "5 feet"),
    ("Convert $2$ hours to minutes.", "7200 seconds"),
]


@pytest.mark.parametrize(("problem", "answer"), SAYINGS)
def test_an_answer_that_says_something_else_is_not_verified(problem: str, answer: str) -> None:
    assert status(problem, answer) != "verified"


SAID = [
    (OPTIONS, "B"),
    (OPTIONS, "(B)"),
    (OPTIONS, "B. 5"),
    (OPTIONS, "(B) 5"),
    (OPTIONS, "5"),
    ("Write $\\frac{3}{4}$ as a decimal.", "0.75"),
    ("Write $\\frac{9}{4}$ as a mixed number.", "2\\frac{1}{4}"),
    ("Write $2.25$ as a fraction.", "9/4"),
    ("Convert $5$ feet to inches.", "60 inches"),
    ("Convert $5$ feet to inches.", "60"),
]


@pytest.mark.parametrize(("problem", "answer"), SAID)
def test_an_answer_in_the_form_that_was_asked_for_is_verified(problem: str, answer: str) -> None:
    assert status(problem, answer) == "verified"


RIGHT_ONES = [
    # Right answers in notations of which another reading is wrong.
    ("计算 $12-5\\frac{5}{12}-4\\frac{7}{18}$", "2\\frac{7}{36}"),
    ("计算 12-5(5/12)-4(7/18)", "2(7/36)"),
    ("Compute $-10-5\\frac{3}{5}$.", "-15\\frac{3}{5}"),
    ("Compute $-31.2 \\div 2$.", "-15\\frac{3}{5}"),
    ("Simplify $-2\\sqrt[3]{-48v^7}$.", "4v^2\\sqrt[3]{6v}"),
    ("Simplify $\\sqrt[3]{-54x^4}$.", "-3x\\sqrt[3]{2x}"),
    ("Simplify $\\sqrt[5]{-32y^6}$.", "-2y\\sqrt[5]{y}"),
    ("Compute $\\frac{4790}{57}$.", "8.404 \\times 10^{1}"),
    ("Compute $\\left(9 \\times 10^{-2}\\right)^{-3}$.", "1.372 \\times 10^{3}"),
    ("Find the value of $\\sin\\theta - \\cos\\theta$.", "\\frac{\\sqrt{2}}{2}"),
    ("求 $\\sin\\theta-\\cos\\theta$ 的值", "\\frac{7}{5}"),
    ("Simplify $\\frac{a-1}{a} \\div (a^2-1)/(a^2+a)$.", "1"),
    ("Compute $6 \\div 2/3$.", "9"),
    ("Compute $6 \\div 2/3$.", "1"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "answer"), RIGHT_ONES)
def test_a_right_answer_in_another_notation_is_not_refuted(problem: str, answer: str) -> None:
    assert status(problem, answer) != "refuted"


def test_the_mixed_number_behind_a_minus_sign_is_negative_as_a_whole() -> None:
    assert build(parse("-15\\frac{3}{5}"), Context()) == build(parse("-(15+3/5)"), Context())


def test_a_list_with_grouped_digits_can_be_read_in_two_ways() -> None:
    assert status("What is the sum of $150$ and $150$?", "100,200 and 300") == "unverifiable"


WRONG_ONES = [
    ("How many real solutions does $\\sqrt{x-1}\\sqrt{x-4}=-2$ have?", "1"),
    ("求函数$y=\\frac{\\sqrt{x+1}}{\\sqrt{x-2}}$的定义域", "(-\\infty,-1]\\cup(2,+\\infty)"),
    ("函数$f(x)=\\log_{x-1}(3-x)$的定义域是", "(1,3)"),
    ("函数$y=\\frac{1}{\\ln(x-1)}$的定义域是", "(1,+\\infty)"),
    ("What values of $x$ satisfy $\\sqrt{x-1}\\sqrt{x-1} \\le 3$?", "x \\le 4"),
    ("Solve $\\frac{\\sqrt{x-2}}{\\sqrt{x-5}}=2$ for $x$.", "6, 1"),
    ("Solve $\\frac{\\sqrt{x-2}}{\\sqrt{x-5}}=\\frac{1}{2}$ for $x$.", "1"),
    ("Solve $(\\ln x)^2 - \\ln x^2 = 0$.", "1, e^2, -1"),
    ("Solve $\\ln x^2 = 2$.", "e"),
    ("Solve $2\\ln x = 2$.", "e, -e"),
    ("Evaluate $\\sqrt{(-3)^2}\\sqrt{-4}\\sqrt{-1}$.", "-6"),
    ("What is $\\log_{10}(-10) + \\log_{10}(-10)$?", "2"),
    ("What is $\\log_{0} 0$?", "1"),
    ("What is $\\frac{0}{0}$?", "1"),
    ("What is $0^{-1}$?", "0"),
    ("Compute $\\tan 90^\\circ \\cdot \\cos 90^\\circ$.", "1"),
    ("Compute $\\cot 0$.", "0"),
    ("若$f(x)=\\sqrt{x-2}\\sqrt{x-7}$，则$f(0)$的值是", "-\\sqrt{14}"),
    ("已知集合$A=\\{x|\\sqrt{x}\\sqrt{x-2}=\\sqrt{3}\\}$，$B=\\{-1,3\\}$，则$A\\cap B=", "\\{-1,3\\}"),
    ("Find all pairs $(x,y)$ of real numbers such that $x^2+y=12$ and $y^2+x=12$.", "(3,3),(-4,-4)"),
    (
        "Find all ordered pairs $(x,y)$ of real numbers satisfying $y = x^3 - 3x + 1$ and $x = y^3-3y+1$.",
        "(1,1)",
    ),
    ("At what points do the graphs of $y=x^5$ and $y=x+1$ intersect?", "no solution"),
    ("How many times do the graphs of $y=x^5-3x$ and $y=1$ intersect?", "1"),
    ("Solve for $(y,x)$: $2x+y=7$, $x-y=2$", "(3,1)"),
    ("解方程组 $x+y=5$, $x-y=1$", "y=3, x=2"),
    ("Let $f(x)=|x^2-1|$. Find $f'(1)$.", "0"),
    ("Let $f(x)=|x|^3$. Find $f'(0)$.", "1"),
    ("设$f(x)=|x-1|$，则$f'(1)=$", "0"),
    ("Find $\\lim_{x\\to 2^-} \\sqrt{x-2}$.", "0"),
    ("Find $\\lim_{x\\to 3} \\frac{|x-3|}{x-3}$.", "1"),
    ("求极限 $\\lim_{x\\to 0^-} \\ln x$", "0"),
    ("Find $\\lim_{x\\to \\infty} \\sin x$.", "0"),
    ("Find $\\lim_{n\\to \\infty} (-1)^n$.", "1"),
    ("What is $2 \\times 3$? (A) 5 (B) 6 (C) 7 (D) 8", "B) 7"),
    ("What is $2 \\times 3$? (A) 5 (B) 6 (C) 7 (D) 8", "B: 7"),
    ("What is $2 \\times 3$? (A) 5 (B) 6 (C) 7 (D) 8", "(B) or (C)"),
    ("What is $2 \\times 3$? (A) 5 (B) 6 (C) 7 (D) 8", "B?"),
    ("What is $2 \\times 3$? (A) 5 (B) 6 (C) 7 (D) 8", "B, C"),
    ("What is $2 \\times 3$? (A) 5 (B) 6 (C) 7 (D) 8", "B and 7"),
    ("What is $2 \\times 3$? (A) 5 (B) 6 (C) 7 (D) 8", "7 (B)"),
    ("What is $2 \\times 3$? (A) 5 (B) 6 (C) 7 (D) 8", "all but B"),
    ("What is $2 \\times 3$? (A) 5 (B) 6 (C) 7 (D) 8", "B is not right"),
    ("What is $2 \\times 3$? (A) 5 (B) 6 (C) 7 (D) 8", "BC"),
    ("What is $2 \\times 3$? (A) 5 (B) 6 (C) 7 (D) 8", "6 is wrong, 7 is right"),
    ("What is $2 \\times 3$? (A) 5 (B) 6 (C) 7 (D) 8", "B 7"),
    ("What is $2 \\times 3$? (A) 5 (B) 6 (C) 7 (D) 8", "B (7)"),
    ("Solve $x^2=4$.", "2, -2, or 3"),
    ("Solve $x^2=4$.", "2 and -2 but not -2"),
    ("Solve $x^2=4$.", "x=2, y=-2"),
    ("Solve $x^2=4$.", "(2,-2)"),
    ("Solve $x^2=4$.", "[-2,2]"),
    ("Solve $x^2=4$.", "x \\ne 2, -2"),
    ("Solve $x+1=3$.", "x = 2 \\text{ or } x = 3"),
    ("Solve $x+1=3$.", "x \\neq 2"),
    ("Solve $x+1=3$.", "x \\ge 2"),
    ("Solve $x+1=3$.", "y = 2"),
    ("Solve $x+1=3$.", "2 < x"),
    ("Solve $x+1=3$.", "x \\approx 2"),
    ("Convert $2$ kilometers to meters.", "2 km"),
    ("How many inches are in $3$ feet?", "3 feet"),
    ("How many inches are in $3$ feet?", "1 yard"),
    ("Express $\\frac{1}{8}$ as a decimal.", "1/8"),
    ("Express $\\frac{1}{8}$ as a decimal.", "12.5\\%"),
    ("Write $50\\%$ as a fraction.", "0.5"),
    ("Write $50\\%$ as a decimal.", "1/2"),
    ("Write $0.25$ as a percent.", "0.25"),
    ("Write $\\frac{17}{5}$ as a mixed number.", "2\\frac{7}{5}"),
    ("What is $\\frac{17}{5}$ expressed as a decimal?", "3\\frac{2}{5}"),
    ("Round $3.14159$ to the nearest hundredth.", "3.142"),
    ("Round $3.14159$ to the nearest hundredth.", "3.14159"),
    ("Simplify $\\frac{6}{8}$.", "6/8"),
    ("Compute $2+3$.", "2+3"),
    ("Find the sum of the roots of $x^2-4x+4=0$.", "2"),
    ("What is the average of 100,200 and 300?", "50250"),
    ("Find the sum of all three-digit multiples of 7 that are less than 120 and greater than 50.", "500"),
    ("How many positive integers less than 100 and less than 50 are divisible by 7?", "14"),
    ("How many prime numbers are between 10 and 30 and less than 20?", "6"),
    ("What is the mean of 100,200 and 300?", "50250"),
    ("100,150和200的最小公倍数是多少", "400600"),
    ("Convert $1011$ in base $2$ to base $10$.", "1011"),
    ("Convert $212$ in base $3$ to base $10$.", "212"),
    # Wrong answers of the same classes, found by thinking.
    ("Find the domain of $f(x)=\\sqrt{\\frac{x-1}{x-3}}$.", "(3,\\infty)"),
    ("Find the domain of $f(x)=\\frac{1}{\\sqrt{x^2-4}}+\\ln(x-1)$.", "(1,\\infty)"),
    (
        "Find the domain of $f(x)=\\sqrt{x}\\sqrt{x-2}+\\frac{1}{x-5}$.",
        "(-\\infty,0]\\cup[2,5)\\cup(5,\\infty)",
    ),
    ("Find the domain of $f(x)=x^{-1/2}$.", "[0,\\infty)"),
    ("Find the domain of $f(x)=x^0$.", "all real numbers"),
    ("Find the domain of $f(x)=\\log_{x^2} 3$.", "x \\ne 0"),
    ("Find the domain of $f(x)=\\frac{x^2-1}{x-1}$.", "all real numbers"),
    ("Find the domain of $f(x)=\\frac{1}{1/x}$.", "all real numbers"),
    ("If $f(x)=\\log_x 4$, find $f(-2)$.", "2"),
    ("Compute $\\ln(-1)-\\ln(-2)$.", "-\\ln 2"),
    ("Compute $(-4)^{1/2}(-9)^{1/2}$.", "-6"),
    ("Compute $\\arcsin 2$.", "\\frac{\\pi}{2}"),
    ("Find $\\lim_{x\\to 0} \\frac{|x|}{x}$.", "1"),
    ("Find $\\lim_{x\\to 0} \\frac{|x|}{x}$.", "0"),
    ("Find $\\lim_{x\\to 0} \\frac{1}{x}$.", "0"),
    ("Find $\\lim_{x\\to 0} \\sqrt{x}$.", "0"),
    ("Find $\\lim_{x\\to 0} \\sin\\frac{1}{x}$.", "0"),
    ("Find $\\lim_{x\\to 0} x\\ln x$.", "0"),
    ("If $f(x)=\\sqrt{x^2}$, find $f'(0)$.", "0"),
    ("If $f(x)=|x-2|+|x+2|$, find $f'(2)$.", "1"),
    ("If $f(x)=\\max(x,0)$, find $f'(0)$.", "1/2"),
    ("If $f(x)=x^{1/3}$, find $f'(0)$.", "0"),
    ("Find the equation of the tangent line to $y=|x|$ at $(0,0)$.", "y=0"),
    ("Compute $\\int_{-1}^{1} \\frac{1}{x^2}\\,dx$.", "-2"),
    ("Compute $\\int_{-1}^{1} \\frac{1}{x}\\,dx$.", "0"),
    ("What is $\\infty-\\infty$?", "0"),
    ("What is $\\frac{\\infty}{\\infty}$?", "1"),
    ("What is $0\\cdot\\infty$?", "0"),
    ("What is $\\infty^0$?", "1"),
    ("Find the minimum value of $x+\\frac{1}{x}$.", "2"),
    ("Find the maximum value of $\\frac{1}{x^2}$.", "1"),
    ("Find the minimum value of $x^2$ for $1<x<3$.", "1"),
    ("What is the coefficient of $x$ in $(x+2y)^2$?", "4"),
    ("Solve the system $x^2+y^2=25$, $xy=12$.", "(3,4),(4,3)"),
    ("Solve the system $x^2=y^2$, $x+y=2$.", "(1,1),(0,2)"),
    ("Find all ordered pairs of real numbers $(x,y)$ such that $x^3=y$ and $y^3=x$.", "(0,0),(1,1)"),
    ("Solve the system $y=\\sqrt{x}$, $y=x-2$.", "(4,2),(1,-1)"),
    ("Solve $\\frac{x^2-4}{x-2}=4$.", "2"),
    ("Solve $\\frac{x}{x}=1$.", "all real numbers"),
    ("Solve $|x|=-x$.", "0"),
    ("Solve $x^x=1$.", "1, -1"),
    ("Solve $\\sqrt{x^2}=x$.", "x \\ge 0"),
    ("Solve $\\log_x 8 = 3$.", "2, -2"),
    ("Solve $\\log_{x}(x^2-2)=1$.", "2,-1"),
    ("Solve the inequality $\\log_x 2 < 1$.", "(2,\\infty)"),
    ("Solve the inequality $\\frac{1}{x} < 1$.", "x>1"),
    ("Solve the inequality $\\sqrt{x-1} > x-3$.", "(-\\infty,5)"),
    ("Solve the inequality $\\frac{\\sqrt{x}}{\\sqrt{x}} \\ge 1$.", "x\\ge 0"),
    ("What is $2+3$? A. 4 B. 5 C. 6 D. 7", "AB"),
    ("What is $2+3$? A. 4 B. 5 C. 6 D. 7", "A, B"),
    ("What is $2+3$? A. 4 B. 5 C. 6 D. 7", "B. 5 or 6"),
    ("What is $2+3$? A. 4 B. 5 C. 6 D. 7", "B is wrong"),
    ("What is $2+3$? A. 4 B. 5 C. 6 D. 7", "B; C"),
    ("What is $2+3$? A. 4 B. 5 C. 6 D. 7", "(A) 5"),
    ("What is $2+3$? A. 4 B. 5 C. 6 D. 7", "B 不对"),
    ("What is $2+3$? A. 4 B. 5 C. 6 D. 7", "C. 5"),
    ("What is $2+3$?", "5 or 6"),
    ("What is $2+3$?", "not 5"),
    ("What is $2+3$?", "5, 5"),
    ("What is $2+3$?", "x = 5 or 5"),
    ("What is $2+3$?", "between 4 and 6"),
    ("Convert $45^\\circ$ to radians.", "45.0^\\circ"),
    ("Convert $3$ meters to centimeters.", "3 m"),
    ("Convert $3$ meters to centimeters.", "3000 mm"),
    ("Write $\\frac{7}{2}$ as a mixed number.", "3.5"),
    ("Write $\\frac{7}{2}$ as a mixed number.", "\\frac{7}{2}"),
    ("Write $3\\frac{1}{2}$ as an improper fraction.", "3\\frac{1}{2}"),
    ("Write $3\\frac{1}{2}$ as an improper fraction.", "3.5"),
    ("Write $0.75$ as a fraction in lowest terms.", "75/100"),
    ("Write $\\frac{1}{4}$ as a percent.", "1/4"),
    ("How many $x$-intercepts does the graph of $y=x^5-5x+1$ have?", "1"),
    ("How many real solutions does $x^5-x+1=0$ have?", "0"),
    ("How many real solutions does $e^x=x+2$ have?", "1"),
    ("How many solutions does $\\sin x = x/10$ have?", "3"),
    ("Solve $e^x = 1+x$.", "no solution"),
    ("Find the sum of the real solutions of $x^4-4x^3+x+1=0$.", "4"),
    ("已知$x+y=3$，$xy=5$，则$x^2+y^2=$", "-1"),
    ("If $x+y=1$ and $x^2+y^2=0$, what is $xy$?", "1/2"),
    ("If $x^2+1=0$, what is $x^4$?", "1"),
    ("If $a+b=3$ and $ab=4$, find $a^3+b^3$.", "-9"),
    ("How many two-digit primes less than 50 are greater than 5?", "13"),
    ("What is the largest three-digit multiple of 7 less than 500?", "994"),
    ("How many three-digit even numbers are less than 1000 and greater than 50?", "474"),
    ("If $1<x<3$ and $x^2=1$, what is $x$?", "1"),
    ("Solve the inequality $x - 2 \\geq 0$.", "[2, \\infty]"),
    ("Solve the inequality $x^2 \\geq 4$.", "[-\\infty, -2] \\cup [2, \\infty)"),
    ("Solve the inequality $x - 2 \\geq 0$.", "2 \\leq x \\leq \\infty"),
    ("Solve $(x, y)$: $x+2y=5$, $x-y=2$", "(1,3)"),
    ("Solve for $(z, x, y)$: $x+y=3, y+z=5, x+z=4$", "(1,2,3)"),
]


@pytest.mark.parametrize(("problem", "answer"), WRONG_ONES)
def test_no_wrong_answer_of_the_same_classes_is_verified(problem: str, answer: str) -> None:
    assert status(problem, answer) != "verified"


RIGHT_ANSWERS = [
    ("Find the median of the numbers 200, 100, 100, -2 and 24.", "100"),
    ("Determine all even numbers $x$ for which $|x| = 2$.", "2, -2"),
    ("What is the smallest three-digit multiple of 13?", "104"),
    ("What is the largest multiple of 7 that is less than 100?", "98"),
    ("Simplify $\\frac{x^2-y^2}{x+y}$.", "x-y"),
    ("化简 $\\frac{a^2-b^2}{a+b}$", "a - b"),
    ("Find the domain of $f(x)=\\sqrt{\\frac{x-1}{x-3}}$.", "(-\\infty,1]\\cup(3,\\infty)"),
    ("Find the domain of $f(x)=\\frac{x^2-1}{x-1}$.", "x\\ne 1"),
    ("Find the minimum value of $x^2-2x$ for $0\\le x\\le 3$.", "-1"),
    ("Solve $\\log_x 8 = 3$.", "2"),
    ("Solve $x^3=8$ over the reals.", "2"),
    ("Solve the system $x^2+y^2=25$, $xy=12$.", "(3,4),(4,3),(-3,-4),(-4,-3)"),
    ("Solve $|x-1|+|x-2|=3$.", "0,3"),
    ("Solve $e^x=5$.", "\\ln 5"),
    ("Find $\\lim_{x\\to 0} \\frac{\\sin x}{x}$.", "1"),
    ("Find $\\lim_{x\\to \\infty} \\frac{2x+1}{x-3}$.", "2"),
    ("Find $\\lim_{x\\to 1} \\frac{x^2-1}{x-1}$.", "2"),
    ("Compute $\\int_0^1 x^2\\,dx$.", "1/3"),
    ("Find the derivative of $x^3\\sin x$.", "3x^2\\sin x+x^3\\cos x"),
    ("Compute $\\int x^2\\,dx$.", "\\frac{x^3}{3}+C"),
    ("Solve the inequality $\\frac{1}{x} < 1$.", "(-\\infty,0)\\cup(1,\\infty)"),
    ("How many real solutions does $x^5-x+1=0$ have?", "1"),
    ("Solve $\\frac{x^2-4}{x-2}=4$.", "no solution"),
    ("Solve for $(z, x, y)$: $x+y=3, y+z=5, x+z=4$", "(3,1,2)"),
    ("Convert $45^\\circ$ to radians.", "\\frac{\\pi}{4}"),
    ("How many two-digit primes less than 50 are greater than 5?", "11"),
    ("Find the domain of $f(x)=\\ln(x-2)$.", "x>2"),
    ("Solve $\\sqrt{x-1} > x-3$.", "[1,5)"),
    ("Solve $x^2-5x+6<0$", "2<x<3"),
    ("Compute $\\sqrt[3]{-8}$.", "-2"),
    ("Compute $(-8)^{1/3}$.", "-2"),
]


@pytest.mark.parametrize(("problem", "answer"), RIGHT_ANSWERS)
def test_soundness_does_not_cost_the_ordinary_right_answers(problem: str, answer: str) -> None:
    assert status(problem, answer) == "verified"


LIES = Path(__file__).resolve().parents[5] / "shared" / "data" / "false_verified.jsonl"
MINE = {
    "parts that are not real",
    "base of a logarithm",
    "roots of systems lost",
    "limits overwritten",
    "letter with another text",
    "order of a pair",
    "calculus at corners",
    "one to a power",
    "form",
}


@pytest.mark.skipif(not LIES.exists(), reason="the collection of wrong answers is not here")
def test_no_wrong_answer_of_the_classes_that_are_computed_is_verified() -> None:
    rows = [json.loads(line) for line in LIES.read_text("utf-8").splitlines()]
    wrong = [row for row in rows if row["class"] in MINE]
    assert wrong
    assert [row["problem"] for row in wrong if status(row["problem"], row["wrong"]) == "verified"] == []


@pytest.mark.parametrize("answer", ["22,7,200", "100,200 and 300", "1,234, 56", "5 or 1,200"])
def test_digits_that_a_comma_may_group_are_not_read_beside_another_comma(answer: str) -> None:
    with pytest.raises(NotUnderstood, match="groups digits"):
        parse_list(answer)


@pytest.mark.parametrize(("answer", "numbers"), [("12,500,000", 1), ("1{,}234, 56", 2), ("22, 7, 200", 3)])
def test_digits_that_nothing_else_can_mean_are_read(answer: str, numbers: int) -> None:
    tree = parse_list(answer)
    assert (len(tree.parts) if tree.kind == "list" else 1) == numbers
