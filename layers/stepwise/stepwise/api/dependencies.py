"""What the endpoints get handed in."""

from __future__ import annotations

from dataclasses import dataclass

from stepwise.answering.dependencies import Dependencies
from stepwise.api.idempotency import Idempotency

__all__ = ["ApiDependencies"]


@dataclass(frozen=True)
class ApiDependencies(Dependencies):
    """All that answering needs, and the replies by Idempotency-Key (None where there is no table)."""

    idempotency: Idempotency | None = None
