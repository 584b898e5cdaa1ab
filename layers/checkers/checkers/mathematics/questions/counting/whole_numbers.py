"""Questions about whole numbers that a description picks: how many, their sum, the least, the chance of one."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.build import build
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.problem.counted.phrase import Phrase
from checkers.mathematics.problem.counted.whole_numbers import (
    Condition,
    Whole,
    read_conditions,
    read_whole_numbers,
)
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.values import value_expected

__all__ = ["QUESTIONS", "holds"]

MOST_TRIED = 100_000
LARGEST = 10**12
_METHOD = "counting"

Test = Callable[[int], bool]
_Limits = tuple[int | None, int | None]


@asked(
    r"how many (?P<told>.+)",
    r"(?:find|what is|determine|compute) the (?:total )?number of (?P<told>.+)",
    words="how many total",
)
def _count(ask: Ask) -> Expected:
    return value_expected(ask, sp.Integer(len(_members(ask, _described(ask)))), None, method=_METHOD)


@asked(
    r"(?:find|what is|determine|compute|calculate|what's) the (?P<what>sum|average|mean|median|product) of (?P<told>.+)",
    r"(?:find|what is|determine|compute|what's|name) the (?P<what>smallest|least|largest|greatest)(?: possible)? (?P<told>.+)",
)
def _of_members(ask: Ask) -> Expected:
    word, whole = ask.word("what"), _described(ask)
    if word in ("smallest", "least"):
        return value_expected(ask, sp.Integer(_smallest(ask, whole)), None, method=_METHOD)
    if word in ("largest", "greatest"):
        return value_expected(ask, sp.Integer(_largest(ask, whole)), None, method=_METHOD)
    members = _members(ask, whole)
    if not members:
        raise NotUnderstood("no such number")
    if word == "sum":
        value = sp.Integer(sum(members))
    elif word == "product" and len(members) < 60:
        value = sp.prod([sp.Integer(member) for member in members])
    elif word in ("average", "mean"):
        value = sp.Rational(sum(members), len(members))
    elif word == "median":
        value = sp.Rational(members[(len(members) - 1) // 2] + members[len(members) // 2], 2)
    else:
        raise NotUnderstood("not computed")
    return value_expected(ask, value, None, method=_METHOD)


_CHOSEN = r"(?:randomly )?(?:chosen|selected|picked|drawn)(?: at random)?"


_IT = r"what is the probability that (?:it|the (?P<it>number|integer)(?: chosen| selected)?|this number) is (?P<hit>.+)"


@asked(
    rf"(?:if )?(?:a|an|one) (?P<told>.+) is {_CHOSEN}[.,] {_IT}",
    r"what is the probability that a (?:randomly (?:chosen|selected)|random) (?P<told>.+?) is (?P<hit>(?:not |a |an |even|odd|divisible|prime|relatively).*)",
    rf"(?:if )?(?:a|an|one) (?P<kind>number|integer) is {_CHOSEN} from (?:the )?(?P<from>integers |numbers |set of integers )?(?:from )?<low> (?:through|to) <high>,?(?: inclusive)?[.,] {_IT}",
    r"what is the probability that a (?:randomly (?:selected|chosen)|random) (?P<kind>integer|number|positive integer) (?:in the set|from the set|from) <set> is (?P<hit>.+)",
    words="if through inclusive set from this selected the randomly chosen picked drawn at random probability it one number",
)
def _chance(ask: Ask) -> Expected:
    if "random" not in ask.text:
        raise NotUnderstood("a choice of which it is not said that it is random")
    whole, hit = _described(ask), _hit(ask)
    ask.word("it")
    all_of_them, hits = _members(ask, whole), _members(ask, Whole(whole.conditions + hit, whole.signed))
    if not all_of_them:
        raise NotUnderstood("no such number")
    return value_expected(ask, sp.Rational(len(hits), len(all_of_them)), None, method=_METHOD)


@asked(r"for how many (?P<told>.+?) (?:is|does) <n> (?P<hit>.+)", words="for how many is does")
def _count_named(ask: Ask) -> Expected:
    """`For how many positive integers n less than 100 is n divisible by 6 or 8?`"""
    name = ask.formula("n").strip()
    if not re.fullmatch("[a-z]", name) or name not in _formulas_of(ask, "told"):
        raise NotUnderstood("another name")
    whole = _described(ask)
    members = _members(ask, Whole(whole.conditions + _hit(ask), whole.signed))
    return value_expected(ask, sp.Integer(len(members)), None, method=_METHOD)


@asked(
    r"(?:for )?how many (?P<apart>different )?ordered (?P<pairs>pairs) of (?P<kind>positive integers) <p> (?:satisfy|is|are solutions to|are there such that|such that)(?: the equation)? <e>(?: true)?",
    r"how many (?P<apart>different )?ordered (?P<pairs>pairs) <p> of (?P<kind>positive integers) (?:satisfy|are there such that|such that)(?: the equation)? <e>",
    words="for ordered solutions true",
)
def _pairs(ask: Ask) -> Expected:
    """Pairs of positive integers for which a sum of positive terms, linear in one of them, has a value."""
    if ask.facts.given():
        raise NotUnderstood("more is given")
    ask.kinds(), ask.word("pairs"), ask.word("apart")
    pair, equation = ask.tree("p"), ask.tree("e")
    if pair.kind != "tuple" or any(part.kind != "name" for part in pair.parts) or equation.text != "=":
        raise NotUnderstood("no pair, or no equation")
    left, right = (build(part, ask.facts.context()) for part in equation.parts)
    names = [build(part, ask.facts.context()) for part in pair.parts]
    difference = sp.Poly(sp.expand(left - right), *names)
    if len(set(names)) != 2 or left.free_symbols | right.free_symbols != set(names):
        raise NotUnderstood("other names")
    total = -difference.nth(0, 0)
    terms = {powers: factor for powers, factor in difference.terms() if any(powers)}
    if (
        not total.is_Integer
        or not 0 < total <= 3_000
        or any(not c.is_Integer or c < 1 for c in terms.values())
    ):
        raise NotUnderstood("no sum of positive terms")
    last = names[1] if difference.degree(names[1]) == 1 else names[0]
    other = names[0] if last == names[1] else names[1]
    if difference.degree(last) != 1:
        raise NotUnderstood("no linear equation")
    slope, rest = (sp.Poly(part, other) for part in reversed(_linear_parts(difference, last)))
    found = 0
    for value in range(1, int(total) + 1):
        below, above = slope.eval(value), -rest.eval(value)
        found += bool(below > 0 and above > 0 and above % below == 0)
    return value_expected(ask, sp.Integer(found), None, method=_METHOD)


def _linear_parts(poly: sp.Poly, name: sp.Symbol) -> tuple[sp.Expr, sp.Expr]:
    expression = poly.as_expr()
    return expression.coeff(name, 0), expression.coeff(name, 1)


def _formulas_of(ask: Ask, group: str) -> list[str]:
    return [ask.read.formulas[int(slot)].strip() for slot in re.findall(r"⟦(\d+)⟧", ask.word(group))]


def _described(ask: Ask) -> Whole:
    if ask.facts.given():
        raise NotUnderstood("more is given")
    if ask.has("low") or ask.has("set"):
        return _range_of_choice(ask)
    phrase = Phrase(ask.word("told"), ask.read.formulas)
    whole = read_whole_numbers(phrase)
    phrase.take("are there|exist|there are")
    phrase.end()
    return whole


_SET = re.compile(r"\\\{(\d+),(\d+),(\d+),\\(?:ldots|dots|cdots),(\d+)\\\}")


def _range_of_choice(ask: Ask) -> Whole:
    """The numbers of a range or of a set that is written with dots, from which one is chosen."""
    positive = "positive" in ask.kinds("kind")
    ask.word("from")
    if ask.word("set"):
        match = _SET.fullmatch(re.sub(r"\s", "", ask.formula("set")))
        if match is None or not int(match[1]) + 2 == int(match[2]) + 1 == int(match[3]):
            raise NotUnderstood("a set that is not understood")
        ends = (Node("num", text=match[1]), Node("num", text=match[4]))
    else:
        ends = (ask.tree("low"), ask.tree("high"))
    if positive and ask.word("set") and int(ends[0].text) < 1:
        raise NotUnderstood("numbers that are not positive")
    return Whole((Condition("inside", formula=Node("tuple", ends, "()")),), signed=True)


def _hit(ask: Ask) -> tuple[Condition, ...]:
    phrase = Phrase(ask.word("hit"), ask.read.formulas)
    found = read_conditions(phrase)
    phrase.end()
    if not found:
        raise NotUnderstood("no property")
    return tuple(found)


def _members(ask: Ask, whole: Whole) -> list[int]:
    """All numbers of the description, the same in every reading of its words."""
    return _agreed([_all_of(whole, limits) for limits in _limits_in_every_reading(ask, whole)])


def _agreed[T](results: Iterable[T]) -> T:
    first, *others = results
    if any(other != first for other in others):
        raise NotUnderstood("words that can be meant in two ways")
    return first


def _readings() -> Iterable[tuple[bool, bool]]:
    """Whether the ends of `between` belong to it, and whether zero is natural, or a square or multiple."""
    return [(ends, zero) for ends in (False, True) for zero in (False, True)]


def _limits_in_every_reading(ask: Ask, whole: Whole) -> list[_Limits]:
    return list(dict.fromkeys(_limits(ask, whole, ends, zero) for ends, zero in _readings()))


def _all_of(whole: Whole, limits: _Limits) -> list[int]:
    low, high = limits
    if low is None or high is None:
        raise NotUnderstood("numbers without end")
    step = _step(whole)
    if (high - low) // step > MOST_TRIED:
        raise NotUnderstood("too many numbers")
    tests = [_test(condition) for condition in whole.conditions]
    first = -(-low // step) * step
    return [n for n in range(first, high + 1, step) if all(test(n) for test in tests)]


def _smallest(ask: Ask, whole: Whole) -> int:
    return _agreed([_first_of(whole, limits) for limits in _limits_in_every_reading(ask, whole)])


def _first_of(whole: Whole, limits: _Limits) -> int:
    low, high = limits
    if low is None:
        raise NotUnderstood("numbers without end")
    step, tests = _step(whole), [_test(condition) for condition in whole.conditions]
    first = -(-low // step) * step
    last = first + step * MOST_TRIED
    for n in range(first, last if high is None else min(last, high) + 1, step):
        if all(test(n) for test in tests):
            return n
    raise NotUnderstood("none was found")


def _largest(ask: Ask, whole: Whole) -> int:
    return _agreed([_last_of(whole, limits) for limits in _limits_in_every_reading(ask, whole)])


def _last_of(whole: Whole, limits: _Limits) -> int:
    low, high = limits
    if high is None or (low is None and not whole.signed):
        raise NotUnderstood("numbers without end")
    step, tests = _step(whole), [_test(condition) for condition in whole.conditions]
    last = high // step * step
    first = last - step * MOST_TRIED
    for n in range(last, (first if low is None else max(first, low)) - 1, -step):
        if all(test(n) for test in tests):
            return n
    raise NotUnderstood("none was found")


def _step(whole: Whole) -> int:
    step = 1
    for condition in whole.conditions:
        if condition.kind == "multiple" and not condition.denied and condition.how == "all":
            step = math.lcm(step, *condition.numbers)
    if step > LARGEST:
        raise NotUnderstood("too large")
    return step


_LOWEST = {"positive": 1, "prime": 2, "composite": 4, "nonnegative": 0}
_MAY_BE_ZERO = frozenset({"natural", "whole", "square", "palindrome"})


def _limits(ask: Ask, whole: Whole, ends: bool, zero: bool) -> tuple[int | None, int | None]:
    kinds = {condition.kind for condition in whole.conditions}
    lows: list[int] = []
    highs: list[int] = []
    negative = whole.signed and "length" not in kinds
    for condition in whole.conditions:
        low, high = _limits_of(ask, condition, ends, zero)
        lows += [] if low is None else [low]
        highs += [] if high is None else [high]
        negative &= condition.kind == "divisor" or low is None or low < 0
    if negative and "divisor" in kinds:
        raise NotUnderstood("divisors of which negative ones may be counted")
    if lows and max(lows) < 0 and not whole.signed:
        raise NotUnderstood("negative numbers, of which it is not said that they are meant")
    if lows and not whole.signed and max(lows) == 0 and "nonnegative" not in kinds:
        lows.append(0 if zero else 1)
    made = max(lows, default=None), min(highs, default=None)
    if any(end is not None and abs(end) > LARGEST for end in made):
        raise NotUnderstood("too large")
    return made


def _limits_of(ask: Ask, condition: Condition, ends: bool, zero: bool) -> tuple[int | None, int | None]:
    kind = condition.kind
    if condition.formula is not None:
        return _range_of(ask, condition, ends)
    if condition.denied:
        return None, None
    if kind in _LOWEST:
        return _LOWEST[kind], None
    if kind in _MAY_BE_ZERO:
        return 0 if zero else 1, None
    if kind == "at most":
        return None, condition.numbers[0]
    if kind == "length":
        (length,) = condition.numbers
        if length == 1:
            return 0 if zero else 1, 9
        return 10 ** (length - 1), 10**length - 1
    if kind == "divisor":
        return 1, (min if condition.how == "all" else max)(condition.numbers)
    return (None, -1) if kind == "negative" else (None, None)


def _range_of(ask: Ask, condition: Condition, ends: bool) -> tuple[int | None, int | None]:
    kind = condition.kind
    if kind in ("inside", "between", "strictly") and condition.formula is not None:
        first, second = condition.formula.parts
        if condition.denied:
            raise NotUnderstood("not between two numbers")
        closed = kind == "inside" or (kind == "between" and ends)
        low = _edge(ask, first, "at least" if closed else "above")[0]
        return low, _edge(ask, second, "at most" if closed else "below")[1]
    opposite = {"at most": "above", "above": "at most", "below": "at least", "at least": "below"}
    return _edge(ask, condition.formula or Node("text"), opposite[kind] if condition.denied else kind)


def _edge(ask: Ask, tree: Node, kind: str) -> tuple[int | None, int | None]:
    value = build(tree, ask.facts.context())
    if (
        value.free_symbols
        or value.is_extended_real is not True
        or value.is_finite is not True
        or abs(value) > LARGEST
    ):
        raise NotUnderstood("no limit")
    floor, ceiling = int(sp.floor(value)), int(sp.ceiling(value))
    return {
        "at most": (None, floor),
        "below": (None, ceiling - 1),
        "at least": (ceiling, None),
        "above": (floor + 1, None),
    }[kind]


def _test(condition: Condition) -> Test:
    if condition.formula is not None or condition.kind in (
        "positive",
        "nonnegative",
        "negative",
        "natural",
        "whole",
        "at most",
        "length",
    ):
        if condition.denied and condition.formula is None:
            raise NotUnderstood("not a sign")
        return lambda n: True
    holds = _relation(condition) if condition.numbers else _PROPERTIES[condition.kind]
    return (lambda n: not holds(n)) if condition.denied else holds


def holds(ask: Ask, condition: Condition, number: int) -> bool:
    """Whether one number meets a condition, in every reading of its words."""
    found = []
    for ends, zero in _readings():
        low, high = _limits_of(ask, condition, ends, zero)
        inside = (low is None or low <= number) and (high is None or number <= high)
        found.append(inside and _test(condition)(number))
    return _agreed(found)


_PROPERTIES: dict[str, Test] = {
    "even": lambda n: n % 2 == 0,
    "odd": lambda n: n % 2 == 1,
    "prime": lambda n: bool(sp.isprime(n)),
    "composite": lambda n: n > 3 and not sp.isprime(n),
    "square": lambda n: n >= 0 and bool(sp.integer_nthroot(n, 2)[1]),
    "cube": lambda n: bool(sp.integer_nthroot(abs(n), 3)[1]),
    "palindrome": lambda n: str(n) == str(n)[::-1],
    "distinct digits": lambda n: len(set(str(n))) == len(str(n)),
    "even digits": lambda n: set(str(n)) <= set("02468"),
    "odd digits": lambda n: set(str(n)) <= set("13579"),
    "prime digits": lambda n: set(str(n)) <= set("2357"),
}


_JOINED: dict[str, Callable[[list[bool]], bool]] = {
    "all": all,
    "any": any,
    "one": lambda found: sum(found) == 1,
}


def _relation(condition: Condition) -> Test:
    numbers, joined = condition.numbers, _JOINED[condition.how]
    if condition.kind == "multiple":
        return lambda n: joined([n % number == 0 for number in numbers])
    if condition.kind == "divisor":
        return lambda n: n > 0 and joined([number % n == 0 for number in numbers])
    if condition.kind == "coprime":
        return lambda n: joined([sp.igcd(n, number) == 1 for number in numbers])
    if condition.kind == "remainder":
        divisor, rest = numbers
        return lambda n: n % divisor == rest
    if condition.kind == "digit sum":
        return lambda n: sum(map(int, str(abs(n)))) == numbers[0]
    if condition.kind == "digit product":
        return lambda n: math.prod(map(int, str(abs(n)))) == numbers[0]
    if condition.kind == "digit at":
        place, digit = numbers
        return lambda n: str(abs(n)).zfill(max(place, 1))[-place if place else 0] == str(digit)
    if condition.kind == "made of":
        return lambda n: set(str(n)) <= {str(digit) for digit in numbers}
    if condition.kind == "contains":
        return lambda n: any(str(digit) in str(n) for digit in numbers)
    if condition.kind == "divisors":
        return lambda n: n > 0 and int(sp.divisor_count(n)) == numbers[0]
    raise NotUnderstood("a relation that is not computed")


QUESTIONS = (
    _count,
    _of_members,
    _chance,
    _count_named,
    _pairs,
)
