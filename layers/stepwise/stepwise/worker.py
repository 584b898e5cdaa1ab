"""Go on with a run that did not fit in a request, or that its owner left behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stepwise.admission import Place
from stepwise.desk import Coordination, Desk
from stepwise.errors import (
    GenerationBroken,
    InternalError,
    ModelTimeout,
    ModelUnavailable,
    StepwiseError,
    stored,
)
from stepwise.joining import own
from stepwise.observability import count
from stepwise.ownership import Ownership
from stepwise.plans import Plan
from stepwise.runs import Run, RunLost
from stepwise.service import drain
from stepwise.slots import Slot
from stepwise.work import State, perform, store

__all__ = ["Message", "bury", "work_on"]

HOLD_SECONDS = 30.0
"""How long a message is held from others after a sign of life: what a killed worker's message is late by, at most."""
_HOLD_EVERY = 10.0
_SLOT_POLL = 0.5
_SLOT_PATIENCE = 120.0
_MARGIN = 15.0
"""Seconds that a worker keeps back of its own time to hand over."""
_MAX_ATTEMPTS = 8
_MAX_SILENT_ATTEMPTS = 3
_MAX_BREAKS = 30
_LONGEST_PAUSE = 60.0


@dataclass(frozen=True)
class Message:
    """A wake-up for a run. ``hold`` keeps it from other workers for some seconds more."""

    run_id: str
    hold: Callable[[float], None]


def work_on(desk: Desk, shared: Coordination, message: Message, *, remaining: Callable[[], float]) -> None:
    """Carry the run of *message* on, to its end or to the next hand-over. After this the message has had its use.

    *remaining* gives the seconds that this worker has left.

    Raises:
        TableError, QueueUnavailable: nothing is lost, the message comes again.
    """
    life = _SignsOfLife(desk, message)
    run = shared.runs.get(message.run_id)
    plan = shared.runs.plan(message.run_id)
    if run is None or run.ended or plan is None:
        return
    slot = _slot(desk, shared, run, life, remaining)
    if slot is None:
        _come_back(desk, shared, run.id)
        return
    taken = shared.runs.take(run.id)
    if taken is None:
        shared.slots.release(slot)
        _come_back(desk, shared, run.id)
        return
    ownership = own(desk, shared, taken, plan, on_sign_of_life=life)
    ownership.slot = slot
    _carry_on(desk, ownership, taken, plan, deadline=desk.monotonic() + remaining() - _MARGIN)


def _carry_on(desk: Desk, ownership: Ownership, run: Run, plan: Plan, *, deadline: float) -> None:
    state = State.from_dict(run.state)
    if run.attempts > _MAX_ATTEMPTS:
        ownership.fail(InternalError("This could not be worked on: it stopped the worker each time."))
        return
    deadline = min(deadline, desk.monotonic() + desk.settings.generation_timeout)
    try:
        result = drain(perform(desk, plan, state, ownership, deadline=deadline))
    except RunLost:
        ownership.let_go()
    except ModelTimeout as error:
        if desk.monotonic() >= deadline - 0.5:
            ownership.hand_over(state)
        else:
            _again_later(ownership, state, run.attempts, error, most=_MAX_SILENT_ATTEMPTS)
    except (ModelUnavailable, GenerationBroken) as error:
        _again_later(ownership, state, run.attempts, error, most=_MAX_ATTEMPTS)
    except StepwiseError as error:
        ownership.fail(error)
    else:
        store(desk, plan, result)
        try:
            ownership.succeed(result, state)
        except RunLost:
            ownership.let_go()


def _again_later(
    ownership: Ownership, state: State, attempts: int, error: StepwiseError, *, most: int
) -> None:
    """The model host is ill: try again after a pause that grows, until it has been ill for too long."""
    progress = state.tokens > ownership.run.tokens
    attempts = 0 if progress else attempts
    if attempts >= most or state.draft.breaks > _MAX_BREAKS:
        ownership.fail(error)
    else:
        ownership.hand_over(state, delay=min(_LONGEST_PAUSE, 2.0**attempts))


def _slot(
    desk: Desk, shared: Coordination, run: Run, life: Callable[[], None], remaining: Callable[[], float]
) -> Slot | None:
    """A slot as soon as one is free; None when the run has ended meanwhile or patience has."""
    end = desk.monotonic() + min(_SLOT_PATIENCE, remaining() - _MARGIN)
    while True:
        slot = shared.slots.acquire(run.id)
        if slot is not None or desk.monotonic() >= end:
            return slot
        desk.sleep(_SLOT_POLL)
        life()
        seen = shared.runs.get(run.id)
        if seen is None or seen.ended:
            return None


def _come_back(desk: Desk, shared: Coordination, run_id: str) -> None:
    """Somebody else owns the run, or no slot is free: see to it that a message is there should its owner die."""
    run = shared.runs.get(run_id)
    if run is None or run.ended:
        return
    lease_left = run.lease_until / 1000 - desk.clock()
    shared.queue.send(run_id, run.group, delay=max(1.0, lease_left + 1.0))


def bury(desk: Desk, shared: Coordination, run_id: str) -> None:
    """A message came back too often: the run has failed for good, unless somebody is at work on it."""
    run = shared.runs.get(run_id)
    if run is None or run.ended:
        return
    shared.admission.leave(Place(run.place, run.id, run.since))
    error = InternalError("This could not be worked on after several attempts.")
    if shared.runs.give_up(run_id, stored(error)):
        plan = shared.runs.plan(run_id)
        if plan is not None and plan.key:
            shared.flights.end(plan.key, run_id)
        count("Errors", code="dead_letter")
    else:
        _come_back(desk, shared, run_id)


class _SignsOfLife:
    """Holds the message from other workers, every ten seconds."""

    def __init__(self, desk: Desk, message: Message) -> None:
        self._desk = desk
        self._message = message
        self._next = 0.0
        self()

    def __call__(self) -> None:
        now = self._desk.monotonic()
        if now >= self._next:
            self._next = now + _HOLD_EVERY
            self._message.hold(HOLD_SECONDS)
