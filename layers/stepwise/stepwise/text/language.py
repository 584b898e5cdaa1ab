"""Which language a text is in: Chinese or English."""

from __future__ import annotations

import re
from typing import Literal

from stepwise.text.math_regions import mask

__all__ = ["Language", "detect"]

Language = Literal["zh", "en"]

# CJK ideographs with extension A and the compatibility block; the supplementary planes hold the rest.
_IDEOGRAPH = re.compile("[㐀-䶿一-鿿豈-\ufaff\U00020000-\U0003ffff]")
# Punctuation of Chinese text: decides only where there is no word in any language.
_WIDE_PUNCTUATION = re.compile("[，。．？！；：、（）【】“”]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
# What mathematics writes with letters in any language.
_NEUTRAL = "sin cos tan cot sec csc arcsin arccos arctan ln log lg exp lim max min mod gcd lcm det pi sqrt abs frac cm mm km kg ml"
_NEUTRAL_WORDS = frozenset(_NEUTRAL.split())


def detect(text: str) -> Language:
    """``"zh"`` when the prose of *text* is Chinese, else ``"en"``.

    A Chinese sentence says in one character what an English one says in a word, so ideographs are weighed against
    words, and mathematics counts for neither. Chinese names in an English text leave it English. A text without prose
    is Chinese if its punctuation is (``98/16×112=．``), else English.
    """
    prose = mask(text)
    ideographs = len(_IDEOGRAPH.findall(prose)) or len(_IDEOGRAPH.findall(text))
    words = sum(1 for word in _LATIN_WORD.findall(prose) if word.lower() not in _NEUTRAL_WORDS)
    if not ideographs and not words:
        return "zh" if _WIDE_PUNCTUATION.search(prose) else "en"
    return "zh" if ideographs > words else "en"
