"""Values of trigonometric expressions where one is given: sine and cosine become two unknowns on the circle."""

from __future__ import annotations

from typing import Any

import sympy as sp

from checkers.mathematics.nodes import NotUnderstood

__all__ = ["on_the_circle"]


def on_the_circle(expressions: list[Any], angle: Any) -> tuple[list[Any], Any, Any]:
    """Expressions in sines and cosines of multiples of one angle, as ones in s and c. Raises `NotUnderstood`."""
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
