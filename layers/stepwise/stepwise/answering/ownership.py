"""Ownership of a run: heartbeats, saved progress, hand-over, end and release."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from stepwise.answering.dependencies import Dependencies
from stepwise.answering.timings import TIMINGS
from stepwise.answering.work import Progress, answer_to_store, store
from stepwise.coordination.coordination import Coordination
from stepwise.coordination.places import NOWHERE, QueuePlace
from stepwise.coordination.runs import Run, RunLost
from stepwise.coordination.single_flight import flight_key
from stepwise.coordination.slots import Slot
from stepwise.coordination.transitions import Held, SlotTaken, with_a_slot
from stepwise.errors import StepwiseError, stored
from stepwise.observability import count, log_event, logger, tolerated
from stepwise.plan import Plan
from stepwise.storage.table import TableError
from stepwise.storage.work_queue import QueueUnavailable

__all__ = ["Ownership"]


class Ownership:
    """One owner of one run, with its slot or its place in the queue.

    Each step is one transaction. A message is sent before the run is queued, so that a crash in between loses nothing.
    """

    def __init__(
        self,
        deps: Dependencies,
        shared: Coordination,
        run: Run,
        plan: Plan,
        *,
        slot: Slot | None = None,
        on_sign_of_life: Callable[[], None] = lambda: None,
    ) -> None:
        self.run = run
        self.plan = plan
        self.slot = slot
        self.reading_until = 0.0
        """In epoch seconds: the host reads a prompt in the slot, though its call is closed."""
        self._deps = deps
        self._shared = shared
        self._place = QueuePlace(run.place, run.id, run.since or run.created_at, run.fence)
        self._on_sign_of_life = on_sign_of_life
        now = deps.monotonic()
        self._next_check = now + TIMINGS.check
        self._next_save = now + TIMINGS.save
        self._saved_tokens = run.tokens
        self._began = now

    def take_slot(self) -> bool:
        """Try to get a free slot; the place in the queue is free then. Returns whether there was one."""
        return with_a_slot(self._shared.slots.find(), self._take_slot) or False

    def _take_slot(self, slot: Slot) -> bool:
        self._shared.transitions.take_slot(slot, self._place)
        self.slot, self._place = slot, replace(self._place, number=NOWHERE)
        return True

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
        try:
            self._shared.transitions.save(
                self.run,
                progress.as_dict(),
                self._held(progress.draft.reading_until),
                tokens=progress.tokens,
                advanced=self._advanced(progress),
            )
        except SlotTaken:
            # The slot's lease expired and another run has it: stop, and let a worker wait for a free one.
            self.slot = None
            self.hand_over(progress)
            raise RunLost(self.run.id) from None
        self._saved_tokens = progress.tokens

    def hand_over(self, progress: Progress, *, delay: float = 0) -> None:
        """Hand the run over to a worker, which continues from *progress* after *delay* seconds.

        The worker also waits until the model host has processed the prompt that was sent last.

        Raises:
            QueueUnavailable, TableError: it could not be handed over; the run is still ours.
            RunLost: it is not ours any more.
        """
        delay = max(delay, math.ceil(progress.reading_left(self._deps.clock())))
        self._shared.queue.send(self.run.id, self.run.group, delay=delay, fence=self.run.fence)
        self._shared.transitions.hand_over(
            self.run,
            progress.as_dict(),
            self._held(),
            tokens=progress.tokens,
            advanced=self._advanced(progress),
        )
        self._freed()
        if not self._place.waits:
            self._shared.admission.line.mark()
        count("HandOvers")
        log_event("run handed over", run_id=self.run.id, tokens=progress.tokens, delay_s=delay)

    def succeed(self, result: Mapping[str, Any], progress: Progress) -> bool:
        """End the run with *result* and store it as the answer to its question; returns whether it was stored.

        The flight of the run stays, for clients that asked before this moment.
        """
        answer = answer_to_store(self._deps, self.plan, result)
        seconds = (result["usage"]["duration_ms"] or 1) / 1000
        stored = self._shared.transitions.succeed(
            self.run,
            result,
            self._held(),
            tokens=progress.tokens,
            answer=answer,
            more=self._shared.average_duration.recording(seconds, tokens=progress.tokens),
        )
        self._freed()
        log_event("run succeeded", run_id=self.run.id, tokens=progress.tokens)
        # Alone it is told whether the one that is there is better or damaged.
        return stored or (answer is not None and store(self._deps, self.plan, result))

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
        self._shared.transitions.fail(self.run, stored(error), self._held())
        self._freed()

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
        held = replace(self._held(), place=replace(self._place, number=NOWHERE), flight="")
        try:
            run = self._shared.runs.get(self.run.id)
            if run is None or run.ended:
                held = replace(held, place=self._place)
            if run is None or run.status in ("failed", "cancelled"):
                held = replace(held, flight=flight_key(self.plan))
        finally:
            self._shared.transitions.let_go(self.run, held)
            self._freed()

    def free_slot(self) -> None:
        """Give the slot back; one in which the host still reads a prompt is free only when that is surely over."""
        if self.slot is not None:
            self._shared.transitions.free_slot(self.slot, until=self.reading_until)
            self._freed()

    def _freed(self) -> None:
        """Note that a step has freed the slot."""
        if self.slot is None:
            return
        self.slot = None
        left = self.reading_until - self._deps.clock()
        if left > 0:
            count("SlotsHeld")
            log_event("slot held while its prompt is read", run_id=self.run.id, seconds=round(left, 1))

    def _held(self, reading_until: float | None = None) -> Held:
        until = self.reading_until if reading_until is None else reading_until
        return Held(self._place, flight_key(self.plan), self.slot, until)

    def _advanced(self, progress: Progress) -> bool:
        return progress.tokens > self._saved_tokens
