"""Quote text from users in a prompt: neutralise control tokens, and enclose it in tags that it cannot close."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping

from stepwise.text.invisible import without_invisible

__all__ = ["fenced", "neutral"]

# The model host reads ``<|…|>`` anywhere in a text as a control token. ``0 < |x|`` is none.
_CONTROL_TOKEN = re.compile(r"<(?=[|｜][^<>|｜\n]{0,80}[|｜]>)")
_SURROGATE = re.compile("[\ud800-\udfff]")


def neutral(text: str) -> str:
    """*text* without control tokens, invisible characters and lone surrogates."""
    return _CONTROL_TOKEN.sub("< ", without_invisible(_SURROGATE.sub("\ufffd", text)))


def fenced(texts: Mapping[str, str]) -> dict[str, str]:
    """Each text, neutralised, between tags of its name: ``<problem-1a2b3c4d>…</problem-1a2b3c4d>``.

    The number is 8 hex digits of a SHA-256 of all the texts, chosen so that no text contains it. So no text can close
    its own tags or open another's. The same texts always get the same tags.
    """
    texts = {name: neutral(text) for name, text in texts.items()}
    whole = "\0".join(f"{name}\0{text}" for name, text in texts.items())
    folded = unicodedata.normalize("NFKC", whole).casefold()
    number, attempt = _number(whole), 0
    while number in folded:
        attempt += 1
        number = _number(f"{attempt}\0{whole}")
    return {name: f"<{name}-{number}>\n{text}\n</{name}-{number}>" for name, text in texts.items()}


def _number(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
