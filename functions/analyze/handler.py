"""POST /v1/logic/analyze: analyse an argument and decide its validity."""

from stepwise import wiring
from stepwise.api.app import Api, Call
from stepwise.api.dependencies import ApiDependencies
from stepwise.api.endpoint import model_backed
from stepwise.api.planning import analyze_plan
from stepwise.api.reply import Reply
from stepwise.api.schemas import AnalyzeRequest
from stepwise.observability import observed
from stepwise.runtime.streaming_response import StreamingResponse

api = Api(wiring.api_dependencies)


@api.post("/v1/logic/analyze")
def analyze(call: Call, deps: ApiDependencies) -> Reply | StreamingResponse:
    return model_backed(call, deps, AnalyzeRequest, analyze_plan)


wiring.prepare(wiring.api_dependencies)
handler = observed(api.resolve, function="analyze")
