"""How the model marks its thinking: learned once for a model and deployment.

Only while that is not known a stream holds the beginning of every text back for a moment; see
:class:`stepwise.text.thinking.Splitter`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from stepwise.coordination.model_items import ModelItems
from stepwise.storage.table import Item, Key, Table, absent, any_of, equals
from stepwise.text.thinking import Marking

__all__ = ["ThinkingMarks"]

_ORDER: tuple[Marking, ...] = ("none", "opened", "unopened")
"""What was seen once counts for good against what stands before it."""


class ThinkingMarks:
    """What is known of each model, stored in the table and cached in memory for a minute.

    That a model has no tags is only what the warm-up has found; the others are seen in answers.
    """

    def __init__(self, table: Table, *, clock: Callable[[], float] = time.time) -> None:
        self._items = ModelItems(table, "thinking", "how the model marks its thinking", clock=clock)
        self._known: dict[str, Marking] = {}

    def keys(self, model: str) -> list[Key]:
        """What is to be read now of *model*, for :meth:`receive`."""
        return [] if self._known.get(model) == _ORDER[-1] else self._items.keys(model)

    def receive(self, model: str, keys: Sequence[Key], items: Mapping[Key, Item]) -> None:
        """Take *model*'s of the *items* that were read under *keys*."""
        self._items.receive(model, keys, items)
        self.of(model)

    def of(self, model: str) -> Marking | None:
        """How *model* marks its thinking; None where that is not known. At most one read a minute."""
        if self._known.get(model) == _ORDER[-1]:
            return _ORDER[-1]
        seen = _marking_in(self._items.read(model))
        found = [each for each in (self._known.get(model), seen) if each is not None]
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
        # The release before reads whether there are tags. Where the condition fails another environment has seen more.
        values = {"marking": marking, "tagged": marking != "none"}
        self._items.write(model, values, condition=any_of(absent("marking"), *weaker))


def _marking_in(item: Item | None) -> Marking | None:
    """What *item* says; nothing where the release before wrote it, which did not tell missing opening tags."""
    return next((each for each in _ORDER if item is not None and item.get("marking") == each), None)
