"""Equations in one unknown whose sides are polynomials: linear, quadratic, and higher ones that factor."""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from embedded_model.values.solution import Say, Solution, Step

__all__ = ["roots_tex", "solve"]

_HIGHEST_DEGREE = 8
_NAMES = {
    1: ("a linear equation", "一元一次方程"),
    2: ("a quadratic equation", "一元二次方程"),
    3: ("a cubic equation", "一元三次方程"),
}


def solve(left: sp.Expr, right: sp.Expr, unknown: sp.Symbol, shown: str, say: Say) -> Solution | None:
    """The real solutions of *left* = *right*; *shown* is the equation as it was written (LaTeX)."""
    difference = sp.expand(left - right)
    if not difference.is_polynomial(unknown):
        return None
    poly = sp.Poly(difference, unknown)
    if not poly.domain.is_ZZ and not poly.domain.is_QQ:
        return None
    degree = poly.degree()
    if poly.is_zero or degree == 0:
        return _without_unknown(difference, unknown, shown, say)
    if degree > _HIGHEST_DEGREE:
        return None
    # Whole coefficients without a common divisor, the leading one positive.
    poly = sp.Poly(poly.clear_denoms()[1].primitive()[1], unknown)
    poly = -poly if poly.LC() < 0 else poly
    standard = f"{sp.latex(poly.as_expr())} = 0"
    name = _NAMES.get(degree, (f"an equation of degree {degree}", f"一元 {degree} 次方程"))
    steps: list[Step]
    roots: list[sp.Expr] | None
    if degree == 1:
        steps, roots = _linear(unknown, left, right, say)
    elif degree == 2:
        steps, roots = _quadratic(poly, unknown, standard, say)
    else:
        steps, roots = _higher(poly, unknown, standard, say)
    if roots is None or not all(_fits(left, right, unknown, root) for root in roots):
        return None
    return Solution(
        kind=say(f"This is {name[0]} in ${unknown}$.", f"这是关于 ${unknown}$ 的{name[1]}。"),
        information=say(f"Solve ${shown}$ over the real numbers.", f"在实数范围内解方程 ${shown}$。"),
        steps=tuple(steps),
        answer=roots_tex(unknown, roots, say),
        check=_check(left, right, unknown, roots, say),
    )


def roots_tex(unknown: sp.Symbol, roots: Sequence[sp.Expr], say: Say) -> str:
    """Roots as an answer: ``x = 1`` or ``x_1 = -3,\\ x_2 = 1``; a sentence where there is none."""
    name = sp.latex(unknown)
    if not roots:
        return rf"\text{{{say('no real solution', '无实数解')}}}"
    if len(roots) == 1:
        return f"{name} = {_tex(roots[0])}"
    if "_" in name:
        return rf"{name} \in \left\{{{', '.join(_tex(root) for root in roots)}\right\}}"
    return r",\ ".join(f"{name}_{{{at}}} = {_tex(root)}" for at, root in enumerate(roots, start=1))


def _tex(value: sp.Expr) -> str:
    return str(sp.latex(value, ln_notation=True))


def _without_unknown(value: sp.Expr, unknown: sp.Symbol, shown: str, say: Say) -> Solution:
    always = value == 0
    name = sp.latex(unknown)
    return Solution(
        kind=say("This is an equation from which the unknown drops out.", "这是一个化简后未知数消去的方程。"),
        information=say(f"Solve ${shown}$.", f"解方程 ${shown}$。"),
        steps=(
            Step(
                say("Bring everything to one side", "移项合并"),
                say(
                    f"All terms with ${name}$ cancel; what is left is ${_tex(value)} = 0$.",
                    f"含 ${name}$ 的项全部抵消，剩下 ${_tex(value)} = 0$。",
                ),
            ),
        ),
        answer=rf"{name} \in \mathbb{{R}}" if always else roots_tex(unknown, (), say),
        check=say(
            "The statement left is true whatever the unknown is."
            if always
            else "The statement left is false, so no value fits.",
            "剩下的等式恒成立。" if always else "剩下的等式不成立，所以没有解。",
        ),
    )


def _linear(unknown: sp.Symbol, left: sp.Expr, right: sp.Expr, say: Say) -> tuple[list[Step], list[sp.Expr]]:
    expanded = sp.expand(left - right)
    a, b = expanded.coeff(unknown, 1), expanded.coeff(unknown, 0)
    root = -b / a
    name = sp.latex(unknown)
    collected = f"{_tex(a * unknown)} = {_tex(-b)}"
    steps = [
        Step(
            say("Collect the unknown on one side", "移项、合并同类项"),
            say(
                f"Move the terms with ${name}$ to the left and the numbers to the right, each with its sign changed, "
                f"and combine them: ${collected}$.",
                f"把含 ${name}$ 的项移到左边，常数移到右边（移项要变号），合并得 ${collected}$。",
            ),
        )
    ]
    if a != 1:
        steps.append(
            Step(
                say("Divide by the coefficient", "系数化为 1"),
                say(
                    f"Divide both sides by ${_tex(a)}$: ${name} = {_tex(root)}$.",
                    f"两边同时除以 ${_tex(a)}$，得 ${name} = {_tex(root)}$。",
                ),
            )
        )
    return steps, [root]


def _quadratic(
    poly: sp.Poly, unknown: sp.Symbol, standard: str, say: Say
) -> tuple[list[Step], list[sp.Expr]]:
    a, b, c = poly.all_coeffs() if poly.degree() == 2 else (0, 0, 0)
    name = sp.latex(unknown)
    delta = b**2 - 4 * a * c
    # b may be negative, and a square of it without brackets would be another number.
    squared = f"({b})^2" if b < 0 else f"{b}^2"
    times_c = f"({c})" if c < 0 else f"{c}"
    steps = [
        Step(
            say("Standard form", "化为一般形式"),
            say(
                f"With everything on one side the equation is ${standard}$, so the coefficients of ${name}^2$ "
                f"and ${name}$ and the constant term are $a = {a}$, $b = {b}$, $c = {c}$.",
                f"把所有项移到一边得 ${standard}$，其中二次项系数 $a = {a}$，一次项系数 $b = {b}$，常数项 $c = {c}$。",
            ),
        ),
        Step(
            say("The discriminant", "计算判别式"),
            say(
                rf"$\Delta = b^2 - 4ac = {squared} - 4 \times {a} \times {times_c} = {delta}$; ",
                rf"$\Delta = b^2 - 4ac = {squared} - 4 \times {a} \times {times_c} = {delta}$，",
            )
            + _discriminant_means(delta, say),
        ),
    ]
    if delta < 0:
        return steps, []
    roots = sorted(
        {(-b - sp.sqrt(delta)) / (2 * a), (-b + sp.sqrt(delta)) / (2 * a)}, key=lambda r: r.evalf()
    )
    roots = [sp.together(sp.expand(sp.radsimp(root))) for root in roots]
    steps.append(_way_to_the_roots(poly, unknown, delta, say))
    steps.append(
        Step(
            say("The roots", "求出方程的根"),
            say("Each gives a root: ", "于是得到：") + f"${roots_tex(unknown, roots, say)}$" + say(".", "。"),
        )
    )
    return steps, roots


def _way_to_the_roots(poly: sp.Poly, unknown: sp.Symbol, delta: sp.Expr, say: Say) -> Step:
    """The step that finds the roots: by factoring where the discriminant is a square, else by the formula."""
    if sp.sqrt(delta).is_Integer:
        factored = _tex(sp.factor(poly.as_expr()))
        parts = say(" or ", " 或 ").join(
            f"${_tex(factor)} = 0$" for factor, _ in sp.factor_list(poly.as_expr())[1] if factor.has(unknown)
        )
        return Step(
            say("Factor", "因式分解"),
            say(
                f"The left side factors: ${factored} = 0$. A product is zero only where a factor is zero: {parts}.",
                f"左边因式分解得 ${factored} = 0$。乘积为零，则至少有一个因式为零：{parts}。",
            ),
        )
    a, b, _ = poly.all_coeffs()
    formula = rf"{sp.latex(unknown)} = \frac{{-b \pm \sqrt{{\Delta}}}}{{2a}}"
    value = rf"\frac{{{-b} \pm \sqrt{{{delta}}}}}{{{2 * a}}}"
    return Step(
        say("The quadratic formula", "用求根公式"),
        say(
            f"The left side does not factor over the rational numbers, so use the formula: ${formula} = {value}$.",
            f"左边在有理数范围内不能分解，用求根公式：${formula} = {value}$。",
        ),
    )


def _discriminant_means(delta: sp.Expr, say: Say) -> str:
    if delta > 0:
        return say(
            "it is positive, so there are two different real roots.",
            "判别式大于零，方程有两个不相等的实数根。",
        )
    if delta == 0:
        return say("it is zero, so there is one double real root.", "判别式等于零，方程有两个相等的实数根。")
    return say("it is negative, so there is no real root.", "判别式小于零，方程没有实数根。")


def _higher(
    poly: sp.Poly, unknown: sp.Symbol, standard: str, say: Say
) -> tuple[list[Step], list[sp.Expr] | None]:
    factors = [factor for factor, _ in sp.factor_list(poly.as_expr())[1]]
    roots: set[sp.Expr] = set()
    for factor in factors:
        part = sp.Poly(factor, unknown)
        if part.degree() > 2:
            found = sp.roots(part, multiple=True) if _is_binomial(part) else None
            if found is None or len(found) != part.degree():
                return [], None
        else:
            found = sp.roots(part, multiple=True)
        roots |= {root for root in found if root.is_real}
        if any(root.is_real is None for root in found):
            return [], None
    ordered = sorted(roots, key=lambda r: r.evalf())
    factored = _tex(sp.factor(poly.as_expr()))
    parts = say("; ", "；").join(
        f"${_tex(factor)} = 0$: "
        + (
            say("real: ", "实根：")
            + "$"
            + ",\\ ".join(_tex(r) for r in ordered if factor.subs(unknown, r).equals(0))
            + "$"
            if any(factor.subs(unknown, r).equals(0) for r in ordered)
            else say("no real root", "无实根")
        )
        for factor in factors
    )
    return [
        Step(
            say("Standard form", "化为一般形式"),
            say(f"With everything on one side: ${standard}$.", f"把所有项移到一边：${standard}$。"),
        ),
        Step(
            say("Factor", "因式分解"),
            say(f"The left side factors: ${factored} = 0$.", f"左边因式分解得 ${factored} = 0$。"),
        ),
        Step(
            say("Solve each factor", "逐个求解"),
            say(
                f"A product is zero only where a factor is zero: {parts}.",
                f"乘积为零，则某个因式为零：{parts}。",
            ),
        ),
    ], ordered


def _is_binomial(poly: sp.Poly) -> bool:
    """x^n = c, whose roots have a plain form."""
    return len(poly.terms()) == 2 and poly.eval(0) != 0


def _fits(left: sp.Expr, right: sp.Expr, unknown: sp.Symbol, root: sp.Expr) -> bool:
    return bool(sp.simplify(sp.expand((left - right).subs(unknown, root))) == 0)


def _check(left: sp.Expr, right: sp.Expr, unknown: sp.Symbol, roots: Sequence[sp.Expr], say: Say) -> str:
    name = sp.latex(unknown)
    if not roots:
        return say("The left side is never equal to the right side.", "对任何实数，左右两边都不相等。")
    lines = []
    for root in roots:
        value_left = sp.simplify(sp.expand(left.subs(unknown, root)))
        value_right = sp.simplify(sp.expand(right.subs(unknown, root)))
        lines.append(
            say(
                f"${name} = {_tex(root)}$: the left side is ${_tex(value_left)}$, the right side ${_tex(value_right)}$",
                f"${name} = {_tex(root)}$ 时，左边 $= {_tex(value_left)}$，右边 $= {_tex(value_right)}$",
            )
        )
    return (
        say("Substitute into the equation. ", "代入原方程检验：")
        + say("; ", "；").join(lines)
        + say(". Both sides agree.", "，左右相等。")
    )
