"""Route gateway events to the use cases, and turn results and errors into responses."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stepwise.api.encoding import json_bytes
from stepwise.api.reply import Page, Reply
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

__all__ = ["Api", "Call", "Endpoint"]

_WEIGHT = re.compile(r"[01](?:\.[0-9]{0,3})?")
_PARAMETER = re.compile(r"<(\w+)>")
_SEGMENT = r"[-._~()'!*:@,;=+&$%<> \[\]{}|^\w]+"
"""One segment of a path; API Gateway decodes characters that RFC 3986 does not allow in it."""


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


type Endpoint = Callable[..., Reply | StreamingResponse | Page]


@dataclass(frozen=True)
class _Route:
    """An endpoint, its method, and the pattern of its paths."""

    method: str
    path: re.Pattern[str]
    endpoint: Endpoint


class Api[D]:
    """Endpoints by method and path; a handler's :meth:`resolve` finds the one of an event and makes its response.

    An endpoint is a function of the call, the result of *dependencies*, and the parameters in its path, which stand in
    angle brackets. It returns a reply, a stream, or a page. Slashes at the end of a path do not matter.

    ``error_body``, ``error_type`` and ``error_status`` define how errors are shown: as problem documents (RFC 9457).
    """

    def __init__(self, dependencies: Callable[[], D]) -> None:
        self._dependencies = dependencies
        self._routes: list[_Route] = []

    def get(self, rule: str) -> Callable[[Endpoint], Endpoint]:
        return self._route("GET", rule)

    def post(self, rule: str) -> Callable[[Endpoint], Endpoint]:
        return self._route("POST", rule)

    def delete(self, rule: str) -> Callable[[Endpoint], Endpoint]:
        return self._route("DELETE", rule)

    def _route(self, method: str, rule: str) -> Callable[[Endpoint], Endpoint]:
        path = re.compile(_PARAMETER.sub(lambda name: f"(?P<{name[1]}>{_SEGMENT})", rule) + "/*")

        def register(endpoint: Endpoint) -> Endpoint:
            self._routes.append(_Route(method, path, endpoint))
            return endpoint

        return register

    def resolve(self, event: Mapping[str, Any], context: Any) -> StreamingResponse | dict[str, Any]:
        """The response to an event of API Gateway (REST API, proxy integration)."""
        call = _read_call(event, context)
        try:
            endpoint, parameters = self._found(call)
            reply = endpoint(call, self._dependencies(), **parameters)
        except StepwiseError as error:
            return self._error_response(error, call)
        except Exception as error:  # noqa: BLE001 - the client gets an answer, whatever it is
            log_exception(error)
            return self._error_response(InternalError(), call)
        match reply:
            case StreamingResponse():
                return reply
            case Reply():
                return _json_response(reply, call)
            case Page():
                return _response(reply.status, reply.content_type, reply.body, reply.headers, call)

    def _found(self, call: Call) -> tuple[Endpoint, dict[str, str]]:
        """The endpoint of *call*, and the parameters in its path.

        Raises:
            NotFound: no endpoint has this path.
            MethodNotAllowed: those that have it have other methods.
        """
        allowed = set()
        for route in self._routes:
            match = route.path.fullmatch(call.path)
            if match is not None:
                if route.method == call.method:
                    return route.endpoint, match.groupdict()
                allowed.add(route.method)
        if not allowed:
            raise NotFound
        raise MethodNotAllowed(headers={"Allow": ", ".join(sorted(allowed))})

    def _error_response(self, error: StepwiseError, call: Call) -> dict[str, Any]:
        """The response for *error*; it is logged and counted."""
        report_error(error.code, error.reason)
        headers = dict(error.headers)
        if error.retry_after is not None:
            headers["Retry-After"] = str(error.retry_after)
        reply = Reply(self.error_status(error, call), self.error_body(error, call), headers)
        return _json_response(reply, call, self.error_type(call))

    def error_body(self, error: StepwiseError, call: Call) -> Mapping[str, Any]:
        return problem(error, call.id)

    def error_status(self, error: StepwiseError, call: Call) -> int:
        return error.status

    def error_type(self, call: Call) -> str:
        return "application/problem+json"


def _json_response(reply: Reply, call: Call, content_type: str = "application/json") -> dict[str, Any]:
    body = json_bytes(reply.body).decode("utf-8")
    return _response(reply.status, content_type, body, {"Cache-Control": "no-store", **reply.headers}, call)


def _response(
    status: int, content_type: str, body: str, headers: Mapping[str, str], call: Call
) -> dict[str, Any]:
    """A response as API Gateway takes it, with the headers that all responses of this API have."""
    everything = {
        "Content-Type": content_type,
        "X-Content-Type-Options": "nosniff",
        **headers,
        "x-request-id": call.id,
    }
    return {
        "statusCode": status,
        "body": body,
        "isBase64Encoded": False,
        "multiValueHeaders": {name: [value] for name, value in everything.items()},
    }


def _read_call(event: Mapping[str, Any], context: Any) -> Call:
    request_context = event.get("requestContext") or {}
    return Call(
        id=str(request_context.get("requestId") or context.aws_request_id),
        method=str(event.get("httpMethod", "")),
        path=str(event.get("path", "")),
        headers=_headers(event),
        partner=_partner(request_context.get("identity") or {}),
        arrived=_seconds(request_context.get("requestTimeEpoch")),
        body=_body(event),
        remaining=lambda: context.get_remaining_time_in_millis() / 1000,
        correlation_id=request_ids(event, context).get("correlation_id", ""),
        domain=str(request_context.get("domainName") or ""),
        stage=str(request_context.get("stage") or ""),
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
