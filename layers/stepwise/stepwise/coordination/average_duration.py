"""Exponential moving average of the seconds per answer, shared by all functions."""

from __future__ import annotations

from stepwise.observability import tolerated
from stepwise.storage.table import Table, TableError

__all__ = ["AverageDuration"]

_KEY = ("pace", "pace")
_DEFAULT = 30.0
_WEIGHT = 0.2


class AverageDuration:
    """Average seconds per answer; of two answers that end at once one may not be counted."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def seconds_per_answer(self) -> float:
        try:
            item = self._table.get(*_KEY)
        except TableError as error:
            tolerated(error, "table_unavailable", "the average duration is not known")
            return _DEFAULT
        return float(item["seconds"]) if item else _DEFAULT

    def record(self, seconds: float) -> None:
        try:
            item = self._table.get(*_KEY)
            average = seconds if not item else (1 - _WEIGHT) * float(item["seconds"]) + _WEIGHT * seconds
            self._table.put({"pk": _KEY[0], "sk": _KEY[1], "seconds": round(average, 3)})
        except TableError as error:
            tolerated(error, "table_unavailable", "a duration was not recorded")
