"""Slots follow hosts: each renews its own entry, and one that is gone takes its slots along."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepwise.coordination.hosts import HOSTS, Hosts
from support.clock import Clock
from support.tables import MemoryTable

LEASE = 60


class Fleet:
    """Hosts that write their entries, and functions that read them."""

    def __init__(self, most: int = 100) -> None:
        self.table, self.clock, self.most = MemoryTable(), Clock(), most

    def function(self) -> Hosts:
        """A new environment of a function."""
        return Hosts(self.table, self.most, clock=self.clock)

    def renew(self, name: str, slots: int = 4, *, skew: float = 0.0, lease: int = LEASE) -> None:
        """As ``tell`` of infra/model-host does."""
        entry = {"slots": slots, "until": round(self.clock() + skew) + lease}
        self.table.update(*HOSTS, set={name: entry})

    def slots(self) -> int:
        return self.function().slots()


def test_where_no_host_tells_its_slots_there_are_model_slots() -> None:
    assert Fleet(most=4).slots() == 4


def test_the_slots_are_those_of_all_hosts() -> None:
    fleet = Fleet()
    fleet.renew("i-1", 4)
    fleet.renew("i-2", 8)

    assert fleet.slots() == 12


def test_there_are_never_more_than_model_slots() -> None:
    fleet = Fleet(most=6)
    fleet.renew("i-1", 4)
    fleet.renew("i-2", 4)

    assert fleet.slots() == 6


def test_a_host_that_is_silent_for_its_lease_takes_its_slots_along() -> None:
    fleet = Fleet()
    fleet.renew("i-1")
    fleet.renew("i-2")
    fleet.clock.advance(LEASE + 1)
    fleet.renew("i-1")

    assert fleet.slots() == 4


def test_a_host_that_leaves_takes_its_slots_along_in_ten_seconds() -> None:
    fleet = Fleet()
    fleet.renew("i-1")
    fleet.renew("i-2")
    function = fleet.function()
    assert function.slots() == 8

    fleet.renew("i-2", lease=-1)
    assert function.slots() == 8
    fleet.clock.advance(10)

    assert function.slots() == 4


def test_the_item_is_read_once_in_ten_seconds() -> None:
    fleet = Fleet()
    function = fleet.function()
    fleet.table.calls.clear()

    for _ in range(5):
        function.slots()
    assert fleet.table.calls == ["get"]

    fleet.clock.advance(10)
    function.slots()
    assert fleet.table.calls == ["get", "get"]


def test_between_two_reads_a_lease_runs_out_all_the_same() -> None:
    fleet = Fleet()
    fleet.renew("i-1", 4, lease=5)
    fleet.renew("i-2", 4)
    function = fleet.function()
    assert function.slots() == 8

    fleet.clock.advance(6)

    assert function.slots() == 4


def test_what_came_with_the_first_read_of_a_request_is_not_read_again() -> None:
    fleet = Fleet()
    fleet.renew("i-1")
    function = fleet.function()
    keys = function.keys()
    function.receive(keys, fleet.table.batch_get(keys))
    fleet.table.calls.clear()

    assert (function.slots(), function.keys()) == (4, [])
    assert fleet.table.calls == []


def test_while_the_table_does_not_answer_the_hosts_are_those_that_were_known() -> None:
    fleet = Fleet()
    fleet.renew("i-1", lease=600)
    function = fleet.function()
    function.slots()
    fleet.clock.advance(20)
    fleet.table.down = True

    assert function.slots() == 4
    assert Fleet(most=7).slots() == 7


def test_where_all_hosts_are_silent_there_are_model_slots_and_it_is_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """They cannot reach the table, most likely: an answer that meets no host is tried again anyway."""
    fleet = Fleet(most=8)
    fleet.renew("i-1")
    fleet.clock.advance(LEASE + 1)

    assert fleet.slots() == 8
    fleet.function().sweep()
    assert "no host renews its entry: there are MODEL_SLOTS" in caplog.messages


def test_a_clock_that_is_ten_seconds_wrong_costs_no_slot() -> None:
    for skew in (-10.0, 10.0):
        fleet = Fleet()
        fleet.renew("i-1", skew=skew)
        fleet.clock.advance(20)  # just before it is renewed

        assert fleet.slots() == 4
        fleet.clock.advance(LEASE + 10)
        assert fleet.function()._entries() == {}


@pytest.mark.parametrize(
    "entry",
    [
        {"slots": "4", "until": 0},
        {"slots": 4},
        {"slots": -4, "until": 0},
        {"slots": 4.5, "until": 0},
        {"slots": True, "until": 0},
        {"until": 0},
        {"slots": 4, "until": 10**12},
        {"slots": 4, "until": "later"},
        {},
        "4",
        4,
        [4],
        None,
    ],
    ids=str,
)
def test_an_entry_that_cannot_be_right_harms_no_other_and_is_removed(entry: Any) -> None:
    """The host is treated as hostile: it may write this item, so it may write anything there."""
    fleet = Fleet()
    fleet.renew("i-1")
    if isinstance(entry, dict) and entry.get("until") == 0:
        entry = {**entry, "until": round(fleet.clock()) + LEASE}
    fleet.table.update(*HOSTS, set={"i-2": entry})

    assert fleet.slots() == 4
    fleet.function().sweep()

    item = fleet.table.get(*HOSTS, consistent=True)
    assert item is not None
    assert set(item) == {"pk", "sk", "i-1"}


def test_the_sweep_forgets_hosts_that_have_been_away_for_an_hour_and_no_others() -> None:
    fleet = Fleet()
    fleet.renew("i-1")
    fleet.clock.advance(3_600 + LEASE + 1)
    fleet.renew("i-2")
    fleet.function().sweep()

    item = fleet.table.get(*HOSTS, consistent=True)
    assert item is not None
    assert set(item) == {"pk", "sk", "i-2"}


def test_a_host_that_comes_back_while_it_is_forgotten_stays() -> None:
    fleet = Fleet()
    fleet.renew("i-1")
    fleet.clock.advance(3_600 + LEASE + 1)
    todo = [True]

    def back(_: object) -> None:
        if todo:
            todo.clear()
            fleet.renew("i-1")

    fleet.table.before_write = back
    fleet.function().sweep()

    assert fleet.slots() == 4


EVENTS = st.lists(st.tuples(st.sampled_from(["renew", "leave", "wait"]), st.integers(0, 3)), max_size=30)


@given(EVENTS)
def test_whatever_hosts_do_there_are_the_slots_of_those_that_stand(events: list[tuple[str, int]]) -> None:
    fleet, until = Fleet(), dict[str, float]()
    for event, which in events:
        if event == "wait":
            fleet.clock.advance(25.0 * which)
        else:
            fleet.renew(f"i-{which}", which + 1, lease=LEASE if event == "renew" else -1)
            until[f"i-{which}"] = fleet.clock() + (LEASE if event == "renew" else -1)
        standing = [name for name, end in until.items() if end >= fleet.clock()]
        expected: Any = sum(int(name[-1]) + 1 for name in standing) or fleet.most
        assert fleet.slots() == expected
