"""What the owner of a run does while it works, and how it lets go."""

from __future__ import annotations

from typing import Any

import pytest
from stepwise.answering.joining import begin, take_over
from stepwise.answering.ownership import Ownership
from stepwise.answering.timings import TIMINGS
from stepwise.answering.work import Progress
from stepwise.coordination.runs import RunLost
from stepwise.coordination.slots import LEASE_SECONDS
from stepwise.errors import ModelError
from stepwise.storage.table import TableUnavailable
from stepwise.storage.work_queue import QueueUnavailable
from support.scene import Scene, plan_of

RESULT = {"solution": "42", "finish_reason": "length", "usage": {"duration_ms": 5_000}}


@pytest.fixture
def scene() -> Scene:
    return Scene()


def owner(scene: Scene, *, waiter_id: str = "job_1") -> Ownership:
    assert scene.deps.shared is not None
    begun = begin(
        scene.deps, scene.deps.shared, plan_of(), group="g", waiter_id=waiter_id, since=scene.clock()
    )
    assert begun.ownership is not None
    return begun.ownership


def progress(tokens: int = 5, text: str = "半") -> Progress:
    found = Progress()
    found.draft.text, found.draft.tokens = text, tokens
    return found


def shared(scene: Scene) -> Any:
    assert scene.deps.shared is not None
    return scene.deps.shared


def test_between_two_signs_of_life_the_table_is_left_alone(scene: Scene) -> None:
    owning = owner(scene)
    scene.table.calls.clear()

    for _ in range(15):
        scene.clock.advance(0.05)
        owning.heartbeat(progress())

    assert scene.table.calls == []


def test_an_owner_that_ticks_keeps_its_run_and_its_slot(scene: Scene) -> None:
    owning = owner(scene)
    for _ in range(600):
        scene.clock.advance(0.25)
        owning.heartbeat(progress())

    now = scene.clock() * 1000
    assert scene.run["lease_until"] > now
    assert [item["until"] > now for item in scene.items("slots")] == [True]
    assert scene.items("queue") == []


def test_progress_is_kept_every_few_seconds(scene: Scene) -> None:
    owning = owner(scene)
    scene.clock.advance(TIMINGS.save)

    owning.heartbeat(progress(7))

    run = shared(scene).runs.get(owning.run.id)
    assert run.tokens == 7
    assert Progress.from_dict(run.progress).draft.text == "半"


def test_one_that_is_not_wanted_any_more_notices_it_within_a_second(scene: Scene) -> None:
    owning = owner(scene)
    shared(scene).runs.cancel(owning.run.id, "job_1")
    scene.clock.advance(TIMINGS.check)

    with pytest.raises(RunLost):
        owning.heartbeat(progress())


def test_one_whose_run_has_another_owner_notices_it(scene: Scene) -> None:
    owning = owner(scene)
    scene.clock.advance(LEASE_SECONDS + 1)
    shared(scene).runs.take(owning.run.id)

    with pytest.raises(RunLost):
        owning.heartbeat(progress())


def test_a_table_that_is_silent_does_not_stop_an_owner(scene: Scene) -> None:
    owning = owner(scene)
    scene.table.down = True
    scene.clock.advance(TIMINGS.save)

    owning.heartbeat(progress())

    scene.table.down = False
    scene.clock.advance(TIMINGS.save)
    owning.heartbeat(progress(9))
    assert scene.run["tokens"] == 9


def test_an_end_gives_back_everything(scene: Scene) -> None:
    owning = owner(scene)

    owning.succeed(RESULT, progress())

    assert scene.run["status"] == "succeeded"
    assert scene.items("slots") == scene.items("queue") == []


def test_an_end_teaches_how_long_an_answer_takes(scene: Scene) -> None:
    owner(scene).succeed(RESULT, progress())

    assert shared(scene).average_duration.seconds_per_answer() == 5.0


def test_a_failure_gives_back_everything_and_the_flight_too(scene: Scene) -> None:
    owner(scene).fail(ModelError())

    assert scene.run["error"]["code"] == "model_error"
    assert scene.items("slots") == scene.items("queue") == scene.items("flight#") == []


def test_a_hand_over_sends_its_message_before_the_run_waits(scene: Scene) -> None:
    owning = owner(scene)
    seen: list[tuple[int, str]] = []

    def note(_: object) -> None:
        seen.append((len(scene.queue.messages), scene.run["status"]))

    scene.table.before_write = note
    owning.hand_over(progress())

    assert all(messages == 1 for messages, status in seen if status == "queued")
    assert scene.run["status"] == "queued"
    assert scene.items("slots") == []
    assert [item["waiting"] for item in scene.items("queue")] == [True]


def test_what_could_not_be_handed_over_is_still_ours(scene: Scene) -> None:
    owning = owner(scene)
    scene.queue.down = True

    with pytest.raises(QueueUnavailable):
        owning.hand_over(progress())

    assert scene.run["status"] == "running"
    owning.fail(ModelError())
    assert scene.items("queue") == []


def test_who_leaves_alone_ends_the_run(scene: Scene) -> None:
    owner(scene).abandon(progress(), "job_1")

    assert scene.items("run#")[-1]["status"] == "cancelled"
    assert scene.items("slots") == scene.items("queue") == scene.items("flight#") == []
    assert scene.queue.messages == []


def test_who_leaves_others_behind_hands_over(scene: Scene) -> None:
    owning = owner(scene)
    shared(scene).runs.join(owning.run.id, "job_2")

    owning.abandon(progress(), "job_1")

    assert scene.run["status"] == "queued"
    assert scene.run["tickets"] == {"job_2"}
    assert len(scene.queue.messages) == 1


def test_letting_go_of_a_run_that_another_one_owns_leaves_it_its_place(scene: Scene) -> None:
    owning = owner(scene)
    scene.clock.advance(LEASE_SECONDS + 1)
    taken = shared(scene).runs.take(owning.run.id)
    other = take_over(scene.deps, shared(scene), taken, plan_of())
    assert other.take_slot()

    owning.release()

    assert other.slot is not None
    assert {item["owner"] for item in scene.items("slots")} == {other.slot.owner}
    assert len(scene.items("flight#")) == 1


def test_letting_go_frees_the_slot_also_when_the_table_fails_in_between(scene: Scene) -> None:
    owning = owner(scene)
    scene.table.fail_next(1)

    with pytest.raises(TableUnavailable):
        owning.release()

    assert scene.items("slots") == []


def test_a_late_owner_neither_ends_nor_hands_over_what_another_one_has(scene: Scene) -> None:
    owning = owner(scene)
    scene.clock.advance(LEASE_SECONDS + 1)
    taken = shared(scene).runs.take(owning.run.id)
    take_over(scene.deps, shared(scene), taken, plan_of())
    place = scene.items("queue")

    for step in (
        lambda: owning.succeed(RESULT, progress()),
        lambda: owning.fail(ModelError()),
        lambda: owning.hand_over(progress()),
    ):
        with pytest.raises(RunLost):
            step()

    assert scene.run["fence"] == 2
    assert scene.run["status"] == "running"
    assert scene.items("queue") == place
