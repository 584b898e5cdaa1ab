"""English word problems."""

from __future__ import annotations

from embedded_model.values.solution import Say, Solution
from embedded_model.word_problems.english import (
    chains,
    counts,
    groups,
    holdings,
    needs,
    quantities,
    templates,
    text,
)
from embedded_model.word_problems.english.asking import ask
from embedded_model.word_problems.working import Working

__all__ = ["solve"]

_WAYS = (
    holdings.solve,
    counts.total,
    counts.compare,
    counts.states,
    counts.together,
    groups.solve,
    chains.solve,
    needs.solve,
)


def solve(problem: str, say: Say) -> Solution | None:
    """The solution of the word problem, if all readings of it that are found agree."""
    found = [*_read(problem, say), templates.solve(problem, say)]
    solutions = [solution for solution in found if solution is not None]
    return solutions[0] if len({solution.answer for solution in solutions}) == 1 else None


def _read(problem: str, say: Say) -> list[Solution]:
    prepared = text.prepare(problem)
    counted = quantities.read(prepared) if prepared is not None else None
    question = ask(prepared, counted) if prepared is not None and counted else None
    if prepared is None or not counted or question is None:
        return []
    found: list[Solution] = []
    for way in (groups.solve,) if prepared.numbered else _WAYS:
        working = Working(say, problem)
        answer = way(question, counted, working)
        if answer is not None and answer > 0:
            found.append(working.solution(answer))
    return found
