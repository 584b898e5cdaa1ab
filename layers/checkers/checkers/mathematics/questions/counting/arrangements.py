"""Questions in how many ways something can be chosen, arranged, seated or put into boxes: by formulas."""

from __future__ import annotations

from collections import Counter

import sympy as sp
from sympy.functions.combinatorial.numbers import nT, stirling

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.problem.counted.arrangements import Ways, read_ways
from checkers.mathematics.problem.counted.phrase import Phrase
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.values import value_expected

__all__ = ["QUESTIONS"]

MOST = 1_000


@asked(
    r"(?P<told>.*\bhow many\b.*)",
    r"(?P<told>(?:determine|find|compute|calculate|what is) the (?:total )?number of (?:[a-z]+ )?(?:ways|arrangements|permutations) .*)",
    words="how many determine find compute calculate number ways arrangements permutations",
)
def _ways(ask: Ask) -> Expected:
    if ask.facts.given():
        raise NotUnderstood("more is given")
    ways = read_ways(ask.word("told"), Phrase("", ask.read.formulas))
    if any(number > MOST for number in (*ways.whole, ways.boxes)) or any(
        taken > whole for whole, taken in zip(ways.whole, ways.taken, strict=False)
    ):
        raise NotUnderstood("more than there are")
    return value_expected(ask, sp.Integer(_counted(ways)), None, method="counting")


def _counted(ways: Ways) -> sp.Integer:
    if ways.kind == "letters":
        return sp.factorial(len(ways.word)) / sp.prod([sp.factorial(n) for n in Counter(ways.word).values()])
    if ways.kind == "choose":
        return sp.prod([sp.binomial(n, k) for n, k in zip(ways.whole, ways.taken, strict=True)])
    if ways.kind == "pairs":
        return sp.binomial(ways.whole[0], 2) * ways.taken[0]
    if ways.kind == "offices":
        return sp.ff(ways.whole[0], ways.taken[0])
    if ways.kind == "boxes":
        return _boxed(ways)
    return _seated(ways)


def _seated(ways: Ways) -> sp.Integer:
    (whole,) = ways.whole
    block, circle = ways.block, ways.kind == "circle"
    if not block:
        return sp.factorial(whole - 1 if circle else whole)
    rest = whole - block
    if ways.together:
        if circle and rest == 0:
            raise NotUnderstood("a circle of them alone")
        return sp.factorial(block) * sp.factorial(rest if circle else rest + 1)
    # Those who keep apart go into the gaps between the others.
    gaps = rest if circle else rest + 1
    if circle and rest < 1:
        raise NotUnderstood("a circle of them alone")
    return sp.factorial(rest - 1 if circle else rest) * sp.ff(gaps, block)


def _boxed(ways: Ways) -> sp.Integer:
    (things,), boxes = ways.whole, ways.boxes
    if things > 60 or boxes > 60:
        raise NotUnderstood("too many")
    if ways.things_apart:
        if ways.boxes_apart:
            return sp.Integer(boxes) ** things
        return sp.Add(*(stirling(things, k) for k in range(min(things, 1), boxes + 1)))
    if ways.boxes_apart:
        return sp.binomial(things + boxes - 1, boxes - 1)
    return sp.Add(*(nT(things, k) for k in range(1, min(things, boxes) + 1))) if things else sp.Integer(1)


QUESTIONS = (_ways,)
