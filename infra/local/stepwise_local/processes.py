"""Helper processes of the stack: each leads a group of its own, says where it listens, and is ended with its group."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from stepwise_local.log import Log

__all__ = ["StartFailed", "end_group", "server"]

_START_SECONDS = 60.0
_FOLDER = Path(__file__).resolve().parent.parent


class StartFailed(Exception):
    """A part of the stack did not start; the text is a sentence for the person who started it."""


@contextlib.asynccontextmanager
async def server(
    module: str, *arguments: str, environ: Mapping[str, str], log: Log, name: str
) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """Run ``python -m module`` of this folder; gives the address that it prints, and its process.

    Its standard input ends with this process, whatever way that ends.

    Raises:
        StartFailed: it ended, or printed no address in time.
    """
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def hear(line: str) -> None:
        found = re.search(r"https?://[\w.\[\]:-]*\w", line)
        if found and not address.done():
            address.set_result(found[0])

    output = log.pipe(name, hear)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        cwd=_FOLDER,
        env={**environ, "PYTHONPATH": str(_FOLDER), "PYTHONUNBUFFERED": "1"},
        stdin=asyncio.subprocess.PIPE,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )
    output.close()
    ended = asyncio.create_task(process.wait())
    first: set[asyncio.Future[Any]] = {address, ended}
    try:
        await asyncio.wait(first, timeout=_START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if not address.done():
            raise StartFailed(f"{name} did not start; the log says why.")
        yield address.result(), process
    finally:
        end_group(process)
        await ended


def end_group(process: asyncio.subprocess.Process) -> None:
    """Kill a process that leads a group, and the whole group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
