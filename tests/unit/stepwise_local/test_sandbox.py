"""An environment of the local stack whose process is quicker than the news of its start."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from stepwise_local.functions.invocation import Invocation
from stepwise_local.functions.sandbox import LambdaEnvironment
from stepwise_local.template.model import Function


class Process:
    """Lives until it is told to end."""

    pid = 0

    def __init__(self) -> None:
        self.ended = asyncio.Event()

    def runs(self) -> bool:
        return not self.ended.is_set()

    async def wait(self) -> int:
        await self.ended.wait()
        return 0


class Snapshots:
    """Its process asks for an event, and has one, before whoever started it hears of that."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.asked: asyncio.Task[Any] | None = None
        self.environment: LambdaEnvironment | None = None

    async def start(self, *_: object) -> Process:
        assert self.environment is not None
        self.asked = asyncio.create_task(self.environment.next_invocation())
        await self.asked
        return self.process


class Processes:
    def kill(self, process: Process) -> None:
        process.ended.set()

    async def end(self, process: Process) -> None:
        process.ended.set()


def test_no_timer_of_an_event_outlives_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> list[asyncio.TimerHandle]:
        loop = asyncio.get_running_loop()
        timers: list[asyncio.TimerHandle] = []
        call_later = loop.call_later

        def noted(delay: float, *arguments: Any) -> asyncio.TimerHandle:
            timers.append(call_later(delay, *arguments))
            return timers[-1]

        monkeypatch.setattr(loop, "call_later", noted)
        process = Process()
        snapshots = Snapshots(process)
        function: Any = Function(name="F", code=Path(), handler="h.h", timeout=4.0, environment={}, layers=())
        anything: Any = None
        environment = LambdaEnvironment(
            function,
            "http://127.0.0.1:1",
            Processes(),  # type: ignore[arg-type]
            snapshots,  # type: ignore[arg-type]
            anything,
            on_ready=lambda one: one.give(Invocation(b"{}")),
            on_end=lambda one, error: None,
        )
        snapshots.environment = environment
        running = asyncio.create_task(environment.run())
        while environment.process is None:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        await environment.next_invocation()  # the first event has ended
        process.ended.set()
        await running
        return [timer for timer in timers if not timer.cancelled()]

    assert asyncio.run(run()) == []
