"""POST /v1/math/solve: solve a mathematics problem step by step."""

from aws_lambda_powertools.event_handler import Response
from stepwise import environment
from stepwise.endpoint import model_backed
from stepwise.observability import observed
from stepwise.plans import solve_plan
from stepwise.requests import SolveRequest
from stepwise.web import Api

api = Api()


@api.post("/v1/math/solve")
def solve() -> Response[str]:
    return model_backed(api, SolveRequest, solve_plan)


environment.prepare(environment.desk, environment.idempotency)
handler = observed(api.resolve, function="solve")
