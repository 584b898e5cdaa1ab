"""What a request reads of the fleet before it begins an answer, in one call, together with the answer cache."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stepwise.coordination.average_duration import AverageDuration
from stepwise.coordination.hosts import Hosts
from stepwise.coordination.prompt_speed import PromptSpeed
from stepwise.coordination.single_flight import Flight, SingleFlight
from stepwise.coordination.slots import Slot, Slots
from stepwise.coordination.thinking_marks import ThinkingMarks
from stepwise.coordination.waiting_line import MARK
from stepwise.storage.table import Item, Key, Table

__all__ = ["FirstRead", "Seen"]


@dataclass(frozen=True)
class Seen:
    """What was seen; it may be old by a moment, so writes that rely on it have conditions."""

    flight: Flight | None = None
    slots: tuple[Slot, ...] = ()
    """Free ones of those that were looked at."""
    mark: Item | None = None
    """There is one while an answer may wait for a slot; see :mod:`stepwise.coordination.waiting_line`."""


@dataclass(frozen=True)
class FirstRead:
    """The parts that want to know something before an answer begins."""

    table: Table
    single_flight: SingleFlight
    hosts: Hosts
    slots: Slots
    average_duration: AverageDuration
    thinking_marks: ThinkingMarks
    prompt_speed: PromptSpeed

    def keys(self, flight: str, model: str, *, slot: bool) -> list[Key]:
        """The keys to read for a question with the key *flight* in flight, and whether a *slot* is wanted."""
        return [
            *([self.single_flight.key(flight)] if flight else []),
            *([MARK, *self.slots.sample()] if slot else []),
            *self.hosts.keys(),
            *self.average_duration.keys(),
            *self.thinking_marks.keys(model),
            *self.prompt_speed.keys(model),
        ]

    def seen(self, keys: Sequence[Key], items: Mapping[Key, Item], flight: str, model: str) -> Seen:
        """What the *items* tell that were found under *keys*."""
        self.hosts.receive(keys, items)
        self.average_duration.receive(keys, items)
        self.thinking_marks.receive(model, keys, items)
        self.prompt_speed.receive(model, keys, items)
        return Seen(
            flight=self.single_flight.read(items.get(self.single_flight.key(flight))) if flight else None,
            slots=tuple(self.slots.free_in(keys, items)),
            mark=items.get(MARK),
        )

    def read(self, flight: str, model: str, *, slot: bool) -> Seen:
        """The same by a call of its own."""
        keys = self.keys(flight, model, slot=slot)
        return self.seen(keys, self.table.batch_get(keys) if keys else {}, flight, model)
