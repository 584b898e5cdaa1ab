"""How long the model host reads a token of a prompt: learned for a model and deployment.

Ollama notices a client that left only when it writes the next token, so a call that is closed before its first token
goes on being read. How long is not to be asked for; it is estimated from what the host measured before.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from stepwise.observability import tolerated
from stepwise.storage.table import Table, TableError

__all__ = ["PromptSpeed"]

_PARTITION = "pace"
_LOOK_AGAIN_SECONDS = 60.0
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
        self._table = table
        self._clock = clock
        self._known: dict[str, _Measured] = {}
        self._look_at: dict[str, float] = {}

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
        try:
            self._table.put(
                {
                    "pk": _PARTITION,
                    "sk": f"prompt#{model}",
                    "ms_per_token": round(found * 1000, 4),
                    "until": round(now + _STANDS_SECONDS),
                }
            )
        except TableError as error:
            # This environment knows it; a slower measure or another environment tries to store one again.
            tolerated(error, "table_unavailable", "how long the host reads a prompt was not recorded")

    def _measured(self, model: str) -> _Measured | None:
        now = self._clock()
        if now < self._look_at.get(model, 0.0):
            return self._known.get(model)
        self._look_at[model] = now + _LOOK_AGAIN_SECONDS
        try:
            item = self._table.get(_PARTITION, f"prompt#{model}")
        except TableError as error:
            tolerated(error, "table_unavailable", "how long the host reads a prompt was not read")
            return self._known.get(model)
        if item is not None:
            self._known[model] = _Measured(float(item["ms_per_token"]) / 1000, float(item["until"]))
        return self._known.get(model)
