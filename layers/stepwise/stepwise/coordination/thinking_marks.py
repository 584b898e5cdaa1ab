"""Whether the model marks its thinking with tags: learned once for a model and deployment.

While that is not known, and where tags were seen, a stream holds the beginning of a text without a tag back for a
moment, as a closing tag may still make thinking of it; see :class:`stepwise.text.thinking.Splitter`.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from stepwise.storage.table import Table, TableError

__all__ = ["ThinkingMarks"]

_PARTITION = "pace"
_LOOK_AGAIN_SECONDS = 60.0


class ThinkingMarks:
    """What is known of each model, kept in the table and for a minute in the memory of the environment.

    One tag that was seen counts for good; that a model has none is only what the warm-up has found.
    """

    def __init__(self, table: Table, *, clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._clock = clock
        self._known: dict[str, bool] = {}
        self._look_at: dict[str, float] = {}

    def tagged(self, model: str) -> bool | None:
        """Whether *model* uses tags; None where that is not known. At most one read a minute."""
        now = self._clock()
        if self._known.get(model) is True or now < self._look_at.get(model, 0.0):
            return self._known.get(model)
        self._look_at[model] = now + _LOOK_AGAIN_SECONDS
        try:
            item = self._table.get(_PARTITION, f"thinking#{model}")
        except TableError:
            return self._known.get(model)
        if item is not None:
            self._known[model] = bool(item["tagged"])
        return self._known.get(model)

    def learn(self, model: str, *, tagged: bool) -> None:
        """*model* was seen with a tag, or without any."""
        if self._known.get(model) in (True, tagged):
            return
        self._known[model] = tagged
        try:
            self._table.put({"pk": _PARTITION, "sk": f"thinking#{model}", "tagged": tagged})
        except TableError:
            return  # this environment knows it, and the next answer tells the others
