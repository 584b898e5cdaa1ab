"""Begin a run, or join the run of the same question; wait for a run that another function owns.

A run is in flight from its creation, but can be joined only after it is admitted: if it is refused (``QueueFull``),
only the client that began it is refused, and the next one tries again.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from stepwise.answering.caller import Caller
from stepwise.answering.dependencies import Dependencies
from stepwise.answering.ownership import Ownership
from stepwise.answering.timings import TIMINGS
from stepwise.answering.waiting import Looks
from stepwise.answering.work import Progress
from stepwise.coordination.admission import QueuePlace
from stepwise.coordination.coordination import Coordination
from stepwise.coordination.runs import ADMISSION_SECONDS, Run, RunLost
from stepwise.coordination.single_flight import flight_key
from stepwise.coordination.slots import Slot
from stepwise.errors import InternalError, QueueFull, stored
from stepwise.observability import count, log_event, tolerated
from stepwise.plan import Plan
from stepwise.storage.table import TableError, TableUnavailable

__all__ = ["Begun", "begin", "begin_for", "find_slot", "look", "take_over", "watch", "withdraw"]


@dataclass(frozen=True)
class Begun:
    """A run, and its ownership if it is ours; None if another function owns it or it has ended."""

    run: Run
    ownership: Ownership | None


def begin(
    deps: Dependencies,
    shared: Coordination,
    plan: Plan,
    *,
    group: str,
    waiter_id: str,
    since: float,
    correlation_id: str = "",
) -> Begun:
    """Join the run of the same question, or begin a new one.

    A run that succeeded after *since* (epoch seconds, when the client asked) was in flight together with this
    request, so its result is used.

    Raises:
        QueueFull: the queue has ``MAX_QUEUED`` answers.
        TableError: the table does not answer.
    """
    key = flight_key(plan)

    def create() -> Run:
        return shared.runs.create(
            secrets.token_hex(16), plan, group=group, waiter_id=waiter_id, correlation_id=correlation_id
        )

    run, joined = _joined_or_new(deps, shared, key, create, waiter_id=waiter_id, since=since)
    if joined:
        log_event("run joined", run_id=run.id, jobs=waiter_id, kind=plan.kind)
        return Begun(run, None)
    try:
        place = shared.admission.admit(run.id, group)
    except QueueFull as error:
        count("QueueFull")
        with contextlib.suppress(RunLost):  # somebody has ended it already
            shared.runs.fail(run, stored(error))
        if key:
            shared.single_flight.end(key, run.id)
        log_event("queue refused", run_id=run.id, jobs=waiter_id, retry_after=error.retry_after)
        raise
    try:
        run = shared.runs.place(run, place.number, place.since)
    except RunLost:
        shared.admission.release(place)
        raise TableUnavailable("admitted too late") from None
    log_event("run created", run_id=run.id, jobs=waiter_id, kind=plan.kind)
    return Begun(run, Ownership(deps, shared, run, plan, place))


def begin_for(
    deps: Dependencies, shared: Coordination, plan: Plan, caller: Caller, waiter_id: str
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
        )
    except TableError as error:
        tolerated(error, "table_unavailable", "no run was made: the answer is computed alone")
        return None


def _joined_or_new(
    deps: Dependencies,
    shared: Coordination,
    key: str,
    create: Callable[[], Run],
    *,
    waiter_id: str,
    since: float,
) -> tuple[Run, bool]:
    end = deps.monotonic() + 2 * ADMISSION_SECONDS
    while True:
        current = shared.single_flight.run_of(key) if key else None
        if current:
            run = shared.runs.join(current, waiter_id) or shared.runs.get(current)
            if run is not None and (waiter_id in run.waiters or _just_answered(run, since)):
                return run, True
            if run is not None and not run.ended and not shared.runs.abandon(run.id, stored(InternalError())):
                # Its owner is being admitted or refused; after a refusal the next client tries.
                if deps.monotonic() > end:
                    raise TableUnavailable("a run is not admitted and does not end")
                deps.sleep(TIMINGS.admission_poll)
                continue
        run = create()
        if not key or shared.single_flight.begin(key, run.id, instead_of=current):
            return run, False
        shared.runs.cancel(run.id, waiter_id)


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
    place = QueuePlace(run.place, run.id, run.since or run.created_at, run.fence)
    ownership = Ownership(deps, shared, run, plan, place, on_sign_of_life=on_sign_of_life)
    ownership.slot = slot
    try:
        ownership.keep_place()
    except (TableError, RunLost) as error:
        # The next heartbeat tries again or finds it lost.
        tolerated(error, "table_unavailable", "the place in the queue was not kept")
    return ownership


def find_slot(deps: Dependencies, shared: Coordination, *, until: float) -> Slot | None:
    """Try to get a slot for a second, or until *until* (monotonic clock); None if others wait for the free ones."""
    waiting = len(shared.admission.waiting())
    if waiting and shared.slots.free() <= waiting:
        return None
    end = min(until, deps.monotonic() + TIMINGS.request_slot_patience)
    while True:
        slot = shared.slots.acquire()
        if slot is not None or deps.monotonic() + TIMINGS.request_slot_poll > end:
            return slot
        deps.sleep(TIMINGS.request_slot_poll)


def withdraw(shared: Coordination, run: Run, waiter_id: str) -> bool:
    """Remove *waiter_id* from the run; without other waiters the run is cancelled. Returns whether it was cancelled.

    The owner of a running run notices it and frees its slot and place; those of a queued run are freed here.
    """
    if not shared.runs.cancel(run.id, waiter_id):
        return False
    log_event("run cancelled", run_id=run.id, jobs=waiter_id, tokens=run.tokens)
    if run.status == "queued":
        shared.admission.release(QueuePlace(run.place, run.id, run.since, run.fence))
        plan = shared.runs.plan(run.id)
        if plan is not None and plan.key:
            shared.single_flight.end(flight_key(plan), run.id)
    return True


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
