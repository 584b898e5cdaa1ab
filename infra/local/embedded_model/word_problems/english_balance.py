"""English stories with one balance: what there was, plus what came, minus what went, is what there is; one is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from embedded_model.word_problems.english_facts import Fact, Story
from embedded_model.word_problems.english_words import PRONOUNS, VERBS, stem
from embedded_model.word_problems.working import Working

__all__ = ["solve"]

_THING = re.compile(
    r"how (?:many|much) (.*?)\b(?:did|does|do|are|is|was|were|would|will|has|have|remain(?:ed|s)?|left)\b(.*)"
)
_START = re.compile(
    r"\b(?:at first|initially|originally|(?:to )?start with|(?:at|in) the (?:start|beginning)|to begin with)\b"
)
_END = re.compile(
    r"\b(?:left|remain(?:ed|s)?|still|now|then|end with|in all|altogether|in total|total|would .* have|does .* have$)\b"
)
_BAD = re.compile(
    r"\b(?:more|fewer|less|each|per|every|long|far|old|could|can|should|not|need|than|and|both)\b"
)


def solve(story: Story, working: Working) -> Fraction | None:
    """The unknown of the balance, if the facts that the question is about leave just one."""
    found = _THING.fullmatch(story.question)
    if found is None or _BAD.search(story.question):
        return None
    facts = _about(story.facts, found[1])
    if facts is None:
        return None
    holder = _holder(found[2], facts, story)
    first = next((fact.who for fact in facts if fact.role == "has"), facts[0].who)
    changes: list[tuple[Fact, int]] = []
    ends: list[Fact] = []
    for fact in facts:
        if fact.end:
            ends.append(fact)
            continue
        sign = _effect(fact, holder, first)
        if sign == 0:
            return None
        changes.append((fact, sign))
    starts = [fact for fact, _ in changes if fact.role == "has"]
    if len(starts) > 1 or len(ends) > 1 or len({fact.who for fact in [*starts, *ends] if fact.who}) > 1:
        return None
    if starts and starts[0] is not changes[0][0] and not (starts[0].start or len(changes) == 2):
        return None
    return _unknown(story.question, found[2], changes, ends, working)


def _about(facts: Sequence[Fact], asked: str) -> list[Fact] | None:
    """The facts about what is asked; ``None`` where it is not sure of one of them."""
    words = {stem(word) for word in re.findall(r"[a-z'-]+", asked) if word not in PRONOUNS} - {
        "of",
        "the",
        "total",
        "number",
    }
    words = {"dollar"} if words and words <= {"money"} else words
    if not words or words == {"dollar"}:
        things = {fact.thing for fact in facts}
        return list(facts) if len(things) == 1 and (not words or words == set(next(iter(things)))) else None
    kept = [fact for fact in facts if words <= fact.thing]
    unsure = [fact for fact in facts if fact not in kept and fact.thing <= words]
    return None if unsure or len(kept) < 2 else kept


def _holder(rest: str, facts: Sequence[Fact], story: Story) -> str:
    """Who is asked about; empty for a place or for nobody."""
    words = [word for word in re.findall(r"[a-z'-]+", rest) if word != "the"]
    if words and words[0] in PRONOUNS:
        return facts[0].who
    before: list[str] = []
    for word in words:
        if word in VERBS or word in {"still", "now", "left", "there", "in", "on", "at"}:
            break
        before.append(stem(word))
    return " ".join(before)


def _effect(fact: Fact, holder: str, first: str) -> int:
    """What a fact does to what *holder* has: 1 more, -1 less, 0 not known."""
    sign = -1 if fact.role == "loss" else 1
    if fact.verb == "give":
        if fact.to and (fact.to == "pronoun" or fact.to == holder) and fact.who != holder:
            return 1
        return -1 if fact.who == holder or (not holder and fact.away) else 0
    if fact.verb == "buy" and "from" in fact.words:
        return 0
    if fact.role == "has":
        return 1 if not holder or not fact.who or fact.who == holder else 0
    if not holder and fact.verb in {"pick", "collect", "gather", "harvest", "catch"} and fact.who != first:
        # From the place that is asked about, or to it?
        return 0
    if fact.who == holder or (not holder and fact.role == "gain") or set(fact.who.split()) <= fact.thing:
        return sign
    if fact.verb == "take" and fact.away:
        return -1
    return sign if not holder and fact.role == "loss" else 0


def _unknown(
    question: str, rest: str, changes: list[tuple[Fact, int]], ends: list[Fact], working: Working
) -> Fraction | None:
    hidden = [(fact, sign) for fact, sign in changes if fact.value is None]
    end = ends[0].value if ends else None
    verbs = {VERBS[word][0] for word in re.findall(r"[a-z'-]+", rest) if word in VERBS} - {
        "have",
        "be",
        "do",
        "start",
    }
    if _START.search(question):
        known = [change for change in changes if change[0].value is not None]
        opened = bool(hidden) and (hidden[0][0] is not changes[0][0] or hidden[0][0].role == "loss")
        if (
            end is None
            or opened
            or len(hidden) > 1
            or any(fact.role == "has" for fact, _ in known)
            or not known
        ):
            return None
        return _back(end, known, working)
    if len(hidden) == 1 and end is not None:
        fact, sign = hidden[0]
        if verbs != {fact.verb} and not (fact.role == "has" and not verbs):
            return None
        known = [change for change in changes if change[0] is not fact]
        if sign > 0 and all(other < 0 for _, other in known):
            return _back(end, known, working)
        now = _forward(known, working)
        if now is None:
            return None
        larger, smaller = (end, now) if sign > 0 else (now, end)
        return working.calculate(larger, "-", smaller, "difference")
    if hidden or ends or not _END.search(question):
        return None
    if verbs - {"leave"}:
        return None
    return _forward(changes, working) if len(changes) > 1 else None


def _forward(changes: list[tuple[Fact, int]], working: Working) -> Fraction | None:
    ordered = [change for change in changes if change[0].role == "has"]
    ordered += [change for change in changes if change[0].role != "has"]
    if not ordered or ordered[0][1] < 0 or ordered[0][0].value is None:
        return None
    result = ordered[0][0].value
    for fact, sign in ordered[1:]:
        if fact.value is None:
            return None
        result = working.calculate(
            result, "-" if sign < 0 else "+", fact.value, "left" if sign < 0 else "total"
        )
        if result < 0:
            return None
    return result


def _back(end: Fraction, known: list[tuple[Fact, int]], working: Working) -> Fraction | None:
    """What there was: what went is added again, what came is subtracted."""
    result = end
    for fact, sign in reversed(known):
        if fact.value is None:
            return None
        result = working.calculate(result, "+" if sign < 0 else "-", fact.value, "undone")
    return result
