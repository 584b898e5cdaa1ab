"""Who may come in: places for the answers that are being written or wait to be, as many as a deployment allows.

Every answer under way holds one of ``MAX_QUEUED + MODEL_SLOTS`` numbered places from its beginning to its end, so
the bound holds without a counter. A place of an answer that is being written is a short lease that its owner keeps
moving on; the place of one that waits stands longer, as a message in the queue stands for it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from stepwise.errors import QueueFull
from stepwise.pace import Pace
from stepwise.slots import LEASE_SECONDS
from stepwise.table import ConditionFailed, Item, Table, absent, any_of, equals, less

__all__ = ["Admission", "Place", "Waiting"]

WAITING_SECONDS = 21_600.0
"""How long the place of a waiting answer stands by itself; the sweep frees one whose answer has ended."""

_PK = "queue"
_ATTEMPTS = 12


@dataclass(frozen=True)
class Place:
    number: int
    run_id: str
    since: int
    """Epoch milliseconds; the order of the queue."""


@dataclass(frozen=True)
class Waiting:
    """One answer that waits."""

    run_id: str
    group: str
    number: int
    since: int


class Admission:
    """The places. *clock* gives epoch seconds."""

    def __init__(
        self,
        table: Table,
        *,
        max_queued: int,
        slots: int,
        pace: Pace,
        clock: Callable[[], float],
        choose: Callable[[list[int]], int] = random.choice,
    ) -> None:
        self._table = table
        self._max_queued = max_queued
        self._places = max_queued + slots
        self._slots = slots
        self._pace = pace
        self._clock = clock
        self._choose = choose

    def admit(self, run_id: str, group: str) -> Place:
        """A place for a new answer.

        Raises:
            QueueFull: with an honest ``retry_after``: the time until the first of those ahead is likely to end.
        """
        for _ in range(_ATTEMPTS):
            now = self._now()
            held = self._held(now)
            taken = {item["number"] for item in held}
            free = [number for number in range(self._places) if number not in taken]
            waiting = sum(item["waiting"] for item in held)
            if not free or (waiting >= self._max_queued and len(held) >= self._slots):
                raise QueueFull(retry_after=self.retry_after(waiting))
            place = Place(self._choose(free), run_id, now)
            if self._put(place, group, waiting=False, fresh=True):
                return place
        raise QueueFull(retry_after=self.retry_after(self._max_queued))

    def keep(self, place: Place, group: str) -> None:
        """The answer is being written: hold the place a little longer."""
        self._put(place, group, waiting=False, fresh=False)

    def wait(self, place: Place, group: str) -> None:
        """The answer waits for a worker."""
        self._put(place, group, waiting=True, fresh=False)

    def leave(self, place: Place) -> None:
        """The answer has ended, or is about to."""
        try:
            self._table.delete(_PK, _sk(place.number), condition=equals("run_id", place.run_id))
        except ConditionFailed:
            return

    def waiting(self) -> list[Waiting]:
        """The answers that wait, in the order of the queue."""
        found = [
            Waiting(item["run_id"], item["group"], item["number"], item["since"])
            for item in self._held(self._now())
            if item["waiting"]
        ]
        return sorted(found, key=lambda entry: (entry.since, entry.run_id))

    def ahead_of(self, run_id: str) -> int | None:
        """How many answers wait before this one; None when it does not wait."""
        for position, entry in enumerate(self.waiting()):
            if entry.run_id == run_id:
                return position
        return None

    def retry_after(self, waiting: int) -> int:
        """Seconds after which it is worth asking again, with *waiting* answers in the queue."""
        seconds = self._pace.seconds_per_answer() / self._slots
        return min(3_600, max(1, round(seconds * max(1, waiting // 10))))

    def time_until_turn(self, ahead: int) -> int:
        """Seconds until an answer with *ahead* others before it is likely to be ready."""
        seconds = self._pace.seconds_per_answer()
        return min(3_600, max(1, round(seconds * (1 + ahead / self._slots))))

    def _held(self, now: int) -> list[Item]:
        return [item for item in self._table.query(_PK) if item["until"] >= now]

    def _put(self, place: Place, group: str, *, waiting: bool, fresh: bool) -> bool:
        now = self._now()
        seconds = WAITING_SECONDS if waiting else LEASE_SECONDS
        item = {
            "pk": _PK,
            "sk": _sk(place.number),
            "number": place.number,
            "run_id": place.run_id,
            "group": group,
            "since": place.since,
            "waiting": waiting,
            "until": now + round(seconds * 1000),
            "expires_at": now // 1000 + 86_400,
        }
        free = any_of(absent("pk"), less("until", now))
        try:
            self._table.put(item, condition=free if fresh else any_of(free, equals("run_id", place.run_id)))
        except ConditionFailed:
            return False
        return True

    def _now(self) -> int:
        return round(self._clock() * 1000)


def _sk(number: int) -> str:
    return f"place#{number:05d}"
