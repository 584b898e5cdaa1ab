"""What a handler returns instead of a proxy dictionary when its answer is to be streamed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["StreamingResponse"]


@dataclass(frozen=True)
class StreamingResponse:
    """An HTTP answer whose body is written while it is being made; only ``stepwise.runtime.bootstrap`` understands it.

    Each chunk of *body* is sent at once. An empty chunk sends nothing: it is the moment to look whether the client
    is still there, so an iterator that has nothing to say for long (a model that thinks) yields ``b""`` for each
    token it passes over, or a few times a second. When the client has left, *body* is closed (``close()`` of a
    generator raises ``GeneratorExit`` at its ``yield``).

    Status and headers go out with the first chunk, also with an empty one: an exception before it is an error of the
    invocation, one after it ends the stream with error trailers.
    """

    status: int
    headers: dict[str, str]
    body: Iterator[bytes]
