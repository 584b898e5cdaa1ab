"""Inequalities in one unknown whose sides are polynomials or quotients of them."""

from __future__ import annotations

from itertools import pairwise

import sympy as sp

from embedded_model.algebra import objects
from embedded_model.algebra.formula import Name
from embedded_model.algebra.reading import Reading
from embedded_model.values.phrases import Phrases
from embedded_model.values.solution import Say, Solution, Step

__all__ = ["solve"]

_WORDS = Phrases(
    r"solve|inequalit(?:y|ies)|solutions?|set|system|compound|satisf(?:y|ies)|over|numbers?|interval notation|"
    r"in interval notation|express|write",
    r"解不等式组|解不等式|不等式组|不等式|求解|解集|解|满足|实数|取值范围|范围",
)
_RELATIONS = {"<": sp.Lt, ">": sp.Gt, "<=": sp.Le, ">=": sp.Ge}
_HIGHEST_DEGREE = 8


def solve(reading: Reading, say: Say) -> Solution | None:
    """The set of all real numbers that fulfil every inequality of *reading*."""
    if not _WORDS.understand(reading.words):
        return None
    relations = [formula for formula in reading.formulas if formula.signs]
    others = [formula.sides[0] for formula in reading.formulas if not formula.signs]
    if not relations or not all(isinstance(node, Name) for node in others):
        return None
    pairs = [
        (sign, objects.expression(first), objects.expression(second))
        for relation in relations
        for sign, first, second in zip(relation.signs, relation.sides, relation.sides[1:], strict=False)
    ]
    names = {name for _, left, right in pairs for name in (left - right).free_symbols}
    if len(names) != 1 or not all(sign in _RELATIONS for sign, _, _ in pairs):
        return None
    unknown = names.pop()
    if any(objects.symbol(node.text) != unknown for node in others if isinstance(node, Name)):
        return None
    return _solved(pairs, unknown, [objects.tex(relation) for relation in relations], say)


def _solved(
    pairs: list[tuple[str, sp.Expr, sp.Expr]], unknown: sp.Symbol, shown: list[str], say: Say
) -> Solution | None:
    sets: list[sp.Set] = []
    steps: list[Step] = []
    name = sp.latex(unknown)
    for sign, left, right in pairs:
        quotient = sp.together(left - right)
        top, bottom = sp.fraction(quotient)
        if not all(_is_low_polynomial(part, unknown) for part in (top, bottom)):
            return None
        found = sp.solve_univariate_inequality(_RELATIONS[sign](quotient, 0), unknown, relational=False)
        zeros = _zeros((top, bottom), unknown)
        if any(not _agrees(sign, left, right, unknown, found, point) for point in _samples(zeros)):
            return None
        sets.append(found)
        steps += _steps(sign, quotient, zeros, found, name, say)
    whole = sp.Intersection(*sets)
    if not isinstance(whole, (sp.Interval, sp.Union, sp.FiniteSet)) and whole not in (
        sp.S.EmptySet,
        sp.S.Reals,
    ):
        return None
    if len(pairs) > 1:
        steps.append(
            Step(
                say("Common part", "取公共部分"),
                say(
                    f"All conditions hold at once on the common part: ${_set(whole)}$.",
                    f"各不等式解集的公共部分是 ${_set(whole)}$。",
                ),
            )
        )
    return Solution(
        kind=say(
            f"This is an inequality in ${name}$."
            if len(pairs) == 1
            else f"These are inequalities in ${name}$ that hold together.",
            f"这是关于 ${name}$ 的不等式" + ("。" if len(pairs) == 1 else "组。"),
        ),
        information=say(
            f"Solve ${', '.join(shown)}$ over the real numbers.", f"在实数范围内解 ${'，'.join(shown)}$。"
        ),
        steps=tuple(steps),
        answer=_answer(whole, unknown),
        check=say(
            "A number from each interval between the zeros, and the zeros themselves, were put into the inequality: it "
            "holds exactly on this set.",
            "在零点分成的每个区间内各取一数，并连同零点一起代入原不等式检验：恰在此集合上成立。",
        ),
    )


def _is_low_polynomial(part: sp.Expr, unknown: sp.Symbol) -> bool:
    """Whether *part* is a polynomial in *unknown* of a degree that is solved here."""
    if not part.is_polynomial(unknown):
        return False
    return not part.has(unknown) or sp.degree(part, unknown) <= _HIGHEST_DEGREE


def _zeros(parts: tuple[sp.Expr, sp.Expr], unknown: sp.Symbol) -> list[sp.Expr]:
    """The real zeros of numerator and denominator, in order."""
    found = {root for part in parts if part.has(unknown) for root in sp.real_roots(sp.Poly(part, unknown))}
    return sorted(found, key=lambda root: root.evalf())


def _steps(
    sign: str, quotient: sp.Expr, zeros: list[sp.Expr], found: sp.Set, name: str, say: Say
) -> list[Step]:
    sign_tex = {"<=": r"\le", ">=": r"\ge"}.get(sign, sign)
    factored = sp.latex(sp.factor(quotient))
    listed = ", ".join(sp.latex(zero) for zero in zeros)
    return [
        Step(
            say("Everything on one side", "移项"),
            say(
                f"Compare with zero, and factor: ${factored} {sign_tex} 0$.",
                f"移项并分解：${factored} {sign_tex} 0$。",
            ),
        ),
        Step(
            say("Zeros", "求零点"),
            say(
                f"The sign can change only at ${listed}$."
                if zeros
                else "There is no zero, so the sign never changes.",
                f"只有在 ${listed}$ 处才可能变号。" if zeros else "没有零点，符号不变。",
            ),
        ),
        Step(
            say("Signs between them", "判断符号"),
            say(
                f"Testing each interval gives ${name} \\in {_set(found)}$.",
                f"逐段判断符号，得 ${name} \\in {_set(found)}$。",
            ),
        ),
    ]


def _samples(zeros: list[sp.Expr]) -> list[sp.Expr]:
    if not zeros:
        return [sp.Integer(0)]
    between = [(first + second) / 2 for first, second in pairwise(zeros)]
    return [zeros[0] - 1, *zeros, *between, zeros[-1] + 1]


def _agrees(
    sign: str, left: sp.Expr, right: sp.Expr, unknown: sp.Symbol, found: sp.Set, point: sp.Expr
) -> bool:
    value = sp.simplify((left - right).subs(unknown, point))
    if value.has(sp.zoo, sp.nan):
        return not bool(found.contains(point))
    holds = {"<": value < 0, ">": value > 0, "<=": value <= 0, ">=": value >= 0}[sign]
    return bool(holds) == bool(found.contains(point))


def _set(found: sp.Set) -> str:
    return str(sp.latex(found))


def _answer(found: sp.Set, unknown: sp.Symbol) -> str:
    name = sp.latex(unknown)
    if isinstance(found, sp.Interval):
        low, high = sp.latex(found.start), sp.latex(found.end)
        left, right = ("<" if found.left_open else r"\le"), ("<" if found.right_open else r"\le")
        if found.start == -sp.oo and found.end != sp.oo:
            return f"{name} {right} {high}"
        if found.end == sp.oo and found.start != -sp.oo:
            return f"{name} {'>' if found.left_open else chr(92) + 'ge'} {low}"
        if found.start != -sp.oo:
            return f"{low} {left} {name} {right} {high}"
    if found == sp.S.EmptySet:
        return r"\varnothing"
    return rf"{name} \in {_set(found)}"
