"""The quantities that a problem states."""

from __future__ import annotations

from fractions import Fraction

import pytest
from checkers.witness.mentions import mentions, words_of
from hypothesis import given
from hypothesis import strategies as st


def values(text: str) -> list[set[Fraction]]:
    return [set(mention.values) for mention in mentions(words_of(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("16 eggs", {16}),
        ("1,250 steps", {1250}),
        (r"\$1{,}250", {1250}),
        ("2.5 miles", {2.5}),
        ("twenty-five pupils", {25}),
        ("two hundred and six", {206}),
        ("three thousand five hundred", {3500}),
        ("3/4 of them", {Fraction(3, 4)}),
        (r"$\frac{3}{4}$ of them", {Fraction(3, 4)}),
        ("1 1/2 hours", {Fraction(3, 2)}),
        ("two thirds", {Fraction(2, 3)}),
        ("half", {Fraction(1, 2)}),
        ("twice as many", {2}),
        ("two dozen eggs", {2, 24}),
        ("20% more", {20, Fraction(1, 5)}),
        ("2 million people", {2_000_000}),
        ("50 cents", {50, Fraction(1, 2)}),
        ("十二个", {12}),
        ("两百零六", {206}),
        ("一万二千", {12_000}),
        ("三分之二", {Fraction(2, 3)}),
        ("百分之二十", {Fraction(1, 5)}),
        ("一半", {Fraction(1, 2)}),
        ("打八折", {Fraction(4, 5), 8}),
        ("85折", {Fraction(17, 20), 85}),
        ("3万元", {30_000}),
    ],
)
def test_a_quantity_is_read_as_it_is_meant(text: str, expected: set[object]) -> None:
    assert expected <= values(text)[0]  # type: ignore[operator]


def test_quantities_are_found_in_their_order() -> None:
    assert values("He ate three of 16 eggs and one and a half pies") == [{3}, {16}, {1}, {Fraction(1, 2)}]


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    words = words_of(text)

    assert all(0 <= mention.start < mention.end <= len(words) for mention in mentions(words))
