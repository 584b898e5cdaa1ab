"""Whether the model puts its thinking in tags, learned once for each model and deployment.

While this is unknown, and if tags were seen, a stream holds back the beginning of an untagged text for a moment, as a
closing tag may still follow; see :class:`stepwise.text.thinking.Splitter`.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from stepwise.observability import tolerated
from stepwise.storage.table import Table, TableError

__all__ = ["ThinkingMarks"]

_PARTITION = "pace"
_LOOK_AGAIN_SECONDS = 60.0


class ThinkingMarks:
    """What is known of each model, stored in the table and cached in memory for a minute.

    A tag that was seen once counts for good; that a model uses none is only noted by the warm-up.
    """

    def __init__(self, table: Table, *, clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._clock = clock
        self._known: dict[str, bool] = {}
        self._look_at: dict[str, float] = {}

    def tagged(self, model: str) -> bool | None:
        """Whether *model* uses tags; None if unknown. Reads the table at most once a minute."""
        now = self._clock()
        if self._known.get(model) is True or now < self._look_at.get(model, 0.0):
            return self._known.get(model)
        self._look_at[model] = now + _LOOK_AGAIN_SECONDS
        try:
            item = self._table.get(_PARTITION, f"thinking#{model}")
        except TableError as error:
            tolerated(error, "table_unavailable", "how the model marks its thinking was not read")
            return self._known.get(model)
        if item is not None:
            self._known[model] = bool(item["tagged"])
        return self._known.get(model)

    def learn(self, model: str, *, tagged: bool) -> None:
        """Note that *model* was seen with a tag, or without any."""
        if self._known.get(model) in (True, tagged):
            return
        self._known[model] = tagged
        try:
            self._table.put({"pk": _PARTITION, "sk": f"thinking#{model}", "tagged": tagged})
        except TableError as error:
            # This environment knows it; the next answer tries to store it again.
            tolerated(error, "table_unavailable", "how the model marks its thinking was not recorded")
