"""Loops are found wherever the text was cut, and what only looks like one is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepwise.text.repetition import LONGEST_PERIOD, loop_start, without_loop

BEGINNING = "Let me see. The sum of the first terms is 12, so the next one must be 15. "


@pytest.mark.parametrize(
    "period",
    ["Wait, that is wrong. ", "所以答案是四十二。让我再检查一遍，等等，", "x = 1\n\n", "the the end of "],
)
def test_a_passage_that_comes_again_and_again_is_cut_behind_its_first_time(period: str) -> None:
    text = BEGINNING + period * 40

    cut = without_loop(text)

    assert cut is not None
    assert cut.startswith(BEGINNING)
    assert len(BEGINNING) <= len(cut) <= len(BEGINNING) + 2 * len(period)


@given(st.text(min_size=8, max_size=200), st.integers(min_value=26, max_value=40))
def test_the_cut_is_the_same_wherever_the_loop_is_noticed(period: str, times: int) -> None:
    if not period.strip():
        return
    text = BEGINNING + period * times

    first = without_loop(text)
    later = without_loop(text + period * 3 + period[: len(period) // 2])

    assert first is not None
    assert first == later


@pytest.mark.parametrize(
    "text",
    [
        BEGINNING,
        BEGINNING * 3,
        "0." + "142857" * 16,
        "| a | b |\n|" + "-" * 90 + "|\n",
        "1" + "0" * 150,
        "\n" * 500,
        ("ab" * 1_000 + "c") * 3 + "ab" * 60,
        "",
    ],
)
def test_what_only_looks_like_a_loop_is_left_alone(text: str) -> None:
    assert loop_start(text) is None


def test_four_times_a_long_passage_is_a_loop_and_three_times_is_none() -> None:
    passage = " ".join(f"step {number} of the same long working" for number in range(20)) + ". "
    assert len(passage) < LONGEST_PERIOD

    assert without_loop(BEGINNING + passage * 3) is None
    assert without_loop(BEGINNING + passage * 4) is not None


def test_a_cycle_of_two_hundred_english_tokens_is_a_loop() -> None:
    passage = (
        "".join(f" word{number:02}" for number in range(100)) + " and then it begins again from there" * 15
    )
    assert 0.16 * len(passage) <= 200
    assert len(passage) > 1_000

    assert without_loop(BEGINNING + passage * 4) is not None


def test_equal_tokens_of_a_stream_that_the_host_broke_off_are_a_loop() -> None:
    text = BEGINNING + "猫" * 30

    assert loop_start(text) is None
    assert without_loop(text, broken=True) == BEGINNING + "猫"
