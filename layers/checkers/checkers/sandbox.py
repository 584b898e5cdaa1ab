"""Run checks in a child process that is killed and replaced when a check exceeds its limits.

This is the parent's side, which imports nothing heavy. Only pipes connect the two, as AWS Lambda has no /dev/shm
(https://docs.aws.amazon.com/lambda/latest/dg/python-concurrency.html). The child's side is `checkers.child`.

After an error of a check the child is used again; only a time or memory limit or a crash ends it. A second child that
has imported the same modules is ready, so that the next check does not wait for an import.

The wire: one JSON object a line. `{"load": task}` is answered with `{"loaded": task}` when the task's module is
imported; `{"id": n, "task": task, "cpu": seconds, "payload": {...}}` with `{"id": n, "result": {...}}`, or with
`{"id": n, "error": name of the exception, "cause": one of Cause}` when the check raised an error.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal, Self, get_args

__all__ = ["Cause", "CheckFailed", "CheckKilled", "Sandbox"]

Cause = Literal["time", "memory", "crashed", "not_installed"]
"""Why a check has no result: over its time, over its memory, failed, or its packages are missing."""

LONGEST_LINE = 4 * 2**20
"""Most bytes of a request or a reply."""


class CheckKilled(Exception):
    """A check that ended without a result.

    `reason` is a sentence for logs, without any text of the check.
    """

    def __init__(self, reason: str, cause: Cause = "crashed") -> None:
        super().__init__(reason)
        self.reason = reason
        self.cause: Cause = cause


class CheckFailed(CheckKilled):
    """A check that raised an error; its process is used again."""


class Sandbox:
    """A process for checks, and a second one that replaces it when it is killed.

    `timeout` is the wall-clock and CPU limit of one check in seconds, `memory_bytes` the child's address space,
    `preload` the tasks whose modules the child imports at once, `start_timeout` how long one import may keep
    a check waiting, `worker` the module that the child runs. Calls from several threads wait for one another.
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
        self._child: _Child | None = None
        self._spare: _Child | None = None
        self._tasks = list(preload)
        self._lock = threading.Lock()
        self._number = 0

    def start(self) -> None:
        """Start a child in the background.

        It imports what it needs while the caller goes on.
        """
        # A check that cannot be made must not cost the answer: it is `run` that says so.
        with self._lock, contextlib.suppress(CheckKilled):
            self._ready_child()

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
            child = self._ready_child()
            try:
                child.load(task, time.monotonic() + self._start_timeout)
                if task not in self._tasks:
                    self._tasks.append(task)
                reply = child.ask(line, time.monotonic() + self._timeout)
                result = _result(reply, self._number)
            except CheckFailed:
                self._start_spare()
                raise
            except CheckKilled:
                self._replace_child()
                raise
            self._start_spare()
            return result

    def close(self) -> None:
        """End the child and the one that stands by; a later `run` starts others."""
        with self._lock:
            for child in (self._child, self._spare):
                if child is not None:
                    child.kill()
            self._child = self._spare = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ready_child(self) -> _Child:
        if self._child is not None and not self._child.usable():
            self._child.kill()
            self._child = None
        if self._child is None:
            self._child = self._usable_spare() or self._new_child()
            self._spare = None
        return self._child

    def _usable_spare(self) -> _Child | None:
        if self._spare is not None and not self._spare.usable():
            self._spare.kill()
            self._spare = None
        return self._spare

    def _new_child(self) -> _Child:
        try:
            child = _Child(self._worker, self._memory_bytes)
        except OSError as error:
            cause: Cause = "memory" if error.errno == errno.ENOMEM else "crashed"
            raise CheckKilled("the checking process could not be started", cause) from error
        for task in self._tasks:
            child.ask_to_load(task)
        return child

    def _start_spare(self) -> None:
        # Only after the first check: two imports at once would make the first check wait longer.
        with contextlib.suppress(CheckKilled):
            self._spare = self._usable_spare() or self._new_child()

    def _replace_child(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None
        # The next check finds the imports of the child that stood by done, or nearly so.
        with contextlib.suppress(CheckKilled):
            self._ready_child()
        self._start_spare()


class _Child:
    """One process and its two pipes."""

    def __init__(self, worker: str, memory_bytes: int) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell, nothing from outside in it
            [sys.executable, "-m", worker, str(memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=_environment(),
            start_new_session=True,
            bufsize=0,
        )
        self._owner = os.getpid()
        # A child that nobody closed ends with the object that held it, or with the interpreter.
        self._end = weakref.finalize(self, _end_process, self._process, self._owner)
        self._loading: list[str] = []
        self._loaded: set[str] = set()
        self._received = bytearray()
        self._input, self._output = _pipes(self._process)
        os.set_blocking(self._input.fileno(), False)
        os.set_blocking(self._output.fileno(), False)

    def usable(self) -> bool:
        """Whether it still runs and is ours.

        After a fork, the pipes belong to the process that made them.
        """
        return self._owner == os.getpid() and self._process.poll() is None

    def ask_to_load(self, task: str) -> None:
        self._loading.append(task)
        # A child that is gone shows itself at the next check.
        self._write(_encoded({"load": task}), time.monotonic() + 1.0, forgiving=True)

    def load(self, task: str, deadline: float) -> None:
        """Wait until the module of `task` is imported.

        An import does not count as checking.
        """
        if task not in self._loading and task not in self._loaded:
            self.ask_to_load(task)
        while self._loading:
            reply = self._read(deadline, "the checking process did not come up in time")
            if reply.get("loaded") != self._loading[0]:
                raise CheckKilled(
                    f"the check's module could not be loaded: {self._loading[0]}", _cause_of(reply)
                )
            self._loaded.add(self._loading.pop(0))

    def ask(self, line: bytes, deadline: float) -> dict[str, Any]:
        self._write(line, deadline)
        return self._read(deadline, "the check reached its time limit")

    def kill(self) -> None:
        """End the process with all that it started, and wait until it is gone."""
        self._end()

    def _write(self, line: bytes, deadline: float, *, forgiving: bool = False) -> None:
        left = memoryview(line)
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self._input, selectors.EVENT_WRITE)
                while left:
                    if not selector.select(max(0.0, deadline - time.monotonic())):
                        raise CheckKilled("the check reached its time limit", "time")
                    try:
                        left = left[os.write(self._input.fileno(), left) :]
                    except BlockingIOError:
                        continue  # select says when
        except BrokenPipeError as error:
            if not forgiving:
                raise self._death() from error

    def _read(self, deadline: float, too_late: str) -> dict[str, Any]:
        with selectors.DefaultSelector() as selector:
            selector.register(self._output, selectors.EVENT_READ)
            while (end := self._received.find(b"\n")) < 0:
                if len(self._received) > LONGEST_LINE:
                    raise CheckKilled("the check's result is too long")
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise CheckKilled(too_late, "time")
                try:
                    piece = os.read(self._output.fileno(), 65_536)
                except BlockingIOError:
                    continue  # select says when
                if not piece:
                    raise self._death()
                self._received += piece
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        try:
            reply = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise CheckKilled("the checking process wrote no JSON") from error
        if not isinstance(reply, dict):
            raise CheckKilled("the checking process wrote no JSON object")
        return reply

    def _death(self) -> CheckKilled:
        """Say what ended a process that closed its pipes."""
        try:
            status = self._process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            return CheckKilled("the checking process closed its pipes")
        if status == -signal.SIGXCPU:
            return CheckKilled("the check reached its CPU time limit", "time")
        by = signal.Signals(-status).name if status < 0 else f"exit status {status}"
        return CheckKilled(f"the checking process died: {by}")


def _end_process(process: subprocess.Popen[bytes], owner: int) -> None:
    if owner != os.getpid():
        # The child of another process: not ours to end or to wait for.
        process.returncode = 0
    elif process.poll() is None:
        with contextlib.suppress(ProcessLookupError):  # it has ended already
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise CheckKilled("the checking process has no pipes")
    return process.stdin, process.stdout


def _result(reply: dict[str, Any], number: int) -> dict[str, Any]:
    result = reply.get("result")
    if reply.get("id") == number and "error" in reply:
        # What is left of a process that ran out of memory is not known.
        cause = _cause_of(reply)
        kind = CheckKilled if cause == "memory" else CheckFailed
        raise kind(f"the check crashed: {reply['error']}", cause)
    if reply.get("id") != number or not isinstance(result, dict):
        raise CheckKilled("the checking process answered something else")
    return result


def _cause_of(reply: dict[str, Any]) -> Cause:
    found: Cause = next((cause for cause in get_args(Cause) if cause == reply.get("cause")), "crashed")
    return found


def _encoded(message: dict[str, Any]) -> bytes:
    line = json.dumps(message, allow_nan=False).encode("ascii") + b"\n"
    if len(line) > LONGEST_LINE:
        raise ValueError("too long")
    return line


def _environment() -> dict[str, str]:
    """What Python needs to start and to find the packages, and no more."""
    package_parent = str(Path(__file__).resolve().parent.parent)
    path = [package_parent, *(entry for entry in sys.path if entry and entry != package_parent)]
    environment = {
        "PYTHONPATH": os.pathsep.join(path),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
    }
    # Where the interpreter of the Lambda runtime finds its own library.
    if "LD_LIBRARY_PATH" in os.environ:
        environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
    return environment
