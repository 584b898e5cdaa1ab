"""What the functions have learned of each model: an item of the table for each, read at most once a minute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from stepwise.observability import tolerated
from stepwise.storage.table import Condition, ConditionFailed, Item, Table, TableError

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

    def read(self, model: str) -> Item | None:
        """The item of *model*; None where there is none, or it was read within the last minute."""
        now = self._clock()
        if now < self._look_at.get(model, 0.0):
            return None
        self._look_at[model] = now + _LOOK_AGAIN_SECONDS
        try:
            return self._table.get(_PARTITION, f"{self._kind}#{model}")
        except TableError as error:
            tolerated(error, "table_unavailable", f"{self._what} was not read")
            return None

    def write(self, model: str, values: Mapping[str, Any], *, condition: Condition | None = None) -> None:
        """Write the item of *model*. Where *condition* does not hold it stays as it is, and is read again at once."""
        item = {"pk": _PARTITION, "sk": f"{self._kind}#{model}", **values}
        try:
            self._table.put(item, condition=condition)
        except ConditionFailed:
            self._look_at.pop(model, None)
        except TableError as error:
            tolerated(error, "table_unavailable", f"{self._what} was not recorded")
