"""When a waiter looks at another owner's run again: by the run's own pace, so that a wait costs few reads."""

from __future__ import annotations

import math

from stepwise.answering.dependencies import Dependencies
from stepwise.answering.timings import TIMINGS
from stepwise.coordination.average_duration import AnswerAverage
from stepwise.coordination.coordination import Coordination
from stepwise.coordination.runs import Run
from stepwise.coordination.slots import LEASE_SECONDS

__all__ = ["Looks", "next_pause", "retry_after", "seconds_to_end"]

_LONGEST_RETRY = 30


def seconds_to_end(run: Run, average: AnswerAverage, now: float) -> float:
    """Expected seconds until *run* ends, by its tokens and the average answer; less than 0 if it is overdue.

    A queued run also waits for its turn: for it this is only the work that is left. *now* is in epoch seconds.
    """
    written = run.tokens / average.tokens if average.tokens else 0.0
    left = average.seconds * (1 - written)
    if run.status == "queued":
        return left
    saved_at = run.lease_until / 1000 - LEASE_SECONDS  # its tokens are of that moment
    return left - max(0.0, now - saved_at)


def next_pause(to_end: float, left: float, *, waited: float, reads: int) -> float:
    """Seconds until the next look at a run; *left* is what is left of the wait.

    It is as long as the expected end is away, before it and after it, within ``look_soonest`` and ``look_latest``:
    the next look is at the expected end, and the looks after it become rarer. A wait of T seconds costs at most
    ``T / look_latest + spare_looks + 2`` reads, whatever is expected: *reads* is their number so far.
    """
    pause = TIMINGS.look_latest
    if reads < waited / TIMINGS.look_latest + TIMINGS.spare_looks:
        pause = min(pause, max(TIMINGS.look_soonest, abs(to_end)))
    return min(pause, left)


def retry_after(run: Run, average: AnswerAverage, now: float) -> int:
    """Seconds after which the client of a running run should look again, by the same estimate as a waiter."""
    return min(_LONGEST_RETRY, max(1, math.ceil(abs(seconds_to_end(run, average, now)))))


class Looks:
    """The looks of one waiter at one run, until *until* (on the monotonic clock)."""

    def __init__(self, deps: Dependencies, shared: Coordination, *, until: float) -> None:
        self._deps = deps
        self._shared = shared
        self._until = until
        self._began = deps.monotonic()
        self._reads = 0
        self._average: AnswerAverage | None = None

    def pause(self, run: Run) -> float | None:
        """Seconds until the next look, after one that found *run* unfinished; None if the wait is over."""
        self._reads += 1
        now = self._deps.monotonic()
        if now >= self._until:
            return None
        if self._average is None:
            self._average = self._shared.average_duration.per_answer()
        to_end = seconds_to_end(run, self._average, self._deps.clock())
        return next_pause(to_end, self._until - now, waited=now - self._began, reads=self._reads)
