"""Polynomials in one unknown with fractions for coefficients.

From trees, and how many real zeros they have.

The number of real zeros is counted by Sturm's chain (J. C. F. Sturm, 1829; D. Cox et al., "Ideals, Varieties, and
Algorithms", section 2.9). Coefficients stand from the constant one upwards.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from functools import lru_cache
from typing import Any

import mpmath  # type: ignore[import-untyped]

from checkers.mathematics.confirmation.evaluation.arithmetic import Scope, evaluate
from checkers.mathematics.confirmation.evaluation.errors import CannotTell
from checkers.mathematics.formulas.nodes import Node

__all__ = ["Polynomial", "as_fraction", "at", "distinct_degree", "minus", "real_root", "real_zeros", "times"]

Polynomial = list[Fraction]
HIGHEST_DEGREE = 120


def as_fraction(tree: Node, name: str, scope: Scope) -> tuple[Polynomial, Polynomial]:
    """Numerator and denominator of a rational function.

    Raises `CannotTell` for another formula.
    """
    if tree.kind == "name" and tree.text == name:
        return [Fraction(0), Fraction(1)], [Fraction(1)]
    if tree.kind in ("add", "sub", "mul", "div", "ratio"):
        (a, b), (c, d) = (as_fraction(part, name, scope) for part in tree.parts)
        if tree.kind == "mul":
            return times(a, c), times(b, d)
        if tree.kind in ("div", "ratio"):
            return times(a, d), times(b, c)
        left, right = times(a, d), times(c, b)
        return (minus(left, right) if tree.kind == "sub" else minus(left, [-x for x in right])), times(b, d)
    if tree.kind in ("neg", "pos"):
        above, below = as_fraction(tree.parts[0], name, scope)
        return ([-x for x in above] if tree.kind == "neg" else above), below
    if tree.kind == "pow" and not _holds(tree.parts[1], name):
        exponent = evaluate(tree.parts[1], scope)
        if isinstance(exponent, int) and abs(exponent) <= HIGHEST_DEGREE:
            above, below = as_fraction(tree.parts[0], name, scope)
            if exponent < 0:
                above, below = below, above
            return _raised(above, abs(exponent)), _raised(below, abs(exponent))
    if tree.kind == "apply" and tree.text in scope.functions:
        definition = scope.functions[tree.text]
        if len(definition.arguments) == len(tree.parts) == 1:
            return as_fraction(_put_in(definition.body, definition.arguments[0], tree.parts[0]), name, scope)
    if _holds(tree, name):
        raise CannotTell("no rational function")
    value = evaluate(tree, scope)
    if not isinstance(value, int | Fraction):
        raise CannotTell("no rational coefficient")
    return [Fraction(value)], [Fraction(1)]


def _put_in(tree: Node, name: str, value: Node) -> Node:
    if tree.kind == "name" and tree.text == name:
        return value
    return Node(tree.kind, tuple(_put_in(part, name, value) for part in tree.parts), tree.text)


def _holds(tree: Node, name: str) -> bool:
    return (tree.kind == "name" and tree.text == name) or any(_holds(part, name) for part in tree.parts)


def _raised(base: Polynomial, exponent: int) -> Polynomial:
    made = [Fraction(1)]
    for _ in range(exponent):
        made = times(made, base)
    return made


def _trimmed(polynomial: Polynomial) -> Polynomial:
    kept = list(polynomial)
    while kept and kept[-1] == 0:
        kept.pop()
    return kept


def times(left: Polynomial, right: Polynomial) -> Polynomial:
    """The product."""
    if len(left) + len(right) > 2 * HIGHEST_DEGREE + 2:
        raise CannotTell("a degree that is too high")
    made = [Fraction(0)] * (len(left) + len(right) - 1) if left and right else []
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            made[i + j] += a * b
    return _trimmed(made)


def minus(left: Polynomial, right: Polynomial) -> Polynomial:
    """The difference."""
    size = max(len(left), len(right))
    return _trimmed(
        [
            (left[k] if k < len(left) else Fraction(0)) - (right[k] if k < len(right) else Fraction(0))
            for k in range(size)
        ]
    )


def at(polynomial: Polynomial, place: Any) -> Any:
    """The value at a place."""
    made: Any = 0
    for coefficient in reversed(polynomial):
        exact = isinstance(place, int | Fraction)
        made = made * place + (
            coefficient if exact else mpmath.mpf(coefficient.numerator) / coefficient.denominator
        )
    return made


def _divided(left: Polynomial, right: Polynomial) -> tuple[Polynomial, Polynomial]:
    rest, quotient = list(left), [Fraction(0)] * max(1, len(left) - len(right) + 1)
    while len(rest) >= len(right):
        factor, shift = rest[-1] / right[-1], len(rest) - len(right)
        quotient[shift] = factor
        rest = _trimmed([c - (factor * right[k - shift] if k >= shift else 0) for k, c in enumerate(rest)])
        if not rest:
            break
    return _trimmed(quotient), rest


def _derivative(polynomial: Polynomial) -> Polynomial:
    return [k * c for k, c in enumerate(polynomial)][1:]


def _common(left: Polynomial, right: Polynomial) -> Polynomial:
    while right:
        left, right = right, _divided(left, right)[1]
    return [c / left[-1] for c in left]


def _without_repeated(polynomial: Polynomial) -> Polynomial:
    repeated = _common(polynomial, _derivative(polynomial))
    return _divided(polynomial, repeated)[0] if len(repeated) > 1 else polynomial


def distinct_degree(polynomial: Polynomial) -> int:
    """How many different complex zeros there are."""
    return len(_without_repeated(_trimmed(polynomial))) - 1


def _chain(polynomial: Polynomial) -> list[Polynomial]:
    chain = [polynomial, _derivative(polynomial)]
    while len(chain[-1]) > 1:
        rest = _divided(chain[-2], chain[-1])[1]
        if not rest:
            break
        chain.append([-c for c in rest])
    return chain


def _changes(values: list[Any]) -> int:
    signs = [value > 0 for value in values if value != 0]
    return sum(a != b for a, b in itertools.pairwise(signs))


def real_zeros(polynomial: Polynomial) -> int:
    """How many different real zeros there are."""
    simple = _without_repeated(_trimmed(polynomial))
    if len(simple) < 2:
        return 0
    chain = _chain(simple)
    low = _changes([member[-1] * (-1) ** (len(member) - 1) for member in chain])
    return low - _changes([member[-1] for member in chain])


def real_root(polynomial: Polynomial, index: int) -> Any:
    """The real zero of that place, counted from 0 on the left.

    By bisection of Sturm's count; exact where it is met, else to 40 digits.
    """
    return _real_root(tuple(polynomial), index)


@lru_cache(maxsize=64)
def _real_root(coefficients: tuple[Fraction, ...], index: int) -> Any:
    polynomial = list(coefficients)
    simple = _without_repeated(_trimmed(polynomial))
    chain = _chain(simple)
    bound = 1 + max(abs(c / simple[-1]) for c in simple)
    low, high = -bound, bound
    start = _changes([at(member, low) for member in chain])
    if index >= real_zeros(simple):
        raise CannotTell("a zero that is not real")
    while high - low > Fraction(1, 10**6):
        middle = (low + high) / 2
        if start - _changes([at(member, middle) for member in chain]) > index:
            high = middle
        else:
            low = middle
    if at(simple, high) == 0:
        return high
    # From here the sign of the polynomial itself is enough, with 60 digits.
    with mpmath.workdps(60):
        a, b = (mpmath.mpf(end.numerator) / end.denominator for end in (low, high))
        sign = mpmath.sign(at(simple, b))
        for _ in range(140):
            middle = (a + b) / 2
            if mpmath.sign(at(simple, middle)) == sign:
                b = middle
            else:
                a = middle
        return (a + b) / 2
