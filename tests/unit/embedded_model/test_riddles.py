"""Riddles about numbers, and spoken ways to say a formula."""

from __future__ import annotations

import pytest
from embedded_model.answering import mathematics
from embedded_model.values.solution import Say
from embedded_model.word_problems import riddles


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        ("The sum of two numbers is 10 and their difference is 2. What are the numbers?", r"6,\ 4"),
        ("甲乙两数的和是10，差是3，求这两个数。", r"\frac{13}{2},\ \frac{7}{2}"),
        ("鸡兔同笼，头共35个，脚共94只，问鸡和兔各有多少只？", r"\text{鸡} = 23,\ \text{兔} = 12"),
        ("Three times a number plus 5 is 20. What is the number?", "5"),
        ("一个数的3倍减去5等于16，这个数是多少？", "7"),
        ("What is the sum of the first 100 positive integers?", "5050"),
        ("求1到100的和", "5050"),
        ("What is the area of a circle with radius 3?", r"9\pi"),
        ("圆的半径是5厘米，它的周长是多少厘米？", r"10\pi"),
    ],
)
def test_riddles(problem: str, answer: str) -> None:
    language = "zh" if "，" in problem or "求" in problem else "en"
    solution = riddles.solve(problem, Say(language))
    assert solution is not None
    assert solution.answer == answer
    assert solution.steps
    assert solution.check


@pytest.mark.parametrize(
    "problem",
    [
        "鸡兔同笼，头共3个，脚共94只，问鸡和兔各有多少只？",
        "鸡兔同笼，头共35个，脚共95只，问鸡和兔各有多少只？",
        "The sum of two numbers is 10 and their product is 2. What are the numbers?",
        "What is the sum of the first 100 prime numbers?",
        "求3到100的和",
    ],
)
def test_what_has_no_answer_or_only_looks_alike_is_left_alone(problem: str) -> None:
    assert riddles.solve(problem, Say("en")) is None


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        ("What is the square root of 144?", "12"),
        ("2的10次方是多少？", "1024"),
        ("What is 2 to the power of 10?", "1024"),
        ("求 27 的立方根", "3"),
        ("f(x) = x^3 - 3x, find f'(x)", "3 x^{2} - 3"),
        ("f(x) = x^3 - 3x, find f'(2)", None),
        ("求极限 lim_{x→0} sin(x)/x", "1"),
        ("当 x 趋于 0 时，求 sin(x)/x 的极限", "1"),
        ("∫ 1/x dx", r"\ln{\left(\left|{x}\right| \right)} + C"),
        ("25 的平方根是多少", None),
    ],
)
def test_spoken_formulas(problem: str, answer: str | None) -> None:
    solution = mathematics.solve(problem, Say("zh"))
    assert (solution.answer if solution else None) == answer


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        (r"\lim_{n \to \infty} (1 + 1/n)^n", "e"),
        ("x^5 - x - 1 = 0", None),
        (r"\int e^{-x^2} dx", None),
    ],
)
def test_what_has_no_school_answer_costs_little_time(problem: str, answer: str | None) -> None:
    solution = mathematics.solve(problem, Say("en"))
    assert (solution.answer if solution else None) == answer
