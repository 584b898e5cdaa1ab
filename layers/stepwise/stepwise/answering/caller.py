"""Who asks, and how long there is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stepwise.answering.dependencies import Dependencies
from stepwise.answering.preferences import Preferences
from stepwise.answering.timings import TIMINGS

__all__ = ["Caller", "wait_of"]


@dataclass(frozen=True)
class Caller:
    """Who asks, and how long there is. *partner* is a digest of the API key's id."""

    partner: str
    preferences: Preferences
    started: float
    """On the monotonic clock."""
    remaining: Callable[[], float]
    """Seconds that the function has left."""
    correlation_id: str = ""
    """On every line of the log about this request, in whatever function."""

    def since(self, deps: Dependencies) -> float:
        """When the client asked, in epoch seconds."""
        return deps.clock() - (deps.monotonic() - self.started)


def wait_of(deps: Dependencies, caller: Caller) -> float:
    """Seconds that this request waits at most, from its start."""
    wanted = caller.preferences.wait
    settings = deps.settings
    waited = deps.monotonic() - caller.started
    return max(
        0.0,
        min(
            settings.default_wait if wanted is None else wanted,
            settings.gateway_timeout - TIMINGS.gateway_margin,
            waited + caller.remaining() - TIMINGS.function_margin,
        ),
    )
