"""One message of a conversation."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Message"]


@dataclass(frozen=True)
class Message:
    """One turn of a conversation."""

    role: str
    content: str
