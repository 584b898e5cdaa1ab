"""What is seen of those that wait: all of a short queue, a summary of a long one that is counted once for everybody."""

from __future__ import annotations

import pytest
from stepwise.coordination.admission import Admission
from stepwise.coordination.average_duration import AverageDuration
from stepwise.coordination.hosts import Hosts
from stepwise.coordination.places import QueuePlace
from stepwise.coordination.waiting_line import MARK
from stepwise.errors import QueueFull
from stepwise.storage.table import Item
from support.clock import Clock
from support.tables import MemoryTable

LONG = 1_000


class Queue:
    """A queue of *most* answers for *slots* slots, with *waiting* in it, a second apart."""

    def __init__(self, waiting: int = 0, *, most: int = LONG, slots: int = 24) -> None:
        self.table, self.clock = MemoryTable(), Clock()
        self.admission = Admission(
            self.table,
            max_queued=most,
            hosts=Hosts(self.table, slots, clock=self.clock),
            average_duration=AverageDuration(self.table, slots, clock=self.clock),
            clock=self.clock,
        )
        self.line = self.admission.line
        self.places = [self.put(number) for number in range(waiting)]
        if waiting:
            self.line.mark()

    def put(self, number: int) -> QueuePlace:
        place = QueuePlace(number, f"run-{number}", round(self.clock() * 1000))
        self.table.transact([self.admission.placing(place, "g", owned=False)])
        self.clock.advance(1)
        return place

    @property
    def mark(self) -> Item:
        found = self.table.get(*MARK, consistent=True)
        assert found is not None
        return found

    def cost(self) -> int:
        """The calls of one look."""
        self.table.calls.clear()
        self.line.look()
        return len(self.table.calls)


def test_no_partition_holds_more_than_64_places_of_new_answers() -> None:
    queue = Queue(LONG)

    held = [sum(item["pk"] == pk for item in queue.table.items()) for pk in ("queue", "queue#1", "queue#15")]

    assert held == [64, 64, LONG - 15 * 64]


def test_of_those_that_wait_again_each_partition_holds_its_share() -> None:
    queue = Queue()
    for run in range(LONG):
        place = QueuePlace(queue.admission.again_number(), f"again-{run}", run)
        queue.table.transact([queue.admission.placing(place, "g", owned=False)])

    keys = [item["pk"] for item in queue.table.items()]
    shares = [keys.count(pk) for pk in set(keys)]

    assert len(shares) == 16
    assert max(shares) < 2 * LONG / 16
    assert len(queue.line.whole().order) == LONG


def test_a_short_queue_is_read_whole_each_time() -> None:
    queue = Queue(3, most=100)
    queue.line.look()
    queue.put(3)

    line = queue.line.look()

    assert (line.waiting, line.estimate) == (4, False)
    assert queue.cost() == 2


def test_a_long_queue_is_counted_once_in_five_seconds_for_all() -> None:
    queue = Queue(LONG)

    counting, known = queue.cost(), queue.cost()
    queue.clock.advance(5)

    assert (counting, known) == (1 + 16 + 2, 1), "the mark, the partitions, a claim and the summary"
    assert queue.cost() == counting


def test_a_request_that_has_read_the_mark_asks_nothing_more() -> None:
    queue = Queue(LONG)
    queue.line.look()
    mark = queue.mark
    queue.table.calls.clear()

    assert queue.line.seen(mark).waiting == LONG
    assert queue.table.calls == []


@pytest.mark.parametrize("waiting", [1, 64, 65, LONG])
def test_a_summary_tells_positions_to_a_64th_of_the_queue(waiting: int) -> None:
    queue = Queue(waiting)
    queue.line.look()
    line = queue.line.look()

    ahead = [line.ahead_of(place.run_id, place.since) for place in queue.places]

    assert line.estimate
    assert ahead == sorted(ahead)
    assert ahead[0] == 0
    assert all(abs(found - exact) <= waiting / 32 for exact, found in enumerate(ahead))
    assert line.ahead_of("later", round(queue.clock() * 1000)) == waiting


def test_who_counts_and_dies_leaves_the_old_summary_until_another_counts() -> None:
    queue = Queue(10)
    queue.line.look()
    queue.put(10)
    queue.clock.advance(6)
    assert queue.line._claimed(queue.mark) is not None

    assert queue.line.look().waiting == 10
    queue.clock.advance(6)
    assert queue.line.look().waiting == 11


def test_two_that_find_an_old_summary_count_once() -> None:
    queue = Queue(10)
    old = queue.mark
    queue.line.seen(old)
    queue.table.calls.clear()

    assert queue.line.seen(old).estimate
    assert queue.table.calls == ["update"]


def test_the_mark_is_removed_only_on_a_count_that_began_after_it_was_written() -> None:
    queue = Queue(1)
    queue.table.transact(queue.admission.leaving(queue.places[0]))
    queue.line.look()
    queue.put(0)
    queue.line.mark()

    assert queue.line.seen(queue.mark).waiting == 0, "the summary is older than the place"
    assert queue.line.unmarking(queue.mark) == []

    queue.clock.advance(6)
    assert queue.line.look().waiting == 1


def test_an_empty_long_queue_loses_its_mark() -> None:
    queue = Queue(1)
    queue.table.transact(queue.admission.leaving(queue.places[0]))
    queue.line.look()

    queue.table.transact(queue.line.unmarking(queue.mark))

    assert queue.table.get(*MARK, consistent=True) is None
    assert queue.line.look().waiting == 0


def test_a_summary_is_not_kept_for_a_mark_that_was_removed_meanwhile() -> None:
    queue = Queue(1)
    claimed = queue.line._claimed(queue.mark)
    assert claimed is not None
    queue.table.delete(*MARK)

    queue.line._keep(claimed, queue.line.whole())

    assert queue.table.get(*MARK, consistent=True) is None


def test_the_sweep_counts_and_writes_a_mark_that_a_crash_left_out() -> None:
    queue = Queue(3)
    queue.table.delete(*MARK)

    assert len(queue.line.recount()) == 3
    queue.line.recount()

    assert (queue.mark["waiting"], queue.mark["counted"]) == (3, queue.mark["token"])


def test_a_long_queue_takes_as_many_as_may_wait_and_no_more() -> None:
    queue = Queue(LONG - 20)
    for number in range(20):
        place = queue.put(queue.admission.free_number(0))
        assert place.number < LONG, number
        queue.line.mark()

    with pytest.raises(QueueFull) as refused:
        queue.admission.free_number(0)
    assert refused.value.retry_after is not None
    assert queue.admission.free_number(1) == LONG


def test_a_refusal_of_a_long_queue_that_is_known_to_be_full_costs_one_call() -> None:
    queue = Queue(LONG)
    queue.line.look()
    queue.table.calls.clear()

    with pytest.raises(QueueFull):
        queue.admission.free_number(0)

    assert queue.table.calls.count("query") == 0


def test_a_place_in_a_long_queue_with_room_is_found_in_three_calls() -> None:
    queue = Queue(LONG // 2)
    for number in range(0, LONG // 2, 2):
        queue.table.transact(queue.admission.leaving(queue.places[number]))
    queue.line.look()
    queue.table.calls.clear()

    assert 0 <= queue.admission.free_number(0) < LONG
    assert queue.table.calls in (["get", "query"], ["get", "query", "query"])


def test_a_place_where_the_release_before_has_it_is_seen_and_freed() -> None:
    queue = Queue(1)
    item = queue.table.get("queue", "place#00000", consistent=True)
    assert item is not None
    queue.table.put(item | {"sk": "place#00099", "number": 99, "run_id": "old"})

    old = next(entry for entry in queue.line.entries() if entry.place.run_id == "old")
    queue.table.transact(queue.admission.leaving(old.place, old.key))

    assert [entry.place.run_id for entry in queue.line.entries()] == ["run-0"]
