"""The second way of numbers of ways: recursion over what comes next, and listing where there are few."""

from __future__ import annotations

import itertools
from collections import Counter
from functools import cache

from checkers.mathematics.confirmation.evaluation.errors import CannotTell
from checkers.mathematics.confirmation.told import Confirmation, Told
from checkers.mathematics.problem.counted.arrangements import Ways, read_ways
from checkers.mathematics.problem.counted.phrase import Phrase

__all__ = ["ARRANGEMENTS"]

MOST_LISTED = 9


@cache
def _words(counts: tuple[int, ...]) -> int:
    """Words of so many equal letters each, by their first letter."""
    if not sum(counts):
        return 1
    return sum(
        _words((*counts[:place], count - 1, *counts[place + 1 :]))
        for place, count in enumerate(counts)
        if count
    )


def _chosen(whole: int, taken: int) -> int:
    """Pascal's triangle."""
    row = [1]
    for _ in range(whole):
        row = [1, *(a + b for a, b in itertools.pairwise(row)), 1]
    return row[taken]


def _seated(ways: Ways) -> int:
    """Everybody's place, listed; in a circle the last person stays where he is."""
    (whole,) = ways.whole
    if not ways.block:
        made = 1
        for places in range(1, whole + (ways.kind == "row")):
            made *= places
        return made
    if whole > MOST_LISTED:
        raise CannotTell("too many people")
    circle = ways.kind == "circle"
    orders = itertools.permutations(range(whole - 1 if circle else whole))
    return sum(1 for order in orders if _keeps((*order, whole - 1) if circle else order, ways, circle))


def _keeps(order: tuple[int, ...], ways: Ways, circle: bool) -> bool:
    seats = [person < ways.block for person in order]
    pairs = zip(seats, [*seats[1:], seats[0] and circle], strict=True)
    beside = sum(1 for one, other in pairs if one and other)
    if not ways.together:
        return beside == 0
    return beside == ways.block - 1 or (circle and all(seats))


@cache
def _shares(things: int, boxes: int, most: int) -> int:
    """Equal things in boxes that look the same: shares that do not grow."""
    if boxes == 0:
        return int(things == 0)
    return sum(_shares(things - share, boxes - 1, share) for share in range(min(things, most) + 1))


@cache
def _groups(things: int, used: int, boxes: int) -> int:
    """Different things one by one into a box that is used already, or a new one of those that look the same."""
    if things == 0:
        return 1
    return used * _groups(things - 1, used, boxes) + (
        _groups(things - 1, used + 1, boxes) if used < boxes else 0
    )


@cache
def _spread(things: int, boxes: int, apart: bool) -> int:
    """Things in different boxes, by what the first box gets."""
    if boxes == 0:
        return int(things == 0)
    return sum(
        (_chosen(things, share) if apart else 1) * _spread(things - share, boxes - 1, apart)
        for share in range(things + 1)
    )


def _ways(told: Told) -> bool | None:
    ways = read_ways(told.word("told"), Phrase("", told.ask.read.formulas))
    if ways.kind == "letters":
        return told.equals(_words(tuple(sorted(Counter(ways.word).values()))))
    if ways.kind == "choose":
        made = 1
        for whole, taken in zip(ways.whole, ways.taken, strict=True):
            made *= _chosen(whole, taken)
        return told.equals(made)
    if ways.kind == "offices":
        made = 1
        for place in range(ways.taken[0]):
            made *= ways.whole[0] - place
        return told.equals(made)
    if ways.kind == "pairs":
        return told.equals(sum(ways.taken[0] for one in range(ways.whole[0]) for _ in range(one)))
    if ways.kind == "boxes":
        things, boxes = ways.whole[0], ways.boxes
        if ways.boxes_apart:
            return told.equals(_spread(things, boxes, ways.things_apart))
        return told.equals(_groups(things, 0, boxes) if ways.things_apart else _shares(things, boxes, things))
    return told.equals(_seated(ways))


ARRANGEMENTS: dict[str, Confirmation] = {"arrangements._ways": _ways}
