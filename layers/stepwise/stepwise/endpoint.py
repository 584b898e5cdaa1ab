"""What the model-backed endpoints do alike: from a call to a reply, or to a stream."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from aws_lambda_powertools.event_handler import Response

from stepwise import environment
from stepwise.asked import asked_of
from stepwise.config import Settings
from stepwise.desk import Desk
from stepwise.errors import StepwiseError
from stepwise.observability import count
from stepwise.openai_requests import CompletionRequest
from stepwise.plans import Plan
from stepwise.preferences import read_preferences
from stepwise.ready_stream import ready_stream
from stepwise.repeatable import reply_once, stream_once
from stepwise.replies import cache_status_miss
from stepwise.requests import AnalyzeRequest, ChatRequest, SolveRequest, read_request
from stepwise.service import Caller, answer, cached_reply
from stepwise.streaming import stream
from stepwise.streaming_response import StreamingResponse
from stepwise.web import Api, Call

__all__ = ["caller_of", "model_backed", "read_screened"]


def model_backed[T: (SolveRequest, AnalyzeRequest, ChatRequest)](
    api: Api,
    kind: type[T],
    plan_of: Callable[[T, Settings], Plan],
    *,
    streams: Callable[[Call, T], bool] = lambda call, _: call.wants_events,
) -> Response[str]:
    """Answer ``api.call``: read it, screen it, plan it, and give the reply or the stream.

    Raises:
        StepwiseError: named as in the HTTP contract.
    """
    call, desk = api.call, environment.desk()
    request = read_screened(kind, call, desk.settings)
    caller = caller_of(desk, call)
    plan = _kept_apart(plan_of(request, desk.settings), caller)
    asked = asked_of(request)
    idempotency = environment.idempotency()
    if streams(call, request):
        return api.stream(
            stream_once(
                idempotency,
                call,
                caller,
                lambda: _cache_told(plan, lambda: _stream(desk, plan, asked, caller, call)),
            )
        )
    return api.reply(
        reply_once(
            idempotency, call, caller, lambda: _cache_told(plan, lambda: answer(desk, plan, asked, caller))
        )
    )


def _stream(desk: Desk, plan: Plan, asked: dict[str, Any], caller: Caller, call: Call) -> StreamingResponse:
    """The stream, which says in its first line whether the answer was there; so the cache is asked before it."""
    hit = cached_reply(desk, plan, asked, caller.preferences)
    if hit is not None:
        return ready_stream(hit, call.id)
    asked_already = replace(caller, preferences=replace(caller.preferences, no_cache=True))
    response = stream(desk, plan, asked, asked_already, call.id)
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
    try:
        request.screen()
    except StepwiseError:
        count("Refusals")
        raise
    return request


def caller_of(desk: Desk, call: Call) -> Caller:
    """Who asks, and since when."""
    return Caller(
        partner=call.partner,
        preferences=read_preferences(call.headers),
        started=desk.monotonic(),
        remaining=call.remaining,
    )


def _kept_apart(plan: Plan, caller: Caller) -> Plan:
    """The plan, kept to this client where it says ``no-store``."""
    if not caller.preferences.no_store:
        return plan
    return replace(plan, key="", store=False)
