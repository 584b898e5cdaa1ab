"""A Lambda Runtime API for tests of a runtime: it serves events and records the responses byte for byte."""

from __future__ import annotations

import json
import queue
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Call", "RuntimeHost", "runtime_host"]


@dataclass
class Call:
    """A call of the runtime: its headers in lower case, the chunks of its body as they came, its trailers."""

    method: str
    path: str
    headers: dict[str, str]
    chunks: list[bytes] = field(default_factory=list)
    trailers: dict[str, str] = field(default_factory=dict)
    complete: bool = True

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)


class RuntimeHost:
    """``give`` adds an event; ``calls`` has the responses. After *close_after* chunks it closes the connection."""

    def __init__(self) -> None:
        self.calls: queue.Queue[Call] = queue.Queue()
        self.close_after: int | None = None
        self._events: queue.Queue[tuple[dict[str, str], bytes] | None] = queue.Queue()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def give(self, event: Any, request_id: str = "request-1", deadline_ms: int = 0, **headers: str) -> None:
        lines = {
            "Lambda-Runtime-Aws-Request-Id": request_id,
            "Lambda-Runtime-Deadline-Ms": str(deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:toy",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        self._events.put((lines, json.dumps(event).encode()))

    def next_call(self) -> Call:
        return self.calls.get(timeout=20)

    def stop(self) -> None:
        self._events.put(None)
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as reader, suppress(OSError, ValueError):
                self._answer(connection, reader)

    def _answer(self, connection: socket.socket, reader: Any) -> None:
        method, path, _ = reader.readline().decode().split()
        headers = dict(_lines(reader))
        call = Call(method, path, headers)
        if path.endswith("/invocation/next"):
            event = self._events.get()
            if event is None:
                return
            _reply(connection, 200, event[1], event[0])
            return
        try:
            self._read_body(call, reader)
        finally:
            self.calls.put(call)
        if call.complete:
            _reply(connection, 200 if path.endswith("/restore/next") else 202, b"{}", {})

    def _read_body(self, call: Call, reader: Any) -> None:
        if call.headers.get("transfer-encoding") != "chunked":
            call.chunks.append(reader.read(int(call.headers.get("content-length", "0"))))
            return
        while size := int(reader.readline(), 16):
            call.chunks.append(reader.read(size))
            reader.readline()
            if self.close_after == len(call.chunks):
                call.complete = False
                return
        call.trailers = dict(_lines(reader))


def _lines(reader: Any) -> Iterator[tuple[str, str]]:
    while line := reader.readline().strip():
        name, _, value = line.decode().partition(":")
        yield name.lower(), value.strip()


def _reply(connection: socket.socket, status: int, body: bytes, headers: dict[str, str]) -> None:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    connection.sendall(
        f"HTTP/1.1 {status} Fine\r\nContent-Length: {len(body)}\r\n{lines}\r\n".encode() + body
    )


@contextmanager
def runtime_host() -> Iterator[RuntimeHost]:
    host = RuntimeHost()
    try:
        yield host
    finally:
        host.stop()
