"""Whether relations and kinds of numbers hold for given values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from checkers.mathematics.confirmation.evaluation.arithmetic import (
    Scope,
    compares,
    evaluate,
    is_near,
    real_part_of,
)
from checkers.mathematics.confirmation.evaluation.errors import CannotTell, Undefined
from checkers.mathematics.problem.facts import Facts, Relation

__all__ = ["is_of", "keeps", "satisfies"]


def satisfies(relation: Relation, scope: Scope) -> bool:
    """Whether a relation holds; where a side has no value, it does not."""
    try:
        left, right = evaluate(relation.left, scope), evaluate(relation.right, scope)
        if relation.sign in ("=", "!="):
            if not scope.complex_parts:
                left, right = real_part_of(left), real_part_of(right)
            return is_near(left, right) == (relation.sign == "=")
        return compares(real_part_of(left), relation.sign, real_part_of(right))
    except Undefined:
        return False


def is_of(value: Any, kinds: Iterable[str]) -> bool:
    """Whether a value is of all those kinds of numbers."""
    kinds = set(kinds)
    if "complex" in kinds:
        return kinds == {"complex"}
    try:
        number = real_part_of(value)
    except Undefined:
        return False
    zero = is_near(number, 0)
    tests = {
        "real": True,
        "positive": number > 0 and not zero,
        "negative": number < 0 and not zero,
        "nonnegative": number > 0 or zero,
        "nonzero": not zero,
        "integer": is_near(number, round(number)),
        "natural": is_near(number, round(number)) and number > 0.5,
    }
    if not kinds <= tests.keys():
        raise CannotTell("a kind of numbers that is not known")
    return all(bool(tests[kind]) for kind in kinds)


def keeps(facts: Facts, scope: Scope, values: Mapping[str, Any]) -> bool:
    """Whether values keep all equations, conditions and kinds that are given."""
    inside = scope.where(values)
    return all(satisfies(relation, inside) for relation in (*facts.equations, *facts.constraints)) and all(
        is_of(value, facts.kinds.get(name, ())) for name, value in values.items()
    )
