"""The second way of quantities of a sequence or a figure: a search for all that is told."""

from __future__ import annotations

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


QUANTITIES: dict[str, Confirmation] = {
    "quantities._told": _told,
    "quantities._proportion": _proportion,
}
