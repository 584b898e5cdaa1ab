"""Mend what a crash left behind: wake runs that stalled, free places of runs that have ended."""

from __future__ import annotations

from stepwise.answering.dependencies import Dependencies
from stepwise.coordination.coordination import Coordination
from stepwise.coordination.runs import Run
from stepwise.storage.work_queue import QueueUnavailable

__all__ = ["requeue_if_stalled", "sweep"]

_STALLED_MS = 45_000
"""A run that nobody has worked on for this long has lost its message, or its message is in a dead worker's hands."""


def requeue_if_stalled(deps: Dependencies, shared: Coordination, run: Run) -> bool:
    """Send a message for a run that has stalled: whoever looks, heals."""
    now = round(deps.clock() * 1000)
    if run.ended or now - max(run.touched_at, run.lease_until) < _STALLED_MS:
        return False
    if run.status == "queued" and (shared.admission.ahead_of(run.id) or 0) >= deps.settings.model_slots:
        return False
    if not shared.runs.touch(run):
        return False
    try:
        shared.queue.send(run.id, run.group)
    except QueueUnavailable:
        return False
    return True


def sweep(deps: Dependencies, shared: Coordination) -> int:
    """Look after all places: wake what has stalled, free those of what has ended. Returns what was mended.

    A place whose lease has run out is looked at too: its owner is dead, and its message may be lost.
    """
    mended = 0
    for entry in shared.admission.entries():
        run = shared.runs.get(entry.place.run_id)
        if run is None or run.ended:
            shared.admission.release(entry.place)
            mended += 1
        else:
            mended += requeue_if_stalled(deps, shared, run)
    return mended
