"""Whether relations and kinds of numbers hold for given values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isqrt
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
    near = round(number)
    whole = is_near(number, near)
    tests = {
        "nonpositive": number < 0 or zero,
        "even": whole and near % 2 == 0,
        "odd": whole and near % 2 == 1,
        "prime": whole and _is_prime(near),
        "composite": whole and near > 3 and not _is_prime(near),
        **{f"{count} digits": whole and near > 0 and len(str(near)) == count for count in range(1, 5)},
        "real": True,
        "positive": number > 0 and not zero,
        "negative": number < 0 and not zero,
        "nonnegative": number > 0 or zero,
        "nonzero": not zero,
        "integer": whole,
        "natural": whole and near > 0,
    }
    if not kinds <= tests.keys():
        raise CannotTell("a kind of numbers that is not known")
    return all(bool(tests[kind]) for kind in kinds)


def _is_prime(number: int) -> bool:
    if number > 10**10:
        raise CannotTell("a number that is too large to be tried")
    return number > 1 and all(number % factor for factor in range(2, isqrt(number) + 1))


def keeps(facts: Facts, scope: Scope, values: Mapping[str, Any]) -> bool:
    """Whether values keep all equations, conditions and kinds that are given."""
    inside = scope.where(values)
    return all(satisfies(relation, inside) for relation in (*facts.equations, *facts.constraints)) and all(
        is_of(value, facts.kinds.get(name, ())) for name, value in values.items()
    )
