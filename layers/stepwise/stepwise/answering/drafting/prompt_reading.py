"""Until when the model host reads the prompt of a call, also of one that was closed before its first token."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from stepwise.answering.drafting.draft import Draft
from stepwise.errors import ModelTimeout, StepwiseError

__all__ = ["UNMEASURED_SECONDS_PER_TOKEN", "PromptReading"]

UNMEASURED_SECONDS_PER_TOKEN = 0.02
"""What a token of a prompt is given where nothing was measured yet: a small model on a CPU reads 50 a second."""
_SURE = 1.5
_LONGEST_SECONDS = 600.0


class PromptReading:
    """Keeps ``draft.reading_until`` true while a call waits for its first token; a context manager around the call.

    Left before that token, the host goes on reading, unless it failed itself: then it reads nothing any more. It is
    sure to have stopped after one and a half times the *estimated* seconds (0: unknown), or of the time that it has
    taken already where that is longer. *clock* is monotonic, as *deadline* is; *now* gives epoch seconds.
    """

    def __init__(
        self,
        draft: Draft,
        estimated: float,
        *,
        deadline: float,
        clock: Callable[[], float],
        now: Callable[[], float],
    ) -> None:
        self._draft = draft
        self._estimated = estimated
        self._clock = clock
        self._now = now
        self._began = clock()
        self._ended = self._began >= deadline  # then nothing is sent

    def __enter__(self) -> Self:
        self.waits()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, StepwiseError) and not isinstance(error, ModelTimeout):
            self.ends()
        self.waits()

    def waits(self) -> None:
        """No token has come yet."""
        if self._ended:
            return
        waited = self._clock() - self._began
        left = max(self._estimated, waited) * _SURE - waited
        self._draft.reading_until = self._now() + min(left, _LONGEST_SECONDS)

    def ends(self) -> None:
        """The host writes, or it has failed."""
        self._ended = True
        self._draft.reading_until = 0.0
