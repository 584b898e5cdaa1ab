"""Answer one request: from the cache, by working on it here, or by waiting for whoever does; else hand out a job."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any

from stepwise.answering.dependencies import Desk
from stepwise.answering.joining import begin, find_slot, lose_interest, own, watch
from stepwise.answering.ownership import Ownership
from stepwise.answering.preferences import Preferences
from stepwise.answering.reply import Reply, accepted, cache_status_hit, cache_status_miss
from stepwise.answering.results import cacheable, shape
from stepwise.answering.verification import check
from stepwise.answering.work import State, perform, store
from stepwise.coordination.coordination import Coordination
from stepwise.coordination.jobs import new_job_id
from stepwise.coordination.runs import Run, RunLost
from stepwise.errors import (
    GenerationBroken,
    InternalError,
    ModelTimeout,
    ModelUnavailable,
    StepwiseError,
    error_of,
)
from stepwise.observability import count
from stepwise.plan import Plan
from stepwise.storage.table import TableError
from stepwise.storage.work_queue import QueueUnavailable

__all__ = ["Caller", "answer", "cached_reply", "drain", "ended_reply", "quietly", "wait_of"]

_GATEWAY_MARGIN = 2.0
_FUNCTION_MARGIN = 4.0


@dataclass(frozen=True)
class Caller:
    """Who asks, and how long there is. *partner* is a digest of the API key's id."""

    partner: str
    preferences: Preferences
    started: float
    """On the desk's monotonic clock."""
    remaining: Callable[[], float]
    """Seconds that the function has left."""

    def since(self, desk: Desk) -> float:
        """When the client asked, in epoch seconds."""
        return desk.clock() - (desk.monotonic() - self.started)


def wait_of(desk: Desk, caller: Caller) -> float:
    """Seconds that this request waits at most, from its start."""
    wanted = caller.preferences.wait
    settings = desk.settings
    waited = desk.monotonic() - caller.started
    return max(
        0.0,
        min(
            settings.default_wait if wanted is None else wanted,
            settings.gateway_timeout - _GATEWAY_MARGIN,
            waited + caller.remaining() - _FUNCTION_MARGIN,
        ),
    )


def answer(desk: Desk, plan: Plan, asked: Mapping[str, Any], caller: Caller) -> Reply:
    """The reply to one request; *asked* is what shapes this client's body (see :func:`stepwise.answering.results.shape`).

    Raises:
        StepwiseError: named as in the HTTP contract.
    """
    wait = wait_of(desk, caller)
    reply = cached_reply(desk, plan, asked, caller.preferences) or _computed(desk, plan, asked, caller, wait)
    applied = caller.preferences.applied(wait, at_once=reply.status == 200)
    return (
        Reply(reply.status, reply.body, {**reply.headers, "Preference-Applied": applied})
        if applied
        else reply
    )


def cached_reply(desk: Desk, plan: Plan, asked: Mapping[str, Any], preferences: Preferences) -> Reply | None:
    """The answer that is there already."""
    if not plan.key or preferences.no_cache or preferences.no_store:
        return None
    found = desk.cache.get(plan.key)
    if found is None:
        return None
    result = found.answer
    if asked["verify"] and _unchecked(plan, result):
        check(desk.checker, plan, result)
        store(desk, plan, result)
    headers = {"Cache-Status": cache_status_hit(found.expires_at - desk.clock())}
    return Reply(200, shape(plan.kind, result, asked, cached=True), headers)


def _unchecked(plan: Plan, result: Mapping[str, Any]) -> bool:
    return result["verification"] is None if plan.kind == "solve" else not result["checked"]


def _computed(desk: Desk, plan: Plan, asked: Mapping[str, Any], caller: Caller, wait: float) -> Reply:
    until = caller.started + wait
    # A client that does not wait for the answer can wait for a table that is slow.
    if desk.shared is None or not (_at_once(caller) or desk.cache.reachable()):
        return _alone(desk, plan, asked, until)
    ticket = new_job_id()
    try:
        begun = begin(desk, desk.shared, plan, group=caller.partner, ticket=ticket, since=caller.since(desk))
    except TableError:
        count("Errors", code="table_unavailable")
        return _alone(desk, plan, asked, until)
    request = _Request(desk, desk.shared, plan, asked, caller, ticket, until)
    return request.reply(begun.run, begun.ownership)


def _at_once(caller: Caller) -> bool:
    """Whether the client wants its job at once."""
    return caller.preferences.respond_async and caller.preferences.wait is None


def _alone(desk: Desk, plan: Plan, asked: Mapping[str, Any], until: float) -> Reply:
    """Without a table: the answer is given if it is ready in time, as nothing can be handed over."""
    result = drain(perform(desk, plan, State(), _Nobody(), deadline=until, again=lambda _: False))
    return _finished(desk, plan, asked, result)


def _finished(desk: Desk, plan: Plan, asked: Mapping[str, Any], result: Mapping[str, Any]) -> Reply:
    status = cache_status_miss(stored=store(desk, plan, result), forward="miss" if plan.key else "bypass")
    return Reply(200, shape(plan.kind, result, asked, cached=False), {"Cache-Status": status})


class _Nobody:
    def tick(self, state: State) -> None:
        return


def drain[T](work: Generator[str | None, None, T]) -> T:
    """Do all of *work* for its result."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: T = end.value
            return result


@dataclass(frozen=True)
class _Request:
    """One request that works with others."""

    desk: Desk
    shared: Coordination
    plan: Plan
    asked: Mapping[str, Any]
    caller: Caller
    ticket: str
    until: float

    def reply(self, run: Run, ownership: Ownership | None) -> Reply:
        if _at_once(self.caller):
            if ownership is not None:
                self._hand_over(ownership, State())
            return self._job(run.id)
        while True:
            if ownership is not None:
                done = self._work(ownership)
                if done is not None:
                    return done
            seen, ours = watch(self.desk, self.shared, run.id, until=self.until)
            if seen is None:
                raise InternalError
            if not ours:
                return self._ended(seen) if seen.ended else self._late(seen)
            ownership = own(self.desk, self.shared, seen, self.plan)

    def _work(self, ownership: Ownership) -> Reply | None:
        """The reply when the answer is ready in time; None when somebody else goes on with it."""
        state = State.from_dict(ownership.run.state)
        try:
            ownership.slot = find_slot(self.desk, self.shared, until=self.until)
        except TableError:
            count("Errors", code="table_unavailable")  # the answer is worth more than the bound
        else:
            if ownership.slot is None:
                self._hand_over(ownership, state)
                return None
        work = perform(
            self.desk, self.plan, state, ownership, deadline=self.until, again=self._time_for_another
        )
        try:
            result = drain(work)
        except ModelTimeout:
            if not self.caller.preferences.strict:
                self._hand_over(ownership, state)
                return None
            self._leave(ownership, state)
            raise
        except RunLost:
            ownership.let_go()
            return None
        except (ModelUnavailable, GenerationBroken):
            # This client is told at once; a worker tries again later for others who want the answer.
            self._leave(ownership, state)
            raise
        except StepwiseError as error:
            self._fail(ownership, error)
            raise
        except BaseException:
            self._fail(ownership, InternalError())
            raise
        reply = _finished(self.desk, self.plan, self.asked, result)
        quietly(ownership, lambda: ownership.succeed(result, state))
        return reply

    def _fail(self, ownership: Ownership, error: StepwiseError) -> None:
        quietly(ownership, lambda: ownership.fail(error))

    def _leave(self, ownership: Ownership, state: State) -> None:
        quietly(ownership, lambda: ownership.leave(state, self.ticket))

    def _time_for_another(self, state: State) -> bool:
        """Whether a second answer can be begun: half of the first one's time is left."""
        return (self.until - self.desk.monotonic()) * 1000 > state.draft.model_ms / 2

    def _hand_over(self, ownership: Ownership, state: State) -> None:
        try:
            ownership.hand_over(state)
        except RunLost:
            ownership.let_go()
        except (QueueUnavailable, TableError):
            error = ModelTimeout(
                "The answer was not ready in time and could not be kept for later. Try again."
            )
            self._fail(ownership, error)
            raise error from None

    def _late(self, run: Run) -> Reply:
        if self.caller.preferences.strict:
            lose_interest(self.shared, run, self.ticket)
            raise ModelTimeout
        return self._job(run.id)

    def _job(self, run_id: str) -> Reply:
        """202. Whoever hands out a job sees to it that there is a message for its run."""
        job = self.shared.jobs.create(
            self.ticket, owner=self.caller.partner, kind=self.plan.kind, run_id=run_id, asked=self.asked
        )
        run = self.shared.runs.get(run_id)
        if run is None:
            raise InternalError
        if run.ended:
            return self._ended(run)
        if run.status == "running":
            self.shared.queue.send(run_id, run.group, delay=self._lease_left(run))
        reply = accepted(self.shared, job, run)
        forward = "miss" if self.plan.key else "bypass"
        headers = {**reply.headers, "Cache-Status": cache_status_miss(forward=forward)}
        return Reply(reply.status, reply.body, headers)

    def _lease_left(self, run: Run) -> float:
        return max(0.0, run.lease_until / 1000 - self.desk.clock()) + 1

    def _ended(self, run: Run) -> Reply:
        return ended_reply(self.plan, self.asked, run, self.ticket)


def quietly(ownership: Ownership, step: Callable[[], None]) -> None:
    """The last *step* of an owner whose client has its reply, whatever the table says: what is left is a lease."""
    try:
        try:
            step()
        except RunLost:
            ownership.let_go()
        finally:
            ownership.free_slot()
    except (TableError, QueueUnavailable):
        count("Errors", code="table_unavailable")


def ended_reply(plan: Plan, asked: Mapping[str, Any], run: Run, ticket: str) -> Reply:
    """The reply, to who holds *ticket*, of a run that somebody else has ended."""
    if run.status == "succeeded" and run.result is not None:
        status = cache_status_miss(
            stored=plan.store and cacheable(run.result),
            collapsed=bool(run.tickets - {ticket}),
            forward="miss" if plan.key else "bypass",
        )
        return Reply(200, shape(plan.kind, run.result, asked, cached=False), {"Cache-Status": status})
    if run.status == "failed" and run.error is not None:
        raise error_of(run.error)
    raise InternalError
