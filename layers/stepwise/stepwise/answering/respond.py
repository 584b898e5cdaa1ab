"""Answer one request: from the cache, by an own run, or by waiting for another function's run; else give a job."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stepwise.answering.caller import Caller, wait_of
from stepwise.answering.dependencies import Dependencies
from stepwise.answering.jobs import accepted
from stepwise.answering.joining import begin_for, find_slot, take_over, watch, withdraw
from stepwise.answering.looking_up import Looked, look_up
from stepwise.answering.outcomes import Accepted, Answered, CacheUse
from stepwise.answering.owner_life import NOT_KEPT, Client, NoFreeSlot, hand_over, owned
from stepwise.answering.ownership import Ownership
from stepwise.answering.renewal import complete_confidence
from stepwise.answering.results import shape
from stepwise.answering.tasks import Presentation, task_for
from stepwise.answering.verification import check
from stepwise.answering.work import Nobody, Progress, perform, run_to_result, store
from stepwise.coordination.coordination import Coordination
from stepwise.coordination.jobs import new_job_id
from stepwise.coordination.runs import Run
from stepwise.errors import (
    InternalError,
    ModelTimeout,
    error_of,
)
from stepwise.observability import tolerated
from stepwise.plan import Plan
from stepwise.storage.table import TableError

__all__ = ["answer", "cached_answer", "ended_answer"]

_STRICT = "The answer was not ready in time. Leave out Prefer: handling=strict to get a job instead."


def answer(deps: Dependencies, plan: Plan, presentation: Presentation, caller: Caller) -> Answered | Accepted:
    """Answer one request, or give a job for it; *presentation* shapes this client's body.

    Raises:
        StepwiseError: named as in the HTTP contract.
    """
    looked = look_up(deps, plan, caller, slot=not _at_once(caller))
    found = cached_answer(deps, plan, presentation, caller, looked)
    return found or _computed(deps, plan, presentation, caller, looked)


def cached_answer(
    deps: Dependencies, plan: Plan, presentation: Presentation, caller: Caller, looked: Looked
) -> Answered | None:
    """The cached answer, or None; a refuted one is not used for a client that wants verification."""
    found = looked.found
    if found is None:
        return None
    result = found.answer
    task = task_for(plan.kind)
    if presentation.verify and task.unchecked(result):
        check(deps.checker, plan, result)
        if not task.unchecked(result):
            store(deps, plan, result)
    if presentation.verify and task.is_refuted(result):
        return None
    if presentation.verify:
        complete_confidence(deps, plan, result, caller)
    now = deps.clock()
    use = CacheUse(hit=True, ttl=found.expires_at - now, age=now - found.stored_at)
    return Answered(shape(plan.kind, result, presentation, cached=True), use)


def _computed(
    deps: Dependencies, plan: Plan, presentation: Presentation, caller: Caller, looked: Looked
) -> Answered | Accepted:
    until = caller.started + wait_of(deps, caller)
    at_once = _at_once(caller)
    # A client that takes a job at once can wait for a slow table.
    if deps.shared is None or not (at_once or deps.cache.reachable()):
        return _alone(deps, plan, presentation, until)
    waiter_id = new_job_id()
    begun = begin_for(deps, deps.shared, plan, caller, waiter_id, wants_slot=not at_once, seen=looked.seen)
    if begun is None:
        return _alone(deps, plan, presentation, until)
    request = _Request(deps, deps.shared, plan, presentation, caller, waiter_id, until)
    return request.outcome(begun.run, begun.ownership)


def _at_once(caller: Caller) -> bool:
    """Whether the client wants a job at once, without waiting."""
    return caller.preferences.respond_async and caller.preferences.wait is None


def _alone(deps: Dependencies, plan: Plan, presentation: Presentation, until: float) -> Answered:
    """Answer without a table: nothing can be handed over, so the answer must be ready in time."""
    work = perform(
        deps,
        plan,
        Progress(),
        Nobody(),
        deadline=until,
        again=lambda _: False,
        goes_on=False,
        patience=math.inf,  # what is written is lost when the client's time is up, and not before
    )
    try:
        result = run_to_result(work)
    except ModelTimeout:
        raise ModelTimeout(NOT_KEPT) from None
    use = CacheUse(stored=store(deps, plan, result), bypassed=not plan.key)
    return Answered(shape(plan.kind, result, presentation, cached=False), use)


@dataclass(frozen=True)
class _Request:
    """One request that shares runs with other functions."""

    deps: Dependencies
    shared: Coordination
    plan: Plan
    presentation: Presentation
    caller: Caller
    waiter_id: str
    until: float

    def outcome(self, run: Run, ownership: Ownership | None) -> Answered | Accepted:
        if _at_once(self.caller):
            if ownership is not None:
                hand_over(ownership, Progress(), self._client)
            seen = run if ownership is None else self.shared.runs.get(run.id)
            if seen is None:
                raise InternalError
            return self._job(seen)
        while True:
            if ownership is not None:
                done = self._work(ownership)
                if done is not None:
                    return done
            seen, ours = watch(self.deps, self.shared, run.id, until=self.until)
            if seen is None:
                raise InternalError
            if not ours:
                return self._ended(seen) if seen.ended else self._late(seen)
            ownership = take_over(self.deps, self.shared, seen, self.plan)

    def _work(self, ownership: Ownership) -> Answered | None:
        """The answer if it is ready in time; None if another function continues the run."""
        progress = Progress.from_dict(ownership.run.progress)
        with owned(self.deps, ownership, progress, self._client) as succeed:
            self._find_slot(ownership)
            result = self._result(ownership, progress)
            body = shape(self.plan.kind, result, self.presentation, cached=False)
            return Answered(body, CacheUse(stored=succeed(result), bypassed=not self.plan.key))
        return None

    @property
    def _client(self) -> Client:
        return Client(self.waiter_id, takes_job=not self.caller.preferences.strict)

    def _find_slot(self, ownership: Ownership) -> None:
        try:
            found = find_slot(self.deps, self.shared, ownership, until=self.until)
        except TableError as error:
            tolerated(
                error, "table_unavailable", "no slot could be taken: generated anyway, above MODEL_SLOTS"
            )
            return
        if not found:
            raise NoFreeSlot

    def _result(self, ownership: Ownership, progress: Progress) -> Mapping[str, Any]:
        work = perform(
            self.deps,
            self.plan,
            progress,
            ownership,
            deadline=self.until,
            again=self._time_for_another,
            patience=math.inf,  # the wait ends with the deadline; then the draft is handed over
            goes_on=not self.caller.preferences.strict,
        )
        try:
            return run_to_result(work)
        except ModelTimeout:
            if self.caller.preferences.strict:
                raise ModelTimeout(_STRICT) from None
            raise

    def _time_for_another(self, progress: Progress) -> bool:
        """Whether there is time for a second answer: at least half of what the first one took."""
        return (self.until - self.deps.monotonic()) * 1000 > progress.draft.model_ms / 2

    def _late(self, run: Run) -> Answered | Accepted:
        if self.caller.preferences.strict:
            withdraw(self.shared, run, self.waiter_id)
            raise ModelTimeout(_STRICT)
        return self._job(run)

    def _job(self, run: Run) -> Answered | Accepted:
        """Create the job, and send a message for its run: without one no worker would take the run after a crash."""
        if run.ended:
            return self._ended(run)
        job = self.shared.jobs.create(
            self.waiter_id,
            owner=self.caller.partner,
            kind=self.plan.kind,
            run_id=run.id,
            presentation=self.presentation.as_dict(),
        )
        if run.status == "running":
            self.shared.queue.send(run.id, run.group, delay=self._lease_left(run))
        return accepted(self.deps, self.shared, job, run, CacheUse(bypassed=not self.plan.key))

    def _lease_left(self, run: Run) -> float:
        return max(0.0, run.lease_until / 1000 - self.deps.clock()) + 1

    def _ended(self, run: Run) -> Answered:
        return ended_answer(self.plan, self.presentation, run, self.waiter_id)


def ended_answer(plan: Plan, presentation: Presentation, run: Run, waiter_id: str) -> Answered:
    """The answer for the waiter *waiter_id* of a run that another function has ended."""
    if run.status == "succeeded" and run.result is not None:
        use = CacheUse(
            stored=plan.store and task_for(plan.kind).cacheable(run.result),
            collapsed=bool(run.waiters - {waiter_id}),
            bypassed=not plan.key,
        )
        return Answered(shape(plan.kind, run.result, presentation, cached=False), use)
    if run.status == "failed" and run.error is not None:
        raise error_of(run.error)
    raise InternalError
