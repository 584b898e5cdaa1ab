"""Decide what happens to a run when its owner's work ends: succeed, hand over, retry, fail or release.

Requests, streams and workers own runs in the same way. The difference: a request or a stream reports an error to its
client at once, while a worker's message is delivered again.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from stepwise.answering.dependencies import Dependencies
from stepwise.answering.ownership import Ownership
from stepwise.answering.timings import TIMINGS
from stepwise.answering.work import Progress
from stepwise.coordination.runs import RunLost
from stepwise.errors import (
    GenerationBroken,
    InternalError,
    ModelTimeout,
    ModelUnavailable,
    QueueFull,
    StepwiseError,
)
from stepwise.observability import log_event, tolerated
from stepwise.storage.table import TableError
from stepwise.storage.work_queue import QueueUnavailable

__all__ = ["NOT_KEPT", "Client", "Decision", "NoFreeSlot", "Worker", "decide", "hand_over", "owned"]

NOT_KEPT = "The answer was not ready in time and could not be kept for later. Try again."
_SILENT = "The model host stayed silent for too long. Try again."
_NEAR = 0.5
"""Seconds around a worker's own deadline: a timeout within them is the worker's, not a silent host's."""


class NoFreeSlot(Exception):
    """All slots of the model host are taken: a worker continues when one is free."""


@dataclass(frozen=True)
class Client:
    """The owner is a request or a stream: an error is reported to its client at once."""

    waiter_id: str
    takes_job: bool
    """Whether it gets a job when the run is handed over."""


@dataclass(frozen=True)
class Worker:
    """The owner is a worker: after an unexpected error its message is delivered again."""

    deadline: float
    """On the monotonic clock."""


class Decision(StrEnum):
    """What happens to a run whose owner's work ended without an answer."""

    HAND_OVER = "hand over"
    """A worker continues it at once."""
    RETRY = "retry"
    """A worker continues it after a pause, for a limited number of times."""
    FAIL = "fail"
    """The run ends without an answer."""
    ABANDON = "abandon"
    """This client leaves: a worker continues it if other clients wait, else it is cancelled."""
    RELEASE = "release"
    """The run has another owner or has ended: free only the own slot and place."""
    EXPIRE = "expire"
    """Nothing is done: the lease expires, and the message is delivered again."""


def decide(error: BaseException, role: Client | Worker, now: float) -> Decision:
    """Decide what happens to a run whose owner's work ended with *error*; *now* is on the monotonic clock."""
    if isinstance(error, RunLost):
        return Decision.RELEASE
    transient = isinstance(error, ModelTimeout | ModelUnavailable | GenerationBroken)
    if isinstance(role, Worker):
        if isinstance(error, ModelTimeout) and now >= role.deadline - _NEAR:
            return Decision.HAND_OVER
        if transient:
            return Decision.RETRY
        return Decision.FAIL if isinstance(error, StepwiseError) else Decision.EXPIRE
    if isinstance(error, NoFreeSlot) or (isinstance(error, ModelTimeout) and role.takes_job):
        return Decision.HAND_OVER
    if transient or isinstance(error, QueueFull):
        return Decision.ABANDON
    return Decision.FAIL if isinstance(error, Exception) else Decision.ABANDON


@contextmanager
def owned(
    deps: Dependencies, ownership: Ownership, progress: Progress, role: Client | Worker
) -> Generator[Callable[[Mapping[str, Any]], bool]]:
    """Own a run while the block works on it from *progress*. Yields the function that ends the run with a result.

    It returns whether the result was stored as the answer to its question.

    After a hand-over, a retry or a loss to another owner the block ends without an error, as another function
    continues the run. Errors for the client are raised. The slot is always freed.

    Raises:
        RunLost: for a worker only, which makes sure that the next owner has a message.
        ModelTimeout: the run could not be handed over.
        TableError, QueueUnavailable: for a worker only; its message is delivered again.
    """
    ended = False

    def succeed(result: Mapping[str, Any]) -> bool:
        nonlocal ended
        ended = True
        return bool(_last_step(ownership, role, lambda: ownership.succeed(result, progress)))

    try:
        yield succeed
    except BaseException as error:
        if ended and not isinstance(error, RunLost):
            raise
        ownership.reading_until = progress.draft.reading_until
        decision = decide(error, role, deps.monotonic())
        try:
            settled = _carry_out(decision, error, ownership, progress, role)
        except RunLost:
            ownership.release()
            raise
        if not settled:
            raise
    finally:
        _last_step(ownership, role, ownership.free_slot)


def _carry_out(
    decision: Decision,
    error: BaseException,
    ownership: Ownership,
    progress: Progress,
    role: Client | Worker,
) -> bool:
    """Carry out *decision*; returns whether *error* is dealt with and must not be raised."""
    match decision:
        case Decision.RELEASE:
            _last_step(ownership, role, ownership.release)
            return isinstance(role, Client)
        case Decision.HAND_OVER:
            hand_over(ownership, progress, role)
            return True
        case Decision.RETRY:
            _retry(ownership, progress, error)
            return True
        case Decision.FAIL:
            told = error if isinstance(error, StepwiseError) else InternalError()
            _last_step(ownership, role, lambda: ownership.fail(told))
            return isinstance(role, Worker)
        case Decision.ABANDON if isinstance(role, Client):
            _last_step(ownership, role, lambda: ownership.abandon(progress, role.waiter_id))
    return False


def hand_over(ownership: Ownership, progress: Progress, role: Client | Worker) -> None:
    """Hand a run over to a worker.

    Raises:
        ModelTimeout: for a client: the run could not be handed over and has failed.
        RunLost, TableError, QueueUnavailable: for a worker.
    """
    if isinstance(role, Worker):
        ownership.hand_over(progress)
        return
    try:
        ownership.hand_over(progress)
    except RunLost:
        _last_step(ownership, role, ownership.release)
    except (QueueUnavailable, TableError):
        error = ModelTimeout(NOT_KEPT)
        _last_step(ownership, role, lambda: ownership.fail(error))
        raise error from None


def _retry(ownership: Ownership, progress: Progress, error: BaseException) -> None:
    """Hand a run over with a growing delay after a fault of the model host; fail it after too many attempts."""
    silent = isinstance(error, ModelTimeout)
    told = ModelTimeout(_SILENT) if silent else error
    if not isinstance(told, StepwiseError):
        raise TypeError("only errors that a client can be told of are retried")
    attempts = 0 if progress.tokens > ownership.run.tokens else ownership.run.attempts
    most = TIMINGS.max_silent_attempts if silent else TIMINGS.max_attempts
    if attempts >= most or progress.draft.breaks > TIMINGS.max_breaks:
        ownership.fail(told)
        return
    delay = min(TIMINGS.longest_pause, 2.0**attempts)
    reason = told.reason or type(told).__name__
    log_event("run retried later", code=told.code, reason=reason, attempts=attempts, delay_s=delay)
    ownership.hand_over(progress, delay=delay)


def _last_step[T](ownership: Ownership, role: Client | Worker, step: Callable[[], T]) -> T | None:
    """Do an owner's last *step*. For a client, faults of the table are only counted: leases expire by themselves."""
    if isinstance(role, Worker):
        return step()
    try:
        try:
            return step()
        except RunLost:
            ownership.release()
        finally:
            ownership.free_slot()
    except (TableError, QueueUnavailable) as error:
        tolerated(error, "table_unavailable", "a run was left to the sweep")
    return None
