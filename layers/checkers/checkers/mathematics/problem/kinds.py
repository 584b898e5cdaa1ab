"""Kinds of numbers: one table from words to conditions, and the test of a number against them.

A phrase is understood only when every word of it is in the table, so that no adjective is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import sympy as sp

from checkers.mathematics.formulas.compare import is_real, same
from checkers.mathematics.formulas.nodes import NotUnderstood

__all__ = ["KIND_WORDS", "is_kind", "kinds_of"]

_ENGLISH: dict[str, frozenset[str]] = {
    "positive": frozenset({"positive"}),
    "negative": frozenset({"negative"}),
    "nonnegative": frozenset({"nonnegative"}),
    "nonpositive": frozenset({"nonpositive"}),
    "nonzero": frozenset({"nonzero"}),
    "real": frozenset({"real"}),
    "reals": frozenset({"real"}),
    "complex": frozenset({"complex"}),
    "rational": frozenset({"rational"}),
    "irrational": frozenset({"irrational"}),
    "integer": frozenset({"integer"}),
    "integers": frozenset({"integer"}),
    "integral": frozenset({"integer"}),
    "whole": frozenset({"natural"}),
    "natural": frozenset({"natural"}),
    "prime": frozenset({"prime"}),
    "primes": frozenset({"prime"}),
    "composite": frozenset({"composite"}),
    "even": frozenset({"even"}),
    "odd": frozenset({"odd"}),
    "acute": frozenset({"acute"}),
    "obtuse": frozenset({"obtuse"}),
    "one-digit": frozenset({"1 digits"}),
    "two-digit": frozenset({"2 digits"}),
    "three-digit": frozenset({"3 digits"}),
    "four-digit": frozenset({"4 digits"}),
    "distinct": frozenset({"distinct"}),
    "different": frozenset({"distinct"}),
    "unequal": frozenset({"distinct"}),
}
_NOUNS = frozenset(
    [
        "number",
        "numbers",
        "constant",
        "constants",
        "value",
        "values",
        "angle",
        "angles",
        "solution",
        "solutions",
        "root",
        "roots",
        "zeros",
        "zeroes",
        "the",
        "a",
        "an",
        "all",
        "possible",
        "of",
        "any",
        "unknown",
    ]
)
_CHINESE: dict[str, frozenset[str]] = {
    "非负": frozenset({"nonnegative"}),
    "非正": frozenset({"nonpositive"}),
    "非零": frozenset({"nonzero"}),
    "非": frozenset({"?"}),
    "不": frozenset({"?"}),
    "正": frozenset({"positive"}),
    "负": frozenset({"negative"}),
    "自然数": frozenset({"natural"}),
    "整数": frozenset({"integer"}),
    "有理数": frozenset({"rational"}),
    "无理数": frozenset({"irrational"}),
    "实数": frozenset({"real"}),
    "复数": frozenset({"complex"}),
    "质数": frozenset({"prime"}),
    "素数": frozenset({"prime"}),
    "合数": frozenset({"composite"}),
    "偶数": frozenset({"even"}),
    "奇数": frozenset({"odd"}),
    "一位数": frozenset({"1 digits"}),
    "两位数": frozenset({"2 digits"}),
    "三位数": frozenset({"3 digits"}),
    "锐角": frozenset({"acute"}),
    "钝角": frozenset({"obtuse"}),
    "常数": frozenset(),
    "数": frozenset(),
    "的": frozenset(),
    "根": frozenset(),
    "解": frozenset(),
    "值": frozenset(),
}
KIND_WORDS = frozenset(_ENGLISH) | {word for word, kinds in _CHINESE.items() if kinds}
"""The words for kinds of numbers; they may only be in groups that a handler reads."""

_PIECES = re.compile("|".join(sorted(_CHINESE, key=len, reverse=True)))


def kinds_of(words: str) -> frozenset[str]:
    """The kinds that a phrase such as `positive integers` or `非负整数` names. Raises `NotUnderstood`."""
    phrase = re.sub(r"\bnon-(?=negative|positive|zero)", "non", words.lower())
    found: set[str] = set()
    for piece in re.findall(r"[a-z]+(?:-[a-z]+)*|[\u4e00-\u9fff]+|[^\s,]", phrase):
        if piece in _NOUNS:
            continue
        if piece in _ENGLISH:
            found |= _ENGLISH[piece]
        elif re.fullmatch(r"[\u4e00-\u9fff]+", piece):
            found |= _chinese(piece)
        else:
            raise NotUnderstood("a kind of number that is not known")
    if "?" in found or {"positive", "negative"} <= found:
        raise NotUnderstood("a kind of number that is not known")
    return frozenset(found)


def _chinese(phrase: str) -> set[str]:
    found: set[str] = set()
    at = 0
    while at < len(phrase):
        match = _PIECES.match(phrase, at)
        if match is None:
            raise NotUnderstood("a kind of number that is not known")
        found |= _CHINESE[match.group()]
        at = match.end()
    return found


def _is_whole(number: Any) -> bool:
    return same(number, sp.Integer(round(number.evalf(40)))) is True


def _is_natural(number: Any) -> bool:
    if number == 0:
        raise NotUnderstood("zero, of which it is not said whether it is natural")
    return bool(number.evalf(40) > 0) and _is_whole(number)


def _is_rational(number: Any) -> bool:
    if number.is_rational is None:
        raise NotUnderstood("a number that may or may not be rational")
    return bool(number.is_rational)


def _has_digits(count: int) -> Callable[[Any], bool]:
    def has(number: Any) -> bool:
        if count == 1 and number == 0:
            raise NotUnderstood("zero, of which it is not said whether it is meant")
        return _is_whole(number) and 10 ** (count - 1) <= number < 10**count

    return has


_TESTS: dict[str, Callable[[Any], bool]] = {
    "real": lambda number: True,
    "positive": lambda number: bool(number.evalf(40) > 0),
    "negative": lambda number: bool(number.evalf(40) < 0),
    "nonnegative": lambda number: number == 0 or bool(number.evalf(40) > 0),
    "nonpositive": lambda number: number == 0 or bool(number.evalf(40) < 0),
    "nonzero": lambda number: number != 0,
    "integer": _is_whole,
    "natural": _is_natural,
    "rational": _is_rational,
    "irrational": lambda number: not _is_rational(number),
    "prime": lambda number: _is_whole(number) and bool(sp.isprime(round(number.evalf(40)))),
    "composite": lambda number: _is_whole(number) and number > 3 and not sp.isprime(round(number.evalf(40))),
    "even": lambda number: _is_whole(number) and round(number.evalf(40)) % 2 == 0,
    "odd": lambda number: _is_whole(number) and round(number.evalf(40)) % 2 == 1,
    "1 digits": _has_digits(1),
    "2 digits": _has_digits(2),
    "3 digits": _has_digits(3),
    "4 digits": _has_digits(4),
}


def is_kind(value: Any, kinds: Iterable[str]) -> bool:
    """Whether a number is of all those kinds. Raises `NotUnderstood` when that cannot be said."""
    for kind in kinds:
        if kind == "complex":
            continue
        if kind not in _TESTS:
            raise NotUnderstood(f"a kind that no number alone has: {kind}")
        if is_real(value) is not True:
            return False
        number = sp.nsimplify(value) if isinstance(value, sp.Float) else value
        if not _TESTS[kind](number):
            return False
    return True
