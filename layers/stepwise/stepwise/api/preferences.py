"""What a client prefers: ``Prefer`` (RFC 7240), ``Cache-Control`` (RFC 9111), ``Idempotency-Key``."""

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
"""One element of a list; a comma inside quotes belongs to it."""
_MAX_WAIT = 86_400


def read_preferences(headers: Mapping[str, str]) -> Preferences:
    """Preferences of *headers* (names in lower case); what is not understood is ignored, as RFC 7240 asks.

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
        if match:  # the first of a name counts (RFC 7240, section 2)
            found.setdefault(match[1].lower(), (match[2] or "").strip('"').lower())
    return found


def _idempotency_key(headers: Mapping[str, str]) -> str:
    if "idempotency-key" not in headers:
        return ""
    key = headers["idempotency-key"].strip()
    if not 1 <= len(key) <= 255 or not key.isascii() or not key.isprintable():
        raise InvalidRequest(
            "The Idempotency-Key does not fit.",
            errors=(
                Pointer("", "idempotency_key", "Idempotency-Key takes 1 to 255 printable ASCII characters."),
            ),
        )
    return key


def preference_applied(preferences: Preferences, wait: float, *, at_once: bool = False) -> str:
    """Value of ``Preference-Applied``; *wait* is what was honoured, in seconds.

    An answer that was there *at_once*, though nobody would have waited for it, is not an asynchronous one.
    """
    parts = []
    if preferences.respond_async and not (at_once and preferences.wait is None):
        parts.append("respond-async")
    if preferences.wait is not None:
        parts.append(f"wait={wait:g}")
    if preferences.strict:
        parts.append("handling=strict")
    return ", ".join(parts)
