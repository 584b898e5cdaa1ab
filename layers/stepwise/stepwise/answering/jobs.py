"""Look up, wait for and cancel a job."""

from __future__ import annotations

from dataclasses import replace

from stepwise.answering.dependencies import Dependencies
from stepwise.answering.joining import withdraw
from stepwise.answering.maintenance import requeue_if_stalled
from stepwise.answering.outcomes import Accepted, CacheUse, JobView
from stepwise.answering.results import shape
from stepwise.answering.tasks import Presentation
from stepwise.answering.waiting import Looks, retry_after
from stepwise.coordination.coordination import Coordination
from stepwise.coordination.jobs import Job, status_of
from stepwise.coordination.runs import Run
from stepwise.errors import NotFound, error_of

__all__ = ["accepted", "cancel_job", "look_up"]

_UNFINISHED = ("queued", "running")


def look_up(deps: Dependencies, shared: Coordination, job_id: str, partner: str, *, until: float) -> JobView:
    """The job, once it has ended or at *until* (on the monotonic clock).

    Raises:
        NotFound: there is no such job, or it is somebody else's.
    """
    job = shared.jobs.get(job_id, partner)  # it never changes; its end is that of its run
    looks = Looks(deps, shared, until=until)
    while True:
        run = _run_of(shared, job)
        pause = looks.pause(run) if status_of(job, run) in _UNFINISHED else None
        if pause is None:
            break
        deps.sleep(pause)
    requeue_if_stalled(deps, shared, run)
    view = _view(job, run)
    if view.status not in _UNFINISHED:
        return view
    position = _queue_position(shared, run)
    return replace(view, queue_position=position, retry_after=_retry_after(deps, shared, run, position))


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
    return _view(job, run)


def _run_of(shared: Coordination, job: Job) -> Run:
    run = shared.runs.get(job.run_id)
    if run is None or shared.jobs.gone(run):
        raise NotFound
    return run


def accepted(deps: Dependencies, shared: Coordination, job: Job, run: Run, cache: CacheUse) -> Accepted:
    """The job that a client gets instead of an answer."""
    position = _queue_position(shared, run)
    return Accepted(job.id, status_of(job, run), position, _retry_after(deps, shared, run, position), cache)


def _retry_after(deps: Dependencies, shared: Coordination, run: Run, position: int | None) -> int:
    """Seconds after which a client should look at an unfinished run again."""
    if run.status == "queued":
        return min(30, shared.admission.time_until_turn(position or 0))
    return retry_after(run, shared.average_duration.per_answer(), deps.clock())


def _queue_position(shared: Coordination, run: Run) -> int | None:
    """Number of answers that wait before this one; None if it does not wait."""
    if run.status != "queued":
        return None
    return shared.admission.ahead_of(run.id, run.since)


def _view(job: Job, run: Run) -> JobView:
    """What a client sees of a job, but for what only an unfinished one has."""
    status = status_of(job, run)
    result = run.result if status == "succeeded" else None
    asked = Presentation.from_dict(job.presentation)
    return JobView(
        id=job.id,
        kind=job.kind,
        status=status,
        queue_position=None,
        created_at=job.created_at,
        completion_tokens=run.tokens,
        result=None if result is None else shape(job.kind, result, asked, cached=False),
        error=error_of(run.error) if status == "failed" and run.error is not None else None,
        retry_after=None,
    )
