"""The wire protocol of the scripted model host: HTTP, Ollama's lines, and their faults."""

from __future__ import annotations

import contextlib
import json
import re
import select
import socket
import ssl
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from support.hosts.model_host import ModelHost

__all__ = ["Fault", "Handler", "reset", "tagged", "tokens_of"]


@dataclass(frozen=True)
class Fault:
    """The fault of one generation.

    ``status`` and ``html`` replace the answer; ``slow`` only delays it by ``seconds``. The others happen after
    ``after`` tokens: ``silence`` (nothing more, the connection stays open), ``reset`` (RST), ``eof`` (a proper end
    without done), ``cut`` (the connection ends in the middle of a chunk), ``error`` (an error line), ``garbage`` (a
    line that is not JSON), ``types`` (a line with wrong types), ``huge`` (a line without an end), ``dribble`` (a byte
    every 0.1 s and never a whole line; as ``always`` also for the short calls).
    """

    kind: Literal[
        "status",
        "html",
        "slow",
        "silence",
        "reset",
        "eof",
        "cut",
        "error",
        "garbage",
        "types",
        "huge",
        "dribble",
    ]
    after: int = 0
    status: int = 503
    seconds: float = 0.2


def tokens_of(text: str) -> list[str]:
    """Split *text* into pieces of about the length of a token."""
    return re.findall(r"</?think>|[ ]?[A-Za-z]{1,8}|[ ]?[0-9]|\s+|.", text, re.DOTALL)


class _Gone(Exception):
    """The client closed its connection."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ModelHost  # type: ignore[assignment]

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that the base class gives it
        """Keep the tests' output clean."""

    def do_GET(self) -> None:
        host = self.server
        self._note()
        if host.always is not None and host.always.kind == "dribble":
            with contextlib.suppress(_Gone):
                self._begin("application/json")
                self._break(host.always)
            return
        match self.path:
            case "/":
                self._send(200, "text/plain; charset=utf-8", b"Ollama is running")
            case "/api/version":
                self._json({"version": "0.24.0"})
            case "/api/tags":
                self._json({"models": [{"name": tagged(name)} for name in host.models]})
            case "/api/ps":
                self._json({"models": host.resident()})
            case "/stats":
                self._json(host.stats())
            case _:
                self._send(404, "text/plain", b"404 page not found")

    def do_POST(self) -> None:
        host = self.server
        self._note()
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            body = json.loads(data)
        except ValueError:
            return self._json({"error": "unexpected EOF"}, 400)
        if self.path not in ("/api/chat", "/api/show"):
            return self._send(404, "text/plain", b"404 page not found")
        if tagged(body.get("model", "")) not in map(tagged, host.models):
            return self._json({"error": f"model '{body.get('model', '')}' not found"}, 404)
        if self.path == "/api/show":
            return self._json({"capabilities": ["completion"], "template": "{{ .Prompt }}"})
        if not body["messages"]:
            host.load(body)
            reason = "unload" if body.get("keep_alive") == 0 else "load"
            done = {"done": True, "done_reason": reason}
            return self._json({"message": {"role": "assistant", "content": ""}, **done})
        return self._chat(body)

    def _note(self) -> None:
        with self.server.changed:
            self.server.paths.append(f"{self.command} {self.path}")

    def _chat(self, body: dict[str, Any]) -> None:
        host = self.server
        with host.changed:
            host.requests.append(body)
            host.changed.notify_all()
        fault = host.next_fault()
        match fault:
            case Fault(kind="status"):
                return self._json({"error": "server busy"}, fault.status)
            case Fault(kind="html"):
                return self._send(200, "text/html", b"<html><body>It works!</body></html>")
        context = min(body.get("options", {}).get("num_ctx", 4096), host.most_context)
        if body.get("truncate") is False and _prompt_tokens(body) > context:
            return self._json({"error": "the input length exceeds the context length"}, 400)
        try:
            with host.generation(lambda: self._pace(0)):
                self._generate(body, fault)
        except (_Gone, ConnectionError):
            self.close_connection = True
            host.count("aborted")

    def _generate(self, body: dict[str, Any], fault: Fault | None) -> None:
        host = self.server
        host.load(body)
        if fault is not None and fault.kind == "slow":
            self._pace(fault.seconds)
        prompt_tokens = _prompt_tokens(body)
        read_in = host.read_prompt(json.dumps(body["messages"]), prompt_tokens)
        written, tokens = host.text_for(body)
        limit = body.get("options", {}).get("num_predict", -1)
        reason = "stop" if limit < 0 or len(tokens) <= limit else "length"
        if reason == "length":
            tokens = tokens[:limit]
        if fault is None or fault.kind == "slow" or fault.after > 0:
            # The status is sent with the first token, as by Ollama.
            self._pace()
        broken = fault if fault is not None and fault.kind != "slow" else None
        if not (broken and broken.after == 0 and broken.kind in ("silence", "reset")):
            self._begin("application/x-ndjson")
        thinks = written.rfind("<think>") > written.rfind("</think>")
        for index, token in enumerate(tokens):
            if broken is not None and broken.after <= index:
                return self._break(broken)
            if index:
                self._pace()
            thinks, message = self._message(token, thinks)
            self._line({"model": body["model"], "message": message, "done": False})
            host.count("generated")
        if broken is not None:
            return self._break(broken)
        self._line(
            {
                "model": body["model"],
                "message": {"role": "assistant", "content": ""},
                "done": True,
                "done_reason": reason,
                "total_duration": 2_000_000_000,
                "load_duration": 50_000_000,
                "prompt_eval_count": prompt_tokens,
                "prompt_eval_duration": round(read_in * 1e9),
                "eval_count": len(tokens),
            }
        )
        self.wfile.write(b"0\r\n\r\n")
        return None

    def _message(self, token: str, thinks: bool) -> tuple[bool, dict[str, str]]:
        """A token as a message, and whether the next one is thinking."""
        if not self.server.thinking_field:
            return thinks, {"role": "assistant", "content": token}
        if token in ("<think>", "</think>"):
            return token == "<think>", {"role": "assistant", "content": ""}
        key = "thinking" if thinks else "content"
        return thinks, {"role": "assistant", "content": "", key: token}

    def _break(self, fault: Fault) -> None:
        # The connection stays open after an error line, as with a real host.
        self.close_connection = fault.kind not in ("error", "garbage", "types")
        match fault.kind:
            case "silence":
                self._pace(3600)
            case "reset":
                reset(self.connection)
            case "eof":
                self.wfile.write(b"0\r\n\r\n")
            case "cut":
                self.wfile.write(b'40\r\n{"model":"phi4')
            case "error":
                text = "an error was encountered while running the model: unexpected EOF"
                self._line({"error": text})
                self.wfile.write(b"0\r\n\r\n")
            case "garbage":
                self._chunk(b"\x00\xffgarbage\n")
                self.wfile.write(b"0\r\n\r\n")
            case "types":
                self._line({"message": {"content": ["not", "text"]}, "done": False})
                self.wfile.write(b"0\r\n\r\n")
            case "huge":
                while True:
                    self._chunk(b"x" * 65_536)
                    self._pace(0.0)
            case "dribble":
                while True:
                    self._chunk(b" ")
                    self._pace(0.1)

    def _pace(self, seconds: float | None = None) -> None:
        """Wait for the duration of one token; raises if the client disconnects."""
        if seconds is None:
            speed = self.server.tokens_per_second
            seconds = 1 / speed if speed else 0.0
        readable, _, _ = select.select([self.connection], [], [], seconds)
        if readable and not self._peek():
            raise _Gone

    def _peek(self) -> bytes:
        if not isinstance(self.connection, ssl.SSLSocket):
            return bytes(self.connection.recv(1, socket.MSG_PEEK))
        # TLS has no MSG_PEEK; a waiting client sends nothing, so readable data means its end.
        return bytes(self.connection.recv(1))

    def _begin(self, content_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _line(self, value: Mapping[str, Any]) -> None:
        self._chunk(json.dumps(value, ensure_ascii=False).encode() + b"\n")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def _json(self, value: Mapping[str, Any], status: int = 200) -> None:
        self._send(status, "application/json; charset=utf-8", json.dumps(value).encode())

    def _send(self, status: int, content_type: str, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _prompt_tokens(body: Mapping[str, Any]) -> int:
    return sum(len(tokens_of(message["content"])) for message in body["messages"])


def tagged(name: str) -> str:
    return name if ":" in name else f"{name}:latest"


def reset(connection: socket.socket) -> None:
    """End a connection with RST, as the kernel does for a process that was killed with data unread."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # This wakes the thread that uses the connection; the RST is sent when it closes it.
        connection.shutdown(socket.SHUT_RD)
        connection.close()
