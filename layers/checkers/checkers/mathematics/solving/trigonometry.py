"""Trigonometric equations.

Sine and cosine of the angle become two unknowns on the circle.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.solving.polynomials import polynomial_roots

__all__ = ["angles_in", "on_the_circle"]

_WAVES = (sp.sin, sp.cos, sp.tan, sp.cot, sp.sec, sp.csc)
MOST_TURNS = 60


def on_the_circle(expressions: list[Any], angle: Any) -> tuple[list[Any], Any, Any]:
    """Expressions in sines and cosines of multiples of one angle, as ones in s and c.

    Raises `NotUnderstood`.
    """
    s, c = sp.Symbol("s_", real=True), sp.Symbol("c_", real=True)
    made = []
    for expression in expressions:
        plain = sp.expand_trig(expression)
        plain = plain.subs(
            {
                sp.tan(angle): s / c,
                sp.cot(angle): c / s,
                sp.sec(angle): 1 / c,
                sp.csc(angle): 1 / s,
                sp.sin(angle): s,
                sp.cos(angle): c,
            }
        )
        if plain.has(angle):
            raise NotUnderstood("an angle outside of its functions")
        made.append(plain)
    return made, s, c


def angles_in(difference: Any, unknown: Any, domain: Any) -> list[Any]:
    """Every zero, in a closed interval, of an expression in sines and cosines.

    Multiples of a degree are understood too. Raises `NotUnderstood`.
    """
    arguments = {wave.args[0] for wave in difference.atoms(*_WAVES) if wave.has(unknown)}
    if not arguments or not isinstance(domain, sp.Interval):
        raise NotUnderstood("no angle")
    degree = sp.Integer(1)
    if any(argument.coeff(unknown).has(sp.pi) for argument in arguments):
        degree = sp.pi / 180
    inner = difference.subs(unknown, unknown / degree)
    (condition,), s, c = on_the_circle([inner], unknown)
    above = sp.expand(sp.fraction(sp.together(condition))[0])
    if not above.is_polynomial(s, c):
        raise NotUnderstood("no polynomial in sine and cosine")
    if above.is_polynomial() and sp.Poly(above, s, c).total_degree() > 8:
        raise NotUnderstood("a degree that is too high")
    tangent = sp.Symbol("t_", real=True)
    # The point (-1, 0) is not reached by the tangent of half the angle, so it is tried by itself.
    halved = above.subs(
        {s: 2 * tangent / (1 + tangent**2), c: (1 - tangent**2) / (1 + tangent**2)}, simultaneous=True
    )
    half = sp.fraction(sp.together(halved))[0]
    turns = [2 * sp.atan(zero) for zero in polynomial_roots(half, tangent, real=True)]
    turns.append(sp.pi)
    low, high = domain.start * degree, domain.end * degree
    return [angle / degree for turn in turns for angle in _turned(turn, low, high)]


def _turned(turn: Any, low: Any, high: Any) -> list[Any]:
    first = int(sp.ceiling(((low - turn) / (2 * sp.pi)).evalf(30) - sp.Rational(1, 10**12)))
    last = int(sp.floor(((high - turn) / (2 * sp.pi)).evalf(30) + sp.Rational(1, 10**12)))
    if last - first > MOST_TURNS:
        raise NotUnderstood("too many turns")
    return [turn + 2 * sp.pi * k for k in range(first, last + 1)]
