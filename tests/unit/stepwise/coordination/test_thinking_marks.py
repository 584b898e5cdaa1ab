"""How a model marks its thinking is learned once, for all environments, and costs a read a minute at most."""

from __future__ import annotations

from typing import Any

from stepwise.coordination.thinking_marks import ThinkingMarks
from stepwise.storage.table import TableError
from support.clock import Clock
from support.tables import MemoryTable


class Counted:
    """A table that counts its reads, and may be gone."""

    def __init__(self) -> None:
        self.table = MemoryTable()
        self.reads = 0
        self.gone = False

    def get(self, pk: str, sk: str) -> object:
        self.reads += 1
        if self.gone:
            raise TableError("gone")
        return self.table.get(pk, sk)

    def put(self, item: dict[str, Any], **how: Any) -> None:
        if self.gone:
            raise TableError("gone")
        self.table.put(item, **how)


def marks(table: Counted, clock: Clock) -> ThinkingMarks:
    return ThinkingMarks(table, clock=clock)  # type: ignore[arg-type]


def test_what_one_environment_learns_all_know() -> None:
    clock, table = Clock(), Counted()
    first, second = marks(table, clock), marks(table, clock)
    assert second.of("m") is None

    first.learn("m", "opened")
    clock.advance(61)

    assert first.of("m") == "opened"
    assert second.of("m") == "opened"
    assert second.of("another") is None


def test_it_costs_one_read_a_minute_and_none_once_nothing_more_can_be_learned() -> None:
    clock, table = Clock(), Counted()
    known = marks(table, clock)

    for _ in range(100):
        known.of("m")
    assert table.reads == 1

    known.learn("m", "unopened")
    for _ in range(100):
        clock.advance(10)
        assert known.of("m") == "unopened"
    assert table.reads == 1


def test_a_table_that_is_gone_teaches_nothing_and_stops_nothing() -> None:
    table = Counted()
    table.gone = True
    known = marks(table, Clock())

    assert known.of("m") is None
    known.learn("m", "opened")

    assert known.of("m") == "opened"


def test_an_opening_tag_that_was_missing_once_counts_for_good() -> None:
    clock, table = Clock(), Counted()
    known, another = marks(table, clock), marks(table, clock)

    known.learn("m", "none")
    known.learn("m", "opened")
    assert known.of("m") == "opened"
    known.learn("m", "unopened")
    another.learn("m", "opened")
    known.learn("m", "none")

    assert known.of("m") == "unopened"
    assert another.of("m") == "unopened", "which it looks up after its own was refused"


def test_what_the_release_before_wrote_says_nothing_of_missing_tags() -> None:
    clock, table = Clock(), Counted()
    table.put({"pk": "pace", "sk": "thinking#m", "tagged": True})
    known = marks(table, clock)

    assert known.of("m") is None
    known.learn("m", "opened")
    clock.advance(61)

    assert marks(table, clock).of("m") == "opened"
