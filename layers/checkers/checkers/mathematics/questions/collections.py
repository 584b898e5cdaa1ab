"""Questions for unions, intersections and complements of sets that the problem defines."""

from __future__ import annotations

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.values import value_expected
from checkers.mathematics.solving.named_sets import combined

__all__ = ["QUESTIONS"]


@asked(
    r"(?:find|what is|determine|求|则|那么|集合)? ?<e> ?(?:=|是|为|等于)?[() _$.]*",
)
def _combination(ask: Ask) -> Expected:
    if not ask.facts.collections or ask.facts.equations or ask.facts.constraints:
        raise NotUnderstood("no sets")
    made = combined(ask.formula("e"), ask.facts)
    return Expected("region", (sp.simplify(made),), "sign check")


@asked(
    r"(?:则|那么|集合)? ?<e> ?(?:中)?(?:的)?(?:所含)?元素(?:的)?个数(?:是|为)?[() _$.]*",
    r"how many elements (?:are in|does the set) <e>(?: have)?",
    words="elements 元素 个数 所含",
)
def _size(ask: Ask) -> Expected:
    made = sp.simplify(combined(ask.formula("e"), ask.facts))
    if not ask.facts.collections or not isinstance(made, sp.FiniteSet):
        raise NotUnderstood("no finite set")
    return value_expected(ask, sp.Integer(len(made)), None, method="counting")


QUESTIONS = (
    _combination,
    _size,
)
