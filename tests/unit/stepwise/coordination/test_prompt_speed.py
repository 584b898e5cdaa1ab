"""How long a host reads a prompt is learned from what it measured, for all environments."""

from __future__ import annotations

import pytest
from stepwise.coordination.prompt_speed import PromptSpeed
from stepwise.storage.table import TableError
from support.clock import Clock
from support.tables import MemoryTable


class Gone:
    def get(self, pk: str, sk: str) -> object:
        raise TableError("gone")

    def put(self, item: dict[str, object], *, condition: object = None) -> None:
        raise TableError("gone")


def test_what_one_environment_measures_all_know_within_a_minute() -> None:
    clock, table = Clock(), MemoryTable()
    first, second = (PromptSpeed(table, clock=clock) for _ in range(2))
    assert second.seconds("m", 100) is None

    first.learn("m", tokens=200, seconds=6.0)
    clock.advance(61)

    assert first.seconds("m", 100) == pytest.approx(3.0)
    assert second.seconds("m", 100) == pytest.approx(3.0)
    assert second.seconds("another", 100) is None


def test_a_prompt_that_was_in_the_hosts_cache_does_not_make_it_look_faster() -> None:
    speed = PromptSpeed(MemoryTable(), clock=Clock())

    speed.learn("m", tokens=200, seconds=6.0)
    speed.learn("m", tokens=200, seconds=0.01)

    assert speed.seconds("m", 200) == pytest.approx(6.0)


def test_a_slower_measure_counts_at_once_and_a_faster_one_after_a_day() -> None:
    clock = Clock()
    speed = PromptSpeed(MemoryTable(), clock=clock)
    speed.learn("m", tokens=100, seconds=1.0)

    speed.learn("m", tokens=100, seconds=2.0)
    assert speed.seconds("m", 100) == pytest.approx(2.0)

    clock.advance(86_401)
    speed.learn("m", tokens=100, seconds=0.5)
    assert speed.seconds("m", 100) == pytest.approx(0.5)


def test_what_shows_nothing_teaches_nothing() -> None:
    speed = PromptSpeed(MemoryTable(), clock=Clock())

    speed.learn("m", tokens=3, seconds=1.0)
    speed.learn("m", tokens=300, seconds=0.0)

    assert speed.seconds("m", 100) is None


def test_a_table_that_is_gone_leaves_what_this_environment_measured() -> None:
    speed = PromptSpeed(Gone(), clock=Clock())  # type: ignore[arg-type]
    assert speed.seconds("m", 100) is None

    speed.learn("m", tokens=100, seconds=2.0)

    assert speed.seconds("m", 100) == pytest.approx(2.0)
