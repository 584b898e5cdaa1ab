"""The stack's log: one line of a part of the stack after another, each with the part's name before it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import BinaryIO, TextIO

__all__ = ["Log"]

_LONGEST_LINE = 1_048_576
"""Bytes; what has no end is cut, so that a function cannot fill this process's memory."""


class Log:
    """Writes ``name | line``; a line of JSON stays one line."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._following: set[asyncio.Task[None]] = set()

    def write(self, name: str, line: str) -> None:
        self._file.write(f"{name} | {line}\n")
        self._file.flush()

    def pipe(self, name: str, on_line: Callable[[str], None] | None = None) -> BinaryIO:
        """A file for a process's output; close it here once the process has it. *on_line* hears each line as well.

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
        self._file.flush()

    async def _follow(self, name: str, pipe: BinaryIO, on_line: Callable[[str], None] | None) -> None:
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

    def _line(self, name: str, line: bytes, hear: Callable[[str], None]) -> None:
        text = line.decode(errors="replace").rstrip("\r")
        if text:
            self.write(name, text)
            hear(text)


def _nobody(_: str) -> None:
    pass
