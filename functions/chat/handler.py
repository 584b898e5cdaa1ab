"""POST /v1/general/chat: talk to the model."""

from aws_lambda_powertools.event_handler import Response
from stepwise import environment
from stepwise.endpoint import model_backed
from stepwise.observability import observed
from stepwise.plans import chat_plan
from stepwise.requests import ChatRequest
from stepwise.web import Api

api = Api()


@api.post("/v1/general/chat")
def chat() -> Response[str]:
    return model_backed(api, ChatRequest, chat_plan, streams=lambda _, request: request.stream)


environment.prepare()
handler = observed(api.resolve, function="chat")
