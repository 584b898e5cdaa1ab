"""Reads which whole numbers a problem speaks of: `three-digit multiples of 7 that are not divisible by 2 or 5`.

A description is a list of conditions. Words that could be meant in two ways, such as `between`, are kept as such, for
those who count to find whether it matters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.problem.counted.phrase import NUMBER, Phrase

__all__ = ["Condition", "Whole", "read_conditions", "read_whole_numbers"]


@dataclass(frozen=True)
class Condition:
    """What is said of a number.

    Kinds: positive, negative, nonnegative, even, odd, prime, composite, square, cube, palindrome, length (how many
    digits), below, above, at most, at least, between (two numbers), inside (between, the ends included), multiple, divisor,
    remainder (divisor and rest), coprime, digit sum, digit product, divisors (how many), digit at (its place from the right, or 0 for the first, and the digit), contains (any of these digits), distinct digits, even digits, odd digits,
    prime digits, made of (the only digits that it has). `how` says of several `numbers` whether all, any or one of them are meant.
    """

    kind: str
    numbers: tuple[int, ...] = ()
    how: str = "all"
    denied: bool = False
    formula: Node | None = None


@dataclass(frozen=True)
class Whole:
    """A description of whole numbers: its conditions, and whether zero and negative numbers are plainly among them."""

    conditions: tuple[Condition, ...]
    signed: bool = False


_LENGTHS = {
    "one": 1, "single": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6
}  # fmt: skip
_ADJECTIVES = {
    "positive": "positive", "negative": "negative", "nonnegative": "nonnegative", "non-negative": "nonnegative", "even": "even", "odd": "odd",
    "prime": "prime", "composite": "composite", "natural": "natural", "counting": "natural", "whole": "whole", "distinct": "", "different": "",
    "palindromic": "palindrome", "base ten": "", "base-ten": "",
}  # fmt: skip
_NOUNS = {
    "integers?": "integer", "numbers?": "number", "primes?": "prime", "composites?": "composite", "perfect squares?": "square",
    "square numbers?": "square", "perfect cubes?": "cube", "palindromes?": "palindrome",
}  # fmt: skip
_LISTED = {"(?:integral |evenly )?divisible by": "multiple", "multiples? of": "multiple", "(?:positive )?(?:divisors?|factors?) of": "divisor",
           "relatively prime (?:to|with)|coprime (?:to|with)": "coprime"}  # fmt: skip
_RANGES = {
    "(?:strictly )?less than or equal to|at most|no (?:more|greater|larger) than|not (?:greater|more|larger) than|not exceeding|that do not exceed|up to": "at most",
    "(?:strictly )?(?:greater|more|larger) than or equal to|at least|no (?:less|smaller) than|not less than": "at least",
    "(?:strictly )?(?:less|smaller|fewer) than|below|under": "below",
    "(?:strictly )?(?:greater|larger|more) than|above|over|exceeding": "above",
}  # fmt: skip
_PREDICATES = {
    "even": "even", "odd": "odd", "prime": "prime", "composite": "composite", "positive": "positive", "negative": "negative",
    "perfect squares?": "square", "perfect cubes?": "cube", "palindromes?": "palindrome", "primes?": "prime",
}  # fmt: skip
_DIGITS = {
    "whose digits are all (?:different|distinct)|with (?:no repeated digits|all different digits|(?:all )?distinct digits)|have (?:all )?(?:different|distinct) digits|have digits that are all (?:different|distinct)": "distinct digits",
    "whose digits are (?:all|both) even|with (?:only|all) even digits|(?:have|contain|has) (?:only|all) even digits": "even digits",
    "whose digits are (?:all|both) odd|with (?:only|all) odd digits|(?:have|contain|has) (?:only|all) odd digits": "odd digits",
    "whose digits are (?:all|both) primes?|with (?:only|all) prime digits|(?:have|contain|has) (?:only|all) prime digits": "prime digits",
}  # fmt: skip
_SUM = "|".join((
    "whose digits (?:add up|add|sum|have a sum of|total)(?: to)?", "whose digits have a sum (?:of|equal to)", "(?:whose|with|have|has) (?:a |the )?digit sum(?:s)?(?: of| is| equal to)?",
    "the sum of whose digits (?:is|equals|is equal to)", "whose sum of digits is", "(?:with|have|has) digits (?:that|which) (?:add up|add|sum) to",
    "such that the sum of (?:its|the|their) digits (?:is|equals|is equal to)", "have a sum of digits (?:of|equal to)",
))  # fmt: skip
_JOINT = r"(?:,|satisfies (?:all )?(?:of )?the following(?: conditions)?:|and|but|that|which|such that|also|when it|it|they)"


def read_whole_numbers(phrase: Phrase) -> Whole:
    """The numbers that a noun and what stands around it describe. Raises `NotUnderstood`."""
    phrase.take("of")
    phrase.take("all")
    phrase.take("of")
    phrase.take("the")
    first = phrase.take(rf"first (?P<count>{NUMBER}) positive (?:integers|whole numbers)")
    if first:
        return _with_rest(
            phrase,
            [Condition("positive"), Condition("at most", (_count(first["count"], phrase),))],
            "integer",
        )
    conditions, natural = _adjectives(phrase)
    noun = _noun(phrase, conditions)
    if natural:
        conditions.append(Condition(natural))
    return _with_rest(phrase, conditions, noun)


def _count(written: str, phrase: Phrase) -> int:
    return Phrase(written, phrase.formulas).integer()


def _adjectives(phrase: Phrase) -> tuple[list[Condition], str]:
    found: list[Condition] = []
    natural = ""
    while True:
        phrase.take(",")
        length = phrase.take(rf"(?P<word>{'|'.join(_LENGTHS)})[- ]digit|⟦(?P<slot>\d+)⟧[- ]?digit")
        if length:
            found.append(Condition("length", (_length(length, phrase),)))
            continue
        match = phrase.take("|".join(sorted(_ADJECTIVES, key=len, reverse=True)))
        if match is None:
            return found, natural
        kind = _ADJECTIVES[match.group().strip()]
        if kind in ("natural", "whole"):
            natural = kind
        elif kind:
            found.append(Condition(kind))


def _length(match: re.Match[str], phrase: Phrase) -> int:
    if match["word"]:
        return _LENGTHS[match["word"]]
    text = phrase.formulas[int(match["slot"])].strip().rstrip("-")
    if text not in tuple("123456"):
        raise NotUnderstood("no number of digits")
    return int(text)


def _noun(phrase: Phrase, conditions: list[Condition]) -> str:
    listed = _listed(phrase, {"multiples? of": "multiple", "(?:divisors?|factors?) of": "divisor"})
    if listed:
        (listed_kind,) = {condition.kind for condition in listed}
        if listed_kind == "divisor" and any(condition.kind == "prime" for condition in conditions):
            raise NotUnderstood("prime factors that may count several times")
        conditions.extend(listed)
        return listed_kind
    match = phrase.take("|".join(_NOUNS))
    if match is None:
        if conditions and conditions[-1].kind in ("prime", "composite"):
            return conditions[-1].kind
        raise NotUnderstood("no numbers")
    written = match.group().strip()
    kind = next(kind for shape, kind in _NOUNS.items() if re.fullmatch(shape, written))
    if kind not in ("integer", "number"):
        conditions.append(Condition(kind))
    return kind


def _with_rest(phrase: Phrase, conditions: list[Condition], noun: str) -> Whole:
    name = re.match(r"⟦(\d+)⟧ ?", phrase.left)
    if name and re.fullmatch(r"[a-zA-Z]", phrase.formulas[int(name[1])].strip()):
        phrase.left = phrase.left[name.end() :]  # a name says nothing more
    found = conditions + read_conditions(phrase)
    if noun == "number" and not _are_whole(found):
        raise NotUnderstood("numbers of which it is not said that they are whole")
    return Whole(tuple(found), signed=noun == "integer")


_WHOLE_ONLY = frozenset(
    [
        "even",
        "odd",
        "prime",
        "composite",
        "square",
        "cube",
        "palindrome",
        "length",
        "multiple",
        "divisor",
        "remainder",
        "natural",
        "whole",
        "digits",
    ]
)


def _are_whole(conditions: list[Condition]) -> bool:
    return any(condition.kind in _WHOLE_ONLY or "digit" in condition.kind for condition in conditions)


def read_conditions(phrase: Phrase) -> list[Condition]:
    """Conditions one after the other, all of which hold, as far as they are understood."""
    found: list[Condition] = []
    while True:
        before = phrase.left
        joints = []
        while joint := phrase.take(_JOINT):
            joints.append(joint.group().strip())
        made = _condition(phrase)
        if not made:
            phrase.left = before
            return found
        if (
            found
            and ("digit" in found[-1].kind or found[-1].kind == "made of")
            and not {"that", "which"} & set(joints)
        ):
            raise NotUnderstood("a property of the digits, or of the number")
        if found and found[-1].denied and not made[0].denied and joints == ["and"]:
            raise NotUnderstood("not one and the other, or neither")
        found += made


def _condition(phrase: Phrase) -> list[Condition] | None:
    phrase.take("there|will")
    phrase.take("are|is|be")
    phrase.take("there")
    denied = bool(phrase.take("not|are not|is not|do not|does not"))
    for reader in (_formed, _listed_condition, _range, _remainder, _of_digits, _one_digit, _predicate):
        made = phrase.attempt(reader)
        if made is None:
            continue
        if denied and (len(made) > 1 or (made[0].how == "all" and len(made[0].numbers) > 1)):
            raise NotUnderstood("not one and not the other, or not both")
        return [replace(condition, denied=True) for condition in made] if denied else made
    return None


def _listed(phrase: Phrase, shapes: dict[str, str]) -> list[Condition] | None:
    """A relation to one number or several: `divisible by 2, 3 and 5`, `multiples of either 3 or 4 but not both`."""
    before = phrase.left
    for shape, kind in shapes.items():
        match = phrase.take(shape)
        if match is None:
            continue
        which = phrase.take("both|either|neither|each of|all of|at least one of")
        numbers, joint = _numbers(phrase)
        if not numbers:
            break
        return _related(kind, which.group().strip() if which else "", numbers, joint, match.group(), phrase)
    phrase.left = before
    return None


def _related(
    kind: str, which: str, numbers: list[int], joint: str, words: str, phrase: Phrase
) -> list[Condition]:
    several = len(numbers) > 1
    if several and joint not in ("and", "or"):
        raise NotUnderstood("numbers that are not said to be all, or one of several")
    if (
        which == "neither"
        or (which in ("both", "all of", "each of") and joint != "and")
        or (which == "either" and joint != "or")
    ):
        raise NotUnderstood("another joint was awaited")
    if several and joint == "and" and not which and "multiple" in words:
        raise NotUnderstood("multiples of both, or of each")
    how = "any" if joint == "or" or which == "at least one of" else "all"
    if how == "any" and phrase.take(",? ?but not (?:both|by both)"):
        how = "one"
        if len(numbers) != 2:
            raise NotUnderstood("not both of several")
    if 0 in numbers:
        raise NotUnderstood("zero as a divisor")
    if how == "any":
        phrase.take("or both")
    found = [Condition(kind, tuple(numbers), how)]
    before = phrase.left
    if phrase.take(r",? ?(?:but|and) not(?: by| of)?"):
        excluded = phrase.attempt(Phrase.integer)
        if excluded:
            return [*found, Condition(kind, (excluded,), denied=True)]
        phrase.left = before
    return found


def _numbers(phrase: Phrase) -> tuple[list[int], str]:
    """Whole numbers in a row, and the word that joins the last one."""
    found = phrase.attempt(Phrase.integers)
    if found is None:
        return [], ""
    joint = ""
    while True:
        before = phrase.left
        join = phrase.take(r",? ?(?P<joint>and|or)|,")
        if join is None:
            return found, joint
        phrase.take("by|of")
        more = phrase.attempt(Phrase.integers) if not phrase.take("not") else None
        said = join["joint"] or ""
        if more is None or (joint and said != joint):
            phrase.left = before
            return found, joint
        found += more
        joint = said or joint


def _listed_condition(phrase: Phrase) -> list[Condition]:
    phrase.take("a|an")
    exactly = phrase.take(
        rf"(?:have|has|with) exactly (?P<count>{NUMBER}) (?:positive )?(?:integer )?(?:divisors|factors)"
    )
    if exactly:
        return [Condition("divisors", (_count(exactly["count"], phrase),))]
    found = _listed(phrase, _LISTED)
    if found is None:
        raise NotUnderstood("no divisors")
    return found


def _range(phrase: Phrase) -> list[Condition]:
    pair = phrase.take("strictly between|between|in the range from|from")
    if pair:
        word = pair.group().strip()
        first = phrase.tree()
        phrase.need("and" if "between" in word else "to|through")
        second = phrase.tree()
        inclusive = phrase.take(r",? ?\(?inclusive\)?")
        kind = (
            "inside"
            if inclusive or "between" not in word
            else "strictly"
            if "strictly" in word
            else "between"
        )
        return [Condition(kind, formula=Node("tuple", (first, second), "()"))]
    for shape, kind in _RANGES.items():
        if phrase.take(shape):
            return [Condition(kind, formula=phrase.tree())]
    raise NotUnderstood("no range")


def _remainder(phrase: Phrase) -> list[Condition]:
    """`leaves a remainder of 2 when divided by 5 and a remainder of 3 when divided by 7`."""
    found: list[Condition] = []
    while True:
        before = phrase.left
        if found:
            phrase.take(r",? ?(?:and|,)(?: also)?")
        made = phrase.attempt(_one_remainder)
        if made is None:
            phrase.left = before
            break
        found.append(made)
    if not found:
        raise NotUnderstood("no remainder")
    return found


def _one_remainder(phrase: Phrase) -> Condition:
    phrase.take("is|are")
    beside = phrase.take(rf"(?P<rest>{NUMBER}) (?P<way>more|less) than an? (?:integer )?multiple of")
    if beside:
        gap, step = _count(beside["rest"], phrase), phrase.integer()
        if not 0 < gap < step:
            raise NotUnderstood("no remainder")
        return Condition("remainder", (step, gap if beside["way"] == "more" else step - gap))
    first = phrase.take("when (?:it is )?divided by|when dividing by")
    divisor = phrase.integer() if first else None
    if first:
        phrase.take(",")
    phrase.take("leaves?|has|have|gives?|with|yields?|leaving")
    phrase.need("(?:a |the )?remainders?(?: of| is)?")
    rest = phrase.integer()
    if divisor is None:
        phrase.need("when (?:it is |they are )?divided by|upon division by|on division by")
        divisor = phrase.integer()
    if not 0 <= rest < divisor:
        raise NotUnderstood("no remainder")
    return Condition("remainder", (divisor, rest))


def _of_digits(phrase: Phrase) -> list[Condition]:
    for shape, kind in _DIGITS.items():
        if phrase.take(shape):
            return [Condition(kind)]
    if phrase.take(_SUM):
        return [Condition("digit sum", (phrase.integer(),))]
    if phrase.take(
        "(?:the product of whose digits|such that the product of (?:its|the) digits|whose digits have a product) (?:is|of|equals)"
    ):
        return [Condition("digit product", (phrase.integer(),))]
    raise NotUnderstood("no digits")


_PLACES = {"units": 1, "ones": 1, "last": 1, "unit's": 1, "tens": 2, "hundreds": 3, "first": 0, "leading": 0}


def _one_digit(phrase: Phrase) -> list[Condition]:
    """`with a units digit of 3`, `end in the digit 5`, `contain at least one 2 or one 3`."""
    place = phrase.take(
        rf"(?:with|have|has|whose) (?:a |the )?(?P<place>{'|'.join(_PLACES)}) digit(?: of| is| equal to| equals)?(?: the digit)?"
    )
    if place:
        return [Condition("digit at", (_PLACES[place["place"]], _digit(phrase)))]
    if phrase.take("(?:end|ends|ending) (?:in|with)(?: the digit| a)?"):
        return [Condition("digit at", (1, _digit(phrase)))]
    phrase.need(
        "(?:contain|contains|have|has|include|includes|containing)(?: the digit| at least one(?: digit)?| a)"
    )
    digits = [_digit(phrase)]
    while phrase.take("or(?: at least)?(?: one| a)?"):
        digits.append(_digit(phrase))
    phrase.take("as (?:a digit|one of (?:its|their) digits)|among (?:its|their) digits|in (?:it|them)")
    return [Condition("contains", tuple(digits), "any")]


def _formed(phrase: Phrase) -> list[Condition]:
    """`can be formed using the digits 1, 2 and 3 if no digit is repeated`."""
    phrase.need(
        "can be (?:formed|made|written|created)(?: using| from| with| by using| by arranging)(?: only)?(?: each of)?(?: the)? digits"
    )
    digits, joint = _numbers(phrase)
    if joint == "or" or len(set(digits)) != len(digits) or not digits or max(digits) > 9:
        raise NotUnderstood("no digits")
    phrase.left = phrase.left.lstrip(",. ")
    if phrase.take("exactly once(?: each)?|each exactly once"):
        return [
            Condition("made of", tuple(digits)),
            Condition("distinct digits"),
            Condition("length", (len(digits),)),
        ]
    if phrase.take(
        "at most once(?: each)?|(?:if|where|assuming that) (?:no digit (?:is|can be|may be) (?:repeated|used more than once)|repetition is not allowed|digits (?:cannot|can not|may not) be repeated)|without repetition"
    ):
        return [Condition("made of", tuple(digits)), Condition("distinct digits")]
    phrase.need(
        "(?:if|where) (?:digits (?:can|may) be (?:repeated|used more than once)|repetition is allowed)|with repetition allowed"
    )
    return [Condition("made of", tuple(digits))]


def _digit(phrase: Phrase) -> int:
    digit = phrase.integer()
    if digit > 9:
        raise NotUnderstood("no digit")
    return digit


def _predicate(phrase: Phrase) -> list[Condition]:
    phrase.take("a|an")
    match = phrase.take(
        f"(?P<kind>{'|'.join(sorted(_PREDICATES, key=len, reverse=True))})(?: (?:integers?|numbers?))?"
    )
    if match is None:
        raise NotUnderstood("no property")
    kind = next(kind for shape, kind in _PREDICATES.items() if re.fullmatch(shape, match["kind"]))
    return [Condition(kind)]
