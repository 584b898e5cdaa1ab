"""Who may come in: places for the answers that are being written or wait to be, as many as a deployment allows.

Every answer under way holds one of ``MAX_QUEUED + MODEL_SLOTS`` numbered places from its beginning to its end, so
the bound holds without a counter. A place of an answer that is being written is a short lease that its owner keeps
moving on; the place of one that waits stands longer, as a message in the queue stands for it. A place knows the
fence of its run's owner (see :mod:`stepwise.coordination.runs`): what a late owner writes to it changes nothing.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from stepwise.coordination.average_duration import AverageDuration
from stepwise.coordination.slots import LEASE_SECONDS
from stepwise.errors import QueueFull
from stepwise.storage.table import ConditionFailed, Item, Table, absent, all_of, any_of, at_most, equals, less

__all__ = ["Admission", "Entry", "QueuePlace"]

WAITING_SECONDS = 21_600.0
"""How long the place of a waiting answer stands by itself; a sweep frees one whose answer has ended."""

_PK = "queue"
_CHANCE = random.SystemRandom()
"""Not the module's own: its progress would be the same in every environment that comes from one snapshot (SnapStart)."""


@dataclass(frozen=True)
class QueuePlace:
    number: int
    run_id: str
    since: int
    """Epoch milliseconds; the order of the queue."""
    fence: int = 1
    """Of the run's owner."""


@dataclass(frozen=True)
class Entry:
    """One place as the table has it: that of an answer which waits, or which is being written."""

    place: QueuePlace
    group: str
    waiting: bool
    standing: bool
    """False: its lease has run out."""


class Admission:
    """The places. *clock* gives epoch seconds."""

    def __init__(
        self,
        table: Table,
        *,
        max_queued: int,
        slots: int,
        average_duration: AverageDuration,
        clock: Callable[[], float],
        choose: Callable[[list[int]], int] = _CHANCE.choice,
    ) -> None:
        self._table = table
        self._max_queued = max_queued
        self._places = max_queued + slots
        self._slots = slots
        self._average_duration = average_duration
        self._clock = clock
        self._choose = choose

    def admit(self, run_id: str, group: str) -> QueuePlace:
        """A place for a new answer.

        Raises:
            QueueFull: with an honest ``retry_after``, by the queue and the recent time per answer.
        """
        while True:  # whenever another one is quicker, one more place is taken: this ends
            now = self._now()
            held = self._held(now)
            taken = {item["number"] for item in held}
            free = [number for number in range(self._places) if number not in taken]
            waiting = sum(item["waiting"] for item in held)
            if not free or (waiting >= self._max_queued and len(held) >= self._slots):
                raise QueueFull(retry_after=self.retry_after(waiting))
            place = QueuePlace(self._choose(free), run_id, now)
            if self._put(place, group, waiting=False):
                return place

    def renew(self, place: QueuePlace, group: str) -> QueuePlace:
        """The answer is being written: hold its place a little longer."""
        return self._hold(place, group, waiting=False)

    def park(self, place: QueuePlace, group: str) -> QueuePlace:
        """The answer waits for a worker."""
        return self._hold(place, group, waiting=True)

    def release(self, place: QueuePlace) -> None:
        """The answer has ended, or is about to."""
        ours = all_of(equals("run_id", place.run_id), at_most("fence", place.fence))
        try:
            self._table.delete(_PK, _sk(place.number), condition=ours)
        except ConditionFailed:
            return

    def entries(self) -> list[Entry]:
        """Every place that is taken, also those whose lease has run out, in the order of the queue."""
        now = self._now()
        found = [
            Entry(
                QueuePlace(item["number"], item["run_id"], item["since"], item["fence"]),
                item["group"],
                item["waiting"],
                item["until"] >= now,
            )
            for item in self._table.query(_PK)
        ]
        return sorted(found, key=lambda entry: (entry.place.since, entry.place.run_id))

    def waiting(self) -> list[str]:
        """The runs that wait, in the order of the queue."""
        return [entry.place.run_id for entry in self.entries() if entry.waiting and entry.standing]

    def ahead_of(self, run_id: str) -> int | None:
        """How many answers wait before this one; None when it does not wait."""
        waiting = self.waiting()
        return waiting.index(run_id) if run_id in waiting else None

    def retry_after(self, waiting: int) -> int:
        """Seconds until a tenth of *waiting* answers has likely left the queue, so that asking again is worth it."""
        seconds = self._average_duration.seconds_per_answer() / self._slots
        return min(3_600, max(1, round(seconds * max(1, waiting // 10))))

    def time_until_turn(self, ahead: int) -> int:
        """Seconds until an answer with *ahead* others before it is likely to be ready."""
        seconds = self._average_duration.seconds_per_answer()
        return min(3_600, max(1, round(seconds * (1 + ahead / self._slots))))

    def _held(self, now: int) -> list[Item]:
        return [item for item in self._table.query(_PK) if item["until"] >= now]

    def _hold(self, place: QueuePlace, group: str, *, waiting: bool) -> QueuePlace:
        """*place*, or another one where it went to somebody else while its owner was silent.

        Whoever was admitted once is not turned away later: if need be the other place is one over the bound, and
        nobody new is admitted until there is room again.
        """
        while place.number < 0 or not self._put(place, group, waiting=waiting):
            taken = {item["number"] for item in self._held(self._now())}
            free = next(number for number in itertools.count() if number not in taken)
            place = replace(place, number=free)
        return place

    def _put(self, place: QueuePlace, group: str, *, waiting: bool) -> bool:
        """False when another answer holds the place."""
        now = self._now()
        seconds = WAITING_SECONDS if waiting else LEASE_SECONDS
        item = {
            "pk": _PK,
            "sk": _sk(place.number),
            "number": place.number,
            "run_id": place.run_id,
            "fence": place.fence,
            "group": group,
            "since": place.since,
            "waiting": waiting,
            "until": now + round(seconds * 1000),
            "expires_at": now // 1000 + 86_400,
        }
        ours = all_of(equals("run_id", place.run_id), at_most("fence", place.fence))
        try:
            self._table.put(item, condition=any_of(absent("pk"), less("until", now), ours))
        except ConditionFailed as error:
            # With a higher fence it is the run's still: we are late, and its owner looks after it.
            return bool(error.item and error.item["run_id"] == place.run_id)
        return True

    def _now(self) -> int:
        return round(self._clock() * 1000)


def _sk(number: int) -> str:
    return f"place#{number:05d}"
