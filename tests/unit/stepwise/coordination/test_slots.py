"""Slots of the model host are leases: never more than there are, and free again by themselves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepwise.coordination.slots import LEASE_SECONDS, Slots
from stepwise.storage.table import TableUnavailable
from support.clock import Clock
from support.tables import MemoryTable


def slots(count: int = 2) -> tuple[Slots, Clock, MemoryTable]:
    table, clock = MemoryTable(), Clock()
    return Slots(table, count, clock=clock), clock, table


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

    few.release(late)

    assert few.acquire() is None
    assert few.renew(next_owner)


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
