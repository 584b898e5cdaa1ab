"""A Lambda Runtime API that serves one event and waits for its response, with keep-alive as AWS's client needs."""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["OneInvocation", "one_invocation"]


class OneInvocation(ThreadingHTTPServer):
    """Serves *event* to the first request; ``answer`` waits for the response."""

    daemon_threads = True

    def __init__(self, event: Any, seconds: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.address = f"127.0.0.1:{self.server_port}"
        self.events: queue.Queue[bytes] = queue.Queue()
        self.events.put(json.dumps(event).encode())
        self.answers: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self.seconds = seconds

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A runtime that is killed while it waits for the next event is no error."""

    def answer(self, timeout: float) -> tuple[str, bytes]:
        """The path that the runtime called, and the body; raises ``queue.Empty`` after *timeout* seconds."""
        return self.answers.get(timeout=timeout)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: OneInvocation

    def do_GET(self) -> None:
        event = self.server.events.get()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(event)))
        self.send_header("Lambda-Runtime-Aws-Request-Id", "request-1")
        self.send_header("Lambda-Runtime-Deadline-Ms", str(int((time.time() + self.server.seconds) * 1000)))
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:::function:one")
        self.end_headers()
        self.wfile.write(event)

    def do_POST(self) -> None:
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b"".join(self._chunks())
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.answers.put((self.path, body))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that the base class gives it
        """Log nothing."""


@contextmanager
def one_invocation(event: Any, seconds: float) -> Iterator[OneInvocation]:
    """A Runtime API with *event*; the function is told that it has *seconds*."""
    with OneInvocation(event, seconds) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
