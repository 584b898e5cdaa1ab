"""Words that a solver understands: all words around the formulas have to be among them."""

from __future__ import annotations

import re

__all__ = ["Phrases"]

_ENGLISH_FILLERS = (
    "please|can you|could you|help me|i need to|the|following|given|this|that|is|are|what|what's|whats|find|determine|"
    "value|values|of|for|and|all|real|a|an|me|now|let|us|to|in|it|its|exact|show your work|"
    "step by step|with steps|answer|problem|question|homework|hello|hi|thanks|thank you|get|give|result"
)
_CHINESE_FILLERS = (
    "请你|请问|请|帮我|帮忙|求出|求|下列|下面|以下|这个|这道题|题目|题|的值|的结果|值|结果|的|是多少|等于多少|等于几|"
    "多少|几|是什么|什么|是|等于|为|得|和|与|及|并|写出|过程|步骤|详细|其中|已知|问题|一下|你好|谢谢|吗|呢|在|关于"
)


class Phrases:
    """Understands a text whose words are fillers and *english* or *chinese* phrases (alternatives of a pattern)."""

    def __init__(self, english: str, chinese: str) -> None:
        words = rf"(?:{english}|{_ENGLISH_FILLERS})"
        self._english = re.compile(rf"(?:{words}(?:\s+|$))*")
        self._chinese = re.compile(rf"(?:(?:{chinese}|{_CHINESE_FILLERS})\s*)*")
        self._either = re.compile(rf"(?:{chinese}|\b(?:{english})\b)")

    def understand(self, words: str) -> bool:
        """Whether every word of *words* is known here."""
        return bool(self._english.fullmatch(words) or self._chinese.fullmatch(words))

    def command(self, words: str) -> bool:
        """Whether every word is known, and one of them is more than a filler."""
        return self.understand(words) and bool(self._either.search(words))
