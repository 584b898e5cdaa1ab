"""The scripted model host, with a note of when it wrote for which problem."""

from __future__ import annotations

import contextlib
import re
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from drills.load.records import Span
from support.drills import long_answer, question_of
from support.hosts.model_host import ModelHost

__all__ = ["SPREAD", "TimedHost", "problem_of", "tokens_for"]

SPREAD = 1 / 3
"""Part of an answer's average length by which it is longer or shorter."""

_TOKENS = 30
_MARK = re.compile(r"How much is (\d+) times (\d+)")


def problem_of(text: str) -> str:
    """The product that *text* asks for, such as ``7 times 31``; a text of another kind as it is."""
    found = _MARK.search(text)
    return f"{found[1]} times {found[2]}" if found else text


def tokens_for(question: str) -> int:
    """The length of the answer to *question*: evenly spread, and the same whenever it is asked."""
    most = round(_TOKENS * SPREAD)
    return _TOKENS - most + zlib.crc32(problem_of(question).encode()) % (2 * most + 1)


class TimedHost(ModelHost):
    """An answer takes *seconds* on average, a third more or less by its problem.

    Answers of one length that begin together would free all slots at the same moment, again and again.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(
            lambda body: long_answer(tokens_for(question_of(body))), tokens_per_second=_TOKENS / seconds
        )
        self.spans: list[Span] = []
        self._own = threading.local()

    def text_for(self, body: dict[str, Any]) -> tuple[str, list[str]]:
        self._own.problem = problem_of(question_of(body))
        return super().text_for(body)

    @contextlib.contextmanager
    def generation(self, waiting: Callable[[], None]) -> Iterator[None]:
        self._own.problem = ""
        with super().generation(waiting):
            begin = time.monotonic()
            try:
                yield
            finally:
                with self.changed:
                    self.spans.append(Span(self._own.problem, begin, time.monotonic()))
