"""The estimate stays near what was measured for this model and never depends on the length."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepwise.text.tokens import estimate

CHINESE = "小明从家里到学校要走很长的路，他每天早上都和妹妹一起出发。路上经过一条河，河边有许多柳树。"
MATHEMATICS = (
    "已知函数 $f(x)=x^2-2x$，若 $f(a)=3$，求实数 a 的值。设集合 A={x|x>1}，B={1,2,3}，则下列正确的是"
)
LATEX = r"Compute $\dbinom{8}{4}$ and simplify \[\frac{\sqrt{3}}{2} + \left(\frac{1}{2}\right)^2\] for the given value of the angle."
ENGLISH = (
    "The town lies between two hills, and the people who live there have always crossed the river by boat. "
    "In winter the boats are kept in a long shed near the mill, where the older men repair them."
)


@pytest.mark.parametrize(
    ("text", "measured", "within"),
    [(CHINESE, 0.78, 0.05), (MATHEMATICS, 0.62, 0.08), (LATEX, 0.32, 0.08), (ENGLISH, 0.19, 0.02)],
    ids=["chinese", "chinese mathematics", "latex", "english"],
)
def test_each_script_costs_what_was_measured(text: str, measured: float, within: float) -> None:
    assert estimate(text) / len(text) == pytest.approx(measured, abs=within)


def test_nothing_costs_nothing() -> None:
    assert estimate("") == 0


@given(st.text(max_size=200), st.text(max_size=200))
def test_two_texts_together_cost_what_they_cost_apart(one: str, other: str) -> None:
    together = estimate(one + other)

    assert estimate(one) + estimate(other) - 1 <= together <= estimate(one) + estimate(other)


@given(st.text(max_size=200))
def test_no_text_costs_more_than_a_token_a_character(text: str) -> None:
    assert 0 <= estimate(text) <= len(text)
