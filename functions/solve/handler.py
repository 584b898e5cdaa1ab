"""POST /v1/math/solve: solve a mathematics problem step by step."""

from stepwise import wiring
from stepwise.api.app import Api, Call
from stepwise.api.dependencies import ApiDependencies
from stepwise.api.endpoint import model_backed
from stepwise.api.planning import solve_plan
from stepwise.api.reply import Reply
from stepwise.api.schemas import SolveRequest
from stepwise.observability import observed
from stepwise.runtime.streaming_response import StreamingResponse

api = Api(wiring.api_dependencies)


@api.post("/v1/math/solve")
def solve(call: Call, deps: ApiDependencies) -> Reply | StreamingResponse:
    return model_backed(call, deps, SolveRequest, solve_plan)


wiring.prepare(wiring.api_dependencies)
handler = observed(api.resolve, function="solve")
