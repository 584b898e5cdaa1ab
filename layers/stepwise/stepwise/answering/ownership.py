"""Ownership of a run: heartbeats, saved progress, hand-over, end and release."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from stepwise.answering.dependencies import Dependencies
from stepwise.answering.timings import TIMINGS
from stepwise.answering.work import Progress
from stepwise.coordination.admission import QueuePlace
from stepwise.coordination.coordination import Coordination
from stepwise.coordination.runs import Run, RunLost
from stepwise.coordination.single_flight import flight_key
from stepwise.coordination.slots import Slot
from stepwise.errors import StepwiseError, stored
from stepwise.observability import count, log_event, logger, tolerated
from stepwise.plan import Plan
from stepwise.storage.table import TableError
from stepwise.storage.work_queue import QueueUnavailable

__all__ = ["Ownership"]


class Ownership:
    """One owner of one run, with its slot and its place in the queue.

    The steps of a hand-over and an end are ordered so that a crash between two of them loses nothing: the place is
    parked and a message sent before the run is queued, and a place is released before its run ends.
    """

    def __init__(
        self,
        deps: Dependencies,
        shared: Coordination,
        run: Run,
        plan: Plan,
        place: QueuePlace,
        *,
        on_sign_of_life: Callable[[], None] = lambda: None,
    ) -> None:
        self.run = run
        self.plan = plan
        self.slot: Slot | None = None
        self.reading_until = 0.0
        """In epoch seconds: the host reads a prompt in the slot, though its call is closed."""
        self._deps = deps
        self._shared = shared
        self._place = place
        self._on_sign_of_life = on_sign_of_life
        now = deps.monotonic()
        self._next_check = now + TIMINGS.check
        self._next_save = now + TIMINGS.save
        self._saved_tokens = run.tokens
        self._began = now

    def heartbeat(self, progress: Progress) -> None:
        """Save the progress and renew the leases, if it is time to; called at every token.

        Raises:
            RunLost: cancelled, or taken by another owner.
        """
        now = self._deps.monotonic()
        if now < self._next_check:
            return
        self._next_check = now + TIMINGS.check
        try:
            if now >= self._next_save:
                self._next_save = now + TIMINGS.save
                self._save(progress)
            else:
                self._look()
        except (TableError, QueueUnavailable) as error:
            tolerated(error, "table_unavailable", "a heartbeat was lost; the generation continues")
        self._on_sign_of_life()

    def _look(self) -> None:
        run = self._shared.runs.get(self.run.id)
        if run is None or run.status != "running" or run.fence != self.run.fence:
            raise RunLost(self.run.id)

    def _save(self, progress: Progress) -> None:
        self._shared.runs.save(
            self.run, progress.as_dict(), tokens=progress.tokens, advanced=self._advanced(progress)
        )
        self._saved_tokens = progress.tokens
        self.keep_place()
        until = progress.draft.reading_until
        if self.slot is not None and not self._shared.slots.renew(self.slot, until=until):
            # The slot's lease expired and another run has it: stop, and let a worker wait for a free one.
            self.slot = None
            self.hand_over(progress)
            raise RunLost(self.run.id)

    def keep_place(self) -> None:
        """Renew the lease of the place in the queue."""
        self._moved(self._shared.admission.renew(self._place, self.run.group))

    def hand_over(self, progress: Progress, *, delay: float = 0) -> None:
        """Hand the run over to a worker, which continues from *progress* after *delay* seconds.

        The worker also waits until the model host has processed the prompt that was sent last.

        Raises:
            QueueUnavailable, TableError: it could not be handed over; the run is still ours.
            RunLost: it is not ours any more.
        """
        delay = max(delay, math.ceil(progress.reading_left(self._deps.clock())))
        self._moved(self._shared.admission.park(self._place, self.run.group))
        self._shared.queue.send(self.run.id, self.run.group, delay=delay, fence=self.run.fence)
        self._shared.runs.hand_over(
            self.run, progress.as_dict(), tokens=progress.tokens, advanced=self._advanced(progress)
        )
        self.free_slot()
        count("HandOvers")
        log_event("run handed over", run_id=self.run.id, tokens=progress.tokens, delay_s=delay)

    def succeed(self, result: Mapping[str, Any], progress: Progress) -> None:
        """End the run with *result*. Its flight stays, for clients that asked before this moment."""
        self._shared.admission.release(self._place)
        self._shared.runs.succeed(self.run, result, tokens=progress.tokens)
        log_event("run succeeded", run_id=self.run.id, tokens=progress.tokens)
        self.free_slot()
        seconds = (result["usage"]["duration_ms"] or 1) / 1000
        self._shared.average_duration.record(seconds, tokens=progress.tokens)

    def fail(self, error: StepwiseError) -> None:
        """End the run without an answer, and log the reason."""
        count("RunsFailed", code=error.code)
        logger.warning(
            "run failed",
            extra={
                "run_id": self.run.id,
                "code": error.code,
                "reason": error.reason or type(error).__name__,
                "attempts": self.run.attempts,
            },
        )
        self._shared.admission.release(self._place)
        self._shared.runs.fail(self.run, stored(error))
        self._end_flight()
        self.free_slot()

    def abandon(self, progress: Progress, waiter_id: str) -> None:
        """Remove the waiter *waiter_id*: hand the run over if others wait for it, else cancel it.

        Raises:
            QueueUnavailable, TableError: it could not be handed over; the run is still ours.
            RunLost: it is not ours any more.
        """
        if self._shared.runs.cancel(self.run.id, waiter_id):
            log_event("run cancelled", run_id=self.run.id, tokens=progress.tokens)
            self.release()
        else:
            self.hand_over(progress)

    def release(self) -> None:
        """Free the slot, and the place and flight of a run that has ended; the run itself is not written."""
        try:
            run = self._shared.runs.get(self.run.id)
            if run is None or run.ended:
                self._shared.admission.release(self._place)
            if run is None or run.status in ("failed", "cancelled"):
                self._end_flight()
        finally:
            self.free_slot()

    def free_slot(self) -> None:
        """Give the slot back; one in which the host still reads a prompt is free only when that is surely over."""
        if self.slot is None:
            return
        slot, self.slot = self.slot, None
        left = self.reading_until - self._deps.clock()
        if left <= 0:
            self._shared.slots.release(slot)
            return
        self._shared.slots.hold(slot, self.reading_until)
        count("SlotsHeld")
        log_event("slot held while its prompt is read", run_id=self.run.id, seconds=round(left, 1))

    def _advanced(self, progress: Progress) -> bool:
        return progress.tokens > self._saved_tokens

    def _moved(self, place: QueuePlace) -> None:
        """Store the place in the run if it has changed."""
        if place != self._place:
            self._place = place
            self._shared.runs.place(self.run, place.number, place.since)

    def _end_flight(self) -> None:
        key = flight_key(self.plan)
        if key:
            self._shared.single_flight.end(key, self.run.id)
