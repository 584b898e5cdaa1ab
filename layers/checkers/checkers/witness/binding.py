"""Binds what a formalisation gives to the words of the problem, so that none of it speaks of another problem."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.witness.language import Formalisation, Given
from checkers.witness.mentions import Mention, mentions, occurrences, words_of

__all__ = ["bind"]

_STRUCTURAL = frozenset(map(Fraction, (0, 1, 2, 100)))
"""Numbers that expressions may hold in any problem: halves, means, percentages."""

_CONVERSIONS = (
    (r"day|week|天|日|周|星期", (7,)),
    (r"day|month|天|日|月", (30,)),
    (r"hour|day|小时|天|日", (24,)),
    (r"minute|hour|second|分钟|小时|秒", (60, 3_600)),
    (r"month|year|月|年", (12,)),
    (r"week|year|周|年", (52,)),
    (r"day|year|天|年", (365,)),
    (r"kilo|kg|km|gram|ton|千米|公里|千克|公斤|吨|克|ml|millili|毫升|升|milli|毫米", (1_000,)),
    (r"centi|cm|met|厘米|分米|米", (10, 1_000)),
    (r"inch|feet|foot", (12,)),
    (r"yard|feet|foot", (3,)),
    (r"mile|feet|foot", (5_280,)),
    (r"pound|ounce", (16,)),
    (r"gallon|quart|pint|cup", (4, 8, 16)),
    (r"dozen|打", (12,)),
    (r"角|毛", (10,)),
    (r"quarter|dime|nickel|penn|cent", (5, 10, 25)),
)
_EMPTY = frozenset(
    [
        "a",
        "an",
        "the",
        "is",
        "are",
        "was",
        "were",
        "be",
        "of",
        "and",
        "or",
        "in",
        "on",
        "at",
        "to",
        "for",
        "per",
        "each",
        "with",
        "has",
        "have",
        "had",
        "it",
        "its",
        "he",
        "she",
        "they",
        "there",
        "的",
        "了",
        "有",
        "是",
        "在",
        "和",
        "与",
        "共",
        "每",
    ]
)


def bind(formalisation: Formalisation, problem: str) -> None:
    """Refuse a formalisation of which a value is not stated by the problem in the words that it quotes.

    Each given has a quantity of its own, and its quoted words stand in the problem side by side, with at least one
    that says something. Numbers in expressions are those of halves and percentages, or convert units that the problem
    speaks of.

    Raises:
        NotUnderstood
    """
    if not formalisation.givens:
        raise NotUnderstood("nothing is given")
    words = words_of(problem)
    stated = mentions(words)
    choices = [_choices(given, words, stated) for given in formalisation.givens]
    if not _distinct(choices):
        raise NotUnderstood("two givens for one quantity of the problem")
    allowed = _STRUCTURAL | _conversions(problem)
    if not formalisation.numerals <= allowed:
        raise NotUnderstood("a number that is not given")


def _choices(given: Given, words: Sequence[str], stated: Sequence[Mention]) -> list[int]:
    """Which of the *stated* quantities can be the *given* one."""
    quoted = words_of(given.words)
    numeric = {place for mention in mentions(quoted) for place in range(mention.start, mention.end)}
    if all(place in numeric or word in _EMPTY for place, word in enumerate(quoted)):
        raise NotUnderstood("words that say nothing")
    spans = [(at, at + len(quoted)) for at in occurrences(quoted, words)]
    found = [
        number
        for number, mention in enumerate(stated)
        if given.value in mention.values
        and any(start <= mention.start and mention.end <= end for start, end in spans)
    ]
    if not found:
        raise NotUnderstood("a given that the problem does not state")
    return found


def _distinct(choices: list[list[int]]) -> bool:
    """Whether each given can have a quantity of its own (augmenting paths)."""
    owner: dict[int, int] = {}

    def place(given: int, seen: set[int]) -> bool:
        for number in choices[given]:
            if number in seen:
                continue
            seen.add(number)
            if number not in owner or place(owner[number], seen):
                owner[number] = given
                return True
        return False

    return all(place(given, set()) for given in range(len(choices)))


def _conversions(problem: str) -> frozenset[Fraction]:
    text = problem.casefold()
    return frozenset(
        Fraction(number) for words, numbers in _CONVERSIONS if re.search(words, text) for number in numbers
    )
