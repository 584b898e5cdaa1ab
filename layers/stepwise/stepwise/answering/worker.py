"""Continue a run that was handed over, or whose owner died."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stepwise.answering.dependencies import Dependencies
from stepwise.answering.joining import forget, take_over
from stepwise.answering.owner_life import Worker, owned
from stepwise.answering.ownership import Ownership
from stepwise.answering.timings import TIMINGS
from stepwise.answering.work import Progress, perform, run_to_result
from stepwise.coordination.coordination import Coordination
from stepwise.coordination.runs import Run, RunLost
from stepwise.coordination.slots import Slot
from stepwise.coordination.transitions import with_a_slot
from stepwise.errors import (
    InternalError,
    stored,
)
from stepwise.observability import correlated, count, logger
from stepwise.plan import Plan

__all__ = ["Message", "fail_dead_letter", "process_message"]


@dataclass(frozen=True)
class Message:
    """A queue message for a run. ``hold`` extends its visibility timeout by some seconds.

    ``fence`` is the fence of the owner that sent it during a hand-over, else 0.
    """

    run_id: str
    hold: Callable[[float], None]
    fence: int = 0


def process_message(
    deps: Dependencies, shared: Coordination, message: Message, *, remaining: Callable[[], float]
) -> None:
    """Continue the run of *message* to its end or to the next hand-over; then the message can be deleted.

    *remaining* gives the seconds that this worker has left.

    Raises:
        TableError, QueueUnavailable: the message must be delivered again; nothing is lost.
    """
    life = _SignsOfLife(deps, message)
    hosts = shared.hosts.keys()
    run, plan, found = shared.runs.with_plan(message.run_id, also=hosts)
    shared.hosts.receive(hosts, found)
    run = _handed_over(deps, shared, message, run)
    if run is None or run.ended:
        return
    with correlated(run.correlation_id, run_id=run.id, jobs=" ".join(sorted(run.waiters))):
        _work_on(deps, shared, run, plan, life, remaining)


def _work_on(
    deps: Dependencies,
    shared: Coordination,
    run: Run,
    plan: Plan | None,
    life: Callable[[], None],
    remaining: Callable[[], float],
) -> None:
    if plan is None:
        fail_dead_letter(deps, shared, run.id)
        return
    reading = Progress.from_dict(run.progress).reading_left(deps.clock())
    if reading > 0 and not run.owned(deps.clock()):
        _come_back(deps, shared, run.id, after=reading)
        return
    taken = None if run.owned(deps.clock()) else _taken(deps, shared, run, life, remaining)
    if taken is None:
        _come_back(deps, shared, run.id)
        return
    ownership = take_over(deps, shared, taken.run, plan, on_sign_of_life=life, slot=taken.slot)
    deadline = min(
        deps.monotonic() + remaining() - TIMINGS.worker_margin,
        deps.monotonic() + deps.settings.generation_timeout,
    )
    try:
        _carry_on(deps, ownership, plan, deadline=deadline)
    except RunLost:
        # The next owner may have received this same message a second time, and the message is deleted after this.
        _come_back(deps, shared, run.id)


def _handed_over(deps: Dependencies, shared: Coordination, message: Message, run: Run | None) -> Run | None:
    """The *run*. If its owner is still handing it over, wait for that: the message can arrive earlier."""
    end = deps.monotonic() + TIMINGS.hand_over
    while run is not None and run.fence == message.fence and run.owned(deps.clock()):
        if deps.monotonic() >= end:
            break
        deps.sleep(TIMINGS.hand_over_poll)
        run = shared.runs.get(message.run_id)
    return run


def _carry_on(deps: Dependencies, ownership: Ownership, plan: Plan, *, deadline: float) -> None:
    progress = Progress.from_dict(ownership.run.progress)
    with owned(deps, ownership, progress, Worker(deadline)) as succeed:
        if ownership.run.attempts > TIMINGS.max_attempts:
            raise InternalError("This could not be answered: each attempt ended without a result.")
        succeed(run_to_result(perform(deps, plan, progress, ownership, deadline=deadline)))


@dataclass(frozen=True)
class _Taken:
    run: Run
    slot: Slot


def _taken(
    deps: Dependencies,
    shared: Coordination,
    run: Run,
    life: Callable[[], None],
    remaining: Callable[[], float],
) -> _Taken | None:
    """Wait for a free slot and take the run with it.

    None if the run has ended or got an owner meanwhile, or after the longest wait.
    """
    end = deps.monotonic() + min(TIMINGS.worker_slot_patience, remaining() - TIMINGS.worker_margin)
    while True:
        try:
            taken = _taken_now(shared, run)
        except RunLost:
            return None  # it has an owner, has ended, or was handed over since: a new message finds out
        if taken is not None or deps.monotonic() >= end:
            return taken
        deps.sleep(TIMINGS.slot_poll)
        life()
        seen = shared.runs.get(run.id)
        if seen is None or seen.ended or seen.owned(deps.clock()):
            return None
        run = seen


def _taken_now(shared: Coordination, run: Run) -> _Taken | None:
    return with_a_slot(shared.slots.find(), lambda slot: _Taken(shared.transitions.take(run, slot), slot))


def _come_back(deps: Dependencies, shared: Coordination, run_id: str, *, after: float = 0.0) -> None:
    """Send a new message for a run that has another owner or found no slot, in case its owner dies.

    It is also sent, delayed by *after* seconds, while the model host still processes the prompt of a closed call.

    The visibility timeout of this message would do too, but each delivery counts towards the dead-letter queue.
    """
    run = shared.runs.get(run_id)
    if run is None or run.ended:
        return
    if deps.clock() - run.created_at / 1000 > TIMINGS.longest_run:
        # Lambda does not stop this loop (RecursiveLoop: Allow in template.yaml).
        # An owner that still works on the run may end it.
        count("Errors", code="run_too_old")
        logger.error("no message is sent for the run any more", extra={"run_id": run.id, "reason": "too_old"})
        _give_up(shared, run, InternalError("This took too long."))
        return
    lease_left = run.lease_until / 1000 - deps.clock()
    shared.queue.send(run_id, run.group, delay=max(1.0, lease_left + 1.0, after + 1.0))


def fail_dead_letter(deps: Dependencies, shared: Coordination, run_id: str) -> None:
    """Fail the run of a dead letter, unless an owner works on it."""
    run = shared.runs.get(run_id)
    if run is None or run.ended:
        return
    error = InternalError("This could not be answered after several attempts.")
    if not _give_up(shared, run, error):
        _come_back(deps, shared, run_id)
        return
    count("Errors", code="dead_letter")
    with correlated(run.correlation_id, run_id=run.id, jobs=" ".join(sorted(run.waiters))):
        logger.warning(
            "run failed", extra={"code": error.code, "reason": "dead_letter", "attempts": run.attempts}
        )


def _give_up(shared: Coordination, run: Run, error: InternalError) -> bool:
    """Fail *run* and free its place and flight; returns False if it has an owner."""
    if not shared.runs.give_up(run.id, stored(error)):
        return False
    forget(shared, run)
    return True


class _SignsOfLife:
    """Extends the message's visibility timeout every ten seconds."""

    def __init__(self, deps: Dependencies, message: Message) -> None:
        self._deps = deps
        self._message = message
        self._next = 0.0
        self()

    def __call__(self) -> None:
        now = self._deps.monotonic()
        if now >= self._next:
            self._next = now + TIMINGS.message_hold_every
            self._message.hold(TIMINGS.message_hold)
