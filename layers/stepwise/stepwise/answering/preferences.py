"""A client's preferences: how long to wait, and whether a cached answer may be used or stored."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Preferences"]


@dataclass(frozen=True)
class Preferences:
    """``wait`` is in seconds, None if it was not sent; with it ``respond_async`` waits that long before the 202."""

    wait: float | None = None
    respond_async: bool = False
    strict: bool = False
    no_cache: bool = False
    no_store: bool = False
    idempotency_key: str = ""
