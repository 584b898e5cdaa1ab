"""An English word problem as plain lower-case sentences, its question last."""

from __future__ import annotations

import re
from dataclasses import dataclass

from embedded_model.word_problems.english.lexicon import (
    AUXILIARIES,
    DETERMINERS,
    GERUNDS,
    PREPOSITIONS,
    PRONOUNS,
    TIMES,
    VERBS,
)
from embedded_model.word_problems.word_lists import NUMBER_WORDS, word_set

__all__ = ["NUMBER", "Text", "prepare"]

NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LONGEST = 500
_QUESTION = re.compile(
    r"(?:^|[.,;:!?] *|(?<=[a-z]) )(?:and |then |so |about |in total,? |in all,? |altogether,? |now,? )*"
    r"((?:how (?:many|much|far|long|fast|big|deep|tall|old|heavy)|what (?:is|was|were|are|amount|will))\b[^.?!]*)[?.]?$"
)
_STOP = re.compile(r"(?<![0-9])[.;!?]+\s+|(?<=[0-9])[.;!?]+\s+(?=[a-z$])|[.;!?]+$")
_NO_NAMES = (
    DETERMINERS | PREPOSITIONS | PRONOUNS | TIMES | AUXILIARIES
    | word_set("if how each every what some then when while all both many most last next january february march april may june "
                "july august september october november december christmas halloween mrs mr ms dr english")
)  # fmt: skip


@dataclass(frozen=True)
class Text:
    """*given*: the sentences before the question; *question* begins with how or what; *whole*: all of it; *names* of
    people; *numbered*: the question has a number, which is the last of *given*."""

    given: tuple[str, ...]
    question: str
    whole: str
    names: frozenset[str]
    numbered: bool


def prepare(text: str) -> Text | None:
    """The sentences of *text*; ``None`` where it does not end in one question, or is long."""
    plain = _plain(text)
    if len(plain) > _LONGEST or plain.count("?") > 1:
        return None
    found = _QUESTION.search(plain)
    if found is None or NUMBER.search(plain) is None:
        return None
    given = [sentence.strip(" ,") for sentence in _STOP.split(plain[: found.start()] + ".")]
    question, _, condition = found[1].strip(" ?.").partition(" if ")
    given.append(condition)
    priced = re.match(r"how many (\d+(?:\.\d+)?) (dollar|cent) ([a-z]+)", question)
    if priced is not None:
        # How many 6 dollar games: each of them costs so much.
        given.append(f"each {priced[3]} costs {priced[1]} {priced[2]}s")
        question = f"how many {priced[3]}{question[priced.end() :]}"
    number = NUMBER.search(question)
    asked = number is not None
    if number is not None:
        fragment = re.match(r"\d+(?:\.\d+)? [a-z' -]+", question[number.start() :])
        if fragment is None or NUMBER.search(question[number.end() :]):
            return None
        given.append(f"there are {fragment[0]}")
    return Text(tuple(sentence for sentence in given if sentence), question, plain, _names(text), asked)


def _names(text: str) -> frozenset[str]:
    """The words that are written like names: capitals within a sentence, or before a verb at its start."""
    names: set[str] = set()
    for found in re.finditer(
        r"(?P<start>(?:^|[.?!,\"] *))?\b(?P<name>[A-Z][a-z]+)\b(?:'s)?(?= (?P<next>[a-z]+))?", text
    ):
        name = found["name"].lower()
        if name in _NO_NAMES or name in VERBS:
            continue
        if not found["start"] or (found["next"] or "") in VERBS or (found["next"] or "") in {"and", "goes"}:
            names.add(name)
    return frozenset(names)


def _plain(text: str) -> str:
    plain = re.sub(r"\s+", " ", text.lower()).strip().replace("’", "'").replace("\\$", "$")
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", plain)
    plain = re.sub(r"\b(mrs?|ms|dr|st)\.", r"\1", plain)
    plain = re.sub(r" +(?=[.,?!;])| +(?='s\b)", "", plain)
    plain = re.sub(r"\bt ?- ?shirts?\b", "tshirts", plain)
    plain = re.sub(r"\b(" + "|".join(NUMBER_WORDS) + r")\b", lambda found: NUMBER_WORDS[found[1]], plain)
    plain = re.sub(r"\$ ?(\d+(?:\.\d+)?)(?: dollars?)?", r"\1 dollars", plain)
    plain = re.sub(r"\bbucks\b", "dollars", plain)
    plain = re.sub(
        r"(\d) of an? (inch|foot|mile|centimeter|meter|pound|cup|can|gallon|acre)\b", r"\1 \2", plain
    )
    plain = re.sub(r"\b(?:bags|boxes) worth of\b", "bags of", plain)
    plain = re.sub(r"\b(?:some|several|a few|a number of) more\b|\bseveral\b|\ba few\b", "some", plain)
    plain = re.sub(r"\bsome of (?:them|his|her|their|the)\b", "some", plain)
    plain = re.sub(r"\b(?:a|the) total of\b|\ban additional\b|\ban extra\b|\bexactly\b|\bonly\b", "", plain)
    plain = re.sub(r"\b(?:that|which) (?:didn't|did not|don't) fit\b", "", plain)
    plain = re.sub(
        r"\b(?:did not|didn't) (?:get picked|show up|come|get chosen|participate)\b", "left", plain
    )
    plain = re.sub(
        r"\b([a-z]+) more (?=[a-z])(?!than\b)",
        lambda m: f"{m[1]} some " if m[1] in VERBS and m[1] != "is" else m[0],
        plain,
    )
    plain = re.sub(r"\bthan (?:the )?([a-z]+(?: [a-z]+)?) who (?=[a-z]+)", r"than \1. \1 ", plain)
    plain = re.sub(r"\b(in|into) one (?=[a-z])", r"\1 a ", plain)
    plain = re.sub(r"\bone (?=(?:pan|piece|box|bag) of)", "each ", plain)
    plain = re.sub(
        r"\btimes as (?:many|much|long|tall|far|old|heavy) ([a-z ]*?)as (?=[a-z])",
        r"times more \1than ",
        plain,
    )
    plain = re.sub(r"(?<=[a-z]) then (?=([a-z]+))", lambda m: " " if m[1] in VERBS else m[0], plain)
    plain = re.sub(r" {2,}", " ", plain)
    return _unfolded(plain)


def _unfolded(plain: str) -> str:
    """After deleting some he had 4 left: he delete some. he had 4 left."""

    def told(found: re.Match[str]) -> str:
        verb = GERUNDS.get(found["verb"])
        if verb is None:
            return found[0]
        return f"{found['who']} {verb} {found['what']}. {found['who']}"

    return re.sub(
        r"\bafter (?P<verb>[a-z]+ing) (?P<what>(?:some|\d)[^.,]*?),? (?P<who>he|she|they|[a-z]+)(?= (?:had|has|still|bought|got|have)\b)",
        told,
        plain,
    )
