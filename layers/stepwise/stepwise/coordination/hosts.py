"""The model hosts that are there, and how many answers they write at a time.

Each host renews its own entry in one item: how many slots it has, and until when. One that leaves or dies takes its slots
along, at once or when its entry runs out. Where no host has an entry that stands, as with a fixed host or in the local
stack, there are ``MODEL_SLOTS``, and never more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stepwise.observability import count, log_event, tolerated
from stepwise.storage.table import ConditionFailed, Item, Key, Table, TableError, all_of, equals

__all__ = ["HOSTS", "Hosts"]

HOSTS = ("hosts", "hosts")
"""The key of the item, which has one attribute for each host; ``infra/model-host`` writes it."""

_STANDS_SECONDS = 10.0
_FORGOTTEN_SECONDS = 3_600
_LONGEST_SECONDS = 3_600
"""An entry that stands for longer is of a host whose clock is wrong."""


class Hosts:
    """The hosts as they were read in the last ten seconds; *most* is ``MODEL_SLOTS``. *clock* gives epoch seconds."""

    def __init__(self, table: Table, most: int, *, clock: Callable[[], float]) -> None:
        self.most = most
        self._table = table
        self._clock = clock
        self._item: Item = {}
        self._look_at = 0.0

    def keys(self) -> list[Key]:
        """What is to be read now, for :meth:`receive`."""
        return [HOSTS] if self._clock() >= self._look_at else []

    def receive(self, keys: Sequence[Key], items: Mapping[Key, Item]) -> None:
        """Take the hosts from the *items* that were read under *keys*."""
        if HOSTS in keys:
            self._look_at = self._clock() + _STANDS_SECONDS
            self._item = items.get(HOSTS, {})

    def slots(self) -> int:
        """Number of slots now. Where the table does not answer the hosts are those that were known before."""
        try:
            for key in self.keys():
                self._look_at = self._clock() + _STANDS_SECONDS
                item = self._table.get(*key)
                self.receive([key], {key: item} if item else {})
        except TableError as error:
            tolerated(error, "table_unavailable", "which hosts are there was not read")
        return self.known()

    def known(self) -> int:
        """The same by what was read last."""
        slots = sum(entry["slots"] for entry in self._entries().values() if self._left(entry) >= 0)
        return min(self.most, slots) or self.most

    def sweep(self) -> None:
        """Forget hosts that have been away for an hour, and what is no entry; tell where all hosts are silent."""
        self._item = self._table.get(*HOSTS) or {}
        entries = self._entries()
        stay = [name for name, entry in entries.items() if self._left(entry) >= -_FORGOTTEN_SECONDS]
        gone = {name: self._item[name] for name in self._item.keys() - {"pk", "sk", *stay}}
        if entries and all(self._left(entry) < 0 for entry in entries.values()):
            count("HostsSilent")
            log_event("no host renews its entry: there are MODEL_SLOTS", slots=self.most, hosts=len(entries))
        if not gone:
            return
        as_read = all_of(*(equals(name, entry) for name, entry in gone.items()))
        try:
            self._table.update(*HOSTS, remove=list(gone), condition=as_read)
        except ConditionFailed:
            return  # one of them is back; the next sweep looks again

    def _entries(self) -> dict[str, Any]:
        """Those that can be read and are not of a time far away: a host that is broken must not harm the others."""
        return {name: entry for name, entry in self._item.items() if self._sound(entry)}

    def _sound(self, entry: Any) -> bool:
        if not isinstance(entry, Mapping):
            return False
        slots, until = entry.get("slots"), entry.get("until")
        return (
            type(slots) is int and type(until) is int and slots > 0 and self._left(entry) <= _LONGEST_SECONDS
        )

    def _left(self, entry: Mapping[str, Any]) -> float:
        return float(entry["until"]) - self._clock()
