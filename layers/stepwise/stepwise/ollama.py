"""The client of the model host: streamed generations with exact deadlines, and the host's few short calls.

What an answer is called that does not come through (the errors of ``stepwise.errors``; ``reason`` is for the logs):

=====================================================  ==============================================
refused, unknown name, no connection in time, 503,     ``ModelUnavailable`` (refused and 503 after retries)
the connection lost before a word of an answer
the breaker is open                                    ``ModelUnavailable`` at once
any other status (a missing model's 404 too: it is     ``ModelError``
our deployment that asked for it), not the protocol,
an error line or the end before the first token
error line, no ``done: true``, not the protocol,       ``GenerationBroken``
a reset or silence after the first token
silence before the first token, or past the deadline   ``ModelTimeout``
=====================================================  ==============================================
"""

from __future__ import annotations

import json
import random as random_module
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from stepwise.breaker import Breaker
from stepwise.config import Settings
from stepwise.errors import (
    GenerationBroken,
    ModelError,
    ModelTimeout,
    ModelUnavailable,
    StepwiseError,
)
from stepwise.ollama_exchange import End, Exchange, Failed, Head, LineTooLong
from stepwise.ollama_protocol import (
    Chunk,
    Done,
    Event,
    Finish,
    Garbage,
    Prompt,
    ResidentModel,
    ThinkingJoiner,
    UpstreamError,
    chat_body,
    failure,
    keep_alive_value,
    model_names,
    parse_line,
    parse_object,
    refusal_reason,
    resident_models,
)
from stepwise.ollama_transport import PooledTransport

__all__ = ["Chunk", "Event", "Finish", "Generation", "Loaded", "OllamaClient", "Prompt", "ResidentModel"]

TICK_SECONDS = 0.25
RETRIES = 4
FIRST_BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS = 0.25, 2.0
"""The n-th wait is a random part of 0.25 s · 2ⁿ ("full jitter",
https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/)."""
RETRY_AFTER_SECONDS = 5
"""What a client is told to wait when the model host cannot be reached."""
MAX_LINE_BYTES = 256 * 1024
"""A line holds one token; an answer that is not streamed is one line, 8,192 tokens long at most."""
MAX_OBJECT_BYTES = 16 * 1024 * 1024
"""``/api/show`` sends licence, template and tensors in one line."""
MAX_TEXT_CHARACTERS = 4_000_000
"""More text than this is not an answer; it would fill the memory until the deadline."""
SHORT_SECONDS = 5.0
LOST = "connection_lost"
PROBE_SECONDS = 1.0


@dataclass(frozen=True)
class Loaded:
    """A model was loaded, or was already; times in milliseconds, by our clock and by the host's."""

    took_ms: int
    load_ms: int


class _Unreachable(Exception):
    """The host cannot be reached; ``again`` if trying again may help."""

    def __init__(self, reason: str, *, again: bool) -> None:
        self.reason = reason
        self.again = again
        super().__init__(reason)


class OllamaClient:
    """One model host: a pool of 100 connections (20 kept alive) and a breaker. Thread-safe."""

    def __init__(
        self,
        settings: Settings,
        *,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        random: Callable[[], float] = random_module.random,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._transport = transport
        self.clock = clock
        self._random = random
        self._sleep = sleep
        self._lock = threading.Lock()
        self._http: httpx.Client | None = None
        self.breaker = Breaker(self._alive, clock=clock)

    def __enter__(self) -> OllamaClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def generate(self, prompt: Prompt, *, deadline: float) -> Generation:
        """A generation that begins when it is iterated and ends by *deadline* (on the clock)."""
        return Generation(self, prompt, deadline)

    def load(self, *, timeout: float | None = None) -> Loaded:
        """Load the model with the context and ``keep_alive`` of every real request; within *timeout* seconds.

        Raises:
            ModelUnavailable, ModelError, ModelTimeout.
        """
        settings = self._settings
        body = {
            "model": settings.model_name,
            "messages": [],
            "stream": False,
            "keep_alive": keep_alive_value(settings.keep_alive),
            "options": {"num_ctx": settings.num_ctx},
        }
        limit = settings.generation_timeout if timeout is None else timeout
        began = self.clock()
        answer = self._call("POST", "/api/chat", body, limit)
        load = answer.get("load_duration")
        said = answer.get("done") is True and answer.get("done_reason") != "unload"
        if not said or not (load is None or type(load) is int):
            raise failure(ModelError, "load_answer")
        self.breaker.succeeded()
        return Loaded(took_ms=_ms(self.clock() - began), load_ms=(load or 0) // 1_000_000)

    def resident(self) -> list[ResidentModel]:
        """What the host holds in memory (``GET /api/ps``)."""
        with _protocol():
            return resident_models(self._call("GET", "/api/ps"))

    def version(self, *, timeout: float = SHORT_SECONDS) -> str:
        """The host's version."""
        version = self._call("GET", "/api/version", limit=timeout).get("version")
        if not isinstance(version, str):
            raise failure(ModelError, "version_type")
        return version[:100]

    def models(self) -> list[str]:
        """Names of the models that the host has (``GET /api/tags``)."""
        with _protocol():
            return model_names(self._call("GET", "/api/tags"))

    def show(self, model: str) -> dict[str, Any]:
        """What the host knows about *model* (``POST /api/show``): template, capabilities, …"""
        return self._call("POST", "/api/show", {"model": model})

    def close(self) -> None:
        """Close the pool; the next call opens another one."""
        with self._lock:
            http, self._http = self._http, None
        if http is not None:
            http.close()

    def reset(self) -> None:
        """Forget connections and failures: after a SnapStart restore both belong to another time and place."""
        self.close()
        self.breaker = Breaker(self._alive, clock=self.clock)

    def exchange(self, method: str, path: str, body: Mapping[str, Any] | None, *, max_line: int) -> Exchange:
        """Send one request; the caller closes the exchange."""
        http = self._pool()
        settings = self._settings
        request = http.build_request(
            method,
            f"{settings.ollama_host}{path}",
            # ASCII: a lone surrogate in a client's text goes out as an escape instead of not at all.
            content=None if body is None else json.dumps(body, allow_nan=False).encode("ascii"),
            headers={"Accept-Encoding": "identity", "Content-Type": "application/json"},
            timeout=httpx.Timeout(
                # The caller looks after silence; this is for a caller that is gone.
                settings.idle_timeout + 2 * SHORT_SECONDS,
                connect=settings.connect_timeout,
                pool=settings.connect_timeout,
            ),
        )
        return Exchange(lambda: http.send(request, stream=True), clock=self.clock, max_line=max_line)

    def backoff(self, attempt: int) -> float:
        """Seconds to wait before attempt *attempt* + 1."""
        return self._random() * min(LONGEST_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2.0**attempt)

    def pause(self, seconds: float) -> None:
        self._sleep(seconds)

    @property
    def settings(self) -> Settings:
        return self._settings

    def _pool(self) -> httpx.Client:
        with self._lock:
            if self._http is None:
                transport = self._transport or PooledTransport(
                    secure=self._settings.ollama_host.startswith("https:"),
                    max_connections=100,
                    max_keepalive=20,
                )
                self._http = httpx.Client(transport=transport, trust_env=False, follow_redirects=False)
            return self._http

    def _alive(self) -> bool:
        try:
            self.version(timeout=PROBE_SECONDS)
        except StepwiseError:
            return False
        return True

    def _call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        limit: float = SHORT_SECONDS,
    ) -> dict[str, Any]:
        """One short call that answers with one JSON object, within *limit* seconds."""
        deadline = self.clock() + limit
        exchange = self.exchange(method, path, body, max_line=MAX_OBJECT_BYTES)
        data = b""
        ended = False
        try:
            while not ended:
                left = deadline - self.clock()
                if left <= 0:
                    raise failure(ModelTimeout, "deadline")
                item = exchange.take(min(TICK_SECONDS, left))
                if item is None:
                    continue
                try:
                    ended = check(item)
                except _Unreachable as error:
                    raise failure(
                        ModelUnavailable, error.reason, retry_after=RETRY_AFTER_SECONDS
                    ) from error.__cause__
                if isinstance(item, bytes):
                    data += item
                if len(data) > MAX_OBJECT_BYTES:
                    raise failure(ModelError, "too_long")
        finally:
            exchange.close(complete=ended)
        with _protocol():
            return parse_object(data)


class Generation:
    """A generation: iterate it once, in a ``with`` block.

    Yields Chunks of raw text, then exactly one Finish; and None, a tick, at least every quarter of a second in which
    nothing arrives, so that the caller can look at its own deadlines. Nothing is sent before the first step. After
    ``close`` (from any thread) the iteration ends without a Finish.
    """

    def __init__(self, client: OllamaClient, prompt: Prompt, deadline: float) -> None:
        self._client = client
        self._prompt = prompt
        self._deadline = deadline
        self._exchange: Exchange | None = None
        self._lock = threading.Lock()
        self._closed = False
        self._characters = 0
        self._tokens = 0
        self._steps = self._run()

    def __enter__(self) -> Generation:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Event | None]:
        return self

    def __next__(self) -> Event | None:
        return next(self._steps)

    def close(self) -> None:
        """Stop: the connection is closed at once, also while a read is blocked. Idempotent."""
        with self._lock:
            self._closed = True
            exchange, self._exchange = self._exchange, None
        if exchange is not None:
            exchange.close()

    def _run(self) -> Iterator[Event | None]:
        client = self._client
        if not client.breaker.admits():
            raise failure(ModelUnavailable, "breaker_open", retry_after=RETRY_AFTER_SECONDS)
        for attempt in range(RETRIES + 1):
            try:
                yield from self._attempt()
            except _Unreachable as error:
                wait = client.backoff(attempt)
                if error.again and attempt < RETRIES and client.clock() + wait < self._deadline:
                    yield from self._pause(wait)
                    continue
                client.breaker.failed()
                raise failure(
                    ModelUnavailable, error.reason, retry_after=RETRY_AFTER_SECONDS
                ) from error.__cause__
            return

    def _pause(self, seconds: float) -> Iterator[None]:
        until = self._client.clock() + seconds
        while not self._closed and (left := until - self._client.clock()) > 0:
            self._client.pause(min(TICK_SECONDS, left))
            yield None

    def _attempt(self) -> Iterator[Event | None]:
        exchange = self._open()
        if exchange is None:
            return
        complete = False
        joiner = ThinkingJoiner(self._prompt.prefill)
        try:
            while not self._closed:
                item = exchange.take(min(TICK_SECONDS, self._time_left(exchange)))
                if self._closed:
                    return
                if isinstance(item, Head) and item.status != 503:
                    self._client.breaker.succeeded()
                if item is not None and check(item, begun=self._tokens > 0):
                    raise self._broken("no_done")
                if not isinstance(item, bytes) or not item.strip():
                    yield None
                    continue
                with _protocol(begun=self._tokens > 0):
                    line = parse_line(item)
                    text = joiner.join(line.thinking, line.content)
                    finish = None if line.done is None else self._finish(line.done, text)
                yield self._chunk(text, finish)
                if finish is not None:
                    complete = True
                    self._release(exchange)
                    exchange.close(complete=True)
                    yield finish
                    return
        finally:
            if not complete:
                self._release(exchange)
                exchange.close()

    def _open(self) -> Exchange | None:
        client, settings = self._client, self._client.settings
        if client.clock() >= self._deadline:
            raise failure(ModelTimeout, "deadline")
        body = chat_body(self._prompt, num_ctx=settings.num_ctx, keep_alive=settings.keep_alive)
        with self._lock:
            if self._closed:
                return None
            self._exchange = client.exchange("POST", "/api/chat", body, max_line=MAX_LINE_BYTES)
            return self._exchange

    def _release(self, exchange: Exchange) -> None:
        with self._lock:
            if self._exchange is exchange:
                self._exchange = None

    def _time_left(self, exchange: Exchange) -> float:
        """Seconds until the deadline or, when nothing has arrived, until the silence is too long."""
        now = self._client.clock()
        left = self._deadline - now
        if left <= 0:
            raise failure(ModelTimeout, "deadline")
        silence = self._client.settings.idle_timeout - (now - exchange.heard)
        if silence <= 0 and exchange.idle:
            raise failure(GenerationBroken if self._tokens else ModelTimeout, "silence")
        return min(left, max(silence, 0.0))

    def _chunk(self, text: str, finish: Finish | None) -> Chunk | None:
        if not text:
            return None
        self._characters += len(text)
        if self._characters > MAX_TEXT_CHARACTERS:
            raise self._broken("too_much_text")
        # An answer that is not streamed has all its tokens in its only line.
        tokens = max(1, finish.completion_tokens - self._tokens) if finish else 1
        self._tokens += tokens
        return Chunk(text, tokens)

    def _finish(self, done: Done, last_text: str) -> Finish:
        counted = self._tokens + bool(last_text)
        completion = counted if done.completion_tokens is None else done.completion_tokens
        match done.reason:
            case "stop" | "length" as reason:
                pass
            case None:
                # Ollama before 0.1.33 gave no reason.
                reason = "length" if completion >= self._prompt.num_predict else "stop"
            case _:
                raise Garbage("done_reason")
        return Finish(
            reason=reason,
            prompt_tokens=done.prompt_tokens or 0,
            completion_tokens=completion,
            load_ms=(done.load_ns or 0) // 1_000_000,
            total_ms=(done.total_ns or 0) // 1_000_000,
        )

    def _broken(self, reason: str) -> ModelError:
        return failure(GenerationBroken if self._tokens else ModelError, reason)


def check(item: Head | bytes | End | Failed, *, begun: bool = False) -> bool:
    """True if *item* is the end of the response; *begun* if a token has come.

    Raises:
        _Unreachable: the host cannot be reached.
        ModelError, GenerationBroken: the request failed in another way.
    """
    match item:
        case Head(status=503):
            raise _Unreachable("status_503", again=True)
        case Head(status=status, refusal=refusal) if status != 200:
            raise failure(ModelError, f"status_{status}:{refusal_reason(refusal)}")
        case Failed(error=httpx.ConnectError() as error):
            refused = "refused" in str(error).lower()
            raise _Unreachable("refused" if refused else "unreachable", again=refused) from error
        case Failed(error=(httpx.ConnectTimeout() | httpx.PoolTimeout()) as error):
            raise _Unreachable(_word(error), again=False) from error
        case Failed(error=LineTooLong() as error):
            raise failure(GenerationBroken if begun else ModelError, "line_too_long") from error
        case Failed(error=httpx.TransportError() as error, answered=False) if _word(error) == LOST:
            raise _Unreachable(LOST, again=False) from error
        case Failed(error=httpx.TransportError() as error):
            raise failure(GenerationBroken if begun else ModelError, _word(error)) from error
        case Failed(error=error):
            raise error
        case End():
            return True
        case _:
            return False


@contextmanager
def _protocol(*, begun: bool = False) -> Iterator[None]:
    """What the host said under the name that our caller knows."""
    kind = GenerationBroken if begun else ModelError
    try:
        yield
    except Garbage as error:
        raise failure(kind, f"garbage:{error}") from error
    except UpstreamError as error:
        raise failure(kind, f"error_line:{error}") from error


def _word(error: Exception) -> str:
    """What a transport error is called in the logs. Its text may hold an address, and its kind is often chance:
    a host that dies is an end of file or a reset, whichever comes first."""
    if isinstance(error, httpx.RemoteProtocolError):
        text = str(error).lower()
        return LOST if "disconnected" in text or "peer closed" in text else "not_http"
    return LOST if isinstance(error, httpx.NetworkError) else type(error).__name__


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
