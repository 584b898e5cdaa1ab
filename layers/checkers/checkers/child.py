"""The child's side of `checkers.sandbox`.

It reads checks from standard input and writes results to standard output.
"""

from __future__ import annotations

import importlib
import json
import math
import os
import resource
import sys
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["TASKS", "main"]

Task = Callable[[dict[str, Any]], dict[str, Any]]

TASKS = {
    "mathematics": ("checkers.mathematics", "verify"),
    "logic": ("checkers.logic", "decide"),
    "witness": ("checkers.witness", "examine"),
    "same_answer": ("checkers.witness", "same_answer"),
}
"""Where each task's function is; its module is imported when somebody asks for the task."""

LONGEST_LINE = 4 * 2**20


def main(memory_bytes: int, tasks: Mapping[str, tuple[str, str]]) -> None:
    """Serve checks until standard input ends.

    The reply to a failed check has only the name and the cause of the error.
    """
    _limit(resource.RLIMIT_AS, memory_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, 64)
    replies = _private_output()
    while line := sys.stdin.buffer.readline(LONGEST_LINE + 1):
        reply = _answered(line, tasks)
        _write(replies, json.dumps(reply).encode("ascii") + b"\n")


def _answered(line: bytes, tasks: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    number: Any = None
    try:
        request = json.loads(line)
        number = request.get("id")
        if "load" in request:
            _function(*tasks[request["load"]])
            return {"loaded": request["load"]}
        function = _function(*tasks[request["task"]])
        _limit_cpu(float(request["cpu"]))
        result = function(request["payload"])
        json.dumps(result)
    except Exception as error:  # noqa: BLE001 - whatever a check does wrong, the parent gets a line
        # Only the name: the message of an error may contain a user's text.
        return {"id": number, "error": type(error).__name__, "cause": _cause(error)}
    return {"id": number, "result": result}


def _cause(error: Exception) -> str:
    """One of `checkers.sandbox.Cause`."""
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


def _private_output() -> int:
    """The pipe to the parent under another file descriptor, so that ``print`` cannot write into it."""
    private = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return private


def _write(output: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(output, left) :]


if __name__ == "__main__":
    main(int(sys.argv[1]), TASKS)
