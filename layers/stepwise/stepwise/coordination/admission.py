"""Admission: a bounded number of places for the answers that wait.

An answer that has a slot of the model host needs no place. One that waits holds a numbered place, so the bound holds
without a counter: a new answer takes one of ``MAX_QUEUED``, or one more for each slot that is free; one that was admitted
before and waits again takes one beyond them and is never refused. An answer that a worker has taken from the queue leaves
a note, so that the sweep finds it should the worker die: it counts for nothing. A place contains the fence of its run's
owner (see :mod:`stepwise.coordination.runs`): writes of an earlier owner fail.

Whoever takes a place writes the **mark** afterwards. Only where a request sees the mark it looks whether others wait for
a slot before it; where nobody does it removes the mark, unless somebody has written it anew meanwhile.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from stepwise.coordination.average_duration import AverageDuration
from stepwise.coordination.chance import CHANCE
from stepwise.coordination.slots import LEASE_SECONDS
from stepwise.errors import QueueFull
from stepwise.observability import tolerated
from stepwise.storage.table import (
    Condition,
    Delete,
    Item,
    Key,
    Put,
    Table,
    TableError,
    absent,
    all_of,
    any_of,
    at_most,
    equals,
    less,
)

__all__ = ["MARK", "NOWHERE", "TAKEN", "WAITING_SECONDS", "Admission", "Entry", "QueuePlace"]

WAITING_SECONDS = 21_600.0
"""Seconds for which the place of a waiting answer is valid; a sweep frees those of ended answers."""

MARK = ("pace", "waiting")
"""The key of the mark."""
NOWHERE = -1
"""The number of a place that an answer does not have."""
TAKEN = -2
"""The number of the note of an answer that a worker has taken."""

_PK = "queue"
_TAKEN_PK = "taken"
_SPREAD = 16
"""Numbers for each slot beyond ``MAX_QUEUED``: one taken by chance is most likely free."""


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
    """One place in the table."""

    place: QueuePlace
    waiting: bool
    """False: a worker has it, or another owner of the release before, which had a place too."""
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
        chance: random.Random = CHANCE,
    ) -> None:
        self._table = table
        self._max_queued = max_queued
        self._slots = slots
        self._average_duration = average_duration
        self._clock = clock
        self._chance = chance

    def number(self) -> int | None:
        """A place by chance for a new answer, which may be taken; None where none may wait without a free slot."""
        return self._chance.choice(range(self._max_queued)) if self._max_queued else None

    def free_number(self, free_slots: int) -> int:
        """A place for a new answer that nobody has; *free_slots* more than ``MAX_QUEUED`` may wait, as they will not for long.

        A slot for which an answer waits again after a hand-over is not free for a new one.

        Raises:
            QueueFull: ``retry_after`` is computed from the queue and the average time per answer.
        """
        standing = [entry for entry in self.entries() if entry.standing]
        waiting = [entry.place.number for entry in standing if entry.waiting]
        again = sum(number >= self._max_queued + self._slots for number in waiting)
        most = self._max_queued + max(0, min(free_slots, self._slots) - again)
        taken = {entry.place.number for entry in standing}
        free = [number for number in range(most) if number not in taken]
        if not free:
            raise QueueFull(retry_after=self.retry_after(len(waiting)))
        return free[self._chance.choice(range(len(free)))]

    def further_number(self) -> int:
        """A place by chance beyond those for new answers, for one that was admitted before; it may be taken."""
        first = self._max_queued + self._slots
        return self._chance.choice(range(first, first + _SPREAD * self._slots))

    def placing(self, place: QueuePlace, group: str, *, owned: bool) -> Put:
        """The write that takes or renews *place*; only if no other answer has it, nor a later owner.

        That of an answer without an owner is valid for long, as its message in the queue keeps it alive.
        """
        now = self._now()
        pk, sk = _key(place)
        item = {
            "pk": pk,
            "sk": sk,
            "number": place.number,
            "run_id": place.run_id,
            "fence": place.fence,
            "group": group,
            "since": place.since,
            "waiting": place.number != TAKEN,
            "until": now + round((LEASE_SECONDS if owned else WAITING_SECONDS) * 1000),
            "expires_at": now // 1000 + 86_400,
        }
        return Put(item, any_of(absent("pk"), less("until", now), _ours(place)))

    def leaving(self, place: QueuePlace) -> list[Delete]:
        """The write that frees *place*, unless it is another answer's or a later owner's; nothing without a place."""
        if place.number == NOWHERE:
            return []
        return [Delete(*_key(place), any_of(absent("pk"), _ours(place)))]

    def mark(self) -> None:
        """Note that somebody waits."""
        try:
            self._table.put({"pk": MARK[0], "sk": MARK[1], "token": secrets.token_hex(8)})
        except TableError as error:
            tolerated(error, "table_unavailable", "that an answer waits is not known to new ones")

    def unmarking(self, item: Item) -> Delete:
        """The write that removes the mark that was read as *item*, unless somebody has written it anew."""
        return Delete(*MARK, equals("token", item["token"]))

    def entries(self, pk: str = _PK) -> list[Entry]:
        """All places that are taken, expired ones included, in the order of the queue."""
        now = self._now()
        found = [
            Entry(
                QueuePlace(item["number"], item["run_id"], item["since"], item["fence"]),
                item["waiting"],
                item["until"] >= now,
            )
            for item in self._table.query(pk)
        ]
        return sorted(found, key=lambda entry: (entry.place.since, entry.place.run_id))

    def notes(self) -> list[Entry]:
        """The notes of the answers that workers have taken."""
        return self.entries(_TAKEN_PK)

    def waiting(self) -> list[QueuePlace]:
        """The places of those that wait, in the order of the queue."""
        return [entry.place for entry in self.entries() if entry.waiting and entry.standing]

    def ahead_of(self, run_id: str, since: int) -> int:
        """Number of answers that wait before the one that waits *since* then (epoch milliseconds)."""
        return sum((place.since, place.run_id) < (since, run_id) for place in self.waiting())

    def retry_after(self, waiting: int) -> int:
        """Expected seconds until a tenth of the *waiting* answers has left the queue."""
        seconds = self._average_duration.seconds_per_answer() / self._slots
        return min(3_600, max(1, round(seconds * max(1, waiting // 10))))

    def time_until_turn(self, ahead: int) -> int:
        """Expected seconds until an answer with *ahead* others before it is ready."""
        seconds = self._average_duration.seconds_per_answer()
        return min(3_600, max(1, round(seconds * (1 + ahead / self._slots))))

    def _now(self) -> int:
        return round(self._clock() * 1000)


def _ours(place: QueuePlace) -> Condition:
    return all_of(equals("run_id", place.run_id), at_most("fence", place.fence))


def _key(place: QueuePlace) -> Key:
    return (_TAKEN_PK, place.run_id) if place.number == TAKEN else (_PK, f"place#{place.number:05d}")
