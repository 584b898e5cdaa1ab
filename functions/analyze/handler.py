"""POST /v1/logic/analyze: take an argument apart and judge it."""

from aws_lambda_powertools.event_handler import Response
from stepwise import wiring
from stepwise.api.app import Api
from stepwise.api.endpoint import model_backed
from stepwise.api.planning import analyze_plan
from stepwise.api.schemas import AnalyzeRequest
from stepwise.observability import observed

api = Api()


@api.post("/v1/logic/analyze")
def analyze() -> Response[str]:
    return model_backed(api, AnalyzeRequest, analyze_plan, wiring.dependencies(), wiring.idempotency())


wiring.prepare(wiring.dependencies, wiring.idempotency)
handler = observed(api.resolve, function="analyze")
