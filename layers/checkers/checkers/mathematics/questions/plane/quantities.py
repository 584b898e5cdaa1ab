"""Questions for a quantity of a sequence or a figure that other quantities decide."""

from __future__ import annotations

import re
from typing import Any

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.build import build
from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.problem.facts import Relation
from checkers.mathematics.problem.kinds import is_kind
from checkers.mathematics.problem.quantities import proportion_of, quantities_of
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.values import value_expected
from checkers.mathematics.solving.equations import possible_values

__all__ = ["QUESTIONS"]


@asked(r"(?P<told>.*(?:sequence|progression|series|square|rectangle|circle|triangle|cube|sphere).*)")
def _told(ask: Ask) -> Expected:
    """The one value that what is told leaves."""
    facts = ask.facts
    if facts.given() or facts.functions:
        raise NotUnderstood("more is given")
    told = quantities_of(ask.word("told"), ask.read, facts.parse)
    facts.equations += [Relation(left, "=", right) for left, right in told.relations]
    for name in told.positive:
        facts.kinds.setdefault(name, set()).add("positive")
        facts.kinds.get(name)
    if told.target is None:
        raise NotUnderstood("nothing is asked for")
    values = possible_values(told.target, facts)
    if len(values) != 1:
        raise NotUnderstood("several values")
    return value_expected(ask, values[0], None, method="substitution")


@asked(r"(?P<told>.*(?:proportional|varies).*)", takes="equations")
def _proportion(ask: Ask) -> Expected:
    """A quantity at another value of the one that it is proportional to."""
    ask.word("told")
    told = proportion_of(ask.read, ask.facts.parse)
    # The whole text was read again, so that nothing else can be among these.
    ask.facts.equations[:] = [Relation(left, "=", right) for left, right in told.relations]
    if told.target is None or ask.facts.functions or ask.notes:
        raise NotUnderstood("nothing is asked for, or more is given")
    values = possible_values(told.target, ask.facts)
    if len(values) != 1:
        raise NotUnderstood("several values")
    return value_expected(ask, values[0], told.target, method="substitution")


_COUNTED = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}


@asked(
    r"(?:if |suppose(?: that)? )?the (?P<made>sum|product|average|mean|arithmetic mean)(?: \(average\)| \(mean\))? of (?P<count>two|three|four|five|six|seven) consecutive (?P<kind>(?:positive |negative |even |odd )*integers) is <v>[.,] (?:then )?(?:what is|find)(?: the value of)? (?:the |their )?(?P<asked>largest|smallest|greatest|least|middle|sum|product|average)(?P<of> (?:one )?of (?:the|these) (?:(?:two|three|four|five|six|seven) )?(?:consecutive )?(?:integers|numbers)| of them| integer| number)?",
    words="consecutive their",
)
def _consecutive(ask: Ask) -> Expected:
    """One of some consecutive integers, or a number made of them, of which another such number is told."""
    if ask.facts.given() or ask.facts.functions:
        raise NotUnderstood("more is given")
    kinds, count = ask.kinds(), _COUNTED[ask.word("count")]
    named = re.search("|".join(_COUNTED), ask.word("of"))
    if named and _COUNTED[named[0]] != count:
        raise NotUnderstood("some of them")
    value = build(ask.tree("v"), ask.facts.context())
    first, step = sp.Symbol("first", integer=True), 2 if kinds & {"even", "odd"} else 1
    terms = [first + step * place for place in range(count)]
    condition = sp.Poly(sp.expand(_made_of(ask.word("made"), terms) - value), first)
    found = [[term.subs(first, root) for term in terms] for root in sp.roots(condition) if root.is_Integer]
    kept = [made for made in found if all(is_kind(number, kinds) for number in made)]
    values = {_made_of(ask.word("asked"), made) for made in kept}
    if len(values) != 1:
        raise NotUnderstood("no such integers, or several")
    return value_expected(ask, values.pop(), None, method="substitution")


def _made_of(word: str, terms: list[Any]) -> Any:
    """What the word makes of the terms, the smallest of which is the first."""
    if word in ("largest", "greatest", "smallest", "least"):
        return terms[-1 if word in ("largest", "greatest") else 0]
    if word == "middle":
        if len(terms) % 2 == 0:
            raise NotUnderstood("no middle")
        return terms[len(terms) // 2]
    if word == "product":
        return sp.Mul(*terms)
    return sp.Add(*terms) / (1 if word == "sum" else len(terms))


QUESTIONS = (_told, _proportion, _consecutive)
