"""Begin a run, or join the run of the same question; wait for a run that another function owns."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from stepwise.answering.caller import Caller
from stepwise.answering.dependencies import Dependencies
from stepwise.answering.ownership import Ownership
from stepwise.answering.timings import TIMINGS
from stepwise.answering.waiting import Looks
from stepwise.answering.work import Progress
from stepwise.coordination.coordination import Coordination
from stepwise.coordination.first_read import Seen
from stepwise.coordination.places import NOWHERE, QueuePlace
from stepwise.coordination.runs import Run
from stepwise.coordination.single_flight import Flight, flight_key
from stepwise.coordination.slots import Slot
from stepwise.coordination.transitions import FlightTaken, Held, PlaceTaken, with_a_slot
from stepwise.errors import QueueFull
from stepwise.observability import count, log_event, tolerated
from stepwise.plan import Plan
from stepwise.storage.table import Delete, TableError, TableUnavailable

__all__ = ["Begun", "begin", "begin_for", "find_slot", "forget", "look", "take_over", "watch", "withdraw"]

_MOST_REPLACED = 10
"""Times that the flight of a question may pass to another run while a request begins one."""


@dataclass(frozen=True)
class Begun:
    """A run, and its ownership if it is ours; None if another function owns it or it has ended."""

    run: Run
    ownership: Ownership | None


@dataclass(frozen=True)
class _Beginning:
    """A request that begins or joins a run; *wants_slot*: it works on the run at once."""

    deps: Dependencies
    shared: Coordination
    plan: Plan
    group: str
    waiter_id: str
    since: float
    correlation_id: str
    wants_slot: bool
    seen: Seen

    def begun(self) -> Begun:
        flight = self.seen.flight
        for _ in range(_MOST_REPLACED):
            joined = self._joined(flight) if flight else None
            if joined is not None:
                log_event("run joined", run_id=joined.id, jobs=self.waiter_id, kind=self.plan.kind)
                return Begun(joined, None)
            try:
                return self._new(flight.run_id if flight else None)
            except FlightTaken as taken:
                flight = taken.flight
        raise TableUnavailable("other runs of the question begin and end all the time")

    def _joined(self, flight: Flight) -> Run | None:
        """The run of *flight*, if it goes on or has succeeded since the client asked."""
        if flight.ended_at and flight.ended_at < round(self.since * 1000):
            return None
        run = self.shared.runs.join(flight.run_id, self.waiter_id) or self.shared.runs.get(flight.run_id)
        joined = run is not None and (self.waiter_id in run.waiters or _just_answered(run, self.since))
        return run if joined else None

    def _new(self, instead_of: str | None) -> Begun:
        unmarking = self._unmarking() if self.wants_slot else None
        if unmarking is not None:
            begun = with_a_slot(
                self._candidates(), lambda slot: self._begin(instead_of, slot=slot, wanted=unmarking)
            )
            if begun is not None:
                return begun
        number = self.shared.admission.number()
        while True:  # ends, as a place is taken each time that another answer was quicker
            try:
                return self._begin(instead_of, number=self._free_number() if number is None else number)
            except PlaceTaken:
                number = None

    def _free_number(self) -> int:
        """A place that is free.

        Raises:
            QueueFull
        """
        try:
            return self.shared.admission.free_number(self.shared.slots.free())
        except QueueFull as error:
            count("QueueFull")
            log_event("queue refused", jobs=self.waiter_id, retry_after=error.retry_after)
            raise

    def _unmarking(self) -> list[Delete] | None:
        """What removes the mark where nobody waits any more; None: others wait for the free slots."""
        if self.seen.mark is None:
            return []
        line = self.shared.admission.line
        waiting = line.seen(self.seen.mark).waiting
        if not waiting:
            return line.unmarking(self.seen.mark)
        return [] if self.shared.slots.free() > waiting else None

    def _candidates(self) -> Iterator[Slot]:
        """Free slots: two of those that were seen, then those that are free by now."""
        yield from self.seen.slots[:2]
        yield from self.shared.slots.find()

    def _begin(
        self,
        instead_of: str | None,
        *,
        slot: Slot | None = None,
        number: int = NOWHERE,
        wanted: Sequence[Delete] = (),
    ) -> Begun:
        flight = flight_key(self.plan)
        created = self.shared.runs.creating(
            secrets.token_hex(16),
            self.plan,
            group=self.group,
            waiter_id=self.waiter_id,
            place=number,
            correlation_id=self.correlation_id,
        )
        run = self.shared.transitions.begin(
            created, flight=flight, instead_of=instead_of, slot=slot, number=number, wanted=wanted
        )
        if slot is None:
            self.shared.admission.line.mark()
        log_event("run created", run_id=run.id, jobs=self.waiter_id, kind=self.plan.kind)
        return Begun(run, Ownership(self.deps, self.shared, run, self.plan, slot=slot))


def begin(
    deps: Dependencies,
    shared: Coordination,
    plan: Plan,
    *,
    group: str,
    waiter_id: str,
    since: float,
    correlation_id: str = "",
    wants_slot: bool = True,
    seen: Seen | None = None,
) -> Begun:
    """Join the run of the same question, or begin a new one: with a slot if one is free and wanted, else in the queue.

    A run that succeeded after *since* (epoch seconds, when the client asked) was in flight together with this
    request, so its result is used. *seen* is what was read of the fleet already.

    Raises:
        QueueFull: the queue has ``MAX_QUEUED`` answers.
        TableError: the table does not answer.
    """
    if seen is None:
        seen = shared.first_read.read(flight_key(plan), plan.model, slot=wants_slot)
    return _Beginning(deps, shared, plan, group, waiter_id, since, correlation_id, wants_slot, seen).begun()


def begin_for(
    deps: Dependencies,
    shared: Coordination,
    plan: Plan,
    caller: Caller,
    waiter_id: str,
    *,
    wants_slot: bool = True,
    seen: Seen | None = None,
) -> Begun | None:
    """Join or begin a run for *caller*; None where the table does not answer, and the answer is made without it.

    Raises:
        QueueFull: as many answers wait as may.
    """
    try:
        return begin(
            deps,
            shared,
            plan,
            group=caller.partner,
            waiter_id=waiter_id,
            since=caller.since(deps),
            correlation_id=caller.correlation_id,
            wants_slot=wants_slot,
            seen=seen,
        )
    except TableError as error:
        tolerated(error, "table_unavailable", "no run was made: the answer is computed alone")
        return None


def _just_answered(run: Run, since: float) -> bool:
    return run.status == "succeeded" and run.ended_at >= round(since * 1000)


def take_over(
    deps: Dependencies,
    shared: Coordination,
    run: Run,
    plan: Plan,
    *,
    on_sign_of_life: Callable[[], None] = lambda: None,
    slot: Slot | None = None,
) -> Ownership:
    """The ownership of a run that was just taken, with its *slot* if there is one already."""
    log_event("run taken over", run_id=run.id, fence=run.fence, attempts=run.attempts, tokens=run.tokens)
    return Ownership(deps, shared, run, plan, slot=slot, on_sign_of_life=on_sign_of_life)


def find_slot(deps: Dependencies, shared: Coordination, ownership: Ownership, *, until: float) -> bool:
    """Try to get a slot for a second, or until *until* (monotonic clock); not if others wait for the free ones.

    Returns whether the owner has one.
    """
    if ownership.slot is not None:
        return True
    ahead = shared.admission.ahead_of(ownership.run.id, ownership.run.since)
    if ahead and shared.slots.free() <= ahead:
        return False
    end = min(until, deps.monotonic() + TIMINGS.request_slot_patience)
    while not ownership.take_slot():
        if deps.monotonic() + TIMINGS.request_slot_poll > end:
            return False
        deps.sleep(TIMINGS.request_slot_poll)
    return True


def withdraw(shared: Coordination, run: Run, waiter_id: str) -> bool:
    """Remove *waiter_id* from the run; without other waiters the run is cancelled. Returns whether it was cancelled.

    The owner of a running run notices it and frees what it holds; what a queued run has is freed here.
    """
    if not shared.runs.cancel(run.id, waiter_id):
        return False
    log_event("run cancelled", run_id=run.id, jobs=waiter_id, tokens=run.tokens)
    if run.status == "queued":
        forget(shared, run)
    return True


def forget(shared: Coordination, run: Run) -> None:
    """Free the place and the flight of a run that has failed or was cancelled while nobody owned it."""
    plan = shared.runs.plan(run.id)
    flight = flight_key(plan) if plan is not None else ""
    place = QueuePlace(run.place, run.id, run.since, run.fence)
    shared.transitions.let_go(run, Held(place, flight))


def watch(deps: Dependencies, shared: Coordination, run_id: str, *, until: float) -> tuple[Run | None, bool]:
    """Look at a run until it has ended, was taken over, or until *until*; see :func:`look`."""
    looks = Looks(deps, shared, until=until)
    while True:
        run, ours = look(deps, shared, run_id)
        pause = None if run is None or run.ended or ours else looks.pause(run)
        if pause is None:
            return run, ours
        deps.sleep(pause)


def look(deps: Dependencies, shared: Coordination, run_id: str) -> tuple[Run | None, bool]:
    """Read a run, and take it over if its owner's lease has expired.

    A run is not taken over while the model host still processes the prompt of its dead owner, as the host would
    process the same prompt twice.

    Returns the run (None if it does not exist any more) and whether it was taken over.
    """
    run = shared.runs.get(run_id)
    now = deps.clock()
    dead = run is not None and run.status == "running" and not run.owned(now)
    if run is not None and dead and not Progress.from_dict(run.progress).reading_left(now):
        taken = shared.runs.take(run_id)
        if taken is not None:
            return taken, True
    return run, False
