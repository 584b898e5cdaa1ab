"""The facts of an English word problem: each number with who, what is done, what is counted, and where or when."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from embedded_model.word_problems.english_words import FILLERS, NUMBER_WORDS, PRONOUNS, VERBS, stem

__all__ = ["Fact", "Story", "read"]

Role = Literal["has", "gain", "loss"]
_NUMBER = re.compile(r"\d+(?:\.\d+)?|\bsome\b")
_TURNING = re.compile(
    r"\b(?:each|every|everyday|per|times|twice|thrice|double|triple|half|halves|third|quarter|percent|than|both|dozens?|"
    r"average|rest|same|equal|equally|remaining|remainder|except|only|until|least|most|divided?|splits?|pairs?|couple|"
    r"before|ago|rows?|if not|not|n't|didn't|doesn't|never|without|or|either|another|one|once|hundred|thousand|million|"
    r"cost|costs|price|worth|older|younger|longer|shorter|taller|speed|several|few|many|friends? of|a day|"
    r"back|return(?:s|ed)?|exchanged?|traded?|borrow(?:s|ed)?|lent|owes?|too|instead|plan(?:s|ned)?|wants?|wanted|needs?|"
    r"needed|would|could|should|will|can|had to|has to|have to|about|almost|nearly|over|under|between|by|until|which|who)\b|%|/"
)
_SENTENCE = re.compile(r"(?<=[a-z)\"'])\s*[.;!]\s+|(?<=\d)\s*[.;!]\s+(?=[a-z$])")
_CLAUSE = re.compile(r"\s*,\s*(?:and |but |then |while |so )*|\s+(?:and|but|then|while|when)\s+(?:then )?")


@dataclass(frozen=True)
class Fact:
    """A quantity: *who* has it (``None``: some), or *verb* (a lemma) is done with it; *thing* is counted, *words* are all of its words."""

    value: Fraction | None
    who: str
    verb: str
    role: Role
    thing: frozenset[str]
    words: frozenset[str]
    end: bool
    start: bool
    to: str
    away: bool


@dataclass(frozen=True)
class Story:
    """Facts in their order, and the question."""

    facts: tuple[Fact, ...]
    question: str
    names: frozenset[str]


def read(text: str) -> Story | None:
    """The story in *text*, or ``None`` where a clause before the question is not understood."""
    plain = _plain(text)
    found = re.search(r"(?:^|[.;,!?] *)(?:and |then |in total, )?(how (?:many|much)\b[^.?!]*)[?.]?$", plain)
    if found is None or len(plain) > 400:
        return None
    given, question = plain[: found.start()], found[1].strip(" ?.")
    if _NUMBER.search(question) or _TURNING.search(given):
        return None
    facts: list[Fact] = []
    names: set[str] = set()
    for sentence in _SENTENCE.split(given + " "):
        if not _read_sentence(sentence.strip(" .,"), facts, names):
            return None
    if not 2 <= len(facts) <= 6 or len(facts) != len(_NUMBER.findall(plain)):
        return None
    return Story(tuple(facts), question, frozenset(names))


def _plain(text: str) -> str:
    plain = re.sub(r"\s+", " ", text.lower()).strip().replace("’", "'").replace("\\$", "$")
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", plain)
    plain = re.sub(r"\b(" + "|".join(NUMBER_WORDS) + r")\b", lambda found: NUMBER_WORDS[found[1]], plain)
    plain = re.sub(r"\$ ?(\d+(?:\.\d+)?)(?: dollars)?", r"\1 dollars", plain)
    plain = re.sub(r"(?<=[a-z] )(to [a-z]+) some\b", r"\1", plain)
    plain = re.sub(r"\bbags worth of\b", "bags of", plain)
    plain = re.sub(
        r"\b(?:some more|a total of|an additional)\b", lambda m: "some" if m[0] == "some more" else "", plain
    )
    plain = re.sub(r"\b(some) of (?:them|his|her|their|the)\b", r"\1", plain)
    return re.sub(r" +(?=[ .,?!'])", "", plain)


def _read_sentence(sentence: str, facts: list[Fact], names: set[str]) -> bool:
    sentence = re.sub(
        r"^(?:if|later|then|and|also|now|so|first) ", lambda m: "now " if m[0] == "now " else "", sentence
    )
    pieces = [
        piece for clause in _CLAUSE.split(sentence) for piece in _one_number_each(clause) if piece.strip()
    ]
    who, verb, thing = "", "", frozenset[str]()
    before = facts[-1] if facts else None
    if not any(_NUMBER.search(piece) for piece in pieces):
        # A clause of background must not do anything with what is counted.
        words = {stem(word) for word in re.findall(r"[a-z'-]+", sentence)}
        return not any(
            VERBS.get(word, ("", "has"))[1] == "loss" for word in re.findall(r"[a-z'-]+", sentence)
        ) and not (before is not None and words & before.thing and "collect" not in words)
    spare: list[str] = []
    for piece in pieces:
        found = _NUMBER.search(piece)
        if found is None:
            spare.append(piece)
            continue
        fact = _fact(piece, found, (who, verb, thing), before, " ".join(spare))
        if fact is None:
            return False
        spare = []
        who, verb, thing = fact.who, fact.verb, fact.thing
        facts.append(fact)
        before = fact
    names.update(fact.who for fact in facts)
    return not any(re.findall(r"[a-z]+", piece)[:1] and _does(piece) for piece in spare)


def _does(piece: str) -> bool:
    return any(word in VERBS for word in re.findall(r"[a-z'-]+", piece))


def _one_number_each(clause: str) -> list[str]:
    starts = [found.start() for found in _NUMBER.finditer(clause)]
    cuts = [0, *starts[1:], len(clause)]
    return [clause[a:b] for a, b in itertools.pairwise(cuts)]


def _fact(
    piece: str,
    found: re.Match[str],
    inherited: tuple[str, str, frozenset[str]],
    before: Fact | None,
    spare: str,
) -> Fact | None:
    ahead = re.findall(r"[a-z'-]+", piece[: found.start()])
    behind = re.findall(r"[a-z'-]+", piece[found.end() :])
    at = next((i for i, word in enumerate(ahead) if word in VERBS), None)
    who, verb, thing = inherited
    counted = _counted(behind)
    if re.search(r"\b(?:is|are|was|were) [a-z]+(?:ing|ed)\b", piece):
        return None
    if at is not None:
        subject = ahead[:at]
        if subject and subject[0] in {"at", "in", "on", "for", "by", "during", "after", "then"}:
            # At the arcade Dave … : the name stands last.
            subject = subject[-1:]
        subject = [word for word in subject if word in PRONOUNS or word not in FILLERS]
        who = _who(subject, who, before)
        while at + 1 < len(ahead) and ahead[at + 1] in VERBS:
            at += 1
        verb = ahead[at]
    else:
        later = next((word for word in behind if word in VERBS and word not in {"are", "were"}), None)
        later = later or next((word for word in behind if word in VERBS), None)
        if later is not None:
            verb, who = later, " ".join(sorted(counted)) or who
        elif not verb:
            return None
    if not counted:
        counted = thing or (before.thing if before is not None else frozenset())
    if not counted:
        return None
    lemma, role = VERBS.get(verb, (verb, "has"))
    if behind[:2] in (["of", "them"], ["of", "the"], ["of", "his"], ["of", "her"]) and role != "loss":
        return None
    words = (
        frozenset(stem(word) for word in [*ahead, *behind, *who.split(), *re.findall(r"[a-z'-]+", spare)])
        | counted
    )
    words = frozenset(VERBS[word][0] if word in VERBS else word for word in words) | {lemma}
    every = {*ahead, *behind}
    return Fact(
        None if found.group() == "some" else Fraction(found.group()),
        who,
        lemma,
        role,
        counted,
        words,
        end=role == "has" and bool(every & {"now", "left", "still"}),
        start=bool(every & {"initially", "originally"}),
        to=_receiver(ahead[at + 1 :] if at is not None else [], behind),
        away="away" in every,
    )


def _receiver(between: list[str], behind: list[str]) -> str:
    """To whom: the words between a verb and its number, or after *to*; ``pronoun`` for him, her and them."""
    words = between or (behind[behind.index("to") + 1 :][:1] if "to" in behind else [])
    words = [word for word in words if word not in {"a", "an", "the", "away", "out", "total", "of"}]
    if len(words) == 1:
        return "pronoun" if words[0] in {"him", "her", "them"} else stem(words[0])
    return ""


def _who(subject: list[str], who: str, before: Fact | None) -> str:
    if subject and subject[0] not in PRONOUNS and subject[-1] in PRONOUNS:
        subject = subject[-1:]
    if not subject:
        return who or (before.who if before is not None else "")
    if all(word in PRONOUNS for word in subject):
        return before.who if before is not None else ""
    return " ".join(stem(word) for word in subject)


def _counted(behind: list[str]) -> frozenset[str]:
    kept: list[str] = []
    for word in behind:
        if word in VERBS or (word in FILLERS and word not in {"of", "more", "new", "old", "other"}):
            break
        if word in {"of", "more", "new", "old", "other"}:
            continue
        if word in PRONOUNS or word in {"them", "his", "her", "the", "their", "those", "these"}:
            break
        kept.append(stem(word))
    if kept == ["one"]:
        kept = []
    return frozenset(kept)
