"""Client of an Ollama host: streamed generations with deadlines, and short calls."""

from __future__ import annotations

import json
import random as random_module
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from stepwise.config import Settings
from stepwise.errors import ModelError, ModelTimeout, StepwiseError
from stepwise.ollama.circuit_breaker import Breaker
from stepwise.ollama.exchange import Exchange
from stepwise.ollama.failures import Unreachable, check, failure, in_protocol, unavailable
from stepwise.ollama.generation import TICK_SECONDS, Generation
from stepwise.ollama.port import Prompt
from stepwise.ollama.protocol import (
    ResidentModel,
    launch_attributes,
    parse_object,
    resident_models,
    same_model,
)
from stepwise.ollama.token_count import MultiByteTokens
from stepwise.ollama.transport import PooledTransport

__all__ = ["Generation", "Loaded", "OllamaClient", "ResidentModel"]

FIRST_BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS = 0.25, 2.0
"""The n-th wait is a random part of 0.25 s · 2ⁿ ("full jitter",
https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/)."""
MAX_OBJECT_BYTES = 16 * 1024 * 1024
"""``/api/show`` sends licence, template and tensors in one line."""
SHORT_SECONDS = 5.0
PROBE_SECONDS = 1.0


@dataclass(frozen=True)
class Loaded:
    """Result of a load. Times in milliseconds, by our clock and by the host's."""

    took_ms: int
    load_ms: int


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
        self.tokens_per_character = MultiByteTokens()
        self.breaker = Breaker(self._alive, clock=clock)

    def __enter__(self) -> OllamaClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def generate(self, prompt: Prompt, *, deadline: float) -> Generation:
        """A generation that begins when iterated and ends by *deadline* (on the clock)."""
        return Generation(self, prompt, deadline)

    def load(self, *, timeout: float | None = None) -> Loaded:
        """Load the model as every real request does, within *timeout* seconds.

        Raises:
            ModelUnavailable, ModelError, ModelTimeout.
        """
        settings = self._settings
        body = {
            "model": settings.model_name,
            "messages": [],
            "stream": False,
            **launch_attributes(num_ctx=settings.num_ctx, keep_alive=settings.keep_alive),
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
        """The models in the host's memory (``GET /api/ps``)."""
        with in_protocol():
            return resident_models(self._call("GET", "/api/ps"))

    def context_length(self) -> int | None:
        """Tokens that the loaded model's context holds; None where the host does not say."""
        try:
            found = [each for each in self.resident() if same_model(each.name, self._settings.model_name)]
        except StepwiseError:
            return None  # the generation that follows says what is wrong with the host
        return found[0].context_length if found else None

    def version(self, *, timeout: float = SHORT_SECONDS) -> str:
        """The host's version."""
        version = self._call("GET", "/api/version", limit=timeout).get("version")
        if not isinstance(version, str):
            raise failure(ModelError, "version_type")
        return version[:100]

    def close(self) -> None:
        """Close the pool; the next call opens another one."""
        with self._lock:
            http, self._http = self._http, None
        if http is not None:
            http.close()

    def exchange(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        *,
        max_line: int,
        reading: float = 0.0,
    ) -> Exchange:
        """Send one request, which the host may read for *reading* seconds; the caller closes the exchange."""
        http = self._pool()
        settings = self._settings
        request = http.build_request(
            method,
            f"{settings.ollama_host}{path}",
            # ASCII: a lone surrogate in a client's text can only be sent as an escape.
            content=None if body is None else json.dumps(body, allow_nan=False).encode("ascii"),
            headers={"Accept-Encoding": "identity", "Content-Type": "application/json"},
            timeout=httpx.Timeout(
                # The caller watches for silence; this limit is for a caller that is gone.
                settings.idle_timeout + reading + 2 * SHORT_SECONDS,
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
            return False  # the breaker stays open, which its opening has counted and logged
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
                except Unreachable as error:
                    raise unavailable(error) from error.__cause__
                if isinstance(item, bytes):
                    data += item
                if len(data) > MAX_OBJECT_BYTES:
                    raise failure(ModelError, "too_long")
        finally:
            exchange.close(complete=ended)
        with in_protocol():
            return parse_object(data)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
