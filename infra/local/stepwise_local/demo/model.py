"""The embedded model as a model host of the tour's own: its pace can be changed, and it can be made to misread."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

from embedded_model.answering.conversation import too_late
from embedded_model.server.application import application
from embedded_model.server.engine import Engine, Run
from embedded_model.server.residency import Residency
from embedded_model.server.thinker import Thinker
from embedded_model.values.message import Message
from starlette.types import ASGIApp

__all__ = ["TourModel"]

_THOUGHT_SECONDS = 20.0


class TourModel:
    """What a slow, fallible model does, by the hand of the embedded one: it solves what it has read."""

    def __init__(self) -> None:
        self._thinker = Thinker(time_limit=_THOUGHT_SECONDS, late=too_late)
        self._engine = _CountingEngine(self, Residency(_now), now=_now, parallel=8, speed=0)
        self._slip: tuple[str, str] | None = None
        self._slips_left = 0
        self._read: dict[tuple[Message, ...], tuple[Message, ...]] = {}
        self.asked = 0
        """Texts that were asked for, the continuations of one counted once."""

    @property
    def produced(self) -> int:
        """Tokens that were sent."""
        return self._engine.produced

    def pace(self, tokens_per_second: float) -> None:
        """How fast it writes from now on; 0 is as fast as it can."""
        self._engine.speed = tokens_per_second

    def misread(self, written: str, read: str, times: int) -> None:
        """In the next *times* texts that it is asked for, take *written* for *read*."""
        self._slip, self._slips_left = (written, read), times

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[ASGIApp]:
        """The application that speaks Ollama's protocol."""
        await self._thinker.start()
        try:
            yield application(self._engine, self._thinker)
        finally:
            self._engine.close()
            await self._thinker.stop()

    async def answer(self, messages: tuple[Message, ...]) -> str:
        if messages not in self._read:
            self.asked += 1
            self._read[messages] = self._as_read(messages)
        return await self._thinker.answer(self._read[messages])

    def _as_read(self, messages: Sequence[Message]) -> tuple[Message, ...]:
        whole = tuple(messages)
        if self._slip is None or self._slips_left == 0:
            return whole
        misread = tuple(replace(message, content=message.content.replace(*self._slip)) for message in whole)
        if misread != whole:
            self._slips_left -= 1
        return misread


class _CountingEngine(Engine):
    """The engine, which counts what it sends."""

    produced = 0

    async def paced(self, run: Run) -> AsyncGenerator[str]:
        async with aclosing(super().paced(run)) as pieces:
            async for piece in pieces:
                self.produced += 1
                yield piece


def _now() -> datetime:
    return datetime.now(UTC)
