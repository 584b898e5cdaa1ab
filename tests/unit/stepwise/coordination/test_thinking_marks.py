"""How a model marks its thinking is learned once, for all environments, and costs a read a minute until then."""

from __future__ import annotations

from stepwise.coordination.thinking_marks import ThinkingMarks
from stepwise.storage.table import TableError
from support.clock import Clock
from support.tables import MemoryTable


class Counted:
    """A table that counts its reads, and may be gone."""

    def __init__(self, clock: Clock) -> None:
        self.table = MemoryTable()
        self.reads = 0
        self.gone = False

    def get(self, pk: str, sk: str) -> object:
        self.reads += 1
        if self.gone:
            raise TableError("gone")
        return self.table.get(pk, sk)

    def put(self, item: dict[str, object]) -> None:
        if self.gone:
            raise TableError("gone")
        self.table.put(item)


def test_what_one_environment_learns_all_know() -> None:
    clock = Clock()
    table = Counted(clock)
    first, second = (ThinkingMarks(table, clock=clock) for _ in range(2))  # type: ignore[arg-type]
    assert second.tagged("m") is None

    first.learn("m", tagged=True)
    clock.advance(61)

    assert first.tagged("m")
    assert second.tagged("m")
    assert second.tagged("another") is None


def test_an_unknown_model_costs_one_read_a_minute_and_a_known_one_none() -> None:
    clock = Clock()
    table = Counted(clock)
    marks = ThinkingMarks(table, clock=clock)  # type: ignore[arg-type]

    for _ in range(100):
        marks.tagged("m")
    assert table.reads == 1

    marks.learn("m", tagged=True)
    for _ in range(100):
        clock.advance(10)
        assert marks.tagged("m")
    assert table.reads == 1


def test_a_table_that_is_gone_teaches_nothing_and_stops_nothing() -> None:
    clock = Clock()
    table = Counted(clock)
    table.gone = True
    marks = ThinkingMarks(table, clock=clock)  # type: ignore[arg-type]

    assert marks.tagged("m") is None
    marks.learn("m", tagged=True)

    assert marks.tagged("m")


def test_one_tag_that_was_seen_counts_for_good() -> None:
    marks = ThinkingMarks(Counted(Clock()))  # type: ignore[arg-type]

    marks.learn("m", tagged=False)
    assert marks.tagged("m") is False
    marks.learn("m", tagged=True)
    marks.learn("m", tagged=False)

    assert marks.tagged("m") is True
