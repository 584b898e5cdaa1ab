"""What the functions have learned of each model: an item of the table for each, read at most once a minute."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stepwise.observability import tolerated
from stepwise.storage.table import Condition, ConditionFailed, Item, Key, Table, TableError

__all__ = ["ModelItems"]

_PARTITION = "pace"
_LOOK_AGAIN_SECONDS = 60.0


class ModelItems:
    """The items of one *kind*. *what* they tell stands in the log where the table does not answer; that is lived with.

    *clock* gives epoch seconds.
    """

    def __init__(self, table: Table, kind: str, what: str, *, clock: Callable[[], float]) -> None:
        self._table = table
        self._kind = kind
        self._what = what
        self._clock = clock
        self._look_at: dict[str, float] = {}
        self._arrived: dict[str, Item] = {}

    def keys(self, model: str) -> list[Key]:
        """What is to be read now of *model*, for :meth:`receive`; nothing if it was read within the last minute."""
        return [] if self._clock() < self._look_at.get(model, 0.0) else [self._key(model)]

    def receive(self, model: str, keys: Sequence[Key], items: Mapping[Key, Item]) -> None:
        """Keep *model*'s of the *items* that were read under *keys*, for :meth:`read`."""
        if self._key(model) not in keys:
            return
        self._look_at[model] = self._clock() + _LOOK_AGAIN_SECONDS
        if self._key(model) in items:
            self._arrived[model] = items[self._key(model)]

    def read(self, model: str) -> Item | None:
        """The item of *model*; None where there is none, or it was given within the last minute."""
        try:
            for key in self.keys(model):
                self._look_at[model] = self._clock() + _LOOK_AGAIN_SECONDS
                item = self._table.get(*key)
                self.receive(model, [key], {key: item} if item else {})
        except TableError as error:
            tolerated(error, "table_unavailable", f"{self._what} was not read")
        return self._arrived.pop(model, None)

    def write(self, model: str, values: Mapping[str, Any], *, condition: Condition | None = None) -> None:
        """Write the item of *model*. Where *condition* does not hold it stays as it is, and is read again at once."""
        pk, sk = self._key(model)
        try:
            self._table.put({"pk": pk, "sk": sk, **values}, condition=condition)
        except ConditionFailed:
            self._look_at.pop(model, None)
        except TableError as error:
            tolerated(error, "table_unavailable", f"{self._what} was not recorded")

    def _key(self, model: str) -> Key:
        return _PARTITION, f"{self._kind}#{model}"
