"""The response that a handler returns, instead of a proxy dictionary, to stream its body."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["StreamingResponse"]


@dataclass(frozen=True)
class StreamingResponse:
    """An HTTP response whose body is sent while it is being made; only ``stepwise.runtime.bootstrap`` understands it.

    Each chunk of *body* is sent at once. An empty chunk sends nothing, but tests whether the client is still
    connected: an iterator without output (a model that thinks) should yield ``b""`` for each hidden token, or a few
    times a second. When the client has disconnected, *body* is closed (``close()`` of a generator raises
    ``GeneratorExit`` at its ``yield``).

    Status and headers are sent with the first chunk, even if it is empty. An exception before it is an error of the
    invocation; an exception after it ends the stream with error trailers.
    """

    status: int
    headers: dict[str, str]
    body: Iterator[bytes]
