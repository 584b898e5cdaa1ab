"""Streams end to end: gateway, Runtime API, bootstrap, a handler's iterator."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from support.local_stack import LocalStack
from support.toy_stack import eventually, toy_stack

BEARER = {"Authorization": "Bearer demo-key"}


@pytest.fixture(scope="module")
def stack() -> Iterator[LocalStack]:
    with toy_stack() as running:
        yield running


@pytest.fixture(scope="module")
def http(stack: LocalStack) -> Iterator[httpx.Client]:
    limits = httpx.Limits(max_connections=64)
    with httpx.Client(
        base_url=stack.base_url, timeout=30.0, trust_env=False, headers=BEARER, limits=limits
    ) as client:
        yield client


def test_each_chunk_comes_when_it_is_made(http: httpx.Client) -> None:
    with http.stream("POST", "/stream/numbers", json={"count": 5, "pause": 0.2}) as response:
        arrivals = [(time.monotonic(), text) for text in response.iter_text()]
    assert "".join(text for _, text in arrivals) == "".join(f"data: {number}\n\n" for number in range(5))
    gaps = [later[0] - earlier[0] for earlier, later in pairwise(arrivals)]
    assert len(gaps) == 4
    assert all(gap > 0.1 for gap in gaps)
    assert response.headers["content-type"] == "text/event-stream"


def test_an_ordinary_answer_of_a_streaming_function_is_whole(http: httpx.Client) -> None:
    response = http.post("/stream/other")
    assert response.status_code == 418
    assert response.headers.get_list("x-many") == ["a", "b"]
    body = response.json()
    assert body["function"] == "StreamsFunction"
    assert 2_000 < body["left"] <= 4_000
    assert body["arn"].endswith(":function:StreamsFunction")


def test_a_stream_without_a_chunk_has_its_status(http: httpx.Client) -> None:
    response = http.post("/stream/empty")
    assert (response.status_code, response.content) == (204, b"")


def test_a_stream_that_breaks_in_the_middle_is_not_taken_for_a_whole_one(http: httpx.Client) -> None:
    with http.stream("POST", "/stream/breaks") as response:
        chunks = response.iter_bytes()
        assert next(chunks) == b"data: begin\n\n"
        with pytest.raises(httpx.RemoteProtocolError):
            next(chunks)
    assert http.post("/stream/other").status_code == 418


@pytest.mark.parametrize("chunk", ["", "data: more\n\n"])
def test_a_client_that_leaves_closes_the_iterator_within_a_second(
    http: httpx.Client, stack: LocalStack, tmp_path: Path, chunk: str
) -> None:
    path = tmp_path / "closed"
    wanted = {"path": str(path), "pause": 0.05, "chunk": chunk}
    with http.stream("POST", "/stream/until-closed", json=wanted) as response:
        assert next(response.iter_bytes()) == b"data: begin\n\n"
        left = time.time()
    eventually(path.exists, 5.0)
    assert eventually(lambda: float(path.read_text() or 0)) - left < 1.0
    eventually(lambda: all(one["state"] == "idle" for one in stack.environments("StreamsFunction")))


def test_status_and_headers_come_before_the_first_byte_and_leaving_then_is_noticed_too(
    http: httpx.Client, tmp_path: Path
) -> None:
    path = tmp_path / "closed"
    with http.stream("POST", "/stream/silent", json={"path": str(path), "pause": 0.05}) as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream"
        left = time.time()
    eventually(path.exists, 5.0)
    assert eventually(lambda: float(path.read_text() or 0)) - left < 1.0


def test_twenty_streams_at_the_same_time_do_not_mix(http: httpx.Client, stack: LocalStack) -> None:
    def read(number: int) -> set[str]:
        with http.stream("POST", "/stream/named", json={"name": f"stream-{number}", "count": 50}) as response:
            lines = list(response.iter_lines())
        assert len(lines) == 50
        return set(lines)

    with ThreadPoolExecutor(20) as threads:
        found = list(threads.map(read, range(20)))
    assert found == [{f"stream-{number}"} for number in range(20)]
    assert len(stack.environments("StreamsFunction")) <= 20


def test_five_hundred_streams_cost_no_memory(http: httpx.Client, stack: LocalStack) -> None:
    def resident() -> dict[int, int]:
        pids = [stack.pid, *(one["pid"] for one in stack.environments("StreamsFunction"))]
        pages = {pid: int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids}
        return {pid: number * os.sysconf("SC_PAGE_SIZE") for pid, number in pages.items()}

    def read() -> None:
        reply = http.post("/stream/numbers", json={"count": 3, "pause": 0})
        assert reply.text.count("data") == 3, stack.log()[-2000:]

    for _ in range(100):
        read()
    before = resident()
    for _ in range(500):
        read()
    after = resident()
    # A request that comes before the last one's environment is free starts another one, which counts for nothing here.
    assert sum(after[pid] - before[pid] for pid in before.keys() & after.keys()) < 2_000_000


def test_an_environment_killed_in_a_stream_breaks_it_off_and_the_next_call_works(
    http: httpx.Client, stack: LocalStack, tmp_path: Path
) -> None:
    wanted = {"path": str(tmp_path / "closed"), "pause": 0.05, "chunk": "x"}
    with http.stream("POST", "/stream/until-closed", json=wanted) as response:
        chunks = response.iter_bytes()
        next(chunks)
        busy = [one for one in stack.environments("StreamsFunction") if one["state"] == "busy"]
        os.kill(busy[0]["pid"], signal.SIGKILL)
        with pytest.raises(httpx.RemoteProtocolError):
            list(chunks)
    assert http.post("/stream/other").status_code == 418


def test_a_function_that_streams_over_its_timeout_is_broken_off(
    http: httpx.Client, stack: LocalStack, tmp_path: Path
) -> None:
    wanted = {"path": str(tmp_path / "closed"), "pause": 0.5, "chunk": "x"}
    with (
        pytest.raises(httpx.RemoteProtocolError),
        http.stream("POST", "/stream/until-closed", json=wanted) as response,
    ):
        response.read()
    assert "StreamsFunction | " in stack.log()
    assert "Task timed out after 4.00 seconds" in stack.log()
