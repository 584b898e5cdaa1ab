"""Return values of the use cases; ``api`` makes HTTP responses from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stepwise.errors import StepwiseError

__all__ = ["Accepted", "Answered", "CacheUse", "JobView"]


@dataclass(frozen=True)
class CacheUse:
    """What the answer cache did for one request."""

    hit: bool = False
    ttl: float = 0.0
    """Seconds until a cached answer expires."""
    age: float = 0.0
    """Seconds since it was stored."""
    bypassed: bool = False
    """The cache was neither read nor written: the answer is not shared."""
    stored: bool = False
    collapsed: bool = False
    """Another request asked for the same answer at the same time."""


@dataclass(frozen=True)
class Answered:
    """The 200 body for one client; see :meth:`stepwise.answering.tasks.task.Task.present`."""

    body: Mapping[str, Any]
    cache: CacheUse = field(default_factory=CacheUse)


@dataclass(frozen=True)
class Accepted:
    """A job: the answer will be ready later."""

    job_id: str
    status: str
    queue_position: int | None
    retry_after: int
    """Expected seconds until it is ready, at most 30."""
    cache: CacheUse


@dataclass(frozen=True)
class JobView:
    """A job as its client sees it. Times are epoch milliseconds."""

    id: str
    kind: str
    status: str
    queue_position: int | None
    created_at: int
    completion_tokens: int
    result: Mapping[str, Any] | None
    error: StepwiseError | None
    retry_after: int | None
    """Seconds until the next look-up; None if it has ended."""
