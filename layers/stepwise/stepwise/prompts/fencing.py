"""Text from outside as data: without control tokens and invisible signs, between tags that it cannot close."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

__all__ = ["fenced", "neutral"]

# The runner reads ``<|…|>`` as control tokens wherever it stands; ``0 < |x|`` is not one.
_CONTROL_TOKEN = re.compile(r"<(?=[|｜][^<>|｜\n]{0,80}[|｜]>)")
# Zero-width and direction signs, and the tag characters in which text can hide. Joiners stay: scripts need them.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_JOINER_OR_SPACE = re.compile(r"[\s\u200c\u200d]")


def neutral(text: str) -> str:
    """*text* as the model may see it: nothing in it is a control token, hidden, or no character at all."""
    text = _INVISIBLE.sub("", _SURROGATE.sub("\ufffd", text))
    return _CONTROL_TOKEN.sub("< ", text)


def fenced(texts: Mapping[str, str]) -> dict[str, str]:
    """Each neutral text between tags of its name, ``<problem>…</problem>``.

    If any of the texts holds anything like one of the tags, all tags get the first number that none of them holds, so
    that no text can close its own tags or open those of another. The same texts always get the same tags.
    """
    texts = {name: neutral(text) for name, text in texts.items()}
    alike = re.compile(rf"[</](?:{'|'.join(map(re.escape, texts))})(?:-(\d{{1,6}}))?")
    seen: set[str] = set()
    for text in texts.values():
        folded = _JOINER_OR_SPACE.sub("", unicodedata.normalize("NFKC", text)).casefold()
        seen.update(match[1] or "" for match in alike.finditer(folded))
    suffix = (
        ""
        if not seen
        else next(f"-{number}" for number in range(2, len(seen) + 3) if str(number) not in seen)
    )
    return {name: f"<{name}{suffix}>\n{text}\n</{name}{suffix}>" for name, text in texts.items()}
