"""The second way of quantities of a sequence or a figure: a search for all that is told."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import Any

from checkers.mathematics.confirmation.evaluation.conditions import is_of
from checkers.mathematics.confirmation.solutions import values_under
from checkers.mathematics.confirmation.told import Confirmation, Told
from checkers.mathematics.problem.quantities import proportion_of, quantities_of

__all__ = ["QUANTITIES"]


def _told(told: Told) -> bool | None:
    read = quantities_of(told.word("told"), told.ask.read, told.facts.parse)
    return None if read.target is None else values_under(told, read.target, told.results)


def _proportion(told: Told) -> bool | None:
    read = proportion_of(told.ask.read, told.facts.parse)
    return None if read.target is None else values_under(told, read.target, told.results)


_COUNTED = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
FARTHEST = 20_000


def _consecutive(told: Told) -> bool | None:
    """By trying each first integer."""
    count, kinds = _COUNTED[told.word("count")], told.ask.kinds()
    step = 2 if kinds & {"even", "odd"} else 1
    value, found = told.number("v"), set()
    for first in range(-FARTHEST, FARTHEST):
        terms = range(first, first + step * count, step)
        if _made_of(told.word("made"), terms) == value and all(is_of(term, kinds) for term in terms):
            found.add(_made_of(told.word("asked"), terms))
    return told.equals(found.pop()) if len(found) == 1 else None


def _made_of(word: str, terms: range) -> Any:
    places = {"largest": -1, "greatest": -1, "smallest": 0, "least": 0, "middle": len(terms) // 2}
    if word in places:
        return terms[places[word]]
    return prod(terms) if word == "product" else Fraction(sum(terms), 1 if word == "sum" else len(terms))


QUANTITIES: dict[str, Confirmation] = {
    "quantities._told": _told,
    "quantities._proportion": _proportion,
    "quantities._consecutive": _consecutive,
}
