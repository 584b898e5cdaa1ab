"""What is still needed: so much is called for, some of it is there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from embedded_model.word_problems.english.asking import Question, known
from embedded_model.word_problems.english.holdings import matches
from embedded_model.word_problems.english.lexicon import lemma
from embedded_model.word_problems.english.quantities import Quantity
from embedded_model.word_problems.working import Working

__all__ = ["solve"]

_NEED = frozenset(["need", "call", "require"])
_ASKED = re.compile(r"\b(?:need|have) to (?:add|buy|get|collect|put|save|find|make|earn|do|go)\b|\bneeds?\b")


def solve(question: Question, quantities: Sequence[Quantity], working: Working) -> Fraction | None:
    """How much more of a thing is needed, or how much more of it than of another."""
    if question.per or question.grouped or any(q.per or q.than or q.value is None for q in quantities):
        return None
    if not _ASKED.search(question.text) or not known(question, quantities):
        return None
    if not any(quantity.verb in _NEED for quantity in quantities):
        return None
    compared = re.match(
        r"how many more (?P<one>[a-z ]+?) than (?P<other>[a-z ]+?) (?:does|do|did)\b", question.text
    )
    if compared is None:
        return _missing(question.thing, quantities, working)
    things = [_thing(compared[side], quantities) for side in ("one", "other")]
    values = [_missing(thing, quantities, working, told=False) for thing in things]
    if values[0] is None or values[1] is None or values[0] <= values[1]:
        return None
    return working.calculate(values[0], "-", values[1], "difference")


def _thing(words: str, quantities: Sequence[Quantity]) -> frozenset[str]:
    every = {word for quantity in quantities for word in quantity.thing}
    return frozenset(lemma(word) for word in words.split()) & every


def _missing(
    thing: frozenset[str], quantities: Sequence[Quantity], working: Working, *, told: bool = True
) -> Fraction | None:
    """What is needed of *thing* less what there is of it; *told*: some of it has to be there."""
    if not thing or any(matches(quantity, thing) is None for quantity in quantities):
        return None
    about = [quantity for quantity in quantities if matches(quantity, thing)]
    needed = [quantity for quantity in about if quantity.verb in _NEED]
    there = [quantity for quantity in about if quantity not in needed]
    if len(needed) != 1 or needed[0].value is None or len(there) > 1 or (told and not there):
        return None
    if any(quantity.role not in {"has", "put", "gain"} for quantity in there):
        return None
    if not there:
        return needed[0].value
    if there[0].value is None or there[0].value > needed[0].value:
        return None
    return working.calculate(needed[0].value, "-", there[0].value, "left")
