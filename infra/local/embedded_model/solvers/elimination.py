"""Two linear equations with two unknowns, solved by adding and subtracting as schools do it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sympy as sp

from embedded_model.values.solution import Say, Step

__all__ = ["two_lines"]


def two_lines(
    pairs: Sequence[tuple[sp.Expr, sp.Expr]],
    unknowns: Sequence[sp.Symbol],
    solutions: Sequence[Mapping[sp.Symbol, sp.Expr]],
    say: Say,
) -> list[Step] | None:
    """The steps; ``None`` unless there are two whole-numbered equations, two unknowns and one solution."""
    if len(pairs) != 2 or len(unknowns) != 2 or len(solutions) != 1:
        return None
    x, y = unknowns
    lines = [sp.expand(left - right) for left, right in pairs]
    b, d = (line.coeff(y) for line in lines)
    if not all(number.is_Integer and number != 0 for number in (b, d)) or solutions[0][x].free_symbols:
        return None
    least = sp.ilcm(b, d)
    factors = (sp.Integer(least / b), sp.Integer(least / d))
    scaled = [sp.expand(line * factor) for line, factor in zip(lines, factors, strict=True)]
    rest = sp.expand(scaled[0] - scaled[1])
    x_value, y_value = solutions[0][x], solutions[0][y]
    inserted = sp.Eq(lines[0].subs(x, x_value), 0, evaluate=False).lhs
    return [
        Step(
            say("Make one coefficient equal", "使一个未知数的系数相同"),
            say(
                f"Multiply the first equation by ${factors[0]}$ and the second by ${factors[1]}$, so that ${y}$ has the "
                f"coefficient ${least}$ in both: ${_equation(scaled[0])}$ and ${_equation(scaled[1])}$.",
                f"第一个方程乘 ${factors[0]}$，第二个方程乘 ${factors[1]}$，使 ${y}$ 的系数都是 ${least}$："
                f"${_equation(scaled[0])}$，${_equation(scaled[1])}$。",
            ),
        ),
        Step(
            say(f"Subtract to eliminate ${y}$", f"相减消去 ${y}$"),
            say(
                f"Subtracting the second from the first leaves ${_equation(rest)}$, so ${x} = {sp.latex(x_value)}$.",
                f"两式相减，得 ${_equation(rest)}$，所以 ${x} = {sp.latex(x_value)}$。",
            ),
        ),
        Step(
            say("Substitute back", "回代"),
            say(
                f"With ${x} = {sp.latex(x_value)}$ the first equation reads ${_equation(inserted)}$, so ${y} = {sp.latex(y_value)}$.",
                f"把 ${x} = {sp.latex(x_value)}$ 代入第一个方程，得 ${_equation(inserted)}$，所以 ${y} = {sp.latex(y_value)}$。",
            ),
        ),
    ]


def _equation(difference: sp.Expr) -> str:
    """The terms with unknowns on the left, the number on the right."""
    constant, _ = difference.as_independent(*difference.free_symbols, as_Add=True)
    return f"{sp.latex(difference - constant)} = {sp.latex(-constant)}"
