"""What invokes functions without a client: queues, dead-letter queues and schedules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from support.toy_stack import eventually, toy_stack

KEY = {"x-api-key": "demo-key"}


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with toy_stack() as stack, httpx.Client(base_url=stack.base_url, timeout=30.0, trust_env=False) as client:
        yield client


def send(http: httpx.Client, *messages: dict[str, Any]) -> None:
    assert http.post("/do/send", headers=KEY, json=messages).status_code == 200


def done(http: httpx.Client) -> dict[str, dict[str, Any]]:
    return {item["pk"]: item for item in http.get("/do/done", headers=KEY).json()}


def test_a_schedule_runs_at_the_start_with_its_input(http: httpx.Client) -> None:
    assert eventually(lambda: "tick" in done(http))


def test_a_message_reaches_its_function_once(http: httpx.Client) -> None:
    send(http, {"name": "once", "group": "a"})
    found = eventually(lambda: done(http).get("Work#once"))
    assert found["group"] == "a"
    send(http, {"name": "later", "group": "a", "seconds": 2})
    eventually(lambda: "Work#later" in done(http))
    assert done(http)["Work#once"]["count"] == "1"


def test_a_message_that_fails_comes_again_and_ends_in_the_dead_letter_queue(http: httpx.Client) -> None:
    send(http, {"name": "bad", "group": "a", "fails": True}, {"name": "good", "group": "a"})
    eventually(lambda: "Work#good" in done(http))
    eventually(lambda: "Dead#bad" in done(http))
    assert done(http)["Work#bad"]["count"] == "2"
    assert "Dead#good" not in done(http)


def test_a_partner_with_few_messages_does_not_wait_behind_one_with_many(http: httpx.Client) -> None:
    noisy = [{"name": f"noisy-{number:02}", "group": "noisy", "seconds": 0.2} for number in range(12)]
    send(http, *noisy, {"name": "quiet", "group": "quiet", "seconds": 0.2})
    eventually(lambda: "Work#noisy-11" in done(http), 20.0)
    items = done(http)
    before = [
        name
        for name in (f"Work#noisy-{number:02}" for number in range(12))
        if items[name]["at"] < items["Work#quiet"]["at"]
    ]
    assert len(before) <= 4
