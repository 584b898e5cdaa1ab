"""An answer that is there already is streamed with its own headers; nothing is computed for it."""

from __future__ import annotations

import json

from stepwise.answering.outcomes import Answered, CacheUse
from stepwise.api.event_stream import ready_stream
from support.scene import plan_of


def names(body: list[bytes]) -> list[str]:
    return [chunk.split(b"\n")[0].decode() for chunk in body]


def test_an_answer_that_is_there_is_one_delta_and_done() -> None:
    body = {"solution": "It is 5.", "analysis": "A sum.", "reasoning": None, "cached": True}

    response = ready_stream(plan_of(), Answered(body, CacheUse(hit=True, ttl=5, age=3.9)), "the-id")

    chunks = list(response.body)
    assert response.headers["Cache-Status"] == "stepwise; hit; ttl=5"
    assert response.headers["Age"] == "3"
    assert response.headers["x-request-id"] == "the-id"
    assert names(chunks) == ["event: delta", "event: done"]
    assert json.loads(chunks[0].split(b"data: ")[1]) == {"delta": "It is 5."}
    assert json.loads(chunks[1].split(b"data: ")[1]) == body


def test_its_thinking_comes_before_it_where_it_was_asked_for() -> None:
    body = {"analysis": "Valid.", "reasoning": "hm", "cached": True}

    chunks = list(ready_stream(plan_of(kind="analyze"), Answered(body), "the-id").body)

    assert names(chunks) == ["event: reasoning", "event: delta", "event: done"]
    assert json.loads(chunks[1].split(b"data: ")[1]) == {"delta": "Valid."}
