"""Equal groups, rates and prices: so many of these for each of those.

A rate (9 pieces in each box) leads from boxes to pieces by multiplication and back by division. What there is of either is one
number, or what is left of it, or the sum of its kinds. Without a rate, a question for *each* shares out a total.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from embedded_model.word_problems.english.asking import Question, content, known
from embedded_model.word_problems.english.lexicon import KINDS, PEOPLE, TIMES
from embedded_model.word_problems.english.quantities import ANYTHING, Quantity
from embedded_model.word_problems.working import Working

__all__ = ["solve"]

_GENERIC = frozenset(["piece", "item", "thing", "toy", "object", "one"])
_PERIODS = frozenset(["day", "week", "month", "year", "hour", "minute", "second"])
_DISTANCES = frozenset(["mile", "kilometer", "meter", "km", "foot", "yard"])
_MEASURES = (
    _PERIODS
    | _DISTANCES
    | frozenset(["dollar", "cent", "pound", "ounce", "gallon", "liter", "gram", "kilogram", "inch"])
)
_SHARED = re.compile(
    r"\b(?:equal(?:ly)?|same|splits?|divided?|shares?|shared|organi[sz]ed?|arranged?|distributed?|stored|into|groups?|rest|evenly)\b"
)
_ANYBODY = frozenset(["person", "people", "player", "friend", "member", "one"])
_USING = frozenset(["earn", "make", "sell", "spend", "pay", "use", "cost", "receive", "get", "raise"])
_GONE = frozenset(["loss", "go", "give"])
_UNSURE = re.compile(
    r"\b(?:extra|leftover|profit|save[sd]?|change|increase[sd]?|decrease[sd]?|age|years old|average)\b"
)


def solve(question: Question, quantities: Sequence[Quantity], working: Working) -> Fraction | None:
    """The number of parts, of groups, or of parts in each group."""
    if (
        question.start
        or " than " in question.text
        or any(quantity.value is None or quantity.than for quantity in quantities)
    ):
        return None
    if _UNSURE.search(question.whole) or not known(question, quantities):
        return None
    rates = [quantity for quantity in quantities if quantity.per]
    plain = [quantity for quantity in quantities if not quantity.per]
    if any(quantity.value == 0 for quantity in quantities) or len(plain) > 3:
        return None
    answers = []
    if question.head == "*speed":
        return _speed(plain, working) if not rates else None
    if not rates and question.per:
        answers.append(_shared(question, plain, working))
    wanted = _meant([rate for rate in rates if _asks_for(question, rate)], question)
    if len(wanted) > 1:
        answers.append(_sum_of_rates(question, wanted, rates, plain, working))
    for rate in rates if len(wanted) < 2 else []:
        rest = [other for other in rates if other is not rate]
        answers += [
            _product(question, rate, rest, plain, working),
            _quotient(question, rate, rest, plain, working),
        ]
    found = [answer for answer in answers if answer is not None]
    if len(found) != 1:
        return None
    return found[0] if found[0].denominator == 1 or _decimal(quantities, question) else None


def _decimal(quantities: Sequence[Quantity], question: Question) -> bool:
    """Whether an answer may be a decimal: a measure, where numbers of the problem are decimals too."""
    return question.head in _MEASURES and any(
        quantity.value and quantity.value.denominator != 1 for quantity in quantities
    )


def _product(
    question: Question, rate: Quantity, rates: Sequence[Quantity], plain: Sequence[Quantity], working: Working
) -> Fraction | None:
    if question.per or (question.more and not _remaining(question)) or not _asks_for(question, rate):
        return None
    every = [quantity for quantity in plain if _is(quantity, rate.per)]
    others = [quantity for quantity in plain if quantity not in every]
    groups = _meant(every, question)
    if not groups or not _apart(others, rate, question) or rate.value is None:
        return None
    apart = [other for other in rates if other.per != rate.per or other.thing == rate.thing]
    if len(rates) > 1 or any(other.thing & (rate.thing | question.thing) for other in apart):
        return None
    number = _amount(groups, question, working)
    return working.calculate(rate.value, "*", number, "product") if number is not None else None


def _sum_of_rates(
    question: Question,
    wanted: Sequence[Quantity],
    rates: Sequence[Quantity],
    plain: Sequence[Quantity],
    working: Working,
) -> Fraction | None:
    """Two women and six men at each table: the rates together, times the tables."""
    same = {(rate.per, rate.verb) for rate in wanted}
    if question.per or question.more or len(same) != 1 or len(wanted) != len(rates) or len(plain) != 1:
        return None
    if not (question.total or question.head in KINDS) or not _is(plain[0], wanted[0].per):
        return None
    result, number = wanted[0].value, plain[0].value
    if result is None or number is None or plain[0].role in _GONE:
        return None
    for rate in wanted[1:]:
        if rate.value is None:
            return None
        result = working.calculate(result, "+", rate.value, "total")
    return working.calculate(result, "*", number, "product")


def _meant(quantities: Sequence[Quantity], question: Question) -> list[Quantity]:
    """Those of *quantities* that the words of the question choose: of gum and candy, how many pieces of gum."""
    chosen = list(quantities)
    for word in content(question.text):
        holding = [
            quantity for quantity in chosen if word in (quantity.words if word in TIMES else quantity.thing)
        ]
        chosen = holding or chosen
    return chosen


def _quotient(
    question: Question, rate: Quantity, rates: Sequence[Quantity], plain: Sequence[Quantity], working: Working
) -> Fraction | None:
    if question.per or not _asks_for_groups(question, rate) or rate.value is None:
        return None
    parts = _meant(
        [quantity for quantity in plain if _is_part(quantity, rate) and not _is(quantity, rate.per)], question
    )
    others = [quantity for quantity in plain if quantity not in parts]
    if not parts or not _apart(others, rate, question) or any(other.thing & rate.thing for other in rates):
        return None
    number = _amount(parts, question, working)
    return working.calculate(number, "/", rate.value, "fits") if number is not None else None


def _shared(question: Question, plain: Sequence[Quantity], working: Working) -> Fraction | None:
    parts = [
        quantity
        for quantity in plain
        if question.thing <= quantity.thing or quantity.head in KINDS.get(question.head, ())
    ]
    groups = [quantity for quantity in plain if quantity not in parts and _is(quantity, question.per)]
    others = [quantity for quantity in plain if quantity not in parts and quantity not in groups]
    if not parts or len(groups) != 1 or groups[0].value is None:
        return None
    if not (_SHARED.search(question.whole) or groups[0].head in _PERIODS):
        return None
    if any(other.thing & (question.thing | question.per) for other in others) or len(others) > 1:
        return None
    number = _amount(parts, question, working)
    return working.calculate(number, "/", groups[0].value, "share") if number is not None else None


def _speed(plain: Sequence[Quantity], working: Working) -> Fraction | None:
    ways = [quantity for quantity in plain if quantity.head in _DISTANCES]
    times = [quantity for quantity in plain if quantity.head in _PERIODS]
    if (
        len(ways) != 1
        or len(times) != 1
        or len(plain) != 2
        or ways[0].value is None
        or times[0].value is None
    ):
        return None
    return working.calculate(ways[0].value, "/", times[0].value, "share")


def _amount(quantities: Sequence[Quantity], question: Question, working: Working) -> Fraction | None:
    """What there is of one thing, all that is told of it together."""
    first, *others = quantities
    if first.value is None or (first.role in _GONE and (others or first.own)) or (first.end and others):
        return None
    result = first.value
    for quantity in others:
        if quantity.value is None:
            return None
        if quantity.end:
            # What is no longer there was used: is that what is asked?
            if question.verb not in _USING or quantity is not others[-1]:
                return None
            result = working.calculate(result, "-", quantity.value, "left")
        elif quantity.role in _GONE or quantity.passive or (quantity.own and quantity.role == "act"):
            if question.verb == quantity.verb and not question.more:
                return None
            result = working.calculate(result, "-", quantity.value, "left")
        elif quantity.role in {"has", "gain", "come"} or quantity.role == first.role:
            if quantity.own or not _together(first, quantity):
                return None
            result = working.calculate(result, "+", quantity.value, "total")
        else:
            return None
    return result if result > 0 else None


def _together(first: Quantity, other: Quantity) -> bool:
    """Whether two quantities are parts of one: two kinds, or more of the same."""
    if first.role == other.role == "has" and first.who != other.who:
        return False
    return first.thing != other.thing or first.verb == other.verb or other.role in {"gain", "come"}


def _is(quantity: Quantity, named: frozenset[str]) -> bool:
    """Whether *quantity* counts what is *named*."""
    if named <= _ANYBODY:
        return quantity.head in PEOPLE
    return (named <= quantity.thing and quantity.head in named) or (
        quantity.thing <= named and bool(quantity.thing)
    )


def _is_part(quantity: Quantity, rate: Quantity) -> bool:
    if rate.thing == ANYTHING:
        # Split a collection of eggs into groups of 5.
        return bool(quantity.thing & rate.words)
    return rate.thing <= quantity.thing or (rate.thing <= _GENERIC and quantity.head not in _MEASURES)


def _asks_for(question: Question, rate: Quantity) -> bool:
    """Whether the question is for what the rate counts."""
    if rate.head in KINDS.get(question.head, ()):
        return True
    if question.thing <= rate.thing or (question.head == "*distance" and rate.head in _DISTANCES):
        return True
    if question.head == "*time":
        return rate.head in _PERIODS
    if rate.thing == ANYTHING or (rate.thing <= _GENERIC and question.head not in _MEASURES):
        return not question.thing & rate.per
    return rate.thing <= question.thing and not rate.thing & _MEASURES


def _asks_for_groups(question: Question, rate: Quantity) -> bool:
    if question.head == "*time":
        return bool(rate.per & _PERIODS) and rate.head not in _PERIODS
    if question.head == "*distance":
        return False
    return question.thing <= rate.per or (rate.per <= question.thing and question.head in rate.per)


def _apart(others: Sequence[Quantity], rate: Quantity, question: Question) -> bool:
    """Whether the quantities that are not used are of other things, and at most one."""
    about = rate.thing | rate.per | question.thing
    if rate.per & PEOPLE and any(other.head in PEOPLE for other in others):
        return False
    return len(others) <= 1 and not any(other.thing & about or other.head in _MEASURES for other in others)


def _remaining(question: Question) -> bool:
    return question.more and bool(
        {"need", "have"} & set(content(question.text)) or question.verb in {"have", "need", "grade"}
    )
