"""``stop`` ends an answer before a sequence, and shows nothing of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from stepwise.text.stop_sequences import Stopper


def shown(stopper: Stopper, text: str, size: int = 1) -> str:
    written = ""
    for at in range(0, len(text), size):
        written += stopper.feed(text[at : at + size])
        if stopper.stopped:
            return written
    return written + stopper.rest()


def test_the_answer_ends_before_the_sequence() -> None:
    stopper = Stopper(("END",))

    assert shown(stopper, "one END two") == "one "
    assert stopper.stopped
    assert stopper.text == "one "


def test_a_sequence_in_the_thinking_ends_nothing() -> None:
    stopper = Stopper(("END",))

    assert shown(stopper, "<think>END</think>one END two") == "<think>END</think>one "


def test_the_first_of_several_sequences_counts() -> None:
    assert shown(Stopper(("two", "one")), "zero one two") == "zero "


def test_what_only_began_like_a_sequence_is_shown_in_the_end() -> None:
    stopper = Stopper(("END",))

    assert shown(stopper, "one EN") == "one EN"
    assert not stopper.stopped


def test_a_draft_that_is_gone_on_with_is_not_shown_twice() -> None:
    stopper = Stopper(("END",), "one E")

    assert stopper.feed("ND two") == ""
    assert stopper.stopped


@given(st.text(alphabet="abE ND<>/think", max_size=40), st.integers(1, 9))
def test_no_cut_changes_what_is_shown(text: str, size: int) -> None:
    answer = shown(Stopper(("END", "ab")), text, size)

    assert answer == shown(Stopper(("END", "ab")), text, len(text) or 1)
    assert "END" not in answer.split("</think>")[-1].split("<think>")[0]
