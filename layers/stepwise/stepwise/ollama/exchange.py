"""One request to the model host, read by a thread so that deadlines are exact."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx

from stepwise.ollama.transport import Abort

__all__ = ["End", "Exchange", "Failed", "Head", "LineTooLong"]

QUEUED_LINES = 64
"""Most lines that wait for the caller; then the reader pauses, and TCP slows the host down."""
REFUSAL_BYTES = 4_096
JOIN_SECONDS = 2.0
"""How long close() waits for the reader, which may be in a DNS look-up or in the pool's queue."""
GRACE_SECONDS = 0.2
"""How long the reader may take for the end of a complete answer, so that its connection is reused."""


class LineTooLong(Exception):
    """The host sent a line over the limit."""


@dataclass(frozen=True)
class Head:
    """The response has begun; ``refusal`` is the beginning of its body where the status is not 200."""

    status: int
    refusal: bytes = b""


@dataclass(frozen=True)
class End:
    """The response has ended properly."""


@dataclass(frozen=True)
class Failed:
    """The request failed, or the response, if it had begun to be *answered*, broke off."""

    error: Exception
    answered: bool


type Item = Head | bytes | End | Failed


class Exchange:
    """A running request. ``take`` gives a Head, then lines without their ends, then End or Failed."""

    def __init__(
        self,
        send: Callable[[], httpx.Response],
        *,
        clock: Callable[[], float],
        max_line: int,
    ) -> None:
        self._send = send
        self._clock = clock
        self._max_line = max_line
        self._items: queue.Queue[Item] = queue.Queue(QUEUED_LINES)
        self._abort = Abort()
        self._settled = threading.Event()
        self.heard = clock()
        """Time of the last data from the host, on the clock."""
        self._thread = threading.Thread(target=self._read, name="model-host-reader", daemon=True)
        self._thread.start()

    def take(self, timeout: float) -> Item | None:
        """The next item, or None after *timeout* seconds without one."""
        try:
            return self._items.get(timeout=max(0.0, timeout))
        except queue.Empty:
            return None  # the caller's time is up, not the host's

    @property
    def idle(self) -> bool:
        """Whether no item is waiting."""
        return self._items.empty()

    def close(self, *, complete: bool = False) -> None:
        """End the request and its thread; idempotent, from any thread.

        The connection is closed at once, which stops a generation on the host. Only that of a *complete* answer returns
        to the pool: a host that breaks off an answer often closes the connection next, during the following request.
        """
        if complete:
            self._settled.set()
            self._drain()
            self._thread.join(GRACE_SECONDS)
        self._abort.throw()
        self._settled.set()
        self._drain()
        self._thread.join(JOIN_SECONDS)

    def _drain(self) -> None:
        """Empty the queue, as the reader may be waiting for room."""
        with contextlib.suppress(queue.Empty):  # that is the end
            while True:
                self._items.get_nowait()

    def _read(self) -> None:
        answered = False
        with self._abort:
            try:
                response = self._send()
                answered = True
                with contextlib.closing(response):
                    self.heard = self._clock()
                    if response.status_code != 200:
                        self._put(Head(response.status_code, self._beginning(response)))
                    else:
                        self._put(Head(200))
                        for line in self._lines(response):
                            self._put(line)
                        self._put(End())
                        self._settled.wait()
            except Exception as error:  # noqa: BLE001 - it would vanish with the thread: the caller gets it
                self._put(Failed(error, answered))

    def _put(self, item: Item) -> None:
        while not self._abort.thrown:
            with contextlib.suppress(queue.Full):  # tried again until nobody reads any more
                self._items.put(item, timeout=0.5)
                return

    def _beginning(self, response: httpx.Response) -> bytes:
        data = b""
        # The status counts, even if the body breaks off.
        with contextlib.suppress(httpx.TransportError):
            for piece in _raw(response):
                data += piece
                if self._abort.thrown or len(data) > REFUSAL_BYTES:
                    break
        return data[:REFUSAL_BYTES]

    def _lines(self, response: httpx.Response) -> Iterator[bytes]:
        rest = bytearray()
        for data in _raw(response):
            if self._abort.thrown:
                return
            self.heard = self._clock()
            rest += data
            *lines, tail = rest.split(b"\n")
            if max(map(len, lines), default=0) > self._max_line or len(tail) > self._max_line:
                raise LineTooLong
            yield from map(bytes, lines)
            rest = bytearray(tail)
        if rest:
            yield bytes(rest)


def _raw(response: httpx.Response) -> Iterator[bytes]:
    """The body without decompression: a compressed one was not requested and may be a decompression bomb.

    Unlike ``Response.iter_raw`` this does not return the connection to the pool at its end.
    """
    if not isinstance(response.stream, httpx.SyncByteStream):
        raise TypeError("the transport is asynchronous")
    yield from response.stream
