"""A stream with an Idempotency-Key that is asked for again comes again as it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from stepwise.answering.caller import Caller
from stepwise.answering.preferences import Preferences
from stepwise.api.app import Call
from stepwise.api.idempotency import Idempotency
from stepwise.api.idempotent import reply_once, stream_once
from stepwise.api.reply import Reply
from stepwise.api.sse import HEARTBEAT, event
from stepwise.errors import IdempotencyInProgress, IdempotencyMismatch, ModelError
from stepwise.runtime.streaming_response import StreamingResponse
from support.clock import Clock
from support.tables import MemoryTable

DELTA, DONE = event("delta", {"delta": "5"}), event("done", {"success": True})
ERROR = event("error", {"code": "model_error"})


class Endpoint:
    """Streams *chunks*, and counts how often it began to, and how often a stream was closed."""

    def __init__(self, *chunks: bytes) -> None:
        self.chunks = chunks
        self.begun = self.closed = 0
        self.clock = Clock()
        self.idempotency = Idempotency(MemoryTable(), clock=self.clock, patience=60)

    def call(self, key: str = "k", body: bytes = b"{}", name: str = "one") -> StreamingResponse:
        preferences = Preferences(idempotency_key=key)
        caller = Caller(partner="p", preferences=preferences, started=0, remaining=lambda: 300)
        call = Call(name, "POST", "/v1/general/chat", {}, "p", body, lambda: 300)
        return stream_once(self.idempotency, call, caller, lambda: self._start(name))

    def _start(self, name: str) -> StreamingResponse:
        self.begun += 1
        return StreamingResponse(
            200, {"x-request-id": name, "Cache-Status": "stepwise; fwd=bypass"}, self._body()
        )

    def _body(self) -> Iterator[bytes]:
        try:
            yield from self.chunks
        finally:
            self.closed += 1


def test_a_stream_that_came_to_its_end_is_given_again_without_its_pauses() -> None:
    endpoint = Endpoint(b"", HEARTBEAT, DELTA, b"", DONE)
    first = b"".join(endpoint.call(name="one").body)

    again = endpoint.call(name="two")

    assert first == HEARTBEAT + DELTA + DONE
    assert b"".join(again.body) == DELTA + DONE
    assert endpoint.begun == endpoint.closed == 1
    assert again.headers == {"x-request-id": "two", "Cache-Status": "stepwise; fwd=bypass"}


@pytest.mark.parametrize("last", [ERROR, DELTA])
def test_a_stream_that_failed_may_be_tried_again(last: bytes) -> None:
    endpoint = Endpoint(DELTA, last)
    list(endpoint.call().body)
    list(endpoint.call().body)

    assert endpoint.begun == 2


def test_a_client_that_leaves_gives_its_key_free_and_stops_the_model() -> None:
    endpoint = Endpoint(DELTA, DELTA, DONE)
    body: Any = endpoint.call().body
    next(body)
    body.close()

    assert endpoint.closed == 1
    assert b"".join(endpoint.call().body).endswith(DONE)


def test_a_client_that_leaves_with_the_last_event_can_have_it_again() -> None:
    endpoint = Endpoint(DELTA, DONE)
    body: Any = endpoint.call().body
    next(body), next(body)
    body.close()

    assert b"".join(endpoint.call().body) == DELTA + DONE
    assert endpoint.begun == 1


def test_a_stream_that_is_being_written_is_in_progress_however_long_it_takes() -> None:
    endpoint = Endpoint(DELTA, DONE)
    writing = iter(endpoint.call().body)
    first = next(writing)
    endpoint.clock.advance(200)

    with pytest.raises(IdempotencyInProgress):
        endpoint.call()
    assert first + b"".join(writing) == DELTA + DONE


def test_the_key_is_refused_for_another_body_and_for_a_plain_reply() -> None:
    endpoint = Endpoint(DELTA, DONE)
    list(endpoint.call().body)
    call = Call("x", "POST", "/v1/general/chat", {}, "p", b"{}", lambda: 300)
    caller = Caller(
        partner="p", preferences=Preferences(idempotency_key="k"), started=0, remaining=lambda: 300
    )

    with pytest.raises(IdempotencyMismatch):
        endpoint.call(body=b"{ }")
    with pytest.raises(IdempotencyMismatch):
        reply_once(endpoint.idempotency, call, caller, lambda: Reply(200, {}))


def test_an_error_before_the_first_byte_gives_the_key_free() -> None:
    endpoint = Endpoint(DELTA, DONE)
    call = Call("x", "POST", "/v1/general/chat", {}, "p", b"{}", lambda: 300)
    caller = Caller(
        partner="p", preferences=Preferences(idempotency_key="k"), started=0, remaining=lambda: 300
    )

    def fails() -> StreamingResponse:
        raise ModelError

    with pytest.raises(ModelError):
        stream_once(endpoint.idempotency, call, caller, fails)
    assert b"".join(endpoint.call().body) == DELTA + DONE


def test_without_a_key_or_a_table_each_call_is_computed() -> None:
    endpoint = Endpoint(DELTA, DONE)
    list(endpoint.call(key="").body)
    list(endpoint.call(key="").body)

    assert endpoint.begun == 2
