"""The client of a request, and the time that is left for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stepwise.answering.dependencies import Dependencies
from stepwise.answering.preferences import Preferences
from stepwise.answering.timings import TIMINGS

__all__ = ["Caller", "wait_of"]


@dataclass(frozen=True)
class Caller:
    """The client of a request and its time limits. *partner* is a digest of the API key's id."""

    partner: str
    preferences: Preferences
    started: float
    """When the request reached the gateway, on this function's monotonic clock."""
    remaining: Callable[[], float]
    """Seconds that the function has left."""
    correlation_id: str = ""
    """On every log line about this request, in every function."""

    def since(self, deps: Dependencies) -> float:
        """When the client asked, in epoch seconds."""
        return deps.clock() - (deps.monotonic() - self.started)


def wait_of(deps: Dependencies, caller: Caller) -> float:
    """Longest time in seconds that this request waits, from its arrival at the gateway."""
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
