"""The OpenAI-compatible endpoints: completions, plain and streamed, models, and errors in OpenAI's format.

Source: OpenAI API reference, "Chat" and "Models" (https://platform.openai.com/docs/api-reference). Thinking is sent in
``reasoning_content``, as other hosts of reasoning models do.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from typing import Any

from stepwise.answering.caller import Caller, wait_of
from stepwise.answering.dependencies import Dependencies
from stepwise.answering.outcomes import CacheUse
from stepwise.answering.stream import Live, live
from stepwise.api.app import Api, Call
from stepwise.api.dependencies import ApiDependencies
from stepwise.api.encoding import json_bytes
from stepwise.api.endpoint import caller_of, read_screened
from stepwise.api.event_stream import prime
from stepwise.api.idempotent import reply_once, stream_once
from stepwise.api.openai_schemas import CompletionRequest
from stepwise.api.planning import completion_plan, served_model
from stepwise.api.reply import Reply, cache_status
from stepwise.api.sse import HEADERS, HEARTBEAT, HEARTBEAT_SECONDS
from stepwise.config import Settings
from stepwise.errors import InternalError, ModelTimeout, StepwiseError
from stepwise.observability import log_exception, report_error
from stepwise.plan import Plan
from stepwise.runtime.streaming_response import StreamingResponse

__all__ = [
    "ChatApi",
    "complete",
    "completion",
    "error_body",
    "list_models",
    "retrieve_model",
    "stream_completion",
]

_DONE = b"data: [DONE]\n\n"


def completion(call: Call, deps: ApiDependencies) -> Reply | StreamingResponse:
    """``POST /v1/chat/completions``, in one piece or as a stream.

    Raises:
        StepwiseError: named as in the HTTP contract.
    """
    request = read_screened(CompletionRequest, call, deps.settings)
    caller = caller_of(deps, call)
    if request.stream:
        start = functools.partial(stream_completion, deps, request, caller, call.id)
        return stream_once(deps.idempotency, call, caller, start)
    compute = functools.partial(complete, deps, request, caller, call.id)
    return reply_once(deps.idempotency, call, caller, compute)


def complete(deps: Dependencies, request: CompletionRequest, caller: Caller, request_id: str) -> Reply:
    """The whole completion; it waits until the deployment's time limit.

    Raises:
        ModelTimeout: it was not ready in time.
        StepwiseError: named as in the HTTP contract.
    """
    plan = completion_plan(request, deps.settings)
    patient = replace(caller, preferences=replace(caller.preferences, wait=float("inf")))
    until = caller.started + wait_of(deps, patient)
    pieces = live(deps, plan, request.presentation(), caller, until=until)
    try:
        body = _body(deps, pieces, until)
    finally:
        pieces.close()
    message = {"role": "assistant", "content": body["response"]}
    if body["reasoning"]:
        message["reasoning_content"] = body["reasoning"]
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": body["finish_reason"]}
    completion = _head(request_id, plan, "chat.completion") | {"choices": [choice], "usage": _usage(body)}
    return Reply(200, completion, {"Cache-Status": cache_status(CacheUse(bypassed=True))})


def _body(deps: Dependencies, pieces: Generator[Live | None], until: float) -> Mapping[str, Any]:
    for piece in pieces:
        if piece is not None and piece.body is not None:
            return piece.body
        if deps.monotonic() > until:
            break
    raise ModelTimeout("The answer was not ready in time. Ask for fewer tokens, or for a stream.")


def stream_completion(
    deps: Dependencies, request: CompletionRequest, caller: Caller, request_id: str
) -> StreamingResponse:
    """The completion as a stream of ``chat.completion.chunk`` objects.

    Raises:
        StepwiseError: before the first byte.
    """
    plan = completion_plan(request, deps.settings)
    pieces = prime(deps, live(deps, plan, request.presentation(), caller))
    headers = {
        **HEADERS,
        "x-request-id": request_id,
        "Cache-Status": cache_status(CacheUse(bypassed=True)),
    }
    return StreamingResponse(200, headers, _chunks(deps, request, plan, pieces, request_id))


def _chunks(
    deps: Dependencies,
    request: CompletionRequest,
    plan: Plan,
    pieces: Generator[Live | None],
    request_id: str,
) -> Iterator[bytes]:
    usage = request.stream_options is not None and request.stream_options.include_usage
    head = _head(request_id, plan, "chat.completion.chunk") | ({"usage": None} if usage else {})

    def chunk(delta: Mapping[str, str], finish_reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return _data(head | {"choices": [choice]})

    try:
        yield chunk({"role": "assistant", "content": ""})
        last = deps.monotonic()
        for piece in pieces:
            if piece is None:
                now = deps.monotonic()
                beat = now - last >= HEARTBEAT_SECONDS
                last = now if beat else last
                yield HEARTBEAT if beat else b""
                continue
            last = deps.monotonic()
            if piece.body is None:
                name = "content" if piece.kind == "answer" else "reasoning_content"
                yield chunk({name: piece.text})
                continue
            yield chunk({}, piece.body["finish_reason"])
            if usage:
                yield _data(head | {"choices": [], "usage": _usage(piece.body)})
        yield _DONE
    except StepwiseError as error:
        report_error(error.code, error.reason)
        yield _data(error_body(error))
    except Exception as error:  # noqa: BLE001 - the status has been sent: the client is told in the stream
        log_exception(error)
        report_error(InternalError.code)
        yield _data(error_body(InternalError()))
    finally:
        pieces.close()


class ChatApi(Api[ApiDependencies]):
    """Sends errors in OpenAI's format on OpenAI's paths."""

    def error_body(self, error: StepwiseError, call: Call) -> Mapping[str, Any]:
        return error_body(error) if self.speaks_openai(call) else super().error_body(error, call)

    def error_type(self, call: Call) -> str:
        return "application/json" if self.speaks_openai(call) else super().error_type(call)

    def error_status(self, error: StepwiseError, call: Call) -> int:
        return 400 if self.speaks_openai(call) and error.status in (413, 415, 422) else error.status

    @staticmethod
    def speaks_openai(call: Call) -> bool:
        return not call.path.startswith("/v1/general/")


def list_models(settings: Settings) -> Reply:
    """``GET /v1/models``: the models of this deployment."""
    return Reply(200, {"object": "list", "data": [_model(settings.model_name)]})


def retrieve_model(settings: Settings, name: str) -> Reply:
    """``GET /v1/models/{model}``.

    Raises:
        ModelNotFound: this deployment does not serve it.
    """
    return Reply(200, _model(served_model(name, settings)))


def error_body(error: StepwiseError) -> dict[str, Any]:
    """*error* in OpenAI's format."""
    kinds = {
        401: "authentication_error",
        403: "permission_error",
        404: "not_found_error",
        429: "rate_limit_error",
    }
    kind = kinds.get(error.status, "invalid_request_error" if error.status < 500 else "server_error")
    first = error.errors[0] if error.errors else None
    parameter = first.pointer.lstrip("/").replace("/", ".") if first else None
    message = f"{parameter}: {first.message}" if first and parameter else error.detail
    return {"error": {"message": message, "type": kind, "param": parameter, "code": error.code}}


def _head(request_id: str, plan: Plan, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{request_id}",
        "object": kind,
        "created": int(time.time()),
        "model": plan.model,
        "system_fingerprint": None,
    }


def _usage(body: Mapping[str, Any]) -> dict[str, Any]:
    usage = body["usage"]
    prompt, completion = usage["prompt_tokens"], usage["completion_tokens"]
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "completion_tokens_details": {"reasoning_tokens": usage["thinking_tokens"]},
    }


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "stepwise"}


def _data(value: Mapping[str, Any]) -> bytes:
    return b"data: " + json_bytes(value) + b"\n\n"
