"""The dependencies of the endpoints."""

from __future__ import annotations

from dataclasses import dataclass

from stepwise.answering.dependencies import Dependencies
from stepwise.api.idempotency import Idempotency

__all__ = ["ApiDependencies"]


@dataclass(frozen=True)
class ApiDependencies(Dependencies):
    """The dependencies of the use cases, and the replies by Idempotency-Key (None without a table)."""

    idempotency: Idempotency | None = None
