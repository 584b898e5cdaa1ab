"""Equations and systems of them: finds the unknowns, and hands the equation to the solver of its kind."""

from __future__ import annotations

import re

import sympy as sp

from embedded_model.algebra import objects
from embedded_model.algebra.formula import Name, Relation
from embedded_model.algebra.reading import Reading
from embedded_model.solvers import polynomial, systems, transcendental
from embedded_model.values.phrases import Phrases
from embedded_model.values.solution import Say, Solution

__all__ = ["solve"]

_WORDS = Phrases(
    r"solve|equations?|system|quadratic|linear|cubic|simultaneous|roots?|solutions?|zeros?|unknowns?|"
    r"satisf(?:y|ies|ying)|with respect to|where|if|when|has|have|such|over|numbers?|by factoring|by factorization|"
    r"using the quadratic formula",
    r"解方程组|解方程|解一元二次方程|求解|方程组|一元二次方程|一元一次方程|二元一次方程组|二元一次方程|方程|"
    r"实数解|实数根|未知数|满足|实数|的解|的根|解|根|如果|若|那么|则|当|时|用公式法|用因式分解法|用配方法",
)
# An equation that "has the solution 3" is not one to solve together with "x = 3".
_ABOUT_A_SOLUTION = re.compile(r"\bha(?:s|ve)\b.*\b(?:solutions?|roots?)\b")
_MOST_UNKNOWNS = 4


def solve(reading: Reading, say: Say) -> Solution | None:
    """Solve the equations of *reading*, when its words ask for nothing more than that."""
    if not _WORDS.understand(reading.words) or _ABOUT_A_SOLUTION.search(reading.words):
        return None
    wanted = [_name(formula) for formula in reading.formulas if not formula.signs]
    relations = [formula for formula in reading.formulas if formula.signs]
    if None in wanted or not relations or any(set(r.signs) != {"="} for r in relations):
        return None
    pairs = [
        (objects.expression(first), objects.expression(second))
        for relation in relations
        for first, second in zip(relation.sides, relation.sides[1:], strict=False)
    ]
    unknowns = sorted({s for pair in pairs for side in pair for s in side.free_symbols}, key=lambda s: s.name)
    if any(objects.symbol(name) not in unknowns for name in wanted if name) or not unknowns:
        return None
    shown = [objects.tex(relation) for relation in relations]
    if len(pairs) == 1:
        solution = _single(pairs[0], unknowns, [name for name in wanted if name], shown[0], say)
        return None if solution is not None and _over_complex(solution, reading.words) else solution
    if len(unknowns) > _MOST_UNKNOWNS or (wanted and len(set(wanted)) != len(unknowns)):
        return None
    return systems.solve(pairs, unknowns, shown, say)


def _single(
    pair: tuple[sp.Expr, sp.Expr], unknowns: list[sp.Symbol], wanted: list[str], shown: str, say: Say
) -> Solution | None:
    if len(unknowns) == 1:
        unknown = unknowns[0]
    elif len(wanted) == 1:
        return systems.rearrange(pair, objects.symbol(wanted[0]), shown, say)
    else:
        return None
    return polynomial.solve(*pair, unknown, shown, say) or transcendental.solve(*pair, unknown, shown, say)


def _over_complex(solution: Solution, words: str) -> bool:
    """Whether an English text that does not say *real* asks for an equation without real roots: it may want complex ones."""
    return "no real solution" in solution.answer and bool(words) and "real" not in words


def _name(formula: Relation) -> str | None:
    side = formula.sides[0]
    return side.text if isinstance(side, Name) and re.fullmatch(r"[a-zA-Z]\w*", side.text) else None
