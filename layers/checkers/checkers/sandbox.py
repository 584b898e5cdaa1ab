"""Run checks in a process that is killed and replaced when a check exceeds its limits.

This imports nothing heavy. After an error of a check its process is used again; only a time or memory limit or a crash
ends it. It is forked of one that has imported what checks need, which stands by to fork the next one: that takes
milliseconds, where an import of SymPy takes half a second to four.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from checkers.failures import CheckFailed, CheckKilled
from checkers.processes import LONGEST_LINE, CheckProcess, ForkServer, failure

__all__ = ["Sandbox"]


class Sandbox:
    """A process for checks, and the fork server that replaces it when it is killed.

    `timeout` is the wall-clock and CPU limit of one check in seconds, `memory_bytes` the address space of its process,
    `preload` the tasks whose modules are imported at once, `start_timeout` how long one import may keep
    a check waiting, `worker` the module that the fork server runs. Calls from several threads wait for one another.
    """

    def __init__(
        self,
        timeout: float = 2.0,
        memory_bytes: int = 512 * 2**20,
        *,
        preload: Sequence[str] = ("mathematics",),
        start_timeout: float = 20.0,
        worker: str = "checkers.child",
    ) -> None:
        self._timeout = timeout
        self._memory_bytes = memory_bytes
        self._start_timeout = start_timeout
        self._worker = worker
        self._server: ForkServer | None = None
        self._process: CheckProcess | None = None
        self._tasks = list(preload)
        self._lock = threading.Lock()
        self._number = 0

    def start(self) -> None:
        """Start the fork server.

        It imports what it needs while the caller goes on.
        """
        # A check that cannot be made must not cost the answer: it is `run` that says so.
        with self._lock, contextlib.suppress(CheckKilled):
            self._ready_server()

    def run(self, task: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Run `task` on `payload`, both of JSON values.

        Raises `CheckKilled` or its kind `CheckFailed`.
        """
        with self._lock:
            self._number += 1
            request = {"id": self._number, "task": task, "cpu": self._timeout, "payload": payload}
            try:
                line = _encoded(request)
            except (TypeError, ValueError, RecursionError) as error:
                raise CheckKilled("the check is no JSON of a size that can be sent") from error
            try:
                process = self._ready_process(task)
                return _result(process.ask(line, time.monotonic() + self._timeout), self._number)
            except CheckFailed:
                raise
            except CheckKilled:
                self._drop_process()
                raise

    def close(self) -> None:
        """End the processes; a later `run` starts others."""
        with self._lock:
            self._drop_server()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ready_process(self, task: str) -> CheckProcess:
        server = self._ready_server()
        if server.load(task, time.monotonic() + self._start_timeout):
            self._drop_process()  # it would have to import what the next one has
        if task not in self._tasks:
            self._tasks.append(task)
        if self._process is not None and not self._process.usable():
            self._drop_process()
        if self._process is None:
            self._process = server.fork()
        return self._process

    def _ready_server(self) -> ForkServer:
        if self._server is not None and not self._server.usable():
            self._drop_server()
        if self._server is None:
            self._server = ForkServer(self._worker, self._memory_bytes, self._tasks)
        return self._server

    def _drop_process(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process = None

    def _drop_server(self) -> None:
        self._drop_process()
        if self._server is not None:
            self._server.kill()
            self._server = None


def _result(reply: dict[str, Any], number: int) -> dict[str, Any]:
    result = reply.get("result")
    if reply.get("id") == number and "error" in reply:
        raise failure(f"the check crashed: {reply['error']}", reply)
    if reply.get("id") != number or not isinstance(result, dict):
        raise CheckKilled("the checking process answered something else")
    return result


def _encoded(message: dict[str, Any]) -> bytes:
    line = json.dumps(message, allow_nan=False).encode("ascii") + b"\n"
    if len(line) > LONGEST_LINE:
        raise ValueError("too long")
    return line
