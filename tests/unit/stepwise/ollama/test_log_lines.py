"""The lines that a generation and the circuit breaker leave in the log."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from stepwise.config import Settings
from stepwise.observability import correlated
from stepwise.ollama.circuit_breaker import Breaker
from stepwise.ollama.client import OllamaClient
from stepwise.ollama.port import Chunk
from support.clock import Clock
from support.hosts.generations import outcome, prompt_of
from support.log_lines import LogLines, reading_log

SECRET = "a-text-of-somebody"
TOKEN = b'{"message":{"role":"assistant","content":"%s"},"done":false}\n' % SECRET.encode()
DONE = b'{"message":{"role":"assistant","content":""},"done":true,"done_reason":"%s","eval_count":7}\n'

type Reply = Callable[[], httpx.Response]


@pytest.fixture
def log() -> Iterator[LogLines]:
    with reading_log() as lines:
        yield lines


def client_of(reply: Reply, clock: Clock) -> OllamaClient:
    """A client of a host that gives every request the same *reply*; an error is raised instead of a reply."""
    transport = httpx.MockTransport(lambda _: reply())
    return OllamaClient(Settings(), transport=transport, clock=clock, sleep=clock.sleep)


def generated(content: bytes) -> None:
    outcome(client_of(lambda: httpx.Response(200, content=content), Clock()), prompt_of(SECRET))


def lines_of(log: LogLines, message: str) -> list[dict[str, Any]]:
    lines = log.read()
    assert SECRET not in json.dumps(lines)
    return [line for line in lines if line["message"] == message]


def test_a_generation_says_when_it_began_and_how_it_ended(log: LogLines) -> None:
    clock = Clock()

    def reply() -> httpx.Response:
        clock.advance(3.5)
        return httpx.Response(200, content=TOKEN + DONE % b"stop")

    with correlated("request-1"):
        outcome(client_of(reply, clock), prompt_of(SECRET, prefill=SECRET))

    began, ended = (
        line for line in log.read() if line["message"] in ("generation began", "generation ended")
    )
    assert (began["model"], began["continued"], began["num_predict"]) == ("phi4-mini-reasoning", True, 1_000)
    assert (ended["reason"], ended["tokens"], ended["tokens_per_second"], ended["ms"]) == (
        "stop",
        7,
        2.0,
        3_500,
    )
    assert began["correlation_id"] == ended["correlation_id"] == "request-1"
    assert SECRET not in json.dumps([began, ended])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (TOKEN + DONE % b"length", "length"),
        (TOKEN, "no_done"),
        (TOKEN + b"<html>" + SECRET.encode(), "garbage:not_json"),
        (b'{"error":"CUDA error: out of memory"}\n', "error_line:out_of_memory"),
    ],
)
def test_each_end_of_a_generation_has_one_line_with_its_reason(
    log: LogLines, content: bytes, reason: str
) -> None:
    generated(content)

    assert [line["reason"] for line in lines_of(log, "generation ended")] == [reason]


def test_a_generation_that_is_closed_early_says_how_many_tokens_it_had(log: LogLines) -> None:
    clock = Clock()
    client = client_of(lambda: httpx.Response(200, content=TOKEN * 40 + DONE % b"stop"), clock)

    with client.generate(prompt_of(), deadline=clock() + 10) as generation:
        next(event for event in generation if isinstance(event, Chunk))

    (ended,) = lines_of(log, "generation ended")
    assert (ended["reason"], ended["tokens"]) == ("closed", 1)


def test_a_generation_that_meets_a_fault_of_our_own_names_its_type(log: LogLines) -> None:
    def fault() -> httpx.Response:
        raise ZeroDivisionError(SECRET)

    with pytest.raises(ZeroDivisionError):
        outcome(client_of(fault, Clock()), prompt_of())

    assert [line["reason"] for line in lines_of(log, "generation ended")] == ["ZeroDivisionError"]


def test_the_breaker_says_when_it_opens_and_when_it_closes(log: LogLines) -> None:
    alive = False
    breaker = Breaker(lambda: alive, clock=Clock())

    for _ in range(7):
        breaker.failed()
    (opened,) = lines_of(log, "breaker opened")
    assert not breaker.admits()
    assert lines_of(log, "breaker closed") == []
    alive = True
    assert breaker.admits()
    breaker.succeeded()

    assert (opened["level"], opened["failures"]) == ("WARNING", 5)
    assert len(lines_of(log, "breaker closed")) == 1


def test_a_call_that_the_open_breaker_stops_says_so(log: LogLines) -> None:
    def refuse() -> httpx.Response:
        raise httpx.ConnectError("[Errno 111] Connection refused")

    client = client_of(refuse, Clock())
    while not client.breaker.open:
        outcome(client)
    log.read()

    assert outcome(client).error is not None

    assert [line["reason"] for line in lines_of(log, "generation ended")] == ["breaker_open"]
