"""How long the model host reads a token of a prompt: learned for a model and deployment.

Ollama notices a client that left only when it writes the next token, so a call that is closed before its first token
goes on being read. How long is not to be asked for; it is estimated from what the host measured before.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from stepwise.coordination.model_items import ModelItems
from stepwise.storage.table import Item, Key, Table

__all__ = ["PromptSpeed"]

_STANDS_SECONDS = 86_400.0
_LEAST_TOKENS = 16
_MUCH_SLOWER = 1.1


@dataclass(frozen=True)
class _Measured:
    seconds_per_token: float
    until: float


class PromptSpeed:
    """The slowest measure of the last day, kept in the table and for a minute in the memory of the environment.

    The slowest, as the host counts the tokens that it had in its cache but did not read again. *clock* gives epoch
    seconds. Two environments that learn at once may lose one of the two figures; it is an estimate.
    """

    def __init__(self, table: Table, *, clock: Callable[[], float] = time.time) -> None:
        self._items = ModelItems(table, "prompt", "how long the host reads a prompt", clock=clock)
        self._clock = clock
        self._known: dict[str, _Measured] = {}

    def keys(self, model: str) -> list[Key]:
        """What is to be read now of *model*, for :meth:`receive`."""
        return self._items.keys(model)

    def receive(self, model: str, keys: Sequence[Key], items: Mapping[Key, Item]) -> None:
        """Take *model*'s of the *items* that were read under *keys*."""
        self._items.receive(model, keys, items)

    def seconds(self, model: str, tokens: int) -> float | None:
        """Seconds that *model* is likely to read *tokens* tokens; None where nothing was measured yet."""
        known = self._measured(model)
        return None if known is None else known.seconds_per_token * tokens

    def learn(self, model: str, *, tokens: int, seconds: float) -> None:
        """*model* read a prompt of *tokens* tokens in so many seconds, by the host's own clock."""
        if tokens < _LEAST_TOKENS or seconds <= 0:
            return
        found, now = seconds / tokens, self._clock()
        known = self._measured(model)
        if known is not None and now < known.until and found <= known.seconds_per_token * _MUCH_SLOWER:
            return
        self._known[model] = _Measured(found, now + _STANDS_SECONDS)
        # Where it cannot be stored this environment knows it; a slower measure or another environment tries again.
        until = round(now + _STANDS_SECONDS)
        self._items.write(model, {"ms_per_token": round(found * 1000, 4), "until": until})

    def _measured(self, model: str) -> _Measured | None:
        item = self._items.read(model)
        if item is not None:
            self._known[model] = _Measured(float(item["ms_per_token"]) / 1000, float(item["until"]))
        return self._known.get(model)
