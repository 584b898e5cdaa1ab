"""The value of an expression under equations: if x + y = 12 and x - y = 8, what is 2x - xy?"""

from __future__ import annotations

import re

import sympy as sp

from embedded_model.algebra import objects
from embedded_model.algebra.formula import Name, Relation
from embedded_model.algebra.reading import Reading
from embedded_model.values.phrases import Phrases
from embedded_model.values.solution import Say, Solution, Step

__all__ = ["solve"]

_WORDS = Phrases(
    r"if|given that|suppose that|suppose|let|when|then|evaluate|compute|calculate|equal|equals|does|expression|real",
    r"如果|若|已知|设|当|时|那么|则|求|计算|等于|代数式|式子|实数",
)
_ASKED = re.compile(r"\b(?:what|find|evaluate|compute|calculate|determine)\b|求|计算|多少|几")
_MOST_UNKNOWNS = 3
_MOST_EQUATIONS = 3
_HIGHEST_DEGREE = 3
# A letter before a bracket that is more likely a function than a factor.
_FUNCTIONS = frozenset({"f", "g", "h"})


def solve(reading: Reading, say: Say) -> Solution | None:
    """The one value that the last formula has, whatever solution of the equations is taken."""
    if (
        not _WORDS.understand(reading.words)
        or not _ASKED.search(reading.skeleton)
        or len(reading.formulas) < 2
    ):
        return None
    *told, wanted = reading.formulas
    if wanted.signs or any(set(relation.signs) != {"="} or len(relation.sides) != 2 for relation in told):
        return None
    if isinstance(wanted.sides[0], Name) or len(told) > _MOST_EQUATIONS:
        return None
    equations = [objects.expression(r.sides[0]) - objects.expression(r.sides[1]) for r in told]
    asked = objects.expression(wanted.sides[0])
    unknowns = sorted(
        {s for side in [*equations, asked] for s in side.free_symbols}, key=lambda s: str(s.name)
    )
    if not unknowns or len(unknowns) > _MOST_UNKNOWNS or {s.name for s in unknowns} & _FUNCTIONS:
        return None
    if not asked.free_symbols or not all(
        asked.free_symbols & e.free_symbols or e.free_symbols for e in equations
    ):
        return None
    value = _value(equations, asked, unknowns)
    return _written(told, wanted, value, say) if value is not None else None


def _value(equations: list[sp.Expr], asked: sp.Expr, unknowns: list[sp.Symbol]) -> sp.Expr | None:
    """The value of *asked* at every solution, real or not; ``None`` where it has several, or none."""
    free = {symbol: sp.Symbol(f"{symbol.name}_") for symbol in unknowns}
    polynomials = []
    for equation in equations:
        numerator, _ = sp.fraction(sp.together(equation))
        poly = sp.Poly(numerator, *unknowns) if numerator.is_polynomial(*unknowns) else None
        if poly is None or poly.total_degree() > _HIGHEST_DEGREE or poly.is_zero:
            return None
        polynomials.append(poly.as_expr().xreplace(free))
    found = sp.solve(polynomials, list(free.values()), dict=True)
    values = set()
    for solution in found:
        if any(sp.simplify(e.xreplace(free).subs(solution)) != 0 for e in equations):
            # A denominator vanishes there.
            continue
        values.add(sp.nsimplify(sp.simplify(asked.xreplace(free).subs(solution))))
    if len(values) != 1:
        return None
    value = values.pop()
    return value if not value.free_symbols and value.is_real and value.is_finite else None


def _written(told: list[Relation], wanted: Relation, value: sp.Expr, say: Say) -> Solution:
    shown = say(" and ", "，").join(f"${objects.tex(relation)}$" for relation in told)
    expression, result = objects.tex(wanted), sp.latex(value, ln_notation=True)
    return Solution(
        kind=say("The value of an expression under equations is asked for.", "已知等式，求代数式的值。"),
        information=say(f"Given {shown}; find ${expression}$.", f"已知 {shown}，求 ${expression}$ 的值。"),
        steps=(
            Step(
                say("Solve for the unknowns", "求未知数"),
                say(f"Solve {shown}.", f"由 {shown} 求出未知数（或它们之间的关系）。"),
            ),
            Step(
                say("Substitute", "代入求值"),
                say(
                    f"Every solution gives the same value: ${expression} = {result}$.",
                    f"代入得 ${expression} = {result}$，各组解的结果相同。",
                ),
            ),
        ),
        answer=str(result),
        check=say(
            f"All solutions of the equations were put into ${expression}$; each gives ${result}$.",
            f"把方程的每一组解代入 ${expression}$，结果都是 ${result}$。",
        ),
    )
