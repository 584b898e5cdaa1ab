"""Places in the queue: a bound without a counter, an honest time to come back, and nothing that stays."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from stepwise.coordination.admission import WAITING_SECONDS, Admission
from stepwise.coordination.average_duration import AverageDuration
from stepwise.coordination.hosts import Hosts
from stepwise.coordination.places import NOWHERE, TAKEN, QueuePlace
from stepwise.coordination.slots import LEASE_SECONDS
from stepwise.coordination.waiting_line import MARK
from stepwise.errors import QueueFull
from stepwise.storage.table import TransactionFailed
from support.clock import Clock
from support.tables import MemoryTable


class Queue:
    """Places for *most* answers that wait for *slots*, on a clock that a test moves; their writes are done at once."""

    def __init__(self, slots: int = 1, most: int = 2, seconds: float | None = None) -> None:
        self.table, self.clock = MemoryTable(), Clock()
        if seconds is not None:
            self.table.put({"pk": "pace", "sk": "pace", "seconds": seconds})
        self.admission = Admission(
            self.table,
            max_queued=most,
            hosts=Hosts(self.table, slots, clock=self.clock),
            average_duration=AverageDuration(self.table, slots, clock=self.clock),
            clock=self.clock,
        )

    def put(self, place: QueuePlace, *, owned: bool = False) -> bool:
        try:
            self.table.transact([self.admission.placing(place, "g", owned=owned)])
        except TransactionFailed:
            return False
        return True

    def waits(self, run_id: str, *, owned: bool = False) -> QueuePlace:
        """A new answer, as it begins: by chance, and where that place is taken in a free one."""
        number = self.admission.number()
        place = QueuePlace(NOWHERE if number is None else number, run_id, round(self.clock() * 1000))
        while place.number == NOWHERE or not self.put(place, owned=owned):
            place = QueuePlace(self.admission.free_number(0), run_id, place.since)
        self.clock.advance(0.01)
        return place

    def leave(self, place: QueuePlace) -> bool:
        try:
            self.table.transact(self.admission.leaving(place))
        except TransactionFailed:
            return False
        return True

    def admits(self, run_id: str) -> bool:
        try:
            self.waits(run_id)
        except QueueFull:
            return False
        return True

    def ahead_of(self, place: QueuePlace) -> int:
        return self.admission.ahead_of(place.run_id, place.since)

    @property
    def waiting(self) -> list[str]:
        return [run_id for _, run_id in self.admission.line.whole().order]

    @property
    def numbers(self) -> list[int]:
        return sorted(item["number"] for item in self.table.items() if item["pk"].startswith("queue"))


def test_as_many_wait_as_may_and_no_more() -> None:
    queue = Queue(most=2)

    assert [queue.admits(name) for name in ("one", "two", "three")] == [True, True, False]


def test_one_more_may_wait_for_each_slot_that_is_free() -> None:
    queue = Queue(slots=2, most=2)
    queue.waits("one")
    queue.waits("two")

    assert queue.admission.free_number(1) == 2
    assert {queue.admission.free_number(9) for _ in range(50)} == {2, 3}


def test_a_slot_that_an_answer_has_just_left_to_wait_again_is_not_free_for_a_new_one() -> None:
    queue = Queue(slots=2, most=1)
    queue.waits("new")
    queue.put(QueuePlace(queue.admission.again_number(), "handed over", 1))

    with pytest.raises(QueueFull):
        queue.admission.free_number(1)
    assert queue.admission.free_number(2) == 1


def test_nobody_is_refused_while_there_is_room() -> None:
    queue = Queue(most=100)

    with ThreadPoolExecutor(50) as pool:
        places = list(pool.map(lambda number: queue.waits(f"run-{number}"), range(100)))

    assert sorted(place.number for place in places) == list(range(100))


def test_of_more_than_there_is_room_for_exactly_the_rest_is_refused() -> None:
    queue = Queue(slots=2, most=6)

    with ThreadPoolExecutor(30) as pool:
        admitted = sum(pool.map(lambda number: queue.admits(f"run-{number}"), range(30)))

    assert admitted == 6


def test_an_answer_that_was_admitted_before_is_never_refused_and_takes_nobodys_place() -> None:
    queue = Queue(slots=2, most=2)
    queue.waits("one")

    for number in range(200):
        assert queue.put(QueuePlace(queue.admission.again_number(), f"again-{number}", 1))

    assert len(queue.waiting) == 201
    assert queue.waiting[-1] == "one"
    assert queue.admits("two")


def test_a_refusal_says_when_to_come_back_by_the_queue_and_the_pace() -> None:
    def refused_after(waiting: int, seconds: float) -> int:
        queue = Queue(slots=2, most=waiting, seconds=seconds)
        for number in range(waiting):
            queue.waits(f"run-{number}")
        with pytest.raises(QueueFull) as refused:
            queue.waits("one more")
        assert refused.value.retry_after is not None
        return refused.value.retry_after

    assert refused_after(1, 10) == 5
    assert refused_after(1, 60) == 30
    assert refused_after(40, 10) > refused_after(1, 10)


def test_the_time_until_a_turn_grows_with_those_ahead() -> None:
    queue = Queue(slots=2, seconds=10)

    assert [queue.admission.time_until_turn(ahead) for ahead in (0, 2, 20)] == [10, 20, 110]


def test_a_position_is_the_number_of_those_that_wait_before() -> None:
    queue = Queue(most=5)
    places = [queue.waits(name) for name in ("one", "two", "three")]

    assert [queue.ahead_of(place) for place in places] == [0, 1, 2]


def test_positions_close_up_when_somebody_leaves() -> None:
    queue = Queue(most=5)
    first, second = queue.waits("one"), queue.waits("two")

    assert queue.leave(first)

    assert queue.ahead_of(second) == 0


def test_a_place_of_an_answer_that_waits_again_keeps_its_turn() -> None:
    queue = Queue(most=5)
    first = queue.waits("one")
    queue.waits("two")

    assert queue.put(first, owned=True)
    assert queue.put(first)

    assert queue.ahead_of(first) == 0


def test_the_place_of_a_dead_owner_is_free_once_its_lease_has_run_out() -> None:
    queue = Queue(most=1)
    queue.waits("dies", owned=True)
    assert not queue.admits("next")

    queue.clock.advance(LEASE_SECONDS + 0.01)

    assert queue.admits("next")


def test_a_waiting_place_stands_without_signs_of_life_and_not_for_ever() -> None:
    queue = Queue(most=1)
    queue.waits("waits")

    queue.clock.advance(3_600)
    assert queue.waiting == ["waits"]
    queue.clock.advance(WAITING_SECONDS)
    assert queue.waiting == []
    assert [(entry.place.run_id, entry.standing) for entry in queue.admission.line.entries()] == [
        ("waits", False)
    ]


def test_an_answer_that_a_worker_has_taken_counts_for_nothing_and_is_known_to_the_sweep() -> None:
    queue = Queue(most=1)
    first = queue.waits("one")

    assert queue.put(QueuePlace(TAKEN, "one", first.since, fence=2))
    assert queue.leave(first)

    assert queue.waiting == []
    assert queue.admits("two")
    assert [entry.place.run_id for entry in queue.admission.line.notes()] == ["one"]
    assert queue.leave(QueuePlace(TAKEN, "one", first.since, fence=2))
    assert queue.admission.line.notes() == []


def test_a_late_owner_neither_takes_nor_frees_the_place_of_the_next() -> None:
    queue = Queue(most=2)
    late = queue.waits("run")
    assert queue.put(QueuePlace(late.number, "run", late.since, fence=2))

    assert not queue.put(late, owned=True)
    assert not queue.leave(late)

    assert queue.waiting == ["run"]


def test_leaving_twice_does_no_harm_to_who_came_after() -> None:
    queue = Queue(most=1)
    place = queue.waits("one")
    assert queue.leave(place)
    assert queue.leave(place), "it has gone already"
    queue.waits("two")

    assert not queue.leave(place)

    assert queue.waiting == ["two"]


def test_without_a_place_there_is_nothing_to_leave() -> None:
    assert Queue().admission.leaving(QueuePlace(NOWHERE, "run", 1)) == []


def test_a_running_answer_of_the_release_before_does_not_wait() -> None:
    queue = Queue(most=2)
    queue.waits("one")
    item = next(item for item in queue.table.items() if item["pk"].startswith("queue"))
    queue.table.put(item | {"sk": "place#00009", "number": 9, "run_id": "old", "waiting": False})

    assert queue.waiting == ["one"]
    assert queue.admits("two")


def test_the_mark_is_removed_unless_it_was_written_anew() -> None:
    queue = Queue()
    for _ in range(2):
        queue.admission.line.mark()
        first = queue.table.get(*MARK, consistent=True)
        assert first is not None
        queue.admission.line.mark()

    with pytest.raises(TransactionFailed):
        queue.table.transact(queue.admission.line.unmarking(first))
    now = queue.table.get(*MARK, consistent=True)
    assert now is not None
    queue.table.transact(queue.admission.line.unmarking(now))
    assert queue.table.get(*MARK, consistent=True) is None


def test_environments_from_one_snapshot_do_not_choose_alike() -> None:
    """The progress of the ``random`` module is in a snapshot: they would all run for the same places."""

    def chosen() -> list[int]:
        random.seed(7)
        queue = Queue(slots=1, most=10_000)
        return [queue.waits(f"run-{number}").number for number in range(3)]

    assert chosen() != chosen()
