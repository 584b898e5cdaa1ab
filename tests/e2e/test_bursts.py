"""Many at once over the real stack. The long form is ``tests/drills/bursts.py``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from stepwise.text.canonical_key import canonical
from support.drills import App, drilled_stack, long_answer, question_of
from support.hosts.model_host import ModelHost

SLOTS, QUEUED = 2, 12
SCRIPT = long_answer(60)


@pytest.fixture(scope="module")
def host() -> Iterator[ModelHost]:
    with ModelHost(lambda _: SCRIPT, tokens_per_second=100) as host:
        yield host


@pytest.fixture(scope="module")
def app(host: ModelHost) -> Iterator[App]:
    settings = {"MODEL_SLOTS": str(SLOTS), "MAX_QUEUED": str(QUEUED)}
    with drilled_stack(host.url, **settings) as stack:
        app = App(stack.base_url, stack=stack)
        yield app
        app.http.close()


def generations(host: ModelHost, problem: str) -> int:
    """How often the model was asked *problem* from the beginning."""
    asked = [question_of(body) for body in host.requests if body["messages"][-1]["role"] == "user"]
    return sum(canonical(problem) in question for question in asked)


def test_identical_requests_at_once_are_computed_once(app: App, host: ModelHost) -> None:
    problem = "How much is six times seven?"
    with ThreadPoolExecutor(20) as pool:
        replies = list(pool.map(lambda _: app.solve(problem, "wait=20"), range(20)))

    assert Counter(reply.status_code for reply in replies) == {200: 20}
    assert len({reply.json()["solution"] for reply in replies}) == 1
    assert generations(host, problem) == 1


def test_one_that_sends_many_does_not_make_another_wait_for_all_of_them(app: App) -> None:
    many = [app.solve(f"How much is {n} times eleven?", "respond-async").json()["id"] for n in range(12)]
    other = App(app.base_url, key="demo-key-2")
    job_id = other.solve("How much is twelve times twelve?", "respond-async").json()["id"]

    assert other.ended([job_id], 60)[job_id]["status"] == "succeeded"
    other.http.close()
    waiting = sum(app.job(each)["status"] in ("queued", "running") for each in many)
    assert waiting >= 4
    assert {end["status"] for end in app.ended(many, 90).values()} == {"succeeded"}


def test_the_host_never_sees_more_than_its_slots_and_every_202_ends(app: App, host: ModelHost) -> None:
    with ThreadPoolExecutor(30) as pool:
        replies = list(
            pool.map(lambda n: app.solve(f"How much is {n} times nine?", "respond-async"), range(30))
        )

    refused = [reply for reply in replies if reply.status_code == 429]
    jobs = [reply.json()["id"] for reply in replies if reply.status_code == 202]
    ends = app.ended(jobs, 90)
    assert len(refused) + len(jobs) == 30
    assert len(jobs) >= QUEUED, "refused beyond the limit only"
    assert all(
        reply.json()["code"] == "queue_full" and int(reply.headers["Retry-After"]) >= 1 for reply in refused
    )
    assert {end["status"] for end in ends.values()} == {"succeeded"}
    assert host.peak <= SLOTS
