"""Send an answer as server-sent events: ``reasoning``, ``delta``, then ``done`` or ``error``."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import Any

from stepwise.answering.caller import Caller
from stepwise.answering.dependencies import Dependencies
from stepwise.answering.looking_up import look_up
from stepwise.answering.outcomes import Answered, CacheUse
from stepwise.answering.respond import cached_answer
from stepwise.answering.stream import Live, live
from stepwise.answering.tasks import Presentation, task_for
from stepwise.api.reply import cache_headers, cache_status
from stepwise.api.sse import HEADERS, HEARTBEAT, HEARTBEAT_SECONDS, event
from stepwise.errors import InternalError, StepwiseError, problem
from stepwise.observability import log_exception, report_error
from stepwise.plan import Plan
from stepwise.runtime.streaming_response import StreamingResponse

__all__ = ["prime", "ready_stream", "stream"]

_PRIMING_SECONDS = 1.5
"""Seconds for which the status is held back, so that an early error gets an HTTP status of its own."""


def stream(
    deps: Dependencies, plan: Plan, presentation: Presentation, caller: Caller, request_id: str
) -> StreamingResponse:
    """Stream the answer while it is written; a cached one is sent in one piece. ``Cache-Status`` says which.

    Raises:
        StepwiseError: before the first byte.
    """
    looked = look_up(deps, plan, caller, slot=True)
    hit = cached_answer(deps, plan, presentation, caller, looked)
    if hit is not None:
        return ready_stream(plan, hit, request_id)
    pieces = prime(deps, live(deps, plan, presentation, caller, looked=looked))
    headers = {
        **HEADERS,
        "Cache-Status": cache_status(CacheUse(bypassed=not plan.key)),
        "x-request-id": request_id,
    }
    return StreamingResponse(
        200, headers, _events(deps, plan, presentation, pieces, request_id, caller.started)
    )


def ready_stream(plan: Plan, answered: Answered, request_id: str) -> StreamingResponse:
    """Stream a finished answer, with at most one event of each kind."""
    headers = {**HEADERS, **cache_headers(answered.cache), "x-request-id": request_id}
    return StreamingResponse(200, headers, _ready_events(plan, answered.body))


def _ready_events(plan: Plan, body: Mapping[str, Any]) -> Iterator[bytes]:
    text = task_for(plan.kind).text_of(body)
    if body["reasoning"]:
        yield event("reasoning", {"delta": body["reasoning"]})
    if text:
        yield event("delta", {"delta": text})
    yield event("done", body)


def prime(deps: Dependencies, pieces: Generator[Live | None]) -> Generator[Live | None]:
    """Wait for the first piece, at most 1.5 s, so that errors until then are raised before the status is sent."""
    begun = deps.monotonic()
    first: list[Live | None] = []
    for piece in pieces:
        first.append(piece)
        if piece is not None or deps.monotonic() - begun > _PRIMING_SECONDS:
            break
    return _chained(first[-1:], pieces)


def _chained(first: list[Live | None], rest: Generator[Live | None]) -> Generator[Live | None]:
    try:
        yield from first
        yield from rest
    finally:
        rest.close()


def _events(
    deps: Dependencies,
    plan: Plan,
    presentation: Presentation,
    pieces: Generator[Live | None],
    request_id: str,
    last: float,
) -> Iterator[bytes]:
    try:
        for piece in pieces:
            chunk = _event(plan, presentation, piece)
            now = deps.monotonic()
            if not chunk and now - last >= HEARTBEAT_SECONDS:
                chunk = HEARTBEAT
            if chunk:
                last = now
            yield chunk
    except StepwiseError as error:
        report_error(error.code, error.reason)
        yield event("error", problem(error, request_id))
    except Exception as error:  # noqa: BLE001 - the status has been sent: the client is told in the stream
        log_exception(error)
        report_error(InternalError.code)
        yield event("error", problem(InternalError(), request_id))
    finally:
        pieces.close()


def _event(plan: Plan, presentation: Presentation, piece: Live | None) -> bytes:
    if piece is None:
        return b""
    match piece.kind:
        case "thinking":
            return event("reasoning", {"delta": piece.text}) if presentation.include_reasoning else b""
        case "answer":
            return event("delta", {"delta": piece.text})
    body = dict(piece.body or {})
    task = task_for(plan.kind)
    if not task.streamed_text_repeated:
        body.pop(task.text_field, None)
    return event("done", body)
