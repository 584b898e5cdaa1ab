"""What somebody has, or what is in a place: what there was, what came, what went, what there is; one of these is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from embedded_model.word_problems.english.asking import Question, known
from embedded_model.word_problems.english.quantities import Quantity
from embedded_model.word_problems.working import Working

__all__ = ["amount", "changes_of", "matches", "same", "solve"]

_JOINED = re.compile(r"how many [a-z' -]+? and (?:[a-z']+ )+(?:did|do|does|are|were|have|had)\b")
_FROM_A_PLACE = frozenset(["pick", "collect", "gather", "harvest", "catch", "buy", "get"])


@dataclass(frozen=True)
class Change:
    """What one quantity does to what is held: adds (1) or takes away (-1)."""

    quantity: Quantity
    sign: int


@dataclass(frozen=True)
class Timeline:
    """What there was at first (``None``: not told), the changes in their order, and what there is at the end, if told."""

    start: Quantity | None
    changes: tuple[Change, ...]
    end: Quantity | None


def solve(question: Question, quantities: Sequence[Quantity], working: Working) -> Fraction | None:
    """The amount at the start or at the end, or the one change that is not told of."""
    if (
        any(quantity.than for quantity in quantities)
        or question.more
        or question.per
        or question.grouped
        or _JOINED.match(question.text)
        or not known(question, quantities)
    ):
        return None
    timeline = changes_of(question, quantities)
    if timeline is None:
        return None
    if timeline.start is None and not question.start:
        timeline = _opened(timeline)
    told = [change.quantity for change in timeline.changes] + [q for q in (timeline.start, timeline.end) if q]
    if any(
        (quantity.per | quantity.thing) & other.thing
        for quantity in quantities
        if quantity.per
        for other in told
    ):
        return None
    hidden = [change for change in timeline.changes if change.quantity.value is None]
    open_start = timeline.start is None or timeline.start.value is None
    if len(hidden) + open_start > 1 or not timeline.changes:
        return None
    if question.start or (timeline.start is not None and open_start and question.verb == timeline.start.verb):
        return _back(timeline, working) if open_start and not hidden else None
    if hidden:
        return _hidden(question, timeline, hidden[0], working)
    if open_start or timeline.end is not None or not _about_now(question):
        return None
    return _forward(timeline, timeline.changes, working)


def amount(question: Question, quantities: Sequence[Quantity], working: Working) -> Fraction | None:
    """What the one who is asked about has at the end, or the change by the verb of the question."""
    if question.role != "has":
        told = [
            q
            for q in quantities
            if q.verb == question.verb and matches(q, question.thing) and _of(q, question)
        ]
        if len(told) != 1 or told[0].per:
            return None
        return told[0].value if told[0].value is not None else solve(question, quantities, working)
    timeline = changes_of(question, quantities)
    if timeline is None:
        return None
    timeline = _opened(timeline) if timeline.start is None else timeline
    if timeline.end is not None:
        return timeline.end.value
    return _forward(timeline, timeline.changes, working)


def _of(quantity: Quantity, question: Question) -> bool:
    return (
        not question.who
        or question.who in {"they", "there"}
        or not quantity.who
        or same(quantity.who, question.who)
    )


def _opened(timeline: Timeline) -> Timeline:
    """A story that begins with what somebody made or won: that is what there was at first."""
    first = timeline.changes[0].quantity if timeline.changes else None
    if first is None or first.role != "gain" or timeline.changes[0].sign < 0:
        return timeline
    if any(
        c.sign > 0 and c.quantity.role == "gain" and not same(c.quantity.who, first.who)
        for c in timeline.changes
    ):
        return timeline
    return Timeline(first, timeline.changes[1:], timeline.end)


def _about_now(question: Question) -> bool:
    return question.role == "has" and question.end and question.verb not in {"start", "begin"}


def matches(quantity: Quantity, thing: frozenset[str]) -> bool | None:
    """Whether *quantity* counts *thing*; ``None`` where it is not sure."""
    if thing <= quantity.thing:
        return True
    if quantity.thing < thing:
        return None
    return False


def same(one: str, other: str) -> bool:
    """Whether two names are of the same person or thing."""
    first, second = set(one.split()), set(other.split())
    return bool(first and second) and (first <= second or second <= first)


def changes_of(question: Question, quantities: Sequence[Quantity]) -> Timeline | None:
    """What the quantities tell about what is asked; ``None`` where one of them is not sure."""
    start: Quantity | None = None
    end: Quantity | None = None
    changes: list[Change] = []
    owners = frozenset(quantity.who for quantity in quantities if quantity.role in {"has", "gain"})
    for quantity in quantities:
        counted = matches(quantity, question.thing)
        if counted is None or (counted and quantity.per):
            return None
        if not counted:
            continue
        if quantity.role == "has" and not quantity.passive:
            if not _holds(quantity, question):
                continue
            later = start is not None or bool(changes)
            if (
                start is None
                and not quantity.end
                and question.end
                and all(change.sign < 0 for change in changes)
            ):
                # He ate 5. If he had 9, how many are left?
                start = quantity
                continue
            if quantity.start or not later:
                if start is not None or (later and not quantity.start) or quantity.end:
                    if start is not None or not quantity.end or end is not None:
                        return None
                    end = quantity
                    continue
                start = quantity
            elif (
                end is None
                and quantity.value is not None
                and (quantity.end or quantity.verb != start_verb(start))
            ):
                end = quantity
            else:
                return None
            continue
        if end is not None:
            return None
        sign = _effect(quantity, question, start, owners)
        if sign is None:
            return None
        if sign:
            changes.append(Change(quantity, sign))
    return Timeline(start, tuple(changes), end)


def start_verb(start: Quantity | None) -> str:
    """The verb of a start; empty without one."""
    return start.verb if start is not None else ""


def _holds(quantity: Quantity, question: Question) -> bool:
    """Whether what is told of is held by whom, or where, the question asks."""
    who = question.who
    if question.role == "has" and question.place and quantity.place and not question.place & quantity.place:
        return False
    if (
        not quantity.who
        or set(quantity.who.split()) <= quantity.thing
        or not who
        or who in {"there", "they", "it"}
    ):
        return True
    return same(quantity.who, who)


def _effect(
    quantity: Quantity, question: Question, start: Quantity | None, owners: frozenset[str]
) -> int | None:
    """What a quantity does to what is held: 1 more, -1 less, 0 nothing, ``None`` not known."""
    holder = question.who if question.who not in {"there", "they", "it"} else ""
    owner = start.who if start is not None else ""
    place = (start.place if start is not None else frozenset()) | question.place | frozenset(holder.split())
    if not holder and owner and not set(owner.split()) <= quantity.thing:
        holder = owner
    mine = same(quantity.who, holder) if holder else not quantity.who
    itself = bool(quantity.who) and set(quantity.who.split()) <= quantity.thing | {"them"}
    if quantity.passive:
        return {"loss": -1, "take": -1, "give": -1, "gain": 1, "put": 1}.get(quantity.role)
    match quantity.role:
        case "come":
            return 1 if itself else None
        case "go":
            return -1 if itself else None
        case "loss":
            if mine or (quantity.own and not itself) or (not holder and not itself):
                return -1
            # The rabbits ate some of hers: they have none of their own.
            return -1 if quantity.verb == "eat" and not itself and quantity.who not in owners else None
        case "give":
            if mine or (not holder and quantity.away):
                return -1
            return 1 if same(quantity.to, holder) else None
        case "take":
            if quantity.away or quantity.source & (place | {"owner"}):
                return -1
            return None
        case "put":
            if quantity.place & place or quantity.to in place:
                return 1
            return 1 if quantity.verb == "add" and mine else None
        case "gain":
            return _gained(quantity, mine, holder, place, question.names)
    return None


def _gained(
    quantity: Quantity, mine: bool, holder: str, place: frozenset[str], names: frozenset[str]
) -> int | None:
    if quantity.source & place or (quantity.source == {"owner"} and not mine):
        # Of what is asked about, or from it.
        return -1 if not mine else None
    if mine and holder:
        return (
            1
            if not place - frozenset(holder.split())
            or quantity.verb not in _FROM_A_PLACE
            or not quantity.source
            else None
        )
    if not holder and quantity.verb not in _FROM_A_PLACE - {"buy", "get"}:
        return 1
    # What one person gets is not what another has.
    return 0 if {holder, quantity.who} <= names else None


def _forward(timeline: Timeline, changes: Sequence[Change], working: Working) -> Fraction | None:
    if timeline.start is None or timeline.start.value is None:
        return None
    result = timeline.start.value
    for change in changes:
        if change.quantity.value is None:
            return None
        gone = change.sign < 0
        result = working.calculate(
            result, "-" if gone else "+", change.quantity.value, "left" if gone else "total"
        )
        if result < 0:
            return None
    return result


def _undone(end: Fraction, changes: Sequence[Change], working: Working) -> Fraction | None:
    """What there was before *changes*: what went is added again, what came is subtracted."""
    result = end
    for change in reversed(changes):
        if change.quantity.value is None:
            return None
        result = working.calculate(result, "+" if change.sign < 0 else "-", change.quantity.value, "undone")
        if result < 0:
            return None
    return result


def _back(timeline: Timeline, working: Working) -> Fraction | None:
    if timeline.end is None or timeline.end.value is None:
        return None
    return _undone(timeline.end.value, timeline.changes, working)


def _hidden(question: Question, timeline: Timeline, hidden: Change, working: Working) -> Fraction | None:
    """The change that is not told of, from what there was before it and after it."""
    if timeline.end is None or timeline.end.value is None or question.verb != hidden.quantity.verb:
        return None
    at = timeline.changes.index(hidden)
    before = _forward(timeline, timeline.changes[:at], working)
    after = _undone(timeline.end.value, timeline.changes[at + 1 :], working)
    if before is None or after is None:
        return None
    more, fewer = (after, before) if hidden.sign > 0 else (before, after)
    return working.calculate(more, "-", fewer, "difference") if more >= fewer else None
