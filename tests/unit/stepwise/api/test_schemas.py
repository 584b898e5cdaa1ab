"""What clients send is read strictly, and each fault is pointed at."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepwise.api.schemas import AnalyzeRequest, ChatRequest, SolveRequest, read_json, read_request
from stepwise.errors import InvalidRequest, MalformedJson, StepwiseError

HELLO = {"role": "user", "content": "hello"}


def faults(model: Any, body: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRequest) as caught:
        read_request(model, json.dumps(body).encode())
    return [(entry.pointer, entry.code) for entry in caught.value.errors]


def refusal(model: Any, body: bytes) -> StepwiseError | None:
    try:
        read_request(model, body)
    except StepwiseError as error:
        return error
    return None


def test_what_is_left_out_has_its_default() -> None:
    request = read_request(SolveRequest, b'{"problem": "1+1"}')

    assert (request.steps, request.language, request.context) == (True, "auto", None)
    assert (request.verify, request.include_reasoning) == (True, False)


@pytest.mark.parametrize("field", ["steps", "language", "context", "verify", "include_reasoning"])
def test_null_for_an_optional_field_is_the_same_as_leaving_it_out(field: str) -> None:
    with_null = read_request(SolveRequest, json.dumps({"problem": "1+1", field: None}).encode())

    assert with_null == SolveRequest(problem="1+1")


@pytest.mark.parametrize("value", [None, 1, ""])
def test_an_unknown_field_is_refused_whatever_it_holds(value: Any) -> None:
    assert faults(SolveRequest, {"problem": "1+1", "extra": value}) == [("/extra", "unknown_field")]
    assert faults(ChatRequest, {"messages": [HELLO | {"name": value}]}) == [
        ("/messages/0/name", "unknown_field")
    ]


@pytest.mark.parametrize("value", [0, 1, "true", "false", 1.0, [], {}])
def test_only_true_and_false_are_booleans(value: Any) -> None:
    assert faults(SolveRequest, {"problem": "1+1", "verify": value}) == [("/verify", "wrong_type")]


@pytest.mark.parametrize("character", ["x", "题", "𝑥", "👩"])
def test_lengths_are_counted_in_code_points(character: str) -> None:
    assert read_request(SolveRequest, json.dumps({"problem": character * 2_000}).encode())
    assert faults(SolveRequest, {"problem": character * 2_001}) == [("/problem", "too_long")]
    assert read_request(AnalyzeRequest, json.dumps({"text": character * 100_000}).encode())
    assert faults(AnalyzeRequest, {"text": character * 100_001}) == [("/text", "too_long")]


def test_a_whole_number_may_be_written_as_json_may_write_it() -> None:
    request = read_request(ChatRequest, json.dumps({"messages": [HELLO], "max_tokens": 5.0}).encode())

    assert request.max_tokens == 5
    assert faults(ChatRequest, {"messages": [HELLO], "max_tokens": 5.5}) == [("/max_tokens", "wrong_type")]
    assert faults(ChatRequest, {"messages": [HELLO], "max_tokens": True}) == [("/max_tokens", "wrong_type")]


@pytest.mark.parametrize(
    ("turns", "fault"),
    [
        ([], ("/messages", "too_short")),
        ([HELLO] * 101, ("/messages", "too_long")),
        ([{"role": "system", "content": "x"}], ("/messages", "not_allowed")),
        ([HELLO, {"role": "assistant", "content": "x"}], ("/messages", "not_allowed")),
        ([{"role": "tool", "content": "x"}, HELLO], ("/messages/0/role", "not_allowed")),
        ([{"role": "user", "content": None}], ("/messages/0/content", "wrong_type")),
        ([{"role": "user"}], ("/messages/0/content", "missing")),
        ("hello", ("/messages", "wrong_type")),
        (["hello"], ("/messages/0", "wrong_type")),
    ],
)
def test_a_conversation_has_a_user_and_does_not_end_with_the_assistant(
    turns: Any, fault: tuple[str, str]
) -> None:
    assert faults(ChatRequest, {"messages": turns}) == [fault]


@pytest.mark.parametrize(
    ("field", "low", "high"), [("temperature", -0.001, 2.001), ("top_p", 0, 1.001), ("max_tokens", 0, -1)]
)
def test_numbers_have_their_range(field: str, low: float, high: float) -> None:
    for value in (low, high):
        assert faults(ChatRequest, {"messages": [HELLO], field: value}) == [(f"/{field}", "out_of_range")]


def test_a_number_that_is_too_large_for_a_float_is_out_of_range() -> None:
    with pytest.raises(InvalidRequest) as caught:
        read_request(ChatRequest, b'{"messages": [{"role": "user", "content": "x"}], "temperature": 1e999}')
    assert caught.value.errors[0].code == "out_of_range"


def test_no_more_than_twenty_faults_are_told() -> None:
    assert len(faults(SolveRequest, {f"field{number}": 1 for number in range(1_000)})) == 20


@pytest.mark.parametrize(
    "body", [b"", b" ", b"{", b"NaN", b'{"problem": Infinity}', b"[" * 100_000, b"\xff", b"1" * 5_000]
)
def test_what_is_not_json_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedJson):
        read_json(body)


@pytest.mark.parametrize("body", [b"null", b"[]", b'"x"', b"1"])
def test_json_that_is_no_object_is_invalid(body: bytes) -> None:
    with pytest.raises(InvalidRequest):
        read_request(SolveRequest, body)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["problem", "steps"]), inner)
        ),
        max_leaves=8,
    ),
    st.sampled_from([SolveRequest, AnalyzeRequest, ChatRequest]),
)
def test_whatever_json_comes_it_is_read_or_refused_without_its_own_text(value: Any, model: Any) -> None:
    body = json.dumps(value).encode()

    refused = refusal(model, body)

    if refused is not None:
        assert refused.status in (400, 422)
        assert all(len(entry.message) < 200 and len(entry.pointer) < 400 for entry in refused.errors)
    else:
        assert isinstance(read_request(model, body), model)
