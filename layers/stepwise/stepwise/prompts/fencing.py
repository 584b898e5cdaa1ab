"""Text from outside as data: without control tokens and invisible signs, between tags that it cannot close."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping

from stepwise.text.invisible import without_invisible

__all__ = ["fenced", "neutral"]

# The runner reads ``<|…|>`` as control tokens wherever it stands; ``0 < |x|`` is not one.
_CONTROL_TOKEN = re.compile(r"<(?=[|｜][^<>|｜\n]{0,80}[|｜]>)")
_SURROGATE = re.compile("[\ud800-\udfff]")


def neutral(text: str) -> str:
    """*text* as the model may see it: nothing in it is a control token, hidden, or no character at all."""
    return _CONTROL_TOKEN.sub("< ", without_invisible(_SURROGATE.sub("\ufffd", text)))


def fenced(texts: Mapping[str, str]) -> dict[str, str]:
    """Each neutral text between tags of its name, ``<problem-1a2b3c4d>…</problem-1a2b3c4d>``.

    The number is of 8 hex digits of the texts' SHA-256, and none of the texts holds it: no text can close its own tags
    or open those of another. The same texts always get the same tags.
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
