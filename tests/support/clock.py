"""A clock that stands still until a test moves it."""

from __future__ import annotations

import threading

__all__ = ["Clock"]


class Clock:
    """A replacement for ``time.time`` and ``time.monotonic``, in seconds; ``sleep`` advances it without waiting."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self._now = now
        self._lock = threading.Lock()

    def __call__(self) -> float:
        with self._lock:
            return self._now

    def advance(self, seconds: float) -> None:
        """Advance the clock; a negative value raises ValueError."""
        if seconds < 0:
            raise ValueError("a clock goes forward only")
        with self._lock:
            self._now += seconds

    sleep = advance
