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
from stepwise.replies import Reply
from stepwise.requests import AnalyzeRequest, ChatRequest, SolveRequest, read_request
from stepwise.service import Caller, answer
from stepwise.streaming import stream
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
    plan = plan_of(request, desk.settings)
    caller = caller_of(desk, call)
    asked = asked_of(request)
    if streams(call, request):
        return api.stream(stream(desk, plan, asked, caller, call.id))
    return api.reply(_once(call, caller, lambda: answer(desk, _stored(plan, caller), asked, caller)))


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


def _stored(plan: Plan, caller: Caller) -> Plan:
    """The plan, kept to this client where it says ``no-store``."""
    if not caller.preferences.no_store:
        return plan
    return replace(plan, key="", store=False)


def _once(call: Call, caller: Caller, compute: Callable[[], Reply]) -> Reply:
    key = caller.preferences.idempotency_key
    idempotency: Any = environment.idempotency() if key else None
    if idempotency is None:
        return compute()
    request = f"{call.method} {call.path}\n".encode() + call.body
    reply: Reply = idempotency.once(call.partner, key, request, compute)
    return reply
