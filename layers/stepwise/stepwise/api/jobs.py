"""``/v1/jobs/{id}``: look up, wait for and cancel a job."""

from __future__ import annotations

from stepwise.answering.caller import wait_of
from stepwise.answering.dependencies import Dependencies
from stepwise.answering.jobs import cancel_job, look_up
from stepwise.api.app import Call
from stepwise.api.endpoint import caller_of
from stepwise.api.reply import Reply, job_reply
from stepwise.coordination.coordination import Coordination
from stepwise.errors import NotFound

__all__ = ["delete_job", "get_job"]


def get_job(call: Call, deps: Dependencies, job_id: str) -> Reply:
    """The job; with ``Prefer: wait=N`` once it has ended or after N seconds.

    Raises:
        NotFound: there is no such job, or it is somebody else's.
    """
    shared = _shared(deps)
    caller = caller_of(deps, call)
    wait = wait_of(deps, caller) if caller.preferences.wait is not None else 0.0
    return job_reply(look_up(deps, shared, job_id, call.partner, until=caller.started + wait), call.id)


def delete_job(call: Call, deps: Dependencies, job_id: str) -> Reply:
    """Cancel the job and return it; a job that has ended is not changed.

    Raises:
        NotFound: there is no such job, or it is somebody else's.
    """
    return job_reply(cancel_job(_shared(deps), job_id, call.partner), call.id)


def _shared(deps: Dependencies) -> Coordination:
    if deps.shared is None:
        raise NotFound  # without a table there are no jobs
    return deps.shared
