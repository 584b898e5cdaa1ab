"""Read the log lines of the functions."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from stepwise.observability import logger

__all__ = ["LogLines", "reading_log"]


class LogLines:
    """The log lines since the last ``read``."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    def read(self) -> list[dict[str, Any]]:
        text = self._stream.getvalue()
        self._stream.seek(0)
        self._stream.truncate()
        return [json.loads(line) for line in text.splitlines()]


@contextmanager
def reading_log() -> Iterator[LogLines]:
    """Collect all log lines that are written inside the block."""
    stream = io.StringIO()
    handler = logger.registered_handler
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(stream)
    try:
        yield LogLines(stream)
    finally:
        if before is not None:
            handler.setStream(before)
