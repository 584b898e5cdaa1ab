"""Streams over the local gateway: token by token, whole, without thinking, and stopped when nobody listens."""

from __future__ import annotations

import concurrent.futures
import itertools
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from support.drills import items_of
from support.hosts.model_host import Fault, ModelHost
from support.local_stack import local_stack
from support.toy_stack import eventually

from .conftest import Client, client_of

numbers = itertools.count(1_000)


def events_of(response: httpx.Response) -> Iterator[tuple[str, Any]]:
    """Name and data of each event."""
    name = ""
    for line in response.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def chat_body(text: str, **fields: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}], "stream": True, **fields}


def streamed(app: Any, path: str, body: Any, **headers: str) -> list[tuple[str, Any]]:
    with app.http.stream("POST", path, json=body, headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        return list(events_of(response))


def text_of(events: list[tuple[str, Any]], kind: str = "delta") -> str:
    return "".join(data["delta"] for name, data in events if name == kind)


def test_a_streamed_chat_has_the_text_of_a_plain_one_and_ends_with_done(app: Any) -> None:
    plain = app.post("/v1/general/chat", {**chat_body("hello"), "stream": False}).json()

    events = streamed(app, "/v1/general/chat", chat_body("hello"))

    assert text_of(events) == plain["response"]
    assert [name for name, _ in events if name != "delta"] == ["done"]
    done = events[-1][1]
    assert "response" not in done
    assert done["usage"]["completion_tokens"] == plain["usage"]["completion_tokens"]
    assert done["reasoning"] is None


def test_thinking_is_streamed_only_on_request(app: Any) -> None:
    events = streamed(app, "/v1/general/chat", chat_body("hello", include_reasoning=True))

    assert text_of(events, "reasoning").split() == [f"t{number}" for number in range(20)]
    assert "t19" not in text_of(events)
    assert {name for name, _ in streamed(app, "/v1/general/chat", chat_body("hello"))} == {"delta", "done"}


def test_solve_streams_where_the_client_accepts_events_and_is_cached_like_any_other(app: Any) -> None:
    problem = {"problem": f"What is {next(numbers)} + 1?", "verify": False}  # the scripted answer is wrong

    events = streamed(app, "/v1/math/solve", problem, accept="text/event-stream")
    plain = app.post("/v1/math/solve", problem).json()
    again = streamed(app, "/v1/math/solve", problem, accept="text/event-stream")

    done = events[-1][1]
    assert text_of(events) == done["solution"] == plain["solution"]
    assert done["cached"] is False
    assert plain["cached"] is True
    assert again[-1][1]["cached"] is True
    assert text_of(again) == done["solution"]


def test_the_first_event_comes_right_after_the_first_token(app: Any, host: ModelHost) -> None:
    host.script = "One two three four five six seven eight nine ten eleven twelve. " * 3
    host.tokens_per_second = 20

    begun = time.monotonic()
    with app.http.stream("POST", "/v1/general/chat", json=chat_body("count")) as response:
        events = events_of(response)
        next(events)
        first = time.monotonic() - begun
        rest = list(events)
    whole = time.monotonic() - begun

    assert rest[-1][0] == "done"
    assert first < whole / 2
    assert first < 1.5  # the first token takes 0.05 s


@pytest.mark.parametrize("kind", ["reset", "error", "eof", "cut"])
def test_a_stream_that_the_host_cuts_goes_on_without_the_client_noticing(
    app: Any, host: ModelHost, kind: Any
) -> None:
    whole = text_of(streamed(app, "/v1/general/chat", chat_body("hello")))
    host.faults.append(Fault(kind, after=50))

    events = streamed(app, "/v1/general/chat", chat_body("hello"))

    assert text_of(events) == whole
    assert events[-1][0] == "done"


def test_a_stream_that_is_cut_twice_ends_with_an_error_event(app: Any, host: ModelHost) -> None:
    host.faults.extend([Fault("reset", after=45), Fault("reset", after=3)])

    events = streamed(app, "/v1/general/chat", chat_body("hello"))

    assert events[-1][0] == "error"
    assert events[-1][1]["code"] == "model_error"


def test_a_host_that_is_gone_before_the_first_byte_is_a_status_and_no_event(
    app: Any, host: ModelHost
) -> None:
    host.always = Fault("status", status=500)

    reply = app.post("/v1/general/chat", chat_body("hello"))

    assert reply.status_code == 502
    assert reply.json()["code"] == "model_error"


def test_a_client_that_leaves_stops_the_generation(app: Any, host: ModelHost) -> None:
    host.script = "".join(f" w{number}" for number in range(400))
    host.tokens_per_second = 40
    before = host.aborted

    with app.http.stream("POST", "/v1/general/chat", json=chat_body("on and on")) as response:
        next(events_of(response))

    assert host.wait_for(lambda seen: seen.aborted > before and seen.running == 0, timeout=4)


def test_twenty_streams_at_once_keep_to_themselves(app: Any, host: ModelHost) -> None:
    def script(request: dict[str, Any]) -> str:
        word = str(request["messages"][-1]["content"]).split("@")[1]
        return "".join(f" {word}-{number}" for number in range(30))

    host.script = script
    words = [f"word{chr(ord('a') + number)}" for number in range(20)]

    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        texts = list(
            pool.map(lambda word: text_of(streamed(app, "/v1/general/chat", chat_body(f"@{word}@"))), words)
        )

    for word, text in zip(words, texts, strict=True):
        assert text.split() == [f"{word}-{number}" for number in range(30)]
    assert host.peak <= 4


@pytest.fixture(scope="module")
def unopened() -> Iterator[tuple[Client, ModelHost]]:
    """A stack whose model leaves out the opening tag, and is known to from the warm-up; its host writes slowly."""
    with (
        ModelHost("One and one.</think>\n\nTwo.") as host,
        local_stack(settings={"OLLAMA_HOST": host.url}) as stack,
    ):
        client = client_of(stack)
        assert eventually(lambda: any(item.get("marking") == "unopened" for item in items_of(stack)))
        host.tokens_per_second = 50
        with client.http:
            yield client, host


@pytest.mark.parametrize("thinking", ["Two and two are given here, so it is four.", "Okay, so two and two."])
def test_thinking_without_its_opening_tag_does_not_leak_whatever_the_pieces(
    unopened: tuple[Client, ModelHost], thinking: str
) -> None:
    app, host = unopened
    text = f"{thinking}</think>\n\nIt is 4 < 5."
    for size in (1, 3, 1_000):
        pieces = [text[at : at + size] for at in range(0, len(text), size)]
        host.script = lambda _, pieces=pieces: pieces

        events = streamed(app, "/v1/general/chat", chat_body("hello", include_reasoning=True))

        assert text_of(events) == "It is 4 < 5."
        assert text_of(events, "reasoning") == thinking


def test_a_missing_opening_tag_of_a_model_that_wrote_it_before_is_learned_from_the_first_answer() -> None:
    text = "Two and two are given here, so it is four.</think>\n\nIt is 4 < 5."
    with ModelHost() as host, local_stack(settings={"OLLAMA_HOST": host.url}) as stack:
        client = client_of(stack)
        assert eventually(lambda: any(item.get("marking") == "opened" for item in items_of(stack)))
        host.script = text
        with client.http:
            client.post("/v1/general/chat", {**chat_body("hello"), "stream": False})

            events = streamed(client, "/v1/general/chat", chat_body("hello", include_reasoning=True))

    assert text_of(events) == "It is 4 < 5."


def test_a_stream_that_is_cut_in_its_opening_tag_has_no_text(app: Any, host: ModelHost) -> None:
    host.script = lambda _: ["<", "think", ">", "hm"]

    events = streamed(app, "/v1/general/chat", chat_body("hello", max_tokens=2))

    assert [name for name, _ in events] == ["done"]
    assert events[0][1]["finish_reason"] == "length"


def test_each_event_is_one_line_of_json(app: Any, host: ModelHost) -> None:
    host.script = "One\r\ntwo\u2028three\x85four\n\ndata: five"

    reply = app.post("/v1/general/chat", chat_body("hello"))

    blocks = [block.split("\n") for block in reply.content.decode().split("\n\n") if block]
    assert all(len(lines) == 2 and lines[1].startswith("data: {") for lines in blocks)
    deltas = [json.loads(lines[1][6:])["delta"] for lines in blocks[:-1]]
    assert "".join(deltas) == host.script


def test_an_error_of_the_model_says_that_nothing_was_cached(app: Any, host: ModelHost) -> None:
    host.faults.append(Fault("status", status=500))

    reply = app.solve(f"What is {next(numbers)} + 2?")

    assert reply.status_code == 502
    assert reply.headers["cache-status"] == "stepwise; fwd=miss"
