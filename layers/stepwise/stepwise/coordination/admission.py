"""Admission: a bounded number of places for the answers that wait.

An answer that has a slot of the model host needs no place. One that waits holds a numbered place, so the bound holds
without a counter: a new answer takes one of ``MAX_QUEUED``, or one more for each slot that is free; one that was admitted
before and waits again takes one of its own and is never refused. An answer that a worker has taken from the queue leaves
a note, so that the sweep finds it should the worker die: it counts for nothing. A place contains the fence of its run's
owner (see :mod:`stepwise.coordination.runs`): writes of an earlier owner fail.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

from stepwise.coordination.average_duration import AverageDuration
from stepwise.coordination.chance import CHANCE
from stepwise.coordination.hosts import Hosts
from stepwise.coordination.places import (
    AGAIN,
    NOWHERE,
    TAKEN,
    Entry,
    QueuePlace,
    numbers_of,
    parts_of,
    place_key,
)
from stepwise.coordination.slots import LEASE_SECONDS
from stepwise.coordination.waiting_line import Line, WaitingLine
from stepwise.errors import QueueFull
from stepwise.storage.table import (
    Condition,
    Delete,
    Key,
    Put,
    Table,
    absent,
    all_of,
    any_of,
    at_most,
    equals,
    less,
)

__all__ = ["WAITING_SECONDS", "Admission"]

WAITING_SECONDS = 21_600.0
"""Seconds for which the place of a waiting answer is valid; a sweep frees those of ended answers."""

_TRIED = 2
"""Partitions of a long queue in which a place is looked for before all of them are read."""


class Admission:
    """The places. *clock* gives epoch seconds."""

    def __init__(
        self,
        table: Table,
        *,
        max_queued: int,
        hosts: Hosts,
        average_duration: AverageDuration,
        clock: Callable[[], float],
        chance: random.Random = CHANCE,
    ) -> None:
        self._max_queued = max_queued
        self._hosts = hosts
        self.line = WaitingLine(table, places=max_queued + hosts.most, clock=clock)
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
        free = self._free_by_chance(free_slots) if self.line.is_long else []
        if not free:
            entries = self.line.recount() if self.line.is_long else self.line.entries()
            line = self.line.of(entries)
            free = _free(entries, range(self._most(line, free_slots)))
            if not free:
                raise self._full(line)
        return free[self._chance.choice(range(len(free)))]

    def _free_by_chance(self, free_slots: int) -> list[int]:
        """The free places in one of a few partitions of a long queue; none if these are full.

        Raises:
            QueueFull
        """
        line = self.line.look()
        most = self._most(line, free_slots)
        if line.waiting - line.again >= most:
            raise self._full(line)
        parts = list(range(parts_of(most)))
        self._chance.shuffle(parts)
        found = (_free(self.line.partition(part), numbers_of(part, most)) for part in parts[:_TRIED])
        return next(filter(None, found), [])

    def _most(self, line: Line, free_slots: int) -> int:
        """How many new answers may wait."""
        return self._max_queued + max(0, min(free_slots, self._hosts.most) - line.again)

    def _full(self, line: Line) -> QueueFull:
        return QueueFull(retry_after=self.retry_after(line.waiting))

    def again_number(self) -> int:
        """A place for an answer that was admitted before; nobody else can have it."""
        return AGAIN - self._chance.choice(range(self.line.parts))

    def placing(self, place: QueuePlace, group: str, *, owned: bool) -> Put:
        """The write that takes or renews *place*; only if no other answer has it, nor a later owner.

        That of an answer without an owner is valid for long, as its message in the queue keeps it alive.
        """
        now = self._now()
        pk, sk = place_key(place)
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

    def leaving(self, place: QueuePlace, key: Key | None = None) -> list[Delete]:
        """The write that frees *place*, unless it is another answer's or a later owner's; nothing without a place.

        *key* is where it was found, if it was read.
        """
        if place.number == NOWHERE:
            return []
        return [Delete(*(key or place_key(place)), any_of(absent("pk"), _ours(place)))]

    def ahead_of(self, run_id: str, since: int) -> int:
        """Number of answers that wait before the one that waits *since* then (epoch milliseconds)."""
        return self.line.look().ahead_of(run_id, since)

    def retry_after(self, waiting: int) -> int:
        """Expected seconds until a tenth of the *waiting* answers has left the queue."""
        seconds = self._average_duration.seconds_per_answer() / self._hosts.slots()
        return min(3_600, max(1, round(seconds * max(1, waiting // 10))))

    def time_until_turn(self, ahead: int) -> int:
        """Expected seconds until an answer with *ahead* others before it is ready."""
        seconds = self._average_duration.seconds_per_answer()
        return min(3_600, max(1, round(seconds * (1 + ahead / self._hosts.slots()))))

    def _now(self) -> int:
        return round(self._clock() * 1000)


def _ours(place: QueuePlace) -> Condition:
    return all_of(equals("run_id", place.run_id), at_most("fence", place.fence))


def _free(entries: Iterable[Entry], numbers: Iterable[int]) -> list[int]:
    """Those of *numbers* that no standing entry has."""
    taken = {entry.place.number for entry in entries if entry.standing}
    return [number for number in numbers if number not in taken]
