"""Begin a run or join the one that answers the same question already."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from stepwise.answering.joining import Begun, begin, find_slot, take_over, watch, withdraw
from stepwise.answering.work import Progress
from stepwise.config import Settings
from stepwise.coordination.jobs import new_job_id
from stepwise.coordination.runs import RunLost
from stepwise.coordination.slots import LEASE_SECONDS
from stepwise.errors import QueueFull
from stepwise.plan import Plan
from stepwise.storage.table import TableUnavailable
from support.scene import Scene, plan_of
from support.tables import Crash


@pytest.fixture
def scene() -> Scene:
    return Scene()


def start(scene: Scene, plan: Plan | None = None, waiter_id: str = "", since: float | None = None) -> Begun:
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
    )


def test_the_first_one_owns_a_run_with_a_place(scene: Scene) -> None:
    begun = start(scene)

    assert begun.ownership is not None
    assert (begun.run.status, begun.run.place >= 0) == ("running", True)
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
    first.ownership.succeed({"usage": {"duration_ms": 1}}, Progress())
    scene.clock.advance(1)

    assert start(scene, since=before).run.status == "succeeded"
    later = start(scene)
    assert later.run.id != first.run.id
    assert later.ownership is not None


@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_what_has_ended_badly_is_begun_anew(scene: Scene, end: str) -> None:
    first = start(scene, waiter_id="job_1")
    assert scene.deps.shared is not None
    if end == "failed":
        scene.deps.shared.runs.fail(first.run, {"code": "model_error"})
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
    assert len(scene.items("queue")) == 1


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
    assert len(scene.items("queue")) == 1
    assert {item["pk"] for item in scene.items("flight#")} == {"flight#key-other#unchecked"}


@pytest.mark.parametrize("writes", range(5))
def test_who_dies_while_it_begins_does_not_keep_the_next_one_from_it(scene: Scene, writes: int) -> None:
    left = [writes]

    def die(_: object) -> None:
        if threading.current_thread() is threading.main_thread():
            if left[0] == 0:
                raise Crash
            left[0] -= 1

    scene.table.after_write = die
    with pytest.raises(Crash):
        start(scene)
    scene.table.after_write = None

    begun = start(scene)
    if begun.ownership is None:  # it was admitted already: who waits for it takes it over
        assert scene.deps.shared is not None
        run, ours = watch(scene.deps, scene.deps.shared, begun.run.id, until=scene.clock() + 60)
        assert run is not None
        assert ours
    scene.clock.advance(LEASE_SECONDS + 1)
    assert len([item for item in scene.items("queue") if item["until"] >= scene.clock() * 1000]) <= 1


def test_a_run_that_is_not_admitted_is_waited_for_for_three_seconds(scene: Scene) -> None:
    assert scene.deps.shared is not None
    shared = scene.deps.shared
    late = shared.runs.create("late", plan_of(), group="g", waiter_id="t")
    shared.single_flight.begin("key-q#unchecked", late.id, instead_of=None)
    began = scene.clock()

    begun = start(scene)

    assert begun.ownership is not None
    assert 3 <= scene.clock() - began <= 3.2
    with pytest.raises(RunLost):
        shared.runs.place(late, 0, 0)


def test_who_is_admitted_too_late_leaves_no_place_behind(scene: Scene) -> None:
    """Another one has given it up for dead meanwhile, and began anew."""
    todo = [True]

    def stall(writes: object) -> None:
        if todo and scene.items("queue"):
            todo.clear()
            scene.clock.advance(4)
            start(scene)

    scene.table.after_write = stall
    with pytest.raises(TableUnavailable):
        start(scene)

    assert len(scene.items("queue")) == 1


def test_a_slot_is_waited_for_for_a_second(scene: Scene) -> None:
    assert scene.deps.shared is not None
    shared = scene.deps.shared
    taken = [shared.slots.acquire() for _ in range(scene.settings.model_slots)]
    begun = scene.clock()

    assert find_slot(scene.deps, shared, until=begun + 25) is None
    assert 0.5 <= scene.clock() - begun <= 1.0

    assert taken[0] is not None
    shared.slots.release(taken[0])
    assert find_slot(scene.deps, shared, until=begun + 25) is not None


def test_no_slot_is_taken_while_others_wait_for_one(scene: Scene) -> None:
    begun = start(scene)
    assert begun.ownership is not None
    begun.ownership.hand_over(Progress())
    assert scene.deps.shared is not None

    taken = [find_slot(scene.deps, scene.deps.shared, until=scene.clock() + 25) for _ in range(2)]

    assert taken[0] is not None  # two are free, and one waits
    assert taken[1] is None


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

    shared.runs.fail(run, {"code": "model_error"})
    run, ours = watch(scene.deps, shared, begun.run.id, until=scene.clock() + 60)
    assert run is not None
    assert (run.status, ours) == ("failed", False)
    assert watch(scene.deps, shared, "no such run", until=0) == (None, False)


def test_who_takes_a_run_over_holds_its_place(scene: Scene) -> None:
    begun = start(scene)
    scene.clock.advance(LEASE_SECONDS + 1)
    assert scene.deps.shared is not None
    taken = scene.deps.shared.runs.take(begun.run.id)
    assert taken is not None

    take_over(scene.deps, scene.deps.shared, taken, plan_of())

    (place,) = scene.items("queue")
    assert (place["number"], place["fence"], place["since"]) == (begun.run.place, 2, begun.run.since)
    assert place["until"] > scene.clock() * 1000


def test_the_place_of_a_run_that_goes_on_elsewhere_is_known_to_the_run() -> None:
    scene = Scene(Settings(model_slots=1, max_queued=0))
    begun = start(scene)
    scene.clock.advance(LEASE_SECONDS + 1)
    start(scene, plan_of("other"))
    assert scene.deps.shared is not None
    taken = scene.deps.shared.runs.take(begun.run.id)
    assert taken is not None

    take_over(scene.deps, scene.deps.shared, taken, plan_of())

    run = scene.deps.shared.runs.get(begun.run.id)
    assert run is not None
    assert run.place == 1
    assert sorted(item["number"] for item in scene.items("queue")) == [0, 1]


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
    taken = shared.runs.take(begun.run.id)
    assert taken is not None
    take_over(scene.deps, shared, taken, plan_of())

    withdraw(shared, old, "job_1")

    assert len(scene.items("queue")) == 1, "its owner sees that it is not wanted, and cleans up"
