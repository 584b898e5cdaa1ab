"""How much of an answer a request gets: tokens, limits, continuation, and how long the model stays."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from embedded_model.server import durations, generation, options, requests, tokens
from embedded_model.server.options import OptionError, Options
from embedded_model.server.requests import Refusal
from embedded_model.server.residency import Residency
from embedded_model.server.rumination import Rumination
from hypothesis import given
from hypothesis import strategies as st

_WHOLE = "<think>\nFirst a thought, 先想一想 $x^{2}$.\n</think>\n\n## Answer\n\n$\\boxed{4}$"


@given(st.text(max_size=200))
def test_the_tokens_of_a_text_are_the_text(text: str) -> None:
    assert "".join(tokens.split(text)) == text


@given(st.text(max_size=100), st.integers(min_value=0, max_value=100))
def test_the_rest_after_a_token_splits_as_it_did_in_the_whole(text: str, cut: int) -> None:
    pieces = list(tokens.split(text))
    cut = min(cut, len(pieces))
    assert list(tokens.split("".join(pieces[cut:]))) == pieces[cut:]


@given(st.integers(min_value=0, max_value=len(_WHOLE)))
def test_a_beginning_and_its_continuation_are_the_whole(cut: int) -> None:
    assert _WHOLE[:cut] + generation.continuation(_WHOLE, _WHOLE[:cut]) == _WHOLE


@given(st.integers(min_value=1, max_value=len(_WHOLE) - len("<think>")))
def test_a_beginning_without_its_opening_tag_is_continued_as_well(cut: int) -> None:
    beginning = _WHOLE.removeprefix("<think>")[:cut]
    assert "<think>" + beginning + generation.continuation(_WHOLE, beginning) == _WHOLE


def test_a_beginning_by_somebody_else_gets_the_answer() -> None:
    assert generation.continuation(_WHOLE, "The answer is") == "\n\n## Answer\n\n$\\boxed{4}$"
    assert generation.continuation(_WHOLE, "<think>\nHm").startswith("\n</think>\n\n## Answer")


@given(st.integers(min_value=0, max_value=20))
def test_an_answer_whose_thinking_was_closed_early_goes_on_from_where_it_was_begun(cut: int) -> None:
    begun = "## Answer\n\n$\\boxed{4}$"[:cut]

    rest = generation.continuation(_WHOLE, f"<think>\nFirst a\n</think>\n\n{begun}")

    assert begun + rest == "## Answer\n\n$\\boxed{4}$"


def test_a_longer_thinking_has_its_length_and_the_same_answer() -> None:
    text = Rumination(thinking_tokens=500).applied(_WHOLE)

    thinking, _, answer = text.partition("</think>")
    assert 500 <= tokens.count(thinking) <= 540
    assert answer == _WHOLE.partition("</think>")[2]


@pytest.mark.parametrize("loop", ["thinking", "answer"])
def test_a_loop_goes_on_until_the_limit_of_the_request(loop: Literal["thinking", "answer"]) -> None:
    text = Rumination(loop=loop).applied(_WHOLE)

    plan = generation.plan(text, 10, Options(num_predict=8_192), shift=True)
    assert plan.done_reason == "length"
    assert ("</think>" in "".join(plan.pieces)) == (loop == "answer")


@given(st.integers(min_value=0, max_value=80))
def test_num_predict_is_the_most_tokens_there_are(limit: int) -> None:
    # Given
    whole = list(tokens.split(_WHOLE))
    # When
    plan = generation.plan(_WHOLE, 10, Options(num_predict=limit), shift=True)
    # Then
    assert list(plan.pieces) == whole[:limit]
    assert plan.done_reason == ("length" if limit < len(whole) else "stop")


def test_without_shift_the_context_bounds_the_answer() -> None:
    plan = generation.plan("word " * 400, 20, Options(num_ctx=256), shift=False)
    # Recorded from Ollama 0.24 with these figures.
    assert len(plan.pieces) == 237
    assert plan.done_reason == "length"


def test_a_stop_sequence_ends_the_answer_before_it() -> None:
    plan = generation.plan("one two three", 1, Options(stop=("three", " two")), shift=True)
    assert "".join(plan.pieces) == "one"
    assert plan.done_reason == "stop"


def test_the_oldest_messages_leave_a_full_context_first() -> None:
    contents = ["system text", "old " * 50, "less old " * 5, "the last one"]
    assert generation.fit(contents, ["system", "user", "assistant", "user"], 60) == [0, 2, 3]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(30, 30), (0, 0), (1.5, 1.5), ("30m", 1800), ("1h15m", 4500), ("250ms", 0.25), ("0", 0), (None, 300)],
)
def test_keep_alive_is_read_as_go_reads_it(value: object, seconds: float) -> None:
    assert durations.keep_alive(value).total_seconds() == pytest.approx(seconds)


@pytest.mark.parametrize("value", [-1, "-1s", "-5m", 1e300, math.inf])
def test_a_negative_or_endless_keep_alive_means_for_ever(value: object) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert durations.expiry(moment, durations.keep_alive(value)).year > 2300


@pytest.mark.parametrize(
    ("value", "words"), [("-1", "missing unit"), ("soon", "invalid duration"), ("", "invalid"), ([], "list")]
)
def test_a_keep_alive_that_go_does_not_read_is_refused(value: object, words: str) -> None:
    with pytest.raises(durations.DurationError, match=words):
        durations.keep_alive(value)


def test_the_model_leaves_when_its_time_is_over_but_not_while_it_answers() -> None:
    # Given
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    residency = Residency(lambda: now[0])
    assert residency.models() == []
    # When a generation takes longer than the model may stay
    residency.begin(4096, timedelta(seconds=10))
    now[0] += timedelta(seconds=60)
    during = residency.models()
    residency.end()
    # Then it is there during it, and ten seconds longer
    assert [model["context_length"] for model in during] == [4096]
    now[0] += timedelta(seconds=9)
    assert len(residency.models()) == 1
    now[0] += timedelta(seconds=2)
    assert residency.models() == []


@pytest.mark.parametrize(
    ("given_options", "words"),
    [
        ({"temperature": "hot"}, 'option "temperature" must be of type float32'),
        ({"num_predict": "3"}, 'option "num_predict" must be of type integer'),
        ({"num_ctx": True}, 'option "num_ctx" must be of type integer'),
        ({"stop": "x"}, 'option "stop" must be of type array'),
        ({"use_mmap": 1}, 'option "use_mmap" must be of type boolean'),
    ],
)
def test_an_option_of_the_wrong_type_is_named(given_options: dict[str, object], words: str) -> None:
    with pytest.raises(OptionError) as error:
        options.read(given_options)
    assert str(error.value) == words


def test_unknown_options_and_nulls_are_ignored() -> None:
    assert options.read({"nonsense": [], "num_ctx": None, "num_predict": 7.0}) == Options(num_predict=7)
    assert options.read({"num_predict": 1e300}).num_predict > 1_000_000


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "missing request body"),
        (b"{", "unexpected EOF"),
        (b'{"a": "b', "unexpected EOF"),
        (b"nonsense", "invalid character 'n'"),
        (b"[1]", "cannot unmarshal array"),
        (b'{"a": NaN}', "invalid character"),
        (b"[" * 100_000, "exceeded max depth"),
    ],
)
def test_a_body_that_is_no_object_is_a_400_in_the_words_of_go(raw: bytes, words: str) -> None:
    with pytest.raises(Refusal, match=words) as refusal:
        requests.body(raw)
    assert refusal.value.status == 400


@given(
    st.dictionaries(
        st.sampled_from(["messages", "stream", "options", "keep_alive", "format", "think"]),
        st.none()
        | st.booleans()
        | st.integers()
        | st.text(max_size=5)
        | st.lists(st.none() | st.text(max_size=3), max_size=2),
    )
)
def test_any_object_is_a_request_or_a_refusal(fields: dict[str, object]) -> None:
    assert _status(fields) in {200, 400, 500}


def _status(fields: dict[str, object]) -> int:
    try:
        requests.chat({"model": "embedded-sympy"} | fields)
    except Refusal as refusal:
        return refusal.status
    return 200
