"""Begin a run or join the one that answers the same question already; wait for one that others own."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from stepwise.admission import Place
from stepwise.desk import Coordination, Desk
from stepwise.errors import QueueFull, stored
from stepwise.observability import count
from stepwise.ownership import Ownership
from stepwise.plans import Plan
from stepwise.runs import Run
from stepwise.slots import Slot
from stepwise.table import TableUnavailable

__all__ = ["Begun", "begin", "find_slot", "lose_interest", "own", "watch"]

_ATTEMPTS = 5
_SLOT_PATIENCE = 1.0
"""How long a request looks for a slot before it becomes a job."""
_POLL = 0.25


@dataclass(frozen=True)
class Begun:
    """A run, and our ownership of it: None when somebody else has it."""

    run: Run
    ownership: Ownership | None


def begin(desk: Desk, shared: Coordination, plan: Plan, *, group: str, ticket: str) -> Begun:
    """Join the run of the same question, or begin one.

    Raises:
        QueueFull: as many answers wait as may.
        TableError: the table does not answer.
    """
    run, joined = _joined_or_new(shared, plan, group, ticket)
    if joined:
        return Begun(run, None)
    try:
        place = shared.admission.admit(run.id, group)
    except QueueFull as error:
        count("QueueFull")
        shared.runs.fail(run, stored(error))
        if plan.key:
            shared.flights.end(plan.key, run.id)
        raise
    shared.runs.place(run, place.number, place.since)
    return Begun(run, Ownership(desk, shared, run, plan, place))


def _joined_or_new(shared: Coordination, plan: Plan, group: str, ticket: str) -> tuple[Run, bool]:
    for _ in range(_ATTEMPTS):
        current = shared.flights.run_of(plan.key) if plan.key else None
        if current and shared.runs.join(current, ticket):
            joined = shared.runs.get(current)
            if joined is not None:
                return joined, True
        run = shared.runs.create(secrets.token_hex(16), plan, group=group, ticket=ticket)
        if not plan.key or shared.flights.begin(plan.key, run.id, instead_of=current):
            return run, False
        shared.runs.cancel(run.id, ticket)
    raise TableUnavailable("the flight changes hands too often")


def own(
    desk: Desk,
    shared: Coordination,
    run: Run,
    plan: Plan,
    *,
    on_sign_of_life: Callable[[], None] = lambda: None,
) -> Ownership:
    """Our ownership of a run that we have just taken."""
    place = Place(run.place, run.id, run.since)
    shared.admission.keep(place, run.group)
    return Ownership(desk, shared, run, plan, place, on_sign_of_life=on_sign_of_life)


def find_slot(desk: Desk, shared: Coordination, owner: str, *, until: float) -> Slot | None:
    """A slot within a second (or by *until*, on the monotonic clock); none while others wait for one."""
    if shared.admission.waiting():
        return None
    end = min(until, desk.monotonic() + _SLOT_PATIENCE)
    while True:
        slot = shared.slots.acquire(owner)
        if slot is not None or desk.monotonic() + _POLL > end:
            return slot
        desk.sleep(_POLL)


def lose_interest(shared: Coordination, run: Run, ticket: str) -> bool:
    """Whoever holds *ticket* does not want the answer any more; True when nobody else does and the run is cancelled.

    A running one's owner sees it and cleans up after itself; of a waiting one nothing stays behind.
    """
    if not shared.runs.cancel(run.id, ticket):
        return False
    cancelled = shared.runs.get(run.id)
    if cancelled is not None and cancelled.fence == run.fence and run.status == "queued":
        shared.admission.leave(Place(run.place, run.id, run.since))
        plan = shared.runs.plan(run.id)
        if plan is not None and plan.key:
            shared.flights.end(plan.key, run.id)
    return True


def watch(desk: Desk, shared: Coordination, run_id: str, *, until: float) -> tuple[Run | None, bool]:
    """Wait until a run has ended or *until* has come; take it over when its owner has died.

    Returns the run as it is then (None: it is gone) and whether it is ours now.
    """
    pause = _POLL
    while True:
        run = shared.runs.get(run_id)
        if run is None or run.ended:
            return run, False
        if run.status == "running" and run.lease_until < round(desk.clock() * 1000):
            taken = shared.runs.take(run_id)
            if taken is not None:
                return taken, True
        left = until - desk.monotonic()
        if left <= 0:
            return run, False
        desk.sleep(min(pause, left))
        pause = min(1.0, pause * 1.2)
