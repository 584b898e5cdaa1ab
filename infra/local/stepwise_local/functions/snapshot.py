"""``python snapshot.py DESCRIPTOR MODULE ...``: a process with modules imported, of which others are forked.

This is what SnapStart does on Lambda: what a function imports is imported once, and each environment begins as a copy of
that process. A snapshot forks on request an environment, or a snapshot that imports more. Requests come over a Unix
socket (the descriptor), one JSON object each, with the descriptors of the new process beside it: its output, and for a
snapshot the socket of its own. They are answered with the new process's id and a descriptor of it (pidfd), later with
its exit code. A snapshot ends when its socket is closed, and kills what it has forked.

Only the standard library: whatever is imported here is in every function's process.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import logging
import os
import runpy
import selectors
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

__all__ = ["main"]

_LONGEST_REQUEST = 1_048_576


@dataclass(frozen=True)
class _Job:
    """What a forked process is to become.

    *control* is the socket of one that is a snapshot itself; *threaded*: other threads ran where it was forked.
    """

    request: dict[str, Any]
    output: int
    control: int | None
    threaded: bool


def main(arguments: list[str]) -> None:
    descriptor, *modules = arguments
    del sys.path[0]  # the folder of this file
    _import(modules)
    control = socket.socket(fileno=int(descriptor))
    while True:
        job = _serve(control)
        _enter(job)
        if job.control is None:
            _run(job)
            return
        logging.getLogger().addHandler(_Placeholder())
        _import(job.request["imports"])
        control = socket.socket(fileno=job.control)


def _serve(control: socket.socket) -> _Job:
    """Fork for each request; returns in the forked processes only."""
    gc.collect()
    gc.freeze()  # the collector would write to, and so copy, every page that is shared
    threaded = len(list(Path("/proc/self/task").iterdir())) > 1
    children: dict[int, int] = {}
    with selectors.PollSelector() as selector, control:
        selector.register(control, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is not control:
                    selector.unregister(key.fd)
                    _report_end(control, key.fd, children)
                    continue
                message, descriptors, *_ = socket.recv_fds(control, _LONGEST_REQUEST, 2)
                if not message:
                    _end(children)
                sys.stdout.flush()
                sys.stderr.flush()
                pid = os.fork()
                if not pid:
                    for pidfd in children:
                        os.close(pidfd)
                    output, *more = descriptors
                    return _Job(json.loads(message), output, more[0] if more else None, threaded)
                pidfd = os.pidfd_open(pid)
                children[pidfd] = pid
                selector.register(pidfd, selectors.EVENT_READ)
                _lead_group(pid)
                for descriptor in descriptors:
                    os.close(descriptor)
                answer = {"id": json.loads(message)["id"], "pid": pid}
                _tell(control, answer, children, [pidfd])


def _report_end(control: socket.socket, pidfd: int, children: dict[int, int]) -> None:
    pid = children.pop(pidfd)
    os.close(pidfd)
    _, status = os.waitpid(pid, 0)
    _tell(control, {"pid": pid, "code": os.waitstatus_to_exitcode(status)}, children, [])


def _tell(
    control: socket.socket, answer: dict[str, Any], children: dict[int, int], descriptors: list[int]
) -> None:
    try:
        socket.send_fds(control, [json.dumps(answer).encode()], descriptors)
    except OSError:
        _end(children)


def _end(children: dict[int, int]) -> NoReturn:
    for pid in children.values():
        with contextlib.suppress(ProcessLookupError):  # it has ended already
            os.killpg(pid, signal.SIGKILL)
    os._exit(0)


def _lead_group(pid: int) -> None:
    """Make a process the leader of a group; parent and child both do, as either may come first."""
    # It has ended already, or the other one of the two was first and it runs another program by now.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.setpgid(pid, pid)


def _enter(job: _Job) -> None:
    """Take over output, environment variables, folder and import path of the new process."""
    _lead_group(os.getpid())
    for standard in (1, 2):
        os.dup2(job.output, standard)
    os.close(job.output)
    if job.control is not None:
        os.set_inheritable(job.control, False)
    os.environ.clear()
    os.environ.update(job.request["environ"])
    time.tzset()
    os.chdir(job.request["folder"])
    sys.path[:0] = [entry for entry in job.request["path"] if entry not in sys.path]


def _run(job: _Job) -> None:
    """Run ``python -m module arguments ...`` in this process, or what cannot be forked as a program of its own.

    A copy of a process with threads lacks the threads, and may wait for ever for a lock that one of them held.
    """
    program = job.request.get("program")
    module, *arguments = job.request.get("run", [""])
    if job.threaded and not program:
        program = [sys.executable, "-m", module, *arguments]
    if program:
        os.execve(program[0], program, os.environ)  # noqa: S606 - no shell is wanted
    _make_way_for_the_runtimes_handler()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


class _Placeholder(logging.Handler):
    """Stands where the runtime's log handler is while a function is imported, which may add filters to it."""

    def emit(self, record: logging.LogRecord) -> None:
        print(self.format(record))  # noqa: T201 - the function's log


def _make_way_for_the_runtimes_handler() -> None:
    """Give what the runtime adds as the root's handler the filters that the function has given the placeholder."""
    root = logging.getLogger()
    placeholders = [handler for handler in root.handlers if isinstance(handler, _Placeholder)]
    filters = [each for placeholder in placeholders for each in placeholder.filters]
    for placeholder in placeholders:
        root.removeHandler(placeholder)
    add = root.addHandler

    def add_with_filters(hdlr: logging.Handler) -> None:
        for each in filters:
            hdlr.addFilter(each)
        add(hdlr)

    root.addHandler = add_with_filters  # type: ignore[method-assign]  # there is no hook for it


def _import(names: list[str]) -> None:
    """Import modules, and do what they do before a snapshot; one that fails is imported again, and then heard of, by the
    process that needs it.

    What ``python -m`` runs is forgotten at once, as it is to run again under the name ``__main__``.
    """
    for name in names:
        with contextlib.suppress(BaseException):  # as said above
            module = importlib.import_module(name.removeprefix("-m "))
            if name.startswith("-m "):
                runs = f"{module.__name__}.__main__" if hasattr(module, "__path__") else module.__name__
                importlib.import_module(runs)
                sys.modules.pop(runs)
    with contextlib.suppress(BaseException):  # each environment runs them again, and says then what fails
        hooks = importlib.import_module("snapshot_restore_py")
        for function, arguments, keywords in reversed(list(hooks.get_before_snapshot())):
            function(*arguments, **keywords)


if __name__ == "__main__":
    main(sys.argv[1:])
