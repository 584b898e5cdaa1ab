"""Route gateway events to the use cases, and turn results and errors into responses."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPMethod
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from stepwise.api.encoding import json_bytes
from stepwise.api.reply import Reply
from stepwise.errors import (
    InternalError,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    StepwiseError,
    UnsupportedMediaType,
    problem,
)
from stepwise.observability import log_exception, report_error, request_ids
from stepwise.runtime.streaming_response import StreamingResponse

__all__ = ["Api", "Call", "Endpoint", "json_response"]

_WEIGHT = re.compile(r"[01](?:\.[0-9]{0,3})?")
_SECURITY_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


@dataclass(frozen=True)
class Call:
    """One request. Header names are in lower case."""

    id: str
    method: str
    path: str
    headers: Mapping[str, str]
    partner: str
    """A digest of the API key's id, under which a partner's jobs and replies are stored."""
    body: bytes
    remaining: Callable[[], float]
    """Seconds that the function has left."""
    arrived: float | None = None
    """When it reached the gateway, by the gateway's clock, in epoch seconds."""
    correlation_id: str = ""
    """The client's ``x-correlation-id`` if it has only allowed characters, else the request's id."""
    domain: str = ""
    stage: str = ""
    """The gateway's stage; under the gateway's own host name, paths begin with it."""

    def json_body(self, limit: int) -> bytes:
        """The body, if its content type is JSON and it has at most *limit* bytes.

        Raises:
            UnsupportedMediaType, PayloadTooLarge
        """
        kind = self.headers.get("content-type", "application/json").split(";")[0].strip().lower()
        if kind != "application/json":
            raise UnsupportedMediaType
        if self.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            raise UnsupportedMediaType("Send the body as it is, without Content-Encoding.")
        if len(self.body) > limit:
            raise PayloadTooLarge(f"The body has {len(self.body)} bytes; at most {limit} are accepted.")
        return self.body

    @property
    def wants_events(self) -> bool:
        """Whether ``Accept`` prefers server-sent events to JSON (RFC 9110, 12.5.1)."""
        accepted = _accepted(self.headers.get("accept", ""))
        events = accepted.get("text/event-stream", 0.0)
        return events > 0 and events >= accepted.get("application/json", 0.0)

    @property
    def wants_html(self) -> bool:
        """Whether ``Accept`` names HTML, as browsers do, and does not prefer JSON."""
        accepted = _accepted(self.headers.get("accept", ""))
        pages = accepted.get("text/html", 0.0)
        return pages > 0 and pages > accepted.get("application/json", 0.0)


type Endpoint = Callable[..., Reply | StreamingResponse | Response[str]]


class Api[D](APIGatewayRestResolver):
    """Powertools' resolver with this API's errors, and with routes that may stream.

    A route is a function of the call, the result of *dependencies*, and the parameters in its path. It returns a
    reply, a stream, or a Powertools response, which is sent unchanged.

    ``error_body``, ``error_type`` and ``error_status`` define how errors are shown: as problem documents (RFC 9457).
    """

    def __init__(self, dependencies: Callable[[], D]) -> None:
        super().__init__()
        self._dependencies = dependencies
        self._streamed: StreamingResponse | None = None
        self._call: Call | None = None
        self.exception_handler(StepwiseError)(self.error_response)
        self.exception_handler(Exception)(self._unexpected)
        self.exception_handler(NotFoundError)(lambda _: self.error_response(self._no_route()))

    def resolve(self, event: Any, context: Any) -> Any:
        self._streamed = self._call = None
        response = super().resolve(event, context)
        streamed, self._streamed = self._streamed, None
        return streamed or response

    def route(  # type: ignore[override]  # routes of this API are functions of the call and the dependencies
        self, rule: str, *arguments: Any, **options: Any
    ) -> Callable[[Endpoint], Endpoint]:
        register = super().route(rule, *arguments, **options)

        def decorate(endpoint: Endpoint) -> Endpoint:
            def respond(**parameters: str) -> Response[str]:
                return self._response(endpoint(self._current_call(), self._dependencies(), **parameters))

            register(respond)
            return endpoint

        return decorate

    def _response(self, reply: Reply | StreamingResponse | Response[str]) -> Response[str]:
        if isinstance(reply, StreamingResponse):
            self._streamed = reply
            return Response(status_code=reply.status)
        if isinstance(reply, Reply):
            return json_response(reply.status, reply.body, self._current_call().id, reply.headers)
        return reply

    def _current_call(self) -> Call:
        """The current call; it is read once for each event, so that the body is decoded once."""
        if self._call is None:
            self._call = self._read_call()
        return self._call

    def _read_call(self) -> Call:
        event = self.current_event.raw_event
        request_context = event.get("requestContext") or {}
        return Call(
            id=str(request_context.get("requestId") or self.lambda_context.aws_request_id),
            method=str(event.get("httpMethod", "")),
            path=str(event.get("path", "")),
            headers=_headers(event),
            partner=_partner(request_context.get("identity") or {}),
            arrived=_seconds(request_context.get("requestTimeEpoch")),
            body=_body(event),
            remaining=lambda: self.lambda_context.get_remaining_time_in_millis() / 1000,
            correlation_id=request_ids(event, self.lambda_context).get("correlation_id", ""),
            domain=str(request_context.get("domainName") or ""),
            stage=str(request_context.get("stage") or ""),
        )

    def error_response(self, error: StepwiseError) -> Response[str]:
        """The response for *error*; it is logged and counted."""
        report_error(error.code, error.reason)
        call = self._current_call()
        headers = dict(error.headers)
        if error.retry_after is not None:
            headers["Retry-After"] = str(error.retry_after)
        status = self.error_status(error, call)
        return json_response(status, self.error_body(error, call), call.id, headers, self.error_type(call))

    def error_body(self, error: StepwiseError, call: Call) -> Mapping[str, Any]:
        return problem(error, call.id)

    def error_status(self, error: StepwiseError, call: Call) -> int:
        return error.status

    def error_type(self, call: Call) -> str:
        return "application/problem+json"

    def _unexpected(self, error: Exception) -> Response[str]:
        log_exception(error)
        return self.error_response(InternalError())

    def _no_route(self) -> StepwiseError:
        """404, or 405 if the path has routes for other methods."""
        event = self.current_event
        allowed = {
            route.method
            for route in self._static_routes + self._dynamic_routes
            if route.rule.match(event.path)
        }
        if not allowed:
            return NotFound()
        return MethodNotAllowed(headers={"Allow": ", ".join(sorted(allowed & set(HTTPMethod)))})


def json_response(
    status: int,
    body: Mapping[str, Any],
    request_id: str,
    headers: Mapping[str, str] | None = None,
    content_type: str = "application/json",
) -> Response[str]:
    """A response with the headers that all responses of this API have."""
    return Response(
        status_code=status,
        content_type=content_type,
        body=json_bytes(body).decode("utf-8"),
        headers={**_SECURITY_HEADERS, **(headers or {}), "x-request-id": request_id},
    )


def _headers(event: Mapping[str, Any]) -> dict[str, str]:
    """The headers with names in lower case; repeated headers are joined by commas (RFC 9110, 5.3)."""
    single = {name: [value] for name, value in (event.get("headers") or {}).items()}
    headers: dict[str, list[str]] = {}
    for name, values in (event.get("multiValueHeaders") or single).items():
        headers.setdefault(str(name).lower(), []).extend(map(str, values or []))
    return {name: ", ".join(values) for name, values in headers.items()}


def _accepted(accept: str) -> dict[str, float]:
    """Weight of each media type in an ``Accept`` header; an invalid weight counts as 1."""
    weights = {}
    for element in accept.lower().split(","):
        kind, *parameters = [part.strip() for part in element.split(";")]
        weight = next((part[2:] for part in parameters if part.startswith("q=")), "1")
        weights[kind] = float(weight) if _WEIGHT.fullmatch(weight) else 1.0
    return weights


def _seconds(epoch_ms: Any) -> float | None:
    return epoch_ms / 1000 if isinstance(epoch_ms, int | float) else None


def _partner(identity: Mapping[str, Any]) -> str:
    key = identity.get("apiKeyId") or identity.get("apiKey") or "anonymous"
    return hashlib.sha256(str(key).encode()).hexdigest()[:32]


def _body(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(body).encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(body)
    except (binascii.Error, ValueError):
        return b""  # refused as any body that is no JSON
