"""The stack's processes: each leads a group of its own, its output goes to the log, and its group ends with it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from stepwise_local.processes.log import Log

__all__ = ["Processes", "StartFailed", "WatchedProcess"]

_START_SECONDS = 60.0
_FOLDER = Path(__file__).resolve().parents[2]


class StartFailed(Exception):
    """A part of the stack did not start; the text is a sentence for the person who started it."""


class WatchedProcess(Protocol):
    """A process that leads a group, and whose end can be waited for."""

    @property
    def pid(self) -> int: ...

    async def wait(self) -> int: ...


class Processes:
    """Starts and ends process groups. A reaper beside this process ends them all where this one is killed."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._reaper: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Processes:
        self._reaper = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "stepwise_local.processes.reaper"),
            cwd=_FOLDER,
            env={"PYTHONPATH": str(_FOLDER)},
            stdin=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._reaper and self._reaper.stdin:
            self._reaper.stdin.close()
            await self._reaper.wait()

    async def start(
        self,
        arguments: Sequence[str],
        *,
        cwd: Path,
        environ: Mapping[str, str],
        name: str,
        on_line: Callable[[str], bool] | None = None,
        pass_fds: Sequence[int] = (),
    ) -> asyncio.subprocess.Process:
        """Start a process that leads a group; its output goes to the log as *name*, it inherits *pass_fds*."""
        output = self._log.pipe(name, on_line)
        try:
            process = await asyncio.create_subprocess_exec(
                *arguments,
                cwd=cwd,
                env=environ,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                pass_fds=pass_fds,
            )
        finally:
            output.close()
        self.adopt(process)
        return process

    def adopt(self, process: WatchedProcess) -> None:
        """Have a group that was made elsewhere ended as well where this process is killed."""
        self._tell("+", process)

    async def end(self, process: WatchedProcess) -> None:
        """Kill the group of a process, and wait for the process."""
        self.kill(process)
        await process.wait()
        self._tell("-", process)

    def kill(self, process: WatchedProcess) -> None:
        """Kill the group of a process; what it leads ends with it, also where it has ended itself."""
        with contextlib.suppress(ProcessLookupError):  # all of it has ended already
            os.killpg(process.pid, signal.SIGKILL)

    @contextlib.asynccontextmanager
    async def server(
        self, module: str, *arguments: str, environ: Mapping[str, str], name: str
    ) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
        """Run ``python -m module`` of this folder; gives the address that it prints, and its process.

        Raises:
            StartFailed: it ended, or printed no address in time.
        """
        address: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def hear(line: str) -> bool:
            found = None if address.done() else re.search(r"https?://[\w.\[\]:-]*\w", line)
            if found:
                address.set_result(found[0])
            return found is not None

        process = await self.start(
            (sys.executable, "-m", module, *arguments),
            cwd=_FOLDER,
            environ={**environ, "PYTHONPATH": str(_FOLDER), "PYTHONUNBUFFERED": "1"},
            name=name,
            on_line=hear,
        )
        ended = asyncio.create_task(process.wait())
        first: set[asyncio.Future[Any]] = {address, ended}
        try:
            await asyncio.wait(first, timeout=_START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if not address.done():
                raise StartFailed(f"The {name} server did not start; the log says why.")
            yield address.result(), process
        finally:
            await self.end(process)
            await ended

    def _tell(self, sign: str, process: WatchedProcess) -> None:
        if self._reaper and self._reaper.stdin:
            self._reaper.stdin.write(f"{sign}{process.pid}\n".encode())
