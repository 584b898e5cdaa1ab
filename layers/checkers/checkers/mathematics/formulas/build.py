"""Build SymPy objects from syntax trees; sizes are checked before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sympy as sp

from checkers.mathematics.formulas.nodes import Node, NotUnderstood, size
from checkers.mathematics.formulas.operations import (
    MOST_BITS,
    SIMPLE_CALLS,
    binomial,
    check_positive,
    check_power,
    check_real_power,
    common_divisor,
    matrix_operation,
    matrix_power,
    rational_logarithm,
    root_of,
    simple_call,
)

__all__ = ["Context", "Definition", "build", "symbol"]

MOST_NODES = 800
LARGEST_FACTORIAL = 600
LONGEST_SUM = 1_500
DEEPEST_CALLS = 12

_LEAST = {"max": sp.Max, "min": sp.Min}


@dataclass(frozen=True)
class Definition:
    """A function that the problem defines: the names of its arguments and its formula."""

    arguments: tuple[str, ...]
    body: Node


@dataclass(frozen=True)
class Context:
    """The meaning of names: `values` are numbers, `functions` are formulas, all others are symbols.

    `euler` says whether a bare e is Euler's number, `imaginary` whether i is the imaginary unit, `log_base` the
    base of a log that names none (None: such a log is not understood), `real` whether symbols are real numbers.
    `strict` whether every part must be a real number too: √(-2)·√(-5) is then not defined.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    functions: Mapping[str, Definition] = field(default_factory=dict)
    euler: bool = True
    imaginary: bool = True
    log_base: int | None = None
    real: bool = True
    strict: bool = False
    depth: int = 0

    def where(self, **values: Any) -> Context:
        return replace(self, values={**self.values, **values})


def symbol(name: str, context: Context | None = None) -> Any:
    """The one symbol of that name: real unless the context says otherwise."""
    if context is not None and not context.real:
        return sp.Symbol(name)
    return sp.Symbol(name, real=True)


def build(node: Node, context: Context) -> Any:
    """The SymPy expression of a tree without relations, lists and sets. Raises `NotUnderstood`."""
    if size(node) > MOST_NODES:
        raise NotUnderstood("too large")
    return _build(node, context)


def _build(node: Node, context: Context) -> Any:
    maker = _MAKERS.get(node.kind)
    if maker is None:
        raise NotUnderstood(f"a {node.kind} is no number")
    made = maker(node, context)
    if isinstance(made, sp.Rational) and max(abs(made.p).bit_length(), made.q.bit_length()) > MOST_BITS:
        raise NotUnderstood("a number that is too large")
    if made.has(sp.zoo, sp.nan):
        raise NotUnderstood("not defined")
    return made


def _number(node: Node, context: Context) -> Any:
    del context
    return sp.Rational(node.text) if "." in node.text else sp.Integer(int(node.text))


def _mixed(node: Node, context: Context) -> Any:
    whole, above, below = (_build(part, context) for part in node.parts)
    return whole + above / below


def _repeating(node: Node, context: Context) -> Any:
    del context
    fixed, period = node.text.split("|")
    whole, _, decimals = fixed.partition(".")
    unit = sp.Integer(10) ** len(decimals)
    start = sp.Integer(int((whole or "0") + decimals)) / unit
    return start + sp.Integer(int(period)) / (unit * (sp.Integer(10) ** len(period) - 1))


def _based(node: Node, context: Context) -> Any:
    del context
    digits, base = node.text.split("_")
    if not 2 <= int(base) <= 36:
        raise NotUnderstood("no base")
    try:
        return sp.Integer(int(digits, int(base)))
    except ValueError as error:
        raise NotUnderstood("digits that the base does not have") from error


def _name(node: Node, context: Context) -> Any:
    if node.text in context.values:
        return context.values[node.text]
    if node.text == "i" and context.imaginary:
        return sp.I
    return symbol(node.text, context)


def _constant(node: Node, context: Context) -> Any:
    if node.text == "e":
        if "e" in context.values:
            return context.values["e"]
        return sp.E if context.euler else symbol("e", context)
    return {"pi": sp.pi, "oo": sp.oo}[node.text]


def _negative(node: Node, context: Context) -> Any:
    return -_build(node.parts[0], context)


def _same(node: Node, context: Context) -> Any:
    return _build(node.parts[0], context)


def _operation(node: Node, context: Context) -> Any:
    left, right = (_build(part, context) for part in node.parts)
    if left.is_Matrix or right.is_Matrix:
        return matrix_operation(node.kind, node.text, left, right)
    if sp.oo in (left, right, -left, -right):
        raise NotUnderstood("infinity is no number")
    if node.kind == "add":
        return left + right
    if node.kind == "sub":
        return left - right
    if node.kind == "mul":
        return left * right
    if right == 0:
        raise NotUnderstood("a division by zero")
    return left / right


def _power(node: Node, context: Context) -> Any:
    if _holds_infinity(node):
        raise NotUnderstood("a power of infinity")
    base = _build(node.parts[0], context)
    if base == 1:
        return base
    exponent = _build(node.parts[1], context)
    if base.is_Matrix:
        return matrix_power(base, exponent)
    check_power(base, exponent)
    if base == 0 and not exponent.is_positive:
        raise NotUnderstood("a power of zero")
    if context.strict:
        check_real_power(base, exponent)
    if (
        isinstance(exponent, sp.Rational)
        and exponent.q % 2 == 1
        and exponent.q > 1
        and base.is_number
        and base.is_negative
    ):
        return (-1) ** (exponent.p % 2) * (-base) ** exponent
    return base**exponent


def _holds_infinity(tree: Node) -> bool:
    return tree == Node("const", text="oo") or any(_holds_infinity(part) for part in tree.parts)


def _factorial(node: Node, context: Context) -> Any:
    number = _build(node.parts[0], context)
    if not isinstance(number, sp.Integer) or not 0 <= number <= LARGEST_FACTORIAL:
        raise NotUnderstood("no factorial that can be computed")
    return sp.factorial(number)


def _percent(node: Node, context: Context) -> Any:
    return _build(node.parts[0], context) / 100


def _degrees(node: Node, context: Context) -> Any:
    return _build(node.parts[0], context) * sp.pi / 180


def _absolute(node: Node, context: Context) -> Any:
    inside = _build(node.parts[0], context)
    if inside.is_Matrix:
        if inside.cols != 1:
            raise NotUnderstood("bars around a matrix")
        return sp.sqrt(inside.dot(inside))
    if inside.is_number and inside.has(sp.I):
        real, imaginary = sp.expand(inside, complex=True).as_real_imag()
        return sp.sqrt(sp.expand(real**2 + imaginary**2))
    return sp.Abs(inside)


def _ratio(node: Node, context: Context) -> Any:
    return _operation(Node("div", node.parts), context)


def _call(node: Node, context: Context) -> Any:
    name = node.text
    arguments = [_build(part, context) for part in node.parts]
    if name == "det":
        if not arguments[0].is_Matrix or arguments[0].rows != arguments[0].cols or arguments[0].rows > 6:
            raise NotUnderstood("no determinant")
        return arguments[0].det()
    if any(argument.is_Matrix or argument in (sp.oo, -sp.oo) for argument in arguments):
        raise NotUnderstood("not done with matrices and infinity")
    if context.strict and name in ("ln", "lg", "log", "logbase"):
        check_positive(arguments[0])
    if name in SIMPLE_CALLS and len(arguments) == 1:
        return simple_call(name, arguments[0])
    if name in _LEAST and arguments:
        return _LEAST[name](*arguments)
    if name in ("gcd", "lcm") and len(arguments) > 1:
        return common_divisor(name, arguments)
    if name == "conjugate" and arguments[0].is_number:
        return sp.conjugate(arguments[0])
    if name == "root":
        if context.strict and isinstance(arguments[1], sp.Integer):
            check_real_power(arguments[0], 1 / arguments[1])
        return root_of(*arguments)
    if name == "cbrt" and len(arguments) == 1:
        return root_of(arguments[0], sp.Integer(3))
    if name == "binom":
        return binomial(*arguments)
    if name == "exp" and len(arguments) == 1:
        return _power(Node("pow", (Node("const", text="e"), node.parts[0])), replace(context, euler=True))
    return _logarithm(name, arguments, context)


def _logarithm(name: str, arguments: list[Any], context: Context) -> Any:
    base: Any = {"lg": 10, "log": context.log_base}.get(name)
    if name == "logbase" and len(arguments) == 2:
        base = arguments[1]
    elif len(arguments) != 1 or base is None:
        raise NotUnderstood("a logarithm without its base")
    argument, base = arguments[0], sp.sympify(base)
    if argument == 0 or base in (0, 1):
        raise NotUnderstood("not defined")
    if context.strict:
        check_positive(base)
    if isinstance(argument, sp.Rational) and isinstance(base, sp.Rational) and argument > 0 and base > 0:
        return rational_logarithm(argument, base)
    return sp.log(argument) / sp.log(base)


def _apply(node: Node, context: Context) -> Any:
    definition = context.functions.get(node.text)
    if definition is None or len(definition.arguments) != len(node.parts) or context.depth > DEEPEST_CALLS:
        raise NotUnderstood(f"a function that is not defined: {node.text}")
    values = {
        name: _build(part, context) for name, part in zip(definition.arguments, node.parts, strict=True)
    }
    inner = replace(context, values={**context.values, **values}, depth=context.depth + 1)
    return _build(definition.body, inner)


def _matrix(node: Node, context: Context) -> Any:
    rows, columns = (int(count) for count in node.text.split())
    if rows > 6 or columns > 6:
        raise NotUnderstood("a matrix that is too large")
    return sp.ImmutableMatrix(rows, columns, [_build(part, context) for part in node.parts])


def _cases(node: Node, context: Context) -> Any:
    """The formula whose condition holds; the conditions must be about numbers."""
    for place in range(0, len(node.parts), 2):
        formula, condition = node.parts[place : place + 2]
        if condition.kind == "text" or _condition(condition, context):
            return _build(formula, context)
    raise NotUnderstood("not defined")


def _condition(tree: Node, context: Context) -> bool:
    if tree.kind != "rel":
        raise NotUnderstood("no condition")
    sides = [_build(part, context) for part in tree.parts]
    if any(side.free_symbols or not side.is_real for side in sides):
        raise NotUnderstood("a condition on a name without a value")
    verdicts = []
    for left, sign, right in zip(sides, tree.text.split(), sides[1:], strict=False):
        gap = (left - right).evalf(40)
        near = abs(gap) < sp.Float(10) ** -30
        verdicts.append(
            {
                "<": gap < 0 and not near,
                ">": gap > 0 and not near,
                "<=": gap < 0 or near,
                ">=": gap > 0 or near,
                "=": near,
                "!=": not near,
            }[sign]
        )
    return all(verdicts)


def _ranged(node: Node, context: Context) -> Any:
    name, low, high = node.parts[0].text, _build(node.parts[1], context), _build(node.parts[2], context)
    if isinstance(low, sp.Integer) and isinstance(high, sp.Integer):
        if high - low > LONGEST_SUM:
            raise NotUnderstood("a sum that is too long")
        terms = [_build(node.parts[3], context.where(**{name: sp.Integer(k)})) for k in range(low, high + 1)]
        return sp.Add(*terms) if node.kind == "sum" else sp.Mul(*terms)
    index = sp.Symbol(name, integer=True)
    body = _build(node.parts[3], context.where(**{name: index}))
    if node.kind == "sum" and isinstance(low, sp.Integer) and high == sp.oo:
        return _evaluated(sp.summation(body, (index, low, high)))
    raise NotUnderstood("a sum over a range that is not given")


def _limit(node: Node, context: Context) -> Any:
    name = node.parts[0].text
    variable = symbol(name, context)
    target = _build(node.parts[1], context)
    body = _build(
        node.parts[2], replace(context, values={k: v for k, v in context.values.items() if k != name})
    )
    side = node.text or "+-"
    if target in (sp.oo, -sp.oo):
        side = "-" if target == sp.oo else "+"
    made = _evaluated(sp.limit(body, variable, target, side))
    if context.strict and made not in (sp.oo, -sp.oo) and made.is_number and not made.is_real:
        raise NotUnderstood("not defined: a limit that is not real")
    return made


def _integral(node: Node, context: Context) -> Any:
    variable = symbol(node.parts[0].text, context)
    body = _build(node.parts[1], context)
    if len(node.parts) == 2:
        return _evaluated(sp.integrate(body, variable))
    low, high = _build(node.parts[2], context), _build(node.parts[3], context)
    return _evaluated(sp.integrate(body, (variable, low, high)))


def _derivative(node: Node, context: Context) -> Any:
    return sp.diff(_build(node.parts[1], context), symbol(node.parts[0].text, context))


def _evaluated(made: Any) -> Any:
    if made.has(sp.Sum, sp.Integral, sp.Limit, sp.Derivative, sp.Piecewise, sp.AccumBounds, sp.Order):
        raise NotUnderstood("not computed")
    return made


_MAKERS = {
    "num": _number,
    "mixed": _mixed,
    "repeating": _repeating,
    "based": _based,
    "name": _name,
    "const": _constant,
    "neg": _negative,
    "pos": _same,
    "add": _operation,
    "sub": _operation,
    "mul": _operation,
    "div": _operation,
    "pow": _power,
    "fact": _factorial,
    "pct": _percent,
    "deg": _degrees,
    "abs": _absolute,
    "ratio": _ratio,
    "call": _call,
    "apply": _apply,
    "matrix": _matrix,
    "cases": _cases,
    "sum": _ranged,
    "prod": _ranged,
    "lim": _limit,
    "int": _integral,
    "diff": _derivative,
}
