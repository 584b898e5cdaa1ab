"""Why a check ended without a result."""

from __future__ import annotations

from typing import Any, Literal, get_args

__all__ = ["Cause", "CheckFailed", "CheckKilled", "cause_of"]

Cause = Literal["time", "memory", "crashed", "not_installed"]
"""Why a check has no result: over its time, over its memory, failed, or its packages are missing."""


class CheckKilled(Exception):
    """A check that ended without a result.

    `reason` is a sentence for logs, without any text of the check.
    """

    def __init__(self, reason: str, cause: Cause = "crashed") -> None:
        super().__init__(reason)
        self.reason = reason
        self.cause: Cause = cause


class CheckFailed(CheckKilled):
    """A check that raised an error; its process is used again."""


def cause_of(reply: dict[str, Any]) -> Cause:
    """The cause that a checking process named."""
    found: Cause = next((cause for cause in get_args(Cause) if cause == reply.get("cause")), "crashed")
    return found
