"""Slots of the model host are leases: never more than there are, and free again by themselves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepwise.coordination.hosts import Hosts
from stepwise.coordination.slots import LEASE_SECONDS, Slot, Slots
from stepwise.storage.table import Table, TableUnavailable, TransactionFailed
from support.clock import Clock
from support.tables import MemoryTable


class Few:
    """Slots, whose writes are done at once."""

    def __init__(self, table: Table, count: int, clock: Clock) -> None:
        self.slots = Slots(table, Hosts(table, count, clock=clock), clock=clock)
        self.table = table

    def acquire(self) -> Slot | None:
        return next((slot for slot in self.slots.find() if self.renew(slot)), None)

    def renew(self, slot: Slot) -> bool:
        try:
            self.table.transact([self.slots.taking(slot)])
        except TransactionFailed:
            return False
        return True

    def release(self, slot: Slot, until: float = 0.0) -> bool:
        try:
            self.table.transact([self.slots.freeing(slot, until=until)])
        except TransactionFailed:
            return False
        return True


def slots(count: int = 2) -> tuple[Few, Clock, MemoryTable]:
    table, clock = MemoryTable(), Clock()
    return Few(table, count, clock), clock, table


def test_there_are_no_more_slots_than_the_host_has() -> None:
    few, _, _ = slots(2)

    taken = [few.acquire() for _ in range(3)]

    assert {slot.number for slot in taken if slot} == {0, 1}
    assert taken[2] is None


def test_a_slot_that_is_given_back_can_be_had_again() -> None:
    few, _, table = slots(1)
    slot = few.acquire()
    assert slot is not None

    few.release(slot)

    assert table.items() == []
    assert few.acquire() is not None


def test_the_slot_of_a_dead_owner_is_free_once_its_lease_has_run_out() -> None:
    few, clock, _ = slots(1)
    few.acquire()

    clock.advance(LEASE_SECONDS)
    assert few.acquire() is None
    clock.advance(0.002)
    assert few.acquire() is not None


def test_an_owner_that_gives_signs_of_life_keeps_its_slot() -> None:
    few, clock, _ = slots(1)
    slot = few.acquire()
    assert slot is not None

    for _ in range(5):
        clock.advance(LEASE_SECONDS - 1)
        assert few.renew(slot)

    assert few.acquire() is None


def test_an_owner_that_was_silent_for_too_long_loses_its_slot_to_the_next() -> None:
    few, clock, _ = slots(1)
    late = few.acquire()
    assert late is not None
    clock.advance(LEASE_SECONDS + 1)
    few.acquire()

    assert not few.renew(late)


def test_a_late_owner_cannot_give_back_what_has_gone_to_another_owner() -> None:
    few, clock, _ = slots(1)
    late = few.acquire()
    assert late is not None
    clock.advance(LEASE_SECONDS + 1)
    next_owner = few.acquire()
    assert next_owner is not None

    assert not few.release(late)
    assert not few.release(late, until=clock() + 60)

    assert few.acquire() is None
    assert few.renew(next_owner)


def test_giving_back_what_is_free_already_is_no_failure() -> None:
    few, _, _ = slots(1)
    slot = few.acquire()
    assert slot is not None
    few.release(slot)

    assert few.release(slot)


def test_a_slot_in_which_the_host_still_reads_is_free_when_that_is_over() -> None:
    few, clock, _ = slots(1)
    slot = few.acquire()
    assert slot is not None

    few.release(slot, until=clock() + 40)

    clock.advance(39)
    assert few.acquire() is None
    clock.advance(2)
    assert few.acquire() is not None


def test_a_look_at_a_few_slots_shows_which_are_free() -> None:
    few, clock, table = slots(4)
    taken = few.acquire()
    assert taken is not None
    keys = few.slots.sample()

    assert len(keys) == 4
    free = few.slots.free_in(keys, table.batch_get(keys))
    assert sorted([*(slot.number for slot in free), taken.number]) == [0, 1, 2, 3]
    clock.advance(LEASE_SECONDS + 1)
    assert len(few.slots.free_in(keys, table.batch_get(keys))) == 4


@pytest.mark.parametrize("count", [1, 4, 64, 65, 1_500, 4_096])
def test_what_is_read_does_not_grow_with_the_fleet(count: int) -> None:
    few, _, table = slots(count)
    partitions: set[str] = set()

    for _ in range(300):
        assert len(few.slots.sample()) == min(8, count)
        found = few.slots.find()
        assert 1 <= len(found) <= 64
        assert all(slot.number < count for slot in found)
        partitions |= {str(few.slots.taking(slot).item["pk"]) for slot in found}

    assert table.calls == ["get", *["query"] * 300], (
        "the hosts once in ten seconds, then a partition each time"
    )
    assert len(partitions) >= min(-(-count // 64), 30), "every partition has its turn"
    assert few.slots.free() == pytest.approx(count, rel=0.5)


def test_the_first_slots_are_where_the_release_before_has_them() -> None:
    few, _, _ = slots(65)
    keys = {slot.number: few.slots.taking(slot).item for _ in range(99) for slot in few.slots.find()}

    assert (keys[63]["pk"], keys[63]["sk"]) == ("slots", "slot#0063")
    assert (keys[64]["pk"], keys[64]["sk"]) == ("slots#1", "slot#0064")


def test_a_silent_owner_whose_slot_nobody_took_goes_on_with_it() -> None:
    few, clock, _ = slots(1)
    slot = few.acquire()
    assert slot is not None
    clock.advance(LEASE_SECONDS + 1)

    assert few.renew(slot)
    assert few.acquire() is None


def test_a_slot_whose_answer_was_lost_is_free_after_its_lease() -> None:
    few, clock, table = slots(1)
    table.lose_next()
    with pytest.raises(TableUnavailable):
        few.acquire()

    assert few.acquire() is None
    clock.advance(LEASE_SECONDS + 1)
    assert few.acquire() is not None


def test_many_at_once_get_each_slot_once() -> None:
    few, _, _ = slots(4)

    with ThreadPoolExecutor(32) as pool:
        taken = [slot for slot in pool.map(lambda _: few.acquire(), range(64)) if slot]

    assert sorted(slot.number for slot in taken) == [0, 1, 2, 3]


@given(
    st.lists(
        st.tuples(st.sampled_from(["acquire", "release", "renew", "wait"]), st.integers(0, 5)), max_size=40
    )
)
def test_whatever_happens_no_two_living_owners_share_a_slot(steps: list[tuple[str, int]]) -> None:
    few, clock, _ = slots(3)
    owners: list[tuple[float, object]] = []
    for step, which in steps:
        if step == "wait":
            clock.advance(float(which) * 3)
        elif step == "acquire":
            slot = few.acquire()
            owners += [(clock(), slot)] if slot else []
        elif owners:
            _heard, owner = owners.pop(which % len(owners))
            if step == "renew" and few.renew(owner):  # type: ignore[arg-type]
                owners.append((clock(), owner))
            elif step == "release":
                few.release(owner)  # type: ignore[arg-type]
        living = [owner.number for heard, owner in owners if clock() - heard <= LEASE_SECONDS]  # type: ignore[attr-defined]
        assert len(living) == len(set(living)) <= 3
