"""Questions about sets of whole numbers that are described by properties: how many, their sum, a probability."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.formulas.units import UNITS
from checkers.mathematics.questions.matched_numbers import number
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.values import value_expected

__all__ = ["QUESTIONS"]

LARGEST = 100_000
_METHOD = "counting"

Test = Callable[[int], bool]

_ADJECTIVES: dict[str, Test] = {
    "odd": lambda n: n % 2 == 1,
    "even": lambda n: n % 2 == 0,
    "prime": lambda n: bool(sp.isprime(n)),
    "composite": lambda n: n > 3 and not sp.isprime(n),
    "positive": lambda n: n > 0,
    "negative": lambda n: n < 0,
    "nonnegative": lambda n: n >= 0,
    "whole": lambda n: n >= 0,
    "natural": lambda n: n > 0,
    "perfect square": lambda n: n >= 0 and sp.integer_nthroot(n, 2)[1],
    "perfect cube": lambda n: n >= 0 and sp.integer_nthroot(n, 3)[1],
}
_DIGITS = {"one-digit": (1, 9), "two-digit": (10, 99), "three-digit": (100, 999), "four-digit": (1000, 9999)}
_ADJECTIVE = r"(?:odd|even|prime|composite|positive|negative|nonnegative|whole|natural|two-digit|three-digit|four-digit|one-digit|different|distinct)"
_NOUN = r"(?:perfect squares?|perfect cubes?|integers?|numbers?|primes?|multiples of ⟦\d+⟧|composites?)"
_PART = (
    r"(?:between ⟦\d+⟧ and ⟦\d+⟧,?(?: inclusive)?|from ⟦\d+⟧ (?:to|through) ⟦\d+⟧,?(?: inclusive)?|(?:that are |which are )?(?:less|fewer|greater|more) than(?: or equal to)? ⟦\d+⟧"
    r"|at most ⟦\d+⟧|at least ⟦\d+⟧|no greater than ⟦\d+⟧|(?:that are |which are |is |are )?(?:not )?(?:evenly )?divisible by (?:both )?⟦\d+⟧(?:(?:,? and|,) (?!not)(?:by )?⟦\d+⟧)*|"
    r"(?:that are |which are |is |are )?(?:a )?multiples? of (?:both )?⟦\d+⟧(?: and(?: of)? ⟦\d+⟧)?|"
    r"(?:that are |which are |is |are )?(?:positive )?(?:factors|divisors|a factor|a divisor) of (?:both )?⟦\d+⟧(?: and(?: of)? ⟦\d+⟧)?|(?:that are |which are |is |are )?(?:a )?(?:prime|odd|even|perfect squares?|perfect cubes?))"
)
_SET = rf"(?:of )?(?:the )?(?P<adjectives>(?:{_ADJECTIVE},? )*)(?P<noun>{_NOUN})(?P<parts>(?:,? (?:and |but )?(?:that )?(?:are )?{_PART})*)"


@asked(
    rf"how many {_SET}(?: are there)?",
    rf"how many {_SET}",
    rf"(?:find|what is|determine|compute) the number of {_SET}",
    words="how many",
)
def _count(ask: Ask) -> Expected:
    _refuse_prime_factors(ask)
    return value_expected(ask, sp.Integer(len(_members(ask))), None, method=_METHOD)


def _refuse_prime_factors(ask: Ask) -> None:
    """The prime factors of a number may count several times; the questions about divisors know."""
    if re.search(r"prime.*(?:factors?|divisors?) of", ask.text):
        raise NotUnderstood("prime factors that may count several times")


@asked(
    rf"(?:find|what is|determine|compute) the (?P<what>sum|product|largest|greatest|smallest|least|average|mean|median) (?:of )?(?:all )?{_SET}",
)
def _of_members(ask: Ask) -> Expected:
    members = _members(ask)
    word = ask.word("what")
    if word not in ("largest", "greatest", "smallest", "least"):
        _refuse_prime_factors(ask)
    if not members:
        raise NotUnderstood("no such number")
    if word == "sum":
        value = sp.Integer(sum(members))
    elif word == "product" and len(members) < 60:
        value = sp.prod([sp.Integer(member) for member in members])
    elif word in ("largest", "greatest"):
        value = sp.Integer(max(members))
    elif word in ("smallest", "least"):
        value = sp.Integer(min(members))
    elif word in ("average", "mean"):
        value = sp.Rational(sum(members), len(members))
    else:
        raise NotUnderstood("not computed")
    return value_expected(ask, value, None, method=_METHOD)


@asked(
    r"(?:a|an) (?:number|integer) is (?:selected|chosen|picked) at random from (?:the integers |the numbers |the set of integers )?(?:from )?⟦(?P<low>\d+)⟧ (?:through|to) ⟦(?P<high>\d+)⟧,?(?: inclusive)?[.,] what is the probability that (?:the|this) (?:number|integer) is (?P<test>(?:not )?(?:a |an )?[^?]*)",
    r"what is the probability that a (?:randomly (?:selected|chosen)|random) (?P<kind>(?:positive )?(?:integer|number)) (?:in the set|from the set|from) ⟦(?P<set>\d+)⟧ is (?P<test>[^?]*)",
    words="randomly selected chosen picked random probability through inclusive",
)
def _probability(ask: Ask) -> Expected:
    if ask.has("set"):
        match = re.fullmatch(
            r"\\\{(\d+),\s*(\d+),\s*(\d+),\s*\\ldots,\s*(\d+)\\\}",
            ask.read.formulas[int(ask.word("set"))].replace(" ", ""),
        )
        if match is None or int(match[2]) != int(match[1]) + 1 or int(match[3]) != int(match[1]) + 2:
            raise NotUnderstood("a set that is not understood")
        low, high = int(match[1]), int(match[4])
    else:
        low, high = (_whole(ask, ask.word(group)) for group in ("low", "high"))
    if not 0 <= low < high <= LARGEST or (ask.kinds() - {"integer"} and low < 1):
        raise NotUnderstood("a range that is too large")
    shape = re.compile(
        r"(?:(?:and |but )?(?:is )?(?P<no>not )?(?:a |an )?(?P<kind>multiple of|divisible by|divisor of|factor of|prime|perfect square|perfect cube|odd|even)(?: number)?(?: ⟦(?P<k>\d+)⟧)?,? ?)"
    )
    at, text = 0, ask.word("test").rstrip(" .?")
    tests: list[tuple[Test, bool]] = []
    while at < len(text):
        match = shape.match(text, at)
        if match is None:
            raise NotUnderstood("a property that is not understood")
        tests.append((_test(ask, match["kind"], match["k"]), bool(match["no"])))
        at = match.end()
    if any(no and not after for (_, no), (_, after) in itertools.pairwise(tests)):
        raise NotUnderstood("not one and the other, or neither")
    hits = [n for n in range(low, high + 1) if all(test(n) != no for test, no in tests)]
    return value_expected(ask, sp.Rational(len(hits), high - low + 1), None, method=_METHOD)


def _test(ask: Ask, kind: str, slot: str | None) -> Test:
    if kind in ("multiple of", "divisible by"):
        divisor = _whole(ask, slot or "")
        return lambda n: n % divisor == 0
    if kind in ("divisor of", "factor of"):
        multiple = _whole(ask, slot or "")
        return lambda n: n > 0 and multiple % n == 0
    if slot:
        raise NotUnderstood("a property that is not understood")
    return _ADJECTIVES[kind]


def _whole(ask: Ask, slot: str) -> int:
    text = ask.read.formulas[int(slot)] if slot else ""
    text = text.replace("{,}", "").replace(",", "").strip()
    if not text.isdigit() or int(text) < 0 or len(text) > 12:
        raise NotUnderstood("no whole number")
    return int(text)


def _members(ask: Ask) -> list[int]:
    if ask.facts.equations or ask.facts.constraints:
        raise NotUnderstood("more is given")
    tests: list[Test] = []
    low: int | None = None
    high: int | None = None
    noun = ask.word("noun")
    for adjective in re.findall(_ADJECTIVE, ask.word("adjectives")):
        if adjective in _DIGITS:
            low, high = _narrowed(low, high, _DIGITS[adjective])
        elif adjective in _ADJECTIVES:
            tests.append(_ADJECTIVES[adjective])
    if noun.startswith(("perfect", "prime", "composite")):
        tests.append(_ADJECTIVES[noun.removesuffix("s")])
    if noun.startswith("number") and not _are_whole(ask):
        raise NotUnderstood("numbers of which it is not said that they are whole")
    if noun.startswith("multiple"):
        divisor = _whole(ask, re.findall(r"⟦(\d+)⟧", noun)[0])
        tests.append(lambda n: n % divisor == 0)
    for part in re.findall(_PART, ask.word("parts")):
        limits = _limits(ask, part)
        if limits is None:
            tests.extend(_part_tests(ask, part))
            high = _highest_divisor(ask, part, high)
            continue
        low, high = _narrowed(low, high, limits)
    if low is None and re.search(
        r"positive|prime|perfect|natural|whole|composite",
        ask.word("adjectives") + noun + " ".join(re.findall(r"positive", ask.word("parts"))),
    ):
        low = 0
    open_ends = "between" in ask.text and "inclusive" not in ask.text and low is not None and high is not None
    # Whether the ends belong to it matters only where they have the property.
    if open_ends and any(all(test(end) for test in tests) for end in ((low or 0) - 1, (high or 0) + 1)):
        raise NotUnderstood("ends that may or may not belong to it")
    if low is None or high is None or high - low > LARGEST or low < 0 or not _is_said(ask, noun):
        raise NotUnderstood("a set without ends")
    return [n for n in range(low, high + 1) if all(test(n) for test in tests)]


def _are_whole(ask: Ask) -> bool:
    """Whether numbers have a property, or ends such as from 1 to 10, that only whole ones have."""
    adjectives, parts = ask.word("adjectives"), ask.word("parts")
    return bool(
        re.search(r"odd|even|prime|composite|whole|natural|digit", adjectives)
        or re.search(r"from|divisible|multiple|factor|divisor|prime|odd|even|perfect", parts)
    )


def _narrowed(
    low: int | None, high: int | None, limits: tuple[int | None, int | None]
) -> tuple[int | None, int | None]:
    """The range that keeps both pairs of limits."""
    lows = [end for end in (low, limits[0]) if end is not None]
    highs = [end for end in (high, limits[1]) if end is not None]
    return max(lows, default=None), min(highs, default=None)


def _is_said(ask: Ask, noun: str) -> bool:
    """Whether zero cannot come in unseen: a multiple or square may or may not include it."""
    if noun.startswith(("multiple", "perfect")) and "positive" not in ask.word("adjectives"):
        return "between" in ask.text or "from" in ask.text or "-digit" in ask.text or "greater" in ask.text
    return True


def _limits(ask: Ask, part: str) -> tuple[int | None, int | None] | None:
    ends = (
        [_whole(ask, slot) for slot in re.findall(r"⟦(\d+)⟧", part)]
        if re.search(r"between|from|than|at most|at least", part)
        else []
    )
    if "between" in part:
        if "inclusive" in part:
            return ends[0], ends[1]
        return ends[0] + 1, ends[1] - 1
    if part.startswith("from"):
        return ends[0], ends[1]
    if "at most" in part or "no greater" in part:
        return None, ends[0]
    if "at least" in part:
        return ends[0], None
    if "than" in part:
        shift = 0 if "or equal" in part else 1
        if "less" in part or "fewer" in part:
            return None, ends[0] - shift
        return ends[0] + shift, None
    return None


def _part_tests(ask: Ask, part: str) -> list[Test]:
    divisors = [_whole(ask, slot) for slot in re.findall(r"⟦(\d+)⟧", part)]
    if re.search(r"factor|divisor", part):
        return [lambda n, multiple=multiple: n > 0 and multiple % n == 0 for multiple in divisors]  # type: ignore[misc]
    if divisors:
        negative = "not " in part
        if negative and len(divisors) > 1:
            raise NotUnderstood("not one and not the other, or not both")
        if 0 in divisors:
            raise NotUnderstood("no divisor")
        return [lambda n, divisor=divisor: (n % divisor == 0) != negative for divisor in divisors]  # type: ignore[misc]
    word = re.findall(r"prime|odd|even|perfect square|perfect cube", part)[0]
    return [_ADJECTIVES[word]]


def _highest_divisor(ask: Ask, part: str, high: int | None) -> int | None:
    if not re.search(r"factor|divisor", part):
        return high
    largest = min(_whole(ask, slot) for slot in re.findall(r"⟦(\d+)⟧", part))
    return largest if high is None else min(high, largest)


_UNITS = "|".join(
    sorted((re.escape(name) for name in UNITS if len(name) > 2 and name.isascii()), key=len, reverse=True)
)


@asked(
    rf"how many (?P<to>{_UNITS}) (?:are )?(?:there )?(?:in|equal|make) <n> (?P<from>{_UNITS})",
    rf"(?:convert|express) <n> (?P<from>{_UNITS}) (?:to|into|in) (?P<to>{_UNITS})",
    rf"what fraction of <a> (?P<to>{_UNITS}) is <n> (?P<from>{_UNITS})",
    words="there make convert equal fraction",
)
def _unit(ask: Ask) -> Expected:
    source, target = UNITS[ask.word("from")], UNITS[ask.word("to")]
    if source.dimension != target.dimension or source.dimension.startswith("count"):
        raise NotUnderstood("units that do not convert")
    value = number(ask, "n") * sp.Rational(source.factor / target.factor)
    if ask.has("a"):
        return Expected("value", (value / number(ask, "a"),), "conversion", form="simplified")
    return Expected("value", (value,), "conversion", unit=target, form="unit")


QUESTIONS = (
    _count,
    _of_members,
    _probability,
    _unit,
)
