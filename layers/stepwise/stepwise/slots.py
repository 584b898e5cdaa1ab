"""Slots of the model host: leases in the table, so that at most ``MODEL_SLOTS`` generations run at a time.

A slot is an item with an owner and an expiry that the owner keeps moving on. Nothing is counted, so nothing can
drift: a slot whose owner died is free once its expiry has passed.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from stepwise.table import ConditionFailed, Table, absent, any_of, equals, less

__all__ = ["LEASE_SECONDS", "Slot", "Slots"]

LEASE_SECONDS = 15.0
"""How long a lease outlives its owner's last sign of life."""

_PK = "slots"


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
        shuffle: Callable[[list[int]], None] = random.shuffle,
    ) -> None:
        self._table = table
        self._count = count
        self._clock = clock
        self._shuffle = shuffle

    def acquire(self, owner: str) -> Slot | None:
        """A free slot, or None when all are taken."""
        now = self._now()
        taken = {item["number"] for item in self._table.query(_PK) if item["until"] >= now}
        free = [number for number in range(self._count) if number not in taken]
        self._shuffle(free)
        for number in free:
            try:
                self._table.put(
                    self._item(number, owner, now),
                    condition=any_of(absent("pk"), less("until", now), equals("owner", owner)),
                )
            except ConditionFailed:
                continue
            return Slot(number, owner)
        return None

    def renew(self, slot: Slot) -> bool:
        """Move the expiry on; False when the slot has gone to another owner."""
        now = self._now()
        try:
            self._table.put(
                self._item(slot.number, slot.owner, now),
                condition=any_of(absent("pk"), less("until", now), equals("owner", slot.owner)),
            )
        except ConditionFailed:
            return False
        return True

    def release(self, slot: Slot) -> None:
        try:
            self._table.delete(_PK, _sk(slot.number), condition=equals("owner", slot.owner))
        except ConditionFailed:
            return

    def _now(self) -> int:
        return round(self._clock() * 1000)

    def _item(self, number: int, owner: str, now: int) -> dict[str, object]:
        return {
            "pk": _PK,
            "sk": _sk(number),
            "number": number,
            "owner": owner,
            "until": now + round(LEASE_SECONDS * 1000),
            "expires_at": now // 1000 + 86_400,
        }


def _sk(number: int) -> str:
    return f"slot#{number:04d}"
