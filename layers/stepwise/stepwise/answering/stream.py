"""Stream one answer in pieces while the model writes; ``api`` turns the pieces into events."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Literal

from stepwise.answering.caller import Caller
from stepwise.answering.dependencies import Dependencies
from stepwise.answering.drafting.draft import restart
from stepwise.answering.joining import begin_for, look, take_over, withdraw
from stepwise.answering.looking_up import Looked, look_up
from stepwise.answering.owner_life import Client, owned
from stepwise.answering.ownership import Ownership
from stepwise.answering.respond import cached_answer
from stepwise.answering.results import shape
from stepwise.answering.tasks import Presentation, task_for
from stepwise.answering.timings import TIMINGS
from stepwise.answering.waiting import Looks
from stepwise.answering.work import Nobody, Progress, perform, store
from stepwise.coordination.coordination import Coordination
from stepwise.coordination.jobs import new_job_id
from stepwise.coordination.runs import Run
from stepwise.errors import (
    GenerationBroken,
    InternalError,
    ModelTimeout,
    QueueFull,
    error_of,
)
from stepwise.observability import log_event, tolerated
from stepwise.plan import Plan
from stepwise.storage.table import TableError
from stepwise.text.thinking import Splitter

__all__ = ["Live", "live"]

_LATE = "The answer was not complete in time. Ask for fewer tokens, or without a stream to get a job."
_TAG_PATIENCE = 0.3
"""How long the beginning of an untagged text is held back while nobody knows how the model marks its thinking."""


@dataclass(frozen=True)
class Live:
    """One piece: thinking or answer text, or the whole 200 body when it is done."""

    kind: Literal["thinking", "answer", "done"]
    text: str = ""
    body: Mapping[str, Any] | None = None


type Pieces = Generator[Live | None]
"""None means no new text; while the model works an item comes at least four times a second."""


def live(
    deps: Dependencies,
    plan: Plan,
    presentation: Presentation,
    caller: Caller,
    *,
    until: float = float("inf"),
    looked: Looked | None = None,
) -> Pieces:
    """Yield the pieces of the answer; the last one is ``done``. Closing the generator stops the model.

    The time limit is that of the function, or *until* (on the monotonic clock) if it is earlier. A
    cached answer is used, unless it was *looked* for before.

    Raises:
        StepwiseError: named as in the HTTP contract.
    """
    if looked is None:
        looked = look_up(deps, plan, caller, slot=True)
        hit = cached_answer(deps, plan, presentation, caller, looked)
        if hit is not None:
            yield from _whole(plan, hit.body, presentation)
            return
    deadline = min(
        until,
        caller.started + deps.settings.generation_timeout,
        deps.monotonic() + caller.remaining() - TIMINGS.stream_margin,
    )
    waiter_id = new_job_id()
    begun = None
    if deps.shared is not None and deps.cache.reachable():
        begun = begin_for(deps, deps.shared, plan, caller, waiter_id, seen=looked.seen)
    if begun is None or deps.shared is None:
        result = yield from _written(deps, plan, presentation, Progress(), Nobody(), deadline)
        store(deps, plan, result)
        yield _done(plan, result, presentation)
        return
    yield from _Stream(deps, deps.shared, plan, presentation, waiter_id, deadline).pieces(
        begun.run, begun.ownership
    )


def _whole(plan: Plan, body: Mapping[str, Any], presentation: Presentation) -> Pieces:
    text = task_for(plan.kind).text_of(body)
    if presentation.include_reasoning and body["reasoning"]:
        yield Live("thinking", body["reasoning"])
    if text:
        yield Live("answer", text)
    yield Live("done", body=body)


def _done(plan: Plan, result: Mapping[str, Any], presentation: Presentation) -> Live:
    return Live("done", body=shape(plan.kind, result, presentation, cached=False))


def _splitter(deps: Dependencies, plan: Plan) -> Splitter:
    """What tells thinking and answer apart, by how the model marks its thinking.

    A text without a tag may still be thinking: of a model that was seen to leave the opening tag out all of it is held
    back until the closing one or the end. Of one that was not it is passed on at once, unless it begins as thinking
    aloud does; while that is not known, after a moment.
    """
    thinking = deps.settings.thinking
    known = deps.shared.thinking_marks.of(plan.model) if deps.shared is not None else None
    if thinking == "auto" and known == "unopened":
        thinking = "implicit"
    eager = known is not None
    return Splitter(thinking, clock=deps.monotonic, patience=0.0 if eager else _TAG_PATIENCE, eager=eager)


def _written(
    deps: Dependencies,
    plan: Plan,
    presentation: Presentation,
    progress: Progress,
    owner: Any,
    deadline: float,
) -> Generator[Live | None, None, Mapping[str, Any]]:
    """Yield the pieces that the model writes; returns the result."""
    splitter = _splitter(deps, plan)
    if deps.settings.prefill == "never" and progress.draft.text:
        restart(progress.draft)  # allowed, as this client has not seen any of it
    work = perform(
        deps,
        plan,
        progress,
        owner,
        deadline=deadline,
        again=lambda _: False,
        may_restart=False,
        patience=TIMINGS.stream_patience,
        goes_on=False,
    )
    yield from _shown(splitter.feed(progress.draft.text)) if progress.draft.text else ()
    whole = False
    try:
        while True:
            piece = next(work)
            pieces = [] if whole else splitter.feed(piece or "")
            if progress.witnessing.result and not whole:
                # Witnesses are being asked: the client has the whole text already.
                whole = True
                pieces += splitter.close(complete=progress.draft.reason == "stop")
            yield from _shown(pieces)
            if not pieces:
                yield None
    except StopIteration as end:
        result: Mapping[str, Any] = end.value
    finally:
        work.close()
    if not whole:
        yield from _shown(splitter.close(complete=progress.draft.reason == "stop"))
    return result


def _shown(pieces: Any) -> Pieces:
    for piece in pieces:
        yield Live(piece.kind, piece.text)


@dataclass(frozen=True)
class _Stream:
    """One stream that shares runs with other functions."""

    deps: Dependencies
    shared: Coordination
    plan: Plan
    presentation: Presentation
    waiter_id: str
    deadline: float

    def pieces(self, run: Run, ownership: Ownership | None) -> Pieces:
        """Yield all pieces, each once, also after the run has changed its owner."""
        shown = Shown()
        while True:
            if ownership is not None:
                done = yield from shown.only_new(self._own(ownership))
                if done:
                    return
            seen = yield from self._followed(run.id)
            if isinstance(seen, Ownership):
                ownership = seen
                continue
            if seen.status == "succeeded" and seen.result is not None:
                body = shape(self.plan.kind, seen.result, self.presentation, cached=False)
                yield from shown.only_new(_whole(self.plan, body, self.presentation))
                return
            if seen.status == "failed" and seen.error is not None:
                raise error_of(seen.error)
            raise InternalError

    def _own(self, ownership: Ownership) -> Generator[Live | None, None, bool]:
        """Work on the run and yield its pieces; returns False if another function continues it."""
        progress = Progress.from_dict(ownership.run.progress)
        with owned(self.deps, ownership, progress, Client(self.waiter_id, takes_job=False)) as succeed:
            yield from self._slot(ownership, progress)
            with closing(
                _written(self.deps, self.plan, self.presentation, progress, ownership, self.deadline)
            ) as written:
                try:
                    result = yield from written
                except ModelTimeout as late:
                    raise ModelTimeout(_LATE) from late
            done = _done(self.plan, result, self.presentation)
            # End the run before the last event: a client that disconnects now leaves no unfinished run.
            succeed(result)
            yield done
            return True
        return False

    def _slot(self, ownership: Ownership, progress: Progress) -> Pieces:
        end = min(self.deadline, self.deps.monotonic() + TIMINGS.stream_slot_patience)
        try:
            while ownership.slot is None and not ownership.take_slot():
                if self.deps.monotonic() > end:
                    waiting = self.shared.admission.line.look().waiting
                    error = QueueFull(retry_after=self.shared.admission.retry_after(waiting))
                    log_event("queue refused", run_id=ownership.run.id, retry_after=error.retry_after)
                    raise error
                self.deps.sleep(TIMINGS.slot_poll)
                ownership.heartbeat(progress)
                yield None
        except TableError as error:
            tolerated(
                error, "table_unavailable", "no slot could be taken: generated anyway, above MODEL_SLOTS"
            )

    def _followed(self, run_id: str) -> Generator[Live | None, None, Run | Ownership]:
        """Wait until another owner's run has ended; if that owner died, take the run over."""
        following = True
        looks = Looks(self.deps, self.shared, until=self.deadline)
        try:
            while True:
                run, ours = look(self.deps, self.shared, run_id)
                following = run is not None and not run.ended and not ours
                if run is None:
                    raise InternalError
                if ours:
                    return take_over(self.deps, self.shared, run, self.plan)
                if run.ended:
                    return run
                yield None
                pause = looks.pause(run)
                if pause is None:
                    raise ModelTimeout(_LATE)
                self.deps.sleep(pause)
        finally:
            if following:  # the client left, or its time is up: without other waiters the run is cancelled
                self._stop_following(run_id)

    def _stop_following(self, run_id: str) -> None:
        try:
            run = self.shared.runs.get(run_id)
            if run is not None:
                withdraw(self.shared, run, self.waiter_id)
        except TableError as error:
            tolerated(error, "table_unavailable", "a run was not told that its client has gone")


class Shown:
    """Remembers the text that a stream has sent, so that nothing is repeated after a change of the owner."""

    def __init__(self) -> None:
        self._sent = {"thinking": "", "answer": ""}

    def only_new[T](self, pieces: Generator[Live | None, None, T]) -> Generator[Live | None, None, T]:
        """Yield what of *pieces*, which start at the beginning of the answer, was not sent yet.

        Raises:
            GenerationBroken: the new answer differs from the text that was sent.
        """
        at = {"thinking": 0, "answer": 0}
        with closing(pieces):
            while True:
                try:
                    piece = next(pieces)
                except StopIteration as end:
                    result: T = end.value
                    return result
                if piece is None or piece.kind == "done":
                    yield piece
                    continue
                sent, begin = self._sent[piece.kind], at[piece.kind]
                at[piece.kind] = begin + len(piece.text)
                again = sent[begin : at[piece.kind]]
                if piece.kind == "answer" and not piece.text.startswith(again):
                    raise GenerationBroken
                new = piece.text[len(again) :]
                self._sent[piece.kind] = sent + new
                yield Live(piece.kind, new) if new else None
