"""POST /v1/math/solve: solve a mathematics problem step by step."""

from aws_lambda_powertools.event_handler import Response
from stepwise import wiring
from stepwise.api.app import Api
from stepwise.api.endpoint import model_backed
from stepwise.api.planning import solve_plan
from stepwise.api.schemas import SolveRequest
from stepwise.observability import observed

api = Api()


@api.post("/v1/math/solve")
def solve() -> Response[str]:
    return model_backed(api, SolveRequest, solve_plan, wiring.dependencies(), wiring.idempotency())


wiring.prepare(wiring.dependencies, wiring.idempotency)
handler = observed(api.resolve, function="solve")
