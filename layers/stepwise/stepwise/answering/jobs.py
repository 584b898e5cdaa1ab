"""Look a job up, wait for it, cancel it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from stepwise.answering.dependencies import Dependencies
from stepwise.answering.joining import withdraw
from stepwise.answering.maintenance import requeue_if_stalled
from stepwise.answering.reply import Reply, queue_position
from stepwise.answering.results import shape
from stepwise.coordination.coordination import Coordination
from stepwise.coordination.jobs import Job, status_of
from stepwise.coordination.runs import Run
from stepwise.errors import NotFound, error_of, problem

__all__ = ["cancel_job", "look_up"]

_POLL = 0.5
_UNFINISHED = ("queued", "running")


def look_up(
    deps: Dependencies, shared: Coordination, job_id: str, partner: str, *, until: float, instance: str
) -> Reply:
    """The job as it is, or as it is when it ends before *until* (on the monotonic clock).

    Raises:
        NotFound: there is no such job, or it is somebody else's.
    """
    while True:
        job = shared.jobs.get(job_id, partner)
        run = _run_of(shared, job)
        left = until - deps.monotonic()
        if status_of(job, run) not in _UNFINISHED or left <= 0:
            break
        deps.sleep(min(_POLL, left))
    requeue_if_stalled(deps, shared, run)
    return _reply(shared, job, run, instance)


def cancel_job(shared: Coordination, job_id: str, partner: str, *, instance: str) -> Reply:
    """The client does not want the answer any more; the model stops when nobody else does.

    A job that has ended stays as it is.

    Raises:
        NotFound: there is no such job, or it is somebody else's.
    """
    job = shared.jobs.get(job_id, partner)
    run = _run_of(shared, job)
    if status_of(job, run) in _UNFINISHED:
        withdraw(shared, run, job.id)
        run = _run_of(shared, job)
    return _reply(shared, job, run, instance)


def _run_of(shared: Coordination, job: Job) -> Run:
    run = shared.runs.get(job.run_id)
    if run is None or shared.jobs.gone(run):
        raise NotFound
    return run


def _reply(shared: Coordination, job: Job, run: Run, instance: str) -> Reply:
    status = status_of(job, run)
    position = queue_position(shared, run) if status == "queued" else None
    headers = {}
    if status in _UNFINISHED:
        headers["Retry-After"] = str(min(30, shared.admission.time_until_turn(position or 0)))
    return Reply(200, _body(job, run, status, position, instance), headers)


def _body(job: Job, run: Run, status: str, position: int | None, instance: str) -> Mapping[str, Any]:
    result = run.result if status == "succeeded" else None
    return {
        "id": job.id,
        "kind": job.kind,
        "status": status,
        "queue_position": position,
        "created_at": datetime.fromtimestamp(job.created_at / 1000, UTC).isoformat(timespec="milliseconds"),
        "progress": {"completion_tokens": run.tokens},
        "result": shape(job.kind, result, job.presentation, cached=False) if result is not None else None,
        "error": problem(error_of(run.error), instance)
        if status == "failed" and run.error is not None
        else None,
    }
