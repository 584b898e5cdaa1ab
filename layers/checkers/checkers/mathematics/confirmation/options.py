"""The second way of questions that every option answers for itself: values at places, and plain comparison."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

from checkers.mathematics.confirmation.evaluation.arithmetic import (
    compares,
    evaluate,
    inexact,
    is_near,
    real_part_of,
)
from checkers.mathematics.confirmation.evaluation.errors import CannotTell
from checkers.mathematics.confirmation.evaluation.sampling import agree
from checkers.mathematics.confirmation.told import Confirmation, Told, names_in
from checkers.mathematics.formulas.nodes import Node

__all__ = ["OPTIONS"]


def _is_the_one(told: Told, truths: dict[str, bool | None]) -> bool | None:
    """Whether the option that was found is the only one, and each other one is known not to be it."""
    if None in truths.values():
        return None
    return [letter for letter, holds in truths.items() if holds] == list(told.expected.values)


def _options(told: Told) -> dict[str, tuple[Node, ...]]:
    return {letter: told.facts.parse_list(text.strip("$ ")) for letter, text in told.ask.options.items()}


def _identity(told: Told) -> bool | None:
    """Both sides at hashed places."""
    wrong = told.word("what") in ("错误", "不正确", "不成立", "incorrect", "false")
    truths: dict[str, bool | None] = {}
    for letter, (tree,) in _options(told).items():
        left, right = tree.parts
        names = sorted(names_in(left, told) | names_in(right, told))
        if names:
            held = agree(_at(told, left), _at(told, right), names, told.seed)
        else:
            held = is_near(evaluate(left, told.scope), evaluate(right, told.scope))
        truths[letter] = None if held is None else held != wrong
    return _is_the_one(told, truths)


def _at(told: Told, tree: Node) -> Any:
    return lambda point: evaluate(tree, told.scope.where(point))


def _relation(told: Told) -> bool | None:
    """With the values of letters that are given one by one."""
    values: dict[str, Any] = {}
    for equation in told.facts.equations:
        if equation.left.kind != "name" or equation.left.text in values:
            raise CannotTell("no value of a letter")
        values[equation.left.text] = evaluate(equation.right, told.scope.where(values))
    inside = told.scope.where(values)
    truths: dict[str, bool | None] = {}
    for letter, trees in _options(told).items():
        truths[letter] = all(
            _holds(real_part_of(evaluate(one, inside)), sign, real_part_of(evaluate(other, inside)))
            for tree in trees
            for sign, (one, other) in zip(tree.text.split(), pairwise(tree.parts), strict=True)
        )
    return _is_the_one(told, truths)


def _holds(left: Any, sign: str, right: Any) -> bool:
    near = is_near(left, right)
    if sign in ("=", "!="):
        return near == (sign == "=")
    return sign in ("<=", ">=") if near else compares(left, sign, right)


_KINDS = {
    "无理数": "irrational", "有理数": "rational", "负数": "negative", "正数": "positive", "整数": "integer", "质数": "prime", "合数": "composite",
    "偶数": "even", "奇数": "odd",
}  # fmt: skip


def _of_kind(told: Told) -> bool | None:
    kind = _KINDS.get(told.word("kind"), told.word("kind"))
    return _is_the_one(
        told, {letter: _is(evaluate(tree, told.scope), kind) for letter, (tree,) in _options(told).items()}
    )


def _is(value: Any, kind: str) -> bool | None:
    exact = isinstance(value, int | Fraction)
    if kind in ("irrational", "rational"):
        near = exact or is_near(value, Fraction(str(inexact(value))).limit_denominator(1_000))
        return (kind == "rational") == near
    if kind in ("negative", "positive"):
        return bool((inexact(value) < 0) == (kind == "negative")) and not is_near(value, 0)
    if not exact:
        return None
    whole = Fraction(value).denominator == 1
    if kind == "integer" or not whole:
        return whole
    number = int(value)
    if kind in ("even", "odd"):
        return number % 2 == (kind == "odd")
    divided = any(number % k == 0 for k in range(2, min(number, 100_000)))
    return number > 1 and divided == (kind == "composite")


OPTIONS: dict[str, Confirmation] = {
    "options._identity": _identity,
    "options._relation": _relation,
    "options._of_kind": _of_kind,
}
