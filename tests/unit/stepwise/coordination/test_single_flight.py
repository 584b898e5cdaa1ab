"""Single flight: which run answers a question just now."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from stepwise.coordination.single_flight import SingleFlight, flight_key
from stepwise.plan import Plan
from stepwise.storage.table import TableUnavailable
from support.clock import Clock
from support.tables import MemoryTable

PLAN = Plan("solve", (), "m", {}, 10, key="k", subject={"verify": True})


@pytest.fixture
def single_flight() -> SingleFlight:
    return SingleFlight(MemoryTable(), clock=Clock())


def test_the_first_one_flies_and_the_others_see_it(single_flight: SingleFlight) -> None:
    assert single_flight.begin("k", "one", instead_of=None)
    assert not single_flight.begin("k", "two", instead_of=None)
    assert single_flight.run_of("k") == "one"


def test_an_ended_run_is_replaced_once(single_flight: SingleFlight) -> None:
    single_flight.begin("k", "ended", instead_of=None)

    assert single_flight.begin("k", "two", instead_of="ended")
    assert not single_flight.begin("k", "three", instead_of="ended")
    assert single_flight.run_of("k") == "two"


def test_a_flight_that_has_gone_meanwhile_is_no_obstacle(single_flight: SingleFlight) -> None:
    assert single_flight.begin("k", "two", instead_of="ended and gone")


def test_only_its_own_run_ends_a_flight(single_flight: SingleFlight) -> None:
    single_flight.begin("k", "one", instead_of=None)

    single_flight.end("k", "another")
    assert single_flight.run_of("k") == "one"
    single_flight.end("k", "one")
    assert single_flight.run_of("k") is None


def test_a_write_that_is_repeated_meets_itself_and_has_won() -> None:
    table = MemoryTable()
    single_flight = SingleFlight(table, clock=Clock())
    table.lose_next()
    with pytest.raises(TableUnavailable):
        single_flight.begin("k", "one", instead_of=None)

    assert single_flight.begin("k", "one", instead_of=None)


def test_of_many_at_once_one_flies(single_flight: SingleFlight) -> None:
    with ThreadPoolExecutor(32) as pool:
        won = list(
            pool.map(lambda number: single_flight.begin("k", f"run-{number}", instead_of=None), range(64))
        )

    assert won.count(True) == 1
    assert single_flight.run_of("k") == f"run-{won.index(True)}"


def test_questions_that_are_to_be_checked_do_not_share_an_unchecked_answer() -> None:
    unchecked = replace(PLAN, subject={"verify": False})

    assert flight_key(PLAN) == "k"
    assert flight_key(unchecked) != flight_key(PLAN)


def test_what_is_nobody_elses_has_no_flight() -> None:
    assert flight_key(replace(PLAN, key="")) == ""
    assert flight_key(replace(PLAN, key="", subject={"verify": False})) == ""
