"""Comparisons that lead from one to the next: Ann has 5, Ben 3 more than Ann, Cid 2 fewer than Ben."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from embedded_model.word_problems.english.asking import Question, content
from embedded_model.word_problems.english.holdings import same
from embedded_model.word_problems.english.quantities import Quantity
from embedded_model.word_problems.working import Working

__all__ = ["solve"]

_MEASURED = frozenset(["*length", "*distance", "*age", "dollar"])


def solve(question: Question, quantities: Sequence[Quantity], working: Working) -> Fraction | None:
    """What one of those that are compared has, or two of them together, or how far they are apart."""
    if (
        not any(quantity.than for quantity in quantities)
        or question.per
        or question.start
        or question.grouped
    ):
        return None
    if any(
        q.value is None or q.per or q.role in {"loss", "give", "take", "go", "come", "put"}
        for q in quantities
    ):
        return None
    if len({quantity.verb for quantity in quantities}) > 1 or any(
        quantity.start or quantity.own for quantity in quantities
    ):
        return None
    about = [
        quantity
        for quantity in quantities
        if question.head in _MEASURED or _same_thing(quantity, question, quantities)
    ]
    by_thing = any(not quantity.who for quantity in about if quantity.than)
    known = _known(about, by_thing=by_thing, working=working)
    if known is None:
        return None
    return _asked(question, known, by_thing=by_thing, working=working)


def _same_thing(quantity: Quantity, question: Question, quantities: Sequence[Quantity]) -> bool:
    """Whether *quantity* is of what is asked: the same thing, or, where things are compared, any of them."""
    if any(not other.who and other.than for other in quantities):
        return True
    return question.thing <= quantity.thing


def _known(quantities: Sequence[Quantity], *, by_thing: bool, working: Working) -> dict[str, Fraction] | None:
    """The number of each who or what is compared; ``None`` where they contradict."""

    def key(quantity: Quantity) -> str:
        return quantity.head if by_thing else quantity.who

    known: dict[str, Fraction] = {}
    for quantity in quantities:
        if quantity.than or quantity.value is None:
            continue
        if not key(quantity) or key(quantity) in known:
            return None
        known[key(quantity)] = quantity.value
    relations = [quantity for quantity in quantities if quantity.than]
    while relations:
        for relation in relations:
            value = _derived(relation, key(relation), known, working)
            if value is not None:
                break
        else:
            return known
        relations.remove(relation)
        if value[1] < 0:
            return None
        known[value[0]] = value[1]
    return known


def _derived(
    relation: Quantity, one: str, known: dict[str, Fraction], working: Working
) -> tuple[str, Fraction] | None:
    """The one side of a comparison, from the other."""
    if relation.value is None:
        return None
    first = next((name for name in known if same(name, one)), None)
    other = next((name for name in known if same(name, relation.than)), None)
    if first is None and other is not None:
        if relation.sign == 2:
            return one, working.calculate(known[other], "*", relation.value, "multiple")
        sign, reason = ("+", "more") if relation.sign > 0 else ("-", "fewer")
        return one, working.calculate(known[other], sign, relation.value, reason)  # type: ignore[arg-type]
    if other is None and first is not None:
        if relation.sign == 2:
            return (
                (relation.than, working.calculate(known[first], "/", relation.value, "share"))
                if relation.value
                else None
            )
        sign, reason = ("-", "fewer") if relation.sign > 0 else ("+", "more")
        return relation.than, working.calculate(known[first], sign, relation.value, reason)  # type: ignore[arg-type]
    return None


def _asked(
    question: Question, known: dict[str, Fraction], *, by_thing: bool, working: Working
) -> Fraction | None:
    words = content(question.text)
    named = [name for name in known if set(name.split()) & set(words)]
    if " than " in question.text:
        if len(named) != 2 or not re.match(
            r"how (?:many|much) (?:more|fewer|less|farther|longer|taller)", question.text
        ):
            return None
        values = [known[name] for name in named]
        return (
            working.calculate(max(values), "-", min(values), "difference") if values[0] != values[1] else None
        )
    if question.total and len(named) != 1:
        chosen = (
            named if len(named) > 1 else list(known) if not named and question.who in {"they", ""} else []
        )
        if len(chosen) < 2:
            return None
        result = known[chosen[0]]
        for name in chosen[1:]:
            result = working.calculate(result, "+", known[name], "total")
        return result
    if question.total or question.more:
        return None
    if not named and question.who:
        named = [name for name in known if same(name, question.who)]
    if len(named) != 1 or (not by_thing and question.who and not same(question.who, named[0])):
        return None
    return known[named[0]]
