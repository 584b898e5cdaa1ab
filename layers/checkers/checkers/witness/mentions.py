"""The quantities that a problem states, in digits and in words, in English and Chinese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from checkers.mathematics.problem.phrases import NUMERALS

__all__ = ["Mention", "mentions", "occurrences", "words_of"]

_LATEX = (
    (re.compile(r"\\[dt]?frac\s*\{\s*(\d+)\s*\}\s*\{\s*(\d+)\s*\}"), r" \1/\2 "),
    (re.compile(r"\\(?:text|mathrm|mbox)\s*\{([^{}]*)\}"), r" \1 "),
    (re.compile(r"\\([$%])"), r"\1"),
    (re.compile(r"\{,\}|(?<=\d),(?=\d{3}(?!\d))"), ""),
)
_WORD = re.compile(r"\d+(?:\.\d+)?|\.\d+|[^\W\d_]+|[%$¥/]")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")

_BELOW_HUNDRED = NUMERALS | dict(
    zip(["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(30, 100, 10), strict=True)
)
_POWERS = {"hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9}
_TIMES = {
    "once": 1,
    "twice": 2,
    "double": 2,
    "doubles": 2,
    "doubled": 2,
    "thrice": 3,
    "triple": 3,
    "triples": 3,
    "tripled": 3,
    "quadruple": 4,
    "pair": 2,
    "couple": 2,
    "dozen": 12,
    "dozens": 12,
}
_PARTS = {
    "half": 2,
    "halves": 2,
    "third": 3,
    "thirds": 3,
    "quarter": 4,
    "quarters": 4,
    "fourth": 4,
    "fourths": 4,
    "fifth": 5,
    "fifths": 5,
    "sixth": 6,
    "sixths": 6,
    "seventh": 7,
    "sevenths": 7,
    "eighth": 8,
    "eighths": 8,
    "ninth": 9,
    "ninths": 9,
    "tenth": 10,
    "tenths": 10,
}
_CHINESE_DIGITS = dict(zip("零一二三四五六七八九", range(10), strict=True)) | {"〇": 0, "两": 2}
_CHINESE_POWERS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 10**8}
_CHINESE_NUMERALS = frozenset(_CHINESE_DIGITS) | frozenset(_CHINESE_POWERS)
_CHINESE_FACTORS = {"打": 12, "双": 2, "对": 2}


@dataclass(frozen=True)
class Mention:
    """What the words from ``start`` to ``end`` (not included) can stand for: 20 % is 20 or 1/5."""

    values: frozenset[Fraction]
    start: int
    end: int


def words_of(text: str) -> list[str]:
    """*text* as words, numbers and ideographs, in lower case and without punctuation."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("￥", "¥").replace("-", " ")
    for pattern, spelling in _LATEX:
        text = pattern.sub(spelling, text)
    found: list[str] = []
    for word in _WORD.findall(text):
        found.extend(word if _IDEOGRAPH.search(word) else [word])
    return found


def occurrences(words: Sequence[str], among: Sequence[str]) -> list[int]:
    """The places in *among* where *words* stand side by side."""
    size = len(words)
    if not size:
        return []
    return [at for at in range(len(among) - size + 1) if list(among[at : at + size]) == list(words)]


def mentions(words: Sequence[str]) -> list[Mention]:
    """The quantities that *words* state, none of which overlap."""
    found: list[Mention] = []
    at = 0
    while at < len(words):
        mention = _mention(words, at)
        if mention is None:
            at += 1
        else:
            found.append(mention)
            at = mention.end
    return found


def _mention(words: Sequence[str], at: int) -> Mention | None:
    for read in (_digits, _english, _chinese):
        found = read(words, at)
        if found is not None:
            value, end = found
            return _with_unit(words, value, at, end)
    return None


def _with_unit(words: Sequence[str], value: Fraction, at: int, end: int) -> Mention:
    """The values that a number has with what stands behind it: a percent sign, "dozen", 折."""
    after = words[end] if end < len(words) else ""
    values = {value}
    if after in ("%", "percent"):
        return Mention(frozenset({value, value / 100}), at, end + 1)
    if after in ("cent", "cents", "分"):
        values.add(value / 100)
    if after in ("成", "折"):
        tenths = value if value < 10 else value / 10
        return Mention(frozenset({value, tenths / 10}), at, end + 1)
    factor = _POWERS.get(after) or _CHINESE_POWERS.get(after)
    if factor:
        return Mention(frozenset({value * factor}), at, end + 1)
    factor = 12 if after in ("dozen", "dozens") else _CHINESE_FACTORS.get(after)
    if factor:
        values.add(value * factor)
    return Mention(frozenset(values), at, end)


def _digits(words: Sequence[str], at: int) -> tuple[Fraction, int] | None:
    """`3`, `2.5`, `3/4`, `1 1/2`."""
    if not _is_number(words[at]):
        return None
    value, end = Fraction(words[at]), at + 1
    fraction = _fraction(words, at)
    if fraction is not None:
        return fraction, at + 3
    mixed = _fraction(words, end) if end < len(words) else None
    return (value + mixed, end + 3) if mixed is not None and mixed < 1 else (value, end)


def _fraction(words: Sequence[str], at: int) -> Fraction | None:
    part = words[at : at + 3]
    if len(part) == 3 and part[1] == "/" and part[0].isdecimal() and part[2].isdecimal() and int(part[2]):
        return Fraction(int(part[0]), int(part[2]))
    return None


def _is_number(word: str) -> bool:
    return word[:1].isascii() and (word[:1].isdecimal() or word[:1] == ".") and len(word) <= 20


def _english(words: Sequence[str], at: int) -> tuple[Fraction, int] | None:
    """`twenty five`, `two hundred and six`, `two thirds`, `a half`, `twice`."""
    word = words[at]
    if word in _TIMES:
        return Fraction(_TIMES[word]), at + 1
    if word in _PARTS:
        return Fraction(1, _PARTS[word]), at + 1
    total, current, end = 0, 0, at
    while end < len(words):
        word = words[end]
        if word in _BELOW_HUNDRED:
            current += _BELOW_HUNDRED[word]
        elif word in _POWERS and end > at:
            current = (current or 1) * _POWERS[word]
            if _POWERS[word] > 100:
                total, current = total + current, 0
        elif not (word == "and" and end > at and words[end - 1] in _POWERS and _goes_on(words, end + 1)):
            break
        end += 1
    if end == at:
        return None
    value = Fraction(total + current)
    if end < len(words) and words[end] in _PARTS and 0 < value < 20:
        return value / _PARTS[words[end]], end + 1
    return value, end


def _goes_on(words: Sequence[str], at: int) -> bool:
    return at < len(words) and words[at] in _BELOW_HUNDRED


def _chinese(words: Sequence[str], at: int) -> tuple[Fraction, int] | None:
    """`十二`, `两百零六`, `三分之二`, `百分之二十`, `一半`."""
    if words[at] == "半":
        return Fraction(1, 2), at + 1
    number = _chinese_number(words, at)
    if number is None:
        return None
    value, end = number
    if list(words[end : end + 2]) == ["分", "之"]:
        above = _chinese_number(words, end + 2)
        if above is None and end + 2 < len(words) and _is_number(words[end + 2]):
            above = (Fraction(words[end + 2]), end + 3)
        if above is not None and value:
            return above[0] / value, above[1]
    if value == 1 and end < len(words) and words[end] == "半":
        return Fraction(1, 2), end + 1
    return value, end


def _chinese_number(words: Sequence[str], at: int) -> tuple[Fraction, int] | None:
    total = section = digit = 0
    end = at
    while end < len(words) and end - at < 16 and words[end] in _CHINESE_NUMERALS:
        word = words[end]
        if word in _CHINESE_DIGITS:
            digit = _CHINESE_DIGITS[word]
        elif _CHINESE_POWERS[word] < 10_000:
            section += (digit or 1) * _CHINESE_POWERS[word]
            digit = 0
        else:
            total = (total + section + digit) * _CHINESE_POWERS[word]
            section = digit = 0
        end += 1
    return (Fraction(total + section + digit), end) if end > at else None
