from __future__ import annotations

import itertools
import json
import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stepwise.errors import ModelError
from stepwise.ollama.failures import failure
from stepwise.ollama.protocol import (
    Garbage,
    Line,
    ThinkingJoiner,
    UpstreamError,
    keep_alive_value,
    parse_line,
    parse_object,
    refusal_reason,
    resident_models,
    same_model,
    upstream_reason,
)

Delta = tuple[str, str]
THINKING, ANSWER = "Two and three.", "The answer is 5."


def _joined(deltas: list[Delta], prefill: str = "") -> str:
    joiner = ThinkingJoiner(prefill)
    return "".join(joiner.join(thinking, content) for thinking, content in deltas)


@st.composite
def _cut(draw: st.DrawFn, text: str) -> list[str]:
    places = draw(st.lists(st.integers(0, len(text)), max_size=6))
    edges = [0, *sorted(places), len(text)]
    return [text[start:end] for start, end in itertools.pairwise(edges)]


@given(_cut(THINKING), _cut(ANSWER))
def test_thinking_of_a_field_of_its_own_is_joined_wherever_it_is_cut(
    thinking: list[str], answer: list[str]
) -> None:
    deltas = [(piece, "") for piece in thinking] + [("", piece) for piece in answer]
    assert _joined(deltas) == f"<think>{THINKING}</think>{ANSWER}"


@given(st.integers(0, len(THINKING)), _cut(ANSWER))
def test_thinking_that_is_gone_on_with_in_its_field_is_not_opened_again(at: int, answer: list[str]) -> None:
    prefill = f"<think>{THINKING[:at]}"
    deltas = [(THINKING[at:], "")] * (at < len(THINKING)) + [("", piece) for piece in answer]
    if at < len(THINKING):
        assert prefill + _joined(deltas, prefill) == f"<think>{THINKING}</think>{ANSWER}"
    else:
        # No thinking came: whether the model closed its tag itself is not ours to say.
        assert _joined(deltas, prefill) == ANSWER


@given(_cut(f"<think>{THINKING}</think>{ANSWER}"))
def test_thinking_inside_the_content_is_left_alone(pieces: list[str]) -> None:
    assert _joined([("", piece) for piece in pieces]) == f"<think>{THINKING}</think>{ANSWER}"


@given(st.integers(0, 44))
def test_a_prefill_of_any_length_goes_on_where_thinking_is_inside_the_content(at: int) -> None:
    whole = f"<think>{THINKING}</think>{ANSWER}"
    assert whole[:at] + _joined([("", whole[at:])], whole[:at]) == whole


def test_thinking_that_never_ends_stays_open() -> None:
    assert _joined([("Two", ""), (" and", "")]) == "<think>Two and"


def test_thinking_and_answer_in_one_line_are_joined() -> None:
    assert _joined([("Two", "5")]) == "<think>Two</think>5"


def test_after_a_prefill_whose_thinking_is_over_new_thinking_is_opened() -> None:
    assert _joined([("again", ""), ("", "5")], "<think>a</think>") == "<think>again</think>5"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
CHAT = st.fixed_dictionaries(
    {},
    optional={
        "message": JSON | st.fixed_dictionaries({}, optional={"content": JSON, "thinking": JSON}),
        "done": JSON,
        "done_reason": JSON,
        "eval_count": JSON,
        "prompt_eval_count": JSON,
        "load_duration": JSON,
        "total_duration": JSON,
        "error": JSON,
    },
)


@given(st.binary(max_size=200) | (JSON | CHAT).map(lambda value: json.dumps(value).encode()))
@example(b"[" * 100_000)
@example(b'{"a":' * 50_000)
@example(b"1" * 5_000)
@example(b'{"message":{"content":"\\ud800"},"done":false}')
@example(b'\xef\xbb\xbf{"done":true}')
def test_whatever_a_host_sends_is_a_line_or_garbage_or_an_error(data: bytes) -> None:
    said: Line | str
    try:
        said = parse_line(data)
    except (Garbage, UpstreamError) as error:
        said = str(error)
    if isinstance(said, str):
        assert re.fullmatch("[a-z_]{4,40}", said), "a word of our own"
    else:
        assert (said.content + said.thinking).encode("utf-8") is not None


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"done": False},
        {"message": None, "done": False},
        {"message": [], "done": False},
        {"message": {"content": 1}, "done": False},
        {"message": {"thinking": {}}, "done": False},
        {"message": {"content": ""}, "done": "true"},
        {"message": {"content": ""}, "done": 1},
        {"done": True, "eval_count": "24"},
        {"done": True, "eval_count": 2.5},
        {"done": True, "eval_count": True},
        {"done": True, "prompt_eval_count": -1},
        {"done": True, "done_reason": 0},
        {"done": True, "load_duration": []},
        [],
        None,
        "text",
    ],
)
def test_wrong_types_in_a_line_are_garbage(value: Any) -> None:
    with pytest.raises(Garbage):
        parse_line(json.dumps(value).encode())


def test_a_last_line_may_leave_everything_out() -> None:
    line = parse_line(b'{"done":true}')
    assert line.done is not None
    assert (line.content, line.done.reason, line.done.completion_tokens) == ("", None, None)


def test_a_lone_surrogate_becomes_a_replacement_character() -> None:
    line = parse_line(b'{"message":{"content":"a\\ud800b\\ud83d\\ude00"},"done":false}')
    assert line.content == "a\ufffd\ufffd\ufffdb😀"


@pytest.mark.parametrize("error", ["", "text", {"message": "text"}, False, 0])
def test_an_error_line_is_an_error_whatever_it_says(error: object) -> None:
    with pytest.raises(UpstreamError):
        parse_object(json.dumps({"error": error, "done": True}).encode())


@given(st.text())
def test_the_words_for_errors_never_hold_the_hosts_text(text: str) -> None:
    known = {upstream_reason(text), refusal_reason(text.encode("utf-8", "replace"))}
    assert known <= {
        "capability_missing",
        "host_busy",
        "model_missing",
        "no_error_text",
        "option_type",
        "out_of_memory",
        "prompt_too_long",
        "runner_died",
        "unknown_error",
    }


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("model requires more system memory (5.6 GiB) than is available (3.1 GiB)", "out_of_memory"),
        ("server busy, please try again.  maximum pending requests exceeded", "host_busy"),
        ("model 'x' not found", "model_missing"),
    ],
)
def test_what_an_operator_must_know_has_a_word(text: str, word: str) -> None:
    assert upstream_reason(text) == word


def test_a_failure_carries_its_reason_beside_what_a_client_is_told() -> None:
    error = failure(ModelError, "no_done")
    assert getattr(error, "reason", "") == "no_done"
    assert "no_done" not in error.detail


@pytest.mark.parametrize(("text", "value"), [("-1", -1), ("0", 0), ("3600", 3600), ("5m", "5m")])
def test_keep_alive_keeps_its_meaning(text: str, value: object) -> None:
    assert keep_alive_value(text) == value


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("phi4-mini-reasoning", "phi4-mini-reasoning:latest", True),
        ("phi4-mini-reasoning:3.8b", "phi4-mini-reasoning", False),
        ("host:5000/library/phi", "host:5000/library/phi:latest", True),
        ("phi", "phi4", False),
    ],
)
def test_a_model_without_a_tag_is_the_latest(one: str, other: str, same: bool) -> None:
    assert same_model(one, other) is same
    assert same_model(other, one) is same


@pytest.mark.parametrize("models", ["x", [1], [{}], [{"name": 1}], [{"name": "a", "context_length": "4096"}]])
def test_a_list_of_models_with_wrong_types_is_garbage(models: object) -> None:
    with pytest.raises(Garbage):
        resident_models({"models": models})


def test_a_list_of_models_may_be_null_or_have_only_names() -> None:
    assert resident_models({"models": None}) == []
    assert [model.name for model in resident_models({"models": [{"model": "a"}, {"name": "b"}]})] == [
        "a",
        "b",
    ]
    assert resident_models({"models": [{"name": "a"}]})[0].context_length == 0
