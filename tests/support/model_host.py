"""A scriptable model host on the loopback interface: speaks Ollama's chat protocol, well or badly, on purpose.

With ``ModelHost("<think>…</think>The answer …") as host:`` it listens at ``host.url``. The text that it "generates" is
its script; a last message of role assistant that is a beginning of the script is continued exactly. It notices a
client that goes away, stops, and counts it in ``aborted``.

As a process of its own, for tests that kill it: ``python -m support.model_host --port 8001 --tokens-per-second 20
--tokens 1200`` (with ``tests`` on the path); ``GET /stats`` has its counts.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import select
import socket
import ssl
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any, Literal

__all__ = ["Fault", "ModelHost", "tokens_of"]

type Script = str | Callable[[dict[str, Any]], str | Iterable[str]]


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one generation.

    ``status`` and ``html`` happen instead of an answer; ``slow`` delays it by ``seconds`` and is else well; the others
    happen after ``after`` tokens: ``silence`` (nothing more, the connection stays), ``reset`` (RST), ``eof`` (a proper
    end without done), ``cut`` (the connection ends in the middle of a chunk), ``error`` (an error line), ``garbage``
    (a line that is not JSON), ``types`` (a line with wrong types), ``huge`` (a line without an end), ``dribble`` (a
    byte every 0.1 s and never a whole line; as ``always`` also for the short calls).
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
    """*text* in pieces about as long as a model's tokens; joined they are *text*."""
    return re.findall(r"</?think>|[ ]?[A-Za-z]{1,8}|[ ]?[0-9]|\s+|.", text, re.DOTALL)


class ModelHost:
    """A model host with a script. Counts are read by tests; all switches may be turned while it runs."""

    def __init__(
        self,
        script: Script = "<think>Two and three make five.</think>\n\nThe answer is \\boxed{5}.",
        *,
        tokens_per_second: float = 0.0,
        continues: bool = True,
        thinking_field: bool = False,
        models: Iterable[str] = ("phi4-mini-reasoning",),
        parallel: int = 0,
        load_seconds: float = 0.0,
        most_context: int = 1_000_000,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.script = script
        self.tokens_per_second = tokens_per_second
        """0: as fast as it goes."""
        self.continues = continues
        """False: a last message of role assistant is answered anew instead of being continued."""
        self.thinking_field = thinking_field
        """True: what stands in <think>…</think> is sent in message.thinking, as Ollama may from 0.30 on."""
        self.models = list(models)
        self.load_seconds = load_seconds
        self.most_context = most_context
        """More context than this is not given, without a word."""
        self.forgets = False
        """True: says that it loaded the model, and does not hold it."""
        self.faults: deque[Fault] = deque()
        """One for each of the next generations; then all goes well, unless there is an ``always``."""
        self.always: Fault | None = None

        self.requests: list[dict[str, Any]] = []
        """Bodies of the generations that were asked for, the refused ones too."""
        self.paths: list[str] = []
        """Every request: method and path."""
        self.loads: list[int] = []
        """Context lengths with which the model was loaded: a new entry is a reload."""
        self.generated = 0
        self.running = 0
        self.peak = 0
        self.aborted = 0
        self.connections = 0

        self.changed = threading.Condition()
        self._parallel = parallel or float("inf")
        self._context: int | None = None
        self._expires = "2026-01-01T00:00:00Z"
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self._threads: list[threading.Thread] = []
        self.port = port
        self._tls = tls
        self._fillers: list[socket.socket] = []

    @property
    def open(self) -> int:
        """Connections that are open now."""
        with self.changed:
            return len(self._open)

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    # Its life

    def __enter__(self) -> ModelHost:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        for thread in self._threads:
            thread.join(5)

    def start(self) -> None:
        """Listen; after ``kill`` or ``refuse`` on the same port as before."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(512)
        self.port = listener.getsockname()[1]
        self._listener = listener
        self._spawn(self._accept, listener)

    def refuse(self) -> None:
        """Close the listening socket: new connections are refused, those that are open go on."""
        listener, self._listener = self._listener, None
        if listener is not None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        while self._fillers:
            self._fillers.pop().close()

    def swallow_connections(self) -> None:
        """Go on listening but accept nothing, and fill the queue: connecting then takes for ever."""
        self.refuse()
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(0)
        self._listener = listener
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", self.port))
            self._fillers.append(filler)

    def kill(self) -> None:
        """Die: refuse, and reset every connection."""
        self.refuse()
        with self.changed:
            victims = list(self._open)
        for victim in victims:
            _reset(victim)
        self._context = None

    def wait_for(self, condition: Callable[[ModelHost], bool], timeout: float = 5.0) -> bool:
        """Wait until *condition* of this host holds; False if it does not in *timeout* seconds."""
        with self.changed:
            return self.changed.wait_for(lambda: condition(self), timeout)

    def stats(self) -> dict[str, int]:
        with self.changed:
            return {
                "requests": len(self.requests),
                "generated": self.generated,
                "running": self.running,
                "peak": self.peak,
                "aborted": self.aborted,
                "connections": self.connections,
                "loads": len(self.loads),
            }

    def _spawn(self, target: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True, name="model-host")
        self._threads = [old for old in self._threads if old.is_alive()] + [thread]
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, address = listener.accept()
            except OSError:
                return
            with self.changed:
                self.connections += 1
                self._open.add(connection)
                self.changed.notify_all()
            self._spawn(self._serve, connection, address)

    def _serve(self, connection: socket.socket, address: Any) -> None:
        try:
            # A client that goes away in the middle is what this host is for.
            with contextlib.suppress(OSError, ValueError):
                if self._tls is not None:
                    connection = self._secured(connection, self._tls)
                _Handler(connection, address, self)  # type: ignore[arg-type]
        finally:
            with self.changed:
                self._open.discard(connection)
                self.changed.notify_all()
            connection.close()

    def _secured(self, connection: socket.socket, context: ssl.SSLContext) -> socket.socket:
        with self.changed:
            self._open.discard(connection)
        secure = context.wrap_socket(connection, server_side=True)
        with self.changed:
            self._open.add(secure)
        return secure

    # What it knows

    def load(self, body: Mapping[str, Any]) -> None:
        """Have the model in memory with the context of *body*; another context than before loads it again."""
        context = min(body.get("options", {}).get("num_ctx", 4096), self.most_context)
        keep = body.get("keep_alive")
        with self.changed:
            self._expires = "2319-03-06T03:15:34Z" if keep == -1 else "2027-01-01T00:00:00Z"
            if keep == 0 or self.forgets:
                self._context = None
                return
            if context == self._context:
                return
            self._context = context
            self.loads.append(context)
            self.changed.notify_all()
        time.sleep(self.load_seconds)

    def resident(self) -> list[dict[str, Any]]:
        with self.changed:
            if self._context is None:
                return []
            name = _tagged(self.models[0])
            return [
                {
                    "name": name,
                    "model": name,
                    "size": 1,
                    "size_vram": 1,
                    "context_length": self._context,
                    "expires_at": self._expires,
                }
            ]

    def next_fault(self) -> Fault | None:
        with self.changed:
            return self.faults.popleft() if self.faults else self.always

    def text_for(self, body: dict[str, Any]) -> tuple[str, list[str]]:
        """What an earlier call has already written, and the tokens that come now."""
        script = self.script(body) if callable(self.script) else self.script
        tokens = tokens_of(script) if isinstance(script, str) else list(script)
        last = body["messages"][-1]
        prefill = last["content"] if last["role"] == "assistant" and self.continues else ""
        if not prefill or not "".join(tokens).startswith(prefill):
            return "", tokens
        left = len(prefill)
        for index, token in enumerate(tokens):
            if left < len(token):
                return prefill, [token[left:], *tokens[index + 1 :]]
            left -= len(token)
        return prefill, []

    @contextlib.contextmanager
    def generation(self, waiting: Callable[[], None]) -> Iterator[None]:
        """A place among those that run at a time; the others wait without a word, as at Ollama."""
        while True:
            with self.changed:
                if self.running < self._parallel or self.changed.wait_for(
                    lambda: self.running < self._parallel, 0.05
                ):
                    self.running += 1
                    self.peak = max(self.peak, self.running)
                    self.changed.notify_all()
                    break
            waiting()
        try:
            yield
        finally:
            with self.changed:
                self.running -= 1
                self.changed.notify_all()

    def count(self, what: Literal["generated", "aborted"]) -> None:
        with self.changed:
            setattr(self, what, getattr(self, what) + 1)
            self.changed.notify_all()


class _Gone(Exception):
    """The client closed its connection."""


class _Handler(BaseHTTPRequestHandler):
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
                self._json({"models": [{"name": _tagged(name)} for name in host.models]})
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
        if _tagged(body.get("model", "")) not in map(_tagged, host.models):
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
        written, tokens = host.text_for(body)
        limit = body.get("options", {}).get("num_predict", -1)
        reason = "stop" if limit < 0 or len(tokens) <= limit else "length"
        if reason == "length":
            tokens = tokens[:limit]
        if fault is None or fault.kind == "slow" or fault.after > 0:
            # The status comes with the first token, as at Ollama.
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
                "prompt_eval_count": sum(len(tokens_of(m["content"])) for m in body["messages"]),
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
        self.close_connection = True
        match fault.kind:
            case "silence":
                self._pace(3600)
            case "reset":
                _reset(self.connection)
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
        """Wait for the time of one token; raises if the client goes away meanwhile."""
        if seconds is None:
            speed = self.server.tokens_per_second
            seconds = 1 / speed if speed else 0.0
        readable, _, _ = select.select([self.connection], [], [], seconds)
        if readable and not self._peek():
            raise _Gone

    def _peek(self) -> bytes:
        if not isinstance(self.connection, ssl.SSLSocket):
            return bytes(self.connection.recv(1, socket.MSG_PEEK))
        # TLS cannot peek; a client that waits for an answer sends nothing but the end.
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


def _tagged(name: str) -> str:
    return name if ":" in name else f"{name}:latest"


def _reset(connection: socket.socket) -> None:
    """End a connection with RST, as the kernel does for a process that was killed with data unread."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # This wakes the thread that works on the connection; the RST goes out when it lets go of it.
        connection.shutdown(socket.SHUT_RD)
        connection.close()


def _numbered(count: int) -> list[str]:
    """A script of *count* tokens that no two places of look alike, with thinking and a final answer."""
    ending = ["</think>", "\n\n", "The", " answer", " is", " \\boxed{42}", "."]
    return ["<think>", *(f" w{index}" for index in range(count - len(ending) - 1)), *ending]


def main() -> None:
    parser = argparse.ArgumentParser(description="A scriptable model host.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tokens-per-second", type=float, default=50.0)
    parser.add_argument("--tokens", type=int, default=1200)
    parser.add_argument("--model", default="phi4-mini-reasoning")
    parser.add_argument("--parallel", type=int, default=0)
    arguments = parser.parse_args()
    tokens = _numbered(arguments.tokens)
    host = ModelHost(
        lambda _: tokens,
        tokens_per_second=arguments.tokens_per_second,
        models=[arguments.model],
        parallel=arguments.parallel,
        port=arguments.port,
    )
    with host, contextlib.suppress(KeyboardInterrupt):
        print(host.url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
