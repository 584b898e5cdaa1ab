"""Go's durations, as ``keep_alive`` takes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

__all__ = ["DEFAULT", "FOREVER", "DurationError", "expiry", "keep_alive"]

# Ollama's default, and the longest time that Go can say (2^63 nanoseconds).
DEFAULT = timedelta(minutes=5)
FOREVER = timedelta(microseconds=(2**63 - 1) // 1000)
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h|)")


class DurationError(ValueError):
    """A ``keep_alive`` that Go does not read; its text is Go's."""


def keep_alive(value: object) -> timedelta:
    """How long the model stays after a request; a negative value means for ever.

    A number is in seconds, a string is a Go duration such as ``30m`` or ``1h15m``.

    Raises:
        DurationError: neither of them.
    """
    if value is None:
        return DEFAULT
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise DurationError(f"Unsupported type: '{type(value).__name__}'")
    seconds = float(value) if isinstance(value, (int, float)) else _seconds(value)
    if seconds < 0 or seconds >= FOREVER.total_seconds():
        return FOREVER
    return timedelta(seconds=seconds)


def expiry(now: datetime, stay: timedelta) -> datetime:
    """When a model that may stay for *stay* goes; never later than a date can say."""
    try:
        return now + stay
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _seconds(text: str) -> float:
    sign = -1.0 if text.startswith("-") else 1.0
    rest = text.lstrip("+-") if text[:1] in {"+", "-"} else text
    if rest == "0":
        return 0.0
    total, at = 0.0, 0
    while at < len(rest):
        part = _PART.match(rest, at)
        if part is None:
            break
        if not part[2]:
            raise DurationError(f'time: missing unit in duration "{text}"')
        total += float(part[1]) * _SECONDS[part[2]]
        at = part.end()
    if not rest or at < len(rest):
        raise DurationError(f'time: invalid duration "{text}"')
    return sign * total
