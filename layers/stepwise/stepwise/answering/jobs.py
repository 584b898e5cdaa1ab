"""Look up, wait for and cancel a job."""

from __future__ import annotations

from stepwise.answering.dependencies import Dependencies
from stepwise.answering.joining import withdraw
from stepwise.answering.maintenance import requeue_if_stalled
from stepwise.answering.outcomes import Accepted, CacheUse, JobView
from stepwise.answering.results import shape
from stepwise.answering.tasks import Presentation
from stepwise.coordination.coordination import Coordination
from stepwise.coordination.jobs import Job, status_of
from stepwise.coordination.runs import Run
from stepwise.errors import NotFound, error_of

__all__ = ["accepted", "cancel_job", "look_up"]

_POLL = 0.5
_UNFINISHED = ("queued", "running")


def look_up(deps: Dependencies, shared: Coordination, job_id: str, partner: str, *, until: float) -> JobView:
    """The job, once it has ended or at *until* (on the monotonic clock).

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
    return _view(shared, job, run)


def cancel_job(shared: Coordination, job_id: str, partner: str) -> JobView:
    """Cancel a job; its generation stops if no other client waits for it.

    A job that has ended is not changed.

    Raises:
        NotFound: there is no such job, or it is somebody else's.
    """
    job = shared.jobs.get(job_id, partner)
    run = _run_of(shared, job)
    if status_of(job, run) in _UNFINISHED:
        withdraw(shared, run, job.id)
        run = _run_of(shared, job)
    return _view(shared, job, run)


def _run_of(shared: Coordination, job: Job) -> Run:
    run = shared.runs.get(job.run_id)
    if run is None or shared.jobs.gone(run):
        raise NotFound
    return run


def accepted(shared: Coordination, job: Job, run: Run, cache: CacheUse) -> Accepted:
    """The job that a client gets instead of an answer."""
    position = _queue_position(shared, run)
    retry_after = min(30, shared.admission.time_until_turn(position or 0))
    return Accepted(job.id, status_of(job, run), position, retry_after, cache)


def _queue_position(shared: Coordination, run: Run) -> int | None:
    """Number of answers that wait before this one; None if it does not wait."""
    if run.status != "queued":
        return None
    return shared.admission.ahead_of(run.id) or 0


def _view(shared: Coordination, job: Job, run: Run) -> JobView:
    status = status_of(job, run)
    position = _queue_position(shared, run) if status == "queued" else None
    unfinished = status in _UNFINISHED
    result = run.result if status == "succeeded" else None
    asked = Presentation.from_dict(job.presentation)
    return JobView(
        id=job.id,
        kind=job.kind,
        status=status,
        queue_position=position,
        created_at=job.created_at,
        completion_tokens=run.tokens,
        result=None if result is None else shape(job.kind, result, asked, cached=False),
        error=error_of(run.error) if status == "failed" and run.error is not None else None,
        retry_after=min(30, shared.admission.time_until_turn(position or 0)) if unfinished else None,
    )
