"""Equations with roots, quotients, absolute values, powers and logarithms of the unknown."""

from __future__ import annotations

import sympy as sp

from embedded_model.solvers.polynomial import roots_tex
from embedded_model.values.solution import Say, Solution, Step

__all__ = ["solve"]

_MOST_ROOTS = 8


def solve(left: sp.Expr, right: sp.Expr, unknown: sp.Symbol, shown: str, say: Say) -> Solution | None:
    """The real solutions of *left* = *right*, when there are finitely many and each one fits when substituted."""
    found = sp.solveset(left - right, unknown, sp.S.Reals)
    if found == sp.EmptySet:
        # SymPy's empty set also comes out where it lost its way: nothing here can check it.
        return None
    if not isinstance(found, sp.FiniteSet) or len(found) > _MOST_ROOTS:
        return None
    if found.has(sp.CRootOf, sp.LambertW):
        # True, but no school's answer.
        return None
    roots = sorted(found, key=lambda root: sp.N(root))
    lines = []
    for root in roots:
        values = sp.simplify(left.subs(unknown, root)), sp.simplify(right.subs(unknown, root))
        if values[0] != values[1] and sp.simplify(values[0] - values[1]) != 0:
            return None
        lines.append(f"${sp.latex(unknown)} = {_tex(root)}$: ${_tex(values[0])} = {_tex(values[1])}$")
    name = sp.latex(unknown)
    return Solution(
        kind=say(
            f"This is an equation in ${name}$ that is not polynomial.", f"这是关于 ${name}$ 的非整式方程。"
        ),
        information=say(f"Solve ${shown}$ over the real numbers.", f"在实数范围内解 ${shown}$。"),
        steps=(
            Step(
                say("Where it is defined", "确定定义域"),
                say(
                    "Denominators must not be zero, what is under an even root must not be negative, and what a logarithm "
                    "is taken of must be positive; candidates that break this are dropped.",
                    "分母不为零，偶次根号下不为负，对数的真数为正；不满足的候选值要舍去。",
                ),
            ),
            Step(
                say("Isolate the unknown", "化简求解"),
                say(
                    f"Undo the functions one after the other; the candidates are ${', '.join(_tex(r) for r in roots)}$.",
                    f"逐层化去函数与分母，得到候选解 ${', '.join(_tex(r) for r in roots)}$。",
                ),
            ),
        ),
        answer=roots_tex(unknown, roots, say),
        check=say("Substitute: ", "代入原方程检验：") + say("; ", "；").join(lines) + say(".", "。"),
    )


def _tex(value: sp.Expr) -> str:
    return str(sp.latex(value, ln_notation=True))
