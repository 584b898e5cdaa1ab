"""GET and DELETE /v1/jobs/{id}: look up, wait for and cancel a job."""

from stepwise import wiring
from stepwise.api.app import Api, Call
from stepwise.api.dependencies import ApiDependencies
from stepwise.api.jobs import delete_job, get_job
from stepwise.api.reply import Reply
from stepwise.observability import observed

api = Api(wiring.api_dependencies)


@api.get("/v1/jobs/<job_id>")
def get(call: Call, deps: ApiDependencies, job_id: str) -> Reply:
    return get_job(call, deps, job_id)


@api.delete("/v1/jobs/<job_id>")
def cancel(call: Call, deps: ApiDependencies, job_id: str) -> Reply:
    return delete_job(call, deps, job_id)


wiring.prepare(wiring.api_dependencies)
handler = observed(api.resolve, function="jobs")
