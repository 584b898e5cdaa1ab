"""Phrases of English word problems: what is counted, by which verb, where, from whom, compared with whom."""

from __future__ import annotations

import re
from collections.abc import Sequence

from embedded_model.word_problems.english.lexicon import (
    AUXILIARIES,
    DETERMINERS,
    MODIFIERS,
    NOUN_VERBS,
    PREPOSITIONS,
    PRONOUNS,
    TIMES,
    VERBS,
    stem,
)
from embedded_model.word_problems.word_lists import word_set

__all__ = [
    "PER",
    "PERIODS",
    "counted_in",
    "is_verb",
    "named_in",
    "nouns",
    "place_of",
    "relation",
    "source_of",
    "told_of",
]

PER = frozenset(["each", "every", "per", "apiece"])
PERIODS = frozenset(["day", "week", "month", "year", "hour", "minute", "second"])
_COMPARED = {
    **dict.fromkeys(
        word_set("more farther further longer taller higher bigger heavier older larger deeper wider faster"),
        1,
    ),
    **dict.fromkeys(word_set("fewer less lesser shorter smaller lighter younger lower"), -1),
}


def nouns(text: str) -> frozenset[str]:
    """The stems of the words of *text* that name a thing."""
    return frozenset(
        stem(word)
        for word in re.findall(r"[a-z'-]+", text)
        if word
        not in DETERMINERS
        | PREPOSITIONS
        | PRONOUNS
        | MODIFIERS
        | {"and", "them", "some", "any", "number", "amount", "piece", "pieces"}
    )


def is_verb(words: Sequence[str], at: int) -> bool:
    """Whether the word at *at* is a verb here; many are nouns as well."""
    word = words[at]
    if word not in VERBS:
        return False
    ahead = words[at - 1] if at else ""
    if word in NOUN_VERBS:
        return ahead in AUXILIARIES or ahead in PRONOUNS or (not word.endswith("s") and ahead.endswith("s"))
    return ahead not in DETERMINERS - {"there", "that"}


def counted_in(after: Sequence[str]) -> tuple[frozenset[str], str, list[str]]:
    """What is counted, its first noun, and the words behind it."""
    kept: list[str] = []
    at = 0
    words = list(after)
    while at < len(words):
        word = words[at]
        if kept and kept[-1] == "of" and word in VERBS:
            kept.append(word)
            at += 1
            continue
        if word in DETERMINERS | MODIFIERS or (word == "of" and not (kept and kept[-1] == "of")):
            if word in DETERMINERS and kept and kept[-1] != "of":
                break
            if word == "of" and kept:
                kept.append(word)
            at += 1
            continue
        if word == "them":
            kept.append(word)
            at += 1
            break
        past = word in VERBS and (not word.endswith("s") or word in {"is", "was", "has", "does", "goes"})
        if (
            word in {"and", "than"}
            or word in PREPOSITIONS | PRONOUNS | TIMES | AUXILIARIES | PER
            or past
            or word.isdigit()
        ):
            break
        if word.endswith("ing") and kept and kept[-1] != "of":
            break
        if word in VERBS and kept and kept[-1] != "of":
            break
        if word.endswith("'s"):
            at += 1
            continue
        kept.append(word)
        at += 1
    named = [word for word in kept if word not in {"of", "ones"}]
    front = kept[: kept.index("of")] if "of" in kept else kept
    head = stem([word for word in front if word != "ones"][-1]) if [w for w in front if w != "ones"] else ""
    if len(front) > 1 and front[0] in PERIODS:
        # A 5 day trip.
        return frozenset({front[0]}), front[0], words[at:]
    return frozenset(stem(word) for word in named), head, words[at:]


def named_in(words: Sequence[str]) -> frozenset[str]:
    """The stems of a noun phrase at the start of *words*."""
    kept: list[str] = []
    for word in words:
        if word in {"of", "the", "his", "her", "their", "such"}:
            continue
        if (
            word in VERBS and not (word.endswith("s") and not kept)
        ) or word in PREPOSITIONS | PRONOUNS | AUXILIARIES | TIMES - {"week"}:
            break
        kept.append(stem(word))
        if kept[0] in PERIODS:
            break
    return frozenset(kept)


def told_of(rest: Sequence[str]) -> tuple[str, bool] | None:
    """The verb behind what is counted, and whether it is passive: *3 were eaten*, *2 students left*."""
    if rest[:1] == ["to"]:
        return None
    for at, word in enumerate(rest):
        if word in {"are", "were", "is", "was", "got"} and at + 1 < len(rest):
            follows = [other for other in rest[at + 1 : at + 3] if other in VERBS]
            if follows:
                return follows[0], VERBS[follows[0]][1] not in {"act", "has"}
            return ("are", False) if word != "got" else ("got", False)
        if word == "left":
            return "leave", False
        if word in VERBS and at == 0:
            return word, False
    if (
        rest
        and rest[0] in PREPOSITIONS - {"to", "for"}
        and rest[-1] in VERBS
        and VERBS[rest[-1]][1] in {"go", "come", "act"}
    ):
        # 2 trees in the garden died.
        return rest[-1], False
    return None


def relation(after: list[str]) -> tuple[str, int, list[str]] | None:
    """Than whom or what, the sign, and the words without that; ``None`` where a comparison is not understood."""
    times = after[:1] == ["times"]
    joint = "than" if "than" in after else "as" if times and after.count("as") == 2 else ""
    if not joint:
        return None if times or {"fewer", "less", "lesser", "times"} & set(after[:4]) else ("", 0, after)
    at = len(after) - 1 - after[::-1].index(joint)
    ahead, behind = after[:at], after[at + 1 :]
    sign = next((_COMPARED[word] for word in ahead if word in _COMPARED), 0)
    other = [word for word in behind if word not in DETERMINERS]
    end = next(
        (i for i, word in enumerate(other) if word in VERBS or word in PREPOSITIONS | AUXILIARIES | TIMES),
        len(other),
    )
    other = other[:end]
    if not other or other[0] in PRONOUNS or not (sign or times) or (times and sign < 0):
        return None
    kept = [
        word
        for word in ahead
        if word not in _COMPARED and word not in {"times", "as", "many", "much", "tall", "high"}
    ]
    return " ".join(stem(word) for word in other), 2 if times else sign, kept


def source_of(after: Sequence[str], rest: Sequence[str]) -> frozenset[str]:
    owners = [word for word in after[:4] if word.endswith("'s")]
    if after[:1] == ["of"] and owners:
        return frozenset({stem(owners[0])})
    if after[:1] == ["of"] and after[1:2] and after[1] in {"his", "her", "their"}:
        return frozenset({"owner"})
    if "from" in rest and {"him", "her", "them"} & set(rest[rest.index("from") + 1 :][:1]):
        return frozenset({"owner"})
    if "from" in rest:
        return nouns(" ".join(rest[rest.index("from") + 1 :][:4]))
    return frozenset()


def place_of(rest: Sequence[str]) -> frozenset[str]:
    kept: list[str] = []
    taking = False
    for word in rest:
        if word in {"in", "on", "at", "onto", "into", "inside"}:
            taking = True
        elif word in VERBS or word in PREPOSITIONS | PRONOUNS:
            taking = False
        elif taking and word not in DETERMINERS | TIMES | MODIFIERS:
            kept.append(stem(word))
    return frozenset(kept)
