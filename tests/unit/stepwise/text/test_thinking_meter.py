"""The tokens of a thinking are counted alike however the text is cut, and a closed thinking is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepwise.text.thinking import Thinking, split
from stepwise.text.thinking_meter import ThinkingMeter, closing_text

PIECES = st.lists(
    st.sampled_from(
        ["<think>", "</think>", "<thi", "nk>", "</", "Okay, ", "so x", " = 5. ", "猫", "\n\n", "<", "a < b"]
    ),
    max_size=30,
)


@pytest.mark.parametrize(
    ("chunks", "thought", "thinking"),
    [
        (["<think>", "a", "b", "</think>", "c"], 4, False),
        (["<think>", "a", "b"], 3, True),
        (["Okay, ", "so ", "b"], 3, True),
        (["The ", "answer ", "is ", "5"], 0, False),
        (["Well ", "then", "</think>", "5"], 3, False),
        (["x ", "then", "</th", "ink>", "5"], 4, False),
        (["<thi", "nk>", "a", "</thi", "nk>", "b"], 4, False),
    ],
)
def test_tokens_are_counted_while_the_model_thinks(chunks: list[str], thought: int, thinking: bool) -> None:
    meter = ThinkingMeter("auto")

    for chunk in chunks:
        meter.feed(chunk, 1)

    assert (meter.thought, meter.thinking) == (thought, thinking)


@given(PIECES, st.integers(min_value=0, max_value=30), st.sampled_from(["auto", "tagged", "implicit"]))
def test_a_meter_that_begins_in_the_middle_goes_on_as_one_that_saw_all(
    pieces: list[str], cut: int, mode: Thinking
) -> None:
    whole = ThinkingMeter(mode)
    for piece in pieces:
        whole.feed(piece, 1)
    first = ThinkingMeter(mode)
    for piece in pieces[:cut]:
        first.feed(piece, 1)
    second = ThinkingMeter(mode, text="".join(pieces[:cut]), tokens=len(pieces[:cut]), thought=first.thought)
    for piece in pieces[cut:]:
        second.feed(piece, 1)

    assert (second.thought, second.thinking) == (whole.thought, whole.thinking)


@given(st.text(max_size=60), st.sampled_from(["", "<", "</", "</thi", "</think", "<th"]))
def test_a_closed_thinking_leaves_nothing_of_itself_in_the_answer(text: str, torn: str) -> None:
    inside = "<think>" + text.replace("<", "") + torn

    closed = inside + closing_text(inside, "## Answer\n") + "42"

    assert split(closed).answer == "## Answer\n42"
