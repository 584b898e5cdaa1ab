"""POST /v1/general/chat, and the OpenAI-compatible endpoints /v1/chat/completions and /v1/models."""

from stepwise import wiring
from stepwise.api.app import Call
from stepwise.api.dependencies import ApiDependencies
from stepwise.api.endpoint import model_backed
from stepwise.api.openai import ChatApi, completion, list_models, retrieve_model
from stepwise.api.planning import chat_plan
from stepwise.api.reply import Reply
from stepwise.api.schemas import ChatRequest
from stepwise.observability import observed
from stepwise.runtime.streaming_response import StreamingResponse

api = ChatApi(wiring.api_dependencies)


@api.post("/v1/general/chat")
def chat(call: Call, deps: ApiDependencies) -> Reply | StreamingResponse:
    return model_backed(call, deps, ChatRequest, chat_plan, streams=lambda _, request: request.stream)


@api.post("/v1/chat/completions")
def completions(call: Call, deps: ApiDependencies) -> Reply | StreamingResponse:
    return completion(call, deps)


@api.get("/v1/models")
def models(_call: Call, deps: ApiDependencies) -> Reply:
    return list_models(deps.settings)


@api.get("/v1/models/<model>")
def model(_call: Call, deps: ApiDependencies, model: str) -> Reply:
    return retrieve_model(deps.settings, model)


wiring.prepare(wiring.api_dependencies)
handler = observed(api.resolve, function="chat")
