"""POST /v1/general/chat, and the OpenAI-compatible surface: /v1/chat/completions and /v1/models."""

import functools
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.event_handler import Response
from stepwise import wiring
from stepwise.api.app import Api, Call
from stepwise.api.endpoint import caller_of, model_backed, read_screened
from stepwise.api.idempotent import reply_once, stream_once
from stepwise.api.openai import complete, error_body, list_models, retrieve_model, stream_completion
from stepwise.api.openai_schemas import CompletionRequest
from stepwise.api.planning import chat_plan
from stepwise.api.schemas import ChatRequest
from stepwise.errors import StepwiseError
from stepwise.observability import observed


class ChatApi(Api):
    """Errors in OpenAI's shape on its paths."""

    def error_body(self, error: StepwiseError, call: Call) -> Mapping[str, Any]:
        return error_body(error) if self.speaks_openai(call) else super().error_body(error, call)

    def error_type(self, call: Call) -> str:
        return "application/json" if self.speaks_openai(call) else super().error_type(call)

    def error_status(self, error: StepwiseError, call: Call) -> int:
        return 400 if self.speaks_openai(call) and error.status in (413, 415, 422) else error.status

    @staticmethod
    def speaks_openai(call: Call) -> bool:
        return not call.path.startswith("/v1/general/")


api = ChatApi()


@api.post("/v1/general/chat")
def chat() -> Response[str]:
    return model_backed(
        api,
        ChatRequest,
        chat_plan,
        wiring.dependencies(),
        wiring.idempotency(),
        streams=lambda _, request: request.stream,
    )


@api.post("/v1/chat/completions")
def completions() -> Response[str]:
    call, deps = api.call, wiring.dependencies()
    request = read_screened(CompletionRequest, call, deps.settings)
    caller = caller_of(deps, call)
    idempotency = wiring.idempotency()
    if request.stream:
        start = functools.partial(stream_completion, deps, request, caller, call.id)
        return api.stream(stream_once(idempotency, call, caller, start))
    compute = functools.partial(complete, deps, request, caller, call.id)
    return api.reply(reply_once(idempotency, call, caller, compute))


@api.get("/v1/models")
def models() -> Response[str]:
    return api.reply(list_models(wiring.settings()))


@api.get("/v1/models/<model>")
def model(model: str) -> Response[str]:
    return api.reply(retrieve_model(wiring.settings(), model))


wiring.prepare(wiring.dependencies, wiring.idempotency)
handler = observed(api.resolve, function="chat")
