"""Formulas that can be written in several notations and evaluated strictly over the reals, without SymPy."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from fractions import Fraction

__all__ = ["Formula", "Number", "Reals", "call", "constant", "minus", "polynomial", "value", "variable"]

Number = Fraction | float
Reals = dict[str, Number]


@dataclass(frozen=True)
class Formula:
    """A node: `kind` with its `parts`; numbers and names have a `text` instead."""

    kind: str
    parts: tuple[Formula, ...] = ()
    text: str = ""

    def __add__(self, other: Formula | int) -> Formula:
        return Formula("add", (self, constant(other)))

    def __sub__(self, other: Formula | int) -> Formula:
        return Formula("sub", (self, constant(other)))

    def __mul__(self, other: Formula | int) -> Formula:
        return Formula("mul", (self, constant(other)))

    def __rmul__(self, other: int) -> Formula:
        return Formula("mul", (constant(other), self))

    def __truediv__(self, other: Formula | int) -> Formula:
        return Formula("div", (self, constant(other)))

    def __pow__(self, other: Formula | int) -> Formula:
        return Formula("pow", (self, constant(other)))

    def __neg__(self) -> Formula:
        return Formula("neg", (self,))


def constant(number: Formula | Fraction | int) -> Formula:
    """A number as a formula; fractions and negative numbers as the operations that write them."""
    if isinstance(number, Formula):
        return number
    if number < 0:
        return -constant(-number)
    if isinstance(number, Fraction) and number.denominator != 1:
        return Formula("div", (constant(number.numerator), constant(number.denominator)))
    return Formula("num", text=str(int(number)))


def variable(name: str) -> Formula:
    return Formula("var", text=name)


def minus(formula: Formula, number: int) -> Formula:
    """The formula less a number, as one writes it: `x - 3`, `x + 3`, `x`."""
    if number == 0:
        return formula
    return formula - number if number > 0 else formula + -number


def call(function: str, *arguments: Formula | int) -> Formula:
    """`sqrt`, `cbrt`, `abs`, `ln`, `log` (base, argument), or a name such as `f` that a problem defines."""
    return Formula("call", tuple(constant(argument) for argument in arguments), function)


def polynomial(coefficients: list[int], name: str = "x") -> Formula:
    """A polynomial as one writes it, from the leading coefficient to the constant term."""
    x = variable(name)
    made: Formula | None = None
    for place, coefficient in enumerate(coefficients):
        power = len(coefficients) - 1 - place
        if coefficient == 0:
            continue
        size = abs(coefficient)
        bare = x if power == 1 else x**power
        term = constant(size) if power == 0 else bare if size == 1 else constant(size) * bare
        if made is None:
            made = -term if coefficient < 0 else term
        else:
            made = made - term if coefficient < 0 else made + term
    return made if made is not None else constant(0)


def value(formula: Formula, reals: Reals) -> Number | None:
    """Its value where every part is a real number, else None. Exact while it stays rational."""
    if formula.kind == "num":
        return _literal(formula.text)
    if formula.kind == "var":
        return reals.get(formula.text)
    parts = [value(part, reals) for part in formula.parts]
    operands = [part for part in parts if part is not None]
    if len(operands) < len(parts):
        return None
    if formula.kind == "call":
        return _called(formula.text, operands)
    if formula.kind == "neg":
        return -operands[0]
    left, right = operands
    if formula.kind == "div":
        return None if right == 0 else left / right
    if formula.kind == "pow":
        return _power(left, right)
    return {"add": left + right, "sub": left - right, "mul": left * right}[formula.kind]


@functools.lru_cache(maxsize=4_096)
def _literal(text: str) -> Fraction:
    return Fraction(text)


def _power(base: Number, exponent: Number) -> Number | None:
    if base == 0 and exponent <= 0:
        return None
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        return base ** int(exponent)
    return float(base) ** float(exponent) if base > 0 else None


def _called(function: str, operands: list[Number]) -> Number | None:
    last = operands[-1]
    if function == "abs":
        return abs(last)
    if function == "cbrt":
        return math.copysign(abs(float(last)) ** (1 / 3), float(last))
    if function == "sqrt":
        return None if last < 0 else _square_root(last)
    if function == "ln":
        return None if last <= 0 else _logarithm(last)
    if function == "log":
        base = operands[0]
        if base <= 0 or base == 1 or last <= 0:
            return None
        return _logarithm(last) / _logarithm(base)
    raise ValueError(function)


def _square_root(number: Number) -> Number:
    if isinstance(number, Fraction):
        above, below = math.isqrt(number.numerator), math.isqrt(number.denominator)
        if Fraction(above**2, below**2) == number:
            return Fraction(above, below)
    return math.sqrt(number)


def _logarithm(number: Number) -> Number:
    return Fraction(0) if number == 1 else math.log(number)
