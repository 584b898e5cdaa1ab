"""All functions of the bundle: environments are started on demand, used again, and ended when nobody needs them."""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import Iterable
from typing import Any

from stepwise_local.functions.forking import Snapshots
from stepwise_local.functions.invocation import FunctionError, Invocation
from stepwise_local.functions.sandbox import LambdaEnvironment
from stepwise_local.processes.log import Log
from stepwise_local.processes.processes import Processes
from stepwise_local.template.model import Function

__all__ = ["Functions", "Throttled"]

_PATIENCE_SECONDS = 0.1
"""How long an event waits for an environment that has just answered, before another one is started."""
_STARTING_AT_ONCE = 2 * (os.cpu_count() or 1)


class Throttled(Exception):
    """The function works on as many events as it may at a time."""


class _Pool:
    def __init__(self, function: Function) -> None:
        self.function = function
        self.environments: list[LambdaEnvironment] = []
        self.waiting: deque[Invocation] = deque()

    def starting(self) -> int:
        return sum(environment.state == "starting" for environment in self.environments)

    def concurrency(self) -> int:
        """Events that are being worked on, or wait for an environment that is started for them."""
        working = (one.current for one in self.environments if one.current is not None)
        return len(self.waiting) + sum(not invocation.ended for invocation in working)

    def about_to_be_idle(self) -> bool:
        """Whether an environment has answered and will ask for its next event in a moment."""
        return any(one.current is not None and one.current.ended for one in self.environments)

    def idle(self) -> LambdaEnvironment | None:
        """The environment that was used last, so that the others can be ended."""
        idle = [one for one in self.environments if one.idle_since is not None and one.runs()]
        return max(idle, key=lambda environment: environment.idle_since or 0.0, default=None)


class Functions:
    """Invokes functions, each for at most *most* events at a time, or its reserved concurrency if that is less."""

    def __init__(
        self,
        functions: Iterable[Function],
        aws_url: str,
        processes: Processes,
        snapshots: Snapshots,
        log: Log,
        *,
        most: int = 200,
        idle_seconds: float = 300.0,
    ) -> None:
        self._pools = {function.name: _Pool(function) for function in functions}
        self._aws_url = aws_url
        self._processes = processes
        self._snapshots = snapshots
        self._log = log
        self._most = most
        self._idle_seconds = idle_seconds
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False

    def invoke(self, name: str, event: bytes) -> Invocation:
        """Give *event* to the function; its answer is read from the invocation.

        Raises:
            Throttled: the function's concurrency is used up.
        """
        pool = self._pools[name]
        reserved = pool.function.reserved
        if pool.concurrency() >= (self._most if reserved is None else min(reserved, self._most)):
            raise Throttled
        invocation = Invocation(event)
        environment = pool.idle()
        if environment:
            environment.give(invocation)
            return invocation
        pool.waiting.append(invocation)
        if pool.about_to_be_idle():
            asyncio.get_running_loop().call_later(_PATIENCE_SECONDS, self._start_wanted)
        else:
            self._start_wanted()
        return invocation

    def environments(self) -> list[dict[str, Any]]:
        """What runs now, for tests and curious people."""
        return [
            {
                "function": pool.function.name,
                "pid": environment.process.pid if environment.process else None,
                "state": environment.state,
                "request_id": environment.current.request_id if environment.current else None,
                "variables": {**pool.function.environment, "AWS_ENDPOINT_URL": self._aws_url},
            }
            for pool in self._pools.values()
            for environment in pool.environments
        ]

    async def end_idle(self) -> None:
        """For ever: end environments that had nothing to do for long."""
        while True:
            await asyncio.sleep(min(15.0, self._idle_seconds))
            oldest = time.monotonic() - self._idle_seconds
            for pool in self._pools.values():
                for environment in pool.environments:
                    if environment.idle_since is not None and environment.idle_since < oldest:
                        environment.idle_since = None
                        environment.end()

    async def stop(self) -> None:
        """End every environment and what it started."""
        self._stopped = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start_wanted(self) -> None:
        """Start an environment for each event that waits, but only as many at a time as this machine can.

        Many imports at the same time on few cores only make each other late.
        """
        if self._stopped:
            return
        starting = sum(pool.starting() for pool in self._pools.values())
        for pool in self._pools.values():
            while (
                starting < _STARTING_AT_ONCE
                and len(pool.environments) < self._most
                and pool.starting() < len(pool.waiting)
            ):
                self._start(pool)
                starting += 1

    def _start(self, pool: _Pool) -> None:
        environment = LambdaEnvironment(
            pool.function,
            self._aws_url,
            self._processes,
            self._snapshots,
            self._log,
            on_ready=lambda environment: self._ready(pool, environment),
            on_end=lambda environment, error: self._ended(pool, environment, error),
        )
        pool.environments.append(environment)
        task = asyncio.create_task(environment.run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _ready(self, pool: _Pool, environment: LambdaEnvironment) -> None:
        while pool.waiting and environment.idle_since is not None:
            invocation = pool.waiting.popleft()
            if invocation.gone:
                invocation.finish()
            else:
                environment.give(invocation)
        self._start_wanted()

    def _ended(self, pool: _Pool, environment: LambdaEnvironment, error: FunctionError) -> None:
        pool.environments.remove(environment)
        if not environment.ready_once and pool.waiting:
            self._log.write(pool.function.name, f"init failed: {error.kind} {error.message}")
            pool.waiting.popleft().fail(error)
        self._start_wanted()
