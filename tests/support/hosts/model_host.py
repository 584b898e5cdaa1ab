"""A scriptable model host on the loopback interface that speaks Ollama's chat protocol, with faults on demand.

With ``ModelHost("<think>…</think>The answer …") as host:`` it listens at ``host.url``. The text that it "generates" is
its script; a last message of role assistant that is a beginning of the script is continued exactly. It notices a
client that goes away, stops, and counts it in ``aborted``.

As a process of its own, for tests that kill it: ``python -m support.hosts.model_host --port 8001 --tokens-per-second 20
--tokens 1200`` (with ``tests`` on the path); ``GET /stats`` has its counts.
"""

from __future__ import annotations

import argparse
import contextlib
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal

from support.hosts.model_host_wire import Fault, Handler, reset, tagged, tokens_of

__all__ = ["Fault", "ModelHost", "tokens_of"]

type Script = str | Callable[[dict[str, Any]], str | Iterable[str]]


class ModelHost:
    """A model host with a script. Tests read its counts; all switches may be changed while it runs."""

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
        seconds_per_prompt_token: float = 0.0,
        most_context: int = 1_000_000,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.script = script
        self.tokens_per_second = tokens_per_second
        """0: as fast as it goes."""
        self.continues = continues
        """False: a last message of role assistant is not continued; the answer is restarted."""
        self.thinking_field = thinking_field
        """True: text in <think>…</think> is sent in message.thinking, as Ollama may do from 0.30 on."""
        self.models = list(models)
        self.load_seconds = load_seconds
        self.seconds_per_prompt_token = seconds_per_prompt_token
        """How long it reads a prompt that it has not read before; it does not notice then that a client has gone."""
        self.read: set[str] = set()
        self.reading: list[str] = []
        self.read_twice = 0
        """Prompts that were sent while it read them already."""
        self.most_context = most_context
        """Longest context; a longer one is silently reduced to it."""
        self.forgets = False
        """True: it reports that the model was loaded, but does not keep it."""
        self.faults: deque[Fault] = deque()
        """The faults of the next generations; after them there are none, except for ``always``."""
        self.always: Fault | None = None

        self.requests: list[dict[str, Any]] = []
        """Bodies of all requests for generations, refused ones included."""
        self.paths: list[str] = []
        """Every request: method and path."""
        self.loads: list[int] = []
        """Context lengths with which the model was loaded; each entry is a load."""
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
        """Listen without accepting, and fill the backlog, so that connecting never ends."""
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
        """Refuse new connections and reset all open ones."""
        self.refuse()
        with self.changed:
            victims = list(self._open)
        for victim in victims:
            reset(victim)
        self._context = None

    def wait_for(self, condition: Callable[[ModelHost], bool], timeout: float = 5.0) -> bool:
        """Wait until *condition* holds; returns False after *timeout* seconds."""
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
            # Disconnecting clients are expected.
            with contextlib.suppress(OSError, ValueError):
                if self._tls is not None:
                    connection = self._secured(connection, self._tls)
                Handler(connection, address, self)  # type: ignore[arg-type]
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
        """Load the model with the context of *body*; a changed context loads it again."""
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

    def read_prompt(self, prompt: str, tokens: int) -> float:
        """Read a *prompt* of so many *tokens*; whoever sent it may go away meanwhile. Returns the seconds it took."""
        with self.changed:
            self.read_twice += prompt in self.reading
            known = prompt in self.read
            self.reading.append(prompt)
            self.changed.notify_all()
        began = time.monotonic()
        if not known:
            time.sleep(tokens * self.seconds_per_prompt_token)
        with self.changed:
            self.reading.remove(prompt)
            self.read.add(prompt)
            self.changed.notify_all()
        return time.monotonic() - began

    def resident(self) -> list[dict[str, Any]]:
        with self.changed:
            if self._context is None:
                return []
            name = tagged(self.models[0])
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
        """The text that an earlier call has written, and the tokens that follow."""
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
        """One of the parallel generations; further ones wait silently, as with Ollama."""
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


def _numbered(count: int) -> list[str]:
    """A script of *count* tokens without repetitions, with thinking and a final answer."""
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
