"""Equations between powers and between logarithms as polynomials in the unknowns."""

from __future__ import annotations

from typing import Any

import sympy as sp

from checkers.mathematics.formulas.nodes import NotUnderstood

__all__ = ["conditions_of_logarithms", "conditions_of_powers"]

HIGHEST_DEGREE = 3


def conditions_of_powers(left: Any, right: Any) -> list[Any]:
    """The exponents' equation where both sides are products of powers of one prime; else nothing."""
    try:
        one, other = _exponents(left), _exponents(right)
    except NotUnderstood:
        return []
    primes = set(one) | set(other)
    if len(primes) != 1:
        return []
    (prime,) = primes
    difference = sp.expand(one.get(prime, sp.Integer(0)) - other.get(prime, sp.Integer(0)))
    above = sp.expand(sp.fraction(sp.together(difference))[0])
    return [above] if above.is_polynomial(*above.free_symbols) else []


def _exponents(side: Any) -> dict[int, Any]:
    """The exponent of each prime in a product of powers of positive rational numbers."""
    found: dict[int, Any] = {}
    for factor in sp.Mul.make_args(side):
        base, exponent = factor.as_base_exp()
        if not (isinstance(base, sp.Rational) and base > 0):
            raise NotUnderstood("no power of a positive number")
        for prime, times in sp.factorrat(base).items():
            found[int(prime)] = found.get(int(prime), sp.Integer(0)) + times * exponent
    return {prime: exponent for prime, exponent in found.items() if exponent != 0}


def conditions_of_logarithms(difference: Any) -> list[Any]:
    """A product of powers that is a number, where a sum of whole multiples of logarithms is one; else nothing."""
    total = sp.expand(difference)
    logs = sorted((log for log in total.atoms(sp.log) if log.free_symbols), key=str)
    if not logs:
        return []
    marks = [sp.Dummy() for _ in logs]
    marked = total.xreplace(dict(zip(logs, marks, strict=True)))
    if marked.free_symbols - set(marks) or not marked.is_polynomial(*marks):
        return []
    linear = sp.Poly(marked, *marks)
    if linear.total_degree() != 1:
        return []
    first = linear.coeff_monomial(marks[0])
    parts = [sp.nsimplify(sp.simplify(linear.coeff_monomial(mark) / first)) for mark in marks]
    if not all(isinstance(part, sp.Rational) for part in parts):
        return []
    whole = sp.ilcm(*(part.q for part in parts))
    value = sp.exp(sp.simplify(-linear.coeff_monomial(1) * whole / first))
    if not isinstance(value, sp.Rational):
        return []
    product = sp.Mul(*(log.args[0] ** (part * whole) for log, part in zip(logs, parts, strict=True)))
    above = sp.expand(sp.fraction(sp.together(product - value))[0])
    names = sorted(above.free_symbols, key=str)
    if not above.is_polynomial(*names) or sp.Poly(above, *names).total_degree() > HIGHEST_DEGREE:
        return []
    return [above]
