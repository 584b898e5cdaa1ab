"""Exponential moving average of the seconds and tokens per answer, shared by all functions."""

from __future__ import annotations

from dataclasses import dataclass

from stepwise.observability import tolerated
from stepwise.storage.table import Item, Table, TableError

__all__ = ["AnswerAverage", "AverageDuration"]

_KEY = ("pace", "pace")
_WEIGHT = 0.2


@dataclass(frozen=True)
class AnswerAverage:
    """What an answer takes on average; ``tokens`` is 0 where it is not known."""

    seconds: float = 30.0
    tokens: float = 0.0


class AverageDuration:
    """Averages over the last answers; of two answers that end at once one may not be counted."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def per_answer(self) -> AnswerAverage:
        try:
            return _average(self._table.get(*_KEY)) or AnswerAverage()
        except TableError as error:
            tolerated(error, "table_unavailable", "the average duration is not known")
            return AnswerAverage()

    def seconds_per_answer(self) -> float:
        return self.per_answer().seconds

    def record(self, seconds: float, *, tokens: int = 0) -> None:
        try:
            before = _average(self._table.get(*_KEY)) or AnswerAverage(seconds)
            item = {
                "seconds": _moved(before.seconds, seconds),
                "tokens": _moved(before.tokens or tokens, tokens),
            }
            self._table.put({"pk": _KEY[0], "sk": _KEY[1], **item})
        except TableError as error:
            tolerated(error, "table_unavailable", "a duration was not recorded")


def _average(item: Item | None) -> AnswerAverage | None:
    """What *item* says; the release before wrote no tokens."""
    return AnswerAverage(float(item["seconds"]), float(item.get("tokens", 0))) if item else None


def _moved(average: float, value: float) -> float:
    return round((1 - _WEIGHT) * average + _WEIGHT * value, 3)
