"""Evaluates formula trees without SymPy.

Exact fractions as far as they go, then 40 digits of mpmath.

A value is an int, a Fraction, an mpf, an mpc, or a `Grid` (rows of values). Shares no code with `formulas.build`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import factorial, gcd, lcm
from typing import Any

import mpmath  # type: ignore[import-untyped]

from checkers.mathematics.confirmation.evaluation.errors import CannotTell, Undefined
from checkers.mathematics.confirmation.evaluation.grids import Grid
from checkers.mathematics.formulas.nodes import Node
from checkers.mathematics.problem.facts import Facts

__all__ = [
    "Scope",
    "compares",
    "evaluate",
    "inexact",
    "is_exact",
    "is_less",
    "is_near",
    "power",
    "real_part_of",
    "scope_of",
]

DIGITS = 40
MOST_BITS = 40_000
MOST_TERMS = 2_000
DEEPEST = 12

mpmath.mp.dps = DIGITS
NEAR = mpmath.mpf(10) ** -25
ZERO = mpmath.mpf(10) ** -32


@dataclass(frozen=True)
class Scope:
    """What names and functions mean, and whether parts may be complex."""

    names: Mapping[str, Any] = field(default_factory=dict)
    functions: Mapping[str, Any] = field(default_factory=dict)
    euler: bool = True
    imaginary: bool = True
    log_base: int | None = None
    complex_parts: bool = False
    depth: int = 0

    def where(self, names: Mapping[str, Any]) -> Scope:
        return replace(self, names={**self.names, **names})


def scope_of(facts: Facts) -> Scope:
    """The meaning of names in a problem."""
    return Scope(
        functions=facts.functions,
        euler=facts.euler,
        imaginary="i" not in facts.names,
        log_base=facts.log_base,
        complex_parts=facts.complex_numbers,
    )


def is_exact(value: Any) -> bool:
    return isinstance(value, int | Fraction)


def is_near(one: Any, other: Any) -> bool:
    """Whether two values are equal: exact ones exactly, others to 25 digits."""
    if isinstance(one, Grid) or isinstance(other, Grid):
        return (
            isinstance(one, Grid)
            and isinstance(other, Grid)
            and one.shape == other.shape
            and all(is_near(a, b) for a, b in zip(one.cells, other.cells, strict=True))
        )
    if is_exact(one) and is_exact(other):
        return bool(one == other)
    a, b = inexact(one), inexact(other)
    return bool(abs(a - b) <= NEAR * (1 + abs(a)))


def real_part_of(value: Any) -> Any:
    """A value that must be real, as an exact number or an mpf.

    Raises `Undefined` for another one.
    """
    if isinstance(value, Grid):
        raise CannotTell("a matrix")
    if isinstance(value, mpmath.mpc):
        if abs(value.imag) > ZERO * (1 + abs(value)):
            raise Undefined("not real")
        return value.real
    return value


def compares(left: Any, sign: str, right: Any) -> bool:
    """Whether two real values stand in a relation.

    Values that are equal to 25 digits are equal.
    """
    equal = is_near(left, right)
    if sign in ("=", "!="):
        return equal == (sign == "=")
    if sign not in ("<", "<=", ">", ">="):
        raise CannotTell(sign)
    if equal:
        return sign in ("<=", ">=")
    return is_less(left, right) == (sign in ("<", "<="))


def is_less(left: Any, right: Any) -> bool:
    """Whether a real value is below another one, of whatever types they are."""
    if is_exact(left) and is_exact(right):
        return bool(left < right)
    return bool(inexact(left) < inexact(right))


def inexact(value: Any) -> Any:
    if isinstance(value, Fraction):
        return mpmath.mpf(value.numerator) / value.denominator
    return mpmath.mpf(value) if isinstance(value, int) else value


def _is_zero(value: Any) -> bool:
    return bool(value == 0) if is_exact(value) else bool(abs(value) < ZERO)


def evaluate(tree: Node, scope: Scope) -> Any:
    """The value of a tree. Raises `Undefined` and `CannotTell`."""
    maker = _MAKERS.get(tree.kind)
    if maker is None:
        raise CannotTell(tree.kind)
    value = maker(tree, scope)
    if isinstance(value, Fraction) and value.denominator == 1:
        value = value.numerator
    if (
        is_exact(value)
        and max(Fraction(value).numerator.bit_length(), Fraction(value).denominator.bit_length()) > MOST_BITS
    ):
        raise CannotTell("too large")
    if isinstance(value, mpmath.mpf | mpmath.mpc) and not mpmath.isfinite(value):
        raise Undefined("infinite")
    return value


def _number(tree: Node, scope: Scope) -> Any:
    return Fraction(tree.text)


def _mixed(tree: Node, scope: Scope) -> Any:
    whole, above, below = (evaluate(part, scope) for part in tree.parts)
    return whole + Fraction(above, below)


def _repeating(tree: Node, scope: Scope) -> Any:
    fixed, period = tree.text.split("|")
    whole, _, decimals = fixed.partition(".")
    nines = int("9" * len(period)) * 10 ** len(decimals)
    return Fraction(whole + "." + decimals + "0" if whole else "0." + decimals + "0") + Fraction(
        int(period), nines
    )


def _based(tree: Node, scope: Scope) -> Any:
    digits, base = tree.text.split("_")
    total = 0
    for digit in digits:
        value = "0123456789".index(digit)
        if value >= int(base):
            raise CannotTell("digits that the base does not have")
        total = total * int(base) + value
    return total


def _name(tree: Node, scope: Scope) -> Any:
    if tree.text in scope.names:
        return scope.names[tree.text]
    if tree.text == "i" and scope.imaginary:
        return mpmath.mpc(0, 1)
    raise CannotTell(f"a name without a value: {tree.text}")


def _constant(tree: Node, scope: Scope) -> Any:
    if tree.text == "pi":
        return +mpmath.pi
    if tree.text == "e" and "e" in scope.names:
        return scope.names["e"]
    if tree.text == "e" and scope.euler:
        return +mpmath.e
    raise CannotTell(tree.text)


def _operation(tree: Node, scope: Scope) -> Any:
    left, right = (evaluate(part, scope) for part in tree.parts)
    if isinstance(left, Grid) or isinstance(right, Grid):
        return _of_grids(tree, left, right)
    if not (is_exact(left) and is_exact(right)):
        left, right = inexact(left), inexact(right)
    if tree.kind == "add":
        return left + right
    if tree.kind == "sub":
        return left - right
    if tree.kind == "mul":
        return left * right
    if _is_zero(right):
        raise Undefined("a division by zero")
    return Fraction(left) / Fraction(right) if is_exact(left) else left / right


def _of_grids(tree: Node, left: Any, right: Any) -> Any:
    if tree.kind in ("add", "sub") and isinstance(left, Grid) and isinstance(right, Grid):
        return left.plus(right, 1 if tree.kind == "add" else -1)
    if tree.kind == "mul":
        if not isinstance(left, Grid) or not isinstance(right, Grid):
            return left.scaled(right) if isinstance(left, Grid) else right.scaled(left)
        if left.columns == right.columns == 1:
            return left.cross(right) if tree.text == "times" else left.dot(right)
        return left.times(right)
    raise CannotTell("no operation of matrices")


def _negative(tree: Node, scope: Scope) -> Any:
    value = evaluate(tree.parts[0], scope)
    return value.scaled(-1) if isinstance(value, Grid) else -value


def _power(tree: Node, scope: Scope) -> Any:
    base = evaluate(tree.parts[0], scope)
    if is_exact(base) and base == 1 and not _has_infinity(tree.parts[1]):
        return 1
    exponent = evaluate(tree.parts[1], scope)
    if isinstance(base, Grid):
        return base.power(exponent)
    return power(base, exponent, complex_parts=scope.complex_parts)


def _has_infinity(tree: Node) -> bool:
    return tree == Node("const", text="oo") or any(_has_infinity(part) for part in tree.parts)


def power(base: Any, exponent: Any, *, complex_parts: bool = False) -> Any:
    """A power.

    Odd roots of negative numbers are real, even ones exist only where parts may be complex.
    """
    if is_exact(exponent) and Fraction(exponent).denominator == 1:
        return _whole_power(base, int(exponent))
    if _is_zero(base):
        if real_part_of(exponent) > 0:
            return 0
        raise Undefined("a power of zero")
    if is_exact(exponent) and Fraction(exponent).denominator % 2 == 1 and not isinstance(base, mpmath.mpc):
        sign = -1 if base < 0 and exponent.numerator % 2 else 1
        return sign * _root(abs(base), Fraction(exponent))
    if not isinstance(base, mpmath.mpc) and base > 0:
        return _root(base, exponent)
    if not complex_parts:
        raise Undefined("a root of a negative number")
    return mpmath.power(inexact(base), inexact(exponent))


def _whole_power(base: Any, exponent: int) -> Any:
    if _is_zero(base) and exponent <= 0:
        raise Undefined("a power of zero")
    if is_exact(base):
        size = max(Fraction(base).numerator.bit_length(), Fraction(base).denominator.bit_length())
        if size * abs(exponent) > MOST_BITS and base not in (0, 1, -1):
            raise CannotTell("too large")
        return Fraction(base) ** exponent
    if abs(exponent) > MOST_BITS:
        raise CannotTell("too large")
    return base**exponent


def _root(base: Any, exponent: Any) -> Any:
    """A positive number to a power that is no integer, exactly where it is a fraction."""
    made = mpmath.power(inexact(base), inexact(exponent))
    if is_exact(base) and is_exact(exponent) and Fraction(exponent).denominator == 2:
        for number in (Fraction(base).numerator, Fraction(base).denominator):
            if round(mpmath.sqrt(number)) ** 2 != number:
                return made
        above = Fraction(round(mpmath.sqrt(Fraction(base).numerator)))
        return (above / round(mpmath.sqrt(Fraction(base).denominator))) ** Fraction(exponent).numerator
    return made


def _factorial(tree: Node, scope: Scope) -> Any:
    return factorial(_whole(evaluate(tree.parts[0], scope), 600))


def _whole(value: Any, most: int) -> int:
    if not isinstance(value, int) or not 0 <= value <= most:
        raise CannotTell("no whole number")
    return value


def _absolute(tree: Node, scope: Scope) -> Any:
    value = evaluate(tree.parts[0], scope)
    return power(value.dot(value), Fraction(1, 2)) if isinstance(value, Grid) else abs(value)


_ONE_ARGUMENT = {
    "sin": mpmath.sin, "cos": mpmath.cos, "tan": mpmath.tan, "cot": mpmath.cot, "sec": mpmath.sec, "csc": mpmath.csc,
    "arctan": mpmath.atan, "sinh": mpmath.sinh, "cosh": mpmath.cosh, "tanh": mpmath.tanh, "exp": mpmath.exp,
}  # fmt: skip


def _call(tree: Node, scope: Scope) -> Any:
    name = tree.text
    values = [evaluate(part, scope) for part in tree.parts]
    if name == "det":
        return values[0].determinant()
    if any(isinstance(value, Grid) for value in values):
        raise CannotTell("a function of a matrix")
    if name in _ONE_ARGUMENT and len(values) == 1:
        return _of_angle(name, inexact(values[0]))
    if name in ("arcsin", "arccos") and len(values) == 1:
        if abs(real_part_of(values[0])) > 1:
            raise Undefined("beyond one")
        return (mpmath.asin if name == "arcsin" else mpmath.acos)(inexact(values[0]))
    if name in ("root", "cbrt"):
        degree = values[1] if name == "root" else 3
        return power(values[0], Fraction(1, _whole(degree, 60)), complex_parts=scope.complex_parts)
    if name in ("ln", "lg", "log", "logbase"):
        return _logarithm(name, values, scope)
    return _of_integers(name, values)


def _of_angle(name: str, angle: Any) -> Any:
    if name in ("tan", "sec") and abs(mpmath.cos(angle)) < ZERO:
        raise Undefined("a pole")
    if name in ("cot", "csc") and abs(mpmath.sin(angle)) < ZERO:
        raise Undefined("a pole")
    return _ONE_ARGUMENT[name](angle)


def _logarithm(name: str, values: list[Any], scope: Scope) -> Any:
    base: Any = {"ln": mpmath.e, "lg": 10, "log": scope.log_base}.get(name)
    if name == "logbase":
        base = values[1]
    if base is None:
        raise CannotTell("a logarithm without its base")
    argument = values[0]
    if not scope.complex_parts and (real_part_of(argument) <= 0 or real_part_of(base) <= 0):
        raise Undefined("a logarithm of what is not positive")
    if _is_zero(argument) or _is_zero(base) or is_near(base, 1):
        raise Undefined("a logarithm that is not defined")
    return mpmath.log(inexact(argument)) / mpmath.log(inexact(base))


def _of_integers(name: str, values: list[Any]) -> Any:
    reals = [real_part_of(value) for value in values] if name != "conjugate" else values
    if name == "abs":
        return abs(reals[0])
    if name in ("floor", "ceil"):
        near = round(reals[0])
        if is_near(reals[0], near):
            return int(near)
        return int((mpmath.floor if name == "floor" else mpmath.ceil)(inexact(reals[0])))
    if name in ("max", "min"):
        return (max if name == "max" else min)(reals)
    if name == "conjugate":
        return mpmath.conj(inexact(values[0]))
    if not all(isinstance(value, int) for value in reals):
        raise CannotTell(name)
    if name in ("gcd", "lcm"):
        return (gcd if name == "gcd" else lcm)(*reals)
    if name == "binom":
        above, below = _whole(reals[0], 5_000), _whole(reals[1], 5_000)
        made = 1
        for k in range(min(below, above - below) if below <= above else 0):
            made = made * (above - k) // (k + 1)
        return made if below <= above else 0
    raise CannotTell(name)


def _apply(tree: Node, scope: Scope) -> Any:
    definition = scope.functions.get(tree.text)
    if definition is None or len(definition.arguments) != len(tree.parts) or scope.depth > DEEPEST:
        raise CannotTell(f"a function that is not defined: {tree.text}")
    values = {
        name: evaluate(part, scope) for name, part in zip(definition.arguments, tree.parts, strict=True)
    }
    return evaluate(definition.body, replace(scope.where(values), depth=scope.depth + 1))


def _matrix(tree: Node, scope: Scope) -> Any:
    rows, columns = (int(count) for count in tree.text.split())
    return Grid(rows, columns, tuple(evaluate(part, scope) for part in tree.parts))


def _cases(tree: Node, scope: Scope) -> Any:
    for formula, condition in zip(tree.parts[::2], tree.parts[1::2], strict=True):
        if condition.kind == "text" or _holds(condition, scope):
            return evaluate(formula, scope)
    raise Undefined("no case")


def _holds(tree: Node, scope: Scope) -> bool:
    if tree.kind != "rel":
        raise CannotTell("no condition")
    values = [real_part_of(evaluate(part, scope)) for part in tree.parts]
    return all(
        compares(a, sign, b) for a, sign, b in zip(values, tree.text.split(), values[1:], strict=False)
    )


def _ranged(tree: Node, scope: Scope) -> Any:
    name, low = tree.parts[0].text, evaluate(tree.parts[1], scope)
    if tree.parts[2] == Node("const", text="oo") and tree.kind == "sum" and isinstance(low, int):
        return mpmath.nsum(
            lambda k: inexact(evaluate(tree.parts[3], scope.where({name: int(k)}))), [low, mpmath.inf]
        )
    high = evaluate(tree.parts[2], scope)
    if not isinstance(low, int) or not isinstance(high, int) or high - low > MOST_TERMS:
        raise CannotTell("a range")
    made: Any = 0 if tree.kind == "sum" else 1
    for k in range(low, high + 1):
        term = evaluate(tree.parts[3], scope.where({name: k}))
        both = (made, term) if is_exact(made) and is_exact(term) else (inexact(made), inexact(term))
        made = both[0] + both[1] if tree.kind == "sum" else both[0] * both[1]
    return made


def _same(tree: Node, scope: Scope) -> Any:
    return evaluate(tree.parts[0], scope)


def _percent(tree: Node, scope: Scope) -> Any:
    return evaluate(Node("div", (tree.parts[0], Node("num", text="100"))), scope)


def _degrees(tree: Node, scope: Scope) -> Any:
    return inexact(evaluate(tree.parts[0], scope)) * mpmath.pi / 180


_MAKERS = {
    "num": _number, "mixed": _mixed, "repeating": _repeating, "based": _based, "name": _name, "const": _constant,
    "neg": _negative, "pos": _same, "add": _operation, "sub": _operation, "mul": _operation, "div": _operation,
    "ratio": _operation, "pow": _power, "fact": _factorial, "pct": _percent, "deg": _degrees, "abs": _absolute,
    "call": _call, "apply": _apply, "matrix": _matrix, "cases": _cases, "sum": _ranged, "prod": _ranged,
}  # fmt: skip
