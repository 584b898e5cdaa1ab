"""English stories about quantities: what is more than what, how many in all, what was, what changed, what is left.

The words of the question choose among the facts. Where they leave more facts than the question accounts for, or a word
that names what is counted is in no fact, nothing is answered.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from embedded_model.values.solution import Say, Solution
from embedded_model.word_problems import english_balance
from embedded_model.word_problems.english_facts import Fact, Story, read
from embedded_model.word_problems.english_words import FILLERS, PRONOUNS, VERBS, stem
from embedded_model.word_problems.working import Working

__all__ = ["solve"]

# When a thing was done chooses among the facts, though it carries no quantity.
_TIMES = frozenset(
    [
        "today",
        "yesterday",
        "last",
        "next",
        "morning",
        "afternoon",
        "evening",
        "night",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "new",
        "old",
        "other",
    ]
)
_EMPTY = (
    (FILLERS - _TIMES)
    | PRONOUNS
    | frozenset(
        [
            "how",
            "many",
            "much",
            "do",
            "does",
            "did",
            "is",
            "are",
            "were",
            "was",
            "than",
            "number",
            "total",
            "sum",
            "them",
            "have",
            "has",
            "had",
            "be",
        ]
    )
)
_ACTIONS = frozenset(lemma for lemma, _ in VERBS.values()) - {"have", "be", "do"}
_TOTAL = re.compile(r"\b(?:altogether|in all|in total|total|together)\b")
_MORE = re.compile(r"how (?:many|much) (?:more|fewer|less) (.+?) than (.+)")


def solve(text: str, say: Say) -> Solution | None:
    """The solution of the story in *text*."""
    story = read(text)
    if story is None:
        return None
    working = Working(say, text)
    answer = _compared(story, working) if " than " in story.question else _counted(story, working)
    if answer is None:
        working = Working(say, text)
        answer = english_balance.solve(story, working)
    if answer is None or answer <= 0:
        return None
    return working.solution(answer)


def _content(text: str) -> list[str]:
    """The words of a question that choose a fact, as stems or lemmas."""
    words = re.findall(r"[a-z'-]+", text)
    return [VERBS[word][0] if word in VERBS else stem(word) for word in words if word not in _EMPTY]


def _chosen(facts: Sequence[Fact], words: Sequence[str]) -> list[Fact]:
    """The facts that hold every one of *words* that any of them holds."""
    kept = list(facts)
    for word in words:
        holding = [fact for fact in kept if word in fact.words]
        kept = holding or kept
    return kept


def _compared(story: Story, working: Working) -> Fraction | None:
    found = _MORE.fullmatch(story.question)
    if found is None:
        return None
    first, second = _sides(found[1], found[2])
    ours, theirs = [w for w in first if w not in second], [w for w in second if w not in first]
    common = [word for word in first if word in second] + ours + theirs
    if not theirs or not ours:
        return None
    shared = [word for word in common if word not in ours and word not in theirs]
    known = {word for fact in story.facts for word in (*fact.thing, *fact.who.split())}
    if not set(shared + ours + theirs) & _ACTIONS:
        # What somebody has is all that came to it, wherever that was.
        shared = [word for word in shared if any(word in fact.thing for fact in story.facts)]
        ours, theirs = [word for word in ours if word in known], [word for word in theirs if word in known]
        if not ours or not theirs:
            return None
    facts = _chosen(story.facts, shared)
    left = [fact for fact in facts if all(word in fact.words for word in ours)]
    right = [fact for fact in facts if all(word in fact.words for word in theirs)]
    if len(left) != 1 or len(right) != 1 or left[0] is right[0]:
        return None
    if not _named(story, [*first, *second]):
        return None
    more, fewer = left[0].value, right[0].value
    if re.match(r"how (?:many|much) (?:fewer|less)", story.question):
        more, fewer = fewer, more
    if more is None or fewer is None or left[0].end != right[0].end:
        return None
    # A question may take the smaller one for the larger: the difference is the same.
    return working.calculate(max(more, fewer), "-", min(more, fewer), "difference")


def _sides(more: str, than: str) -> tuple[list[str], list[str]]:
    """The words of both sides: *more A than B did they do* shares what follows B, *more A did x do than y* its A."""
    split = re.search(r" (?:did|do|does|are|were|was|is) ", f" {more} ")
    after = re.search(r" (?:did|do|does|are|were|was|is|on|in) ", f" {than} ")
    if split is None:
        rest = f" {than} "[after.start() :] if after else ""
        return _content(more + rest), _content(than)
    thing = f" {more} "[: split.start()]
    second = _content(than)
    first = _content(more)
    return first, [*second, *[word for word in _content(thing) if word not in second]]


def _named(story: Story, words: Sequence[str]) -> bool:
    """Whether the facts know every one of *words*."""
    known = {word for fact in story.facts for word in fact.words}
    return all(word in known for word in words)


def _counted(story: Story, working: Working) -> Fraction | None:
    question = story.question
    if re.search(
        r"\b(?:more|fewer|less|each|per|every|long|far|old|would|could|can|should|not|need)\b", question
    ):
        return None
    words = [word for word in _content(question) if word not in {"altogether", "together", "remain", "end"}]
    if not words or not _named(story, words):
        return None
    either = re.search(r"([a-z'-]+) and (?:the )?([a-z'-]+)", question)
    pair = [] if either is None else [w for part in either.groups() for w in _content(part)]
    facts = _chosen(story.facts, [word for word in words if word not in pair])
    if either is not None:
        sides = [[fact for fact in facts if word in fact.words] for word in pair]
        if len(pair) != 2 or not all(sides) or any(fact in sides[1] for fact in sides[0]):
            return None
        facts = [fact for fact in facts if fact in sides[0] or fact in sides[1]]
    if not all(any(word in fact.words for word in words) for fact in facts):
        return None
    asked = [
        word
        for word in re.findall(r"[a-z'-]+", question)
        if word in VERBS and VERBS[word][0] not in {"have", "be", "do"}
    ]
    verb = VERBS[asked[-1]][0] if asked else ""
    if any(fact.end or fact.start for fact in facts):
        return None
    if verb:
        same = [fact for fact in facts if fact.verb == verb]
        return _added(same, working) if len(same) == len(facts) >= 2 else None
    if len(facts) < 2 or any(fact.role == "loss" for fact in facts) or not _TOTAL.search(question):
        return None
    return _added(facts, working)


def _added(facts: Sequence[Fact], working: Working) -> Fraction | None:
    values = [fact.value for fact in facts if fact.value is not None]
    if len(values) < len(facts):
        return None
    result = values[0]
    for value in values[1:]:
        result = working.calculate(result, "+", value, "total")
    return result
