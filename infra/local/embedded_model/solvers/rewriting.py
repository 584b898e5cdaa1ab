"""Factor, expand and simplify."""

from __future__ import annotations

import sympy as sp

from embedded_model.algebra import objects
from embedded_model.algebra.reading import Reading
from embedded_model.values.phrases import Phrases
from embedded_model.values.solution import Say, Solution, Step

__all__ = ["solve"]

_OBJECTS = r"expressions?|polynomials?|products?|completely|fully|over the integers|factored form|quadratic|by factoring"
_OBJECTS_ZH = r"多项式|代数式|整式|分式|式子|最简|在有理数范围内|在实数范围内"
_FACTOR = Phrases(rf"factori[sz]e|factor|{_OBJECTS}", rf"分解因式|因式分解|{_OBJECTS_ZH}")
_EXPAND = Phrases(rf"expand|multiply out|{_OBJECTS}", rf"展开|去括号|乘开|{_OBJECTS_ZH}")
_SIMPLIFY = Phrases(
    rf"simplify|reduce|combine like terms|collect like terms|simplest form|{_OBJECTS}",
    rf"化简|合并同类项|约分|计算|{_OBJECTS_ZH}",
)
_HIGHEST_DEGREE = 24


def solve(reading: Reading, say: Say) -> Solution | None:
    """Rewrite the one expression of *reading* as its words ask."""
    if len(reading.formulas) != 1 or reading.formulas[0].signs:
        return None
    node = reading.formulas[0].sides[0]
    expr = objects.expression(node)
    names = objects.symbols(expr)
    if not names or expr.has(sp.Integral, sp.Limit, sp.Derivative) or _degree(expr) > _HIGHEST_DEGREE:
        return None
    shown, words = objects.tex(node), reading.words
    if any(word in words for word in ("factor", "分解")):
        return _factor(expr, shown, say) if _FACTOR.command(words) else None
    if any(word in words for word in ("expand", "multiply out", "展开", "去括号", "乘开")):
        return _expand(expr, shown, say) if _EXPAND.command(words) else None
    return _simplify(expr, shown, say) if _SIMPLIFY.understand(words) else None


def _degree(expr: sp.Expr) -> int:
    powers = [abs(int(p.exp)) for p in expr.atoms(sp.Pow) if p.exp.is_Integer]
    return sum(powers)


def _factor(expr: sp.Expr, shown: str, say: Say) -> Solution | None:
    result = sp.factor(expr)
    content, factors = sp.factor_list(expr)
    single = len(factors) == 1 and factors[0][1] == 1 and content == 1
    listed = say(", ", "，").join(f"${sp.latex(factor)}$" for factor, _ in factors)
    steps = [
        Step(
            say("Common factor", "提取公因式"),
            say(
                f"The numbers have the common factor ${sp.latex(content)}$.",
                f"各项系数的公因数是 ${sp.latex(content)}$。",
            ),
        ),
        Step(
            say("Factors", "继续分解"),
            say(
                f"Over the rational numbers the irreducible factors are {listed}.",
                f"在有理数范围内，不可再分的因式有 {listed}。",
            )
            + (say(" It does not factor any further.", "它不能再分解。") if single else ""),
        ),
    ]
    if content == 1:
        steps = steps[1:]
    return _solution(expr, result, shown, steps, say("factored", "因式分解"), say)


def _expand(expr: sp.Expr, shown: str, say: Say) -> Solution | None:
    result = sp.expand(expr)
    steps = [
        Step(
            say("Multiply out", "逐项相乘"),
            say(
                "Multiply every term of one bracket by every term of the other, and combine like terms: ",
                "用一个括号里的每一项乘另一个括号里的每一项，再合并同类项：",
            )
            + f"${shown} = {sp.latex(result)}$"
            + say(".", "。"),
        )
    ]
    return _solution(expr, result, shown, steps, say("expanded", "展开"), say)


def _simplify(expr: sp.Expr, shown: str, say: Say) -> Solution | None:
    rational = expr.is_rational_function(*objects.symbols(expr))
    result = sp.cancel(expr) if rational else sp.simplify(expr)
    steps = [
        Step(
            say("Combine and cancel", "合并、约分"),
            say("Combine like terms and cancel common factors: ", "合并同类项并约去公因式：")
            + f"${shown} = {sp.latex(result, ln_notation=True)}$"
            + say(".", "。"),
        )
    ]
    return _solution(expr, result, shown, steps, say("simplified", "化简"), say)


def _solution(
    expr: sp.Expr, result: sp.Expr, shown: str, steps: list[Step], verb: str, say: Say
) -> Solution | None:
    if sp.simplify(expr - result) != 0:
        return None
    point = {name: sp.Rational(2 * at + 3, 2) for at, name in enumerate(objects.symbols(expr))}
    values = sp.simplify(expr.subs(point)), sp.simplify(result.subs(point))
    where = ", ".join(f"{sp.latex(name)} = {sp.latex(number)}" for name, number in point.items())
    if values[0].has(sp.nan, sp.zoo) or sp.simplify(values[0] - values[1]) != 0:
        return None
    return Solution(
        kind=say(f"This is an expression to be {verb}.", f"这是一道{verb}题。"),
        information=say(f"The expression is ${shown}$.", f"式子是 ${shown}$。"),
        steps=tuple(steps),
        answer=str(sp.latex(result, ln_notation=True)),
        check=say(
            f"For ${where}$ both forms have the value ${sp.latex(values[1])}$, and their difference simplifies to $0$.",
            f"取 ${where}$，两式的值都是 ${sp.latex(values[1])}$，且两式之差化简为 $0$。",
        ),
    )
