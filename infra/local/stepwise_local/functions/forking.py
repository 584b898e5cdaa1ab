"""Processes of functions, forked from snapshots: one process a function that has everything imported.

All snapshots are forked from a first one, which has imported what most functions use.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from stepwise_local.processes.log import Log
from stepwise_local.processes.processes import Processes, WatchedProcess
from stepwise_local.template.model import Function

__all__ = ["ForkedProcess", "SnapshotEnded", "Snapshots"]

_HERE = Path(__file__).parent
_PRELOADED = (
    "aws_lambda_powertools.logging.formatter",
    "aws_lambda_powertools.metrics",
    "botocore.client",
    "botocore.session",
    "concurrent.futures",
    "decimal",
    "http.client",
    "httpx",
    "pydantic",
    "runpy",
    "simplejson",
    "snapshot_restore_py",
)
"""What the first snapshot imports: packages that read no environment variable while they are imported."""
_RUNTIME = (
    "awslambdaric.lambda_config",
    "awslambdaric.lambda_context",
    "awslambdaric.lambda_runtime_log_utils",
    "awslambdaric.lambda_runtime_marshaller",
)
"""What can be imported beforehand of AWS's own runtime: the rest looks for its Runtime API while it is imported."""
_WRAPPER_SECONDS = 10.0
_END_SECONDS = 1.0
_LONGEST_ANSWER = 65_536


class SnapshotEnded(Exception):
    """The process that was to be forked has ended, with an exit code as asyncio gives it."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class ForkedProcess:
    """A process that a snapshot forked; it leads a group. *pidfd* is closed when it has ended."""

    def __init__(self, pid: int, pidfd: int) -> None:
        self.pid = pid
        self._pidfd = pidfd
        self._code: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def runs(self) -> bool:
        """Whether it lives now; ``wait`` hears of its end a moment later."""
        if self._code.done():
            return False
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        return not poll.poll(0)

    async def wait(self) -> int:
        """Its exit code, negative for a signal."""
        return await asyncio.shield(self._code)

    def end(self, code: int) -> None:
        """Note that it has ended."""
        if not self._code.done():
            self._code.set_result(code)
            os.close(self._pidfd)


class _Snapshot:
    """A running snapshot, see ``stepwise_local.functions.snapshot``; *control* is this side's end of its socket."""

    def __init__(self, process: WatchedProcess, control: socket.socket) -> None:
        self.process = process
        self._control = control
        self._numbers = itertools.count()
        self._waiting: dict[int, asyncio.Future[ForkedProcess]] = {}
        self._living: dict[int, ForkedProcess] = {}
        self._one_at_a_time = asyncio.Lock()
        self.gone = False
        control.setblocking(False)
        asyncio.get_running_loop().add_reader(control, self._read)

    async def fork(self, request: Mapping[str, Any], *descriptors: int) -> ForkedProcess:
        """A new process with these descriptors: its output, and its socket if it is a snapshot itself.

        Raises:
            SnapshotEnded: the snapshot has ended, or does so while it imports.
        """
        async with self._one_at_a_time:
            number = next(self._numbers)
            answer: asyncio.Future[ForkedProcess] = asyncio.get_running_loop().create_future()
            if not self.gone:
                self._waiting[number] = answer
                with contextlib.suppress(
                    BrokenPipeError, ConnectionResetError
                ):  # its end is read in a moment
                    message = json.dumps({"id": number, **request}).encode()
                    socket.send_fds(self._control, [message], descriptors)
            else:
                answer.cancel()
            await asyncio.wait([answer])
        if answer.cancelled():
            raise SnapshotEnded(await self.process.wait())
        return answer.result()

    def close(self) -> None:
        """Let go of it: it ends, and kills what it has forked."""
        if not self.gone:
            self.gone = True
            asyncio.get_running_loop().remove_reader(self._control)
            self._control.close()
            for answer in self._waiting.values():
                answer.cancel()
            for process in self._living.values():
                _kill_group(process.pid)
                process.end(-signal.SIGKILL)

    def _read(self) -> None:
        try:
            text, descriptors, *_ = socket.recv_fds(
                self._control, _LONGEST_ANSWER, 1, socket.MSG_CMSG_CLOEXEC
            )
        except BlockingIOError:
            return  # nothing is there yet; this is called again when there is
        except OSError:
            text = b""
        if not text:
            self.close()
            return
        message = json.loads(text)
        if "code" in message:
            process = self._living.pop(message["pid"])
            process.end(message["code"])
            return
        process = ForkedProcess(message["pid"], descriptors[0])
        self._living[process.pid] = process
        answer = self._waiting.pop(message["id"])
        if answer.done():
            _kill_group(process.pid)  # whoever wanted it has been cancelled
        else:
            answer.set_result(process)


class Snapshots:
    """A snapshot for each function, made when the function is first started."""

    def __init__(self, processes: Processes, log: Log) -> None:
        self._processes = processes
        self._log = log
        self._made: dict[str, asyncio.Task[_Snapshot]] = {}
        self._requests: dict[str, dict[str, Any]] = {}

    def prepare(self) -> None:
        """Begin with what all functions need."""
        self._task("", self._first())

    async def start(self, function: Function, environ: Mapping[str, str], runtime_api: str) -> ForkedProcess:
        """A process that runs *function* with the Runtime API at an address.

        Raises:
            OSError: its wrapper script cannot be started.
            SnapshotEnded: the process ended while it imported the function.
        """
        request = self._requests.get(function.name)
        if request is None:
            request = self._requests[function.name] = await _request_of(function, environ)
        snapshot = await self._snapshot("", self._first)
        if "run" in request:
            snapshot = await self._snapshot(function.name, lambda: self._second(function, request))
        environ = {**request["environ"], "AWS_LAMBDA_RUNTIME_API": runtime_api}
        output = self._log.pipe(function.name)
        with output:
            process = await snapshot.fork({**request, "environ": environ}, output.fileno())
        self._processes.adopt(process)
        return process

    def forget(self, function: Function) -> None:
        """Kill the snapshot of a function that does not come to an end of its imports."""
        task = self._made.get(function.name)
        if task and task.done() and not task.cancelled() and not task.exception():
            self._processes.kill(task.result().process)

    async def close(self) -> None:
        """End all snapshots and what they have forked."""
        for task in self._made.values():
            task.cancel()
        made = await asyncio.gather(*self._made.values(), return_exceptions=True)
        snapshots = [snapshot for snapshot in made if isinstance(snapshot, _Snapshot)]
        ends = [asyncio.create_task(snapshot.process.wait()) for snapshot in snapshots]
        for snapshot in reversed(snapshots):
            snapshot.close()
        if ends:
            await asyncio.wait(ends, timeout=_END_SECONDS)
        for snapshot in snapshots:
            await self._processes.end(snapshot.process)

    async def _snapshot(self, name: str, make: Any) -> _Snapshot:
        task = self._made.get(name)
        if task is None or (task.done() and (task.cancelled() or task.exception() or task.result().gone)):
            task = self._task(name, make())
        return await asyncio.shield(task)

    def _task(self, name: str, making: Any) -> asyncio.Task[_Snapshot]:
        task: asyncio.Task[_Snapshot] = asyncio.create_task(making)
        self._made[name] = task
        return task

    async def _first(self) -> _Snapshot:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = await self._processes.start(
                (sys.executable, str(_HERE / "snapshot.py"), str(theirs.fileno()), *_PRELOADED),
                cwd=_HERE,
                environ={"PYTHONUNBUFFERED": "1", "TZ": ":UTC"},
                name="functions",
                pass_fds=(theirs.fileno(),),
            )
        return _Snapshot(process, ours)

    async def _second(self, function: Function, request: Mapping[str, Any]) -> _Snapshot:
        first = await self._snapshot("", self._first)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, self._log.pipe(function.name) as output:
            process = await first.fork(request, output.fileno(), theirs.fileno())
        self._processes.adopt(process)
        return _Snapshot(process, ours)


async def _request_of(function: Function, environ: Mapping[str, str]) -> dict[str, Any]:
    """What a snapshot is asked for: AWS's own runtime, or what the function's wrapper script makes of it.

    Where the script does not come to ``python -m``, it is a program that is run as such.
    """
    runtime = ["-m", "awslambdaric", function.handler]
    wrapper = _wrapper(function)
    called, variables = runtime, dict(environ)
    if wrapper:
        try:
            called, variables = await _wrapped([wrapper, str(_HERE / "python"), *runtime], function, environ)
        except ValueError:
            called = []
    request: dict[str, Any] = {"environ": variables, "folder": str(function.code), "path": [], "imports": []}
    if called[:1] != ["-m"] or len(called) < 2:
        return {**request, "program": [wrapper, sys.executable, *runtime], "environ": dict(environ)}
    folders = [str(function.code), *filter(None, variables.get("PYTHONPATH", "").split(os.pathsep))]
    handler = function.handler.rpartition(".")[0].replace("/", ".")
    own = called[1] != runtime[1]
    imports = [f"-m {called[1]}", handler] if own else [*_RUNTIME, handler]
    return {**request, "path": folders, "imports": imports, "run": called[1:]}


def _wrapper(function: Function) -> str:
    wrapper = function.environment.get("AWS_LAMBDA_EXEC_WRAPPER", "")
    inside = wrapper.removeprefix("/opt/python/")
    found = (str(layer / inside) for layer in function.layers if wrapper and (layer / inside).is_file())
    return next(found, wrapper)


async def _wrapped(
    command: Sequence[str], function: Function, environ: Mapping[str, str]
) -> tuple[list[str], dict[str, str]]:
    """Arguments and environment variables that a wrapper script calls Python with.

    Raises:
        OSError: it cannot be started.
        ValueError: it did something else.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=function.code,
        env=environ,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), _WRAPPER_SECONDS)
    except TimeoutError as error:
        raise ValueError("it takes too long") from error
    finally:
        _kill_group(process.pid)
        await process.wait()
    count, *parts = said.decode(errors="replace").split("\0")
    most = int(count)
    variables = dict(part.split("=", 1) for part in parts[most:] if part)
    return parts[:most], variables


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # it has ended already
        os.killpg(pid, signal.SIGKILL)
