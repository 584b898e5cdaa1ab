"""Answer every request with one recorded response of an Ollama server."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

__all__ = ["TRANSCRIPTS", "ReplayHost", "transcript"]

TRANSCRIPTS = Path(__file__).parents[2] / "data" / "ollama-transcripts"


def transcript(name: str) -> dict[str, Any]:
    """A recorded case by its name, such as ``chat-stream``."""
    value: dict[str, Any] = json.loads((TRANSCRIPTS / f"{name}.json").read_text("utf-8"))
    return value


class ReplayHost:
    """``with ReplayHost(transcript("chat-stream")) as host:`` answers at ``host.url``, as it was recorded."""

    def __init__(self, recorded: Mapping[str, Any]) -> None:
        self.requests: list[tuple[str, bytes]] = []
        """The requests: method and path, and body."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(recorded["response"], self.requests))
        self._server.daemon_threads = True
        # Do not wait for connections that are kept alive.
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="replay-host")
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> ReplayHost:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


def _handler(response: Mapping[str, Any], requests: list[tuple[str, bytes]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
            """Keep the tests' output clean."""

        def answer(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            requests.append((f"{self.command} {self.path}", data))
            pieces = _pieces(response)
            self.send_response(response["status"])
            self.send_header("Content-Type", response["content_type"])
            if len(pieces) > 1 or response.get("transfer_encoding") == "chunked":
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for piece in filter(None, pieces):
                    self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                self.wfile.write(b"0\r\n\r\n")
            else:
                self.send_header("Content-Length", str(len(pieces[0])))
                self.end_headers()
                self.wfile.write(pieces[0])

        do_GET = do_POST = answer  # noqa: N815 - the names that the base class looks for

        def handle(self) -> None:
            # The client may close the connection early.
            with contextlib.suppress(ConnectionError):
                super().handle()

    return Handler


def _pieces(response: Mapping[str, Any]) -> list[bytes]:
    if "lines" in response:
        return [f"{line}\n".encode() for line in response["lines"]]
    text = response["text"] if "text" in response else json.dumps(response["json"], ensure_ascii=False)
    return [text.encode()]
