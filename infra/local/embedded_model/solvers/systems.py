"""Systems of equations, and formulas solved for one of their letters."""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from embedded_model.solvers.elimination import two_lines
from embedded_model.values.solution import Say, Solution, Step

__all__ = ["rearrange", "solve"]

Pair = tuple[sp.Expr, sp.Expr]


def solve(
    pairs: Sequence[Pair], unknowns: Sequence[sp.Symbol], shown: Sequence[str], say: Say
) -> Solution | None:
    """The common real solutions of polynomial equations, *shown* as they were written."""
    differences = [sp.expand(left - right) for left, right in pairs]
    if not all(difference.is_polynomial(*unknowns) for difference in differences):
        return None
    degrees = [sp.Poly(d, *unknowns).total_degree() if d != 0 else 0 for d in differences]
    if max(degrees) > 3 or len(pairs) > 6:
        return None
    linear = max(degrees) <= 1
    solutions = _linear(differences, unknowns) if linear else _polynomial(differences, unknowns)
    if solutions is None:
        return None
    braces = r"\begin{cases}" + r" \\ ".join(shown) + r"\end{cases}"
    if not linear:
        steps = _substitution(solutions, unknowns, say)
    else:
        steps = two_lines(pairs, unknowns, solutions, say) or _elimination(
            differences, unknowns, solutions, say
        )
    return Solution(
        kind=say(
            "This is a system of linear equations."
            if linear
            else "This is a system of polynomial equations.",
            "这是一个线性方程组。" if linear else "这是一个多项式方程组。",
        ),
        information=say(f"Solve $${braces}$$ over the real numbers.", f"在实数范围内解方程组 $${braces}$$"),
        steps=tuple(steps),
        answer=_answer(solutions, unknowns, say),
        check=_check(pairs, shown, solutions, say),
    )


def rearrange(pair: Pair, wanted: sp.Symbol, shown: str, say: Say) -> Solution | None:
    """*wanted* in terms of the other letters, where the equation is linear in it."""
    difference = sp.expand(pair[0] - pair[1])
    if not difference.is_polynomial(wanted) or sp.degree(difference, wanted) != 1:
        return None
    a, b = difference.coeff(wanted, 1), difference.coeff(wanted, 0)
    value = sp.simplify(-b / a)
    name = sp.latex(wanted)
    condition = (
        say(f" (for ${sp.latex(a)} \\ne 0$)", f"（其中 ${sp.latex(a)} \\ne 0$）") if a.free_symbols else ""
    )
    return Solution(
        kind=say("This is a formula to be solved for one letter.", "这是把公式对一个字母求解。"),
        information=say(f"Solve ${shown}$ for ${name}$.", f"由 ${shown}$ 求 ${name}$。"),
        steps=(
            Step(
                say("Collect the terms", "移项"),
                say(
                    f"Terms with ${name}$ on the left, all others on the right: ${sp.latex(a * wanted)} = {sp.latex(-b)}$.",
                    f"含 ${name}$ 的项移到左边，其余移到右边：${sp.latex(a * wanted)} = {sp.latex(-b)}$。",
                ),
            ),
            Step(
                say("Divide", "系数化为 1"),
                say(f"Divide by ${sp.latex(a)}$", f"两边除以 ${sp.latex(a)}$") + condition + say(".", "。"),
            ),
        ),
        answer=f"{name} = {sp.latex(value)}",
        check=say(
            f"With this ${name}$ the difference of both sides is ${sp.latex(sp.simplify(difference.subs(wanted, value)))}$.",
            f"代回后两边之差为 ${sp.latex(sp.simplify(difference.subs(wanted, value)))}$。",
        ),
    )


def _linear(
    differences: Sequence[sp.Expr], unknowns: Sequence[sp.Symbol]
) -> list[dict[sp.Symbol, sp.Expr]] | None:
    found = sp.linsolve(list(differences), *unknowns)
    if found == sp.EmptySet:
        return []
    return [dict(zip(unknowns, values, strict=True)) for values in found]


def _polynomial(
    differences: Sequence[sp.Expr], unknowns: Sequence[sp.Symbol]
) -> list[dict[sp.Symbol, sp.Expr]] | None:
    if len(differences) < len(unknowns):
        return None
    # Plain symbols: an assumption of reality makes SymPy drop what it cannot decide.
    plain = {unknown: sp.Symbol(unknown.name) for unknown in unknowns}
    try:
        found = sp.solve_poly_system([d.subs(plain) for d in differences], *plain.values())
    except (NotImplementedError, sp.PolynomialError):
        return None
    if found is None:
        return []
    out = []
    for values in found:
        reals = [sp.simplify(value) for value in values]
        if any(value.free_symbols or value.is_real is None for value in reals):
            return None
        if all(value.is_real for value in reals):
            out.append(dict(zip(unknowns, reals, strict=True)))
    return out


def _elimination(
    differences: Sequence[sp.Expr],
    unknowns: Sequence[sp.Symbol],
    solutions: Sequence[dict[sp.Symbol, sp.Expr]],
    say: Say,
) -> list[Step]:
    matrix, right = sp.linear_eq_to_matrix(list(differences), *unknowns)
    reduced = matrix.row_join(right).rref()[0]
    before = matrix.row_join(right)
    steps = [
        Step(
            say("Put the equations in order", "整理方程组"),
            say(
                f"Unknowns in the order ${', '.join(sp.latex(u) for u in unknowns)}$, numbers on the right: $${sp.latex(before)}$$",
                f"未知数按 ${', '.join(sp.latex(u) for u in unknowns)}$ 排列，常数移到右边，写成增广矩阵：$${sp.latex(before)}$$",
            ),
        ),
        Step(
            say("Eliminate", "消元"),
            say(
                f"Add multiples of the equations to one another until each unknown is left in one of them: $${sp.latex(reduced)}$$",
                f"通过方程间的加减消元，使每个方程只剩一个未知数：$${sp.latex(reduced)}$$",
            ),
        ),
    ]
    text = (
        say("The last line reads $0 = 1$: there is no solution.", "最后得到矛盾式 $0 = 1$，方程组无解。")
        if not solutions
        else say("Read the solution off: ", "由此读出解：")
        + f"${_one(solutions[0], unknowns)}$"
        + say(".", "。")
    )
    return [*steps, Step(say("Read off the result", "得出结果"), text)]


def _substitution(
    solutions: Sequence[dict[sp.Symbol, sp.Expr]], unknowns: Sequence[sp.Symbol], say: Say
) -> list[Step]:
    listed = say("; ", "；").join(f"${_one(solution, unknowns)}$" for solution in solutions)
    return [
        Step(
            say("Eliminate unknowns", "消元"),
            say(
                "A Gröbner basis replaces the system by an equivalent one whose last equation has one unknown only.",
                "用 Gröbner 基把方程组化为等价的三角形式，最后一个方程只含一个未知数。",
            ),
        ),
        Step(
            say("Solve and substitute back", "求解并回代"),
            say("The real solutions are: ", "实数解为：") + listed + say(".", "。")
            if solutions
            else say("None of the solutions is real.", "没有实数解。"),
        ),
    ]


def _one(solution: dict[sp.Symbol, sp.Expr], unknowns: Sequence[sp.Symbol]) -> str:
    return r",\ ".join(
        rf"{sp.latex(u)} \in \mathbb{{R}}" if solution[u] == u else f"{sp.latex(u)} = {sp.latex(solution[u])}"
        for u in unknowns
    )


def _answer(solutions: Sequence[dict[sp.Symbol, sp.Expr]], unknowns: Sequence[sp.Symbol], say: Say) -> str:
    if not solutions:
        return rf"\text{{{say('no real solution', '无实数解')}}}"
    if len(solutions) == 1:
        return _one(solutions[0], unknowns)
    names = ", ".join(sp.latex(u) for u in unknowns)
    tuples = ", ".join("(" + ", ".join(sp.latex(s[u]) for u in unknowns) + ")" for s in solutions)
    return rf"({names}) \in \left\{{{tuples}\right\}}"


def _check(
    pairs: Sequence[Pair],
    shown: Sequence[str],
    solutions: Sequence[dict[sp.Symbol, sp.Expr]],
    say: Say,
) -> str:
    if not solutions:
        return say("The equations contradict each other.", "各方程互相矛盾。")
    lines = []
    for solution in solutions:
        for (left, right), text in zip(pairs, shown, strict=False):
            value = sp.simplify(left.subs(solution)), sp.simplify(right.subs(solution))
            if sp.simplify(value[0] - value[1]) != 0:
                raise ValueError("a solution that does not fit")
            lines.append(f"${text}$: ${sp.latex(value[0])} = {sp.latex(value[1])}$")
    return say("Substitute: ", "代入检验：") + say("; ", "；").join(lines) + say(".", "。")
