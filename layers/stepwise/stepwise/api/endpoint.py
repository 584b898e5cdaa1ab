"""The shared part of the model-backed endpoints: from a call to a reply or a stream."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from stepwise.answering.caller import Caller, wait_of
from stepwise.answering.dependencies import Dependencies
from stepwise.answering.outcomes import CacheUse
from stepwise.answering.respond import answer
from stepwise.answering.tasks import Presentation
from stepwise.api.app import Call
from stepwise.api.dependencies import ApiDependencies
from stepwise.api.event_stream import stream
from stepwise.api.idempotent import reply_once, stream_once
from stepwise.api.planning import refuse_by_length
from stepwise.api.preferences import preference_applied, read_preferences
from stepwise.api.reply import Reply, cache_status, reply_to
from stepwise.api.schemas import AnswerRequest, Conversation, read_request
from stepwise.config import Settings
from stepwise.errors import StepwiseError
from stepwise.observability import count
from stepwise.plan import Plan
from stepwise.runtime.streaming_response import StreamingResponse

__all__ = ["caller_of", "model_backed", "read_screened", "respond"]


def model_backed[T: AnswerRequest](
    call: Call,
    deps: ApiDependencies,
    kind: type[T],
    plan_of: Callable[[T, Settings], Plan],
    *,
    streams: Callable[[Call, T], bool] = lambda call, _: call.wants_events,
) -> Reply | StreamingResponse:
    """Answer *call*: parse and screen the request, plan it, and return the reply or the stream.

    Raises:
        StepwiseError: named as in the HTTP contract.
    """
    request = read_screened(kind, call, deps.settings)
    caller = caller_of(deps, call)
    plan = _kept_apart(plan_of(request, deps.settings), caller)
    presentation = request.presentation()
    if streams(call, request):

        def start() -> StreamingResponse:
            return _cache_told(plan, lambda: stream(deps, plan, presentation, caller, call.id))

        return stream_once(deps.idempotency, call, caller, start)

    def compute() -> Reply:
        return _cache_told(plan, lambda: respond(deps, plan, presentation, caller))

    return reply_once(deps.idempotency, call, caller, compute)


def respond(deps: Dependencies, plan: Plan, presentation: Presentation, caller: Caller) -> Reply:
    """The reply to one request, with ``Preference-Applied``.

    Raises:
        StepwiseError: named as in the HTTP contract.
    """
    wait = wait_of(deps, caller)
    reply = reply_to(answer(deps, plan, presentation, caller))
    applied = preference_applied(caller.preferences, wait, at_once=reply.status == 200)
    return replace(reply, headers={**reply.headers, "Preference-Applied": applied}) if applied else reply


def _cache_told[R](plan: Plan, respond: Callable[[], R]) -> R:
    """The reply of *respond*; its errors get a ``Cache-Status`` header too."""
    try:
        return respond()
    except StepwiseError as error:
        error.headers.setdefault("Cache-Status", cache_status(CacheUse(bypassed=not plan.key)))
        raise


def read_screened[T: AnswerRequest](kind: type[T], call: Call, settings: Settings) -> T:
    """The request in the body of *call*, screened.

    Raises:
        StepwiseError: named as in the HTTP contract.
    """
    request = read_request(kind, call.json_body(settings.max_body_bytes))
    if isinstance(request, Conversation):
        refuse_by_length(request, settings)  # before anything slower than a look at its length
    try:
        request.screen()
    except StepwiseError:
        count("Refusals")
        raise
    return request


def caller_of(deps: Dependencies, call: Call) -> Caller:
    """The client of *call* and its preferences.

    Its wait counts from the call's arrival at the gateway, so that a cold start is a part of it. A time on the way
    that no gateway would have waited for, or less than 0, is that of a wrong clock: then the wait counts from here.
    """
    on_its_way = 0.0 if call.arrived is None else deps.clock() - call.arrived
    if not 0 <= on_its_way < deps.settings.gateway_timeout:
        on_its_way = 0.0
    return Caller(
        partner=call.partner,
        preferences=read_preferences(call.headers),
        started=deps.monotonic() - on_its_way,
        remaining=call.remaining,
        correlation_id=call.correlation_id,
    )


def _kept_apart(plan: Plan, caller: Caller) -> Plan:
    """The plan; without a cache key if the client sent ``no-store``."""
    if not caller.preferences.no_store:
        return plan
    return replace(plan, key="", store=False)
