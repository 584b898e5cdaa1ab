"""What a client prefers: how long to wait, and whether an answer may be reused or kept."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Preferences"]


@dataclass(frozen=True)
class Preferences:
    """``wait`` is in seconds, None where the client does not say; with it ``respond_async`` waits so long first."""

    wait: float | None = None
    respond_async: bool = False
    strict: bool = False
    no_cache: bool = False
    no_store: bool = False
    idempotency_key: str = ""
