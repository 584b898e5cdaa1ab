"""What a client gets, before it is HTTP: status, body, headers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stepwise.coordination.coordination import Coordination
from stepwise.coordination.jobs import Job, status_of
from stepwise.coordination.runs import Run

__all__ = ["Reply", "accepted", "cache_status_hit", "cache_status_miss", "queue_position"]


@dataclass(frozen=True)
class Reply:
    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


def accepted(shared: Coordination, job: Job, run: Run) -> Reply:
    """202: the answer comes later, under ``Location``."""
    position = queue_position(shared, run)
    status_url = f"/v1/jobs/{job.id}"
    body = {
        "id": job.id,
        "status": status_of(job, run),
        "queue_position": position,
        "status_url": status_url,
    }
    retry_after = shared.admission.time_until_turn(position or 0)
    headers = {"Location": status_url, "Retry-After": str(min(retry_after, 30))}
    return Reply(202, body, headers)


def queue_position(shared: Coordination, run: Run) -> int | None:
    """How many answers wait before this one; None when it does not wait."""
    if run.status != "queued":
        return None
    return shared.admission.ahead_of(run.id) or 0


def cache_status_hit(ttl: float) -> str:
    """``Cache-Status`` (RFC 9211) of an answer that was there."""
    return f"stepwise; hit; ttl={max(0, round(ttl))}"


def cache_status_miss(*, stored: bool = False, collapsed: bool = False, forward: str = "miss") -> str:
    """``Cache-Status`` (RFC 9211) of an answer that was not; *collapsed* is one that another request asked for."""
    parts = ["stepwise", f"fwd={forward}"]
    if stored:
        parts.append("stored")
    if collapsed:
        parts.append("collapsed")
    return "; ".join(parts)
