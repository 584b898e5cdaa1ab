"""POST /v1/logic/analyze: take an argument apart and judge it."""

from aws_lambda_powertools.event_handler import Response
from stepwise import environment
from stepwise.endpoint import model_backed
from stepwise.observability import observed
from stepwise.plans import analyze_plan
from stepwise.requests import AnalyzeRequest
from stepwise.web import Api

api = Api()


@api.post("/v1/logic/analyze")
def analyze() -> Response[str]:
    return model_backed(api, AnalyzeRequest, analyze_plan)


environment.prepare(environment.desk, environment.idempotency)
handler = observed(api.resolve, function="analyze")
