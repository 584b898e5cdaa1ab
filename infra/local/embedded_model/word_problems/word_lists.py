"""Lists of words that are written as one text."""

from __future__ import annotations

__all__ = ["NUMBER_WORDS", "word_set"]


def word_set(text: str) -> frozenset[str]:
    """The words of *text*."""
    return frozenset(text.split())


_NUMBERS = "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
NUMBER_WORDS = {word: str(value) for value, word in enumerate(_NUMBERS.split(" "), start=2)}
