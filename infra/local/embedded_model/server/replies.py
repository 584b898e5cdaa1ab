"""Responses, and the work for them, which ends when the client goes away."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Send

from embedded_model.server.requests import Refusal

__all__ = ["JSON", "json_response", "stream", "unless_gone"]

JSON = "application/json; charset=utf-8"
# Nobody reads it: the connection is closed.
_CLIENT_GONE = 499


def json_response(value: object, status: int = 200, content_type: str = JSON) -> Response:
    """A body of JSON, its type written as Go's server writes it."""
    raw = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", errors="replace")
    return Response(raw, status, headers={"content-type": content_type})


async def unless_gone(request: Request, work: Coroutine[Any, Any, Response]) -> Response:
    """What *work* gives; it is cancelled when the client closes the connection."""
    response = await _race(request, work)
    return Response(status_code=_CLIENT_GONE) if response is None else response


async def stream(
    request: Request,
    lines: AsyncGenerator[bytes],
    content_type: str,
    refused: Callable[[Refusal], Response],
) -> Response:
    """A streamed response of *lines*; a refusal before the first line is a response of its own."""
    try:
        first = await _race(request, anext(lines))
    except Refusal as refusal:
        return refused(refusal)
    if first is None:
        await lines.aclose()
        return Response(status_code=_CLIENT_GONE)
    return _Stream(first, lines, content_type)


async def _race[T](request: Request, work: Coroutine[Any, Any, T]) -> T | None:
    working = asyncio.create_task(work)
    leaving = asyncio.create_task(_disconnected(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


class _Stream(StreamingResponse):
    """Starlette's streaming response, which stops its generator at once when the client is gone."""

    def __init__(self, first: bytes, lines: AsyncGenerator[bytes], content_type: str) -> None:
        self._lines = lines
        super().__init__(_chain(first, lines), headers={"content-type": content_type})

    async def stream_response(self, send: Send) -> None:
        async with aclosing(self._lines):
            await super().stream_response(send)


async def _chain(first: bytes, lines: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    yield first
    async for line in lines:
        yield line
