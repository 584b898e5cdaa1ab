"""Places in the queue: a bound without a counter, an honest time to come back, and nothing that stays."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from stepwise.coordination.admission import WAITING_SECONDS, Admission, QueuePlace
from stepwise.coordination.average_duration import AverageDuration
from stepwise.coordination.slots import LEASE_SECONDS
from stepwise.errors import QueueFull
from support.clock import Clock
from support.tables import MemoryTable


class Queue:
    """Admission for *slots* generations and *most* that wait, on a clock that a test moves."""

    def __init__(self, slots: int = 1, most: int = 2) -> None:
        self.table, self.clock = MemoryTable(), Clock()
        self.average_duration = AverageDuration(self.table)
        self.admission = Admission(
            self.table, max_queued=most, slots=slots, average_duration=self.average_duration, clock=self.clock
        )

    def waits(self, name: str, group: str = "g") -> QueuePlace:
        place = self.admission.park(self.admission.admit(name, group), group)
        self.clock.advance(0.01)
        return place

    @property
    def numbers(self) -> list[int]:
        return sorted(item["number"] for item in self.table.items() if item["pk"] == "queue")


def test_as_many_wait_as_may_and_no_more() -> None:
    queue = Queue(slots=1, most=2)
    queue.admission.admit("writes", "g")
    queue.waits("one")
    queue.waits("two")

    with pytest.raises(QueueFull):
        queue.admission.admit("three", "g")


def test_one_that_is_written_and_one_that_waits_are_told_apart() -> None:
    queue = Queue(slots=2, most=1)
    queue.waits("waits")

    assert queue.admission.admit("finds a slot free", "g")
    with pytest.raises(QueueFull):
        queue.admission.admit("would have to wait too", "g")


def test_nobody_is_refused_while_there_is_room() -> None:
    queue = Queue(slots=4, most=96)

    with ThreadPoolExecutor(50) as pool:
        places = list(pool.map(lambda number: queue.admission.admit(f"run-{number}", "g"), range(100)))

    assert sorted(place.number for place in places) == list(range(100))


def test_of_more_than_there_is_room_for_exactly_the_rest_is_refused() -> None:
    queue = Queue(slots=2, most=6)

    def admit(number: int) -> bool:
        try:
            queue.admission.admit(f"run-{number}", "g")
        except QueueFull:
            return False
        return True

    with ThreadPoolExecutor(30) as pool:
        admitted = sum(pool.map(admit, range(30)))

    assert admitted == 8


def test_a_refusal_says_when_to_come_back_by_the_queue_and_the_pace() -> None:
    def refused_after(waiting: int, seconds: float) -> int:
        queue = Queue(slots=2, most=waiting)
        for _ in range(60):
            queue.average_duration.record(seconds)
        for number in range(2):
            queue.admission.admit(f"written-{number}", "g")
        for number in range(waiting):
            queue.waits(f"run-{number}")
        with pytest.raises(QueueFull) as refused:
            queue.admission.admit("one more", "g")
        assert refused.value.retry_after is not None
        return refused.value.retry_after

    assert refused_after(1, 10) == 5
    assert refused_after(1, 60) == 30
    assert refused_after(40, 10) > refused_after(1, 10)


def test_the_time_until_a_turn_grows_with_those_ahead() -> None:
    queue = Queue(slots=2)
    for _ in range(60):
        queue.average_duration.record(10)

    assert [queue.admission.time_until_turn(ahead) for ahead in (0, 2, 20)] == [10, 20, 110]


def test_a_position_is_the_number_of_those_that_wait_before() -> None:
    queue = Queue(most=5)
    for name in ("one", "two", "three"):
        queue.waits(name)
    queue.admission.admit("is written", "g")

    assert [queue.admission.ahead_of(name) for name in ("one", "two", "three")] == [0, 1, 2]
    assert queue.admission.ahead_of("is written") is None


def test_positions_close_up_when_somebody_leaves() -> None:
    queue = Queue(most=5)
    first = queue.waits("one")
    queue.waits("two")

    queue.admission.release(first)

    assert queue.admission.ahead_of("two") == 0


def test_a_place_of_an_answer_that_waits_again_keeps_its_turn() -> None:
    queue = Queue(most=5)
    first = queue.waits("one")
    queue.waits("two")

    queue.admission.renew(first, "g")
    queue.admission.park(first, "g")

    assert queue.admission.ahead_of("one") == 0


def test_the_place_of_a_dead_owner_is_free_once_its_lease_has_run_out() -> None:
    queue = Queue(slots=1, most=0)
    queue.admission.admit("dies", "g")
    with pytest.raises(QueueFull):
        queue.admission.admit("next", "g")

    queue.clock.advance(LEASE_SECONDS + 0.01)

    assert queue.admission.admit("next", "g")


def test_a_waiting_place_stands_without_signs_of_life_and_not_for_ever() -> None:
    queue = Queue(most=1)
    queue.waits("waits")

    queue.clock.advance(3_600)
    assert queue.admission.waiting() == ["waits"]
    queue.clock.advance(WAITING_SECONDS)
    assert queue.admission.waiting() == []
    assert [(entry.place.run_id, entry.standing) for entry in queue.admission.entries()] == [("waits", False)]


def test_an_owner_whose_place_went_to_another_one_gets_another_place() -> None:
    queue = Queue(slots=1, most=1)
    silent = queue.admission.admit("silent", "g")
    queue.clock.advance(LEASE_SECONDS + 1)
    for name in ("a", "b"):
        queue.admission.admit(name, "g")

    again = queue.admission.renew(silent, "g")

    assert again.number not in (0, 1)
    assert queue.numbers == [0, 1, 2]
    with pytest.raises(QueueFull):
        queue.admission.admit("c", "g")


def test_a_late_owner_neither_wakes_nor_frees_the_place_of_the_next() -> None:
    queue = Queue(most=2)
    late = queue.admission.admit("run", "g")
    next_owner = QueuePlace(late.number, "run", late.since, fence=2)
    queue.admission.park(next_owner, "g")

    assert queue.admission.renew(late, "g") == late
    queue.admission.release(late)

    assert queue.admission.waiting() == ["run"]


def test_leaving_twice_does_no_harm_to_who_came_after() -> None:
    queue = Queue(slots=1, most=0)
    place = queue.admission.admit("one", "g")
    queue.admission.release(place)
    queue.admission.admit("two", "g")

    queue.admission.release(place)

    with pytest.raises(QueueFull):
        queue.admission.admit("three", "g")


def test_a_run_without_a_place_is_given_one() -> None:
    queue = Queue()

    place = queue.admission.park(QueuePlace(-1, "run", 5, 1), "g")

    assert place.number == 0
    assert queue.admission.waiting() == ["run"]


def test_environments_from_one_snapshot_do_not_choose_alike() -> None:
    """The progress of the ``random`` module is in a snapshot: they would all run for the same places."""

    def chosen() -> list[int]:
        random.seed(7)
        queue = Queue(slots=1, most=10_000)
        return [queue.admission.admit(f"run-{number}", "g").number for number in range(3)]

    assert chosen() != chosen()
