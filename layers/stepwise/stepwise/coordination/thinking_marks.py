"""How the model marks its thinking: learned once for a model and deployment.

Only while that is not known a stream holds the beginning of every text back for a moment; see
:class:`stepwise.text.thinking.Splitter`.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from stepwise.observability import tolerated
from stepwise.storage.table import ConditionFailed, Item, Table, TableError, absent, any_of, equals
from stepwise.text.thinking import Marking

__all__ = ["ThinkingMarks"]

_PARTITION = "pace"
_LOOK_AGAIN_SECONDS = 60.0
_ORDER: tuple[Marking, ...] = ("none", "opened", "unopened")
"""What was seen once counts for good against what stands before it."""


class ThinkingMarks:
    """What is known of each model, stored in the table and cached in memory for a minute.

    That a model has no tags is only what the warm-up has found; the others are seen in answers.
    """

    def __init__(self, table: Table, *, clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._clock = clock
        self._known: dict[str, Marking] = {}
        self._look_at: dict[str, float] = {}

    def of(self, model: str) -> Marking | None:
        """How *model* marks its thinking; None where that is not known. At most one read a minute."""
        now = self._clock()
        if self._known.get(model) == _ORDER[-1] or now < self._look_at.get(model, 0.0):
            return self._known.get(model)
        self._look_at[model] = now + _LOOK_AGAIN_SECONDS
        try:
            item = self._table.get(_PARTITION, f"thinking#{model}")
        except TableError as error:
            tolerated(error, "table_unavailable", "how the model marks its thinking was not read")
            return self._known.get(model)
        found = [each for each in (self._known.get(model), _marking_in(item)) if each is not None]
        if found:
            self._known[model] = max(found, key=_ORDER.index)
        return self._known.get(model)

    def learn(self, model: str, marking: Marking) -> None:
        """*model* was seen to mark its thinking so."""
        known = self._known.get(model)
        if known is not None and _ORDER.index(known) >= _ORDER.index(marking):
            return
        self._known[model] = marking
        weaker = [equals("marking", each) for each in _ORDER[: _ORDER.index(marking)]]
        item = {
            "pk": _PARTITION,
            "sk": f"thinking#{model}",
            "marking": marking,
            "tagged": marking != "none",  # what the release before reads
        }
        try:
            self._table.put(item, condition=any_of(absent("marking"), *weaker))
        except ConditionFailed:
            self._look_at.pop(model, None)  # another environment has seen more
        except TableError as error:
            # This environment knows it; another one tries to store it again.
            tolerated(error, "table_unavailable", "how the model marks its thinking was not recorded")


def _marking_in(item: Item | None) -> Marking | None:
    """What *item* says; nothing where the release before wrote it, which did not tell missing opening tags."""
    return next((each for each in _ORDER if item is not None and item.get("marking") == each), None)
