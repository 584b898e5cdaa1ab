"""One generation from request to tokens: its place among the parallel ones, its speed, its figures."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from embedded_model.server import generation, model_card, tokens
from embedded_model.server.generation import Plan
from embedded_model.server.requests import ChatRequest, Refusal
from embedded_model.server.residency import Residency
from embedded_model.server.rumination import Rumination
from embedded_model.server.thinker import WorkerDied
from embedded_model.values.message import Message

__all__ = ["Engine", "Run"]

_TOO_LONG = "the input length exceeds the context length"
_MOST_WAITING = 10_000
_BRISK = Rumination()
_RUNNER_DIED = "an error was encountered while running the model: unexpected EOF"


class Answers(Protocol):
    """What makes the text of an answer."""

    async def answer(self, messages: tuple[Message, ...]) -> str: ...


@dataclass(frozen=True)
class Run:
    """A generation that may start to send: its plan and when it began (``time.monotonic_ns``)."""

    plan: Plan
    asked_ns: int
    started_ns: int

    def figures(self, emitted: int, now_ns: int) -> dict[str, int]:
        """The figures of the last line; durations in nanoseconds."""
        return {
            "total_duration": now_ns - self.asked_ns,
            "load_duration": 1,
            "prompt_eval_count": self.plan.prompt_tokens,
            "prompt_eval_duration": self.started_ns - self.asked_ns,
            "eval_count": max(emitted, 1),
            "eval_duration": now_ns - self.started_ns,
        }


class Engine:
    """Runs generations: *parallel* at a time, the others wait in turn, each at *speed* tokens a second (0: no limit)."""

    def __init__(
        self,
        answers: Answers,
        residency: Residency,
        *,
        now: Callable[[], datetime],
        parallel: int,
        speed: float,
        rumination: Rumination = _BRISK,
    ) -> None:
        self.residency = residency
        self._answers = answers
        self._now = now
        self.speed = speed
        """May be changed while it runs."""
        self._rumination = rumination
        self._slots = asyncio.Semaphore(parallel)
        self._closed = asyncio.Event()

    def close(self) -> None:
        """End every generation, running or waiting, as Ollama ends them when its runner dies."""
        self._closed.set()
        for _ in range(_MOST_WAITING):
            self._slots.release()

    def stamp(self) -> str:
        """The time of a line."""
        return model_card.timestamp(self._now())

    @asynccontextmanager
    async def run(self, request: ChatRequest) -> AsyncIterator[Run]:
        """Wait for a slot, read the conversation, hold the slot until the block ends.

        Raises:
            Refusal: 400 when the input is too long and may not be cut, 500 when the worker died.
        """
        asked = time.monotonic_ns()
        prompt = tokens.prompt_tokens([message.content for message in request.messages])
        too_long = prompt > request.options.num_ctx
        if too_long and not request.truncate:
            raise Refusal(400, _TOO_LONG)
        async with self._slots:
            self._check_open()
            self.residency.begin(request.options.num_ctx, request.stay)
            try:
                plan = await self._plan(request, prompt)
                yield Run(plan, asked, time.monotonic_ns())
            finally:
                self.residency.end()
                if not request.stay:
                    self.residency.unload()

    async def paced(self, run: Run) -> AsyncGenerator[str]:
        """The tokens of *run*, each when its time has come.

        Raises:
            Refusal: 500, the server ends.
        """
        for at, piece in enumerate(run.plan.pieces, start=1):
            due = run.started_ns / 1e9 + at / self.speed if self.speed else 0.0
            await self._pause(due - time.monotonic())
            self._check_open()
            yield piece

    async def _pause(self, seconds: float) -> None:
        if seconds <= 0:
            # Others get their turn, also at full speed.
            await asyncio.sleep(0)
            return
        with contextlib.suppress(TimeoutError):  # nobody closed the connection meanwhile, as it should be
            async with asyncio.timeout(seconds):
                await self._closed.wait()

    def _check_open(self) -> None:
        if self._closed.is_set():
            raise Refusal(500, _RUNNER_DIED)

    async def _plan(self, request: ChatRequest, prompt: int) -> Plan:
        messages = request.messages
        if prompt > request.options.num_ctx:
            contents, roles = [m.content for m in messages], [m.role for m in messages]
            kept = generation.fit(contents, roles, request.options.num_ctx)
            messages = tuple(messages[at] for at in kept)
            prompt = tokens.prompt_tokens([message.content for message in messages])
            if prompt > request.options.num_ctx:
                # Recorded: what is left of one endless message gets an empty answer.
                return Plan((), "stop", request.options.num_ctx)
        prefill = messages[-1].content if messages[-1].role == "assistant" else ""
        asked = messages[:-1] if prefill else messages
        try:
            text = await self._answers.answer(asked)
        except WorkerDied:
            raise Refusal(500, _RUNNER_DIED) from None
        form = request.form
        text = self._rumination.applied(text) if form is None else _formed(text, form)
        return generation.plan(
            generation.continuation(text, prefill), prompt, request.options, shift=request.shift
        )


def _formed(text: str, form: str | Mapping[str, Any]) -> str:
    """The answer as JSON: in the schema's first property where there is one, else in ``answer``.

    A grammar forbids thinking, so there is none; a whole number is written as one.
    """
    answer = text.rpartition("</think>")[2].strip()
    properties = form.get("properties") if isinstance(form, Mapping) else None
    fields = properties if isinstance(properties, Mapping) and properties else {"answer": {}}
    return json.dumps({str(name): _value(answer, kind) for name, kind in fields.items()}, ensure_ascii=False)


def _value(answer: str, kind: object) -> object:
    wanted = kind.get("type") if isinstance(kind, Mapping) else None
    start = answer.rfind(r"\boxed{")
    final = answer[start + len(r"\boxed{") :].partition("}")[0] if start >= 0 else ""
    if wanted in {"integer", "number"}:
        whole = final.removeprefix("-").isascii() and final.removeprefix("-").isdigit()
        return int(final[:40]) if whole else None
    return (final or answer) if wanted == "string" else answer if wanted is None else None
