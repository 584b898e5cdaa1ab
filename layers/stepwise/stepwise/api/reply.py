"""Make HTTP replies of the return values of the use cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from stepwise.answering.outcomes import Accepted, Answered, CacheUse, JobView
from stepwise.errors import problem

__all__ = ["Page", "Reply", "cache_headers", "cache_status", "job_reply", "reply_to"]


@dataclass(frozen=True)
class Reply:
    """Status, body and own headers of a response; ``app`` adds the headers that all responses have."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """A response that is not JSON: a text with its type; ``app`` adds to its headers too."""

    status: int
    content_type: str
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


def reply_to(outcome: Answered | Accepted) -> Reply:
    """200 for an answer, 202 with ``Location`` for a job."""
    headers = cache_headers(outcome.cache)
    if isinstance(outcome, Answered):
        return Reply(200, outcome.body, headers)
    status_url = f"/v1/jobs/{outcome.job_id}"
    body = {
        "id": outcome.job_id,
        "status": outcome.status,
        "queue_position": outcome.queue_position,
        "status_url": status_url,
    }
    return Reply(202, body, {"Location": status_url, "Retry-After": str(outcome.retry_after), **headers})


def job_reply(job: JobView, instance: str) -> Reply:
    """The reply with a job; *instance* is the request's id."""
    headers = {} if job.retry_after is None else {"Retry-After": str(job.retry_after)}
    body = {
        "id": job.id,
        "kind": job.kind,
        "status": job.status,
        "queue_position": job.queue_position,
        "created_at": datetime.fromtimestamp(job.created_at / 1000, UTC).isoformat(timespec="milliseconds"),
        "progress": {"completion_tokens": job.completion_tokens},
        "result": job.result,
        "error": None if job.error is None else problem(job.error, instance),
    }
    return Reply(200, body, headers)


def cache_headers(use: CacheUse) -> dict[str, str]:
    """``Cache-Status``, and for an answer that was there its ``Age`` (RFC 9111)."""
    headers = {"Cache-Status": cache_status(use)}
    if use.hit:
        headers["Age"] = str(max(0, int(use.age)))
    return headers


def cache_status(use: CacheUse) -> str:
    """Value of ``Cache-Status`` (RFC 9211)."""
    if use.hit:
        return f"stepwise; hit; ttl={max(0, round(use.ttl))}"
    parts = ["stepwise", f"fwd={'bypass' if use.bypassed else 'miss'}"]
    if use.stored:
        parts.append("stored")
    if use.collapsed:
        parts.append("collapsed")
    return "; ".join(parts)
