"""Single flight: which run answers a question just now."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from stepwise.coordination.single_flight import Flight, SingleFlight, flight_key
from stepwise.plan import Plan
from stepwise.storage.table import TransactionFailed, Write
from support.clock import Clock
from support.tables import MemoryTable

PLAN = Plan("solve", (), "m", {}, 10, key="k", subject={"verify": True})


class Flights:
    """Single flight, whose writes are done at once."""

    def __init__(self) -> None:
        self.table, self.clock = MemoryTable(), Clock()
        self.single_flight = SingleFlight(clock=self.clock)

    @property
    def run_of_k(self) -> Flight | None:
        return self.single_flight.read(self.table.get(*self.single_flight.key("k"), consistent=True))

    def begin(self, run_id: str, *, instead_of: str | None = None) -> bool:
        return self._done(self.single_flight.pointing("k", run_id, instead_of=instead_of))

    def succeed(self, run_id: str) -> bool:
        return self._done(self.single_flight.ending("k", run_id))

    def remove(self, run_id: str) -> bool:
        return self._done(self.single_flight.removing("k", run_id))

    def _done(self, write: Write) -> bool:
        try:
            self.table.transact([write])
        except TransactionFailed:
            return False
        return True


@pytest.fixture
def flights() -> Flights:
    return Flights()


def test_the_first_one_flies_and_the_others_see_it(flights: Flights) -> None:
    assert flights.begin("one")
    assert not flights.begin("two")
    assert flights.run_of_k == Flight("one")


def test_an_ended_run_is_replaced_once(flights: Flights) -> None:
    flights.begin("ended")

    assert flights.begin("two", instead_of="ended")
    assert not flights.begin("three", instead_of="ended")
    assert flights.run_of_k == Flight("two")


def test_a_flight_that_has_gone_meanwhile_is_no_obstacle(flights: Flights) -> None:
    assert flights.begin("two", instead_of="ended and gone")


def test_a_run_that_has_succeeded_says_when_and_only_its_own_flight(flights: Flights) -> None:
    flights.begin("one")

    assert not flights.succeed("another")
    assert flights.run_of_k == Flight("one")
    assert flights.succeed("one")
    assert flights.run_of_k == Flight("one", ended_at=round(flights.clock() * 1000))


def test_only_its_own_run_removes_a_flight(flights: Flights) -> None:
    flights.begin("one")

    assert not flights.remove("another")
    assert flights.run_of_k == Flight("one")
    assert flights.remove("one")
    assert flights.remove("one"), "it has gone already"
    assert flights.run_of_k is None


def test_of_many_at_once_one_flies(flights: Flights) -> None:
    with ThreadPoolExecutor(32) as pool:
        won = list(pool.map(lambda number: flights.begin(f"run-{number}"), range(64)))

    assert won.count(True) == 1
    assert flights.run_of_k == Flight(f"run-{won.index(True)}")


def test_questions_that_are_to_be_checked_do_not_share_an_unchecked_answer() -> None:
    unchecked = replace(PLAN, subject={"verify": False})

    assert flight_key(PLAN) == "k"
    assert flight_key(unchecked) != flight_key(PLAN)


def test_what_is_nobody_elses_has_no_flight() -> None:
    assert flight_key(replace(PLAN, key="")) == ""
    assert flight_key(replace(PLAN, key="", subject={"verify": False})) == ""
