"""The processes that checks run in: a fork server that has imported what checks need, and its forks, which check.

The parent's side is `checkers.processes`. It starts ``python -m checkers.child MEMORY_BYTES DESCRIPTOR``; the descriptor
is a Unix socket for requests to the fork server, one JSON object a packet: `{"load": task}` is answered with
`{"loaded": task}` when the task's module is imported, or with `{"error": name of the exception, "cause": one of Cause}`;
`{"fork": true}`, with the socket of the new process beside it, with `{"pid": pid}`; `{"end": pid}` kills that process,
unless it has ended already, and is answered with `{"status": its exit code as subprocess gives it}`.

A fork reads one JSON object a line from its socket, `{"id": n, "task": task, "cpu": seconds, "payload": {...}}`, and
answers with `{"id": n, "result": {...}}`, or with `{"id": n, "error": ..., "cause": ...}` when the check raised an error.
"""

from __future__ import annotations

import gc
import importlib
import json
import math
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NoReturn

__all__ = ["TASKS", "main"]

Task = Callable[[dict[str, Any]], dict[str, Any]]
Tasks = Mapping[str, tuple[str, str]]

TASKS = {
    "mathematics": ("checkers.mathematics", "verify"),
    "logic": ("checkers.logic", "decide"),
    "witness": ("checkers.witness", "examine"),
    "same_answer": ("checkers.witness", "same_answer"),
}
"""Where each task's function is; its module is imported when somebody asks for the task."""

LONGEST_LINE = 4 * 2**20
_LONGEST_REQUEST = 4096


def main(memory_bytes: int, descriptor: int, tasks: Tasks) -> None:
    """Fork on request until the parent's socket is closed; the forks serve checks until theirs is."""
    _limit(resource.RLIMIT_AS, memory_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, 64)
    with socket.socket(fileno=descriptor) as control:
        connection = _serve(control, tasks)
    with connection, connection.makefile("rb") as lines:
        while line := lines.readline(LONGEST_LINE + 1):
            connection.sendall(json.dumps(_answered(line, tasks)).encode("ascii") + b"\n")


def _serve(control: socket.socket, tasks: Tasks) -> socket.socket:
    """Answer requests for processes; returns in the forked ones only, with the socket for their checks."""
    children: set[int] = set()
    while True:
        try:
            packet, descriptors, *_ = socket.recv_fds(control, _LONGEST_REQUEST, 1)
        except OSError:
            _end_all()
        match json.loads(packet or "null"):
            case {"load": task}:
                reply = _loaded(task, tasks)
            case {"fork": True}:
                connection = socket.socket(fileno=descriptors[0])
                pid = os.fork()
                if not pid:
                    return connection
                connection.close()
                children.add(pid)
                reply = {"pid": pid}
            case {"end": int(pid)} if pid in children:
                children.remove(pid)
                reply = {"status": _ended(pid)}
            case _:  # the parent has closed its end
                _end_all()
        try:
            control.sendall(json.dumps(reply).encode("ascii"))
        except OSError:
            _end_all()


def _loaded(task: str, tasks: Tasks) -> dict[str, Any]:
    try:
        _function(*tasks[task])
    except Exception as error:  # noqa: BLE001 - as for a check
        return _failure(error)
    gc.collect()
    gc.freeze()  # the collector of a fork would write to, and so copy, every page that is shared
    return {"loaded": task}


def _ended(pid: int) -> int:
    """Exit code of a child that is killed unless it has ended; nobody but this waits for it, so the id is still its own."""
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def _end_all() -> NoReturn:
    """End this process with its forks, which are of its group."""
    os.killpg(0, signal.SIGKILL)
    raise AssertionError


def _answered(line: bytes, tasks: Tasks) -> dict[str, Any]:
    number: Any = None
    try:
        request = json.loads(line)
        number = request.get("id")
        function = _function(*tasks[request["task"]])
        _limit_cpu(float(request["cpu"]))
        result = function(request["payload"])
        json.dumps(result)
    except Exception as error:  # noqa: BLE001 - whatever a check does wrong, the parent gets a line
        return {"id": number, **_failure(error)}
    return {"id": number, "result": result}


def _failure(error: Exception) -> dict[str, Any]:
    """Only the name and the cause: the message of an error may contain a user's text."""
    return {"error": type(error).__name__, "cause": _cause(error)}


def _cause(error: Exception) -> str:
    """One of `checkers.failures.Cause`."""
    if isinstance(error, MemoryError) or "out of memory" in str(error):  # Z3 has only a message for it
        return "memory"
    return "not_installed" if isinstance(error, ImportError) else "crashed"


def _function(module: str, name: str) -> Task:
    function: Task = getattr(importlib.import_module(module), name)
    return function


def _limit(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (soft, hard))


def _limit_cpu(seconds: float) -> None:
    """Let this check use `seconds` more of CPU, in whole seconds."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, math.ceil(used.ru_utime + used.ru_stime + seconds))


if __name__ == "__main__":
    with suppress(BrokenPipeError, ConnectionResetError):  # whoever asked has gone
        main(int(sys.argv[1]), int(sys.argv[2]), TASKS)
