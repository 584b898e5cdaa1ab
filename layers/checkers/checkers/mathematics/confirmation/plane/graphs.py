"""The second way of questions about graphs: heights far out, values beside poles, and values at mirrored places."""

from __future__ import annotations

from typing import Any

import mpmath  # type: ignore[import-untyped]

from checkers.mathematics.confirmation.algebra import body_of
from checkers.mathematics.confirmation.evaluation.arithmetic import evaluate, inexact, real_part_of
from checkers.mathematics.confirmation.evaluation.errors import CannotTell, Undefined
from checkers.mathematics.confirmation.evaluation.polynomials import as_fraction, real_root, real_zeros
from checkers.mathematics.confirmation.evaluation.results import number_of
from checkers.mathematics.confirmation.evaluation.sampling import fractions
from checkers.mathematics.confirmation.told import Confirmation, Told
from checkers.mathematics.formulas.nodes import Node

__all__ = ["GRAPHS"]

FAR = mpmath.mpf(10) ** 9


def _function(told: Told) -> tuple[str, Node]:
    return body_of(told, told.tree("e"))


def _at(told: Told, name: str, body: Node, x: Any) -> Any:
    return inexact(real_part_of(evaluate(body, told.scope.where({name: x}))))


def _poles(told: Told) -> list[Any]:
    """Zeros of the denominator beside which the values are large."""
    name, body = _function(told)
    _, below = as_fraction(body, name, told.scope)
    zeros = [inexact(real_root(below, k)) for k in range(real_zeros(below))] if len(below) > 1 else []
    return [zero for zero in zeros if abs(_at(told, name, body, zero + mpmath.mpf(10) ** -12)) > 10**6]


def _heights(told: Told) -> list[Any]:
    """The height that the values come close to far out on both sides, if they do without being it."""
    name, body = _function(told)
    first, second = (_at(told, name, body, sign * FAR) for sign in (1, -1))
    if abs(first - second) > 1e-6 or abs(_at(told, name, body, FAR**2) - first) > 1e-6 * (1 + abs(first)):
        return []
    return [first]


def _near(one: Any, other: Any) -> bool:
    return bool(abs(inexact(one) - inexact(other)) < 1e-7 * (1 + abs(inexact(other))))


def _asymptote(told: Told) -> bool | None:
    what = told.word("what")
    if what in ("oblique", "slant"):
        return _is_oblique(told)
    lines = _poles(told) if what == "vertical" else _heights(told)
    if told.has("count"):
        return told.equals(len(lines))
    if len(lines) != 1:
        return False
    if told.expected.kind == "value":
        return _near(told.result, lines[0])
    (made,) = told.expected.values
    x, y = (lines[0], 3) if what == "vertical" else (3, lines[0])
    return bool(abs(inexact(number_of(made, {"x": x, "y": y}))) < 1e-6)


def _is_oblique(told: Told) -> bool | None:
    (made,) = told.expected.values
    name, body = _function(told)

    def gap(x: Any) -> Any:
        return inexact(number_of(made, {"x": x, "y": _at(told, name, body, x)}))

    return all(abs(gap(sign * FAR)) < 1e-6 for sign in (1, -1)) and not _heights(told)


def _asymptotes(told: Told) -> bool | None:
    poles, heights = _poles(told), _heights(told)
    letters = [told.tree(group).parts[1].text for group in "ab" if told.has(group)]
    if len(poles) != len(letters) or len(heights) != 1:
        return False
    at = dict(zip(letters, poles, strict=True)) | {told.tree("c").parts[1].text: heights[0]}
    return _near(evaluate(told.tree("g"), told.scope.where(at)), told.result)


def _parity(told: Told) -> bool | None:
    """Values at hashed places and at their mirror images."""
    tree = told.tree("e")
    name, body = ("x", tree) if told.has("f") else _function(told)
    same = opposite = tried = 0
    for place in fractions(told.seed, 24):
        try:
            here, there = (_at(told, name, body, sign * place) for sign in (1, -1))
        except (Undefined, CannotTell):
            continue  # no value on one of the sides: other places have to tell
        tried += 1
        same += bool(abs(here - there) < 1e-15 * (1 + abs(here)))
        opposite += bool(abs(here + there) < 1e-15 * (1 + abs(here)))
    if tried < 6 or same == opposite == tried:
        return None
    found = "even" if same == tried else "odd" if opposite == tried else "neither"
    return bool(told.expected.values == (found,))


def _outside(told: Told) -> bool | None:
    """Zeros of each denominator of a sum of fractions."""
    name, body = _function(told)
    _, below = as_fraction(body, name, told.scope)
    zeros = [inexact(real_root(below, k)) for k in range(real_zeros(below))]
    word = told.word("what")
    if not zeros:
        return None
    if word.startswith("number"):
        return told.equals(len(zeros))
    made = {"sum": mpmath.fsum, "product": mpmath.fprod}.get(word.split()[0])
    if made is None:
        made = max if word in ("largest", "greatest") else min
    return bool(abs(made(zeros) - inexact(told.result)) < 1e-15)


GRAPHS: dict[str, Confirmation] = {
    "graphs._asymptote": _asymptote,
    "graphs._asymptotes": _asymptotes,
    "graphs._parity": _parity,
    "graphs._outside": _outside,
}
