"""Admission: a bounded number of places for the answers that run or wait.

Every answer holds one of ``MAX_QUEUED + MODEL_SLOTS`` numbered places from its beginning to its end, so the bound
holds without a counter. The place of a running answer is a short lease that its owner renews. The place of a waiting
answer is valid for longer, as its message in the queue keeps it alive. A place contains the fence of its run's owner
(see :mod:`stepwise.coordination.runs`): writes of an earlier owner fail.
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
"""Seconds for which the place of a waiting answer is valid; a sweep frees those of ended answers."""

_PK = "queue"
_CHANCE = random.SystemRandom()
"""Its own generator: the module's would give the same numbers in every environment restored from one snapshot."""


@dataclass(frozen=True)
class QueuePlace:
    number: int
    run_id: str
    since: int
    """Epoch milliseconds; the queue is sorted by it."""
    fence: int = 1
    """Of the run's owner."""


@dataclass(frozen=True)
class Entry:
    """One place in the table, that of a waiting or a running answer."""

    place: QueuePlace
    group: str
    waiting: bool
    standing: bool
    """False if its lease has expired."""


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
            QueueFull: ``retry_after`` is computed from the queue and the average time per answer.
        """
        while True:  # ends, as one more place is taken each time that another answer was quicker
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
        """Renew the place of a running answer."""
        return self._hold(place, group, waiting=False)

    def park(self, place: QueuePlace, group: str) -> QueuePlace:
        """Mark the place as that of an answer that waits for a worker."""
        return self._hold(place, group, waiting=True)

    def release(self, place: QueuePlace) -> None:
        """Free the place of an answer that has ended or is about to."""
        ours = all_of(equals("run_id", place.run_id), at_most("fence", place.fence))
        try:
            self._table.delete(_PK, _sk(place.number), condition=ours)
        except ConditionFailed:
            return  # the place has gone to another answer

    def entries(self) -> list[Entry]:
        """All places that are taken, expired ones included, in the order of the queue."""
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
        """Number of answers that wait before this one; None if it does not wait."""
        waiting = self.waiting()
        return waiting.index(run_id) if run_id in waiting else None

    def retry_after(self, waiting: int) -> int:
        """Expected seconds until a tenth of the *waiting* answers has left the queue."""
        seconds = self._average_duration.seconds_per_answer() / self._slots
        return min(3_600, max(1, round(seconds * max(1, waiting // 10))))

    def time_until_turn(self, ahead: int) -> int:
        """Expected seconds until an answer with *ahead* others before it is ready."""
        seconds = self._average_duration.seconds_per_answer()
        return min(3_600, max(1, round(seconds * (1 + ahead / self._slots))))

    def _held(self, now: int) -> list[Item]:
        return [item for item in self._table.query(_PK) if item["until"] >= now]

    def _hold(self, place: QueuePlace, group: str, *, waiting: bool) -> QueuePlace:
        """Write *place*, or a new one if another answer has taken it after its lease expired.

        An answer that was admitted is never refused later: the new place may be over the bound, and then no other
        answer is admitted until there is room again.
        """
        while place.number < 0 or not self._put(place, group, waiting=waiting):
            taken = {item["number"] for item in self._held(self._now())}
            free = next(number for number in itertools.count() if number not in taken)
            place = replace(place, number=free)
        return place

    def _put(self, place: QueuePlace, group: str, *, waiting: bool) -> bool:
        """Write the place; returns False if another answer holds it."""
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
            # With a higher fence the place belongs to a later owner of the same run, which renews it.
            return bool(error.item and error.item["run_id"] == place.run_id)
        return True

    def _now(self) -> int:
        return round(self._clock() * 1000)


def _sk(number: int) -> str:
    return f"place#{number:05d}"
