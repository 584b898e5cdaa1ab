"""Thinking and answer, taken apart whole and as they stream in."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stepwise.text import thinking as thinking_module
from stepwise.text.thinking import (
    Piece,
    Splitter,
    Thinking,
    Transcript,
    begins_aloud,
    marking_of,
    may_begin_aloud,
    split,
)


def stream(
    chunks: list[str], *, thinking: Thinking = "auto", complete: bool = True
) -> tuple[list[Piece], Splitter]:
    splitter = Splitter(thinking)
    pieces = [piece for chunk in chunks for piece in splitter.feed(chunk)]
    return pieces + splitter.close(complete=complete), splitter


def joined(pieces: list[Piece], kind: str) -> str:
    return "".join(piece.text for piece in pieces if piece.kind == kind)


@pytest.mark.parametrize(
    ("raw", "thinking", "answer", "answered"),
    [
        ("<think>hm</think>\n\n4", "hm", "4", True),
        ("hm, let me see</think>\n4 ", "hm, let me see", "4", True),
        ("<think>never ends", "never ends", "", False),
        ("<think></think>", "", "", False),
        ("<think>a</think>b<think>c</think>d", "a\n\nc", "bd", True),
        ("<think>a</think>b</think>c", "a", "bc", True),
        ("no tags at all", "", "no tags at all", True),
        ("Okay, so the answer is 4.", "", "Okay, so the answer is 4.", True),
        ("", "", "", False),
        (" \n", "", "", False),
        ("1 < 2 </thin", "", "1 < 2 </thin", True),
    ],
)
def test_every_shape_is_taken_apart(raw: str, thinking: str, answer: str, answered: bool) -> None:
    assert split(raw) == Transcript(thinking, answer, answered)


def test_a_cut_text_that_only_thought_aloud_has_no_answer() -> None:
    assert split("Okay, so I need to find x", complete=False) == Transcript(
        "Okay, so I need to find x", "", False
    )
    assert split("嗯，用户让我解方程", complete=False).answered is False
    assert split("The answer is", complete=False).answered is True
    assert split("The answer is", complete=False, thinking="implicit").answered is False


def test_a_tagged_answer_streams_without_delay() -> None:
    splitter = Splitter()
    assert splitter.feed("<think>secret") == [Piece("thinking", "secret")]
    assert splitter.feed("</think>\n\nFour") == [Piece("answer", "Four")]
    assert splitter.feed(" is") == [Piece("answer", " is")]
    assert splitter.close() == []


def test_an_answer_without_tags_is_passed_on_once_it_does_not_look_like_thinking() -> None:
    splitter = Splitter()
    assert splitter.feed("The sum is ") == []
    assert joined(splitter.feed("four, because 2+2=4"), "answer") == "The sum is four, because 2+2=4"


def test_thinking_without_an_opening_tag_is_held_back_until_it_closes() -> None:
    splitter = Splitter()
    assert splitter.feed("Okay, so I need to add two and two, that is four. ") == []
    pieces = splitter.feed("Done.</think>4")
    assert joined(pieces, "thinking") == "Okay, so I need to add two and two, that is four. Done."
    assert joined(pieces, "answer") == "4"


def test_what_was_held_back_is_the_answer_when_no_tag_ever_comes() -> None:
    pieces, _ = stream(["Okay, so the answer to this question is 4."])
    assert pieces == [Piece("answer", "Okay, so the answer to this question is 4.")]


def test_tagged_passes_on_at_once_and_implicit_holds_everything_back() -> None:
    assert Splitter("tagged").feed("Okay") == [Piece("answer", "Okay")]
    assert Splitter("implicit").feed("The answer is surely forty-two, no doubt") == []


def test_what_was_passed_on_stays_the_answer_when_a_closing_tag_comes_too_late() -> None:
    pieces, _ = stream(["We compute the sum of both numbers", "</think>", "4"])
    assert joined(pieces, "answer") == "We compute the sum of both numbers4"
    assert split("We compute the sum of both numbers</think>4").answer == "4"


RAW = st.lists(
    st.sampled_from(
        [
            "<think>",
            "</think>",
            "<",
            "</",
            "think>",
            ">",
            "a",
            "42",
            " ",
            "\n\n",
            "Okay, so I need to think of it",
            "答",
            "The answer to all of this is plain",
            "</thin",
            "<think",
        ]
    ),
    max_size=9,
).map("".join)


@settings(max_examples=500, deadline=None)
@given(RAW, st.data(), st.sampled_from(["auto", "tagged", "implicit"]), st.booleans())
def test_no_cut_of_the_stream_changes_the_answer(
    raw: str, data: st.DataObject, mode: Thinking, complete: bool
) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=len(raw))))
    chunks = [raw[start:end] for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    pieces, _ = stream(chunks, thinking=mode, complete=complete)
    whole, _ = stream([raw], thinking=mode, complete=complete)
    assert joined(pieces, "answer") == joined(whole, "answer")
    first_tag = re.search(r"</?think>", raw)
    missed_opening = first_tag is not None and first_tag[0] == "</think>"
    if not (mode == "auto" and missed_opening):
        assert joined(pieces, "answer") == split(raw, complete=complete, thinking=mode).answer


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet="abc <>/thinkSECRET\n", max_size=40),
    st.text(alphabet="xyz \n", max_size=20),
    st.integers(1, 9),
)
def test_what_stands_between_the_tags_never_reaches_the_answer(thought: str, answer: str, size: int) -> None:
    thought = thought.replace("</think>", "")
    raw = f"<think>{thought}</think>{answer}"
    pieces, _ = stream([raw[at : at + size] for at in range(0, len(raw), size)])
    assert joined(pieces, "answer") == answer.strip()


@pytest.mark.parametrize("mode", ["auto", "tagged", "implicit"])
@pytest.mark.parametrize("begun", ["<", "<thi", "\n<think"])
def test_a_text_that_is_cut_in_its_opening_tag_shows_nothing_of_it(mode: Thinking, begun: str) -> None:
    splitter = Splitter(mode)

    pieces = [piece for letter in begun for piece in splitter.feed(letter)] + splitter.close(complete=False)

    assert pieces == []
    assert split(begun, complete=False, thinking=mode) == Transcript("", "", False)
    assert split(begun).answer == begun.strip()


def test_a_tag_that_comes_soon_still_makes_thinking_of_a_text_that_did_not_look_like_it() -> None:
    times = iter([0.0, 0.1, 0.2])
    splitter = Splitter("auto", clock=lambda: next(times), patience=0.4)

    early = (
        splitter.feed("Two and three are given here, ") + splitter.feed("so five it is.") + splitter.feed("")
    )
    rest = splitter.feed("</think>5") + splitter.close()

    assert early == []
    assert (joined(rest, "thinking"), joined(rest, "answer")) == (
        "Two and three are given here, so five it is.",
        "5",
    )


def test_an_untagged_text_is_passed_on_piece_by_piece_once_no_tag_came_soon() -> None:
    times = iter([0.0, 0.5])
    splitter = Splitter("auto", clock=lambda: next(times), patience=0.4)

    assert splitter.feed("Two and three are given here, ") == []
    assert splitter.feed("") == [Piece("answer", "Two and three are given here,")]
    assert splitter.feed("so five it is.") == [Piece("answer", " so five it is.")]


def test_of_a_model_that_opens_its_thinking_another_text_is_passed_on_with_its_first_words() -> None:
    splitter = Splitter(eager=True)

    assert splitter.feed("The") == [], "the user may follow"
    assert joined(splitter.feed(" sum"), "answer") == "The sum"
    assert splitter.feed(" is 4") == [Piece("answer", " is 4")]
    assert Splitter(eager=True).feed("\nx = 4") == [Piece("answer", "x = 4")]


@pytest.mark.parametrize("beginning", ["Okay, so I need to add", "<thi", "<think>two", "嗯，用户让我", " "])
def test_of_such_a_model_nothing_is_passed_on_that_begins_as_thinking_does(beginning: str) -> None:
    splitter = Splitter(eager=True)

    pieces = [piece for letter in beginning for piece in splitter.feed(letter)]

    assert joined(pieces, "answer") == ""


@settings(max_examples=300)
@given(st.from_regex(thinking_module._ALOUD, fullmatch=True))
def test_each_character_of_a_thinking_aloud_may_be_its_beginning(text: str) -> None:
    for end in range(len(text) + 1):
        assert may_begin_aloud(text[:end])


@settings(max_examples=300)
@given(st.text("okayslret mwhuiI,. 好我用户首先让x1<"), st.text(max_size=30))
def test_what_cannot_begin_as_thinking_aloud_never_does(start: str, rest: str) -> None:
    if not may_begin_aloud(start):
        assert not begins_aloud(start + rest)


@pytest.mark.parametrize(
    ("raw", "marking"),
    [
        ("<think>a</think>b", "opened"),
        (" \n<think>never ends", "opened"),
        ("a</think>b", "unopened"),
        ("a</think>b<think>c</think>d", "unopened"),
        ("The answer, <think>a</think>b", None),
        ("no tags at all", None),
        ("", None),
    ],
)
def test_how_a_thinking_is_marked_is_read_from_the_text(raw: str, marking: str | None) -> None:
    assert marking_of(raw) == marking
