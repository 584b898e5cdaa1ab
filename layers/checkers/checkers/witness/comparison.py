"""Holds the result of a formalisation against a final answer: its unit and its rounding are part of it."""

from __future__ import annotations

import re
from typing import Any

import sympy as sp

from checkers.mathematics.answers.equivalence import NOT_COMPARABLE, equivalent
from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.answers.judge import judged
from checkers.mathematics.answers.meanings import Named, Quantity
from checkers.mathematics.answers.reader import cleaned, meaning
from checkers.mathematics.formulas.build import Context
from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.formulas.units import UNITS, Unit
from checkers.witness.language import Formalisation
from checkers.witness.mentions import words_of

__all__ = ["agrees", "answers_agree", "shown"]

_COUNTED = re.compile(
    r"(?P<number>-?\s*[\d.,{}\\frac/ ]*[\d}])\s*(?:\\?\s*(?:text|mathrm|mbox)\s*\{\s*(?P<inner>[^{}\\]{1,40})\}"
    r"|(?P<outer>[^\W\d_][^\d{}\\$%°^=]{0,40}))\s*",
    re.DOTALL,
)


def agrees(formalisation: Formalisation, value: Any, answer: str, problem: str) -> bool | None:
    """Whether *answer* is *value*; None: it is no single number, or that cannot be said."""
    unit = _unit(formalisation.unit)
    if formalisation.kind == "percent" and unit is None:
        unit = UNITS["%"]
    given = answer if unit is not None else _without_noun(answer, problem)
    verdict = _judged(value, given, unit, formalisation.decimals)
    if verdict is False and unit is not None and unit.dimension == "percent":
        # 0.25 for 25 %: one of the two was written without saying which.
        other = any(_judged(value * factor, given, unit, None) for factor in (100, sp.Rational(1, 100)))
        return None if other else False
    return verdict


def answers_agree(one: str, other: str, problem: str) -> bool | None:
    """Whether two final answers to *problem* say the same; what is counted need not be named in both."""
    verdict = equivalent(one, other)
    if verdict is not None:
        return verdict
    if _plain(one) == _plain(other):
        return True
    return equivalent(_without_noun(one, problem), _without_noun(other, problem))


def shown(value: Any, formalisation: Formalisation) -> str:
    """*value* with its unit, as text."""
    text = str(value)
    if isinstance(value, sp.Rational) and not value.is_Integer:
        decimal = _decimal(value)
        text = decimal or text
    if formalisation.decimals is not None and not value.is_Integer:
        text = f"{sp.N(value, 30):.{formalisation.decimals}f}"
    return f"{text} {formalisation.unit}".strip()


def _judged(value: Any, answer: str, unit: Unit | None, decimals: int | None) -> bool | None:
    expected = Expected("value", (value,), "formalisation", unit=unit, decimals=decimals)
    try:
        said = meaning(answer, Context())
        number = said.value if isinstance(said, Named) else said
        return judged(expected, answer, Context()) if isinstance(number, Quantity) else None
    except NOT_COMPARABLE:
        return None


def _unit(words: str) -> Unit | None:
    """The unit of measure or money that *words* name; None where things are counted."""
    for spelling in (words.strip(), words.strip().lower()):
        unit = UNITS.get(spelling)
        if unit is not None:
            return None if unit.dimension.startswith("count") else unit
    return None


def _without_noun(answer: str, problem: str) -> str:
    """*answer* without the noun behind its number, where the problem speaks of it: 18 dresses, 12 块蛋糕."""
    try:
        said = cleaned(answer)
    except NotUnderstood:
        return answer
    match = _COUNTED.fullmatch(said)
    if match is None:
        return answer
    noun = words_of(match["inner"] or match["outer"])
    if not noun or (" ".join(noun) in UNITS and not UNITS[" ".join(noun)].dimension.startswith("count")):
        return answer
    known = set(words_of(problem))
    known |= {word.removesuffix("s") for word in known} | {f"{word}s" for word in known}
    return match["number"] if set(noun) <= known else answer


def _plain(answer: str) -> str:
    try:
        return re.sub(r"[\s$.]", "", cleaned(answer))
    except NotUnderstood:
        return answer


def _decimal(value: Any) -> str:
    """A fraction as a decimal where that is exact and short."""
    below = value.q
    for prime in (2, 5):
        while below % prime == 0:
            below //= prime
    text = str(sp.N(value, 15).round(12)).rstrip("0") if below == 1 else ""
    return text if 0 < len(text) <= 14 else ""
