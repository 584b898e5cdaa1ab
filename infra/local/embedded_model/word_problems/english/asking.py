"""What an English word problem asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from embedded_model.word_problems.english.lexicon import (
    AUXILIARIES,
    DETERMINERS,
    KINDS,
    PREPOSITIONS,
    PRONOUNS,
    TIMES,
    VERBS,
    Role,
    lemma,
    stem,
)
from embedded_model.word_problems.english.phrases import counted_in, is_verb, nouns
from embedded_model.word_problems.english.quantities import Quantity
from embedded_model.word_problems.english.text import Text
from embedded_model.word_problems.word_lists import word_set

__all__ = ["EMPTY", "HAVING", "Question", "ask", "content", "known"]

_TOTAL = re.compile(r"\b(?:altogether|in all|in total|total|together|combined)\b")
_START = re.compile(
    r"\b(?:at first|initially|originally|(?:to )?start(?:ed|s)? (?:out )?with|(?:at|in) the (?:start|beginning)|to begin with|begin with|before)\b"
)
_END = re.compile(
    r"\b(?:left|remain(?:ed|s|ing)?|still|now|then|do(?:es)? .* have$|end(?:ed|s)? (?:up )?with|at the end|in all|altogether|in total|total|would|will|after)\b"
)
HAVING = frozenset(["have", "be", "do", "contain", "hold", "own"])
EMPTY = word_set(
    "how many much more fewer less number altogether all total together combined in number those these one that than and "
    "trip end other both money piece sum amount farther further longer taller heavier compare"
)
_HERE = frozenset(["present", "stay", "stayed", "behind", "home"])
_FILLERS = word_set(
    "left leave remain need create created use buy start begin each every long far fast old him her actually between end beginning still now then first initially originally currently stay currently total up"
)
_GROUPED = re.compile(
    r"\b(?:equal(?:ly)?|same|splits?|divided?|shares?|shared|evenly|rest|in a row|rows|average|both)\b"
)
_NO_SUBJECT = frozenset(["there", "in", "on", "at", "of", "from", "to", "inside"])


@dataclass(frozen=True)
class Question:
    """*thing* is counted, by *who* (a pronoun is resolved), *verb* is done with it; *per* is *each* of
    what, or empty; *grouped*: the problem speaks of equal parts or of a rest."""

    text: str
    given: str
    whole: str
    thing: frozenset[str]
    head: str
    who: str
    verb: str
    role: Role
    per: frozenset[str]
    place: frozenset[str]
    words: tuple[str, ...]
    total: bool
    start: bool
    end: bool
    more: bool
    grouped: bool
    names: frozenset[str]


def ask(text: Text, quantities: Sequence[Quantity]) -> Question | None:
    """The question of *text*; ``None`` where it is none that is read here. Its *thing* is ``*time`` for *how long*."""
    question = text.question
    found = re.match(r"how (many|much|long|far|fast|old) ?(.*)", question)
    if found is None:
        return None
    words = re.findall(r"[a-z'-]+", found[2])
    more = words[:1] in (["more"], ["fewer"], ["less"])
    thing, head, rest = counted_in(words)
    if found[1] == "fast" or (found[1] == "much" and words[:1] == ["longer"] and " than " not in question):
        head = "*speed" if found[1] == "fast" else "*time"
        thing, rest = frozenset({head}), words
    elif found[1] == "old":
        head = "*age"
        thing, rest = frozenset({head}), words
    elif found[1] in {"long", "far"}:
        head = "*distance" if found[1] == "far" else "*length" if words[:1] in (["is"], ["was"]) else "*time"
        if words[-1:] and words[-1].endswith("ing"):
            head = "*time"
        thing, rest = frozenset({head}), words
    elif found[1] == "much" and (not thing or thing == {"dollar"}):
        money = {quantity.head for quantity in quantities} & {"dollar", "cent"}
        head = next(iter(money)) if len(money) == 1 else "dollar"
        thing = frozenset({head})
    if not thing:
        per = _per(rest)
        things = {quantity.thing for quantity in quantities if not quantity.per and not per & quantity.thing}
        if len(things) != 1:
            return None
        thing = next(iter(things))
        head = next(quantity.head for quantity in quantities if quantity.thing == thing)
    who, verb = _who_does(rest, quantities)
    per = _per(rest)
    meaning, role = VERBS.get(verb, (verb, "has" if not verb else "act"))
    return Question(
        text=question,
        given=" ".join(text.given),
        whole=text.whole,
        thing=thing,
        head=head,
        who=who,
        verb=meaning,
        role=role,
        per=per,
        place=_place(rest),
        words=tuple(
            lemma(word) for word in rest if word not in DETERMINERS | PREPOSITIONS | PRONOUNS | AUXILIARIES
        ),
        total=_TOTAL.search(question) is not None,
        start=_START.search(question) is not None,
        end=_END.search(question) is not None or (meaning == "have" and rest[:1] in (["do"], ["does"])),
        more=more,
        names=text.names,
        grouped=_GROUPED.search(text.whole) is not None,
    )


def content(text: str) -> list[str]:
    """The words of a question that choose a quantity, as stems or lemmas."""
    skipped = DETERMINERS | PREPOSITIONS | PRONOUNS | AUXILIARIES | EMPTY
    words = [lemma(word) for word in re.findall(r"[a-z'-]+", text) if word not in skipped]
    return [word for word in words if word not in HAVING | EMPTY]


def _who_does(rest: Sequence[str], quantities: Sequence[Quantity]) -> tuple[str, str]:
    """The subject and the main verb of what follows the thing that is asked for."""
    at = 0
    first = ""
    while at < len(rest) and (
        rest[at] in AUXILIARIES
        or rest[at] in {"is", "are", "was", "were", "has", "have", "had"}
        or rest[at] in TIMES
    ):
        if rest[at] not in AUXILIARIES | TIMES:
            first = rest[at]
        at += 1
    subject: list[str] = []
    verb = ""
    for position in range(at, len(rest)):
        word = rest[position]
        if is_verb(rest, position) or (word in VERBS and word not in {"store", "plant", "place"} and subject):
            verb = word
            if (
                word in {"have", "need", "has"}
                and rest[position + 1 : position + 2] == ["to"]
                and rest[position + 2 : position + 3]
            ):
                verb = rest[position + 2]
            elif word in {"have", "has", "had"} and position + 1 < len(rest) and rest[position + 1] in VERBS:
                verb = rest[position + 1]
            break
        if word in _NO_SUBJECT | {"left"}:
            break
        if word not in DETERMINERS - {"there"} and word not in TIMES:
            subject.append(word)
    if not verb and not subject and at < len(rest) and rest[at] in VERBS:
        verb = rest[at]
    who = " ".join(stem(word) for word in subject)
    if subject and subject[0] in PRONOUNS:
        doing = {quantity.who for quantity in quantities if quantity.verb == lemma(verb) and quantity.who}
        who = (
            next(iter(doing))
            if len(doing) == 1 and subject[0] != "they"
            else _resolved(subject[0], quantities)
        )
    return "" if "than" in subject else who, verb or first


def _resolved(pronoun: str, quantities: Sequence[Quantity]) -> str:
    people = list(dict.fromkeys(quantity.who for quantity in quantities if quantity.who))
    if pronoun == "they":
        return people[0] if len(people) == 1 else "they"
    if pronoun in {"i", "we", "you", "it"}:
        return pronoun
    receivers = [quantity.to for quantity in quantities if quantity.role == "give" and quantity.to]
    if receivers and receivers[0] in people:
        return receivers[0]
    return people[0] if people else pronoun


def _per(rest: Sequence[str]) -> frozenset[str]:
    for at, word in enumerate(rest):
        if word in {"each", "every", "per"}:
            after = [
                other
                for other in rest[at + 1 :]
                if other not in {"of", "the", "his", "her", "their", "small", "large"}
            ]
            named = []
            for other in after:
                if other in VERBS or other in PREPOSITIONS | AUXILIARIES | TIMES - {"week"}:
                    break
                named.append(stem(other))
            return frozenset(named) or frozenset({"each"})
    return frozenset()


def _place(rest: Sequence[str]) -> frozenset[str]:
    text = " ".join(rest)
    found = re.search(r"\b(?:in|on|at|inside) (.*)", text)
    return nouns(found[1]) - TIMES - {"end", "beginning", "all", "total", "start"} if found else frozenset()


def known(question: Question, quantities: Sequence[Quantity]) -> bool:
    """Whether the story has every word of the question that is more than a filler."""
    told = {word for quantity in quantities for word in (*quantity.words, *quantity.who.split())}
    told |= {form for word in re.findall(r"[a-z'-]+", question.given) for form in (stem(word), lemma(word))}
    kinds = {
        kind for kind, members in KINDS.items() if any(quantity.head in members for quantity in quantities)
    }
    return set(content(question.text)) <= told | kinds | _HERE | _FILLERS | {question.verb} | question.per
