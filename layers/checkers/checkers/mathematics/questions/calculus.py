"""Questions for derivatives, integrals and limits."""

from __future__ import annotations

from typing import Any

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.build import build, symbol
from checkers.mathematics.formulas.compare import same
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.values import value_expected

__all__ = ["QUESTIONS"]

_FIND = r"(?:find|compute|calculate|determine|what is|evaluate|求|求出|give)"


@asked(
    rf"{_FIND} (?:the )?(?P<order>first |second |third )?derivative of (?:the function )?<e>(?: with respect to <x>)?",
    rf"{_FIND} ?(?:函数)? ?<e> ?的(?P<order>二阶)?(?:导数|导函数)",
    r"(?:求导|求导数|求下列函数的导数):? ?<e>",
    r"differentiate (?:the function )?<e>(?: with respect to <x>)?",
    r"(?:函数 ?)?<e> ?的(?:导数|导函数)(?:是|为)[() _]*",
    words="derivative differentiate respect 导数 导函数 求导 求导数 求下列函数的导数",
)
def _derivative(ask: Ask) -> Expected:
    name, body, names = _function(ask)
    order = {"first": 1, "second": 2, "二阶": 2, "third": 3}.get(ask.word("order"), 1)
    if ask.has("x") and ask.tree("x").text != name:
        raise NotUnderstood("another variable")
    value = sp.diff(body, symbol(name), order)
    return Expected("expression", (value,), "differentiation", names=names)


def _function(ask: Ask) -> tuple[str, Any, tuple[str, ...]]:
    """The variable, the formula, and what its derivative may be called."""
    ask.facts.euler = True
    tree = ask.tree("e")
    names: tuple[str, ...] = ("y'", "f'", "dy/dx")
    if tree.kind == "rel" and tree.text == "=":
        left, tree = tree.parts
        if left.kind == "apply" and len(left.parts) == 1:
            names = (left.text + "'",)
        elif left.kind != "name":
            raise NotUnderstood("no function")
    elif tree.kind == "apply" and tree.text in ask.facts.functions and len(tree.parts) == 1:
        names = (tree.text + "'",)
    body = build(tree, ask.facts.context())
    if len(body.free_symbols) != 1 or ask.facts.equations:
        raise NotUnderstood("no function of one variable")
    return str(next(iter(body.free_symbols))), body, names


@asked(
    r"<d>",
    rf"{_FIND} <d>",
)
def _derivative_at(ask: Ask) -> Expected:
    """`f'(2)` or `f'(x)` of a function that the problem defines."""
    ask.facts.euler = True
    tree = ask.tree("d")
    name = tree.text.rstrip("'")
    order = len(tree.text) - len(name)
    definition = ask.facts.functions.get(name)
    if tree.kind != "apply" or order not in (1, 2, 3) or definition is None or len(definition.arguments) != 1:
        raise NotUnderstood("no derivative")
    if ask.facts.equations or ask.facts.constraints:
        raise NotUnderstood("more is given")
    variable = symbol(definition.arguments[0])
    value = sp.diff(build(definition.body, ask.facts.context()), variable, order)
    at = build(tree.parts[0], ask.facts.context())
    if at == variable:
        return Expected("expression", (value,), "differentiation", names=(tree.text,))
    if value.has(sp.Abs, sp.sign, sp.Max, sp.Min, sp.floor, sp.ceiling, sp.Derivative):
        raise NotUnderstood("a corner that may stand there")
    return value_expected(ask, value.subs(variable, at), None, method="differentiation")


@asked(
    rf"{_FIND} (?:the )?(?P<kind>definite |indefinite )?integral (?:of )?(?:the function )?<e>(?: with respect to <x>| d<y>)?",
    rf"{_FIND} (?:the|an) antiderivative of <e>",
    r"integrate <e>(?: with respect to <x>)?",
    r"(?:求|计算)?(?:不定积分|定积分) ?<e>",
    rf"{_FIND}:? ?<e>",
    words="antiderivative integrate respect 不定积分 定积分",
)
def _integral(ask: Ask) -> Expected:
    ask.facts.euler = True
    tree = ask.tree("e")
    if ask.facts.equations:
        raise NotUnderstood("more is given")
    if ask.has("y") or (ask.has("x") and tree.kind == "int"):
        raise NotUnderstood("a variable beside the formula")
    if ask.word("kind") and (ask.word("kind") == "definite") != (tree.kind == "int" and len(tree.parts) == 4):
        raise NotUnderstood("another integral")
    if tree.kind == "int" and len(tree.parts) == 4:
        value = build(tree, ask.facts.context())
        return value_expected(ask, value, tree, method="integration")
    integrand = tree.parts[1] if tree.kind == "int" else tree
    if tree.kind != "int" and "integra" not in ask.text and "antiderivative" not in ask.text:
        raise NotUnderstood("no integral")
    body = build(integrand, ask.facts.context())
    if tree.kind != "int" and len(body.free_symbols) != 1:
        raise NotUnderstood("no function of one variable")
    name = tree.parts[0].text if tree.kind == "int" else str(next(iter(body.free_symbols)))
    if ask.has("x") and ask.tree("x") != Node("name", text=name):
        raise NotUnderstood("another variable")
    return Expected("antiderivative", (body,), "integration", names=(name,), question=tree)


@asked(
    rf"{_FIND} (?:the )?(?:definite )?integral of <e> from <low> to <high>",
    r"integrate <e> from <low> to <high>",
    words="definite integrate",
)
def _definite(ask: Ask) -> Expected:
    ask.facts.euler = True
    body = build(ask.tree("e"), ask.facts.context())
    ends = [ask.tree(group) for group in ("low", "high")]
    ends = [end.parts[1] if end.kind == "rel" and end.text == "=" else end for end in ends]
    if len(body.free_symbols) != 1 or ask.facts.equations:
        raise NotUnderstood("no function of one variable")
    name = Node("name", text=str(next(iter(body.free_symbols))))
    value = build(Node("int", (name, ask.tree("e"), *ends)), ask.facts.context())
    return value_expected(ask, value, None, method="integration")


@asked(
    rf"{_FIND} (?:the )?limit:? ?(?:of )?<e>",
    rf"{_FIND}:? ?<e>",
    r"(?:求极限|极限) ?:?<e>(?:的值)?(?:是|为|=)?[() _]*",
    rf"{_FIND} the limit of <f> as <x> (?:approaches|tends to|goes to) <a>",
    words="limit approaches tends goes 求极限 极限",
)
def _limit(ask: Ask) -> Expected:
    ask.facts.euler = True
    if ask.facts.equations:
        raise NotUnderstood("more is given")
    tree = _limit_tree(ask)
    if tree.kind != "lim":
        raise NotUnderstood("no limit")
    value = build(tree, ask.facts.context())
    if value in (sp.oo, -sp.oo):
        raise NotUnderstood("no finite limit")
    return value_expected(ask, value, tree, method="limit")


def _limit_tree(ask: Ask) -> Node:
    if ask.has("e"):
        return ask.tree("e")
    return Node("lim", (ask.tree("x"), ask.tree("a"), ask.tree("f")))


@asked(
    r"(?:求)?(?:曲线|函数) ?<e> ?(?:的图[象像])?在点 ?<p> ?处的切线(?:的)?方程(?:是|为)?[() _.]*",
    rf"{_FIND} (?:the )?(?:equation of )?(?:the )?(?:tangent line|line tangent|equation of the tangent line|equation of the line tangent) (?:to|of) (?:the )?(?:graph of |curve |function )?<e> at (?:the point )?<p>",
    words="tangent curve 的图 像 象",
)
def _tangent(ask: Ask) -> Expected:
    ask.facts.euler = True
    name, body, _ = _function(ask)
    variable, height = symbol(name), symbol("y")
    point = ask.tree("p")
    if point.kind == "rel" and point.text == "=" and point.parts[0] == Node("name", text=name):
        at = build(point.parts[1], ask.facts.context())
    elif point.kind == "tuple" and len(point.parts) == 2:
        at = build(point.parts[0], ask.facts.context())
        # The second place may be given as f(a), which says nothing new.
        if point.parts[1].kind != "apply":
            given = build(point.parts[1], ask.facts.context())
            if same(given, body.subs(variable, at)) is not True:
                raise NotUnderstood("a point that is not on the curve")
    else:
        raise NotUnderstood("no point")
    slope, value = sp.diff(body, variable).subs(variable, at), body.subs(variable, at)
    if slope.has(sp.Abs, sp.sign, sp.Max, sp.Min, sp.floor, sp.ceiling, sp.Derivative):
        raise NotUnderstood("a corner that may stand there")
    if slope.has(sp.oo, sp.zoo, sp.nan) or value.has(sp.oo, sp.zoo, sp.nan) or at.free_symbols:
        raise NotUnderstood("no tangent")
    return Expected("equation", (height - slope * (variable - at) - value,), "differentiation")


QUESTIONS = (
    _derivative,
    _derivative_at,
    _integral,
    _definite,
    _limit,
    _tangent,
)
