"""What a formalisation says of a final answer: the tasks of the sandbox."""

from __future__ import annotations

from typing import Any

from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.verify import CANNOT
from checkers.witness.binding import bind
from checkers.witness.comparison import agrees, answers_agree, shown
from checkers.witness.evaluation import solve
from checkers.witness.filters import possible
from checkers.witness.language import Formalisation, read

__all__ = ["examine", "same_answer"]

LONGEST_PROBLEM = 4_000
LONGEST_DETAIL = 800


def examine(request: dict[str, Any]) -> dict[str, Any]:
    """Solve the ``formalisation`` of ``problem`` and compare its result with ``final_answer``.

    The reply has ``result`` (agrees, differs or none), ``answer`` and ``detail`` (its result and its statements, empty
    where there is none), and ``reason``: why there is none. Nothing of the formalisation is executed.
    """
    problem, text, given = (request.get(name) for name in ("problem", "formalisation", "final_answer"))
    if not (isinstance(problem, str) and isinstance(text, str) and isinstance(given, str)):
        return _none("no text")
    if len(problem) > LONGEST_PROBLEM:
        return _none("too long")
    try:
        formalisation = read(text)
        bind(formalisation, problem)
        values = [value for value in solve(formalisation) if possible(value, formalisation.kind, problem)]
    except NotUnderstood as error:
        return _none(str(error)[:80])
    except CANNOT as error:
        return _none(type(error).__name__)
    if len(values) != 1:
        return _none("several results" if values else "an impossible result")
    verdict = agrees(formalisation, values[0], given, problem)
    if verdict is None:
        return _none("not comparable")
    return {
        "result": "agrees" if verdict else "differs",
        "answer": shown(values[0], formalisation),
        "detail": _detail(formalisation),
        "reason": "",
    }


def same_answer(request: dict[str, Any]) -> dict[str, Any]:
    """Whether the final answers ``one`` and ``other`` to ``problem`` say the same: ``same`` is true, false or null."""
    one, other, problem = (str(request.get(name) or "") for name in ("one", "other", "problem"))
    if not (one and other):
        return {"same": None}
    try:
        return {"same": answers_agree(one, other, problem)}
    except CANNOT:
        return {"same": None}


def _none(reason: str) -> dict[str, Any]:
    return {"result": "none", "answer": "", "detail": "", "reason": reason}


def _detail(formalisation: Formalisation) -> str:
    """The statements in one line."""
    statements = [f"{given.name} = {given.value} ({given.words})" for given in formalisation.givens]
    statements += [definition.text for definition in formalisation.definitions]
    statements += [equation.text for equation in formalisation.equations]
    return "; ".join([*statements, f"? {formalisation.asked_text}"])[:LONGEST_DETAIL]
