"""A worker for the sandbox's tests: the real child process with tasks that misbehave on demand."""

from __future__ import annotations

import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from checkers.child import main

__all__ = ["TASKS"]

Payload = dict[str, Any]


def echo(payload: Payload) -> Payload:
    return payload


def spin(payload: Payload) -> Payload:
    while True:
        payload["count"] = payload.get("count", 0) + 1


def sleep(payload: Payload) -> Payload:
    signal.pause()
    return payload


def crash(payload: Payload) -> Payload:
    raise LookupError(str(payload))


def spend(payload: Payload) -> Payload:
    """End this process as the kernel does when the CPU limit is used up."""
    resource.setrlimit(resource.RLIMIT_CPU, (0, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    return spin(payload)


def die(payload: Payload) -> Payload:
    os.kill(os.getpid(), signal.SIGKILL)
    return payload


def hoard(payload: Payload) -> Payload:
    return {"size": len(bytearray(payload["bytes"]))}


def chatter(payload: Payload) -> Payload:
    print("not a reply")
    return payload


def verbose(payload: Payload) -> Payload:
    return {"text": "x" * payload["length"]}


def surroundings(payload: Payload) -> Payload:
    return {
        "environment": sorted(os.environ),
        "files": sorted(int(entry.name) for entry in Path("/proc/self/fd").iterdir()),
        "memory": resource.getrlimit(resource.RLIMIT_AS)[0],
        "cpu": resource.getrlimit(resource.RLIMIT_CPU)[0],
        "pid": os.getpid(),
        "parent": os.getppid(),
        "modules": sorted(sys.modules),
    }


TASKS = {
    name: ("support.sandbox_worker", name)
    for name in (
        "echo",
        "spin",
        "sleep",
        "crash",
        "spend",
        "die",
        "hoard",
        "chatter",
        "verbose",
        "surroundings",
    )
} | {"missing": ("support.no_such_module", "verify")}


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), TASKS)
