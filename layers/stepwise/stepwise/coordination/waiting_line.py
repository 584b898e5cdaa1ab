"""The answers that wait, as others see them: all of a short queue, a summary of a long one.

A queue of up to two partitions is read whole. A longer one is counted by the sweep, and by the first that finds the
summary older than five seconds; everybody else takes it as it stands. So a queue is read at most once in five seconds,
however long it is and however many ask. The summary is part of the **mark**, which whoever takes a place writes
afterwards and a request reads before it begins: where there is no mark nobody waits. A request that finds the queue empty
removes the mark, unless somebody has written it anew meanwhile.
"""

from __future__ import annotations

import secrets
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stepwise.coordination.places import TAKEN_PK, Entry, entry_in, partition_key, parts_of
from stepwise.observability import tolerated
from stepwise.storage.table import (
    Condition,
    ConditionFailed,
    Delete,
    Item,
    Table,
    TableError,
    absent,
    all_of,
    equals,
)

__all__ = ["MARK", "Line", "WaitingLine"]

MARK = ("pace", "waiting")
"""The key of the mark."""

_WHOLE = 2
"""Partitions of a queue that is read whole."""
_STANDS_SECONDS = 5.0
_STEPS = 64
"""Moments in a summary: so many parts of the queue are told apart."""


@dataclass(frozen=True)
class Line:
    """Those that wait, as they were counted."""

    waiting: int = 0
    again: int = 0
    """Those of them that were admitted before and wait again."""
    order: Sequence[tuple[int, str]] = ()
    """When and which: each of them, or in a summary some at equal distances."""
    estimate: bool = False
    """It is a summary, some seconds old."""

    def ahead_of(self, run_id: str, since: int) -> int:
        """Number of answers that wait before the one that waits *since* then (epoch milliseconds)."""
        if not self.order:
            return 0
        before = bisect_left(self.order, (since, "" if self.estimate else run_id))
        return round(before * self.waiting / len(self.order))


class WaitingLine:
    """The line of a queue that has *places* places for new answers. *clock* gives epoch seconds."""

    def __init__(self, table: Table, *, places: int, clock: Callable[[], float]) -> None:
        self._table = table
        self._places = places
        self._clock = clock

    @property
    def is_long(self) -> bool:
        """Whether the queue has too many places to be read whole by everybody."""
        return self.parts > _WHOLE

    @property
    def parts(self) -> int:
        """Number of partitions."""
        return parts_of(self._places)

    def look(self) -> Line:
        """Those that wait."""
        return self.seen(self._table.get(*MARK, consistent=True)) if self.is_long else self.whole()

    def seen(self, mark: Item | None) -> Line:
        """The same, where the *mark* was read already."""
        if not self.is_long:
            return self.whole()
        if mark is None:
            return Line(estimate=True)
        return _summary(mark) if self._stands(mark) else self._counted(mark)

    def whole(self) -> Line:
        """All that wait now."""
        return self.of(self.entries())

    def of(self, entries: Sequence[Entry]) -> Line:
        """The line of *entries*, which are all."""
        places = [entry.place for entry in entries if entry.waiting and entry.standing]
        again = sum(place.again for place in places)
        return Line(len(places), again, sorted((place.since, place.run_id) for place in places))

    def entries(self) -> list[Entry]:
        """All places that are taken, expired ones included."""
        return [entry for part in range(self.parts) for entry in self.partition(part)]

    def partition(self, part: int) -> list[Entry]:
        """Those of one partition."""
        return self._entries(partition_key(part))

    def notes(self) -> list[Entry]:
        """The notes of the answers that workers have taken."""
        return self._entries(TAKEN_PK)

    def mark(self) -> None:
        """Note that somebody waits."""
        try:
            self._table.update(*MARK, set={"token": secrets.token_hex(8)})
        except TableError as error:
            tolerated(error, "table_unavailable", "that an answer waits is not known to new ones")

    def unmarking(self, mark: Item) -> list[Delete]:
        """The write that removes the *mark* where nobody waits, unless somebody has written it anew.

        A summary must have been counted after it was written.
        """
        if self.is_long and mark.get("counted") != mark["token"]:
            return []
        return [Delete(*MARK, equals(*_token(mark)))]

    def recount(self) -> list[Entry]:
        """All places that are taken, counted anew for everybody; a mark that a crash has left out is written."""
        mark = self._table.get(*MARK, consistent=True)
        claimed = self._claimed(mark) if mark is not None and self.is_long else None
        entries = self.entries()
        line = self.of(entries)
        if claimed is not None:
            self._keep(claimed, line)
        if mark is None and line.waiting:
            self.mark()
        return entries

    def _counted(self, mark: Item) -> Line:
        """The line, counted now; as it stands where another function counts it."""
        claimed = self._claimed(mark)
        if claimed is None:
            return _summary(mark)
        line = self.whole()
        self._keep(claimed, line)
        return line

    def _claimed(self, mark: Item) -> Item | None:
        """The mark with a note that we count; None if another function does.

        One that dies meanwhile leaves the old summary for as long as a new one would stand.
        """
        never = all_of(absent("counted_at"), equals(*_token(mark)))
        as_read = equals("counted_at", mark["counted_at"]) if "counted_at" in mark else never
        return self._changed(as_read, counted_at=self._now())

    def _keep(self, claimed: Item, line: Line) -> None:
        """Store the summary, unless the mark was removed meanwhile or another function counts by now."""
        shown = line.order[:: max(1, -(-len(line.order) // _STEPS))]
        self._changed(
            equals("counted_at", claimed["counted_at"]),
            waiting=line.waiting,
            again=line.again,
            sinces=[since for since, _ in shown],
            counted=claimed["token"],
        )

    def _changed(self, condition: Condition, **values: object) -> Item | None:
        try:
            return self._table.update(*MARK, set=values, condition=condition)
        except ConditionFailed:
            return None  # another function was quicker, or nobody waits any more

    def _stands(self, mark: Item) -> bool:
        counted_at = int(mark.get("counted_at", 0))
        return self._now() - counted_at < _STANDS_SECONDS * 1000

    def _entries(self, pk: str) -> list[Entry]:
        now = self._now()
        return [entry_in(item, now) for item in self._table.query(pk)]

    def _now(self) -> int:
        return round(self._clock() * 1000)


def _summary(mark: Item) -> Line:
    order = [(since, "") for since in mark.get("sinces", ())]
    return Line(mark.get("waiting", 0), mark.get("again", 0), order, estimate=True)


def _token(mark: Item) -> tuple[str, str]:
    return "token", mark["token"]
