"""Jobs as their clients see them, and the healing of what a crash left asleep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from stepwise.answering.maintenance import requeue_if_stalled, sweep
from stepwise.config import Settings
from stepwise.coordination.slots import LEASE_SECONDS
from stepwise.errors import ModelError, NotFound
from support.scene import (
    PRESENTATION,
    Scene,
    answer,
    answer_to,
    caller,
    cancel_job,
    look_up,
    plan_of,
    solution_of,
    work,
)
from support.tables import Crash

WHOLE = len(answer_to("q"))


@pytest.fixture
def scene() -> Scene:
    return Scene()


def job_on(scene: Scene, question: str = "q", partner: str = "partner-a", **presentation: Any) -> str:
    who = caller(scene, partner, respond_async=True)
    job_id: str = answer(scene.environment(), plan_of(question), {**PRESENTATION, **presentation}, who).body[
        "id"
    ]
    return job_id


def look(scene: Scene, job_id: str, partner: str = "partner-a", until: float = 0.0, deps: Any = None) -> Any:
    at = deps or scene.deps
    return look_up(at, at.shared, job_id, partner, until=until, instance="request-7")


def cancel(scene: Scene, job_id: str, partner: str = "partner-a") -> Any:
    assert scene.deps.shared is not None
    return cancel_job(scene.deps.shared, job_id, partner, instance="request-7")


def at_token(scene: Scene, number: int, happens: Callable[[], object]) -> None:
    def at(written: int) -> None:
        if written == number:
            scene.model.at_token = lambda _: None
            happens()

    scene.model.at_token = at


def test_a_job_that_waits(scene: Scene) -> None:
    job_on(scene, "before")
    scene.clock.advance(0.5)
    job_id = job_on(scene)

    reply = look(scene, job_id)

    assert reply.status == 200
    assert reply.body == {
        "id": job_id,
        "kind": "solve",
        "status": "queued",
        "queue_position": 1,
        "created_at": "2027-01-15T08:00:00.500+00:00",
        "progress": {"completion_tokens": 0},
        "result": None,
        "error": None,
    }
    assert 1 <= int(reply.headers["Retry-After"]) <= 30


def test_a_job_that_is_worked_on_shows_its_progress() -> None:
    scene = Scene(tokens=400)
    job_id = job_on(scene)
    seen: list[Any] = []
    at_token(scene, 100, lambda: seen.append(look(scene, job_id)))

    work(scene)

    assert (seen[0].body["status"], seen[0].body["queue_position"]) == ("running", None)
    assert 0 < seen[0].body["progress"]["completion_tokens"] <= 100
    assert "Retry-After" in seen[0].headers


def test_a_job_that_succeeded_has_the_whole_200_body(scene: Scene) -> None:
    job_id = job_on(scene, problem="  What is q?  ")
    work(scene)

    reply = look(scene, job_id)

    assert reply.body["status"] == "succeeded"
    assert reply.body["result"]["problem"] == "  What is q?  "
    assert reply.body["result"]["solution"] == solution_of("q")
    assert reply.body["result"]["reasoning"] is None
    assert reply.body["error"] is None
    assert reply.body["progress"]["completion_tokens"] == WHOLE
    assert reply.headers == {}


def test_a_job_that_failed_has_a_problem_document(scene: Scene) -> None:
    job_id = job_on(scene)

    def fail() -> None:
        raise ModelError

    at_token(scene, 3, fail)
    work(scene)

    reply = look(scene, job_id)
    assert (reply.status, reply.body["status"], reply.body["result"]) == (200, "failed", None)
    assert reply.body["error"] == {
        "type": "urn:stepwise:problem:model_error",
        "title": "The model failed",
        "status": 502,
        "detail": "The model host failed while it generated the answer. Try again.",
        "instance": "request-7",
        "code": "model_error",
    }


def test_another_key_sees_no_job_and_cannot_cancel_it(scene: Scene) -> None:
    job_id = job_on(scene)

    with pytest.raises(NotFound):
        look(scene, job_id, "partner-b")
    with pytest.raises(NotFound):
        cancel(scene, job_id, "partner-b")
    work(scene)
    assert look(scene, job_id).body["status"] == "succeeded"


def test_a_job_is_gone_24_hours_after_its_end(scene: Scene) -> None:
    job_id = job_on(scene)
    scene.clock.advance(600)
    work(scene)

    scene.clock.advance(86_400)
    assert look(scene, job_id).status == 200
    scene.clock.advance(1)
    with pytest.raises(NotFound):
        look(scene, job_id)


# Waiting


def test_a_long_poll_returns_as_soon_as_the_job_has_ended(scene: Scene) -> None:
    job_id = job_on(scene)
    todo = [lambda: work(scene)]

    def sleep(seconds: float) -> None:
        scene.clock.advance(seconds)
        if todo:
            todo.pop()()

    begun = scene.clock()
    reply = look(scene, job_id, until=begun + 25, deps=replace(scene.environment(), sleep=sleep))

    assert reply.body["status"] == "succeeded"
    assert scene.clock() - begun < 10


def test_a_long_poll_ends_when_its_time_is_up(scene: Scene) -> None:
    job_id = job_on(scene)
    begun = scene.clock()

    reply = look(scene, job_id, until=begun + 10)

    assert reply.body["status"] == "queued"
    assert 9 <= scene.clock() - begun <= 10


def test_a_long_poll_costs_at_most_half_a_read_a_second_and_a_few(scene: Scene) -> None:
    job_id = job_on(scene)
    scene.table.calls.clear()

    look(scene, job_id, until=scene.clock() + 20)

    of_the_job, of_averages = 1, 2
    assert scene.table.calls.count("get") <= 20 / 2 + 6 + of_the_job + of_averages


def test_without_a_wait_a_look_returns_at_once(scene: Scene) -> None:
    job_id = job_on(scene)
    begun = scene.clock()

    look(scene, job_id)

    assert scene.clock() == begun


# Cancelling


def test_a_cancelled_job_that_waited_leaves_nothing_behind(scene: Scene) -> None:
    job_id = job_on(scene)

    assert cancel(scene, job_id).body["status"] == "cancelled"
    assert look(scene, job_id).body["status"] == "cancelled"
    assert scene.items("queue") == scene.items("flight#") == []


def test_what_one_client_cancels_goes_on_for_another(scene: Scene) -> None:
    mine, yours = job_on(scene), job_on(scene, partner="partner-b")

    assert cancel(scene, mine).body["status"] == "cancelled"
    work(scene)

    assert look(scene, mine).body["status"] == "cancelled"
    assert look(scene, mine).body["result"] is None
    assert look(scene, yours, "partner-b").body["status"] == "succeeded"
    assert len(scene.model.calls) == 1


def test_a_job_that_has_ended_stays_as_it_is(scene: Scene) -> None:
    job_id = job_on(scene)
    work(scene)

    reply = cancel(scene, job_id)

    assert reply.status == 200
    assert reply.body["status"] == "succeeded"
    assert reply.body["result"] is not None


def test_cancelling_twice_is_as_cancelling_once(scene: Scene) -> None:
    job_id = job_on(scene)

    assert cancel(scene, job_id).body == cancel(scene, job_id).body


@pytest.mark.parametrize("read", range(1, 8))
def test_a_cancellation_that_races_with_the_end_makes_one_end(scene: Scene, read: int) -> None:
    """The run ends in the middle of the cancellation: what a client sees then stays."""
    job_id = job_on(scene)
    seen: list[str] = []
    calls = 0

    def end_in_between() -> None:
        nonlocal calls
        calls += 1
        if calls == read:
            scene.table.slow = None
            work(scene)
            seen.append(look(scene, job_id).body["status"])

    scene.table.slow = end_in_between
    reply = cancel(scene, job_id)
    scene.table.slow = None

    final = look(scene, job_id).body["status"]
    assert reply.body["status"] == final
    assert seen in ([], [final])


def test_after_a_cancellation_the_same_question_is_computed_for_whoever_asks_next(scene: Scene) -> None:
    cancel(scene, job_on(scene))

    again = job_on(scene)
    work(scene)

    assert look(scene, again).body["status"] == "succeeded"


# Healing


def test_whoever_looks_wakes_what_has_lost_its_message(scene: Scene) -> None:
    job_id = job_on(scene)
    scene.queue.messages.clear()

    look(scene, job_id)
    assert scene.queue.messages == []
    scene.clock.advance(60)
    look(scene, job_id)
    look(scene, job_id)

    assert len(scene.queue.messages) == 1


def test_a_run_whose_turn_is_far_is_not_woken() -> None:
    scene = Scene(Settings(model_slots=1, max_queued=5))
    job_on(scene, "before")
    scene.clock.advance(1)
    job_on(scene)
    scene.queue.messages.clear()
    scene.clock.advance(600)

    assert scene.deps.shared is not None
    run = scene.deps.shared.runs.get(scene.items("job#")[1]["run_id"])
    assert run is not None
    woken = [requeue_if_stalled(scene.deps, scene.deps.shared, run)]
    assert woken == [scene.deps.shared.admission.ahead_of(run.id, run.since) == 0]


def test_a_queue_that_is_down_does_not_keep_a_client_from_looking(scene: Scene) -> None:
    job_id = job_on(scene)
    scene.queue.down = True
    scene.clock.advance(600)

    assert look(scene, job_id).body["status"] == "queued"


def test_the_sweep_wakes_what_nobody_looks_at(scene: Scene) -> None:
    job_id = job_on(scene)
    scene.queue.messages.clear()
    scene.clock.advance(60)

    assert scene.deps.shared is not None
    assert sweep(scene.deps, scene.deps.shared) == 1
    work(scene)

    assert look(scene, job_id).body["status"] == "succeeded"


def test_the_sweep_wakes_the_run_of_a_dead_owner_whose_message_is_lost(scene: Scene) -> None:
    job_id = job_on(scene)

    def die() -> None:
        raise Crash

    at_token(scene, 10, die)
    with pytest.raises(Crash):
        work(scene)
    scene.queue.messages.clear()
    scene.clock.advance(LEASE_SECONDS + 60)

    assert scene.deps.shared is not None
    assert sweep(scene.deps, scene.deps.shared) == 1
    work(scene)

    assert look(scene, job_id).body["status"] == "succeeded"


def test_the_sweep_frees_the_place_of_a_run_that_has_ended(scene: Scene) -> None:
    job_on(scene)
    (place,) = scene.items("queue")
    work(scene)
    scene.table.put(place)

    assert scene.deps.shared is not None
    assert sweep(scene.deps, scene.deps.shared) == 1
    assert scene.items("queue") == []


def test_the_sweep_leaves_alone_what_is_well(scene: Scene) -> None:
    job_on(scene)
    before = scene.table.items()

    assert scene.deps.shared is not None
    assert sweep(scene.deps, scene.deps.shared) == 0
    assert scene.table.items() == before


@pytest.fixture
def slow(scene: Scene) -> Scene:
    """A scene whose table takes 20 ms for each call, as a real one does."""
    scene.table.slow = lambda: scene.clock.advance(0.02)
    return scene


@pytest.mark.parametrize("wait", [1.0, 0.3])
def test_a_wait_holds_until_its_time_is_up(slow: Scene, wait: float) -> None:
    job_id = job_on(slow)
    began = slow.clock()

    assert look(slow, job_id, until=began + wait).body["status"] == "queued"

    assert wait <= slow.clock() - began < wait + 0.2


def test_a_job_that_ends_in_the_last_moment_of_a_wait_is_given(slow: Scene) -> None:
    job_id = job_on(slow)
    end = slow.clock() + 1.0

    def sleep(seconds: float) -> None:
        slow.clock.advance(seconds)
        if slow.clock() >= end - 0.1:
            work(slow)

    reply = look(slow, job_id, until=end, deps=replace(slow.environment(), sleep=sleep))

    assert reply.body["status"] == "succeeded"
