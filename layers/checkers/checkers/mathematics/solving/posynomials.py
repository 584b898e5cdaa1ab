"""Least values of sums of monomials in positive variables.

Convex in the logarithms, so one minimum at most.

S. Boyd et al., "A tutorial on geometric programming", Optimization and Engineering 8 (2007), section 2.5.
"""

from __future__ import annotations

from typing import Any

import mpmath  # type: ignore[import-untyped]
import sympy as sp

from checkers.mathematics.formulas.nodes import NotUnderstood

__all__ = ["greatest_product", "least_sum"]

MOST_TERMS = 60
DIGITS = 90
STEPS = 200


def least_sum(target: Any, conditions: list[Any], variables: list[Any]) -> Any:
    """The least value of a sum of monomials with positive coefficients, to 60 digits.

    `conditions` are differences of two monomials that vanish. Raises `NotUnderstood` where there is none, or where
    the target is no such sum.
    """
    terms = [_monomial(term, variables) for term in sp.Add.make_args(sp.expand(target))]
    if not 2 <= len(terms) <= MOST_TERMS or any(coefficient <= 0 for coefficient, _ in terms):
        raise NotUnderstood("no sum of positive monomials")
    rows, sides = [], []
    for condition in conditions:
        parts = [_monomial(term, variables) for term in sp.Add.make_args(sp.expand(condition))]
        if len(parts) != 2 or parts[0][0] * parts[1][0] >= 0:
            raise NotUnderstood("no equation between monomials")
        rows.append([a - b for a, b in zip(parts[0][1], parts[1][1], strict=True)])
        sides.append(sp.log(-parts[1][0] / parts[0][0]))
    with mpmath.workdps(DIGITS):
        return sp.Float(str(_minimum(terms, rows, sides, len(variables))), 60)


def greatest_product(target: Any, condition: Any, variables: list[Any]) -> Any:
    """The greatest value of a monomial under a linear condition.

    By weighted means.
    """
    coefficient, powers = _monomial(sp.expand(target), variables)
    if coefficient <= 0 or any(power <= 0 for power in powers):
        raise NotUnderstood("no product of positive powers")
    linear = sp.Poly(condition, *variables)
    weights = [linear.coeff_monomial(variable) for variable in variables]
    total = -linear.coeff_monomial(1)
    if linear.total_degree() != 1 or total < 0:
        weights, total = [-weight for weight in weights], -total
    if linear.total_degree() != 1 or total <= 0 or any(weight <= 0 for weight in weights):
        raise NotUnderstood("no sum that is fixed")
    whole = sum(powers)
    made = coefficient
    for power, weight in zip(powers, weights, strict=True):
        made *= (total * power / (weight * whole)) ** power
    return made


def _monomial(term: Any, variables: list[Any]) -> tuple[Any, list[Any]]:
    coefficient, rest = term.as_independent(*variables)
    powers = []
    for variable in variables:
        power = sp.Integer(0)
        for factor in sp.Mul.make_args(rest):
            base, exponent = factor.as_base_exp()
            if base == variable:
                power += exponent
        powers.append(power)
    left = sp.powdenest(rest / sp.Mul(*(v**p for v, p in zip(variables, powers, strict=True))), force=True)
    if left != 1 or not coefficient.is_Rational or any(not power.is_Rational for power in powers):
        raise NotUnderstood("no monomial")
    return coefficient, powers


def _minimum(terms: list[tuple[Any, list[Any]]], rows: list[list[Any]], sides: list[Any], count: int) -> Any:
    exponents = sp.Matrix([powers for _, powers in terms])
    if rows:
        constraint = sp.Matrix(rows)
        if constraint.rank() != len(rows):
            raise NotUnderstood("conditions that depend on one another")
        start = constraint.T * (constraint * constraint.T).inv() * sp.Matrix(sides)
        free = constraint.nullspace()
    else:
        start = sp.zeros(count, 1)
        free = [sp.eye(count)[:, place] for place in range(count)]
    if not free:
        raise NotUnderstood("nothing is free")
    moves = exponents * sp.Matrix.hstack(*free)
    pivots = moves.rref()[1]
    if not pivots:
        raise NotUnderstood("a constant")
    slopes = mpmath.matrix([[_real(moves[row, column]) for column in pivots] for row in range(moves.rows)])
    heights = [
        mpmath.log(_real(coefficient)) + _real(part)
        for (coefficient, _), part in zip(terms, exponents * start, strict=True)
    ]
    return _newton(slopes, heights)


def _newton(slopes: Any, heights: list[Any]) -> Any:
    """The least of the sum of exp(height + slope · z), by damped Newton steps."""
    size = slopes.cols
    place = mpmath.zeros(size, 1)
    for _ in range(STEPS):
        weights = [mpmath.exp(height + (slopes[row, :] * place)[0]) for row, height in enumerate(heights)]
        value = sum(weights)
        gradient = mpmath.matrix(
            [sum(w * slopes[row, k] for row, w in enumerate(weights)) for k in range(size)]
        )
        if mpmath.norm(gradient) < value * mpmath.mpf(10) ** -70:
            return value
        hessian = mpmath.matrix(size, size)
        for i in range(size):
            for j in range(size):
                hessian[i, j] = sum(w * slopes[row, i] * slopes[row, j] for row, w in enumerate(weights))
        step = mpmath.lu_solve(hessian, gradient)
        if mpmath.norm(step) > 60:
            raise NotUnderstood("a least value that is not reached")
        scale = mpmath.mpf(1)
        while scale > mpmath.mpf(10) ** -12:
            tried = place - scale * step
            if sum(mpmath.exp(h + (slopes[r, :] * tried)[0]) for r, h in enumerate(heights)) <= value:
                break
            scale /= 2
        place = place - scale * step
    raise NotUnderstood("a least value that is not reached")


def _real(number: Any) -> Any:
    return mpmath.mpf(str(sp.N(number, DIGITS)))
