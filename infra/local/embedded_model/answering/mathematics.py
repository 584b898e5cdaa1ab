"""Which solver a mathematics problem goes to, by the words around its formulas."""

from __future__ import annotations

import re
from collections.abc import Callable

from embedded_model.algebra.reading import Reading, read
from embedded_model.solvers import arithmetic, calculus, equations, given, inequalities, integers, rewriting
from embedded_model.values.solution import Say, Solution
from embedded_model.word_problems import chinese, english, riddles, school

__all__ = ["solve"]

Solver = Callable[[Reading, Say], Solution | None]


def solve(text: str, say: Say) -> Solution | None:
    """The solution of the problem in *text*, or ``None`` where no solver understands all of it."""
    return _by_formulas(text, say) or _by_story(text, say)


def _by_story(text: str, say: Say) -> Solution | None:
    riddle = riddles.solve(text, say) or school.solve(text, say)
    if riddle is not None:
        return riddle
    return chinese.solve(text, say) if re.search("[\u4e00-\u9fff]", text) else english.solve(text, say)


def _by_formulas(text: str, say: Say) -> Solution | None:
    reading = read(text)
    if reading is None or not reading.formulas:
        return None
    for solver in _SOLVERS:
        try:
            solution = solver(reading, say)
        except Exception:  # noqa: BLE001, S112 - SymPy raises many kinds for what it cannot do; the next one may
            continue
        if solution is not None:
            return solution
    return None


_SOLVERS: tuple[Solver, ...] = (
    arithmetic.solve,
    integers.solve,
    equations.solve,
    given.solve,
    inequalities.solve,
    calculus.solve,
    rewriting.solve,
)
