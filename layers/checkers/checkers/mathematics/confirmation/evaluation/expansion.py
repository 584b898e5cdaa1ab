"""Multiplies formulas out.

Sums of monomials in several letters, with fractions for exponents.
"""

from __future__ import annotations

from fractions import Fraction

from checkers.mathematics.confirmation.evaluation.arithmetic import Scope, evaluate
from checkers.mathematics.confirmation.evaluation.errors import CannotTell
from checkers.mathematics.formulas.nodes import Node

__all__ = ["Monomials", "expanded"]

Monomials = dict[tuple[tuple[str, Fraction], ...], Fraction]
"""Coefficients by the letters with their exponents, in the order of the alphabet; letters are positive."""
MOST_TERMS = 4_000


def expanded(tree: Node, scope: Scope) -> Monomials:
    """The formula as a sum of monomials. Raises `CannotTell`."""
    if tree.kind == "name":
        return {((tree.text, Fraction(1)),): Fraction(1)}
    if tree.kind in ("add", "sub"):
        left, right = (expanded(part, scope) for part in tree.parts)
        return _sum(left, right, 1 if tree.kind == "add" else -1)
    if tree.kind == "mul":
        return _product(*(expanded(part, scope) for part in tree.parts))
    if tree.kind == "div":
        left, right = (expanded(part, scope) for part in tree.parts)
        return _product(left, _power(right, Fraction(-1)))
    if tree.kind in ("neg", "pos"):
        return _sum({}, expanded(tree.parts[0], scope), -1 if tree.kind == "neg" else 1)
    if tree.kind == "pow":
        return _power(expanded(tree.parts[0], scope), Fraction(evaluate(tree.parts[1], scope)))
    if tree.kind == "call" and tree.text == "root":
        return _power(expanded(tree.parts[0], scope), 1 / Fraction(evaluate(tree.parts[1], scope)))
    value = evaluate(tree, scope)
    if not isinstance(value, int | Fraction):
        raise CannotTell("no rational coefficient")
    return {(): Fraction(value)} if value else {}


def _sum(left: Monomials, right: Monomials, sign: int) -> Monomials:
    made = dict(left)
    for letters, coefficient in right.items():
        made[letters] = made.get(letters, Fraction(0)) + sign * coefficient
    return {letters: coefficient for letters, coefficient in made.items() if coefficient}


def _product(left: Monomials, right: Monomials) -> Monomials:
    made: Monomials = {}
    for one, a in left.items():
        for other, b in right.items():
            exponents = dict(one)
            for letter, exponent in other:
                exponents[letter] = exponents.get(letter, Fraction(0)) + exponent
            key = tuple(sorted((letter, e) for letter, e in exponents.items() if e))
            made[key] = made.get(key, Fraction(0)) + a * b
    if len(made) > MOST_TERMS:
        raise CannotTell("too many terms")
    return {letters: coefficient for letters, coefficient in made.items() if coefficient}


def _power(base: Monomials, exponent: Fraction) -> Monomials:
    if exponent.denominator == 1 and 0 <= exponent <= 60:
        made: Monomials = {(): Fraction(1)}
        for _ in range(int(exponent)):
            made = _product(made, base)
        return made
    if len(base) != 1:
        raise CannotTell("a power of a sum")
    ((letters, coefficient),) = base.items()
    if exponent.denominator != 1 and coefficient != 1:
        raise CannotTell("a root of a coefficient")
    return {
        tuple((letter, e * exponent) for letter, e in letters): coefficient ** int(exponent)
        if coefficient != 1
        else coefficient
    }
