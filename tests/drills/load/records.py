"""What partners and the model host saw. Times are in seconds on the monotonic clock."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field

__all__ = ["Asked", "Exchange", "Span", "median_time"]


@dataclass(frozen=True)
class Span:
    """A generation of the model host for one problem."""

    problem: str
    begin: float
    end: float


@dataclass(frozen=True)
class Exchange:
    """A request and its reply; *status* is 0 where the connection broke."""

    what: str
    wait: float
    took: float
    status: int


@dataclass
class Asked:
    """One problem of one partner, from its first request to the answer."""

    partner: str
    problem: str
    sent: float
    exchanges: list[Exchange] = field(default_factory=list)
    replied: float = 0.0
    """When the first request was answered."""
    retry_after: int = 0
    end: str = ""
    """``succeeded``, ``refused``, or what went wrong."""
    ended: float = 0.0

    @property
    def refused(self) -> bool:
        return self.end == "refused"


def median_time(asked: Iterable[Asked]) -> float:
    """Median of the seconds until the answer, of those that were answered; 0 where none was."""
    times = [one.ended - one.sent for one in asked if one.end == "succeeded"]
    return statistics.median(times) if times else 0.0
