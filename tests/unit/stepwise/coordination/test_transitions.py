"""Steps of a run are done as a whole or not at all, and leave out what is another owner's by now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from stepwise.answering.joining import Begun, begin
from stepwise.answering.ownership import Ownership
from stepwise.answering.work import Progress
from stepwise.config import Settings
from stepwise.coordination.places import AGAIN, TAKEN
from stepwise.coordination.runs import RunLost
from stepwise.coordination.slots import LEASE_SECONDS
from stepwise.coordination.transitions import SlotTaken
from stepwise.errors import ModelError
from stepwise.storage.table import TableUnavailable
from support.scene import PRESENTATION, Scene, answer, caller, plan_of, take_slot

RESULT: dict[str, Any] = {
    "solution": "42",
    "final_answer": "42",
    "finish_reason": "stop",
    "verification": None,
    "usage": {"duration_ms": 5_000},
}
STEPS: dict[str, Callable[[Ownership], object]] = {
    "save": lambda owner: owner.heartbeat(Progress()),
    "hand over": lambda owner: owner.hand_over(Progress()),
    "succeed": lambda owner: owner.succeed(RESULT, Progress()),
    "fail": lambda owner: owner.fail(ModelError()),
}


@pytest.fixture
def scene() -> Scene:
    return Scene()


def begun(scene: Scene, question: str = "q", *, wants_slot: bool = True) -> Begun:
    deps = scene.environment()
    assert deps.shared is not None
    return begin(
        deps,
        deps.shared,
        plan_of(question),
        group="g",
        waiter_id="job_1",
        since=scene.clock(),
        wants_slot=wants_slot,
    )


def owner(scene: Scene) -> Ownership:
    found = begun(scene).ownership
    assert found is not None
    scene.clock.advance(3)
    return found


@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_one_write(scene: Scene, step: str) -> None:
    owning = owner(scene)
    writes: list[int] = []
    scene.table.before_write = lambda _: writes.append(1)

    STEPS[step](owning)

    mark = step == "hand over"  # that somebody waits is noted afterwards, for new requests
    assert len(writes) == 1 + mark


@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_meets_a_conflict_to_the_end_changes_nothing(scene: Scene, step: str) -> None:
    owning = owner(scene)
    before = scene.table.items()
    scene.table.conflict_next()

    try:
        STEPS[step](owning)
    except TableUnavailable:
        assert step != "save"
    else:
        assert step == "save", "a generation goes on without a save"

    assert scene.table.items() == before


@pytest.mark.parametrize("step", STEPS)
def test_a_step_whose_answer_is_lost_was_done_as_a_whole(scene: Scene, step: str) -> None:
    owning = owner(scene)
    scene.table.lose_next()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owning, "_freed", lambda: None)
        try:
            STEPS[step](owning)
        except TableUnavailable:
            assert step != "save"

    wanted = {"save": "running", "hand over": "queued", "succeed": "succeeded", "fail": "failed"}[step]
    assert scene.run["status"] == wanted
    assert len(scene.items("slots")) == (step == "save")
    assert len(scene.items("queue")) == (step == "hand over")
    assert len(scene.items("flight#")) == (step != "fail")
    assert len(scene.items("answer#")) == (step == "succeed")


@pytest.mark.parametrize("step", ["hand over", "succeed", "fail"])
def test_a_slot_that_went_to_another_owner_is_left_to_it(scene: Scene, step: str) -> None:
    scene.settings = Settings(model_slots=1)
    owning = owner(scene)
    scene.clock.advance(LEASE_SECONDS + 1)
    other = take_slot(scene.environment().shared)
    assert other is not None

    STEPS[step](owning)

    assert scene.run["status"] == {"hand over": "queued", "succeed": "succeeded", "fail": "failed"}[step]
    assert [item["owner"] for item in scene.items("slots")] == [other.owner]


def test_a_save_without_its_slot_hands_over_what_there_is(scene: Scene) -> None:
    scene.settings = Settings(model_slots=1)
    owning = owner(scene)
    scene.clock.advance(LEASE_SECONDS + 1)
    other = take_slot(scene.environment().shared)
    assert other is not None
    progress = Progress()
    progress.draft.text, progress.draft.tokens = "half", 7

    with pytest.raises(RunLost):
        owning.heartbeat(progress)

    assert (scene.run["status"], scene.run["tokens"]) == ("queued", 7)
    assert [item["owner"] for item in scene.items("slots")] == [other.owner]
    assert len(scene.queue.messages) == 1


def test_a_better_checked_answer_is_not_replaced_and_the_run_ends_all_the_same(scene: Scene) -> None:
    owning = owner(scene)
    better = {**RESULT, "solution": "better"}
    scene.environment().cache.put("key-q", better, rank=9)

    assert not owning.succeed(RESULT, Progress())

    assert scene.run["status"] == "succeeded"
    assert scene.items("slots") == []
    found = scene.environment().cache.get("key-q")
    assert found is not None
    assert found.answer["solution"] == "better"


def test_a_damaged_answer_is_replaced(scene: Scene) -> None:
    owning = owner(scene)
    scene.environment().cache.put("key-q", RESULT, rank=9)
    scene.table.update("answer#key-q", "answer", set={"digest": b"x"})

    assert owning.succeed(RESULT, Progress())

    assert scene.environment().cache.get("key-q") is not None


def test_a_flight_that_is_another_runs_by_now_is_left_to_it(scene: Scene) -> None:
    owning = owner(scene)
    scene.table.update("flight#key-q#unchecked", "flight", set={"run_id": "another"})

    owning.succeed(RESULT, Progress())

    assert scene.run["status"] == "succeeded"
    assert [(item["run_id"], "ended_at" in item) for item in scene.items("flight#")] == [("another", False)]


def test_a_worker_takes_run_and_slot_and_leaves_the_queue_with_a_note(scene: Scene) -> None:
    owner(scene).hand_over(Progress())
    shared = scene.environment().shared
    assert shared is not None
    queued = shared.runs.get(scene.queue.messages[0].run_id)
    assert queued is not None

    taken = shared.transitions.take(queued, shared.slots.find()[0])

    assert shared.runs.get(queued.id) == taken
    assert (taken.fence, taken.place) == (2, TAKEN)
    assert scene.items("queue") == []
    assert [item["run_id"] for item in scene.items("taken")] == [queued.id]
    assert len(scene.items("slots")) == 1
    Ownership(scene.deps, shared, taken, plan_of()).succeed(RESULT, Progress())
    assert scene.items("taken") == []


def test_a_worker_takes_nothing_where_the_slot_or_the_run_has_gone(scene: Scene) -> None:
    scene.settings = Settings(model_slots=1)
    owner(scene).hand_over(Progress())
    shared = scene.environment().shared
    assert shared is not None
    queued = shared.runs.get(scene.queue.messages[0].run_id)
    assert queued is not None
    slot = shared.slots.find()[0]
    other = take_slot(shared)
    assert other is not None
    before = scene.table.items()

    with pytest.raises(SlotTaken):
        shared.transitions.take(queued, slot)
    assert scene.table.items() == before

    shared.transitions.free_slot(other)
    shared.runs.cancel(queued.id, "job_1")
    before = scene.table.items()
    with pytest.raises(RunLost):
        shared.transitions.take(queued, slot)
    assert scene.table.items() == before


def test_a_hundred_answers_that_were_admitted_can_all_wait_again(scene: Scene) -> None:
    """As when the model host is away: each takes a slot, and is handed over again."""
    scene.settings = Settings(model_slots=2, max_queued=100)
    found = [begun(scene, f"q{number}", wants_slot=False).ownership for number in range(100)]
    for each in found:
        assert each is not None
        assert each.take_slot()
        each.hand_over(Progress())

    waiting = scene.items("queue")
    assert len({item["run_id"] for item in waiting}) == len(waiting) == 100
    shared = scene.environment().shared
    assert shared is not None
    assert shared.admission.line.look().waiting == 100


def test_an_answer_whose_place_is_anothers_by_now_waits_again_in_one_of_its_own(scene: Scene) -> None:
    found = begun(scene, "q", wants_slot=False).ownership
    assert found is not None
    (place,) = scene.items("queue")
    scene.table.put({**place, "run_id": "another"})

    found.hand_over(Progress())

    assert [(item["run_id"], item["number"]) for item in scene.items("queue")] == [
        ("another", place["number"]),
        (found.run.id, AGAIN),
    ]
    assert scene.run["status"] == "queued"


def test_a_table_that_throttles_the_first_read_leaves_the_answer_without_it(scene: Scene) -> None:
    scene.table.fail_next()

    reply = answer(scene.environment(), plan_of(), PRESENTATION, caller(scene))

    assert reply.status == 200
    assert scene.items("run#") == []


def test_a_beginning_that_meets_a_conflict_to_the_end_is_answered_without_the_table(scene: Scene) -> None:
    scene.table.conflict_next()

    reply = answer(scene.environment(), plan_of(), PRESENTATION, caller(scene))

    assert reply.status == 200
    assert scene.items("run#") == []
