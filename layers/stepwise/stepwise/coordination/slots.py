"""Slots of the model host: leases in the table that allow at most ``MODEL_SLOTS`` generations at a time.

A slot is an item with an owner and an expiry that the owner renews. There is no counter that could become wrong: the
slot of a dead owner is free after its expiry. Every acquisition has a new owner name, so an owner whose lease expired
cannot release the slot of the next one.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from stepwise.storage.table import ConditionFailed, Item, Table, absent, any_of, equals, less

__all__ = ["LEASE_SECONDS", "Slot", "Slots"]

LEASE_SECONDS = 15.0
"""Seconds from an owner's last renewal to the expiry."""

_PK = "slots"
_CHANCE = random.SystemRandom()
"""Its own generator: the module's would give the same numbers in every environment restored from one snapshot."""


@dataclass(frozen=True)
class Slot:
    number: int
    owner: str


class Slots:
    """The slots of one model host. *clock* gives epoch seconds."""

    def __init__(
        self,
        table: Table,
        count: int,
        *,
        clock: Callable[[], float],
        shuffle: Callable[[list[int]], None] = _CHANCE.shuffle,
    ) -> None:
        self._table = table
        self._count = count
        self._clock = clock
        self._shuffle = shuffle

    def acquire(self) -> Slot | None:
        """Take a free slot; None when all are taken.

        One is tried without looking, as most are free most of the time; only if it is taken the others are looked up.
        """
        now, owner = self._now(), secrets.token_hex(8)
        numbers = list(range(self._count))
        self._shuffle(numbers)
        first = Slot(numbers[0], owner)
        if self._put(first, now):
            return first
        free = set(self._free(now))
        for number in [each for each in numbers[1:] if each in free]:
            slot = Slot(number, owner)
            if self._put(slot, now):
                return slot
        return None

    def free(self) -> int:
        """Number of free slots."""
        return len(self._free(self._now()))

    def renew(self, slot: Slot, *, until: float = 0.0) -> bool:
        """Renew the lease, at least to *until* (epoch seconds); returns False if another owner has the slot."""
        return self._put(slot, self._now(), until=round(until * 1000))

    def hold(self, slot: Slot, until: float) -> None:
        """Free the slot at *until* (epoch seconds), when the model host has ended what it still does for a closed call."""
        try:
            self._table.put(self._item(slot, round(until * 1000)), condition=equals("owner", slot.owner))
        except ConditionFailed:
            return  # the lease ran out, and the slot has gone to another owner

    def release(self, slot: Slot) -> None:
        try:
            self._table.delete(_PK, _sk(slot.number), condition=equals("owner", slot.owner))
        except ConditionFailed:
            return  # the lease ran out, and the slot has gone to another owner

    def _free(self, now: int) -> list[int]:
        taken = {item["number"] for item in self._table.query(_PK) if item["until"] >= now}
        return [number for number in range(self._count) if number not in taken]

    def _put(self, slot: Slot, now: int, *, until: int = 0) -> bool:
        item = self._item(slot, max(until, now + round(LEASE_SECONDS * 1000)))
        # The same owner counts as free: a retried write finds its own first attempt.
        free = any_of(absent("pk"), less("until", now), equals("owner", slot.owner))
        try:
            self._table.put(item, condition=free)
        except ConditionFailed:
            return False  # another owner has it
        return True

    @staticmethod
    def _item(slot: Slot, until: int) -> Item:
        return {
            "pk": _PK,
            "sk": _sk(slot.number),
            "number": slot.number,
            "owner": slot.owner,
            "until": until,
            "expires_at": until // 1000 + 86_400,
        }

    def _now(self) -> int:
        return round(self._clock() * 1000)


def _sk(number: int) -> str:
    return f"slot#{number:04d}"
