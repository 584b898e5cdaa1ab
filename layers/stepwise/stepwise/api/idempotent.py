"""``Idempotency-Key`` for replies and for streams, which are sent again unchanged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from stepwise.answering.caller import Caller
from stepwise.api.app import Call
from stepwise.api.idempotency import Held, Idempotency
from stepwise.api.reply import Reply
from stepwise.api.sse import HEARTBEAT
from stepwise.runtime.streaming_response import StreamingResponse

__all__ = ["reply_once", "stream_once"]

_WHOLE = (b"event: done\n", b"data: [DONE]\n")
"""Beginnings of the last chunk of a stream that ended without an error."""


def reply_once(
    idempotency: Idempotency | None, call: Call, caller: Caller, compute: Callable[[], Reply]
) -> Reply:
    """The stored reply to *call*, if it has an Idempotency-Key and was answered before; else that of *compute*.

    Raises:
        IdempotencyInProgress, IdempotencyMismatch
    """
    key = caller.preferences.idempotency_key
    if idempotency is None or not key:
        return compute()
    return idempotency.once(call.partner, key, _request(call, "reply"), compute)


def stream_once(
    idempotency: Idempotency | None, call: Call, caller: Caller, start: Callable[[], StreamingResponse]
) -> StreamingResponse:
    """The same for a stream. A complete one is sent again in one piece; after a broken one the key is free.

    Raises:
        IdempotencyInProgress, IdempotencyMismatch
    """
    key = caller.preferences.idempotency_key
    if idempotency is None or not key:
        return start()
    held = idempotency.hold(call.partner, key, _request(call, "stream"), patience=call.remaining())
    if isinstance(held, Reply):
        headers = {**held.headers, "x-request-id": call.id}
        return StreamingResponse(held.status, headers, iter([str(held.body["stream"]).encode()]))
    try:
        response = start()
    except BaseException:
        held.free()
        raise
    return replace(response, body=_kept(response, held))


def _kept(response: StreamingResponse, held: Held) -> Iterator[bytes]:
    written = bytearray()
    last = b""
    try:
        for chunk in response.body:
            if chunk and chunk != HEARTBEAT:
                written += chunk
                last = chunk
                if last.startswith(_WHOLE):
                    # Before the last chunk is sent: a client that disconnects now gets it by repeating.
                    held.keep(Reply(response.status, {"stream": written.decode()}, response.headers))
            yield chunk
    finally:
        close = getattr(response.body, "close", None)
        if close is not None:
            close()
        if not last.startswith(_WHOLE):
            held.free()


def _request(call: Call, shape: str) -> bytes:
    return f"{call.method} {call.path} {shape}\n".encode() + call.body
