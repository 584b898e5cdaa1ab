"""Read ``Prefer`` (RFC 7240), ``Cache-Control`` (RFC 9111) and ``Idempotency-Key``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from stepwise.answering.preferences import Preferences
from stepwise.errors import InvalidRequest, Pointer

__all__ = ["preference_applied", "read_preferences"]

_LONGEST = 1_000
_PREFERENCE = re.compile(
    r'\s*([!#$%&\'*+.^_`|~0-9A-Za-z-]+)\s*(?:=\s*("[^"]*"|[^\s;,]*))?\s*(?:;.*)?', re.DOTALL
)
_ELEMENT = re.compile(r'(?:"[^"]*"|[^,])+')
"""One element of a header's list; quoted strings may contain commas."""
_MAX_WAIT = 86_400


def read_preferences(headers: Mapping[str, str]) -> Preferences:
    """The preferences in *headers* (names in lower case); unknown ones are ignored, as RFC 7240 demands.

    Raises:
        InvalidRequest: an Idempotency-Key that is empty, too long or not printable ASCII.
    """
    prefer = _preferences(headers.get("prefer", ""))
    cache = {part.split("=")[0].strip().lower() for part in headers.get("cache-control", "").split(",")}
    wait = prefer.get("wait", "")
    return Preferences(
        wait=min(float(wait), _MAX_WAIT) if re.fullmatch(r"[0-9]+", wait) else None,
        respond_async="respond-async" in prefer,
        strict=prefer.get("handling", "") == "strict",
        no_cache="no-cache" in cache,
        no_store="no-store" in cache,
        idempotency_key=_idempotency_key(headers),
    )


def _preferences(value: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in _ELEMENT.findall(value[:_LONGEST]):
        match = _PREFERENCE.fullmatch(part)
        if match:  # the first of equal names counts (RFC 7240, section 2)
            found.setdefault(match[1].lower(), (match[2] or "").strip('"').lower())
    return found


def _idempotency_key(headers: Mapping[str, str]) -> str:
    if "idempotency-key" not in headers:
        return ""
    key = headers["idempotency-key"].strip()
    if not 1 <= len(key) <= 255 or not key.isascii() or not key.isprintable():
        raise InvalidRequest(
            "The Idempotency-Key is invalid.",
            errors=(
                Pointer("", "idempotency_key", "Idempotency-Key takes 1 to 255 printable ASCII characters."),
            ),
        )
    return key


def preference_applied(preferences: Preferences, wait: float, *, at_once: bool = False) -> str:
    """Value of ``Preference-Applied``; *wait* is the applied wait in seconds.

    ``respond-async`` was not applied if the answer was available *at_once*.
    """
    parts = []
    if preferences.respond_async and not (at_once and preferences.wait is None):
        parts.append("respond-async")
    if preferences.wait is not None:
        parts.append(f"wait={wait:g}")
    if preferences.strict:
        parts.append("handling=strict")
    return ", ".join(parts)
