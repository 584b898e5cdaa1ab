"""Reads in how many ways people, letters or things can be chosen, given offices, put in a row, round a table or in boxes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.problem.counted.experiments import PEOPLE
from checkers.mathematics.problem.counted.phrase import NUMBER, Phrase

__all__ = ["Ways", "read_ways"]


@dataclass(frozen=True)
class Ways:
    """What is counted.

    Kinds: choose (from each of `whole` so many as `taken`, without order), pairs (of `whole`, each `taken` times), offices (`taken` different people, each with
    another office), letters (`word`), row and circle (all of `whole`; of them the first `block` `together`, or no two
    of them side by side), boxes (`whole` things in `boxes`, either of which may be told `things_apart`, `boxes_apart`).
    """

    kind: str
    whole: tuple[int, ...] = ()
    taken: tuple[int, ...] = ()
    word: str = ""
    block: int = 0
    together: bool = True
    boxes: int = 0
    things_apart: bool = False
    boxes_apart: bool = False


_DIFFERENT = r"(?:(?:different|distinct|distinguishable|possible) )"
_WAYS = rf"(?:in )?how many {_DIFFERENT}?ways"
_NUMBER_OF = r"(?:determine|find|compute|calculate|what is) the (?:total )?number of"
_DOER = rf"(?:{PEOPLE}|it|(?:the|a|an|our|my|your) (?:club|team|committee|class|coach|group|teacher|school|board|store))"
_CHOOSE = r"(?:choose|select|pick|elect|form|make|pick out|appoint)"
_PERSON = r"(?:people|persons|students|members|men|women|boys|girls|players|children|friends|teachers|candidates|volunteers|employees|kids|(?:co-)?captains|representatives|officers|co-presidents|delegates|starters|co-chairs)"
_THING = rf"(?:{_PERSON}|(?:different|distinct) [a-z]+|books|toppings|courses|subjects|kinds of [a-z]+)"
_BODY = r"(?:committees?|teams?|groups?|subcommittees?|subsets?|delegations?|panels?|councils?)"


def read_ways(text: str, phrase: Phrase) -> Ways:
    """The ways of a whole question. Raises `NotUnderstood`."""
    for reader in (_letters, _bodies, _offices, _chosen, _of_two_sorts, _pairs, _seated, _boxed):
        phrase.left = text
        made = phrase.attempt(_to_the_end, reader)
        if made is not None:
            return made
    raise NotUnderstood("no ways that are understood")


def _to_the_end(phrase: Phrase, reader: Callable[[Phrase], Ways]) -> Ways:
    made = reader(phrase)
    phrase.end()
    return made


def _letters(phrase: Phrase) -> Ways:
    """`How many ways are there to arrange the letters of the word THAT?`"""
    of = r"(?:all )?(?:of )?the letters (?:of|in)(?: the word)?"
    opened = phrase.take(rf"{_WAYS} (?:are there to|can (?:you|we|one|i)) arrange {of}") or phrase.take(
        rf"{_NUMBER_OF} {_DIFFERENT}?ways to arrange {of}"
    )
    arranged = None if opened else phrase.take(rf"{_WAYS} can {of}")
    if not opened and not arranged:
        (
            phrase.take(rf"{_NUMBER_OF} {_DIFFERENT}?(?:arrangements|permutations) of(?: {of})?")
            or phrase.take(
                rf"how many {_DIFFERENT}?(?:arrangements|permutations)(?: are there)? of(?: {of})?"
            )
            or phrase.need(
                rf"how many {_DIFFERENT}?(?:arrangements|permutations) can be made (?:from|of|with|using) {of}"
            )
        )
    word = _word(phrase)
    if arranged:
        phrase.need("be arranged")
    phrase.take("are there")
    return Ways("letters", word=word)


def _word(phrase: Phrase) -> str:
    phrase.left = phrase.left.lstrip("\"'“”‘’ ")
    match = phrase.need(r"(?P<word>[a-z]{3,12})|⟦(?P<slot>\d+)⟧")
    text = match["word"] or phrase.formulas[int(match["slot"])]
    text = re.sub(r"\\(?:text|mathrm|textbf|mbox)\s*\{([^{}]*)\}", r"\1", text).strip().lower()
    phrase.left = phrase.left.lstrip("\"'“”‘’ ")
    if not re.fullmatch(r"[a-z]{3,12}", text):
        raise NotUnderstood("no word")
    return text


def _bodies(phrase: Phrase) -> Ways:
    """`How many different 3-person committees can be formed from a group of 10 people?`"""
    phrase.need("how many(?: (?:different|distinct|possible))*")
    sized = phrase.take(rf"(?P<size>{NUMBER})-? ?(?:person|member|man|student|people) {_BODY}")
    if sized:
        taken = _size(sized["size"], phrase)
    else:
        phrase.need(rf"{_BODY} of")
        taken = phrase.integer()
        phrase.need(_PERSON)
    phrase.need("can be (?:formed|chosen|selected|made|picked)")
    phrase.need("from")
    return Ways("choose", (_source(phrase),), (taken,))


def _size(written: str, phrase: Phrase) -> int:
    if not written.startswith("⟦"):
        return Phrase(written, phrase.formulas).integer()
    text = phrase.formulas[int(written[1:-1])].strip().rstrip("-")
    if not text.isdigit():
        raise NotUnderstood("no size")
    return int(text)


def _source(phrase: Phrase) -> int:
    """`a group of 10 people`."""
    phrase.take(
        r"(?:a|the|an)(?: [a-z]+)? (?:group|club|class|committee|set|team|pool|list|collection|menu|board)(?: of| with)?|among|the"
    )
    whole = phrase.integer()
    phrase.need(_THING)
    return whole


def _intro(phrase: Phrase) -> int:
    """`Our club has 20 members.`"""
    phrase.need(r"(?:a|an|the|my|your|our)(?: [a-z]+){0,3} has")
    whole = phrase.integer()
    phrase.need("(?:members|people|students|players)")
    phrase.left = phrase.left.lstrip(".; ")
    return whole


_OFFICE = (
    r"(?:a |an |the |one )?(?:president|vice[- ]president|secretary|treasurer|captain|co-captain|vice-captain|manager|chair|chairman|chairperson|leader|"
    r"sergeant at arms|recorder|webmaster|historian|officer in charge of [a-z]+|regular member|assistant captain|goalie|mascot)"
)
_ONE_EACH = (
    r"(?:if|assuming(?: that)?|given that|provided that|where)? ?(?:no (?:member|one|person|student|boy or girl) (?:can|may|is allowed to|is to|can be allowed to) hold (?:more than one|both|two) (?:office|job|position|post)s?"
    r"|each (?:member|person) (?:can|may) hold at most one (?:office|position)"
    r"|(?:the )?(?:same|one) person (?:cannot|can't|can not|may not) (?:hold|be|serve) (?:both|in both|more than one|two)(?: (?:office|position)s?)?"
    r"|the (?:positions|offices) must be held by different people)"
)


def _offices(phrase: Phrase) -> Ways:
    """`In how many ways can it choose a president and a treasurer if no one can hold more than one office?`"""
    whole = _intro(phrase)
    phrase.take(rf"{_WAYS} can {_DOER} {_CHOOSE}") or phrase.need(rf"{_WAYS} are there to {_CHOOSE}")
    offices = [phrase.need(_OFFICE).group().split()[-1]]
    while phrase.take(",? ?and|,") and (more := phrase.take(_OFFICE)):
        offices.append(more.group().split()[-1])
    phrase.take("from (?:the|its|their) (?:members|group)(?: of the club)?")
    phrase.left = phrase.left.lstrip(",.?( ")
    phrase.need(_ONE_EACH)
    phrase.left = phrase.left.lstrip(")")
    if len(set(offices)) != len(offices) or len(offices) < 2:
        raise NotUnderstood("one office, or the same office twice")
    return Ways("offices", (whole,), (len(offices),))


def _chosen(phrase: Phrase) -> Ways:
    """`In how many ways can a coach choose 5 players from a team of 12 players?`"""
    whole = phrase.attempt(_intro)
    if not phrase.take(rf"{_WAYS} (?:can|could) {_DOER} {_CHOOSE}"):
        phrase.take(rf"{_WAYS} are there to {_CHOOSE}") or phrase.need(rf"{_NUMBER_OF} ways to {_CHOOSE}")
    body = phrase.take(
        rf"a (?P<size>{NUMBER})-? ?(?:person|member) {_BODY}|a {_BODY} of (?P<many>{NUMBER}) {_PERSON}"
    )
    taken = _size(body["size"] or body["many"], phrase) if body else phrase.integer()
    if not body:
        phrase.need(_THING)
    if whole is None:
        phrase.need("from(?: among)?|out of")
        whole = _source(phrase)
    _without_order(phrase)
    return Ways("choose", (whole,), (taken,))


_FOR = r"(?:for|to (?:give|form|make|represent|attend|be on|go on|be in)) (?:a|an|the)(?: [a-z]+){1,3}?(?: tomorrow| today)?(?=[?.,])"


def _of_two_sorts(phrase: Phrase) -> Ways:
    """`A class has 7 boys and 4 girls. In how many ways can he pick 3 boys and 2 girls?`"""
    phrase.need(r"(?:a|an|the|my|your|our|(?:mr|mrs|ms)\. [a-z]+)(?: [a-z']+){0,3} has")
    sorts, whole = _two_counts(phrase)
    phrase.take(r"in (?:the|his|her|a|my|our)(?: [a-z]+){1,2}(?=[.,])")
    phrase.left = phrase.left.lstrip("., ")
    phrase.need(rf"{_WAYS} can {_DOER} {_CHOOSE}")
    chosen, taken = _two_counts(phrase)
    if sorts != chosen:
        raise NotUnderstood("other sorts")
    phrase.take(_FOR)
    _without_order(phrase)
    return Ways("choose", whole, taken)


def _two_counts(phrase: Phrase) -> tuple[tuple[str, str], tuple[int, int]]:
    one = phrase.integer()
    first = phrase.need("boys|girls|men|women").group().strip()
    phrase.need("and")
    other = phrase.integer()
    second = phrase.need("boys|girls|men|women").group().strip()
    if first == second:
        raise NotUnderstood("one sort")
    return (first, second), (one, other)


_PLAYER = "(?P<{0}>teams?|people|persons?|players?|students?|guests?)"


def _pairs(phrase: Phrase) -> Ways:
    """`There are 8 teams in a league. Each plays every other team exactly once. How many games are played?`"""
    opened = phrase.take(
        "there are|in a (?:league|tournament|conference|division|group) (?:of|with)|at a (?:party|meeting) (?:of|with)"
    )
    if opened is None:
        raise NotUnderstood("no group")
    whole = phrase.integer()
    phrase.need(_PLAYER.format("who"))
    phrase.take("in (?:a|the) (?:league|tournament|conference|division|room)|at (?:a|the) (?:party|meeting)")
    phrase.left = phrase.left.lstrip("., ")
    phrase.take("if|and")
    phrase.need(f"each {_PLAYER.format('each')}")
    deed = phrase.need("(?P<deed>plays|shakes hands with) (?:every|each)(?: of the)? other")
    phrase.take(_PLAYER.format("other"))
    often = phrase.need(rf"(?:exactly |only )?(?P<often>once|twice|{NUMBER} times)")["often"]
    phrase.left = phrase.left.lstrip("., ")
    things = "handshakes" if deed["deed"].startswith("shakes") else "games"
    phrase.need(
        f"how many (?:total )?{things} (?:are|were|will be|take|will take|have)(?: there| played| place| been played)?(?: in total| in all)?"
    )
    times = {"once": 1, "twice": 2}.get(often) or Phrase(
        often.removesuffix(" times"), phrase.formulas
    ).integer()
    return Ways("pairs", (whole,), (times,))


def _without_order(phrase: Phrase) -> None:
    phrase.left = phrase.left.lstrip(",.?( ")
    phrase.take(
        r"(?:if |assuming |where |assume that )?(?:the )?order(?: (?:in which (?:they|the boys and girls) are (?:chosen|selected)|of (?:selection|the selections)|that they are chosen))?"
        r" (?:does not|doesn't|is not|do not) (?:matter|important|count)"
    )
    phrase.left = phrase.left.lstrip(".)")


_SIT = r"(?:sit|be seated|be arranged|stand|line up|be placed|be lined up|arrange themselves|seat themselves|sit down)"
_SAME_TURN = (
    r"(?:\(?(?:note: |assume that |assuming that |where |if )?(?:two |all )?(?:seatings?(?: arrangements?)?|configurations?|arrangements?|ways)(?: (?:that|which) are rotations of each other)?"
    r" (?:are|is) (?:considered |treated as |regarded as |said to be )?(?:the same|equivalent|identical)(?: if one is a rotation of the other| if they are rotations of each other)?\.?\)?)"
)


def _seated(phrase: Phrase) -> Ways:
    """`In how many ways can 8 people sit around a round table if 3 of them want to sit together?`"""
    phrase.need(rf"{_WAYS} can")
    placed = phrase.take("(?:we|you|i) (?:seat|line up|arrange)")
    whole = phrase.integer()
    phrase.need(rf"{_PERSON}|(?:different|distinct|distinguishable) [a-z]+|cars|books")
    if not placed:
        phrase.need(_SIT)
    circle = phrase.take("(?:around|at) a (?:round|circular) table|in a circle")
    if not circle:
        row = phrase.take(
            rf"(?:in|on) a (?:row|line|straight line|shelf|bookshelf)(?: of (?P<chairs>{NUMBER}) chairs)?"
        )
        if row is None and not phrase.left.strip("?. ") == "":
            raise NotUnderstood("neither a row nor a circle")
        if row is not None and row["chairs"] and Phrase(row["chairs"], phrase.formulas).integer() != whole:
            raise NotUnderstood("another number of chairs")
    block, together = _neighbours(phrase)
    if circle:
        phrase.left = phrase.left.lstrip(",.? ")
        said = phrase.take(_SAME_TURN)
        if said is None or "rotation" not in said.group():
            raise NotUnderstood("a circle of which it is not said when two are the same")
    if block and not 2 <= block <= whole:
        raise NotUnderstood("more neighbours than there are")
    return Ways("circle" if circle else "row", (whole,), block=block, together=together)


_NAME_LIST = r"(?:(?:--|,|—|-)? ?(?P<names>[a-z]+(?:, [a-z]+)*,? and [a-z]+) ?(?:--|,|—|-)? ?)?"


def _neighbours(phrase: Phrase) -> tuple[int, bool]:
    """How many people stand together, or never side by side."""
    if not phrase.take(",? ?if"):
        return 0, True
    apart = phrase.take(
        rf"no (?:two|2) of the (?P<many>{NUMBER}) (?:{_PERSON})? ?{_NAME_LIST}(?:can |may |will |want to |should )?sit (?:next to each other|together|next to one another)"
    )
    match = apart or phrase.need(
        rf"(?P<many>{NUMBER}) of (?:the {_PERSON}|them) ?{_NAME_LIST}(?:all )?(?:must |want to |insist on |have to )?(?:sit|sitting) (?:together|next to each other)"
    )
    many = Phrase(match["many"], phrase.formulas).integer()
    if match["names"] and len(re.findall(r"[a-z]+", match["names"].replace(" and ", " "))) != many:
        raise NotUnderstood("other names than people")
    if many > 2 and not apart and "next to each other" in match.group():
        raise NotUnderstood("each next to each other")
    return many, not apart


_LIKE = "(?P<{0}>indistinguishable|identical|distinguishable|different|distinct)"


def _boxed(phrase: Phrase) -> Ways:
    """`How many ways are there to put 5 distinguishable balls in 3 indistinguishable boxes?`"""
    phrase.take(rf"{_WAYS} (?:are there to|can (?:you|we|i)) (?:put|place|distribute)") or phrase.need(
        rf"{_WAYS} can"
    )
    things = phrase.integer()
    first = phrase.take(_LIKE.format("things"))
    phrase.need("balls")
    phrase.take("be (?:placed|put|distributed)")
    phrase.need("in|into|among")
    boxes = phrase.integer()
    second = phrase.take(_LIKE.format("boxes"))
    phrase.need("boxes")
    apart = {"balls": _apart(first, "things"), "boxes": _apart(second, "boxes")}
    if phrase.take(",? ?if"):
        _told_apart(phrase, apart)
    if None in apart.values() or not boxes:
        raise NotUnderstood("it is not said whether they can be told apart")
    return Ways(
        "boxes", (things,), boxes=boxes, things_apart=bool(apart["balls"]), boxes_apart=bool(apart["boxes"])
    )


def _apart(match: re.Match[str] | None, group: str) -> bool | None:
    word = match[group] if match else None
    return None if word is None else word in ("distinguishable", "different", "distinct")


def _told_apart(phrase: Phrase, apart: dict[str, bool | None]) -> None:
    """`if the balls are not distinguishable and neither are the boxes`."""
    last: bool | None = None
    while True:
        phrase.take(",? ?(?:and|but)|,")
        both = phrase.take("neither are the (?P<who>balls|boxes)")
        if both and last is False:
            said, who = False, both["who"]
        else:
            match = phrase.take(
                "the (?P<who>balls|boxes) are (?P<how>not distinguishable|indistinguishable|distinguishable|identical)"
            )
            if match is None:
                return
            said, who = match["how"] == "distinguishable", match["who"]
        if apart[who] not in (None, said):
            raise NotUnderstood("two words that differ")
        apart[who] = last = said
