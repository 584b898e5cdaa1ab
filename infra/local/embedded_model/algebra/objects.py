"""Formula trees into SymPy objects, with bounds on what they may grow to.

Objects are built one by one from the tree: SymPy's own parsers evaluate Python, and are not used.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import sympy as sp

from embedded_model.algebra.formula import Binary, Call, FormulaError, Name, Negative, Node, Number, Relation

__all__ = ["expression", "symbol", "symbols", "tex"]

_MOST_BITS = 4_000
_HIGHEST_POWER = 60
_CONSTANTS = {"pi": sp.pi, "e": sp.E, "i": sp.I, "oo": sp.oo}
_FUNCTIONS: dict[str, Callable[..., sp.Expr]] = {
    "sin": sp.sin, "cos": sp.cos, "tan": sp.tan, "cot": sp.cot, "sec": sp.sec, "csc": sp.csc,
    "arcsin": sp.asin, "arccos": sp.acos, "arctan": sp.atan, "sinh": sp.sinh, "cosh": sp.cosh, "tanh": sp.tanh,
    "ln": sp.log, "exp": sp.exp, "sqrt": sp.sqrt, "cbrt": sp.cbrt, "abs": sp.Abs, "floor": sp.floor,
    "ceil": sp.ceiling,
}  # fmt: skip
_VARIADIC: dict[str, Callable[..., sp.Expr]] = {"gcd": sp.gcd, "lcm": sp.lcm, "max": sp.Max, "min": sp.Min}


def symbol(name: str) -> sp.Symbol:
    """The real variable of this name."""
    return sp.Symbol(name, real=True)


def symbols(expr: sp.Basic) -> list[sp.Symbol]:
    """The variables in *expr*, in alphabetical order."""
    return sorted(expr.free_symbols, key=lambda s: s.name)


def expression(node: Node) -> sp.Expr:
    """The value or expression that *node* stands for.

    Raises:
        FormulaError: it has no meaning (a division by zero) or is too large.
    """
    value = _value(node)
    if value.has(sp.nan, sp.zoo):
        raise FormulaError("it has no value")
    return value


def _value(node: Node) -> sp.Expr:
    match node:
        case Number(text):
            return sp.Rational(text)
        case Name(text):
            return _CONSTANTS.get(text, symbol(text))
        case Negative(body):
            return -expression(body)
        case Binary("^", left, right):
            return _power(expression(left), expression(right))
        case Binary(op, left, right):
            return _arithmetic(op, expression(left), expression(right))
        case Call(name, arguments):
            return _call(name, arguments)
    raise FormulaError("unknown")


def _arithmetic(op: str, left: sp.Expr, right: sp.Expr) -> sp.Expr:
    if op == "/" and right == 0:
        raise FormulaError("a division by zero")
    result = {"+": lambda: left + right, "-": lambda: left - right, "*": lambda: left * right}.get(
        op, lambda: left / right
    )()
    return sp.sympify(result)


def _power(base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    if base == 0 and (exponent.is_negative or exponent == 0):
        raise FormulaError("a power of zero without a meaning")
    if exponent.is_Rational and abs(exponent) > _HIGHEST_POWER and base.free_symbols:
        raise FormulaError("too high a power")
    if exponent.is_Rational and base.is_Rational:
        size = max(abs(base.p), base.q).bit_length() * abs(float(exponent))
        if size > _MOST_BITS:
            raise FormulaError("too large a number")
    elif base.is_number and exponent.is_number and abs(complex(exponent.evalf(8))) > _HIGHEST_POWER:
        raise FormulaError("too high a power")
    return sp.Pow(base, exponent)


def _call(name: str, arguments: tuple[Node, ...]) -> sp.Expr:
    if name in {"integral", "limit", "derivative"}:
        return _calculus(name, arguments)
    values = [expression(argument) for argument in arguments]
    if name in _VARIADIC:
        if not all(value.is_Integer for value in values) and name in {"gcd", "lcm"}:
            raise FormulaError("whole numbers are needed")
        return sp.sympify(_VARIADIC[name](*values) if name in {"max", "min"} else _folded(name, values))
    if name == "log":
        return sp.log(*values) if len(values) == 2 else sp.log(values[0], 10)
    if name == "lg":
        return sp.log(values[0], 10)
    if name == "root" and len(values) == 2:
        return _root(*values)
    if len(values) != 1:
        raise FormulaError("a function with the wrong number of arguments")
    value = values[0]
    if name == "percent":
        return value / 100
    if name == "degree":
        return value * sp.pi / 180
    if name == "factorial":
        if not value.is_Integer or not 0 <= value <= 300:
            raise FormulaError("a factorial of this is not computed here")
        return sp.factorial(value)
    if name == "cbrt" and value.is_number:
        return _root(value, sp.Integer(3))
    if name not in _FUNCTIONS:
        raise FormulaError(f"{name} is not known")
    if name == "exp" and value.is_number and abs(complex(value.evalf(8))) > _MOST_BITS:
        raise FormulaError("too large a number")
    return sp.sympify(_FUNCTIONS[name](value))


def _folded(name: str, values: list[sp.Expr]) -> sp.Expr:
    whole = [int(value) for value in values]
    return sp.Integer(math.gcd(*whole) if name == "gcd" else math.lcm(*whole))


def _root(value: sp.Expr, degree: sp.Expr) -> sp.Expr:
    if not degree.is_Integer or not 2 <= degree <= _HIGHEST_POWER:
        raise FormulaError("a root of a strange degree")
    # The real root: the third root of -8 is -2.
    return sp.real_root(value, degree) if value.is_number else sp.root(value, degree)


def _calculus(name: str, arguments: tuple[Node, ...]) -> sp.Expr:
    body, variable = expression(arguments[0]), arguments[1]
    if not isinstance(variable, Name) or variable.text in _CONSTANTS:
        raise FormulaError("a strange variable")
    over = symbol(variable.text)
    if name == "integral":
        bounds = [expression(bound) for bound in arguments[2:]]
        return sp.Integral(body, (over, *bounds)) if bounds else sp.Integral(body, over)
    if name == "limit":
        return sp.Limit(body, over, expression(arguments[2]), "+-")
    return sp.Derivative(body, over)


_OPERATORS = {"<=": r"\le", ">=": r"\ge", "!=": r"\ne"}
_WEIGHTS = {"+": 1, "-": 1, "*": 2, "/": 4, "^": 4}


def tex(node: Node | Relation) -> str:
    """LaTeX of a formula in the form in which it was written."""
    if isinstance(node, Relation):
        out = tex(node.sides[0])
        for sign, side in zip(node.signs, node.sides[1:], strict=True):
            out += f" {_OPERATORS.get(sign, sign)} {tex(side)}"
        return out
    match node:
        case Number(text):
            return text
        case Name(text):
            return _name_tex(text)
        case Negative(body):
            return "-" + _wrapped(body, 2)
        case Binary("/", left, right):
            return rf"\frac{{{tex(left)}}}{{{tex(right)}}}"
        case Binary("^", left, right):
            return f"{_wrapped(left, 5)}^{{{tex(right)}}}"
        case Binary("*", left, right, implicit):
            sign = "" if implicit and not isinstance(right, Number) else r" \times "
            return f"{_wrapped(left, 2)}{sign}{_wrapped(right, 3)}"
        case Binary(op, left, right):
            return f"{_wrapped(left, 1)} {op} {_wrapped(right, 2)}"
        case Call(name, arguments):
            return _call_tex(name, arguments)
    raise FormulaError("unknown")


def _wrapped(node: Node, weight: int) -> str:
    own = _WEIGHTS[node.op] if isinstance(node, Binary) else 1 if isinstance(node, Negative) else 9
    if weight == 5 and isinstance(node, Call):
        own = 0 if node.name in {"percent", "degree", "factorial"} or node.name in _FUNCTIONS else 9
    text = tex(node)
    return rf"\left({text}\right)" if own < weight else text


def _name_tex(text: str) -> str:
    head, _, index = text.partition("_")
    head = {"oo": r"\infty"}.get(head, head)
    head = head if len(head) == 1 or head.startswith("\\") else "\\" + head
    return f"{head}_{{{index}}}" if index else head


def _call_tex(name: str, arguments: tuple[Node, ...]) -> str:
    inner = [tex(argument) for argument in arguments]
    if name in {"percent", "degree", "factorial"}:
        return _wrapped(arguments[0], 5) + {"percent": r"\%", "degree": r"^{\circ}", "factorial": "!"}[name]
    if name in {"sqrt", "cbrt", "root"}:
        degree = {"sqrt": "", "cbrt": "[3]"}.get(name, f"[{inner[-1]}]")
        return rf"\sqrt{degree}{{{inner[0]}}}"
    if name == "abs":
        return rf"\left|{inner[0]}\right|"
    if name == "integral":
        bounds = f"_{{{inner[2]}}}^{{{inner[3]}}}" if len(inner) == 4 else ""
        return rf"\int{bounds} {_wrapped(arguments[0], 2)} \,d{inner[1]}"
    if name == "limit":
        return rf"\lim_{{{inner[1]} \to {inner[2]}}} {_wrapped(arguments[0], 2)}"
    if name == "derivative":
        return rf"\frac{{d}}{{d{inner[1]}}} {_wrapped(arguments[0], 2)}"
    if name == "log" and len(inner) == 2:
        return rf"\log_{{{inner[1]}}} {_wrapped(arguments[0], 5)}"
    head = rf"\{name}" if name not in {"lcm", "floor", "ceil"} else rf"\operatorname{{{name}}}"
    return rf"{head}\left({', '.join(inner)}\right)"
