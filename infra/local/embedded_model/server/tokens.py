"""Text into tokens: a word, up to three digits, a CJK character or a sign, with the space before it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

__all__ = ["count", "prompt_tokens", "split"]

# No look-behind: the rest of a text, cut at a token's end, splits as it did within the whole.
_TOKEN = re.compile(r"\s*(?:[A-Za-z\u00c0-\u024f]{1,16}|[0-9]{1,3}|[^\sA-Za-z\u00c0-\u024f0-9])|\s+")
_TEMPLATE_TOKENS = 4


def split(text: str) -> Iterator[str]:
    """Tokens of *text*, which put together again are *text*."""
    return (match.group() for match in _TOKEN.finditer(text))


def count(text: str) -> int:
    """How many tokens *text* has."""
    return sum(1 for _ in _TOKEN.finditer(text))


def prompt_tokens(contents: Sequence[str]) -> int:
    """Tokens of a prompt of these messages, each with the marks that a chat template puts around it."""
    return sum(count(content) + _TEMPLATE_TOKENS for content in contents)
