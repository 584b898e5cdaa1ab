"""Invisible characters: Unicode's property Default_Ignorable_Code_Point.

Source: DerivedCoreProperties.txt of Unicode 16.0 (4,174 code points; Python's ``unicodedata`` does not have the property).
Two texts that differ only in them look the same to a person but not to a model.
"""

from __future__ import annotations

import re

__all__ = ["DEFAULT_IGNORABLE", "without_invisible"]

DEFAULT_IGNORABLE: tuple[tuple[int, int], ...] = (
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)
"""First and last code point of each range."""

_INVISIBLE = re.compile(
    "[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in DEFAULT_IGNORABLE) + "]+"
)


def without_invisible(text: str) -> str:
    """*text* without its default-ignorable code points."""
    return _INVISIBLE.sub("", text)
