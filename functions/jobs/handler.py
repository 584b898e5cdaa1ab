"""GET and DELETE /v1/jobs/{id}: look a job up, wait for it, cancel it."""

from aws_lambda_powertools.event_handler import Response
from stepwise import wiring
from stepwise.answering.caller import wait_of
from stepwise.answering.dependencies import Dependencies
from stepwise.answering.jobs import cancel_job, look_up
from stepwise.api.app import Api
from stepwise.api.endpoint import caller_of
from stepwise.coordination.coordination import Coordination
from stepwise.errors import NotFound
from stepwise.observability import observed

api = Api()


@api.get("/v1/jobs/<job_id>")
def get(job_id: str) -> Response[str]:
    deps, shared = _deps()
    caller = caller_of(deps, api.call)
    wait = wait_of(deps, caller) if caller.preferences.wait is not None else 0.0
    reply = look_up(deps, shared, job_id, api.call.partner, until=caller.started + wait, instance=api.call.id)
    return api.reply(reply)


@api.delete("/v1/jobs/<job_id>")
def cancel(job_id: str) -> Response[str]:
    _, shared = _deps()
    return api.reply(cancel_job(shared, job_id, api.call.partner, instance=api.call.id))


def _deps() -> tuple[Dependencies, Coordination]:
    deps = wiring.dependencies()
    if deps.shared is None:
        raise NotFound
    return deps, deps.shared


wiring.prepare(wiring.dependencies)
handler = observed(api.resolve, function="jobs")
