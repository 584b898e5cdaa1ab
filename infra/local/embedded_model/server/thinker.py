"""The worker process that does the mathematics, seen from the server: one question at a time, killed when late."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import OrderedDict
from collections.abc import Callable, Sequence

from embedded_model.values.message import Message

__all__ = ["WORKER", "Thinker", "WorkerDied"]

WORKER = (sys.executable, "-m", "embedded_model.server.worker")
_LINE_LIMIT = 64 * 1024 * 1024


class WorkerDied(Exception):
    """The worker process ended in the middle of a question."""


class Thinker:
    """Answers conversations in a process of its own, so that nothing that a client sends can hold up the server.

    *late* makes the text for a conversation that took longer than *time_limit* seconds. Answers are kept, so that the
    continuation of an answer fits its beginning, also of one that came too late; a question that is asked again while
    it is being thought about is thought about once.
    """

    def __init__(
        self,
        *,
        time_limit: float,
        late: Callable[[Sequence[Message]], str],
        command: Sequence[str] = WORKER,
        kept: int = 256,
    ) -> None:
        self._time_limit = time_limit
        self._late = late
        self._command = command
        self._kept = kept
        self._answers: OrderedDict[tuple[Message, ...], str] = OrderedDict()
        self._thoughts: dict[tuple[Message, ...], asyncio.Task[str]] = {}
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._ready = False

    async def start(self) -> None:
        """Start the worker; SymPy is imported while the server already listens."""
        self._ready = False
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LINE_LIMIT,
            # A Ctrl-C at the terminal is for the server, which ends its worker itself.
            start_new_session=True,
        )

    async def stop(self) -> None:
        """End the worker, and what waits for it."""
        thoughts = list(self._thoughts.values())
        for thought in thoughts:
            thought.cancel()
        await asyncio.gather(*thoughts, return_exceptions=True)
        await self._kill()

    async def answer(self, messages: Sequence[Message]) -> str:
        """The whole text, thinking and answer, for *messages*; the same conversation has always the same text.

        A caller that goes away does not stop the thought: the worker is free again soon, or killed when late.

        Raises:
            WorkerDied: its process ended; the next question gets a new one.
        """
        key = tuple(messages)
        if key in self._answers:
            self._answers.move_to_end(key)
            return self._answers[key]
        thought = self._thoughts.get(key)
        if thought is None:
            thought = self._thoughts[key] = asyncio.create_task(self._think(key))
            thought.add_done_callback(lambda done: self._finished(key, done))
        return await asyncio.shield(thought)

    def _finished(self, key: tuple[Message, ...], thought: asyncio.Task[str]) -> None:
        self._thoughts.pop(key, None)
        if thought.cancelled() or thought.exception() is not None:
            return
        self._answers[key] = thought.result()
        while len(self._answers) > self._kept:
            self._answers.popitem(last=False)

    async def _think(self, messages: tuple[Message, ...]) -> str:
        async with self._turn:
            if self._process is None or self._process.returncode is not None:
                await self.start()
            try:
                await self._until_ready()
                async with asyncio.timeout(self._time_limit):
                    return await self._exchange(messages)
            except TimeoutError:
                await self._kill()
                return self._late(messages)
            except WorkerDied:
                await self._kill()
                raise

    async def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.wait()

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
