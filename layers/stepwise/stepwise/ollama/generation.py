"""One generation: retries, deadline, heartbeats and the reason of its end."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from stepwise.config import Settings
from stepwise.errors import GenerationBroken, ModelError, ModelTimeout, StepwiseError
from stepwise.observability import log_event
from stepwise.ollama.circuit_breaker import Breaker
from stepwise.ollama.exchange import Exchange, Head
from stepwise.ollama.failures import Unreachable, check, failure, in_protocol, unavailable
from stepwise.ollama.port import Chunk, Event, Finish, Prompt
from stepwise.ollama.protocol import Done, Garbage, ThinkingJoiner, chat_body, parse_line
from stepwise.ollama.token_count import ChunkCounter, MultiByteTokens

__all__ = ["TICK_SECONDS", "Generation"]

TICK_SECONDS = 0.25
RETRIES = 4
MAX_LINE_BYTES = 256 * 1024
"""A line has one token; an answer that is not streamed is one line of at most 8,192 tokens."""
MAX_TEXT_CHARACTERS = 4_000_000
"""Most characters of an answer, so that an endless one does not fill the memory."""


class Host(Protocol):
    """What a generation needs of the client: its clock, its breaker, and a way to send a request."""

    @property
    def breaker(self) -> Breaker: ...

    @property
    def settings(self) -> Settings: ...

    @property
    def tokens_per_character(self) -> MultiByteTokens: ...

    def clock(self) -> float: ...

    def backoff(self, attempt: int) -> float: ...

    def pause(self, seconds: float) -> None: ...

    def exchange(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        *,
        max_line: int,
        reading: float = 0.0,
    ) -> Exchange: ...


class Generation:
    """A generation: iterate it once, in a ``with`` block.

    Yields Chunks of raw text, then exactly one Finish; and None, a tick, at least every quarter of a second in which
    nothing arrives, so that the caller can look at its own deadlines. Nothing is sent before the first step. After
    ``close`` (from any thread) the iteration ends without a Finish.
    """

    def __init__(self, client: Host, prompt: Prompt, deadline: float) -> None:
        self._client = client
        self._prompt = prompt
        self._deadline = deadline
        self._exchange: Exchange | None = None
        self._lock = threading.Lock()
        self._closed = False
        self._characters = 0
        self._tokens = 0
        self._counter = ChunkCounter(client.tokens_per_character)
        self._began: float | None = None
        self._steps = self._observed(self._run())

    def __enter__(self) -> Generation:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Event | None]:
        return self

    def __next__(self) -> Event | None:
        return next(self._steps)

    def close(self) -> None:
        """Close the connection at once, also while a read is blocked. Idempotent."""
        with self._lock:
            self._closed = True
            exchange, self._exchange = self._exchange, None
        if exchange is not None:
            exchange.close()
        self._log_end("closed")

    def _observed(self, steps: Iterator[Event | None]) -> Iterator[Event | None]:
        """*steps*, with a log line at the beginning and at the end."""
        self._began = self._client.clock()
        log_event(
            "generation began",
            model=self._prompt.model,
            continued=bool(self._prompt.prefill),
            num_predict=self._prompt.num_predict,
        )
        try:
            for event in steps:
                if isinstance(event, Finish):
                    self._log_end(event.reason, event.completion_tokens)
                yield event
        except StepwiseError as error:
            self._log_end(error.reason or error.code)
            raise
        except Exception as error:
            self._log_end(type(error).__name__)
            raise

    def _log_end(self, reason: str, tokens: int | None = None) -> None:
        """Log the first end of a generation that began: ``stop``, ``length``, ``closed`` or a fault."""
        with self._lock:
            began, self._began = self._began, None
        if began is None:
            return
        seconds = max(self._client.clock() - began, 0.001)
        written = self._tokens if tokens is None else tokens
        log_event(
            "generation ended",
            reason=reason,
            tokens=written,
            tokens_per_second=round(written / seconds, 1),
            ms=round(seconds * 1000),
        )

    def _run(self) -> Iterator[Event | None]:
        client = self._client
        if not client.breaker.admits():
            raise unavailable(Unreachable("breaker_open", again=False))
        for attempt in range(RETRIES + 1):
            try:
                yield from self._attempt()
            except Unreachable as error:
                wait = client.backoff(attempt)
                if error.again and attempt < RETRIES and client.clock() + wait < self._deadline:
                    yield from self._pause(wait)
                    continue
                client.breaker.failed()
                raise unavailable(error) from error.__cause__
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
                with in_protocol(begun=self._tokens > 0):
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
            self._exchange = client.exchange(
                "POST", "/api/chat", body, max_line=MAX_LINE_BYTES, reading=self._prompt.reading_seconds
            )
            return self._exchange

    def _release(self, exchange: Exchange) -> None:
        with self._lock:
            if self._exchange is exchange:
                self._exchange = None

    def _time_left(self, exchange: Exchange) -> float:
        """Seconds until the deadline, or until a silence is longer than allowed."""
        now = self._client.clock()
        left = self._deadline - now
        if left <= 0:
            raise failure(ModelTimeout, "deadline")
        reading = 0.0 if self._tokens else self._prompt.reading_seconds
        silence = self._client.settings.idle_timeout + reading - (now - exchange.heard)
        if silence <= 0 and exchange.idle:
            raise failure(GenerationBroken if self._tokens else ModelTimeout, "silence")
        return min(left, max(silence, 0.0))

    def _chunk(self, text: str, finish: Finish | None) -> Chunk | None:
        if not text:
            return None
        self._characters += len(text)
        if self._characters > MAX_TEXT_CHARACTERS:
            raise self._broken("too_much_text")
        # An answer that is not streamed has all tokens in one line.
        tokens = max(1, finish.completion_tokens - self._tokens) if finish else self._counter.tokens_of(text)
        self._tokens += tokens
        return Chunk(text, tokens)

    def _finish(self, done: Done, last_text: str) -> Finish:
        counted = self._tokens + bool(last_text)
        if done.completion_tokens is not None:
            self._counter.finish(done.completion_tokens)
        completion = counted if done.completion_tokens is None else done.completion_tokens
        match done.reason:
            case "stop" | "length" as reason:
                pass
            case None:
                # Older servers give no reason.
                reason = "length" if completion >= self._prompt.num_predict else "stop"
            case _:
                raise Garbage("done_reason")
        return Finish(
            reason=reason,
            prompt_tokens=done.prompt_tokens or 0,
            completion_tokens=completion,
            load_ms=(done.load_ns or 0) // 1_000_000,
            total_ms=(done.total_ns or 0) // 1_000_000,
            prompt_ms=(done.prompt_ns or 0) // 1_000_000,
        )

    def _broken(self, reason: str) -> ModelError:
        return failure(GenerationBroken if self._tokens else ModelError, reason)
