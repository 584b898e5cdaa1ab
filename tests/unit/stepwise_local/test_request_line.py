"""The log's line of a request, made of what goes out to the client."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from starlette.types import Message
from stepwise_local.gateway.request_line import RequestLine

HIT, MISS = "stepwise; hit; ttl=60", "stepwise; fwd=miss; stored"
VERIFIED = json.dumps({"success": True, "verification": {"status": "verified", "method": "substitution"}})
REFUTED = {"success": True, "verification": {"status": "refuted"}}
WITNESSED = {"verification": {"status": "unverifiable"}, "confidence": {"level": "corroborated"}}
JOB = {"id": "1", "status": "queued", "queue_position": 0}


def answered(status: int, headers: Mapping[str, str], *chunks: bytes) -> RequestLine:
    """The line of a request whose answer was sent in these chunks; what is sent stays what it was."""
    line = RequestLine("POST", "/v1/math/solve", "request-1")
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    coded = [(name.encode(), value.encode()) for name, value in headers.items()]
    start: Message = {"type": "http.response.start", "status": status, "headers": coded}
    bodies = [
        {"type": "http.response.body", "body": chunk, "more_body": place < len(chunks)}
        for place, chunk in enumerate(chunks, 1)
    ]

    async def go() -> None:
        watched = line.watching(send)
        for message in (start, *bodies):
            await watched(message)

    asyncio.run(go())
    assert sent == [start, *bodies]
    return line


def words(line: RequestLine) -> str:
    return re.sub(r"\d+ ms", "N ms", line.text())


@pytest.mark.parametrize(
    ("status", "headers", "body", "text"),
    [
        (200, {"cache-status": MISS}, VERIFIED, "200 N ms computed verified"),
        (200, {"cache-status": HIT}, json.dumps(REFUTED), "200 N ms cached refuted"),
        (200, {"cache-status": MISS}, json.dumps(WITNESSED), "200 N ms computed unverifiable, corroborated"),
        (200, {"cache-status": MISS}, '{"verification": null}', "200 N ms computed"),
        (
            200,
            {"cache-status": MISS},
            '{"validity": {"solver": "invalid"}}',
            "200 N ms computed solver: invalid",
        ),
        (202, {"cache-status": MISS}, json.dumps(JOB), "202 N ms job queued"),
        (200, {}, json.dumps({**JOB, "status": "running", "result": None}), "200 N ms job running"),
        (
            200,
            {},
            json.dumps({**JOB, "status": "succeeded", "result": REFUTED}),
            "200 N ms job succeeded, refuted",
        ),
        (429, {}, '{"code": "queue_full", "status": 429}', "429 N ms queue_full request-1"),
        (401, {}, '{"error": {"code": "missing_api_key"}}', "401 N ms missing_api_key request-1"),
        (200, {}, "<!doctype html>", "200 N ms"),
        (200, {}, '{"broken', "200 N ms"),
        (204, {}, "", "204 N ms"),
    ],
)
def test_the_line_says_how_it_went(status: int, headers: dict[str, str], body: str, text: str) -> None:
    assert words(answered(status, headers, body.encode())) == f"POST /v1/math/solve {text}"
    coded = answered(status, {**headers, "content-encoding": "gzip"}, gzip.compress(body.encode()))
    assert words(coded) == f"POST /v1/math/solve {text}"


@pytest.mark.parametrize(
    ("ending", "text"),
    [
        (f"event: done\ndata: {VERIFIED}\n\n", "200 N ms computed verified"),
        ('event: error\ndata: {"code": "model_error"}\n\n', "200 N ms computed model_error"),
        ('data: {"error": {"code": "model_error"}}\n\n', "200 N ms computed model_error"),
        ("", "200 N ms computed"),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_the_line_of_a_stream_says_how_it_ended_however_it_is_cut(ending: str, text: str, size: int) -> None:
    begin = f'event: delta\ndata: {{"delta": {json.dumps(VERIFIED)}}}\n\n: still here\n\n'
    whole = (begin + ending).encode()
    chunks = [whole[start : start + size] for start in range(0, len(whole), size)]
    headers = {"content-type": "text/event-stream; charset=utf-8", "cache-status": MISS}
    assert words(answered(200, headers, *chunks, b"")) == f"POST /v1/math/solve {text}"


def test_who_has_left_got_no_answer_whatever_had_begun() -> None:
    line = answered(200, {"content-type": "text/event-stream"}, b": hello\n\n")
    line.client_left()
    assert words(line) == "POST /v1/math/solve 499 N ms request-1"
    assert words(RequestLine("GET", "/a\nb", "request-1")) == r"GET /a\nb 499 N ms request-1"


def test_a_body_without_an_end_is_not_kept() -> None:
    line = answered(200, {"content-type": "text/event-stream"}, *[b"x" * 1_000_000] * 9)
    assert words(line) == "POST /v1/math/solve 200 N ms"
    line = answered(200, {}, b"{", *[b" " * 1_000_000] * 9)
    assert words(line) == "POST /v1/math/solve 200 N ms"


def test_for_programs_the_same_is_one_object() -> None:
    document: dict[str, Any] = json.loads(answered(200, {"cache-status": HIT}, VERIFIED.encode()).document())
    assert isinstance(document.pop("ms"), int)
    assert document == {
        "level": "INFO",
        "message": "request",
        "method": "POST",
        "path": "/v1/math/solve",
        "status": 200,
        "cached": True,
        "outcome": "verified",
        "request_id": "request-1",
    }


@pytest.mark.parametrize(
    ("status", "headers", "kept"),
    [
        (200, {"cache-control": "public, max-age=31536000, immutable"}, True),
        (304, {"cache-control": "public, max-age=31536000, immutable"}, True),
        (404, {"cache-control": "immutable"}, False),
        (200, {"cache-control": "no-cache"}, False),
    ],
)
def test_files_that_browsers_keep_are_known(status: int, headers: dict[str, str], kept: bool) -> None:
    assert answered(status, headers, b"").of_a_kept_file is kept
