"""Hand-overs over the real stack: an answer is only ever late. The long form is ``tests/drills/hand_over.py``."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from support.drills import App, drilled_stack, items_of, long_answer, problems_left
from support.hosts.model_host import ModelHost

TOKENS, SPEED = 400, 100
SCRIPT = long_answer(TOKENS)
SOLUTION = "".join(SCRIPT).split("</think>")[1].strip()


@pytest.fixture(scope="module")
def host() -> Iterator[ModelHost]:
    with ModelHost(lambda _: SCRIPT, tokens_per_second=SPEED) as host:
        yield host


@pytest.fixture(scope="module")
def app(host: ModelHost) -> Iterator[App]:
    """A bundle whose workers have a second and a half each."""
    with drilled_stack(host.url, GENERATION_TIMEOUT_SECONDS="1.5") as stack:
        app = App(stack.base_url, stack=stack)
        app.solve("Warm up the function: 1 + 1", "wait=0, handling=strict")
        # The one question of the warm-up is not to be counted.
        assert host.wait_for(lambda host: host.generated > 0 and host.running == 0, 30)
        yield app
        app.http.close()


def test_an_answer_of_many_parts_is_one_answer(app: App, host: ModelHost) -> None:
    before, begun = host.generated, time.monotonic()

    reply = app.solve("How much is six times seven?", "wait=1")
    replied = time.monotonic() - begun
    job = app.ended([reply.json()["id"]], 60)[reply.json()["id"]]

    assert reply.status_code == 202
    assert replied < 1 + 1 + 1, "wait, a second, and one for a busy machine"
    assert job["status"] == "succeeded"
    assert job["result"]["solution"] == SOLUTION
    runs = [item for item in items_of(app.running) if item["sk"] == "run" and item["status"] == "succeeded"]
    hand_overs = max(run["fence"] for run in runs) - 1
    assert hand_overs >= 2
    assert TOKENS <= host.generated - before <= TOKENS + 10 * hand_overs
    assert abs(job["result"]["usage"]["completion_tokens"] - TOKENS) <= 10 * hand_overs


def test_a_cancelled_job_stops_the_model_within_two_seconds(app: App, host: ModelHost) -> None:
    job_id = app.solve("How much is eight times seven?", "wait=1").json()["id"]
    assert host.wait_for(lambda host: host.running > 0, 30)

    assert app.http.delete(f"/v1/jobs/{job_id}").json()["status"] == "cancelled"

    assert host.wait_for(lambda host: host.running == 0, 2 + 1), "two seconds, and one for a busy machine"
    assert app.job(job_id)["status"] == "cancelled"


def test_another_key_sees_no_job(app: App) -> None:
    job_id = app.solve("How much is nine times seven?", "respond-async").json()["id"]
    other = App(app.base_url, key="demo-key-2")

    assert other.http.get(f"/v1/jobs/{job_id}").status_code == 404
    assert other.http.delete(f"/v1/jobs/{job_id}").status_code == 404
    other.http.close()
    app.http.delete(f"/v1/jobs/{job_id}")


def test_an_idempotency_key_gives_the_first_202_again(app: App) -> None:
    headers = {"Idempotency-Key": "drill-1"}
    first = app.solve("How much is ten times seven?", "respond-async", **headers)
    again = app.solve("How much is ten times seven?", "respond-async", **headers)
    other = app.solve("How much is ten times eight?", "respond-async", **headers)

    assert (first.status_code, again.status_code, other.status_code) == (202, 202, 422)
    assert first.json() == again.json()
    assert other.json()["code"] == "idempotency_mismatch"
    app.http.delete(f"/v1/jobs/{first.json()['id']}")


def test_at_the_end_nothing_stays_taken(app: App) -> None:
    left = {"unknown": 1}
    end = time.monotonic() + 30
    while left and time.monotonic() < end:
        left = dict(problems_left(items_of(app.running), time.time()))

    assert left == {}
