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

    def applied(self, wait: float, *, at_once: bool = False) -> str:
        """Value of ``Preference-Applied``; *wait* is what was honoured, in seconds.

        An answer that was there *at_once*, though nobody would have waited for it, is not an asynchronous one.
        """
        parts = []
        if self.respond_async and not (at_once and self.wait is None):
            parts.append("respond-async")
        if self.wait is not None:
            parts.append(f"wait={wait:g}")
        if self.strict:
            parts.append("handling=strict")
        return ", ".join(parts)
