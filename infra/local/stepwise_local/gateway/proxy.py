"""HTTP as Lambda proxy events (REST API, payload version 1.0), and what functions answer as HTTP.

Source: "Lambda proxy integrations" and "Lambda proxy integration with payload response streaming" in AWS's API Gateway
developer guide.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from stepwise_local.template.model import Route

__all__ = [
    "Answer",
    "BadAnswer",
    "Request",
    "compressed",
    "find_route",
    "proxy_answer",
    "proxy_event",
    "split_stream",
]

_DELIMITER = b"\0" * 8
_LONGEST_METADATA = 16_384
"""Bytes: API Gateway looks for the delimiter no further."""
_NOT_PASSED_ON = {
    "connection",
    "content-length",
    "date",
    "server",
    "transfer-encoding",
    "keep-alive",
    "upgrade",
}


class BadAnswer(ValueError):
    """What the function answered is no HTTP answer."""


@dataclass(frozen=True)
class Request:
    """An HTTP request as it came; header names in lower case."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    source: str
    request_id: str
    arrived: float
    """In epoch seconds."""

    def header(self, name: str) -> str | None:
        return next((value for key, value in reversed(self.headers) if key == name), None)


@dataclass(frozen=True)
class Answer:
    """Status and headers, and the body as far as it is known."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


def find_route(routes: Sequence[Route], method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The route of a request and the values of its path parameters.

    A whole segment wins over a parameter and a parameter over a greedy one, as in a REST API; a resource that does not
    take the method is not looked for elsewhere.
    """
    best: tuple[tuple[int, ...], str] | None = None
    values: dict[str, str] = {}
    for template in {route.path for route in routes}:
        found = _match(template, path)
        rank = tuple(_rank(segment) for segment in template.split("/"))
        if found is not None and (best is None or rank < best[0]):
            best, values = (rank, template), found
    if best is None:
        return None
    takes = {route.method: route for route in routes if route.path == best[1]}
    route = takes.get(method) or takes.get("ANY")
    return (route, values) if route else None


def _rank(segment: str) -> int:
    return 2 if segment.endswith("+}") else 1 if segment.startswith("{") else 0


def _match(template: str, path: str) -> dict[str, str] | None:
    names: list[str] = re.findall(r"\{(\w+)\+?\}", template)
    pattern = re.sub(r"\\\{\w+\\\+\\\}", "(.+)", re.escape(template))
    pattern = re.sub(r"\\\{\w+\\\}", "([^/]+)", pattern)
    path = path.rstrip("/") or "/"
    found = re.fullmatch(pattern, path, re.DOTALL)
    return dict(zip(names, found.groups(), strict=True)) if found else None


def proxy_event(
    request: Request,
    route: Route,
    parameters: dict[str, str],
    *,
    stage: str,
    identity: dict[str, Any],
    authorizer: dict[str, Any],
) -> dict[str, Any]:
    """The event of a proxy integration, or of a REQUEST authorizer but for its ``type`` and ``methodArn``."""
    headers, many_headers = _single_and_multi(list(request.headers))
    query, many_query = _single_and_multi(parse_qsl(request.query, keep_blank_values=True))
    try:
        body, encoded = request.body.decode(), False
    except UnicodeDecodeError:
        body, encoded = base64.b64encode(request.body).decode(), True
    return {
        "resource": route.path,
        "path": request.path,
        "httpMethod": request.method,
        "headers": headers,
        "multiValueHeaders": many_headers,
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": many_query or None,
        "pathParameters": parameters or None,
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "local",
            "authorizer": authorizer,
            "domainName": request.header("host") or "localhost",
            "domainPrefix": "local",
            "extendedRequestId": request.request_id,
            "httpMethod": request.method,
            "identity": {
                "accountId": None,
                "apiKey": None,
                "apiKeyId": None,
                "sourceIp": request.source,
                "userAgent": request.header("user-agent"),
                **identity,
            },
            "path": f"/{stage}{request.path}",
            "protocol": "HTTP/1.1",
            "requestId": request.request_id,
            "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(request.arrived)),
            "requestTimeEpoch": int(request.arrived * 1000),
            "resourceId": re.sub(r"\W", "", route.path) or "root",
            "resourcePath": route.path,
            "stage": stage,
        },
        "body": body or None,
        "isBase64Encoded": encoded,
    }


def _single_and_multi(pairs: list[tuple[str, str]]) -> tuple[dict[str, str], dict[str, list[str]]]:
    many: dict[str, list[str]] = {}
    for name, value in pairs:
        many.setdefault(name, []).append(value)
    return {name: values[-1] for name, values in many.items()}, many


def proxy_answer(payload: bytes) -> Answer:
    """The HTTP answer in what a function returned to a buffered integration.

    Raises:
        BadAnswer: it is no proxy answer.
    """
    document = _json_object(payload)
    body = "" if document.get("body") is None else document["body"]
    if not isinstance(body, str):
        raise BadAnswer("the body is no text")
    try:
        data = (
            base64.b64decode(body, validate=True)
            if document.get("isBase64Encoded")
            else body.encode(errors="replace")
        )
    except ValueError as error:
        raise BadAnswer("the body is no base64") from error
    return Answer(*_status_and_headers(document), data)


def compressed(answer: Answer, accept_encoding: str, minimum: int | None) -> Answer:
    """*answer* as the gateway sends it to a client with this ``Accept-Encoding``; one that has a coding is left alone."""
    codings = {coding.split(";")[0].strip().lower() for coding in accept_encoding.split(",")}
    coded = any(name.lower() == "content-encoding" for name, _ in answer.headers)
    if minimum is None or len(answer.body) < minimum or "gzip" not in codings or coded:
        return answer
    headers = [*answer.headers, ("content-encoding", "gzip")]
    return Answer(answer.status, headers, gzip.compress(answer.body, 6, mtime=0))


def _json_object(payload: bytes) -> dict[str, Any]:
    try:
        document = json.loads(payload)
    except ValueError as error:
        raise BadAnswer("no JSON") from error
    if not isinstance(document, dict):
        raise BadAnswer("no JSON object")
    return document


def _status_and_headers(document: dict[str, Any]) -> tuple[int, list[tuple[str, str]]]:
    try:
        status = int(document["statusCode"])
        single, many = (
            {} if document.get(name) is None else document[name] for name in ("headers", "multiValueHeaders")
        )
        headers = {name: [value] for name, value in single.items()} | dict(many.items())
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadAnswer("no status or no headers") from error
    pairs = [(name, _header_value(value)) for name, values in headers.items() for value in values]
    pairs += [("set-cookie", str(cookie)) for cookie in document.get("cookies") or []]
    return status, [(name, value) for name, value in pairs if name.lower() not in _NOT_PASSED_ON]


def _header_value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


async def split_stream(chunks: AsyncIterator[bytes]) -> tuple[Answer, AsyncGenerator[bytes]]:
    """The metadata of a streamed answer, and its body as it comes.

    Raises:
        BadAnswer: there is no metadata in the first 16 KB.
    """
    start = b""
    async for chunk in chunks:
        start += chunk
        if _DELIMITER in start or len(start) > _LONGEST_METADATA:
            break
    metadata, delimiter, first = start.partition(_DELIMITER)
    if not delimiter:
        raise BadAnswer("no metadata before the body")
    answer = Answer(*_status_and_headers(_json_object(metadata)))

    async def body() -> AsyncGenerator[bytes]:
        if first:
            yield first
        async for chunk in chunks:
            yield chunk

    return answer, body()
