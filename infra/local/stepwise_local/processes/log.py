"""The stack's log: one line of a part of the stack after another, each with the part's name before it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import queue
import stat
import threading
from collections.abc import Callable
from typing import BinaryIO, TextIO

__all__ = ["Log"]

_MOST_WAITING = 10_000
_CLOSE_SECONDS = 1.0
_LONGEST_LINE = 1_048_576
"""Bytes; what has no end is cut, so that a function cannot fill this process's memory."""


class Log:
    """Writes ``name | line``; a line of JSON stays one line.

    Without *structured*, what functions log as JSON below WARNING is left out, so that a person sees one line a request.
    A pipe is written to by a thread: when nobody reads it, lines are lost in the end, but the stack goes on.
    """

    def __init__(self, file: TextIO, *, structured: bool = True) -> None:
        self._file = file
        self.structured = structured
        self._lines: queue.Queue[str | None] | None = None
        if _is_pipe(file):
            self._lines = queue.Queue(_MOST_WAITING)
            self._writer = threading.Thread(target=self._write_lines, args=[self._lines], daemon=True)
            self._writer.start()
        self._following: set[asyncio.Task[None]] = set()

    def write(self, name: str, line: str) -> None:
        if not self.structured and _is_routine(line):
            return
        text = f"{name} | {line}\n"
        if self._lines is None:
            self._file.write(text)
            self._file.flush()
            return
        # Who reads the log has stopped: its lines are dropped, so that the stack does not stop with it.
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(text)

    def _write_lines(self, lines: queue.Queue[str | None]) -> None:
        descriptor = self._file.fileno()
        # Past the file's own buffer, which a thread that waits for ever would keep locked at the end of the program.
        with contextlib.suppress(OSError):
            while (text := lines.get()) is not None:
                data = text.encode(errors="replace")
                while data:
                    data = data[os.write(descriptor, data) :]

    def pipe(self, name: str, on_line: Callable[[str], bool] | None = None) -> BinaryIO:
        """A file for a process's output; close it here once the process has it. What *on_line* takes is not written.

        A pipe of our own: asyncio would wait for a process's grandchildren to close theirs (before Python 3.13.1).
        """
        read_end, write_end = os.pipe()
        task = asyncio.create_task(self._follow(name, os.fdopen(read_end, "rb", 0), on_line))
        self._following.add(task)
        task.add_done_callback(self._following.discard)
        return os.fdopen(write_end, "wb", 0)

    async def close(self) -> None:
        """Write what is left of the processes' output; they have ended."""
        if self._following:
            await asyncio.wait(self._following, timeout=1.0)
        for task in self._following:
            task.cancel()
        await asyncio.gather(*self._following, return_exceptions=True)
        if self._lines is None:
            self._file.flush()
            return
        # The writer that does not get to the end is left behind after a bounded wait.
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(None)
        await asyncio.to_thread(self._writer.join, _CLOSE_SECONDS)

    async def _follow(self, name: str, pipe: BinaryIO, on_line: Callable[[str], bool] | None) -> None:
        reader = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), pipe
        )
        try:
            rest = b""
            hear = on_line or _nobody
            while data := await reader.read(65_536):
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    self._line(name, line, hear)
                if len(rest) > _LONGEST_LINE:
                    self._line(name, rest[:_LONGEST_LINE], hear)
                    rest = b""
            self._line(name, rest, hear)
        finally:
            transport.close()

    def _line(self, name: str, line: bytes, hear: Callable[[str], bool]) -> None:
        text = line.decode(errors="replace").rstrip("\r")
        if text and not hear(text):
            self.write(name, text)


def _is_pipe(file: TextIO) -> bool:
    try:
        return stat.S_ISFIFO(os.fstat(file.fileno()).st_mode)
    except OSError:
        return False


def _is_routine(line: str) -> bool:
    """Whether *line* is a metric or a structured line below WARNING."""
    if not line.startswith("{"):
        return False
    try:
        document = json.loads(line)
    except ValueError:
        return False
    return "_aws" in document or document.get("level") in ("DEBUG", "INFO")


def _nobody(_: str) -> bool:
    return False
