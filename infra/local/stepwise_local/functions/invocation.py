"""One invocation of a function: the event that goes in, the bytes that come out, and how it ended."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable

__all__ = ["FunctionError", "Invocation"]

_CHUNKS_WAITING = 64


class FunctionError(Exception):
    """The function failed, ran out of time or its process died; *kind* is Lambda's error type."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(kind, message)
        self.kind = kind
        self.message = message


class Invocation:
    """An event on its way through a function.

    The function's side calls ``feed``, ``finish`` and ``fail``; the caller's reads ``chunks`` or ``read``, or goes away
    by ``leave`` (the function is told by a closed connection) or ``ignore`` (it is not).
    """

    def __init__(self, event: bytes) -> None:
        self.request_id = str(uuid.uuid4())
        self.event = event
        self.ended = False
        self.gone = False
        self._error: FunctionError | None = None
        self._chunks: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._room = asyncio.Semaphore(_CHUNKS_WAITING)
        self._nobody_reads = False
        self._on_leave: Callable[[], None] | None = None

    async def feed(self, chunk: bytes) -> None:
        """Bytes from the function; waits while the caller has not read enough of those before."""
        if not self._nobody_reads:
            await self._room.acquire()
            self._chunks.put_nowait(chunk)

    def finish(self) -> None:
        if not self.ended:
            self.ended = True
            self._chunks.put_nowait(None)

    def fail(self, error: FunctionError) -> None:
        """End with *error*, unless it has ended already."""
        if not self.ended:
            self._error = error
            self.finish()

    async def chunks(self) -> AsyncIterator[bytes]:
        """The answer's bytes as they come.

        Raises:
            FunctionError: at the place where the answer broke off.
        """
        while True:
            chunk = await self._chunks.get()
            if chunk is None:
                if self._error:
                    raise self._error
                return
            self._room.release()
            yield chunk

    async def read(self) -> bytes:
        return b"".join([chunk async for chunk in self.chunks()])

    def when_left(self, tell: Callable[[], None]) -> None:
        """What closes the function's connection once the caller has left; at once if it has."""
        self._on_leave = tell
        if self.gone:
            tell()

    def leave(self) -> None:
        """The caller has gone, and the function is to notice when it writes."""
        self.gone = True
        self.ignore()
        if self._on_leave and not self.ended:
            self._on_leave()

    def ignore(self) -> None:
        """The caller does not wait any longer; the function runs on, as on Lambda."""
        self._nobody_reads = True
        for _ in range(_CHUNKS_WAITING):
            self._room.release()
