"""The worker process that does the mathematics, seen from the server: one question at a time, killed when late."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import OrderedDict
from collections.abc import Callable, Sequence

from embedded_model.requests import Message

__all__ = ["Thinker", "WorkerDied"]

_LINE_LIMIT = 64 * 1024 * 1024


class WorkerDied(Exception):
    """The worker process ended in the middle of a question."""


class Thinker:
    """Answers conversations in a process of its own, so that nothing that a client sends can hold up the server.

    *late* makes the text for a conversation that took longer than *time_limit* seconds. Answers are kept, so
    that the continuation of an answer fits its beginning, also of one that came too late.
    """

    def __init__(
        self, *, time_limit: float, late: Callable[[Sequence[Message]], str], kept: int = 256
    ) -> None:
        self._time_limit = time_limit
        self._late = late
        self._kept = kept
        self._answers: OrderedDict[tuple[Message, ...], str] = OrderedDict()
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._ready = False

    async def start(self) -> None:
        """Start the worker; SymPy is imported while the server already listens."""
        self._ready = False
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "embedded_model.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LINE_LIMIT,
            # A Ctrl-C at the terminal is for the server, which ends its worker itself.
            start_new_session=True,
        )

    async def stop(self) -> None:
        """End the worker and wait until it is gone."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.wait()

    async def answer(self, messages: Sequence[Message]) -> str:
        """The whole text, thinking and answer, for *messages*; the same conversation has always the same text.

        Raises:
            WorkerDied: its process ended; the next question gets a new one.
        """
        key = tuple(messages)
        async with self._turn:
            text = self._answers.get(key)
            if text is None:
                text = await self._ask(key)
                self._answers[key] = text
                if len(self._answers) > self._kept:
                    self._answers.popitem(last=False)
            else:
                self._answers.move_to_end(key)
        return text

    async def _ask(self, messages: Sequence[Message]) -> str:
        if self._process is None or self._process.returncode is not None:
            await self.start()
        answered = False
        try:
            await self._until_ready()
            async with asyncio.timeout(self._time_limit):
                text = await self._exchange(messages)
            answered = True
        except TimeoutError:
            return self._late(messages)
        finally:
            # Late, dead, or left alone by a client that went away: what it would say next fits no question.
            if not answered:
                await self.stop()
        return text

    async def _until_ready(self) -> None:
        if not self._ready:
            await self._line()
            self._ready = True

    async def _exchange(self, messages: Sequence[Message]) -> str:
        process = self._process
        if process is None or process.stdin is None:
            raise WorkerDied
        question = [[message.role, message.content] for message in messages]
        try:
            process.stdin.write(json.dumps(question).encode() + b"\n")
            await process.stdin.drain()
        except ConnectionError:
            raise WorkerDied from None
        return str(json.loads(await self._line()))

    async def _line(self) -> bytes:
        process = self._process
        if process is None or process.stdout is None:
            raise WorkerDied
        line = await process.stdout.readline()
        if not line.endswith(b"\n"):
            raise WorkerDied
        return line
