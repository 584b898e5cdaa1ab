"""The stream of an answer that is there already: the events of one that is being written, but each only once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stepwise.answering.reply import Reply
from stepwise.api.sse import HEADERS, event
from stepwise.runtime.streaming_response import StreamingResponse

__all__ = ["ready_stream"]


def ready_stream(reply: Reply, request_id: str) -> StreamingResponse:
    """*reply* (a 200 of ``solve`` or ``analyze``) as a stream, with its headers."""
    headers = {**HEADERS, **reply.headers, "x-request-id": request_id}
    return StreamingResponse(200, headers, _events(reply.body))


def _events(body: Mapping[str, Any]) -> Iterator[bytes]:
    text = body["solution"] if "solution" in body else body["analysis"]
    if body["reasoning"]:
        yield event("reasoning", {"delta": body["reasoning"]})
    if text:
        yield event("delta", {"delta": text})
    yield event("done", body)
