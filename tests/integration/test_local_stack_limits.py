"""How many environments there are, how long they stay, and what happens beyond the limits."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from support.local_stack import LocalStack
from support.toy_stack import alive, eventually, toy_stack

KEY = {"x-api-key": "demo-key"}


@pytest.fixture(scope="module")
def stack() -> Iterator[LocalStack]:
    with toy_stack("--throttle", "--most-environments", "2", "--idle-seconds", "1") as running:
        yield running


@pytest.fixture(scope="module")
def http(stack: LocalStack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.base_url, timeout=30.0, trust_env=False) as client:
        yield client


def test_calls_beyond_a_functions_concurrency_are_refused_at_once(
    http: httpx.Client, stack: LocalStack
) -> None:
    with ThreadPoolExecutor(6) as threads:
        calls = [threads.submit(http.request, "GET", "/open", content="2") for _ in range(6)]
        responses = [call.result() for call in calls]
    found = sorted(response.status_code for response in responses)
    assert found == [200, 200, 429, 429, 429, 429]
    assert {r.headers.get("retry-after") for r in responses if r.status_code == 429} == {"1"}
    assert len(stack.environments("PlainFunction")) <= 2
    assert http.get("/open").status_code == 200


def test_an_environment_that_nobody_needs_ends_and_a_new_one_is_started(
    http: httpx.Client, stack: LocalStack
) -> None:
    pid = http.get("/open").json()["pid"]
    eventually(lambda: not stack.environments("PlainFunction"))
    assert not alive(pid)
    assert http.get("/open").json()["pid"] != pid


def test_a_function_beyond_its_reserved_concurrency_is_throttled(http: httpx.Client) -> None:
    with ThreadPoolExecutor(2) as threads:
        calls = [
            threads.submit(http.post, "/scarce/nap", headers={"x-api-key": "demo-key-2"}, content="1")
            for _ in range(2)
        ]
        found = sorted(call.result().status_code for call in calls)
    assert found == [200, 429]


def test_a_function_that_does_not_start_is_an_error_and_the_log_says_why(
    http: httpx.Client, stack: LocalStack
) -> None:
    response = http.get("/broken", headers={"x-api-key": "demo-key-2"})
    assert (response.status_code, response.json()["code"]) == (502, "internal_error")
    assert "BrokenFunction | init failed: " in stack.log()
    assert "handler.missing" in stack.log() or "'missing'" in stack.log()


def test_a_key_that_is_faster_than_its_plan_is_a_429_where_the_plan_is_applied(http: httpx.Client) -> None:
    found = [http.get("/do/it", headers=KEY).status_code for _ in range(4)]
    assert found == [200, 200, 200, 429]
    assert http.get("/open").status_code == 200
