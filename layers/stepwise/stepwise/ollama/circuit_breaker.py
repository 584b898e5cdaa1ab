"""Circuit breaker: repeated failures make calls fail at once until a probe.

Each execution environment has its own breaker. Powertools' ``circuit_breaker`` is not suitable: it keeps its state in a
DynamoDB table that every call reads, it wraps a function that returns (a generation is a stream that may fail minutes
after it began), and its probe is a real call, here one of up to 90 seconds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from stepwise.observability import count, logger

__all__ = ["Breaker"]


class Breaker:
    """Counts failures in a row and says whether a call may go out. Thread-safe.

    While it is open, a call first probes. There is one probe at a time, and after one that failed slowly (over
    ``cheap`` seconds, such as with a host that drops packets) the next is made ``interval`` seconds later. A host that
    refuses connections fails a probe within a millisecond, so there is no pause, and the first call after its return
    works.

    After a successful probe one failure opens the breaker again; a success closes it.
    """

    def __init__(
        self,
        probe: Callable[[], bool],
        *,
        clock: Callable[[], float],
        threshold: int = 5,
        interval: float = 1.0,
        cheap: float = 0.1,
    ) -> None:
        self._probe = probe
        self._clock = clock
        self._threshold = threshold
        self._interval = interval
        self._cheap = cheap
        self._lock = threading.Lock()
        self._failures = 0
        self._probing = False
        self._next_probe = float("-inf")

    @property
    def open(self) -> bool:
        """True while calls have to probe first."""
        with self._lock:
            return self._failures >= self._threshold

    def admits(self) -> bool:
        """Whether a call may be made now. Blocks for one probe at most."""
        with self._lock:
            if self._failures < self._threshold:
                return True
            began = self._clock()
            if self._probing or began < self._next_probe:
                return False
            self._probing = True
        alive = False
        try:
            alive = self._probe()
        finally:
            with self._lock:
                now = self._clock()
                self._probing = False
                self._next_probe = now + self._interval if now - began > self._cheap else now
                if alive:
                    self._failures = self._threshold - 1
        if alive:
            logger.info("breaker closed")
        return alive

    def succeeded(self) -> None:
        """Note that a call reached the host."""
        with self._lock:
            was_open, self._failures = self._failures >= self._threshold, 0
        if was_open:
            logger.info("breaker closed")

    def failed(self) -> None:
        """Note that a call did not reach the host."""
        with self._lock:
            self._failures += 1
            opened = self._failures == self._threshold
        if opened:
            count("BreakerOpened")
            logger.warning("breaker opened", extra={"failures": self._threshold})
