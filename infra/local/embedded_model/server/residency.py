"""Whether the model is loaded, until when, and with which context: what ``/api/ps`` tells."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from embedded_model.server import durations, model_card

__all__ = ["Residency"]


class Residency:
    """The state of the one model. There is nothing to load, but clients rely on the signs of it."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._expires_at: datetime | None = None
        self._num_ctx = 0
        self._running = 0
        self._stay = durations.DEFAULT

    def load(self, num_ctx: int, stay: timedelta) -> None:
        """The model is used now: it stays for *stay* from here, with a context of *num_ctx* tokens."""
        self._num_ctx, self._stay = num_ctx, stay
        self._expires_at = durations.expiry(self._now(), stay)

    def unload(self) -> None:
        """The model leaves at once."""
        self._expires_at = None

    def begin(self, num_ctx: int, stay: timedelta) -> None:
        """A generation starts: the model cannot leave before it ends."""
        self.load(num_ctx, stay)
        self._running += 1

    def end(self) -> None:
        """A generation has ended: its time to stay starts now."""
        self._running -= 1
        self._expires_at = durations.expiry(self._now(), self._stay)

    def models(self) -> list[dict[str, Any]]:
        """The entries of ``/api/ps``: none or one."""
        if self._expires_at is None or (self._expires_at <= self._now() and not self._running):
            return []
        return [model_card.resident(self._expires_at, self._num_ctx)]
