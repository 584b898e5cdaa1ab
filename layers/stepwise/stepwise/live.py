"""Live pieces of an answer: what a stream shows while the model writes, in whatever shape a surface gives it."""

from __future__ import annotations

import functools
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Literal

from stepwise.desk import Coordination, Desk
from stepwise.errors import InternalError, ModelTimeout, QueueFull, StepwiseError, error_of
from stepwise.jobs import new_job_id
from stepwise.joining import begin, own, watch
from stepwise.observability import count
from stepwise.ownership import Ownership
from stepwise.plans import Plan
from stepwise.results import shape
from stepwise.runs import Run, RunLost
from stepwise.service import Caller, cached_reply
from stepwise.table import TableError
from stepwise.transcript import Splitter
from stepwise.work import State, perform, store
from stepwise.work_queue import QueueUnavailable

__all__ = ["Live", "live"]

_MARGIN = 5.0
_SLOT_PATIENCE = 60.0
_SLOT_POLL = 0.5
_FOLLOW_POLL = 0.5


@dataclass(frozen=True)
class Live:
    """One piece: thinking or answer text, or the whole 200 body when it is done."""

    kind: Literal["thinking", "answer", "done"]
    text: str = ""
    body: Mapping[str, Any] | None = None


type Pieces = Generator[Live | None]
"""None when there is nothing to show just now: at least four times a second while the model is at work."""


def live(
    desk: Desk, plan: Plan, asked: Mapping[str, Any], caller: Caller, *, until: float = float("inf")
) -> Pieces:
    """The pieces of the answer, the last one ``done``. Closing the generator stops the model.

    It takes as long as the function has, and no longer than *until* (on the desk's monotonic clock).

    Raises:
        StepwiseError: named as in the HTTP contract.
    """
    hit = cached_reply(desk, plan, asked, caller.preferences)
    if hit is not None:
        yield from _whole(hit.body, _text(hit.body), asked)
        return
    deadline = min(
        until,
        caller.started + desk.settings.generation_timeout,
        desk.monotonic() + caller.remaining() - _MARGIN,
    )
    if desk.shared is None or not desk.cache.reachable():
        yield from _written(desk, plan, asked, State(), _Nobody(), deadline)
        return
    ticket = new_job_id()
    try:
        begun = begin(desk, desk.shared, plan, group=caller.partner, ticket=ticket)
    except TableError:
        count("Errors", code="table_unavailable")
        yield from _written(desk, plan, asked, State(), _Nobody(), deadline)
        return
    yield from _Stream(desk, desk.shared, plan, asked, ticket, deadline).pieces(begun.run, begun.ownership)


def _text(body: Mapping[str, Any]) -> str:
    return str(body.get("solution") or body.get("response") or body.get("analysis") or "")


def _whole(body: Mapping[str, Any], text: str, asked: Mapping[str, Any]) -> Pieces:
    if asked["include_reasoning"] and body["reasoning"]:
        yield Live("thinking", body["reasoning"])
    if text:
        yield Live("answer", text)
    yield Live("done", body=body)


def _written(
    desk: Desk, plan: Plan, asked: Mapping[str, Any], state: State, keeper: Any, deadline: float
) -> Generator[Live | None, None, Mapping[str, Any]]:
    """What the model writes, piece by piece, and the end."""
    splitter = Splitter(desk.settings.thinking)
    work = perform(desk, plan, state, keeper, deadline=deadline, again=lambda _: False, restart=False)
    yield from _shown(splitter.feed(state.draft.text)) if state.draft.text else ()
    try:
        while True:
            piece = next(work)
            pieces = splitter.feed(piece) if piece else []
            yield from _shown(pieces)
            if not pieces:
                yield None
    except StopIteration as end:
        result: Mapping[str, Any] = end.value
    finally:
        work.close()
    yield from _shown(splitter.close())
    store(desk, plan, result)
    yield Live("done", body=shape(plan.kind, result, asked, cached=False))
    return result


def _shown(pieces: Any) -> Pieces:
    for piece in pieces:
        yield Live(piece.kind, piece.text)


class _Nobody:
    def tick(self, state: State) -> None:
        return


@dataclass(frozen=True)
class _Stream:
    """One stream among other requests."""

    desk: Desk
    shared: Coordination
    plan: Plan
    asked: Mapping[str, Any]
    ticket: str
    deadline: float

    def pieces(self, run: Run, ownership: Ownership | None) -> Pieces:
        while True:
            if ownership is not None:
                done = yield from self._own(ownership)
                if done:
                    return
                ownership = None
            seen = yield from self._followed(run.id)
            if isinstance(seen, Ownership):
                ownership = seen
                continue
            if seen.status == "succeeded" and seen.result is not None:
                body = shape(self.plan.kind, seen.result, self.asked, cached=False)
                yield from _whole(body, _text(body), self.asked)
                return
            if seen.status == "failed" and seen.error is not None:
                raise error_of(seen.error)
            raise InternalError

    def _own(self, ownership: Ownership) -> Generator[Live | None, None, bool]:
        state = State.from_dict(ownership.run.state)
        ended = False
        try:
            yield from self._slot(ownership, state)
            with closing(
                _written(self.desk, self.plan, self.asked, state, ownership, self.deadline)
            ) as written:
                for piece in written:
                    if piece is not None and piece.kind == "done":
                        break
                    yield piece
                # The run ends before its last event is sent, so that a client that leaves then leaves nothing.
                result = _rest(written)
            ended = True
            self._succeed(ownership, result, state)
            yield piece
        except RunLost:
            ended = True
            ownership.let_go()
            return False
        except StepwiseError as error:
            ended = True
            self._quietly(functools.partial(ownership.fail, error))
            raise
        finally:
            if not ended:
                self._left(ownership, state)
        return True

    def _slot(self, ownership: Ownership, state: State) -> Pieces:
        end = min(self.deadline, self.desk.monotonic() + _SLOT_PATIENCE)
        while True:
            ownership.slot = self.shared.slots.acquire(ownership.run.id)
            if ownership.slot is not None:
                return
            if self.desk.monotonic() > end:
                raise QueueFull(
                    retry_after=self.shared.admission.retry_after(len(self.shared.admission.waiting()))
                )
            self.desk.sleep(_SLOT_POLL)
            ownership.tick(state)
            yield None

    def _succeed(self, ownership: Ownership, result: Mapping[str, Any], state: State) -> None:
        self._quietly(lambda: ownership.succeed(result, state))

    def _left(self, ownership: Ownership, state: State) -> None:
        """The client has gone: stop, unless others want the answer."""

        def leave() -> None:
            if self.shared.runs.cancel(ownership.run.id, self.ticket):
                ownership.let_go()
            else:
                ownership.hand_over(state)

        self._quietly(leave)

    def _quietly(self, step: Any) -> None:
        try:
            step()
        except (TableError, RunLost, QueueUnavailable):
            count("Errors", code="table_unavailable")

    def _followed(self, run_id: str) -> Generator[Live | None, None, Run | Ownership]:
        """Wait for the run of another owner; ours when that one has died."""
        while self.desk.monotonic() < self.deadline:
            run, ours = watch(self.desk, self.shared, run_id, until=self.desk.monotonic())
            if run is None:
                raise InternalError
            if ours:
                return own(self.desk, self.shared, run, self.plan)
            if run.ended:
                return run
            yield None
            self.desk.sleep(_FOLLOW_POLL)
        raise ModelTimeout


def _rest(written: Generator[Live | None, None, Mapping[str, Any]]) -> Mapping[str, Any]:
    while True:
        try:
            next(written)
        except StopIteration as end:
            result: Mapping[str, Any] = end.value
            return result
