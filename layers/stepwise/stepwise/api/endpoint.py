"""What the model-backed endpoints do alike: from a call to a reply, or to a stream."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from aws_lambda_powertools.event_handler import Response

from stepwise.answering.caller import Caller
from stepwise.answering.dependencies import Dependencies
from stepwise.answering.reply import cache_status_miss
from stepwise.answering.respond import answer, cached_reply
from stepwise.api.app import Api, Call
from stepwise.api.event_stream import stream
from stepwise.api.idempotency import Idempotency
from stepwise.api.idempotent import reply_once, stream_once
from stepwise.api.openai_schemas import CompletionRequest
from stepwise.api.planning import refuse_by_length
from stepwise.api.preferences import read_preferences
from stepwise.api.presentation import presentation_of
from stepwise.api.ready_stream import ready_stream
from stepwise.api.schemas import AnalyzeRequest, ChatRequest, SolveRequest, read_request
from stepwise.config import Settings
from stepwise.errors import StepwiseError
from stepwise.observability import count
from stepwise.plan import Plan
from stepwise.runtime.streaming_response import StreamingResponse

__all__ = ["caller_of", "model_backed", "read_screened"]


def model_backed[T: (SolveRequest, AnalyzeRequest, ChatRequest)](
    api: Api,
    kind: type[T],
    plan_of: Callable[[T, Settings], Plan],
    deps: Dependencies,
    idempotency: Idempotency | None,
    *,
    streams: Callable[[Call, T], bool] = lambda call, _: call.wants_events,
) -> Response[str]:
    """Answer ``api.call``: read it, screen it, plan it, and give the reply or the stream.

    Raises:
        StepwiseError: named as in the HTTP contract.
    """
    call = api.call
    request = read_screened(kind, call, deps.settings)
    caller = caller_of(deps, call)
    plan = _kept_apart(plan_of(request, deps.settings), caller)
    presentation = presentation_of(request)
    if streams(call, request):
        return api.stream(
            stream_once(
                idempotency,
                call,
                caller,
                lambda: _cache_told(plan, lambda: _stream(deps, plan, presentation, caller, call)),
            )
        )
    return api.reply(
        reply_once(
            idempotency,
            call,
            caller,
            lambda: _cache_told(plan, lambda: answer(deps, plan, presentation, caller)),
        )
    )


def _stream(
    deps: Dependencies, plan: Plan, presentation: dict[str, Any], caller: Caller, call: Call
) -> StreamingResponse:
    """The stream, which says in its first line whether the answer was there; so the cache is asked before it."""
    hit = cached_reply(deps, plan, presentation, caller.preferences)
    if hit is not None:
        return ready_stream(hit, call.id)
    asked_already = replace(caller, preferences=replace(caller.preferences, no_cache=True))
    response = stream(deps, plan, presentation, asked_already, call.id)
    return replace(response, headers={"Cache-Status": _missed(plan), **response.headers})


def _cache_told[R](plan: Plan, respond: Callable[[], R]) -> R:
    """What *respond* gives; an error of it says too that no cached answer was there."""
    try:
        return respond()
    except StepwiseError as error:
        error.headers.setdefault("Cache-Status", _missed(plan))
        raise


def _missed(plan: Plan) -> str:
    return cache_status_miss(forward="miss" if plan.key else "bypass")


def read_screened[T: (SolveRequest, AnalyzeRequest, ChatRequest, CompletionRequest)](
    kind: type[T], call: Call, settings: Settings
) -> T:
    """The request in the body of *call*, screened.

    Raises:
        StepwiseError: named as in the HTTP contract.
    """
    request = read_request(kind, call.json_body(settings.max_body_bytes))
    if isinstance(request, (ChatRequest, CompletionRequest)):
        refuse_by_length(request, settings)  # before it costs more than its length
    try:
        request.screen()
    except StepwiseError:
        count("Refusals")
        raise
    return request


def caller_of(deps: Dependencies, call: Call) -> Caller:
    """Who asks, and since when."""
    return Caller(
        partner=call.partner,
        preferences=read_preferences(call.headers),
        started=deps.monotonic(),
        remaining=call.remaining,
        correlation_id=call.correlation_id,
    )


def _kept_apart(plan: Plan, caller: Caller) -> Plan:
    """The plan, kept to this client where it says ``no-store``."""
    if not caller.preferences.no_store:
        return plan
    return replace(plan, key="", store=False)
