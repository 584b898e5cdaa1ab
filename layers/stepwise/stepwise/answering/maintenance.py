"""Repair after crashes: requeue stalled runs, free the places of ended ones."""

from __future__ import annotations

from stepwise.answering.dependencies import Dependencies
from stepwise.coordination.coordination import Coordination
from stepwise.coordination.runs import Run
from stepwise.coordination.waiting_line import Line
from stepwise.errors import StepwiseError
from stepwise.observability import logger, tolerated
from stepwise.ollama.port import Chunk, Finish, Prompt
from stepwise.storage.work_queue import QueueUnavailable
from stepwise.text.thinking import Marking, begins_aloud, marking_of

__all__ = ["learn_thinking_marks", "requeue_if_stalled", "sweep"]

_TINY_TOKENS = 48
_TINY_SECONDS = 20.0
_STALLED_MS = 45_000
"""Age in ms after which an unowned run is stalled: its message is lost, or a dead worker received it."""


def requeue_if_stalled(deps: Dependencies, shared: Coordination, run: Run, line: Line | None = None) -> bool:
    """Send a message for *run* if it has stalled; every look-up of a job does so. Returns whether one was sent.

    *line* is the queue, if it was read.
    """
    now = round(deps.clock() * 1000)
    if run.ended or now - max(run.touched_at, run.lease_until) < _STALLED_MS:
        return False
    if run.status == "queued":
        line = line or shared.admission.line.look()
        if line.ahead_of(run.id, run.since) >= shared.hosts.slots():
            return False
    if not shared.runs.touch(run):
        return False
    try:
        shared.queue.send(run.id, run.group)
    except QueueUnavailable as error:
        tolerated(error, "queue_unavailable", "a stalled run was not woken")
        return False
    return True


def sweep(deps: Dependencies, shared: Coordination) -> int:
    """Check hosts, all places, and what workers have taken: requeue stalled runs, free the places of ended ones.

    Those with an expired lease are checked too: their owner is dead, and its message may be lost. Returns the number of
    repairs.
    """
    mended = 0
    shared.hosts.sweep()
    entries = shared.admission.line.recount()
    line = shared.admission.line.of(entries)
    for entry in [*entries, *shared.admission.line.notes()]:
        run = shared.runs.get(entry.place.run_id)
        if run is None or run.ended:
            shared.transitions.leave(entry)
            mended += 1
        else:
            mended += requeue_if_stalled(deps, shared, run, line)
    return mended


def learn_thinking_marks(deps: Dependencies, shared: Coordination) -> Marking | None:
    """Find out by one tiny generation how the model marks its thinking; None where that stays unknown.

    How long it reads a prompt is learned from it too. Nothing is asked where the first is known or set.
    """
    model = deps.settings.model_name
    known = shared.thinking_marks.of(model)
    if deps.settings.thinking != "auto" or known is not None:
        return known
    prompt = Prompt(
        messages=({"role": "user", "content": "What is 1 + 1?"},),
        model=model,
        options={},
        num_predict=_TINY_TOKENS,
    )
    text, finish = "", None
    try:
        with deps.model.generate(prompt, deadline=deps.monotonic() + _TINY_SECONDS) as generation:
            for event in generation:
                text += event.text if isinstance(event, Chunk) else ""
                finish = event if isinstance(event, Finish) else finish
    except StepwiseError as error:
        logger.warning("how the model marks its thinking was not learned", extra={"code": error.code})
        return None
    if finish is not None:
        shared.prompt_speed.learn(model, tokens=finish.prompt_tokens, seconds=finish.prompt_ms / 1000)
    found = marking_of(text)
    if found is None and finish is not None and finish.reason == "stop":
        found = "none" if text.strip() and not begins_aloud(text) else None
    if found is not None:
        shared.thinking_marks.learn(model, found)
    return shared.thinking_marks.of(model)
