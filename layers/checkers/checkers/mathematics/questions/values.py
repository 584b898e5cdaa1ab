"""Questions for a value: computing, simplifying, a value under given equations, expanding and factoring."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.build import build
from checkers.mathematics.formulas.compare import same
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.problem.kinds import is_kind
from checkers.mathematics.problem.notes import shape_of
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.solving.equations import distinct, names_in, possible_values, unknowns

__all__ = ["QUESTIONS", "value_expected"]

MOST_OPERATIONS = 30
"""Numbers with more operations than this are looked at for being rational after all."""

_WHAT = (
    r"(?:what (?:is|are|would be)|what's|find|compute|calculate|evaluate|determine|then|then find|then what is|give|求|试求|则|那么|计算|化简求值|先化简,? ?再求值:?|计算并化简|脱式计算|简便计算|口算|直接写出得数|求值|计算下列各题|递等式计算|怎样简便就怎样算|能简算的要简算|用简便方法计算)"
    r"(?: the)?(?P<how>(?: exact| numerical| simplified| integer| following)*)(?: possible)?(?: values?| result| expression)?(?: of)?(?: the)?(?: value of)?(?: the)?"
    r"(?P<op> sum| product| difference| quotient)?(?: of)?(?: the)?(?: algebraic)?(?: expression| quantity| following)*"
)
_END = (
    r"(?: in your head| equal(?: to)?)?(?P<form> (?:expressed )?(?:as an integer|as a common fraction|as a decimal|as a mixed number|as a fraction|in simplest form|in degrees|in radians|"
    r"in lowest terms|in base[ -]?⟦\d+⟧|as a percent|as a percentage|rounded to the nearest [a-z ]+|to the nearest [a-z ]+))?"
    r"(?: ?(?:的)?(?:值|结果|得数)?(?:是|为|等于|=)?(?:多少)? ?[_(（)） .]*)?"
)


@asked(
    rf"{_WHAT}:? ?<e>{_END}",
    rf"(?:simplify|化简代数式|化简三角有理式|化简|计算并化简)(?: the)?(?: following)?(?: expression| fraction)?(?P<op> product| sum| quotient)?(?P<form2> to a simplified fraction)?:? ?<e>{_END}",
    r"(?:multiply|divide|distribute|subtract|add|reduce|combine|rationalize|simplify)(?:,? (?:or subtract|and divide|and))?(?: and)?(?: simplify)?(?: completely)?(?: the)?(?: following| given| indicated)?(?: expressions?| radicals?| fractions?| polynomials?)?(?: and simplify)? ?<e>",
    r"(?P<radical>rationalize) the denominator(?: of)?(?: the fraction| the expression)?:? ?<e>",
    r"find the (?P<op>product|sum|difference|quotient|square) ?<e>",
    rf"(?:express|write|convert) (?:the )?(?P<op>quotient |sum |product |difference )?<e>{_END}",
    r"(?:(?P<sort>复数)|代数式|式子|算式|表达式|多项式)? ?<e> ?(?:=|等于|的值是|的值为|的值等于|的结果是|的结果为|的值|的计算结果是|的计算结果为|的计算结果|=\?|等于多少|是多少)?(?:多少)? ?[_() .]*",
    r"simplify the following expression in <v>: <e>",
    takes="equations constraints kinds complex",
    words="algebraic denominator multiply divide distribute subtract add reduce combine rationalize completely indicated radical radicals fractions polynomials or square your head simplify simplified convert 复 化简代数式 化简三角有理式",
)
def _computed(ask: Ask) -> Expected:
    """A formula whose names are all given, or that has none."""
    trees = ask.facts.parse_list(ask.formula("e"))
    if len(trees) != 1:
        raise NotUnderstood("several formulas")
    tree = trees[0]
    _check_operation(tree, ask.word("op"))
    ask.word("sort")
    form2 = ask.word("form2")
    if ask.has("v") and str(ask.tree("v").text) not in names_in(tree, ask.facts):
        raise NotUnderstood("another letter")
    if tree.kind == "int" and len(tree.parts) == 2:
        raise NotUnderstood("an antiderivative")
    if tree.kind == "based" or tree.kind in ("rel", "set"):
        raise NotUnderstood("a formula that asks for nothing")
    if tree.kind in ("tuple", "cup", "cap"):
        raise NotUnderstood("a formula that is no number")
    simplify = _REWRITES.search(ask.text) is not None
    values = None if _is_free(tree, ask) else possible_values(tree, ask.facts)
    how = ask.word("how")
    if ask.facts.equations and not _is_connected(tree, ask):
        raise NotUnderstood("an equation that has nothing to do with what is asked")
    if values is None:
        if "integer" in how or ask.has("radical"):
            raise NotUnderstood("an integer that nothing determines")
        return _simplified(ask, tree)
    if "integer" in how:
        values = [value for value in values if is_kind(value, {"integer"})]
    if "complex" in ask.facts.given() and len(unknowns(ask.facts)) > 1 and not _assigned_all(ask):
        raise NotUnderstood("a system in complex numbers")
    form = "simplified" if simplify or "fraction" in form2 + ask.text + ask.notes else ""
    form = "radical" if ask.has("radical") else form
    if len(values) == 1:
        return value_expected(ask, values[0], tree, form)
    if tree.kind == "name" and values:
        method = "substitution"
        return Expected("roots", tuple(values), method, names=(tree.text,))
    raise NotUnderstood("several values")


_REWRITES = re.compile(
    r"simplif|化简|^(?:multiply|divide|distribute|subtract|add|reduce|combine|rationalize)\b"
)


def _is_connected(tree: Node, ask: Ask) -> bool:
    """Whether every equation shares a name with what is asked, or with another one that does."""
    reached = _names(tree, ask)
    groups = [_names(equation.left, ask) | _names(equation.right, ask) for equation in ask.facts.equations]
    while touched := [group for group in groups if group & reached]:
        reached |= set().union(*touched)
        groups = [group for group in groups if group not in touched]
    return not groups


def _names(tree: Node, ask: Ask) -> set[str]:
    """The free names of a formula; of one that is no number, such as a vector, those that it is written with."""
    try:
        return names_in(tree, ask.facts)
    except NotUnderstood:
        written = {tree.text} if tree.kind == "name" else set()
        return written.union(*(_names(part, ask) for part in tree.parts))


def _assigned_all(ask: Ask) -> bool:
    """Whether each equation gives one name a value."""
    return all(equation.left.kind == "name" for equation in ask.facts.equations)


_OPERATIONS = {
    "sum": ("add", "sub", "sum"),
    "difference": ("sub",),
    "product": ("mul", "prod"),
    "quotient": ("div",),
    "square": ("pow",),
}


def _check_operation(tree: Node, word: str) -> None:
    """Raise `NotUnderstood` where the question calls the formula a sum or product and it is none."""
    if word and tree.kind not in _OPERATIONS[word]:
        raise NotUnderstood(f"no {word}")


def _is_free(tree: Node, ask: Ask) -> bool:
    """Whether the formula has names and nothing is given of them: then it is to be simplified."""
    return not ask.facts.equations and bool(build(tree, ask.facts.context()).free_symbols)


_VALUE = re.compile(r"\bvalues? of|的值|求值")
"""A number is asked for: an expression with free letters is then not what is meant."""


def _simplified(ask: Ask, tree: Node) -> Expected:
    if ask.facts.equations or ask.facts.collections or tree.kind == "name":
        raise NotUnderstood("nothing to compute")
    # Where single points are left out, a simpler formula is still the same one.
    if ask.facts.kinds or any(constraint.sign != "!=" for constraint in ask.facts.constraints):
        raise NotUnderstood("a condition under which more can be simplified")
    if _VALUE.search(ask.text):
        raise NotUnderstood("a value that nothing determines")
    value = build(tree, ask.facts.context())
    if value.is_Matrix:
        return Expected("matrix", (value,), "recomputation", question=tree)
    names = (tree.text,) if tree.kind == "apply" else ()
    form = "simplified" if tree.kind not in ("apply", "diff", "int") else ""
    return Expected("expression", (value,), "simplification", names=names, form=form, question=tree)


def value_expected(
    ask: Ask, value: Any, tree: Node | None, form: str = "", method: str = "recomputation"
) -> Expected:
    """One number, in the shape that the problem asks for."""
    shape = shape_of(ask.read, ask.text)
    value = _tidied(value)
    if value.is_Matrix:
        return Expected("matrix", (value,), method, question=tree)
    if value.free_symbols:
        raise NotUnderstood("a value with names")
    names = (tree.text,) if tree is not None and tree.kind == "name" else ()
    if tree is not None and tree.kind == "apply":
        names = (tree.text,)
    if shape.base:
        if tree is not None and _has_bare_digits(tree):
            raise NotUnderstood("digits whose base is not said")
        if not value.is_Integer or value < 1 or shape.decimals is not None:
            raise NotUnderstood("no positive integer for a base")
        return Expected("digits", (value,), method, base=shape.base, question=tree)
    unit = shape.unit
    if unit is not None and unit.dimension == "angle":
        if tree is not None and tree.kind == "name":
            pass
        elif value.has(sp.pi) or value == 0:
            value = value * 180 / sp.pi
        else:
            raise NotUnderstood("an angle that is not given in radians")
    if unit is not None and unit.dimension == "percent":
        value = value * 100
        form = "percent" if re.search(r"\bas a percent", f"{ask.text} {ask.notes}") else form
    expected = Expected("value", (value,), method, names=names, unit=unit, decimals=shape.decimals, form=form)
    return replace(expected, question=tree)


def _has_bare_digits(tree: Node) -> bool:
    """Whether a number of several digits is there that names no base."""
    if tree.kind == "num":
        return len(tree.text) > 1
    return any(_has_bare_digits(part) for part in tree.parts)


def _tidied(value: Any) -> Any:
    """The rational number that a sum of roots of polynomials is, where it is one."""
    if value.is_Matrix or not (value.has(sp.CRootOf, sp.Float) or sp.count_ops(value) > MOST_OPERATIONS):
        return value
    digits = value.evalf(60)
    if abs(sp.im(digits)) > sp.Float(10) ** -40 * (1 + abs(digits)):
        return value
    close = sp.nsimplify(sp.re(digits), rational=True, tolerance=sp.Float(10) ** -40)
    if close.q < 10**9 and same(value, close):
        return close
    return value


@asked(
    r"(?:find|determine|compute|what are) (?:all )?(?:of )?(?:the )?possible (?P<kind>real )?values? (?:of|for) <e>",
    takes="equations constraints kinds",
)
def _all_values(ask: Ask) -> Expected:
    """Every value that an expression can have under what is given."""
    tree = ask.tree("e")
    if ask.kinds() - {"real"}:
        raise NotUnderstood("values of another kind")
    values = [_tidied(value) for value in possible_values(tree, ask.facts)]
    if not ask.facts.equations or any(value.is_Matrix or value.free_symbols for value in values):
        raise NotUnderstood("no values")
    names = (tree.text,) if tree.kind == "name" else ()
    return Expected("roots", tuple(distinct(values)), "substitution", names=names)


@asked(
    r"how much (?:greater|larger|more) than <b> is <a>",
    r"how much (?:greater|larger|more) is <a> than <b>",
    r"by how much does <a> exceed <b>",
    r"how much (?:less|smaller) is <b> than <a>",
    r"<a> ?比 ?<b> ?(?:大|多)(?:多少|几)?[() _]*",
    r"<b> ?比 ?<a> ?(?:小|少)(?:多少|几)?[() _]*",
    words="much greater larger more less smaller than exceed 比 大 小 大多少 小多少 大几 小几",
)
def _how_much_more(ask: Ask) -> Expected:
    """How much one number is above another one; with a fraction or percentage of it two things are meant."""
    trees = ask.tree("a"), ask.tree("b")
    if any(node.kind in ("pct", "mixed", "rel", "list") for node in trees) or ask.facts.given():
        raise NotUnderstood("a part of something, or more is given")
    first, second = (build(tree, ask.facts.context()) for tree in trees)
    gap = first - second
    if gap.free_symbols or not gap.is_real or bool(gap.evalf(40) <= 0):
        raise NotUnderstood("no number above another one")
    return value_expected(ask, gap, None)


@asked(
    r"(?:expand|multiply out|展开)(?: and simplify)?(?: the)?(?: following)?(?: expression| product)?:? ?<e>(?: completely)?",
    r"(?:find|compute|what is) the expansion of <e>",
    words="expand multiply out simplify product 展开",
)
def _expanded(ask: Ask) -> Expected:
    tree = ask.tree("e")
    value = build(tree, ask.facts.context())
    if not value.free_symbols or ask.facts.equations:
        raise NotUnderstood("nothing to expand")
    return Expected("expression", (sp.expand(value),), "expansion", form="expanded", question=tree)


@asked(
    r"(?:factorization|factorisation|factoring) ?:? ?<e> ?=?[() _?]*",
    r"(?:factor|factorize|factorise|因式分解|分解因式|把)(?: the)?(?: following)?(?: expression| polynomial| quadratic)?:? ?<e>(?: completely|分解因式|因式分解)?",
    words="factorization factorisation factoring factor factorize factorise completely quadratic 因式分解 分解因式",
)
def _factored(ask: Ask) -> Expected:
    tree = ask.tree("e")
    value = build(tree, ask.facts.context())
    if not value.free_symbols or not value.is_polynomial() or ask.facts.equations:
        raise NotUnderstood("nothing to factor")
    return Expected("expression", (value,), "factoring", form="factored", question=tree)


QUESTIONS = (
    _computed,
    _all_values,
    _how_much_more,
    _expanded,
    _factored,
)
