"""API Gateway's part: routes, authorizers, API keys, proxy integrations, streamed or in one piece."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Collection
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from stepwise_local.functions.invocation import FunctionError, Invocation
from stepwise_local.functions.pool import Functions, Throttled
from stepwise_local.gateway.authorizers import Authorizers, Refused, key_id, method_arn
from stepwise_local.gateway.proxy import (
    Answer,
    BadAnswer,
    Request,
    compressed,
    find_route,
    proxy_answer,
    proxy_event,
    split_stream,
)
from stepwise_local.gateway.request_line import RequestLine
from stepwise_local.gateway.responses import render
from stepwise_local.gateway.throttle import Throttling
from stepwise_local.processes.log import Log
from stepwise_local.template.model import Bundle, Route

__all__ = ["Gateway"]

_LARGEST_BODY = 10 * 1024 * 1024
"""Bytes: API Gateway's limit of a payload."""


class Gateway:
    """An ASGI application that answers as the REST API of *bundle* would."""

    def __init__(
        self,
        bundle: Bundle,
        functions: Functions,
        keys: Collection[str],
        log: Log,
        throttling: Throttling | None = None,
    ) -> None:
        self._bundle = bundle
        self._functions = functions
        self._keys = keys
        self._log = log
        self._throttling = throttling
        self._authorizers = Authorizers(functions)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request_id, arrived = str(uuid.uuid4()), time.time()
        line = RequestLine(scope["method"], scope["path"], request_id)
        send = line.watching(send)
        try:
            request = _request(scope, await _body(receive), request_id, arrived)
            await self._answer(request, receive, send)
        except Refused as refusal:
            await self._refuse(send, refusal.kind, request_id)
        except _ClientLeft:
            line.client_left()
        finally:
            if self._log.structured:
                self._log.write("gateway", line.document())
            elif not line.of_a_kept_file:
                self._log.write("gateway", line.text())

    async def _answer(self, request: Request, receive: Receive, send: Send) -> None:
        found = find_route(self._bundle.routes, request.method, request.path)
        if found is None:
            raise Refused("MISSING_AUTHENTICATION_TOKEN")
        route, parameters = found
        event = await self._authorized_event(request, route, parameters)
        try:
            invocation = self._functions.invoke(route.function, json.dumps(event).encode())
        except Throttled:
            await self._refuse(send, "THROTTLED", request.request_id)
            return
        try:
            if route.streaming:
                await self._stream(invocation, route, request.request_id, receive, send)
                return
            async with asyncio.timeout(route.timeout):
                answer = proxy_answer(await invocation.read())
        except TimeoutError:
            invocation.ignore()
            await self._refuse(send, "INTEGRATION_TIMEOUT", request.request_id)
            return
        except (FunctionError, BadAnswer) as error:
            self._log.write(
                "gateway", f"{route.function} failed: {type(error).__name__} {request.request_id}"
            )
            await self._refuse(send, "API_CONFIGURATION_ERROR", request.request_id, 502)
            return
        accepted = request.header("accept-encoding") or ""
        answer = compressed(answer, accepted, self._bundle.minimum_compression)
        await _send_whole(send, answer, request.request_id)

    async def _authorized_event(
        self, request: Request, route: Route, parameters: dict[str, str]
    ) -> dict[str, Any]:
        def event(identity: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
            return proxy_event(
                request, route, parameters, stage=self._bundle.stage, identity=identity, authorizer=context
            )

        context: dict[str, Any] = {}
        key = None
        if route.authorizer:
            authorizer = self._bundle.authorizers[route.authorizer]
            arn = method_arn(self._bundle.stage, request.method, request.path)
            context, key = await self._authorizers.authorize(authorizer, request, event({}, {}), arn)
        if not route.api_key_required:
            return event({}, context)
        if self._bundle.key_source != "AUTHORIZER":
            key = request.header("x-api-key")
        if key not in self._keys or key is None:
            raise Refused("INVALID_API_KEY")
        if self._throttling and not self._throttling.admit(key):
            raise Refused("THROTTLED")
        return event({"apiKey": key, "apiKeyId": key_id(key)}, context)

    async def _stream(
        self, invocation: Invocation, route: Route, request_id: str, receive: Receive, send: Send
    ) -> None:
        """Pass the answer on as it comes; when the client leaves, the function's connection is closed."""
        left = asyncio.create_task(_wait_until_left(receive))
        once = _Once(send)
        passing = asyncio.create_task(_pass_on(invocation, route.timeout, request_id, once))
        try:
            await asyncio.wait({left, passing}, return_when=asyncio.FIRST_COMPLETED)
            if not passing.done():
                raise _ClientLeft
            await passing
        except (TimeoutError, FunctionError):
            if not once.started:
                raise
            # What has begun cannot become an error: the connection ends without the end of the body.
            self._log.write("gateway", f"{route.function} broke off a stream {request_id}")
        finally:
            left.cancel()
            passing.cancel()
            await asyncio.gather(left, passing, return_exceptions=True)
            if not invocation.ended:
                invocation.leave()

    async def _refuse(self, send: Send, kind: str, request_id: str, status: int | None = None) -> None:
        context = {"requestId": request_id, "extendedRequestId": request_id, "stage": self._bundle.stage}
        code, headers, body = render(kind, self._bundle.gateway_responses, context, status)
        await _send_whole(send, Answer(code, list(headers.items()), body.encode()), request_id)


class _ClientLeft(Exception):
    pass


class _Once:
    """``send`` that knows whether the response has begun."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.started = False

    async def __call__(self, message: Message) -> None:
        self.started = True
        await self._send(message)


async def _pass_on(invocation: Invocation, timeout: float, request_id: str, send: Send) -> None:
    async with asyncio.timeout(timeout):
        answer, body = await split_stream(invocation.chunks())
        await send(_start(answer, request_id))
        async for chunk in body:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def _request(scope: Scope, body: bytes, request_id: str, arrived: float) -> Request:
    return Request(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]),
        body=body,
        source=scope["client"][0] if scope.get("client") else "127.0.0.1",
        request_id=request_id,
        arrived=arrived,
    )


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    too_large = False
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _ClientLeft
        too_large = too_large or len(body) + len(message.get("body", b"")) > _LARGEST_BODY
        if not too_large:
            body += message.get("body", b"")
        if not message.get("more_body"):
            break
    if too_large:
        raise Refused("REQUEST_TOO_LARGE")
    return bytes(body)


async def _wait_until_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _start(answer: Answer, request_id: str) -> Message:
    headers = [*answer.headers, ("x-amzn-requestid", request_id), ("x-amz-apigw-id", request_id[:13])]
    return {
        "type": "http.response.start",
        "status": answer.status,
        "headers": [
            (name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers
        ],
    }


async def _send_whole(send: Send, answer: Answer, request_id: str) -> None:
    start = _start(answer, request_id)
    start["headers"].append((b"content-length", str(len(answer.body)).encode()))
    await send(start)
    await send({"type": "http.response.body", "body": answer.body})
