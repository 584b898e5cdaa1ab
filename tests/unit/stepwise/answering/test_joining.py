"""Begin a run or join the one that answers the same question already."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from stepwise.answering.joining import Begun, begin, find_slot, take_over, watch, withdraw
from stepwise.answering.work import Progress
from stepwise.config import Settings
from stepwise.coordination.jobs import new_job_id
from stepwise.coordination.slots import LEASE_SECONDS
from stepwise.errors import ModelError, QueueFull
from stepwise.plan import Plan
from stepwise.storage.table import TableUnavailable
from support.scene import Scene, made_run, plan_of, take_slot, wait_in_queue
from support.tables import Crash


@pytest.fixture
def scene() -> Scene:
    return Scene()


def start(
    scene: Scene,
    plan: Plan | None = None,
    waiter_id: str = "",
    since: float | None = None,
    wants_slot: bool = True,
) -> Begun:
    deps = scene.environment()
    assert deps.shared is not None
    presentation = scene.clock() if since is None else since
    return begin(
        deps,
        deps.shared,
        plan or plan_of(),
        group="g",
        waiter_id=waiter_id or new_job_id(),
        since=presentation,
        wants_slot=wants_slot,
    )


def test_the_first_one_owns_a_run_with_a_slot_and_needs_no_place(scene: Scene) -> None:
    begun = start(scene)

    assert begun.ownership is not None
    assert begun.ownership.slot is not None
    assert begun.run.status == "running"
    assert [item["owner"] for item in scene.items("slots")] == [begun.ownership.slot.owner]
    assert scene.items("queue") == []


def test_one_that_finds_no_slot_free_owns_a_run_with_a_place(scene: Scene) -> None:
    for _ in range(scene.settings.model_slots):
        take_slot(scene.deps.shared)

    begun = start(scene)

    assert begun.ownership is not None
    assert begun.ownership.slot is None
    assert [(item["run_id"], item["waiting"]) for item in scene.items("queue")] == [(begun.run.id, True)]


def test_one_that_is_to_be_a_job_takes_a_place_and_leaves_the_slots_alone(scene: Scene) -> None:
    begun = start(scene, wants_slot=False)

    assert begun.ownership is not None
    assert scene.items("slots") == []
    assert [item["run_id"] for item in scene.items("queue")] == [begun.run.id]


def test_the_second_one_joins_it(scene: Scene) -> None:
    first, second = start(scene, waiter_id="job_1"), start(scene, waiter_id="job_2")

    assert second.ownership is None
    assert second.run.id == first.run.id
    assert second.run.waiters == {"job_1", "job_2"}


def test_what_is_nobody_elses_is_not_joined(scene: Scene) -> None:
    private = plan_of(key="")

    assert start(scene, private).run.id != start(scene, private).run.id


def test_who_asked_before_the_end_gets_what_has_ended_and_who_asked_later_begins_anew(scene: Scene) -> None:
    first = start(scene)
    before = scene.clock()
    scene.clock.advance(1)
    assert first.ownership is not None
    first.ownership.succeed({"finish_reason": "length", "usage": {"duration_ms": 1}}, Progress())
    scene.clock.advance(1)

    assert start(scene, since=before).run.status == "succeeded"
    later = start(scene)
    assert later.run.id != first.run.id
    assert later.ownership is not None


@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_what_has_ended_badly_is_begun_anew(scene: Scene, end: str) -> None:
    first = start(scene, waiter_id="job_1")
    assert scene.deps.shared is not None
    assert first.ownership is not None
    if end == "failed":
        first.ownership.fail(ModelError())
    else:
        scene.deps.shared.runs.cancel(first.run.id, "job_1")

    again = start(scene, since=0.0)

    assert again.ownership is not None
    assert again.run.id != first.run.id


def test_of_many_at_once_one_begins_and_the_others_join() -> None:
    scene = Scene(Settings(model_slots=1, max_queued=1))

    with ThreadPoolExecutor(24) as pool:
        begun = list(pool.map(lambda _: start(scene), range(48)))

    assert len({each.run.id for each in begun}) == 1
    assert sum(each.ownership is not None for each in begun) == 1
    assert len(scene.items("slots")) == 1
    assert scene.items("queue") == []


def test_of_many_refused_at_once_all_are_told_and_nothing_stays() -> None:
    scene = Scene(Settings(model_slots=1, max_queued=0))
    start(scene, plan_of("other"))

    def refused(_: int) -> bool:
        try:
            start(scene)
        except QueueFull:
            return True
        return False

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(refused, range(16)))
    assert scene.items("queue") == []
    assert {item["pk"] for item in scene.items("flight#")} == {"flight#key-other#unchecked"}


def test_who_dies_after_it_has_begun_leaves_a_run_that_the_next_one_takes_over(scene: Scene) -> None:
    """A beginning is one write, so there is nothing between all of it and nothing of it."""

    def die(_: object) -> None:
        raise Crash

    scene.table.after_write = die
    with pytest.raises(Crash):
        start(scene)
    scene.table.after_write = None

    begun = start(scene)
    assert begun.ownership is None
    assert scene.deps.shared is not None
    run, ours = watch(scene.deps, scene.deps.shared, begun.run.id, until=scene.clock() + 60)
    assert run is not None
    assert ours
    scene.clock.advance(LEASE_SECONDS + 1)
    assert [item for item in scene.items("slots") if item["until"] >= scene.clock() * 1000] == []
    assert scene.items("queue") == []


def test_an_answer_of_the_table_that_is_lost_at_the_beginning_leaves_one_run(scene: Scene) -> None:
    scene.table.lose_next()
    with pytest.raises(TableUnavailable):
        start(scene)

    assert start(scene).ownership is None
    assert len(scene.items("slots")) == 1


def test_a_transaction_that_stays_in_conflict_begins_nothing(scene: Scene) -> None:
    scene.table.conflict_next()
    with pytest.raises(TableUnavailable):
        start(scene)

    assert scene.table.items() == []


def test_slots_that_are_taken_meanwhile_are_left_for_the_next(scene: Scene) -> None:
    """What was read is old by a moment: the transaction finds out."""
    seen = scene.deps.shared.first_read.read("", "m", slot=True)  # type: ignore[union-attr]
    assert len(seen.slots) == scene.settings.model_slots
    taken = take_slot(scene.deps.shared)
    assert taken is not None
    deps = scene.environment()
    assert deps.shared is not None

    begun = begin(deps, deps.shared, plan_of(), group="g", waiter_id="job_1", since=scene.clock(), seen=seen)

    assert begun.ownership is not None
    assert begun.ownership.slot is not None
    assert begun.ownership.slot.number != taken.number


def test_a_flight_that_another_one_has_begun_meanwhile_is_joined(scene: Scene) -> None:
    seen = scene.deps.shared.first_read.read("key-q#unchecked", "m", slot=True)  # type: ignore[union-attr]
    first = start(scene)
    deps = scene.environment()
    assert deps.shared is not None

    begun = begin(deps, deps.shared, plan_of(), group="g", waiter_id="job_2", since=scene.clock(), seen=seen)

    assert (begun.run.id, begun.ownership) == (first.run.id, None)
    assert len(scene.items("slots")) == 1


def test_a_run_of_the_release_before_that_is_not_admitted_yet_can_be_joined(scene: Scene) -> None:
    """It wrote the run, its flight and its place one after the other."""
    run = made_run(scene.deps.shared, scene.table, "early", plan_of())
    scene.table.update("run#early", "run", remove=["place", "since"])
    scene.table.put({"pk": "flight#key-q#unchecked", "sk": "flight", "run_id": run.id})

    begun = start(scene, waiter_id="job_2")

    assert begun.run.waiters == {"job_1", "job_2"}


def test_a_slot_is_waited_for_for_a_second(scene: Scene) -> None:
    assert scene.deps.shared is not None
    shared = scene.deps.shared
    taken = [take_slot(shared) for _ in range(scene.settings.model_slots)]
    ownership = start(scene).ownership
    assert ownership is not None
    begun = scene.clock()

    assert not find_slot(scene.deps, shared, ownership, until=begun + 25)
    assert 0.5 <= scene.clock() - begun <= 1.0

    assert taken[0] is not None
    shared.transitions.free_slot(taken[0])
    assert find_slot(scene.deps, shared, ownership, until=begun + 25)
    assert scene.items("queue") == [], "who has a slot needs no place"


def test_no_slot_is_taken_while_others_wait_for_one(scene: Scene) -> None:
    begun = start(scene)
    assert begun.ownership is not None
    begun.ownership.hand_over(Progress())
    scene.clock.advance(0.01)

    found = []
    for question in ("one", "two"):
        ownership = start(scene, plan_of(question)).ownership
        assert ownership is not None
        assert scene.deps.shared is not None
        found.append(find_slot(scene.deps, scene.deps.shared, ownership, until=scene.clock() + 25))

    assert found == [True, False]  # two are free, and one waits


def test_when_nobody_waits_any_more_nobody_looks_at_the_queue(scene: Scene) -> None:
    begun = start(scene, waiter_id="job_1")
    assert begun.ownership is not None
    begun.ownership.hand_over(Progress())
    assert scene.deps.shared is not None
    queued = scene.deps.shared.runs.get(begun.run.id)
    assert queued is not None
    withdraw(scene.deps.shared, queued, "job_1")

    looks = []
    for question in ("one", "two"):
        scene.table.calls.clear()
        start(scene, plan_of(question))
        looks.append(scene.table.calls.count("query"))

    assert looks == [1, 0]


def test_a_mark_that_was_written_anew_meanwhile_stays(scene: Scene) -> None:
    assert scene.deps.shared is not None
    scene.deps.shared.admission.line.mark()
    todo = [True]

    def queue_up(_: object) -> None:
        if todo:
            todo.clear()
            wait_in_queue(scene.deps.shared, scene.table, "other", scene.clock())

    scene.table.before_write = queue_up
    start(scene)

    assert [item["sk"] for item in scene.items("pace") if item["sk"] == "waiting"] == ["waiting"]


def test_watching_ends_with_the_run_with_the_time_or_with_the_owner(scene: Scene) -> None:
    begun = start(scene)
    assert scene.deps.shared is not None
    shared = scene.deps.shared

    run, ours = watch(scene.deps, shared, begun.run.id, until=scene.clock() + 5)
    assert run is not None
    assert (run.status, ours) == ("running", False)

    run, ours = watch(scene.deps, shared, begun.run.id, until=scene.clock() + 60)
    assert run is not None
    assert (run.fence, ours) == (2, True)

    take_over(scene.deps, shared, run, plan_of()).fail(ModelError())
    run, ours = watch(scene.deps, shared, begun.run.id, until=scene.clock() + 60)
    assert run is not None
    assert (run.status, ours) == ("failed", False)
    assert watch(scene.deps, shared, "no such run", until=0) == (None, False)


def test_who_takes_over_a_run_that_waited_keeps_its_turn(scene: Scene) -> None:
    for _ in range(scene.settings.model_slots):
        take_slot(scene.deps.shared)
    begun = start(scene)
    scene.clock.advance(LEASE_SECONDS + 1)
    assert scene.deps.shared is not None
    taken = scene.deps.shared.runs.take(begun.run.id)
    assert taken is not None

    take_over(scene.deps, scene.deps.shared, taken, plan_of()).hand_over(Progress())

    (place,) = scene.items("queue")
    assert (place["number"], place["fence"], place["since"]) == (begun.run.place, 2, begun.run.since)
    assert place["until"] > scene.clock() * 1000


def test_a_place_that_went_to_another_one_meanwhile_is_left_to_it() -> None:
    scene = Scene(Settings(model_slots=1, max_queued=1))
    take_slot(scene.deps.shared)
    begun = start(scene)
    scene.clock.advance(LEASE_SECONDS + 1)
    take_slot(scene.deps.shared)
    other = start(scene, plan_of("other"))
    assert other.run.place == begun.run.place == 0
    assert scene.deps.shared is not None
    taken = scene.deps.shared.runs.take(begun.run.id)
    assert taken is not None

    take_over(scene.deps, scene.deps.shared, taken, plan_of()).hand_over(Progress())

    run = scene.deps.shared.runs.get(begun.run.id)
    assert run is not None
    places = {item["number"]: item["run_id"] for item in scene.items("queue")}
    assert places == {0: other.run.id, run.place: run.id}


def test_when_the_last_one_leaves_a_run_that_waits_nothing_stays(scene: Scene) -> None:
    begun = start(scene, waiter_id="job_1")
    assert begun.ownership is not None
    begun.ownership.hand_over(Progress())
    assert scene.deps.shared is not None
    run = scene.deps.shared.runs.get(begun.run.id)
    assert run is not None

    assert withdraw(scene.deps.shared, run, "job_1")

    assert scene.items("queue") == scene.items("flight#") == []


def test_who_leaves_with_an_old_view_of_the_run_does_not_free_its_new_owners_place(scene: Scene) -> None:
    begun = start(scene, waiter_id="job_1")
    assert begun.ownership is not None
    begun.ownership.hand_over(Progress())
    assert scene.deps.shared is not None
    shared = scene.deps.shared
    old = shared.runs.get(begun.run.id)
    assert old is not None
    slot = shared.slots.find()[0]
    shared.transitions.take(old, slot)

    withdraw(shared, old, "job_1")

    assert len(scene.items("taken")) == len(scene.items("slots")) == 1, "its owner sees it, and cleans up"
