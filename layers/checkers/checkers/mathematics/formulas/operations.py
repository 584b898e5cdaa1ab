"""Single operations on SymPy objects; the size of the result is checked before the computation."""

from __future__ import annotations

from typing import Any

import sympy as sp

from checkers.mathematics.formulas.nodes import NotUnderstood

__all__ = [
    "MOST_BITS",
    "SIMPLE_CALLS",
    "binomial",
    "check_positive",
    "check_power",
    "check_real_power",
    "common_divisor",
    "matrix_operation",
    "matrix_power",
    "rational_logarithm",
    "root_of",
    "simple_call",
    "vector_product",
]

MOST_BITS = 6_000
"""Most bits of a number in a result, about 1,800 digits."""
LARGEST_EXPONENT = 100_000
LARGEST_SYMBOLIC_EXPONENT = 60

SIMPLE_CALLS = {
    "sin": sp.sin,
    "cos": sp.cos,
    "tan": sp.tan,
    "cot": sp.cot,
    "sec": sp.sec,
    "csc": sp.csc,
    "arcsin": sp.asin,
    "arccos": sp.acos,
    "arctan": sp.atan,
    "sinh": sp.sinh,
    "cosh": sp.cosh,
    "tanh": sp.tanh,
    "ln": sp.log,
    "abs": sp.Abs,
    "floor": sp.floor,
    "ceil": sp.ceiling,
}


def matrix_operation(kind: str, sign: str, left: Any, right: Any) -> Any:
    """Sum, difference or product where a matrix is involved."""
    if kind == "mul" and left.is_Matrix and right.is_Matrix and left.cols == right.cols == 1:
        return vector_product(sign, left, right)
    try:
        if kind in ("add", "sub") and left.is_Matrix and right.is_Matrix:
            return left + right if kind == "add" else left - right
        if kind == "mul":
            return left * right
    except sp.ShapeError as error:
        raise NotUnderstood("matrices that do not fit") from error
    raise NotUnderstood("not done with matrices")


def vector_product(sign: str, left: Any, right: Any) -> Any:
    """The dot or cross product of two columns."""
    if left.rows != right.rows:
        raise NotUnderstood("vectors of different spaces")
    if sign == "cdot":
        return left.dot(right)
    if sign == "times" and left.rows == 3:
        return sp.ImmutableMatrix(left.cross(right))
    raise NotUnderstood("a product of vectors that is not known")


def matrix_power(base: Any, exponent: Any) -> Any:
    """A whole power of a square matrix."""
    if not isinstance(exponent, sp.Integer) or not -1 <= exponent <= 64 or base.rows != base.cols:
        raise NotUnderstood("no power of a matrix")
    if exponent < 0 and base.det() == 0:
        raise NotUnderstood("a matrix without inverse")
    return base**exponent


def check_power(base: Any, exponent: Any) -> None:
    """Refuse what would be too large before SymPy computes it."""
    if base in (0, 1, -1) and exponent.is_Integer:
        return
    if exponent.is_number:
        most = abs(exponent.evalf(15))
        if not (most.is_number and most <= LARGEST_EXPONENT):
            raise NotUnderstood("an exponent that is too large")
        if isinstance(base, sp.Rational):
            bits = max(abs(base.p).bit_length(), base.q.bit_length())
            if bits * most > MOST_BITS:
                raise NotUnderstood("a power that is too large")
        elif (
            most > (5_000 if base.is_number else LARGEST_SYMBOLIC_EXPONENT)
            and not base.is_Symbol
            and base not in (sp.E, sp.pi, sp.I)
        ):
            raise NotUnderstood("a power that is too large")
    elif any(part.is_Pow and not part.exp.is_number for part in sp.preorder_traversal(exponent)):
        raise NotUnderstood("a tower of powers")


def check_real_power(base: Any, exponent: Any) -> None:
    """Refuse a power of a number that is not real: an even root of a negative one, a negative one to a power of π."""
    if not base.is_number or not exponent.is_number or exponent.is_Integer:
        return
    sign = _sign(base)
    odd_root = isinstance(exponent, sp.Rational) and exponent.q % 2 == 1
    if sign is None or (sign < 0 and not odd_root) or (sign == 0 and not exponent.is_positive):
        raise NotUnderstood("not defined")


def check_positive(argument: Any) -> None:
    """Refuse a number that is not positive, where a logarithm's argument or base stands."""
    if argument.is_number:
        sign = _sign(argument)
        if sign is None or sign <= 0:
            raise NotUnderstood("not defined")


def _sign(number: Any) -> int | None:
    """-1, 0 or 1 for a real number, None for another one."""
    if number.is_positive:
        return 1
    if number.is_negative:
        return -1
    if number.is_zero:
        return 0
    value = number.evalf(60, maxn=400)
    real, imaginary = value.as_real_imag()
    if not (real.is_Number and imaginary.is_Number):
        raise NotUnderstood("a number whose sign is not known")
    near = sp.Float(10) ** -45 * (1 + abs(real))
    if abs(imaginary) > near:
        return None
    return 0 if abs(real) < near else int(sp.sign(real))


_OF_ANGLES = ("sin", "cos", "tan", "cot", "sec", "csc")
FULL_TURN = 7
"""A larger argument is rarely in radians: sin 30 usually means 30 degrees."""


def simple_call(name: str, argument: Any) -> Any:
    """A function of one argument, where it is defined."""
    if name in ("arcsin", "arccos") and argument.is_number and argument.is_real and abs(argument) > 1:
        raise NotUnderstood("not defined")
    if name == "ln" and argument == 0:
        raise NotUnderstood("not defined")
    if name in _OF_ANGLES and isinstance(argument, sp.Rational) and abs(argument) >= FULL_TURN:
        raise NotUnderstood("an angle in degrees, or in radians")
    return SIMPLE_CALLS[name](argument)


def rational_logarithm(argument: Any, base: Any) -> Any:
    """The exact logarithm where both are powers of one number, as SymPy leaves log(8)/log(4) alone."""
    quotient = (sp.log(argument) / sp.log(base)).evalf(30)
    for denominator in range(1, 13):
        numerator = round(quotient * denominator)
        if abs(numerator) < 400 and argument**denominator == base ** sp.Integer(numerator):
            return sp.Rational(int(numerator), denominator)
    return sp.log(argument) / sp.log(base)


def common_divisor(name: str, arguments: list[Any]) -> Any:
    """The greatest common divisor or least common multiple of integers."""
    if not all(isinstance(argument, sp.Integer) for argument in arguments):
        raise NotUnderstood("no integers")
    return sp.Integer(sp.igcd(*arguments) if name == "gcd" else sp.ilcm(*arguments))


def root_of(argument: Any, degree: Any) -> Any:
    """The root of that degree; odd ones of negative numbers are real."""
    if not isinstance(degree, sp.Integer) or not 2 <= degree <= 60:
        raise NotUnderstood("no root")
    if degree % 2 == 1 and argument.is_number and argument.is_negative:
        return -((-argument) ** sp.Rational(1, degree))
    if degree % 2 == 1 and not argument.is_number and argument.could_extract_minus_sign():
        # An odd root of -a is minus the root of a; SymPy's own root of a negative number is not real.
        return -((-argument) ** sp.Rational(1, degree))
    return argument ** sp.Rational(1, degree)


def binomial(above: Any, below: Any) -> Any:
    """A binomial coefficient."""
    if not all(isinstance(number, sp.Integer) and 0 <= number <= 5_000 for number in (above, below)):
        raise NotUnderstood("no binomial coefficient that can be computed")
    return sp.binomial(above, below)
