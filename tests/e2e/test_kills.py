"""kill -9 over the real stack. The long form is ``tests/drills/kills.py``."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from support.drills import App, drilled_stack, items_of, long_answer, problems_left
from support.hosts.model_host import ModelHost

SCRIPT = long_answer(200)
SOLUTION = "".join(SCRIPT).split("</think>")[1].strip()


@pytest.fixture
def host() -> Iterator[ModelHost]:
    with ModelHost(lambda _: SCRIPT, tokens_per_second=50) as host:
        yield host


@pytest.fixture
def app(host: ModelHost) -> Iterator[App]:
    with drilled_stack(host.url, MODEL_SLOTS="3", IDLE_TIMEOUT_SECONDS="5") as stack:
        app = App(stack.base_url, stack=stack)
        yield app
        app.http.close()


def kill_a_busy(app: App, function: str) -> None:
    busy = eventually(lambda: [one for one in app.running.environments(function) if one["state"] == "busy"])
    os.kill(busy[0]["pid"], signal.SIGKILL)


def eventually[T](look: Callable[[], T], seconds: float = 30) -> T:
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end
        time.sleep(0.1)
    return found


def test_whatever_is_killed_every_accepted_job_ends_with_its_whole_answer(app: App, host: ModelHost) -> None:
    jobs = [
        app.solve(f"How much is {number} times seven?", "respond-async").json()["id"] for number in range(4)
    ]
    with ThreadPoolExecutor(2) as pool:
        waits = [pool.submit(app.solve, "How much is six times eight?", "wait=20") for _ in range(2)]
        assert host.wait_for(lambda host: host.generated > 100, 60)
        kill_a_busy(app, "WorkerFunction")
        kill_a_busy(app, "SolveFunction")
        time.sleep(1)
        host.kill()
        time.sleep(1)
        host.start()
        replies = [_reply(wait.result) for wait in waits]

    jobs += [reply.json()["id"] for reply in replies if reply is not None and reply.status_code == 202]
    ends = app.ended(jobs, 150)
    assert {end["status"] for end in ends.values()} == {"succeeded"}
    assert {end["result"]["solution"] for end in ends.values()} == {SOLUTION}
    eventually(lambda: not problems_left(items_of(app.running), time.time()))


def _reply(result: Callable[[], httpx.Response]) -> httpx.Response | None:
    """None where the connection broke with its function."""
    try:
        return result()
    except httpx.HTTPError:
        return None
