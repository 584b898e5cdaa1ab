"""The grammar: families of questions, conditions, kinds of numbers, notations and languages, by seed."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import get_args

from drills.lies import (
    equations,
    forms,
    functions,
    laws,
    objects,
    regions,
    school,
    systems,
    told,
    worded,
)
from drills.lies.drilled import Drilled, Family, Posed
from drills.lies.notation import Language, Notation, Pen
from drills.lies.oracle import Doubtful
from drills.lies.whole_numbers import bases, counting, integers
from drills.lies.wrong_answers import mistakes

__all__ = ["FAMILIES", "problems"]

FAMILIES: dict[str, Family] = {
    **equations.FAMILIES,
    **regions.FAMILIES,
    **integers.FAMILIES,
    **bases.FAMILIES,
    **systems.FAMILIES,
    **forms.FAMILIES,
    **functions.FAMILIES,
    **laws.FAMILIES,
    **objects.FAMILIES,
    **told.FAMILIES,
    **worded.FAMILIES,
    **counting.FAMILIES,
    **school.FAMILIES,
}

_NOTATIONS: tuple[Notation, ...] = ("latex", "latex", "latex", "plain", "unicode", "full-width")
_LANGUAGES: tuple[Language, ...] = get_args(Language)
MOST_WRONG = 8
MOST_RIGHT = 3


def problems(seed: int, count: int, families: tuple[str, ...] = ()) -> Iterator[Drilled]:
    """So many problems, all families in turn; the same seed makes the same ones."""
    names = families or tuple(FAMILIES)
    for place in range(count):
        yield _problem(f"{seed}/{place}", names[place % len(names)])


def _problem(seed: str, family: str) -> Drilled:
    for attempt in range(200):
        chance = Random(f"{seed}/{attempt}")
        notation = chance.choice(_NOTATIONS)
        language: Language = chance.choice(_LANGUAGES)
        try:
            posed = FAMILIES[family](Pen(notation, language, chance))
        except Doubtful:
            continue
        return _drilled(family, notation, language, posed, chance)
    raise Doubtful(f"no problem of the family {family} in 200 attempts")


def _drilled(family: str, notation: Notation, language: Language, posed: Posed, chance: Random) -> Drilled:
    """The problem with a few spellings of the truth, the plainest first, and a few wrong answers."""
    truth = posed.truth
    proposed = list(posed.decoys) + (mistakes(truth, chance, language, posed.name) if truth else [])
    wrong: dict[str, str] = {}
    for kind, other in proposed:
        if truth is None or other.meaning != truth.meaning:
            spelling = other.spellings[0] if chance.random() < 0.6 else chance.choice(other.spellings)
            wrong.setdefault(spelling, kind)
    right = (
        ()
        if truth is None
        else (
            truth.spellings[0],
            *chance.sample(truth.spellings[1:], min(MOST_RIGHT - 1, len(truth.spellings) - 1)),
        )
    )
    chosen = list(wrong.items())[:MOST_WRONG]
    return Drilled(
        family, notation, language, posed.text, right, tuple((kind, text) for text, kind in chosen)
    )
