"""Questions for a quantity in another unit."""

from __future__ import annotations

import re

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.formulas.units import UNITS
from checkers.mathematics.questions.matched_numbers import number
from checkers.mathematics.questions.registry import Ask, asked

__all__ = ["QUESTIONS"]

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


QUESTIONS = (_unit,)
