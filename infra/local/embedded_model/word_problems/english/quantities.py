"""The quantities of an English word problem: each number with who, what is done, what is counted, for each of what."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from embedded_model.word_problems.english.lexicon import (
    AUXILIARIES,
    DETERMINERS,
    MODIFIERS,
    PREPOSITIONS,
    PRONOUNS,
    TIMES,
    VERBS,
    Role,
    lemma,
    stem,
)
from embedded_model.word_problems.english.phrases import (
    PER,
    PERIODS,
    counted_in,
    is_verb,
    named_in,
    place_of,
    relation,
    source_of,
    told_of,
)
from embedded_model.word_problems.english.text import Text
from embedded_model.word_problems.word_lists import word_set

__all__ = ["ANYTHING", "Quantity", "read"]

# What a rate counts that does not say what: groups of 5.
ANYTHING = frozenset({"*"})
OPEN = "?"
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[a-z'-]+")
_COUNT = re.compile(r"\d+(?:\.\d+)?|\bsome\b")
_CLAUSE = re.compile(
    r"\s*,\s*(?:and |but |then |while |so |or )*|\s+(?:and|but|then|while|when|if|because|where|so)\s+(?:then )?|^(?:if|when|then|later|also|so|first|and) "
)
# Words that turn what a sentence says in a way that is not read here.
_TURNING = re.compile(
    r"\b(?:twice|thrice|double|triple|half|halves|third|quarter of|quarters of|percent|average|except|until|least|most|couple|"
    r"pairs?|ago|not|never|without|or|either|neither|one|once|hundred|thousand|million|several|few|many|back|returned|returns|"
    r"exchanged?|traded?|lent|owes?|too|instead|plan(?:s|ned)?|about|nearly|between|who|whose|sisters|brothers)\b|n't|%|/"
)
_QUALITIES = word_set(
    "red blue green yellow orange black white pink purple brown violet gray grey large small big little male female ripe unripe "
    "chocolate vanilla"
)
_LEADS_ON = frozenset(["used", "uses", "use", "went", "goes", "came", "got"])
_GROUPS = frozenset(
    ["group", "package", "pack", "pile", "stack", "bag", "box", "row", "team", "set", "bunch", "baggy", "pan", "basket", "section",
     "bouquet", "shelf", "cage", "case", "load", "folder", "size"]
)  # fmt: skip


@dataclass(frozen=True)
class Quantity:
    """A number in its clause; ``value`` is ``None`` for *some*.

    *thing* are the stems of what is counted, *head* the first noun of them (the bag of *bags of cans*); *per* what it is
    counted for each of, or empty. *end* and *start* say that it is told of the end or the start of the story.
    *than*: it is so many more (*sign* 1), fewer (-1) or times as many (2) than somebody or something else has.
    *single*: its subject is *a* worksheet; *open*: what it is counted for is one of *per*.
    """

    value: Fraction | None
    who: str
    verb: str
    role: Role
    thing: frozenset[str]
    head: str
    words: frozenset[str]
    per: frozenset[str] = frozenset()
    to: str = ""
    source: frozenset[str] = frozenset()
    place: frozenset[str] = frozenset()
    end: bool = False
    start: bool = False
    own: bool = False
    passive: bool = False
    away: bool = False
    than: str = ""
    sign: int = 0
    single: bool = False
    open: bool = False


@dataclass
class _Reader:
    names: frozenset[str]
    found: list[Quantity] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    loose: list[tuple[int, str]] = field(default_factory=list)


def read(text: Text) -> list[Quantity] | None:
    """The quantities of *text* in their order; ``None`` where a clause is not understood."""
    reader = _told(text.names, text.given)
    if reader is None:
        return None
    shown = [_with_some(reader, sentence) for sentence in text.given]
    if shown != list(text.given):
        reader = _told(text.names, shown)
    if reader is None or not all(_harmless(reader, clause) for _, clause in reader.loose):
        return None
    return _joined(reader.found)


def _told(names: frozenset[str], sentences: Sequence[str]) -> _Reader | None:
    reader = _Reader(names)
    for at, sentence in enumerate(sentences):
        if _TURNING.search(sentence) or not _sentence(reader, sentence, at):
            return None
    return reader


def _with_some(reader: _Reader, sentence: str) -> str:
    """He picked peaches: some peaches, where peaches are counted elsewhere."""
    if _COUNT.search(sentence):
        return sentence
    things = {quantity.head for quantity in reader.found}

    def shown(found: re.Match[str]) -> str:
        verb, noun = found.groups()
        changes = VERBS.get(verb, ("", "act"))[1] in {"gain", "loss", "put"} and verb.endswith(
            ("ed", "ght", "ew", "old")
        )
        return f"{verb} some {noun}" if changes and stem(noun) in things and noun.endswith("s") else found[0]

    return re.sub(r"\b([a-z]+) ([a-z]+)\b", shown, sentence)


def _joined(found: list[Quantity]) -> list[Quantity] | None:
    """The quantities, where what one is counted for is told of by another: a worksheet has 5 problems, there are 9 worksheets."""
    heads = [quantity.head for quantity in found if not quantity.per]
    out: list[Quantity] = []
    for quantity in found:
        if quantity.per and quantity.open:
            named = [head for head in dict.fromkeys(heads) if head in quantity.per]
            if len(named) != 1:
                return None
            out.append(replace(quantity, per=frozenset(named)))
        elif (
            quantity.single
            and quantity.who.split()[-1:]
            and quantity.role == "has"
            and heads.count(quantity.who.split()[-1])
        ):
            out.append(replace(quantity, per=frozenset(quantity.who.split()[-1:])))
        else:
            out.append(quantity)
    return out


def _sentence(reader: _Reader, sentence: str, at: int) -> bool:
    """Read one sentence into *reader*; false where a clause of it is not understood."""
    first = len(reader.found)
    for piece in _turned(_pieces(sentence)):
        if _COUNT.search(piece) is None:
            reader.loose.append((at, piece))
            _mention(reader, piece)
            continue
        inherited = reader.found[-1] if len(reader.found) > first else None
        quantity = _quantity(reader, piece, at, inherited)
        if quantity is None:
            return False
        if sentence.startswith(("then ", "now ")) and quantity.role == "has":
            quantity = replace(quantity, end=True)
        reader.found += _by_dozens(quantity)
    told = _for_each(_shared(reader.found[first:]), sentence)
    if told is None:
        return False
    reader.found[first:] = told
    return True


def _for_each(told: list[Quantity], sentence: str) -> list[Quantity] | None:
    """With 2 women and 6 men at each table: both are at each; ``None`` where only the last need be."""
    rate = next((quantity for quantity in told if quantity.per), None)
    if rate is None or told.index(rate) == 0:
        return told
    ahead = [quantity for quantity in told[: told.index(rate)] if quantity.head not in rate.per]
    ahead = [quantity for quantity in ahead if quantity.head != rate.head]
    if not any((quantity.who, quantity.verb) == (rate.who, rate.verb) for quantity in ahead):
        return told
    if re.search(r"\bwith \d", sentence) is None or len(ahead) > 2:
        return None
    return [replace(quantity, per=rate.per) if quantity in ahead else quantity for quantity in told]


def _turned(pieces: list[str]) -> list[str]:
    """3 red pens and 5 blue pens are on the desk: there are 3 red pens on the desk, and there are 5 blue pens."""
    told = re.search(r"\b(are|were) ((?:in|on|at) .*)", pieces[-1]) if len(pieces) > 1 else None
    if told is None or not all(_COUNT.search(piece) for piece in pieces):
        return pieces
    if any(is_verb(words, at) for words in map(_TOKEN.findall, pieces[:-1]) for at in range(len(words))):
        return pieces
    return [f"there {told[1]} {piece.replace(told[0], '')} {told[2]}" for piece in pieces]


def _shared(told: list[Quantity]) -> list[Quantity]:
    """The quantities of one sentence, with what it says of all of them: the place, the end, the noun of *3 red and 5 blue pens*."""
    for at, (one, other) in enumerate(itertools.pairwise(told)):
        if len(one.thing) == 1 and one.thing <= _QUALITIES and other.thing & _QUALITIES:
            thing = one.thing | (other.thing - _QUALITIES)
            told[at] = replace(one, thing=thing, head=other.head, words=one.words | thing)
    if len({(quantity.who, quantity.verb) for quantity in told}) != 1:
        return told
    if told[0].per and not told[0].open and not any(quantity.per for quantity in told[1:]):
        # Each bag has 3 red and 5 green apples: both are told of each bag.
        told = [replace(quantity, per=told[0].per) for quantity in told]
    if told[0].role == "has":
        end, start = any(quantity.end for quantity in told), any(quantity.start for quantity in told)
        told = [replace(quantity, end=end, start=start) for quantity in told]
    places = [quantity.place for quantity in told if quantity.place]
    return [replace(quantity, place=places[0]) for quantity in told] if len(places) == 1 else told


def _mention(reader: _Reader, clause: str) -> None:
    """Remember whom a clause is about, for the pronouns behind it."""
    words = _TOKEN.findall(clause)
    verb = next((at for at, word in enumerate(words) if is_verb(words, at)), 0)
    who = _who(reader, words[:verb])
    if who and words[0] not in PRONOUNS:
        reader.people.append(who)


def _by_dozens(quantity: Quantity) -> list[Quantity]:
    """Nine dozen balls are nine dozens, with twelve balls in each."""
    if "dozen" not in quantity.thing or quantity.per:
        return [quantity]
    balls = quantity.thing - {"dozen"}
    twelve = replace(
        quantity, value=Fraction(12), thing=balls, per=frozenset({"dozen"}), role="has", words=balls
    )
    return [replace(quantity, thing=frozenset({"dozen"}), head="dozen"), twelve] if balls else [quantity]


def _pieces(sentence: str) -> list[str]:
    """The clauses of *sentence*, cut so that none has two numbers; *5 bags of 6 apples* is 5 bags, and bags of 6 apples."""
    pieces: list[str] = []
    for clause in _CLAUSE.split(sentence):
        starts = [found.start() for found in _COUNT.finditer(clause or "")][1:]
        cuts = [0, *starts, len(clause or "")]
        parts = [clause[a:b] for a, b in itertools.pairwise(cuts)]
        groups = [re.search(r"\b([a-z]+ of )$", part) for part in parts[:-1]]
        pieces += [
            (ahead[1] if ahead is not None else "") + part
            for part, ahead in zip(parts, [None, *groups], strict=True)
        ]
    return [re.sub(r" of$", "", piece.strip()) for piece in pieces if piece.strip()]


def _harmless(reader: _Reader, clause: str) -> bool:
    """Whether a clause without a number leaves every quantity as it is."""
    words = _TOKEN.findall(clause)
    things = {word for quantity in reader.found for word in quantity.thing}
    changed = [VERBS[word][1] for word in words if word in VERBS and word != "collects"]
    named = {stem(word) for word in words} | ({"them"} & set(words))
    return not (
        set(changed) & {"gain", "loss", "give", "take", "put", "go", "come"}
        and named & (things | {"them", "it", "all"})
    )


def _quantity(reader: _Reader, piece: str, at: int, inherited: Quantity | None) -> Quantity | None:
    """The quantity of a clause with one number; ``None`` where the clause is not understood."""
    count = _COUNT.search(piece)
    compared = relation(_TOKEN.findall(piece[count.end() :])) if count is not None else None
    if count is None or compared is None:
        return None
    than, sign, after = compared
    before = _TOKEN.findall(piece[: count.start()])
    single = before[:1] in (["a"], ["an"])
    counted, head, rest = counted_in(after)
    per, before, rest = _per(before, rest, reader)
    if per is None:
        return None
    apart = bool(per) and per <= {OPEN}
    if apart:
        per = frozenset(stem(word) for word in before if word not in VERBS)
    if after == ["more"] and reader.found and lemma(before[-1] if before else "") == "have":
        # Ann has 3 more: than whom?
        return None
    doing = _doing(reader, before, rest, counted, inherited)
    own = after[:1] == ["of"] and len(after) > 1
    thing = _thing(reader, counted, head, own=own, verb=doing[1] if doing else "", rate=bool(per))
    if doing is None or thing is None:
        return None
    who, verb, between, passive = doing
    meaning, role = VERBS.get(verb, (verb, "act"))
    words = {form for word in (*before, *after) for form in (lemma(word), stem(word))}
    return Quantity(
        value=None if count[0] == "some" else Fraction(count[0]),
        who=who,
        verb=meaning,
        role=role,
        thing=thing[0],
        head=thing[1],
        words=frozenset(words | thing[0] | set(who.split()) | {meaning}),
        per=per,
        to=_receiver(reader, between, rest),
        source=source_of(after, rest),
        place=place_of(rest) or place_of(before),
        end=role == "has" and _is_end(verb, [*before, *after]),
        start=bool({"initially", "originally"} & {*before, *after})
        or "at first" in piece
        or meaning in {"start", "begin"},
        own=own,
        passive=passive,
        away=bool({"away", "out", "off"} & set(rest)),
        than=than,
        sign=sign,
        single=single,
        open=apart,
    )


def _is_end(verb: str, words: Sequence[str]) -> bool:
    """Whether a clause tells of the end of a story."""
    return bool({"now", "left", "still", "remaining", "altogether"} & set(words)) or lemma(verb) == "remain"


def _doing(
    reader: _Reader, before: list[str], rest: list[str], counted: frozenset[str], inherited: Quantity | None
) -> tuple[str, str, list[str], bool] | None:
    """Who, the verb, the words between it and the number, and whether it is passive."""
    who, verb, between = _subject(reader, before, inherited)
    if verb:
        return who, verb, between, False
    told = told_of(rest)
    if told is not None:
        return " ".join(sorted(counted)) or "them", told[0], between, told[1]
    if inherited is not None:
        return inherited.who, inherited.verb, between, inherited.passive
    return None


def _thing(
    reader: _Reader, counted: frozenset[str], head: str, *, own: bool, verb: str, rate: bool
) -> tuple[frozenset[str], str] | None:
    """What is counted and its head: four of them, or just four, are of what was counted before."""
    if counted and not own and not counted <= {"them"}:
        return _narrowed(reader, counted, head, verb), head
    last = _last_thing(reader, counted - {"them"})
    if last is not None:
        return last.thing, last.head
    return (ANYTHING, "*") if rate else None


def _per(
    before: list[str], rest: list[str], reader: _Reader
) -> tuple[frozenset[str] | None, list[str], list[str]]:
    """For each of what: empty where it is no rate, ``None`` where it is not sure; the words that are left."""
    for at, word in enumerate(before):
        if word in PER:
            named = named_in(before[at + 1 :])
            if named:
                return named, [*before[:at], *(w for w in before[at + 1 :] if stem(w) not in named)], rest
            return None, before, rest
    for at, word in enumerate(rest):
        if word in PER:
            named = named_in(rest[at + 1 :])
            last = reader.found[-1] if reader.found else None
            if not named and rest[at + 1 :]:
                # To each of her 4 friends.
                return None, before, rest
            if not named and "for" in before:
                named = frozenset({OPEN})
            elif not named and last is not None and not last.per:
                named = frozenset({last.head})
            return named or None, before, rest[:at]
    if len(rest) >= 2 and rest[0] in {"a", "an"} and stem(rest[1]) in PERIODS | {"piece"}:
        return frozenset({stem(rest[1])}), before, rest[2:]
    if before[-2:] == ["of", "size"]:
        # Groups of size 5.
        before = before[:-1]
    if before[-1:] == ["of"] and stem(before[-2:][0]) not in _GROUPS and len(before) == 2:
        return None, before, rest
    if len(before) >= 2 and before[-1] == "of" and stem(before[-2]) in _GROUPS:
        return frozenset({stem(before[-2])}), before[:-2], rest
    return frozenset(), before, rest


def _subject(
    reader: _Reader, before: Sequence[str], inherited: Quantity | None
) -> tuple[str, str, list[str]]:
    """Who, the verb, and the words between the verb and the number."""
    verbs = [at for at, word in enumerate(before) if is_verb(before, at) or word == "left"]
    if not verbs:
        return "", "", []
    at = verbs[0]
    while at + 1 < len(before) and (before[at + 1] in VERBS or before[at + 1] in AUXILIARIES):
        at += 1
    verb = before[at]
    if verb in _LEADS_ON and len(before) > 1 and before[-1] in VERBS and before[-2] == "to":
        # Used a grant to purchase 5 books.
        verb = before[-1]
    if "forgot" in before:
        verb = "forgot"
    if verb not in VERBS:
        verb = "leave" if verb == "left" else before[verbs[-1]]
    if verb in {"have", "has", "had"} and len(verbs) > 1 and verbs[-1] > at:
        verb = before[verbs[-1]]
    subject = [word for word in before[: verbs[0]] if word not in AUXILIARIES]
    who = _who(reader, subject)
    if not who:
        who = inherited.who if inherited is not None else ""
    elif (
        subject
        and subject[-1] not in PRONOUNS
        and subject[:1] not in (["his"], ["her"], ["their"], ["there"])
    ):
        reader.people.append(who)
    return who, verb, list(before[at + 1 :])


def _who(reader: _Reader, subject: Sequence[str]) -> str:
    words = [word for word in subject if word not in {"the", "a", "an", "so", "once"} | TIMES]
    if not words or words[0] == "there":
        return ""
    if words[-1] in PRONOUNS:
        return _resolved(reader, words[-1])
    if words[0] in PREPOSITIONS:
        words = [word for word in words if word in reader.names] or words[-1:]
    else:
        end = next((at for at, word in enumerate(words) if word in PREPOSITIONS), len(words))
        words = words[:end]
    owners = [at for at, word in enumerate(words[:-1]) if word.endswith("'s")]
    if owners:
        # Tim's sister is not Tim.
        words = words[owners[-1] + 1 :]
    return " ".join(stem(word) for word in words if word not in DETERMINERS | TIMES)


def _resolved(reader: _Reader, pronoun: str) -> str:
    if pronoun in {"i", "we", "you", "they"}:
        return pronoun if pronoun != "they" or len(set(reader.people)) != 1 else reader.people[-1]
    last = reader.found[-1] if reader.found else None
    if (
        last is not None
        and last.role == "give"
        and last.to
        and last.to not in {"pronoun", last.who}
        and pronoun in {"he", "she"}
    ):
        return "unsure"
    return reader.people[-1] if reader.people else pronoun


def _receiver(reader: _Reader, between: Sequence[str], rest: Sequence[str]) -> str:
    """To whom: the words between the verb and its number, or after *to*."""
    words = [
        word
        for word in between
        if word not in DETERMINERS | MODIFIERS | PREPOSITIONS | AUXILIARIES | {"up"} or word in {"her", "him"}
    ]
    words = [word for word in words if word not in VERBS]
    if (
        not words
        and "to" in rest
        and rest[rest.index("to") + 1 :][:1]
        and rest[rest.index("to") + 1] not in VERBS
    ):
        words = list(rest[rest.index("to") + 1 :][:2])
        words = [word for word in words if word not in DETERMINERS] if words[-1:] != ["her"] else words
    if not words:
        return ""
    if words[0] in {"him", "her", "them"}:
        return reader.people[-1] if words[0] != "them" and reader.people else "them"
    return stem(words[0])


def _narrowed(reader: _Reader, counted: frozenset[str], head: str, verb: str) -> frozenset[str]:
    """What changes is what was told of before: *3 balloons* are of the *blue balloons*, if there are no others."""
    if VERBS.get(verb, ("", "act"))[1] in {"has", "act"}:
        return counted
    wider = {
        quantity.thing for quantity in reader.found if counted < quantity.thing and quantity.head == head
    }
    return next(iter(wider)) if len(wider) == 1 else counted


def _last_thing(reader: _Reader, named: frozenset[str]) -> Quantity | None:
    for quantity in reversed(reader.found):
        if quantity.thing and named <= quantity.thing and not quantity.per:
            return quantity
    return None
