"""What the use cases give back: values, of which the api makes HTTP."""

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
    """Seconds that an answer which was there is still kept."""
    age: float = 0.0
    """Seconds since it was stored."""
    bypassed: bool = False
    """The answer is nobody else's: the cache has nothing to do with it."""
    stored: bool = False
    collapsed: bool = False
    """Another request asked for the same answer at the same time."""


@dataclass(frozen=True)
class Answered:
    """The answer, as this client sees it; see :meth:`stepwise.answering.tasks.task.Task.present`."""

    body: Mapping[str, Any]
    cache: CacheUse = field(default_factory=CacheUse)


@dataclass(frozen=True)
class Accepted:
    """The answer comes later, as a job."""

    job_id: str
    status: str
    queue_position: int | None
    retry_after: int
    """Seconds after which it is likely to be ready, at most half a minute."""
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
    """Seconds after which to ask again; None when it has ended."""
