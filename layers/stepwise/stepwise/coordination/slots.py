"""Slots of the model hosts: leases in the table that allow only so many generations at a time.

A slot is an item with an owner and an expiry that the owner renews. There is no counter that could become wrong: the
slot of a dead owner is free after its expiry. Every acquisition has a new owner name, so an owner whose lease expired
cannot release the slot of the next one.

Nobody reads all slots: a request looks at a few by chance, who waits at a partition of 64. So the work of an answer does
not grow with the fleet, and a fleet of up to 64 slots is seen whole.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from stepwise.coordination.chance import CHANCE
from stepwise.coordination.hosts import Hosts
from stepwise.storage.table import Delete, Item, Key, Put, Table, absent, any_of, equals, less

__all__ = ["LEASE_SECONDS", "Slot", "Slots"]

LEASE_SECONDS = 15.0
"""Seconds from an owner's last renewal to the expiry."""

_PARTITION = 64
"""Slots under one partition key; the first one is that of releases that had only one."""
_SAMPLE = 8


@dataclass(frozen=True)
class Slot:
    number: int
    owner: str


class Slots:
    """The slots of all model hosts, numbered from 0. *clock* gives epoch seconds.

    Which host writes an answer is decided by the load balancer, so a slot is none of a certain host. Where there are fewer
    than before, answers in the slots beyond end there, and these get no new one.
    """

    def __init__(
        self,
        table: Table,
        hosts: Hosts,
        *,
        clock: Callable[[], float],
        chance: random.Random = CHANCE,
    ) -> None:
        self._table = table
        self._hosts = hosts
        self._clock = clock
        self._chance = chance

    def sample(self) -> list[Key]:
        """The keys of a few slots by chance."""
        numbers = list(range(self._hosts.known()))
        self._chance.shuffle(numbers)
        return [_key(number) for number in numbers[:_SAMPLE]]

    def free_in(self, keys: Iterable[Key], items: Mapping[Key, Item]) -> list[Slot]:
        """Which of the slots under *keys* were free by the *items* that were read there, to be taken by a new owner."""
        now, owner = self._now(), secrets.token_hex(8)
        held = {key for key, item in items.items() if item.get("until", 0) >= now}
        numbers = [_number(key) for key in keys if _is_slot(key) and key not in held]
        count = self._hosts.slots()
        return [Slot(number, owner) for number in numbers if number < count]

    def find(self) -> list[Slot]:
        """The free slots of one partition by chance, in the order of chance, to be taken by a new owner."""
        owner = secrets.token_hex(8)
        numbers = self._free_of(self._partition(self._hosts.slots()))
        self._chance.shuffle(numbers)
        return [Slot(number, owner) for number in numbers]

    def free(self) -> int:
        """Number of free slots; of more than a partition it is an estimate by one of them."""
        count = self._hosts.slots()
        partition = self._partition(count)
        return round(len(self._free_of(partition)) * count / len(partition))

    def taking(self, slot: Slot, *, until: float = 0.0) -> Put:
        """The write that takes or renews the lease, at least to *until* (epoch seconds); only if no other owner has it.

        The same owner counts as none: a retried write finds its own first attempt.
        """
        now = self._now()
        free = any_of(absent("pk"), less("until", now), equals("owner", slot.owner))
        return Put(_item(slot, max(round(until * 1000), now + round(LEASE_SECONDS * 1000))), free)

    def freeing(self, slot: Slot, *, until: float = 0.0) -> Put | Delete:
        """The write that frees the slot, or lets it expire at *until* (epoch seconds) where that is to come.

        Then the model host has ended what it still does for a closed call. Only if no other owner has it.
        """
        if until > self._clock():
            return Put(_item(slot, round(until * 1000)), equals("owner", slot.owner))
        return Delete(*_key(slot.number), any_of(absent("pk"), equals("owner", slot.owner)))

    def _partition(self, count: int) -> range:
        """The numbers of one partition of *count* slots by chance."""
        first = self._chance.choice(range(0, count, _PARTITION))
        return range(first, min(first + _PARTITION, count))

    def _free_of(self, numbers: range) -> list[int]:
        """Those of a partition's *numbers* that are free."""
        now = self._now()
        items = self._table.query(_key(numbers[0])[0], consistent=False)
        taken = {item["number"] for item in items if item["until"] >= now}
        return [number for number in numbers if number not in taken]

    def _now(self) -> int:
        return round(self._clock() * 1000)


def _item(slot: Slot, until: int) -> Item:
    pk, sk = _key(slot.number)
    return {
        "pk": pk,
        "sk": sk,
        "number": slot.number,
        "owner": slot.owner,
        "until": until,
        "expires_at": until // 1000 + 86_400,
    }


def _key(number: int) -> Key:
    part = number // _PARTITION
    return f"slots#{part}" if part else "slots", f"slot#{number:04d}"


def _is_slot(key: Key) -> bool:
    return key[1].startswith("slot#")


def _number(key: Key) -> int:
    return int(key[1].removeprefix("slot#"))
