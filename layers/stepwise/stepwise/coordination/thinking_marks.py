"""Whether the model opens its thinking with a tag: learned once for a model and deployment.

Where that is not known, a stream holds the beginning of a text without a tag back for a moment, as a closing tag may
still make thinking of it; see :class:`stepwise.text.thinking.Splitter`.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from stepwise.storage.table import Table, TableError

__all__ = ["ThinkingMarks"]

_PARTITION = "pace"
_LOOK_AGAIN_SECONDS = 60.0


class ThinkingMarks:
    """Models that are known to use ``<think>``; kept in the table, and in the memory of the environment."""

    def __init__(self, table: Table, *, clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._clock = clock
        self._known: set[str] = set()
        self._look_at: dict[str, float] = {}

    def tagged(self, model: str) -> bool:
        """Whether *model* is known to open its thinking with a tag; at most one read a minute."""
        if model in self._known:
            return True
        now = self._clock()
        if now < self._look_at.get(model, 0.0):
            return False
        self._look_at[model] = now + _LOOK_AGAIN_SECONDS
        try:
            item = self._table.get(_PARTITION, f"thinking#{model}")
        except TableError:
            return False
        if item is not None:
            self._known.add(model)
        return item is not None

    def learn(self, model: str) -> None:
        """*model* has opened its thinking with a tag."""
        if model in self._known:
            return
        self._known.add(model)
        try:
            self._table.put({"pk": _PARTITION, "sk": f"thinking#{model}", "tagged": True})
        except TableError:
            return  # this environment knows it, and the next answer tells the others
