"""The second way of probabilities: every outcome is listed, and those that fit are counted."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from checkers.mathematics.confirmation.counting.whole_numbers import fits
from checkers.mathematics.confirmation.evaluation.errors import CannotTell
from checkers.mathematics.confirmation.told import Confirmation, Told
from checkers.mathematics.problem.counted.experiments import Bag, Event, Throws, read_experiment
from checkers.mathematics.problem.counted.phrase import Phrase

__all__ = ["EXPERIMENTS"]

MOST_OUTCOMES = 300_000


def _outcomes(setup: Throws | Bag) -> Iterable[tuple[Any, ...]]:
    if isinstance(setup, Throws):
        if setup.faces**setup.count > MOST_OUTCOMES:
            raise CannotTell("too many outcomes")
        return itertools.product(range(1, setup.faces + 1), repeat=setup.count)
    things = [colour for colour, count in setup.contents for _ in range(count)]
    number = 1
    for k in range(setup.drawn):
        number *= len(things) - (0 if setup.replaced else k)
    if number > MOST_OUTCOMES:
        raise CannotTell("too many outcomes")
    if setup.replaced:
        return itertools.product(things, repeat=setup.drawn)
    return itertools.permutations(things, setup.drawn)


def _happens(event: Event, outcome: tuple[Any, ...], told: Told) -> bool:
    if event.kind == "count":
        hits = sum(
            1 for value in outcome if value in event.hits or (event.conditions and _meets(event, value, told))
        )
        return {
            "exactly": hits == event.times,
            "at least": hits >= event.times,
            "at most": hits <= event.times,
        }[event.relation]
    kinds = len(set(outcome))
    if event.kind in ("same", "different", "pair"):
        return {"same": kinds == 1, "different": kinds == len(outcome), "pair": kinds < len(outcome)}[
            event.kind
        ]
    if event.kind == "mixed":
        return sorted(outcome) == sorted(event.hits)
    total = 0 if event.kind == "sum" else 1
    for value in outcome:
        total = total + value if event.kind == "sum" else total * value
    return _meets(event, total, told)


def _meets(event: Event, value: int, told: Told) -> bool:
    return all(
        value == condition.numbers[0] if condition.kind == "equal" else fits(told, condition, value)
        for condition in event.conditions
    )


def _probability(told: Told) -> bool | None:
    setup, event = read_experiment(told.word("told"), Phrase("", told.ask.read.formulas))
    known: dict[tuple[Any, ...], bool] = {}
    hits = number = 0
    for outcome in _outcomes(setup):
        number += 1
        key = tuple(sorted(outcome))
        if key not in known:
            known[key] = _happens(event, outcome, told) != event.denied
        hits += known[key]
    return told.equals(Fraction(hits, number))


EXPERIMENTS: dict[str, Confirmation] = {"experiments._probability": _probability}
