"""Reads experiments with dice, coins and things of several colours in a bag, and the event whose probability is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.problem.counted.phrase import NUMBER, Phrase
from checkers.mathematics.problem.counted.whole_numbers import Condition, read_conditions

__all__ = ["PEOPLE", "Bag", "Event", "Throws", "read_experiment"]


@dataclass(frozen=True)
class Throws:
    """So many fair dice, or throws of one, each with the faces from 1 to `faces`; coins have the faces 1 (heads) and 2."""

    count: int
    faces: int
    thing: str = "die"


@dataclass(frozen=True)
class Bag:
    """How many things of each colour there are, and how many are drawn at random, put back or not."""

    contents: tuple[tuple[str, int], ...]
    drawn: int
    replaced: bool = False


@dataclass(frozen=True)
class Event:
    """What may happen.

    Kinds: count (`relation` to `times` says how often something of `hits` comes, or of what has `conditions`), same
    (all are equal), pair (at least two are equal), different (no two are equal), sum and product (it has
    `conditions`), mixed (of each of `hits` one). `denied` where it must not happen.
    """

    kind: str
    hits: tuple[int | str, ...] = ()
    relation: str = "exactly"
    times: int = 0
    conditions: tuple[Condition, ...] = ()
    denied: bool = False


_NAMES = (
    "adam|alex|alice|amy|andrew|angela|anna|anne|annie|barbara|ben|betty|bill|bob|brian|carl|carlos|carol|charles|charlie|chris|claire|daniel|dan|dave|"
    "david|diana|ed|elena|ellen|emily|emma|eric|erin|frank|fred|gary|george|grace|greg|hannah|harry|helen|henry|jack|jacob|james|jane|jason|jeff|"
    "jen|jenny|jerry|jessica|jill|jim|joe|john|jose|josh|juan|julia|julie|karen|kate|katie|kevin|kim|larry|laura|linda|lisa|liz|lucy|maria|mark|martha|"
    "martin|mary|matt|max|megan|melissa|michael|michelle|mike|molly|nancy|nick|pam|pat|paul|pete|peter|phil|phillip|rachel|ray|rebecca|rick|robert|"
    "ron|rosa|rose|ryan|sally|sam|samantha|sara|sarah|scott|sharon|sheila|steve|sue|susan|ted|terry|tim|tina|tom|tony|tracy|victor|will|zach"
)
PEOPLE = rf"(?:{_NAMES}|i|you|we|he|she|they|one|someone|a (?:player|person|student|child|teacher|boy|girl))"
"""Who does something: a name of the closed list or a pronoun."""

_FAIR = r"(?:(?:fair|standard|regular|ordinary|normal|balanced|different),? )*"
_SIDED = rf"(?:(?P<sides>{NUMBER}|four|six|eight|ten|twelve|twenty)[- ]?sided )?"
_DICE = re.compile(
    rf"(?P<many>a pair of|a|an|{NUMBER}) (?P<fair>{_FAIR}){_SIDED}(?P<fair2>{_FAIR})(?:dice|die)(?![a-z])"
)
_COINS = re.compile(rf"(?P<many>a|an|{NUMBER}) (?:fair )?(?:coins?|nickel|penny|quarter|dime)(?![a-z])")
_ROLL = r"(?:rolls?|rolled|tosses|toss|tossed|throws?|thrown|flips?|flipped)"
_AGAIN = rf"(?: (?P<times>{NUMBER}|once|twice)(?: times)?)?"
_ASKED = r"what(?: i|')s the probability"


def read_experiment(text: str, phrase: Phrase) -> tuple[Throws | Bag, Event]:
    """The experiment and the event of a whole question. Raises `NotUnderstood`."""
    phrase.left = text
    phrase.take("if|when|suppose(?: that)?")
    setup = phrase.attempt(_throws) or phrase.attempt(_bag)
    if setup is not None:
        phrase.left = phrase.left.lstrip(".,; ")
        phrase.need(rf"(?:find|determine|compute) the probability|{_ASKED}")
        event = _asked_event(phrase, setup)
    else:
        setup, event = _event_first(phrase)
    phrase.end()
    return setup, event


def _event_first(phrase: Phrase) -> tuple[Throws | Bag, Event]:
    """`what is the probability that at least two match when three dice are rolled`, in both orders."""
    phrase.need(rf"{_ASKED} that")
    if phrase.take("when|if"):
        setup = _throws(phrase)
        phrase.need(",")
        return setup, _event(phrase, setup)
    event_text, _, rest = phrase.left.rpartition(" when " if " when " in phrase.left else " if ")
    if not event_text:
        raise NotUnderstood("no experiment")
    after, before = Phrase(rest, phrase.formulas), Phrase(event_text, phrase.formulas)
    setup = _throws(after)
    after.end()
    phrase.left = ""
    event = _event(before, setup)
    before.end()
    return setup, event


def _asked_event(phrase: Phrase, setup: Throws | Bag) -> Event:
    if phrase.take("of (?:getting|rolling|obtaining|flipping|tossing|drawing)"):
        return _got(phrase, setup)
    phrase.need("that")
    return _event(phrase, setup)


def _throws(phrase: Phrase) -> Throws:
    """`Two fair six-sided dice are rolled`, `Ben flips a fair coin four times`."""
    active = phrase.take(rf"{PEOPLE} {_ROLL}")
    things = _things(phrase)
    if not active:
        phrase.need(rf"(?:is|are)(?: each| both| all)?(?: simultaneously)? {_ROLL}")
    times = phrase.take(rf"(?P<times>{NUMBER}|once|twice)(?: times)?")
    phrase.take("simultaneously|at the same time|at once|in a row")
    if times is None:
        return things
    again = {"once": 1, "twice": 2}.get(times["times"]) or Phrase(times["times"], phrase.formulas).integer()
    if things.count > 1 and again > 1:
        raise NotUnderstood("several things, several times")
    return Throws(things.count * again, things.faces, things.thing)


def _things(phrase: Phrase) -> Throws:
    dice, coins = _DICE.match(phrase.left), _COINS.match(phrase.left)
    match = dice or coins
    if match is None:
        raise NotUnderstood("neither dice nor coins")
    phrase.left = phrase.left[match.end() :].lstrip()
    many = {"a": 1, "an": 1, "a pair of": 2}.get(match["many"]) or Phrase(
        match["many"], phrase.formulas
    ).integer()
    if match is coins:
        return Throws(many, 2, "coin")
    sides = match["sides"]
    return Throws(many, 6 if sides is None else _sides(sides, phrase))


def _sides(written: str, phrase: Phrase) -> int:
    text = phrase.formulas[int(written[1:-1])].strip().rstrip("-") if written.startswith("⟦") else ""
    sides = int(text) if text.isdigit() else Phrase(written, phrase.formulas).integer()
    if not 2 <= sides <= 100:
        raise NotUnderstood("no such die")
    return sides


_COLOURS = "red|blue|green|yellow|white|black|orange|purple|pink|brown|gold|silver|gray|grey|clear"
_GOODS = "balls?|marbles?|chips?|socks?|tiles?|beads?|candies|candy|cards?|crayons?|disks?|discs?|stones?|jelly ?beans?|gumballs?|shirts?|pens?|pencils?|cubes?|tokens?"
_HOLDERS = "bag|jar|box|urn|drawer|basket|bowl|bin|container|hat|sack"


def _bag(phrase: Phrase) -> Bag:
    """`A bag contains 4 red and 3 blue marbles. Two of them are drawn without replacement.`"""
    if phrase.take("there are"):
        contents = _contents(phrase)
        phrase.need(rf"in (?:a|the|my) (?:{_HOLDERS})")
    else:
        phrase.need(rf"(?:a|an|my|the) (?:{_HOLDERS}) (?:contains|has|holds)(?: exactly)?")
        contents = _contents(phrase)
        phrase.take("in it")
    phrase.left = phrase.left.lstrip(".,; ")
    phrase.take("and")
    drawn, replaced, random = _drawn(phrase)
    if not random or drawn < 1 or (drawn > sum(count for _, count in contents) and not replaced):
        raise NotUnderstood("no random draw")
    return Bag(contents, drawn, replaced)


def _contents(phrase: Phrase) -> tuple[tuple[str, int], ...]:
    found: list[tuple[str, int]] = []
    named = False
    while True:
        count = phrase.integer()
        colour = phrase.need(_COLOURS).group().strip()
        named = bool(phrase.take(_GOODS))
        found.append((colour, count))
        if not phrase.take(",? ?and|,") or not re.match(NUMBER, phrase.left):
            break
    if len({colour for colour, _ in found}) != len(found) or len(found) < 2 or not named:
        raise NotUnderstood("no list of colours")
    return tuple(found)


def _drawn(phrase: Phrase) -> tuple[int, bool, bool]:
    """How many are drawn, whether they are put back, and whether it is said to happen at random."""
    before = phrase.left.split("what ")[0]
    phrase.take("if")
    verb = r"(?:draws?|drawn|selects?|selected|chooses?|chosen|picks?|picked|removes?|removed|pulls?|pulled|takes?|taken)(?: out(?! of))?"
    people = phrase.take(rf"{PEOPLE}(?: randomly)? {verb}")
    number = phrase.take("a|an")
    drawn = 1 if number else phrase.integer()
    phrase.take(rf"(?:of )?(?:the )?(?:{_GOODS}|them)")
    if not people:
        phrase.need(rf"(?:is|are)(?: randomly)? {verb}")
    replaced = False
    while True:
        if phrase.take(
            rf"(?:at random|randomly|simultaneously|at the same time)|(?:from|out of) (?:the|this) (?:{_HOLDERS})|,? ?(?:and )?without (?:replacement|looking)"
        ):
            continue
        if phrase.take(",? ?with replacement"):
            replaced = True
            continue
        break
    return drawn, replaced, "random" in before


_HOW_OFTEN = rf"(?P<relation>exactly|at least|at most|no more than|no fewer than|more than|fewer than)? ?(?P<times>{NUMBER})"
_SHOW = r"(?:will )?(?:shows?|shown|lands? on|lands?|comes? up|come up|turns? up|is|are|displays?|be|rolled)"
_WHICH = r"(?:of (?:them|the(?: [a-z]+| ⟦\d+⟧)? (?:dice|coins|rolls|flips|tosses|marbles|balls|numbers|faces|cards|chips))|dice|die|coins?|rolls|flips|tosses)"


def _event(phrase: Phrase, setup: Throws | Bag) -> Event:
    """A sentence: who shows what, or what their sum is."""
    for reader in (_together, _number_made, _all_show, _some_show, _gets, _on_some):
        made = phrase.attempt(reader, setup)
        if made is not None:
            return made
    raise NotUnderstood("an event that is not understood")


_ALL = rf"(?:all(?: (?:of )?(?:the |these )?)?(?:{NUMBER} )?|both(?: of)?(?: the)? ?|the {NUMBER} |they(?: are)?(?: all| both)? ?|the )"
_MEMBERS = rf"(?:dice|coins|rolls|flips|tosses|numbers|faces|of them|them|{_GOODS})"
_ROLLED = (
    r"(?: (?:rolled|shown|drawn|chosen|selected|(?:on the dice|that (?:are|is) rolled|(?:he|she|i) rolls?)))?"
)


def _together(phrase: Phrase, setup: Throws | Bag) -> Event:
    """All the same, no two the same, or at least two the same."""
    same = r"(?:the same (?:number|value|color|face|thing)|the same)"
    if phrase.take(
        rf"at least two (?:of )?(?:the )?(?:dice|numbers|faces|of them|rolls)(?: (?:will )?(?:show|have|are))? {same}|at least two of the (?:faces|dice|numbers) match"
    ):
        return Event("pair")
    _check_all(phrase, setup)
    if phrase.take(
        rf"{_ALL}(?:{_MEMBERS})?{_ROLLED} ?(?:will )?(?:show|are|have|be|come up|land on|match)?(?: all| of)? {same}"
    ):
        return Event("same")
    if phrase.take(
        rf"{_ALL}(?:{_MEMBERS})?{_ROLLED} ?(?:will )?(?:show|are|have|be|of)?(?: all| of)? ?(?:different(?: (?:numbers|colors))?|distinct)"
    ):
        return Event("different")
    raise NotUnderstood("nothing of all of them")


def _check_all(phrase: Phrase, setup: Throws | Bag) -> None:
    """That the number of things which a sentence begins with is that of all of them."""
    count = setup.count if isinstance(setup, Throws) else setup.drawn
    said = re.match(rf"(?:all|the|all (?:of )?(?:the|these)) ({NUMBER}) ", phrase.left)
    if said and Phrase(said[1], phrase.formulas).integer() != count:
        raise NotUnderstood("another number of things")
    if phrase.left.startswith(("both", "they both")) and count != 2:
        raise NotUnderstood("both of several")
    if count < 2:
        raise NotUnderstood("all of one")


def _number_made(phrase: Phrase, setup: Throws | Bag) -> Event:
    """`the sum of the numbers rolled is at least 10`."""
    if not isinstance(setup, Throws) or setup.thing != "die" or setup.count < 2:
        raise NotUnderstood("no numbers to add")
    what = phrase.need(
        r"(?:the |their )(?P<what>sum|total|product)(?: of (?:the |their )?(?:two |three |four |numbers |top )*(?:dice|numbers|faces|rolls|values)(?: (?:rolled|showing|shown|on the (?:top )?(?:faces|dice)))?| rolled| showing)?"
    )
    phrase.take("will be|is|equals|be")
    return Event("product" if what["what"] == "product" else "sum", conditions=_value(phrase))


def _value(phrase: Phrase) -> tuple[Condition, ...]:
    """What a number is: a number itself, or conditions."""
    exact = phrase.take(rf"(?:equal to |exactly |a |an )?(?P<n>{NUMBER})(?= ?[?.,]|$)")
    if exact:
        return (Condition("equal", (Phrase(exact["n"], phrase.formulas).integer(),)),)
    phrase.take("an? (?:number|integer)(?= (?:greater|less|divisible|that|at))")
    found = read_conditions(phrase)
    if not found:
        raise NotUnderstood("no value")
    return tuple(found)


def _all_show(phrase: Phrase, setup: Throws | Bag) -> Event:
    count = setup.count if isinstance(setup, Throws) else setup.drawn
    if count == 1:
        phrase.need(
            "(?:it|the (?:die|coin|number(?: rolled)?|result|[a-z]+)) (?:shows?|lands on|lands|comes up|is|will be)"
        )
    else:
        _check_all(phrase, setup)
        phrase.need(rf"{_ALL}(?:{_MEMBERS})?{_ROLLED} ?{_SHOW}")
    denied = count == 1 and bool(phrase.take("not"))
    hits, conditions = _face(phrase, setup)
    return Event("count", hits, "exactly", count, conditions, denied)


def _some_show(phrase: Phrase, setup: Throws | Bag) -> Event:
    """`at least two of them show a 1`, `one marble is red and one is blue`."""
    mixed = phrase.attempt(_mixed, setup)
    if mixed is not None:
        return mixed
    relation, times = _how_often(phrase)
    phrase.take(_WHICH)
    phrase.need(_SHOW)
    hits, conditions = _face(phrase, setup)
    return Event("count", hits, relation, times, conditions)


def _mixed(phrase: Phrase, setup: Throws | Bag) -> Event:
    if not isinstance(setup, Bag) or setup.drawn != 2:
        raise NotUnderstood("no two colours")
    phrase.need(rf"one(?: (?:{_GOODS}))? is")
    first = phrase.need(_COLOURS).group().strip()
    phrase.need(",? ?and (?:one|the other(?: one)?)(?: is)?")
    second = phrase.need(_COLOURS).group().strip()
    if first == second:
        raise NotUnderstood("one colour")
    return Event("mixed", (first, second))


def _how_often(phrase: Phrase) -> tuple[str, int]:
    if phrase.take("none|no"):
        return "exactly", 0
    match = phrase.need(_HOW_OFTEN)
    times = Phrase(match["times"], phrase.formulas).integer()
    relation = (match["relation"] or "").strip()
    if not relation:
        raise NotUnderstood("exactly so many, or at least")
    plain = {"no more than": "at most", "no fewer than": "at least"}.get(relation, relation)
    if plain in ("more than", "fewer than"):
        return ("at least", times + 1) if plain == "more than" else ("at most", times - 1)
    return plain, times


def _gets(phrase: Phrase, setup: Throws | Bag) -> Event:
    """`he will roll at least two 1's`, `Ben gets exactly 3 heads`."""
    phrase.need(
        rf"(?:{PEOPLE} (?:will )?(?:rolls?|gets?|flips?|draws?|tosses|obtains?)|there (?:are|will be)|the result is)"
    )
    return _got(phrase, setup)


def _on_some(phrase: Phrase, setup: Throws | Bag) -> Event:
    """`a 5 is rolled on at least one of the two dice`, `he did not roll a prime number on either die`."""
    never = phrase.take(rf"{PEOPLE} (?:did not|does not|will not|do not) roll")
    gets = None if never else phrase.take(rf"{PEOPLE} (?:get|gets|roll|rolls)")
    hits, conditions = _face(phrase, setup)
    if never:
        phrase.need("on (?:either|any)(?: of the)? (?:die|dice)")
        return Event("count", hits, "exactly", 0, conditions)
    if not gets:
        phrase.need("is (?:rolled|shown)|(?:appears|comes up|shows up|shows)")
    phrase.need("on|in")
    relation, times = _how_often(phrase)
    phrase.need(_WHICH)
    return Event("count", hits, relation, times, conditions)


def _got(phrase: Phrase, setup: Throws | Bag) -> Event:
    if phrase.take("a sum of|a total of"):
        if not isinstance(setup, Throws) or setup.thing != "die" or setup.count < 2:
            raise NotUnderstood("no numbers to add")
        return Event("sum", conditions=(Condition("equal", (phrase.integer(),)),))
    relation, times = _how_often(phrase)
    hits, conditions = _face(phrase, setup)
    return Event("count", hits, relation, times, conditions)


def _face(phrase: Phrase, setup: Throws | Bag) -> tuple[tuple[int | str, ...], tuple[Condition, ...]]:
    """The faces or colours that count."""
    if isinstance(setup, Bag):
        first = phrase.need(_COLOURS).group().strip()
        second = phrase.take(rf"or (?P<colour>{_COLOURS})")
        phrase.take(_GOODS)
        return (first, second["colour"]) if second else (first,), ()
    if setup.thing == "coin":
        return (1 if phrase.need("heads?|tails?").group().startswith("head") else 2,), ()
    literal = phrase.take(
        rf"(?:an? )?(?P<n>{NUMBER})(?: ?' ?(?:s|⟦\d+⟧)|s)?(?= ?[?.,]|$| is | appears | comes | shows | on | in )"
    )
    if literal:
        tail = re.search(r"⟦(\d+)⟧$", literal.group().strip()) if "'" in literal.group() else None
        if tail and phrase.formulas[int(tail[1])].strip() != "s":
            raise NotUnderstood("no plural")
        return (Phrase(literal["n"], phrase.formulas).integer(),), ()
    phrase.take("an?")
    phrase.take("(?:number|integer)(?= (?:greater|less|divisible|that|at))")
    found = read_conditions(phrase)
    if not found:
        raise NotUnderstood("no face")
    return (), tuple(found)
