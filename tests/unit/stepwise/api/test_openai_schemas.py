"""What clients of OpenAI's API send: what works is read, everything else is refused by its name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from stepwise.api.openai_schemas import CompletionRequest
from stepwise.api.schemas import read_request
from stepwise.errors import InputRejected, InvalidRequest

HELLO = {"role": "user", "content": "hello"}


def read(**fields: Any) -> CompletionRequest:
    body = {"model": "m", "messages": [HELLO], **fields}
    return read_request(CompletionRequest, json.dumps(body).encode())


def faults(**fields: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRequest) as caught:
        read(**fields)
    return [(entry.pointer, entry.code) for entry in caught.value.errors]


def test_content_may_be_a_text_or_parts_of_text() -> None:
    parts = [{"type": "text", "text": "hel"}, {"type": "text", "text": "lo"}]

    assert [turn.text for turn in read(messages=[HELLO, HELLO | {"content": parts}]).messages] == [
        "hello",
        "hello",
    ]


def test_another_kind_of_part_is_pointed_at() -> None:
    image = {"type": "image_url", "image_url": {"url": "x"}}

    assert faults(messages=[HELLO | {"content": [image]}]) == [
        ("/messages/0/content/0/type", "not_allowed"),
        ("/messages/0/content/0/text", "missing"),
        ("/messages/0/content/0/image_url", "unknown_field"),
    ]
    assert faults(messages=[HELLO | {"content": 5}]) == [("/messages/0/content", "wrong_type")]


def test_a_developer_speaks_as_the_system_does() -> None:
    (first, _) = read(messages=[{"role": "developer", "content": "be brief"}, HELLO]).messages

    assert first.as_message() == {"role": "system", "content": "be brief"}


def test_an_answer_of_ours_may_come_back_with_its_thinking() -> None:
    answer = {"role": "assistant", "content": "hi", "reasoning_content": "hm"}

    assert read(messages=[HELLO, answer, HELLO]).messages[1].as_message() == {
        "role": "assistant",
        "content": "hi",
    }


@pytest.mark.parametrize(
    ("stop", "stops"), [("END", ("END",)), (["a", "b"], ("a", "b")), ([], ()), ("", ()), (None, ())]
)
def test_stop_is_a_text_or_up_to_four(stop: Any, stops: tuple[str, ...]) -> None:
    assert read(stop=stop).stops == stops
    assert faults(stop=list("abcde")) == [("/stop", "too_long")]
    assert faults(stop=5) == [("/stop", "wrong_type")]


def test_the_newer_name_of_the_limit_wins() -> None:
    assert read(max_tokens=5).limit == 5
    assert read(max_tokens=5, max_completion_tokens=7).limit == 7
    assert read().limit is None


@pytest.mark.parametrize("field", ["tools", "logprobs", "response_format", "logit_bias", "functions", "x"])
def test_what_does_not_work_here_is_refused_by_its_name(field: str) -> None:
    assert faults(**{field: 1}) == [(f"/{field}", "unknown_field")]


def test_more_than_one_answer_is_refused_by_its_name() -> None:
    assert read(n=1).n == 1
    assert faults(n=2) == [("/n", "out_of_range")]


def test_what_changes_nothing_is_accepted() -> None:
    request = read(user="somebody", metadata={"a": "b"}, store=True)

    assert request.user == "somebody"


def test_a_conversation_has_a_user_and_does_not_end_with_the_assistant() -> None:
    assert faults(messages=[{"role": "system", "content": "x"}]) == [("/messages", "not_allowed")]
    assert faults(messages=[HELLO, {"role": "assistant", "content": "x"}]) == [("/messages", "not_allowed")]


def test_what_users_write_is_screened_and_what_the_model_wrote_is_not() -> None:
    control = "a\x00b"

    read(messages=[HELLO | {"content": "Why does <script>alert(1)</script> open a box?"}]).screen()
    read(messages=[HELLO, {"role": "assistant", "content": control}, HELLO]).screen()
    with pytest.raises(InputRejected) as caught:
        read(messages=[HELLO | {"content": control}]).screen()
    assert caught.value.errors[0].pointer == "/messages/0/content"
