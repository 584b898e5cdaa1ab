"""A usage plan's rate and burst: a token bucket for each API key."""

from __future__ import annotations

import time
from collections.abc import Callable

from stepwise_local.template.model import Throttle

__all__ = ["Throttling"]


class Throttling:
    """Admits *limits.rate* requests a second of each key, and *limits.burst* at once."""

    def __init__(self, limits: Throttle, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def admit(self, key: str) -> bool:
        """Whether one more request of *key* is within its plan now; counts it if so."""
        now = self._clock()
        tokens, then = self._buckets.get(key, (float(self._limits.burst), now))
        tokens = min(self._limits.burst, tokens + (now - then) * self._limits.rate)
        admitted = tokens >= 1
        self._buckets[key] = (tokens - admitted, now)
        return admitted
