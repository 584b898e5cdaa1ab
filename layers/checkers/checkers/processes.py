"""The parent's side of `checkers.child`: a fork server that has imported what checks need, and processes forked of it.

Sockets connect them, as AWS Lambda has no /dev/shm
(https://docs.aws.amazon.com/lambda/latest/dg/python-concurrency.html).
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from checkers.failures import Cause, CheckFailed, CheckKilled, cause_of

__all__ = ["LONGEST_LINE", "CheckProcess", "ForkServer", "failure"]

LONGEST_LINE = 4 * 2**20
"""Most bytes of a request or a reply of a check."""

_LONGEST_REPLY = 4096
_PATIENCE = 5.0
"""Seconds that a fork, and a kill, may take."""


class ForkServer:
    """A process that imports the modules of tasks, and of which check processes are forked.

    `worker` is the module that it runs, `memory_bytes` the address space of it and of each of its forks.

    Raises:
        CheckKilled: it could not be started; each method: it has ended, or did not answer in time.
    """

    def __init__(self, worker: str, memory_bytes: int, tasks: Sequence[str]) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell, nothing from outside in it
                    [sys.executable, "-m", worker, str(memory_bytes), str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd="/",
                    env=_environment(),
                    start_new_session=True,
                    pass_fds=(theirs.fileno(),),
                )
            except OSError as error:
                self._control.close()
                raise _not_started(error) from error
        self._owner = os.getpid()
        # One that nobody closed ends with the object that held it, or with the interpreter.
        self._end = weakref.finalize(self, _end_group, self._process, self._control, self._owner)
        self._loading: list[str] = []
        self._loaded: set[str] = set()
        for task in tasks:
            self._ask_to_load(task)

    def usable(self) -> bool:
        """Whether it still runs and is ours.

        After a fork, the socket belongs to the process that made it.
        """
        return self._owner == os.getpid() and self._process.poll() is None

    def load(self, task: str, deadline: float) -> bool:
        """Wait until the module of `task` is imported, which does not count as checking; whether it was new."""
        if new := task not in self._loading and task not in self._loaded:
            self._ask_to_load(task)
        while self._loading:
            reply = self._reply(deadline)
            loading = self._loading.pop(0)
            if reply.get("loaded") == loading:
                self._loaded.add(loading)
            elif loading == task:
                raise failure(f"the check's module could not be loaded: {task}", reply)
        return new

    def fork(self) -> CheckProcess:
        """A process that has imported all that was loaded."""
        ours, theirs = socket.socketpair()
        with contextlib.ExitStack() as undoing, theirs:
            undoing.enter_context(ours)
            self._send({"fork": True}, [theirs.fileno()])
            pid = self._told("pid")
            undoing.pop_all()
        return CheckProcess(self, pid, ours)

    def end(self, pid: int) -> int:
        """Kill one of its forks unless it has ended; its exit code, as `subprocess` gives it."""
        self._send({"end": pid})
        return self._told("status")

    def kill(self) -> None:
        """End the process with all that it started, and wait until it is gone."""
        self._end()

    def _ask_to_load(self, task: str) -> None:
        self._loading.append(task)
        with contextlib.suppress(CheckKilled):  # one that is gone shows itself at the next check
            self._send({"load": task})

    def _send(self, request: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
        try:
            socket.send_fds(self._control, [json.dumps(request).encode("ascii")], descriptors)
        except OSError as error:
            raise self._death() from error

    def _told(self, name: str) -> int:
        number = self._reply(time.monotonic() + _PATIENCE).get(name)
        if not isinstance(number, int):
            raise CheckKilled("the checking process answered something else")
        return number

    def _reply(self, deadline: float) -> dict[str, Any]:
        try:
            _wait(self._control, select.POLLIN, deadline, "the checking process did not come up in time")
        except CheckKilled:
            self.kill()  # what it answers next would be taken for the answer to something else
            raise
        packet = b""
        with contextlib.suppress(OSError):  # as if it had ended, which it has or will
            packet = self._control.recv(_LONGEST_REPLY)
        if not packet:
            raise self._death()
        return _parsed(packet)

    def _death(self) -> CheckKilled:
        try:
            return _death(self._process.wait(timeout=1.0))
        except subprocess.TimeoutExpired:
            return CheckKilled("the checking process closed its socket")
        finally:
            self.kill()


class CheckProcess:
    """A fork of a server that makes one check after another."""

    def __init__(self, server: ForkServer, pid: int, connection: socket.socket) -> None:
        self._server = server
        self._pid = pid
        self._status: int | None = None
        self._connection = connection
        self._connection.setblocking(False)
        self._close = weakref.finalize(self, connection.close)
        self._received = bytearray()

    def usable(self) -> bool:
        """Whether it waits for a check: one that has ended has closed its socket, and nothing is left to be read."""
        with contextlib.suppress(BlockingIOError):  # nothing to be read, as it should be
            self._connection.recv(1, socket.MSG_PEEK)
            return False
        return not self._received

    def ask(self, line: bytes, deadline: float) -> dict[str, Any]:
        """What it answers to a line.

        Raises:
            CheckKilled: it answered nothing until `deadline`, ended, or wrote no JSON object.
        """
        left = memoryview(line)
        while left:
            _wait(self._connection, select.POLLOUT, deadline, "the check reached its time limit")
            try:
                left = left[self._connection.send(left) :]
            except BlockingIOError:
                continue  # poll says when
            except OSError as error:
                raise _death(self._end()) from error
        return self._read(deadline)

    def kill(self) -> None:
        """End it, and wait until it is gone; it goes with its server where that has ended."""
        self._close()
        if self._server.usable():
            with contextlib.suppress(CheckKilled):  # then its server has ended, and all with it
                self._end()

    def _end(self) -> int:
        if self._status is None:
            self._status = self._server.end(self._pid)
        return self._status

    def _read(self, deadline: float) -> dict[str, Any]:
        while (end := self._received.find(b"\n")) < 0:
            if len(self._received) > LONGEST_LINE:
                raise CheckKilled("the check's result is too long")
            _wait(self._connection, select.POLLIN, deadline, "the check reached its time limit")
            try:
                piece = self._connection.recv(65_536)
            except BlockingIOError:
                continue  # poll says when
            except OSError:
                piece = b""
            if not piece:
                raise _death(self._end())
            self._received += piece
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        return _parsed(line)


def failure(reason: str, reply: dict[str, Any]) -> CheckKilled:
    """The failure that a process told of. What is left of one that ran out of memory is not known; another goes on."""
    cause = cause_of(reply)
    return CheckKilled(reason, cause) if cause == "memory" else CheckFailed(reason, cause)


def _death(status: int) -> CheckKilled:
    if status == -signal.SIGXCPU:
        return CheckKilled("the check reached its CPU time limit", "time")
    by = signal.Signals(-status).name if status < 0 else f"exit status {status}"
    return CheckKilled(f"the checking process died: {by}")


def _not_started(error: OSError) -> CheckKilled:
    cause: Cause = "memory" if error.errno == errno.ENOMEM else "crashed"
    return CheckKilled("the checking process could not be started", cause)


def _wait(connection: socket.socket, event: int, deadline: float, too_late: str) -> None:
    poll = select.poll()
    poll.register(connection, event)
    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise CheckKilled(too_late, "time")


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        reply = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CheckKilled("the checking process wrote no JSON") from error
    if not isinstance(reply, dict):
        raise CheckKilled("the checking process wrote no JSON object")
    return reply


def _end_group(process: subprocess.Popen[bytes], control: socket.socket, owner: int) -> None:
    control.close()
    if owner != os.getpid():
        # The child of another process: not ours to end or to wait for.
        process.returncode = 0
    else:
        # Its forks are of its group, and may live on where it was killed.
        with contextlib.suppress(ProcessLookupError):  # all have ended already
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


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
