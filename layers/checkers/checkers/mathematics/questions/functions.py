"""Questions about functions and polynomials: domain, inverse, zeros of denominators, extremes, coefficients."""

from __future__ import annotations

from typing import Any

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.build import build, symbol
from checkers.mathematics.formulas.compare import is_real, same
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.problem.facts import Relation
from checkers.mathematics.questions.equations import of_numbers
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.values import value_expected
from checkers.mathematics.solving.inequalities import domain_of, pieced_together
from checkers.mathematics.solving.polynomials import polynomial_roots
from checkers.mathematics.solving.roots import candidates

__all__ = ["QUESTIONS"]

_WHAT = r"(?:what is|what are|find|compute|determine|calculate|give|state|求|求函数)"
_FUNCTION = r"(?:the )?(?P<kind>real-valued |real )?(?:function|expression)?(?: given by| defined by)?"


def body_of(tree: Node, ask: Ask) -> tuple[str, Node]:
    """The variable and the formula of `f(x) = ...`, `y = ...`, `f(x)` that is defined, or a bare expression."""
    if tree.kind == "rel" and tree.text == "=":
        left, right = tree.parts
        if left.kind == "apply" and len(left.parts) == 1 and left.parts[0].kind == "name":
            return left.parts[0].text, right
        if left.kind == "name" and len(build(right, ask.facts.context()).free_symbols) == 1:
            return str(next(iter(build(right, ask.facts.context()).free_symbols))), right
        raise NotUnderstood("no function")
    if tree.kind == "apply" and tree.text in ask.facts.functions:
        definition = ask.facts.functions[tree.text]
        if len(definition.arguments) == 1 and tree.parts == (Node("name", text=definition.arguments[0]),):
            return definition.arguments[0], definition.body
        raise NotUnderstood("no function")
    if tree.kind == "name" and tree.text in ask.facts.functions:
        definition = ask.facts.functions[tree.text]
        return definition.arguments[0], definition.body
    names = set(_names(tree)) - {"e"}
    if len(names) != 1:
        raise NotUnderstood("no function of one variable")
    return names.pop(), tree


def _names(tree: Node) -> list[str]:
    found = [tree.text] if tree.kind == "name" else []
    for part in tree.parts:
        found += _names(part)
    return found


def _only_function(ask: Ask) -> tuple[str, Node]:
    """The variable and the formula of the one function that the problem defines."""
    if len(ask.facts.functions) != 1:
        raise NotUnderstood("no function, or several")
    definition = ask.facts.functions[next(iter(ask.facts.functions))]
    if len(definition.arguments) != 1:
        raise NotUnderstood("a function of several variables")
    return definition.arguments[0], definition.body


_MEANT = (
    r"(?:the )?(?:algebraic |square root |radical )?(?:expression |fraction |function |formula )?<e> (?:is|to be|has|have) (?:a )?"
    r"(?P<defined>meaningful value|meaningful|well-defined|defined)(?P<over> (?:in|over|for|within) the (?:set of )?real numbers?(?: system| range)?)?"
)
_RANGE = (
    r"(?:what is |find |determine )?(?:the )?(?:value range|range|range of (?:possible )?values|possible values|condition|values) (?:of|for|that) "
    r"(?:the )?(?:independent )?(?:variable )?(?P<kind>real numbers? )?(?:for )?<x>(?: must satisfy| should satisfy)?(?: is| are)? ?[() _?]*"
)
_MEANT_ZH = (
    r"(?:代数式|分式|二次根式|式子|根式|函数)? ?<e> ?(?P<over>在实数范围内|在实数范围)?(?P<defined>有意义)"
)


@asked(
    rf"{_WHAT} the domain of {_FUNCTION} ?<e>",
    rf"(?:specify|what is|find) the domain for {_FUNCTION} ?<e>",
    r"(?:函数 ?)?<e> ?的定义域(?:是|为)?[() _]*",
    r"for what (?P<kind>real )?values of <x> is (?:the expression )?<e> (?P<defined>defined|a real number)",
    rf"(?P<over2>in the real number (?:system|range),? )?(?:if |when |to make )?{_MEANT},? (?:then )?{_RANGE}",
    r"when (?:does|is) (?:the )?(?:expression |fraction )?<e> (?:have )?(?:a )?(?P<defined>meaningful value|meaningful|defined)(?P<over> in the real number (?:range|system))?",
    r"(?:what is |find )the (?:condition (?:for|under which)|meaningful condition (?:for|of)) (?:the )?(?:algebraic |square root )?(?:expression |fraction )?<e>(?: to be (?P<defined>meaningful|defined))?",
    r"(?:what is |find )the range (?:of values |of )?(?:of|for )?(?:the )?independent variable(?: <x>)? (?:of|for|in) the function <e>",
    r"what is the range (?:of values )?(?:of|for) the independent variable <x>",
    r"in the function <e>,? (?:what is )?the range (?:of values )?(?:of|for) the independent variable <x>(?: is)?",
    rf"(?:若|如果|当|要使|使|使得)? ?{_MEANT_ZH},? ?(?:则|那么)? ?(?P<kind>实数)?(?:字母|自变量)? ?<x> ?(?:的取值范围|应满足的条件|需满足的条件|的值)(?:是|为)?[() _]*",
    rf"(?:使|使得|要使) ?{_MEANT_ZH} ?的? ?<x> ?的取值范围(?:是|为)?[() _]*",
    r"(?:在)?函数 ?<e> ?(?:中|的),? ?自变量 ?(?:<x> ?)?的取值范围(?:是|为)?[() _]*",
    words="domain 定义域 specify meaningful well-defined condition range independent variable under must satisfy should algebraic square radical "
    "possible make have does have 有意义 取值范围 的取值范围 应满足的条件 需满足的条件 自变量 字母 要使 使 使得 在函数 中 根式 二次根式",
)
def _domain(ask: Ask) -> Expected:
    name, body = body_of(ask.tree("e"), ask) if ask.has("e") else _only_function(ask)
    # The domain is that of real numbers anyway.
    ask.word("kind"), ask.word("defined"), ask.word("over"), ask.word("over2")
    if ask.has("x") and ask.tree("x") != Node("name", text=name):
        raise NotUnderstood("another variable")
    if ask.facts.equations or ask.facts.constraints:
        raise NotUnderstood("more is given")
    return Expected("region", (domain_of(body, ask.facts, name),), "sign check", names=(name,))


@asked(
    rf"{_WHAT} the range of {_FUNCTION} ?<e>(?:,? where <x> can be any (?P<dom>real number))?",
    r"(?:函数 ?)?<e> ?的值域(?:是|为)?[() _]*",
    words="range 值域 can any",
)
def _range(ask: Ask) -> Expected:
    """The values of a fraction of quadratics on the whole of its domain."""
    name, body = _of_real_variable(ask)
    variable = symbol(name)
    above, below = (sp.expand(part) for part in sp.fraction(sp.together(build(body, ask.facts.context()))))
    if not (above.is_polynomial(variable) and below.is_polynomial(variable)):
        raise NotUnderstood("no rational function")
    if (above / below).free_symbols != {variable} or sp.gcd(above, below).has(variable):
        raise NotUnderstood("another letter, or a hole")
    if max(sp.degree(above, variable), sp.degree(below, variable)) > 2:
        raise NotUnderstood("a function of higher degree")
    y = sp.Dummy("y", real=True)
    a, b, c = (sp.expand(above - y * below).coeff(variable, power) for power in (2, 1, 0))
    discriminant = sp.expand(b**2 - 4 * a * c)
    turning = [part for part in (a, b, discriminant) if part.has(y)]
    places = [root for part in turning for root in polynomial_roots(part, y, real=True)]

    def reached(value: Any) -> bool:
        at = {y: value}
        if sp.simplify(a.subs(at)) != 0:
            return bool(sp.simplify(discriminant.subs(at)) >= 0)
        return bool(sp.simplify(b.subs(at)) != 0 or sp.simplify(c.subs(at)) == 0)

    return Expected("region", (pieced_together(reached, places),), "sign check", names=("y",))


def _of_real_variable(ask: Ask) -> tuple[str, Node]:
    """The variable and the body of `e`. Raises `NotUnderstood` where the variable is not any real number."""
    name, body = body_of(ask.tree("e"), ask)
    ask.word("dom"), ask.word("dom2"), ask.word("kind")
    for group in "xyz":
        if ask.has(group) and ask.tree(group) != Node("name", text=name):
            raise NotUnderstood("another variable")
    if ask.facts.equations or ask.facts.constraints or ask.facts.kinds.get(name, {"real"}) - {"real"}:
        raise NotUnderstood("more is given")
    return name, body


@asked(
    r"(?:for )?(?P<count>how many) (?P<kind>real )?values of <x> (?:is|make) (?:the )?(?:expression )?<e> (?:not defined|undefined)",
    r"(?:for )?what (?P<kind>real )?values? of <x> (?:is|makes?) (?:the )?(?:expression )?<e> (?:not defined|undefined)",
    r"what is the (?P<what>sum of all|sum of the|product of the) (?P<kind>real )?values of <x> for which (?:the )?(?:expression )?<e> is (?:not defined|undefined)",
    words="undefined not defined",
)
def _undefined(ask: Ask) -> Expected:
    name, body = _of_real_variable(ask)
    if body.kind != "div" or any(node.kind == "div" for node in _inside(body.parts)):
        raise NotUnderstood("no plain fraction")
    if not all(build(part, ask.facts.context()).is_polynomial() for part in body.parts):
        raise NotUnderstood("no plain fraction")
    zeros = polynomial_roots(build(body.parts[1], ask.facts.context()), symbol(name), real=False)
    if any(is_real(zero) is not True for zero in zeros):
        raise NotUnderstood("complex zeros that may or may not be meant")
    if ask.has("count"):
        return value_expected(ask, sp.Integer(len(zeros)), None, method="substitution")
    if ask.has("what"):
        return value_expected(ask, of_numbers(zeros, ask.word("what")), None, method="substitution")
    return Expected("roots", tuple(zeros), "substitution", names=(name,))


def _inside(trees: tuple[Node, ...]) -> list[Node]:
    found: list[Node] = []
    waiting = list(trees)
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting.extend(node.parts)
    return found


@asked(
    r"(?:find|compute|determine|what is|then what is|evaluate|calculate)(?: the)?(?: value of)? <e>",
    r"<e> ?(?:=)?",
)
def _inverse(ask: Ask) -> Expected:
    """A value that holds inverses of functions which the problem defines, as in f^{-1}(3)."""
    tree = ask.tree("e")
    if (
        ask.facts.equations
        or ask.facts.constraints
        or not any(node.text.endswith("^-1") for node in _inside((tree,)))
    ):
        raise NotUnderstood("no inverse")
    if tree.kind == "apply" and tree.text.endswith("^-1") and tree.parts[0].kind == "name":
        return _inverse_formula(ask, tree)
    return value_expected(ask, build(_resolved(tree, ask), ask.facts.context()), None, method="substitution")


def _resolved(tree: Node, ask: Ask) -> Node:
    """The tree with each inverse replaced by its value."""
    parts = tuple(_resolved(part, ask) for part in tree.parts)
    if tree.kind != "apply" or not tree.text.endswith("^-1"):
        return Node(tree.kind, parts, tree.text)
    name = tree.text.removesuffix("^-1")
    definition = ask.facts.functions.get(name)
    if definition is None:
        return _from_table(name, parts, ask)
    if ask.facts.equations or len(definition.arguments) != 1 or len(parts) != 1:
        raise NotUnderstood("no inverse")
    target = build(parts[0], ask.facts.context())
    if definition.body.kind == "cases":
        return _of_cases(definition.arguments[0], definition.body, target, ask)
    unknown = symbol(definition.arguments[0])
    difference = build(definition.body, ask.facts.context()) - target
    found = [
        value
        for value in candidates(difference, unknown)
        if same(build(definition.body, ask.facts.context(**{definition.arguments[0]: value})), target)
    ]
    return _as_node(found)


def _of_cases(name: str, body: Node, target: Any, ask: Ask) -> Node:
    """The one place where a function with cases has that value."""
    found: list[Any] = []
    for formula in body.parts[::2]:
        difference = build(formula, ask.facts.context()) - target
        for value in candidates(difference, symbol(name)):
            if same(build(body, ask.facts.context(**{name: value})), target) and not any(
                same(value, other) for other in found
            ):
                found.append(value)
    return _as_node(found)


def _as_node(found: list[Any]) -> Node:
    if len(found) != 1 or not isinstance(found[0], sp.Rational):
        raise NotUnderstood("not one value")
    above, below = Node("num", text=str(abs(found[0].p))), Node("num", text=str(found[0].q))
    value = Node("div", (above, below))
    return Node("neg", (value,)) if found[0] < 0 else value


def _from_table(name: str, parts: tuple[Node, ...], ask: Ask) -> Node:
    """The inverse of a function of which only some values are given."""
    found = []
    for equation in ask.facts.equations:
        if equation.left.kind != "apply" or equation.left.text != name or len(equation.left.parts) != 1:
            raise NotUnderstood("no table of values")
        if same(build(equation.right, ask.facts.context()), build(parts[0], ask.facts.context())):
            found.append(equation.left.parts[0])
    if len(found) != 1 or "inverse" not in ask.read.sentences:
        raise NotUnderstood("a value that the table does not hold")
    return found[0]


def _inverse_formula(ask: Ask, tree: Node) -> Expected:
    name = tree.text.removesuffix("^-1")
    definition = ask.facts.functions.get(name)
    if definition is None or len(definition.arguments) != 1:
        raise NotUnderstood("no inverse")
    variable, result = symbol(definition.arguments[0]), symbol(tree.parts[0].text)
    image = sp.Dummy("image", real=True)
    above, _ = sp.fraction(sp.together(build(definition.body, ask.facts.context()) - image))
    if not above.is_polynomial(variable) or sp.degree(above, variable) != 1:
        raise NotUnderstood("no inverse that is a formula")
    polynomial = sp.Poly(above, variable)
    formula = sp.cancel(-polynomial.nth(0) / polynomial.nth(1)).subs(image, result)
    return Expected("expression", (formula,), "substitution", names=(tree.text, name))


@asked(
    rf"{_WHAT} the (?P<what>maximum|minimum|greatest|least|largest|smallest)(?: possible)? value (?:of|for|taken by) (?:the )?(?:expression |function |quadratic )?<e>(?: for <x>| (?P<dom>over all real numbers) <y>| if <z> is a (?P<dom2>real number))?",
    r"for what (?P<kind>real )?value of <x> (?:is|does) (?:the )?(?:expression |function |quadratic )?<e> (?:have|take|at) its (?P<at>maximum|minimum)(?: value)?",
    r"<e> ?的(?P<what>最大值|最小值)(?:是|为)?[() _]*",
    words="quadratic does have take",
)
def _extreme(ask: Ask) -> Expected:
    """The extreme value of a quadratic on all real numbers."""
    name, body = _of_real_variable(ask)
    variable = symbol(name)
    polynomial = sp.Poly(build(body, ask.facts.context()), variable)
    if polynomial.degree() != 2:
        raise NotUnderstood("no quadratic")
    a, b, c = polynomial.all_coeffs()
    word = ask.word("what") or ask.word("at")
    highest = word in ("maximum", "greatest", "largest", "最大值")
    if (a < 0) != highest:
        raise NotUnderstood("no such extreme")
    value = -b / (2 * a) if ask.has("at") else c - b**2 / (4 * a)
    return value_expected(ask, value, None, method="recomputation")


@asked(
    rf"{_WHAT} the (?P<what>degree|discriminant|leading coefficient|constant term|sum of the coefficients) of (?:the )?(?:polynomial |quadratic )?(?:function |equation )?(?:expression )?<e>(?: is (?:expanded|simplified|multiplied out))?",
    rf"{_WHAT} the coefficient of <m> (?:in|when)(?: the)?(?: expansion of| simplified form of| polynomial| product of)? ?<e>(?: is (?:expanded|simplified|multiplied out)(?: and simplified)?)?(?P<what>)",
    words="degree coefficient expansion simplified form quadratic multiplied out expanded product",
)
def _of_polynomial(ask: Ask) -> Expected:
    tree = ask.tree("e")
    if ask.facts.equations:
        raise NotUnderstood("more is given")
    if tree.kind == "rel" and tree.text == "=" and tree.parts[0].kind == "apply":
        tree = tree.parts[1]
    elif tree.kind == "rel" and tree.text == "=":
        tree = Node("sub", tree.parts)
    value = build(tree, ask.facts.context())
    if len(value.free_symbols) != 1 or not value.is_polynomial():
        if ask.has("m") and value.is_polynomial():
            return _coefficient(ask, value)
        raise NotUnderstood("no polynomial of one variable")
    polynomial = sp.Poly(value, *value.free_symbols)
    what = ask.word("what")
    if ask.has("m"):
        return _coefficient(ask, value)
    made = {
        "degree": sp.Integer(polynomial.degree()),
        "leading coefficient": polynomial.LC(),
        "constant term": polynomial.nth(0),
        "sum of the coefficients": polynomial.eval(1),
    }.get(what)
    if made is None:
        if polynomial.degree() != 2:
            raise NotUnderstood("no quadratic")
        made = sp.discriminant(polynomial)
    return value_expected(ask, made, None, method="recomputation")


def _coefficient(ask: Ask, value: Any) -> Expected:
    monomial = build(ask.tree("m"), ask.facts.context())
    symbols = sorted(value.free_symbols, key=str)
    if not symbols or not monomial.free_symbols or not monomial.is_polynomial(*symbols):
        raise NotUnderstood("no monomial")
    wanted = sp.Poly(monomial, *symbols)
    if len(wanted.terms()) != 1 or wanted.LC() != 1:
        raise NotUnderstood("no monomial")
    if monomial.free_symbols != value.free_symbols:
        raise NotUnderstood("a coefficient that may hold the other letters")
    return value_expected(ask, sp.Poly(value, *symbols).coeff_monomial(monomial), None, method="expansion")


@asked(
    rf"{_WHAT} the (?P<what>degree|coefficient) of the (?P<sort>monomial|polynomial) <e>",
    r"(?P<sort>单项式|多项式) ?<e> ?的(?P<what>次数|系数)(?:是|为)?[() _]*",
)
def _of_monomial(ask: Ask) -> Expected:
    """The degree of a polynomial in all its letters, or the number before a product of letters."""
    value = sp.expand(build(ask.tree("e"), ask.facts.context()))
    letters = sorted(value.free_symbols, key=str)
    if not letters or not value.is_polynomial(*letters) or ask.tree("e").kind == "rel":
        raise NotUnderstood("no polynomial")
    polynomial = sp.Poly(value, *letters)
    if ask.word("sort") in ("monomial", "单项式") and len(polynomial.terms()) != 1:
        raise NotUnderstood("no monomial")
    if ask.word("what") in ("degree", "次数"):
        return value_expected(ask, sp.Integer(polynomial.total_degree()), None)
    if ask.word("sort") not in ("monomial", "单项式"):
        raise NotUnderstood("the coefficient of several terms")
    return value_expected(ask, polynomial.terms()[0][1], None)


@asked(
    rf"{_WHAT} the (?P<what>sum|product|sum of the squares) of the (?:roots|solutions|zeros|zeroes)(?: of)?(?: the)?(?: quadratic| polynomial| equation| quadratic equation)?(?: equation)?(?: to| of)? ?<e>",
    takes="equations",
    words="quadratic",
)
def _vieta(ask: Ask) -> Expected:
    """The sum or product of all roots with their multiplicity; where that matters, nothing is said."""
    ask.facts.add(ask.formula("e")) if "=" in ask.formula("e") else None
    if ask.facts.constraints or len(ask.facts.equations) > 1:
        raise NotUnderstood("more is given")
    if ask.facts.equations:
        relation: Relation = ask.facts.equations[0]
        value = build(relation.left, ask.facts.context()) - build(relation.right, ask.facts.context())
    else:
        value = build(body_of(ask.tree("e"), ask)[1], ask.facts.context())
    if len(value.free_symbols) != 1 or not value.is_polynomial():
        raise NotUnderstood("no polynomial of one variable")
    variable = next(iter(value.free_symbols))
    polynomial = sp.Poly(value, variable)
    degree = polynomial.degree()
    if degree < 1 or sp.degree(sp.gcd(polynomial, polynomial.diff(variable)), variable) > 0:
        raise NotUnderstood("roots that may count several times")
    if "real" in ask.text and any(
        is_real(root) is not True for root in polynomial_roots(value, variable, real=False)
    ):
        raise NotUnderstood("roots that are not real")
    total = -polynomial.nth(degree - 1) / polynomial.LC()
    word = ask.word("what")
    if word == "sum":
        made = total
    elif word == "product":
        made = (-1) ** degree * polynomial.nth(0) / polynomial.LC()
    else:
        pairs = polynomial.nth(degree - 2) / polynomial.LC() if degree > 1 else sp.Integer(0)
        made = total**2 - 2 * pairs
    return value_expected(ask, made, None, method="recomputation")


@asked(
    r"(?:at )?what (?:value of|is the value of) <y>,? (?:is there a|at which there is a) horizontal asymptote (?:for|of|to) (?:the )?(?:graph of )?(?:the )?(?:equation |function )?<e>",
    r"(?:find|what is) the horizontal asymptote of (?:the )?(?:graph of )?(?:the )?(?:equation |function )?<e>",
    words="asymptote",
)
def _horizontal(ask: Ask) -> Expected:
    name, body = body_of(ask.tree("e"), ask)
    value = build(body, ask.facts.context())
    above, below = sp.fraction(sp.cancel(value))
    variable = symbol(name)
    if not (above.is_polynomial(variable) and below.is_polynomial(variable)) or ask.facts.equations:
        raise NotUnderstood("no rational function")
    if sp.degree(above, variable) > sp.degree(below, variable) or not below.has(variable):
        raise NotUnderstood("no horizontal asymptote")
    return value_expected(ask, sp.limit(value, variable, sp.oo), Node("name", text="y"), method="limit")


@asked(
    r"how many vertical asymptotes does (?:the )?(?:graph of )?(?:the )?(?:equation |function )?<e> have",
    words="asymptotes",
)
def _verticals(ask: Ask) -> Expected:
    name, body = body_of(ask.tree("e"), ask)
    above, below = sp.fraction(sp.cancel(build(body, ask.facts.context())))
    variable = symbol(name)
    if not (above.is_polynomial(variable) and below.is_polynomial(variable)) or ask.facts.equations:
        raise NotUnderstood("no rational function")
    count = len(polynomial_roots(below, variable, real=True)) if below.has(variable) else 0
    return value_expected(ask, sp.Integer(count), None, method="recomputation")


QUESTIONS = (
    _domain,
    _range,
    _undefined,
    _inverse,
    _extreme,
    _of_polynomial,
    _of_monomial,
    _vieta,
    _horizontal,
    _verticals,
)
