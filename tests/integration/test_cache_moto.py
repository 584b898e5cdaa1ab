"""The cache over a real client: on moto, and against servers that are each bad in a way of their own."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws
from stepwise.storage.answer_cache import AnswerCache
from stepwise.storage.table import Table, TableUnavailable, dynamodb_client
from support.clock import Clock

BUSY_MACHINE = 0.15
"""Seconds that threads may wait for a processor."""
ANSWER = {"solution": "$x = 1$ 或 $x = -3$", "final_answer": "1, -3"}

type Behaviour = Callable[[socket.socket, threading.Event], None]


def _silent(connection: socket.socket, stop: threading.Event) -> None:
    """Takes the request and says nothing."""
    stop.wait(30)


def _dripping(connection: socket.socket, stop: threading.Event) -> None:
    """Sends a byte so often that no read timeout ever sees a gap."""
    connection.recv(65_536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while not stop.wait(0.02):
        connection.sendall(b" ")


def _dropping(connection: socket.socket, stop: threading.Event) -> None:
    """Hangs up in the middle of an answer."""
    connection.recv(65_536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")


def _reply(status: str, body: bytes) -> Behaviour:
    def reply(connection: socket.socket, stop: threading.Event) -> None:
        connection.recv(65_536)
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/x-amz-json-1.0\r\nConnection: close\r\n"
        connection.sendall(head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    return reply


def _refusal(status: str, code: str) -> Behaviour:
    fault = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "no"}
    return _reply(status, json.dumps(fault).encode())


@contextlib.contextmanager
def _server(behave: Behaviour) -> Iterator[str]:
    """The address of a loopback server that treats each connection as *behave* does."""
    stop = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)

    def treat(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            behave(connection, stop)

    def accept() -> None:
        threads = []
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                connection, _ = listener.accept()
                thread = threading.Thread(target=treat, args=(connection,))
                thread.start()
                threads.append(thread)
        for thread in threads:
            thread.join()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        stop.set()
        accepting.join()
        listener.close()


@contextlib.contextmanager
def _refusing() -> Iterator[str]:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def _swallowing() -> Iterator[str]:
    """An address that never answers a connection attempt: its backlog is full."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextlib.contextmanager
def _unknown_name() -> Iterator[str]:
    yield "http://table.invalid:8000"


BAD_TABLES: dict[str, Callable[[], contextlib.AbstractContextManager[str]]] = {
    "nobody listens": _refusing,
    "no connection comes about": _swallowing,
    "the name is unknown": _unknown_name,
    "it takes the request and says nothing": lambda: _server(_silent),
    "it drips bytes for ever": lambda: _server(_dripping),
    "it hangs up in the middle": lambda: _server(_dropping),
    "it throttles": lambda: _server(_refusal("400 Bad Request", "ProvisionedThroughputExceededException")),
    "it limits requests": lambda: _server(_refusal("400 Bad Request", "RequestLimitExceeded")),
    "it denies access": lambda: _server(_refusal("400 Bad Request", "AccessDeniedException")),
    "the table is gone": lambda: _server(_refusal("400 Bad Request", "ResourceNotFoundException")),
    "it has an error of its own": lambda: _server(
        _refusal("500 Internal Server Error", "InternalServerError")
    ),
    "it has an error that is no object": lambda: _server(_reply("500 Internal Server Error", b"[]")),
    "it is down": lambda: _server(_reply("503 Service Unavailable", b"<html>")),
    "it answers garbage": lambda: _server(_reply("200 OK", b"\x00\xffnot json")),
    "it answers JSON that is no answer": lambda: _server(_reply("200 OK", b"[1, 2]")),
}


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")


@pytest.mark.usefixtures("credentials")
@pytest.mark.parametrize("attempts", [1, 3])
@pytest.mark.parametrize("bad", BAD_TABLES)
def test_a_bad_table_costs_at_most_300_ms_and_never_the_answer(bad: str, attempts: int) -> None:
    words: Counter[str] = Counter()
    with BAD_TABLES[bad]() as address:
        client = dynamodb_client(0.5, attempts=attempts, endpoint=address)
        cache = AnswerCache(
            Table(client, "stepwise"), ttl_seconds=100, report=lambda word: words.update([word])
        )
        started = time.monotonic()

        found, stored = cache.get("k"), cache.put("k", ANSWER)

        took = time.monotonic() - started
        kept = cache.get("k")

    assert took < 0.3 + BUSY_MACHINE
    assert (found, stored) == (None, False)
    assert kept is not None
    assert kept.answer == ANSWER
    assert words["CacheUnavailable"] >= 1


@pytest.mark.usefixtures("credentials")
@pytest.mark.parametrize("bad", [name for name in BAD_TABLES if "drips" not in name])
def test_a_table_that_gives_no_answer_is_unavailable_whatever_is_asked_of_it(bad: str) -> None:
    with BAD_TABLES[bad]() as address:
        table = Table(dynamodb_client(0.1, attempts=1, endpoint=address), "stepwise")
        outcomes = []
        for call in (
            lambda: table.get("p", "s"),
            lambda: table.put({"pk": "p", "sk": "s"}),
            lambda: table.update("p", "s", add={"n": 1}),
            lambda: table.delete("p", "s"),
            lambda: table.query("p"),
        ):
            with pytest.raises(TableUnavailable) as unavailable:
                call()
            outcomes.append(unavailable.type)

    assert outcomes == [TableUnavailable] * 5


@pytest.fixture
def moto_client() -> Iterator[Any]:
    with mock_aws():
        client = boto3.session.Session("test", "test", region_name="eu-west-1").client(
            "dynamodb", config=Config(retries={"mode": "standard", "total_max_attempts": 1})
        )
        client.create_table(
            TableName="stepwise",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


def test_an_answer_put_by_one_environment_is_found_by_another(moto_client: Any) -> None:
    clock = Clock()
    table = Table(moto_client, "stepwise")
    AnswerCache(table, ttl_seconds=100, clock=clock, timeout=5).put("k", ANSWER)

    found = AnswerCache(table, ttl_seconds=100, clock=clock, timeout=5).get("k")

    assert found is not None
    assert found.answer == ANSWER
    assert found.expires_at == clock() + 100


def test_the_stored_item_has_its_expiry_as_a_number_of_seconds_for_the_ttl(moto_client: Any) -> None:
    clock = Clock(1_800_000_000.75)
    AnswerCache(Table(moto_client, "stepwise"), ttl_seconds=100, clock=clock, timeout=5).put("k", ANSWER)

    (item,) = moto_client.scan(TableName="stepwise")["Items"]

    assert item["pk"] == {"S": "answer#k"}
    assert item["expires_at"] == {"N": "1800000100"}
    assert b"final_answer" not in item["body"]["B"]


def test_an_expired_item_that_the_table_still_holds_is_a_miss(moto_client: Any) -> None:
    clock = Clock()
    table = Table(moto_client, "stepwise")
    AnswerCache(table, ttl_seconds=100, clock=clock, timeout=5).put("k", ANSWER)
    clock.advance(100)

    assert AnswerCache(table, ttl_seconds=100, clock=clock, timeout=5).get("k") is None
    assert moto_client.scan(TableName="stepwise")["Count"] == 1


def test_the_largest_answer_that_is_stored_fits_into_an_item(moto_client: Any) -> None:
    table = Table(moto_client, "stepwise")
    letters = "".join(
        chr(0x4E00 + (number * number * 7919 + number // 3) % 20_000) for number in range(120_000)
    )
    sizes = []
    for length in range(60_000, 120_001, 20_000):
        stored = AnswerCache(table, ttl_seconds=100, timeout=5).put(
            f"k{length}", {"solution": letters[:length]}
        )
        sizes.append(stored)

    assert sizes[0] is True
    assert moto_client.scan(TableName="stepwise", Select="COUNT")["Count"] == sizes.count(True)


@pytest.mark.usefixtures("credentials")
def test_the_client_is_made_once_for_an_environment() -> None:
    assert dynamodb_client(0.5, endpoint="http://127.0.0.1:1") is dynamodb_client(
        0.5, endpoint="http://127.0.0.1:1"
    )


@pytest.mark.usefixtures("credentials")
def test_the_client_has_standard_retries_short_timeouts_and_the_environments_region() -> None:
    client = dynamodb_client(0.25, attempts=2)

    assert client.meta.config.retries == {"mode": "standard", "total_max_attempts": 2}
    assert (client.meta.config.connect_timeout, client.meta.config.read_timeout) == (0.25, 0.25)
    assert client.meta.region_name == "eu-west-1"
