"""The gateway's parts that need no process: routing, proxy events and answers, its own answers, limits."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepwise_local.gateway.authorizers import key_id
from stepwise_local.gateway.proxy import (
    Answer,
    BadAnswer,
    Request,
    find_route,
    proxy_answer,
    proxy_event,
    split_stream,
)
from stepwise_local.gateway.responses import render
from stepwise_local.gateway.throttle import Throttling
from stepwise_local.template.model import GatewayResponse, Route, Throttle

ROUTES = [
    Route("ANY", "/", "root"),
    Route("GET", "/models", "list"),
    Route("POST", "/models", "make"),
    Route("GET", "/models/{model}", "one"),
    Route("GET", "/models/{model}/parts", "parts"),
    Route("GET", "/models/best", "best"),
    Route("ANY", "/files/{path+}", "files"),
]


@pytest.mark.parametrize(
    ("method", "path", "function", "values"),
    [
        ("GET", "/", "root", {}),
        ("DELETE", "/", "root", {}),
        ("GET", "/models", "list", {}),
        ("GET", "/models/", "list", {}),
        ("POST", "/models", "make", {}),
        ("GET", "/models/a b", "one", {"model": "a b"}),
        ("GET", "/models/best", "best", {}),
        ("GET", "/models/best/parts", "parts", {"model": "best"}),
        ("PUT", "/files/a/b", "files", {"path": "a/b"}),
    ],
)
def test_a_request_finds_its_resource(method: str, path: str, function: str, values: dict[str, str]) -> None:
    found = find_route(ROUTES, method, path)
    assert found is not None
    assert (found[0].function, found[1]) == (function, values)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nowhere"),
        ("PUT", "/models"),
        ("POST", "/models/best"),
        ("GET", "/files"),
        ("GET", "/models/a/b"),
    ],
)
def test_what_the_template_does_not_have_is_not_found(method: str, path: str) -> None:
    assert find_route(ROUTES, method, path) is None


def request(**changes: object) -> Request:
    values: dict[str, object] = {
        "method": "GET",
        "path": "/models",
        "query": "",
        "headers": (),
        "body": b"",
        "source": "127.0.0.1",
        "request_id": "r",
        "arrived": 1_800_000_000.25,
    }
    return Request(**{**values, **changes})  # type: ignore[arg-type]


def test_the_last_of_a_repeated_header_counts_and_all_are_there() -> None:
    event = proxy_event(
        request(headers=(("a", "1"), ("a", "2"))), ROUTES[1], {}, stage="s", identity={}, authorizer={}
    )
    assert event["headers"] == {"a": "2"}
    assert event["multiValueHeaders"] == {"a": ["1", "2"]}
    assert event["body"] is event["queryStringParameters"] is event["pathParameters"] is None


def test_an_event_says_when_its_request_arrived_and_not_when_it_was_made() -> None:
    context = proxy_event(request(), ROUTES[1], {}, stage="s", identity={}, authorizer={})["requestContext"]

    assert context["requestTimeEpoch"] == 1_800_000_000_250
    assert context["requestTime"] == "15/Jan/2027:08:00:00 +0000"


@given(st.binary(max_size=50))
def test_every_body_survives_its_event(body: bytes) -> None:
    event = proxy_event(request(body=body), ROUTES[1], {}, stage="s", identity={}, authorizer={})
    answer = {"statusCode": 200, "body": event["body"], "isBase64Encoded": event["isBase64Encoded"]}
    assert proxy_answer(json.dumps(answer).encode()).body == body


def test_an_answers_headers_are_passed_on_but_for_those_of_the_connection() -> None:
    document = {
        "statusCode": "201",
        "headers": {"a": 1, "b": True, "Connection": "close", "Content-Length": "7"},
        "multiValueHeaders": {"c": ["x", "y"]},
    }
    answer = proxy_answer(json.dumps(document).encode())
    assert answer == Answer(201, [("a", "1"), ("b", "true"), ("c", "x"), ("c", "y")], b"")


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b'{"statusCode": "ok"}',
        b'{"statusCode": 200, "body": {}}',
        b'{"statusCode": 200, "headers": []}',
        b'{"statusCode": 200, "body": "%", "isBase64Encoded": true}',
    ],
)
def test_what_is_no_answer_is_refused(payload: bytes) -> None:
    with pytest.raises(BadAnswer):
        proxy_answer(payload)


async def split(*chunks: bytes) -> tuple[Answer, bytes]:
    async def stream() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    answer, body = await split_stream(stream())
    return answer, b"".join([chunk async for chunk in body])


@given(st.lists(st.binary(max_size=5), max_size=5), st.integers(1, 12))
def test_a_stream_is_split_wherever_its_chunks_end(body: list[bytes], size: int) -> None:
    whole = b'{"statusCode":200,"headers":{"a":"b"}}' + b"\0" * 8 + b"".join(body)
    chunks = [whole[start : start + size] for start in range(0, len(whole), size)]
    answer, rest = asyncio.run(split(*chunks))
    assert answer == Answer(200, [("a", "b")])
    assert rest == b"".join(body)


@pytest.mark.parametrize(
    "chunks", [[], [b'{"statusCode":200}'], [b"x" * 20_000, b"\0" * 8], [b"x" + b"\0" * 8]]
)
def test_a_stream_without_metadata_is_refused(chunks: list[bytes]) -> None:
    with pytest.raises(BadAnswer):
        asyncio.run(split(*chunks))


def test_the_templates_words_are_used_with_their_variables() -> None:
    responses = {
        "THROTTLED": GatewayResponse(
            429,
            {
                "x-request-id": "context.requestId",
                "Retry-After": "'1'",
                "Content-Type": "'application/problem+json'",
            },
            {
                "application/json": '{"i":"$context.requestId","t":"$context.error.responseType","m":$context.error.messageString}'
            },
        )
    }
    status, headers, body = render("THROTTLED", responses, {"requestId": "r-1"})
    assert status == 429
    assert headers["x-request-id"] == "r-1"
    assert headers["Retry-After"] == "1"
    assert headers["Content-Type"] == "application/problem+json"
    assert json.loads(body) == {"i": "r-1", "t": "THROTTLED", "m": "Too Many Requests"}


@pytest.mark.parametrize(
    ("kind", "status", "own"), [("THROTTLED", 429, None), ("API_CONFIGURATION_ERROR", 502, 502)]
)
def test_a_kind_that_is_not_worded_falls_back_and_keeps_its_status(
    kind: str, status: int, own: int | None
) -> None:
    responses = {
        "DEFAULT_4XX": GatewayResponse(None, {}, {"application/json": "four"}),
        "DEFAULT_5XX": GatewayResponse(None, {}, {"application/json": "five"}),
    }
    assert render(kind, responses, {}, own)[0::2] == (status, "four" if status < 500 else "five")
    assert json.loads(render(kind, {}, {}, own)[2])["message"]


def test_a_plan_admits_its_burst_and_then_its_rate() -> None:
    now = [0.0]
    throttling = Throttling(Throttle(rate=2.0, burst=3), clock=lambda: now[0])
    assert [throttling.admit("a") for _ in range(4)] == [True, True, True, False]
    assert throttling.admit("b")
    now[0] = 0.5
    assert [throttling.admit("a") for _ in range(2)] == [True, False]
    now[0] = 100.0
    assert [throttling.admit("a") for _ in range(4)] == [True, True, True, False]


def test_a_keys_id_is_stable_and_does_not_hold_the_key() -> None:
    assert key_id("demo-key") == key_id("demo-key") != key_id("demo-key-2")
    assert len(key_id("demo-key")) == 10
