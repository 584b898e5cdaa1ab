"""Formula trees as functions of floats.

For searches that need many values and few digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from checkers.mathematics.confirmation.evaluation.arithmetic import Scope, evaluate
from checkers.mathematics.confirmation.evaluation.errors import CannotTell, Undefined
from checkers.mathematics.formulas.nodes import Node

__all__ = ["float_function"]

Function = Callable[[dict[str, float]], float]
_TWO_SIDED: dict[str, Callable[[float, float], float]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: _divided(a, b),
    "ratio": lambda a, b: _divided(a, b),
}
NEARLY_ZERO = 1e-8
"""A search that ends where a denominator fades away has found no place at which the formula is defined."""
_CALLS: dict[str, Callable[[float], float]] = {
    "sin": math.sin, "cos": math.cos, "tan": math.tan, "arcsin": math.asin, "arccos": math.acos, "arctan": math.atan,
    "sinh": math.sinh, "cosh": math.cosh, "tanh": math.tanh, "exp": math.exp, "ln": math.log, "lg": math.log10,
    "abs": abs, "sec": lambda x: 1 / math.cos(x), "csc": lambda x: 1 / math.sin(x), "cot": lambda x: 1 / math.tan(x),
    "floor": math.floor, "ceil": math.ceil,
}  # fmt: skip


def float_function(tree: Node, names: set[str], scope: Scope) -> Function:
    """The formula as a function of those names.

    It raises `Undefined` where it has no real value.
    """
    inner = _made(tree, names, scope)

    def function(values: dict[str, float]) -> float:
        try:
            made = inner(values)
        except (ValueError, ZeroDivisionError, OverflowError) as error:
            raise Undefined(str(error)) from error
        if not math.isfinite(made):
            raise Undefined("not finite")
        return made

    return function


def _made(tree: Node, names: set[str], scope: Scope) -> Function:
    if not _holds(tree, names, scope):
        value = evaluate(tree, scope)
        if getattr(value, "imag", 0):
            raise CannotTell("a complex number")
        number = float(getattr(value, "real", value))
        return lambda values: number
    if tree.kind == "name":
        name = tree.text
        return lambda values: values[name]
    if tree.kind == "apply":
        return _applied(tree, names, scope)
    parts = [_made(part, names, scope) for part in tree.parts]
    return _composed(tree, parts, scope)


def _holds(tree: Node, names: set[str], scope: Scope) -> bool:
    if tree.kind == "name" and tree.text in names:
        return True
    if tree.kind == "apply" and tree.text in scope.functions:
        definition = scope.functions[tree.text]
        if _holds(definition.body, names - set(definition.arguments), scope):
            return True
    return any(_holds(part, names, scope) for part in tree.parts)


def _applied(tree: Node, names: set[str], scope: Scope) -> Function:
    definition = scope.functions.get(tree.text)
    if definition is None or len(definition.arguments) != len(tree.parts):
        raise CannotTell("a function that is not defined")
    arguments = [_made(part, names, scope) for part in tree.parts]
    body = _made(definition.body, names | set(definition.arguments), scope)

    def function(values: dict[str, float]) -> float:
        given = (argument(values) for argument in arguments)
        return body({**values, **dict(zip(definition.arguments, given, strict=True))})

    return function


def _composed(tree: Node, parts: list[Function], scope: Scope) -> Function:
    kind, first = tree.kind, parts[0]
    if kind in _TWO_SIDED:
        second, both = parts[1], _TWO_SIDED[kind]
        return lambda values: both(first(values), second(values))
    if kind in ("neg", "pos"):
        sign = -1 if kind == "neg" else 1
        return lambda values: sign * first(values)
    if kind in ("pct", "deg"):
        factor = 0.01 if kind == "pct" else math.pi / 180
        return lambda values: first(values) * factor
    if kind == "abs":
        return lambda values: abs(first(values))
    if kind == "pow":
        second = parts[1]
        return lambda values: _power(first(values), second(values))
    if kind == "call" and tree.text in _CALLS and len(parts) == 1:
        call = _CALLS[tree.text]
        return lambda values: call(first(values))
    if kind == "call" and tree.text in ("root", "cbrt"):
        second = parts[1] if tree.text == "root" else lambda values: 3.0
        return lambda values: _rooted(first(values), second(values))
    if kind == "call" and tree.text in ("logbase", "log"):
        base: Any = parts[1] if tree.text == "logbase" else lambda values: float(scope.log_base or 0)
        return lambda values: math.log(first(values)) / math.log(base(values))
    raise CannotTell(kind)


def _divided(above: float, below: float) -> float:
    if abs(below) < NEARLY_ZERO:
        raise Undefined("a division by nearly zero")
    return above / below


def _power(base: float, exponent: float) -> float:
    if exponent <= 0 and abs(base) < NEARLY_ZERO:
        raise Undefined("a power of nearly zero")
    if exponent != round(exponent) and base < 0:
        third = exponent * 3
        if abs(third - round(third)) < 1e-12:
            size = float((-base) ** exponent)
            return -size if round(third) % 2 else size
        raise Undefined("a power of a negative number")
    return float(base**exponent)


def _rooted(number: float, degree: float) -> float:
    if number < 0 and round(degree) % 2 == 0:
        raise Undefined("a root of a negative number")
    return math.copysign(abs(number) ** (1 / degree), number)
