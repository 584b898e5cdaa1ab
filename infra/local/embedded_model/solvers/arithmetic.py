"""Expressions without unknowns: computed operation by operation, and once more as a check."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

import sympy as sp

from embedded_model.algebra import objects
from embedded_model.algebra.formula import Binary, Call, Node, Number
from embedded_model.algebra.reading import Reading
from embedded_model.solvers import reduction
from embedded_model.values.phrases import Phrases
from embedded_model.values.solution import Say, Solution, Step

__all__ = ["solve"]

_WORDS = Phrases(
    r"calculate|compute|evaluate|work out|expressions?|simplify|how much|sum|numerically|exactly|"
    r"as a (?:common )?fraction|as a decimal",
    r"计算题|计算|算一算|口算|脱式计算|递等式计算|列式计算|简便计算|化简|求值|算式|算出|算|式子|用简便方法",
)
_PART_OF = re.compile(
    r"(?:(?:what|what's|is|find|calculate|compute|how much)\s+)*\{0\} of \{1\}|(?:求|计算)?\s*\{0\} ?的 ?\{1\}\D*"
)
_MOST_OPERATIONS = 14
_ASK = r"(?:(?:what|what's|is|find|calculate|compute|evaluate|the|value|of)\s+)*"
_ASK_ZH, _END_ZH = r"(?:请?(?:计算|求)?\s*)", r"(?:\s*(?:是|等于)(?:多少|几))?"
_SPOKEN: tuple[tuple[re.Pattern[str], Callable[..., Node]], ...] = (
    (re.compile(rf"{_ASK}square root of \{{0\}}"), lambda node: Call("sqrt", (node,))),
    (re.compile(rf"{_ASK}cube root of \{{0\}}"), lambda node: Call("cbrt", (node,))),
    (re.compile(rf"{_ASK}\{{0\}} (?:squared)"), lambda node: Binary("^", node, Number("2"))),
    (re.compile(rf"{_ASK}\{{0\}} (?:cubed)"), lambda node: Binary("^", node, Number("3"))),
    (
        re.compile(rf"{_ASK}\{{0\}} (?:raised )?to the power of \{{1\}}"),
        lambda base, power: Binary("^", base, power),
    ),
    (re.compile(rf"{_ASK_ZH}\{{0\}}\s?的 ?算术平方根{_END_ZH}"), lambda node: Call("sqrt", (node,))),
    (re.compile(rf"{_ASK_ZH}\{{0\}}\s?的 ?立方根{_END_ZH}"), lambda node: Call("cbrt", (node,))),
    (re.compile(rf"{_ASK_ZH}\{{0\}}\s?的 ?平方{_END_ZH}"), lambda node: Binary("^", node, Number("2"))),
    (re.compile(rf"{_ASK_ZH}\{{0\}}\s?的 ?立方{_END_ZH}"), lambda node: Binary("^", node, Number("3"))),
    (
        re.compile(rf"{_ASK_ZH}\{{0\}}\s?的 ?\{{1\}} ?次[方幂]{_END_ZH}"),
        lambda base, power: Binary("^", base, power),
    ),
)


def solve(reading: Reading, say: Say) -> Solution | None:
    """Compute the one expression of *reading*, or a part (``25% of 80``, ``80 的 25%``) of a number."""
    node = _node(reading)
    if node is None:
        return None
    expr = objects.expression(node)
    if expr.free_symbols or expr.has(sp.Integral, sp.Limit, sp.Derivative) or expr.has(sp.oo, -sp.oo):
        return None
    exact = reduction.value(node)
    return _rational(node, exact, say) if exact is not None else _other(node, expr, say)


def _node(reading: Reading) -> Node | None:
    formulas = reading.formulas
    if any(formula.signs for formula in formulas):
        return None
    if len(formulas) == 1 and "sum" not in reading.words.split() and _WORDS.understand(reading.words):
        return formulas[0].sides[0]
    for pattern, build in _SPOKEN:
        if pattern.fullmatch(reading.skeleton):
            return build(*(formula.sides[0] for formula in formulas))
    if len(formulas) == 2 and _PART_OF.fullmatch(reading.skeleton):
        first, second = formulas[0].sides[0], formulas[1].sides[0]
        parts = [node for node in (first, second) if _is_part(node)]
        chinese = "的" in reading.skeleton
        if parts and (_is_part(second) if chinese else _is_part(first)):
            return Binary("*", first, second)
    return None


def _is_part(node: Node) -> bool:
    return (isinstance(node, Call) and node.name == "percent") or (
        isinstance(node, Binary) and node.op == "/"
    )


def _rational(node: Node, exact: Fraction, say: Say) -> Solution | None:
    decimal = reduction.has_decimal(node)
    done = reduction.operations(node, decimal=decimal)
    shown = objects.tex(node)
    answer = _tex(exact, decimal)
    steps = [
        Step(
            _operation_name(operation.node, say),
            f"${objects.tex(operation.node)} = {_tex(operation.result, decimal)}$",
        )
        for operation in done
    ]
    if len(steps) > _MOST_OPERATIONS:
        steps = [Step(say("Compute in order", "按运算顺序计算"), f"${shown} = {answer}$")]
    again = Fraction(int(objects.expression(node).p), int(objects.expression(node).q))
    if again != exact:
        return None
    also = reduction.decimal_text(exact) if exact.denominator != 1 and not decimal else None
    return Solution(
        kind=say("This is a calculation with numbers.", "这是一道数的计算题。"),
        information=say(
            f"Compute ${shown}$: brackets first, then powers, then multiplication and division, then addition and "
            "subtraction.",
            f"计算 ${shown}$：先算括号，再算乘方，然后乘除，最后加减。",
        ),
        steps=tuple(steps),
        answer=answer,
        check=say(
            f"Computed a second time with exact fractions the result is the same: ${answer}$",
            f"用精确分数再算一遍，结果相同：${answer}$",
        )
        + (f" (${also}$)" if also else "")
        + say(".", "。"),
    )


def _other(node: Node, expr: sp.Expr, say: Say) -> Solution | None:
    value = sp.simplify(expr)
    if value.has(sp.nan, sp.zoo) or value.free_symbols:
        return None
    if not value.is_real and not expr.has(sp.I):
        # The third root of a negative number: a school's answer is real, SymPy's is not.
        return None
    shown = objects.tex(node)
    answer = str(sp.latex(value, ln_notation=True))
    near = [sp.N(part, 12) for part in (expr, value)]
    if abs(complex(near[0]) - complex(near[1])) > 1e-8 * max(1.0, abs(complex(near[0]))):
        return None
    approximate = sp.latex(sp.N(value, 8)) if not value.is_Integer else answer
    return Solution(
        kind=say("This is the value of an expression with numbers.", "这是一道求值题。"),
        information=say(f"Find the exact value of ${shown}$.", f"求 ${shown}$ 的精确值。"),
        steps=(
            Step(
                say("Apply the rules", "运用运算法则"),
                say(
                    "Use the rules for roots, powers and logarithms and the values of the functions at special angles: ",
                    "利用根式、幂、对数的运算法则以及特殊角的函数值：",
                )
                + f"${shown} = {answer}$"
                + say(".", "。"),
            ),
        ),
        answer=answer,
        check=say("Numerically: ", "数值验证：") + rf"${shown} \approx {approximate}$" + say(".", "。"),
    )


def _tex(number: Fraction, decimal: bool) -> str:
    text = reduction.decimal_text(number) if decimal or number.denominator == 1 else None
    if text is not None:
        return text
    sign = "-" if number < 0 else ""
    return rf"{sign}\frac{{{abs(number.numerator)}}}{{{number.denominator}}}"


def _operation_name(node: Node, say: Say) -> str:
    if isinstance(node, Call):
        return say("Percent means hundredths", "百分数化为小数")
    op = node.op if isinstance(node, Binary) else ""
    return {
        "+": say("Add", "加法"),
        "-": say("Subtract", "减法"),
        "*": say("Multiply", "乘法"),
        "/": say("Divide", "除法"),
    }.get(op, say("Raise to the power", "乘方"))
