"""Questions for the least or greatest value of expressions in several positive numbers."""

from __future__ import annotations

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.build import build
from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.values import value_expected
from checkers.mathematics.solving.equations import names_in
from checkers.mathematics.solving.posynomials import greatest_product, least_sum

__all__ = ["QUESTIONS"]


@asked(
    r"(?:find|what is|compute|determine) the (?P<what>minimum|maximum|least|greatest|smallest|largest)(?: possible)? value (?:of|for) (?:the expression )?<e>",
    r"(?:求 ?)?<e> ?的(?P<what>最小值|最大值)(?:是|为)?[() _]*",
    takes="equations constraints kinds",
)
def _of_positive_numbers(ask: Ask) -> Expected:
    context = ask.facts.context()
    target = build(ask.tree("e"), context)
    names = {str(name) for name in target.free_symbols}
    for equation in ask.facts.equations:
        names |= names_in(equation.left, ask.facts) | names_in(equation.right, ask.facts)
    if not 2 <= len(names) <= 5 or not all(_is_positive(ask, name) for name in names):
        raise NotUnderstood("no positive numbers")
    if any(set(kinds) - {"positive", "real"} for kinds in ask.facts.kinds.values()):
        raise NotUnderstood("numbers of another kind")
    if any(constraint.sign != ">" for constraint in ask.facts.constraints):
        raise NotUnderstood("more is given")
    positive = {name: sp.Symbol(str(name), positive=True) for name in target.free_symbols}
    conditions = []
    for equation in ask.facts.equations:
        difference = build(equation.left, context) - build(equation.right, context)
        positive |= {name: sp.Symbol(str(name), positive=True) for name in difference.free_symbols}
        conditions.append(sp.fraction(sp.together(difference.xreplace(positive)))[0])
    variables = sorted(positive.values(), key=str)
    target = target.xreplace(positive)
    if ask.word("what") in ("minimum", "least", "smallest", "最小值"):
        value = least_sum(target, conditions, variables)
    elif len(conditions) == 1:
        value = greatest_product(target, conditions[0], variables)
    else:
        raise NotUnderstood("no single condition")
    return value_expected(ask, value, None, method="recomputation")


def _is_positive(ask: Ask, name: str) -> bool:
    if "positive" in ask.facts.kinds.get(name, ()):
        return True
    return any(
        constraint.left.kind == "name"
        and constraint.left.text == name
        and constraint.sign == ">"
        and constraint.right.kind == "num"
        and constraint.right.text == "0"
        for constraint in ask.facts.constraints
    )


QUESTIONS = (_of_positive_numbers,)
