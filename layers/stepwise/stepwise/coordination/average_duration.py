"""Exponential moving average of the seconds and tokens per answer, shared by all functions."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from stepwise.coordination.chance import CHANCE
from stepwise.observability import tolerated
from stepwise.storage.table import Item, Key, Put, Table, TableError

__all__ = ["AnswerAverage", "AverageDuration"]

_KEY = ("pace", "pace")
_WEIGHT = 0.2
_STANDS_SECONDS = 10.0


@dataclass(frozen=True)
class AnswerAverage:
    """What an answer takes on average; ``tokens`` is 0 where it is not known."""

    seconds: float = 30.0
    tokens: float = 0.0


class AverageDuration:
    """Averages over the last answers on *slots* slots, read at most every ten seconds. *clock* gives epoch seconds.

    About one answer a second is recorded, by chance, as all would write one item at once; of two that end at once one may
    not be counted.
    """

    def __init__(
        self,
        table: Table,
        slots: int,
        *,
        clock: Callable[[], float],
        chance: random.Random = CHANCE,
    ) -> None:
        self._table = table
        self._slots = slots
        self._clock = clock
        self._chance = chance
        self._known: AnswerAverage | None = None
        self._look_at = 0.0

    def keys(self) -> list[Key]:
        """What is to be read now, for :meth:`receive`."""
        return [_KEY] if self._clock() >= self._look_at else []

    def receive(self, keys: Sequence[Key], items: Mapping[Key, Item]) -> None:
        """Take the averages from the *items* that were read under *keys*."""
        if _KEY in keys:
            self._look_at = self._clock() + _STANDS_SECONDS
            self._known = _average(items.get(_KEY))

    def per_answer(self) -> AnswerAverage:
        try:
            for key in self.keys():
                item = self._table.get(*key)
                self.receive([key], {key: item} if item else {})
        except TableError as error:
            tolerated(error, "table_unavailable", "the average duration is not known")
        return self._known or AnswerAverage()

    def seconds_per_answer(self) -> float:
        return self.per_answer().seconds

    def recording(self, seconds: float, *, tokens: int) -> list[Put]:
        """The write that takes an answer into account; none if others are recorded."""
        before = self._known or AnswerAverage(seconds)
        now = AnswerAverage(_moved(before.seconds, seconds), _moved(before.tokens or tokens, tokens))
        if self._chance.random() * self._slots > now.seconds:
            return []
        self._known = now
        return [Put({"pk": _KEY[0], "sk": _KEY[1], "seconds": now.seconds, "tokens": now.tokens})]


def _average(item: Item | None) -> AnswerAverage | None:
    """What *item* says; the release before wrote no tokens."""
    return AnswerAverage(float(item["seconds"]), float(item.get("tokens", 0))) if item else None


def _moved(average: float, value: float) -> float:
    return round((1 - _WEIGHT) * average + _WEIGHT * value, 3)
