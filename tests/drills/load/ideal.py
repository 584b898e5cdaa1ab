"""How long small partners wait at the least, beside one that keeps every slot at work."""

from __future__ import annotations

import heapq
import random
import statistics
from collections.abc import Callable

__all__ = ["times_as_long"]

_REQUESTS = 5_000


def times_as_long(
    rate: float, slots: int, length: Callable[[random.Random], float], *, seed: int = 1
) -> float:
    """How many times as long small partners' median is beside a large one, in a queue that puts them first.

    They send *rate* requests a second together, at any moment, and the next slot that is free is theirs. No answer is
    interrupted: a slot of the large partner is free when its answer has been written. *length* draws the seconds of an
    answer.
    """
    return _median(rate, slots, length, seed, beside=True) / _median(rate, slots, length, seed, beside=False)


def _median(
    rate: float, slots: int, length: Callable[[random.Random], float], seed: int, *, beside: bool
) -> float:
    chance = random.Random(seed)
    free = [length(chance) * chance.random() if beside else 0.0 for _ in range(slots)]
    heapq.heapify(free)
    now, found = 0.0, []
    for _ in range(_REQUESTS):
        now += chance.expovariate(rate)
        while beside and free[0] < now:
            heapq.heapreplace(free, free[0] + length(chance))  # the large partner's
        begin, seconds = max(free[0], now), length(chance)
        heapq.heapreplace(free, begin + seconds)
        found.append(begin + seconds - now)
    return statistics.median(found)
