"""Questions where letters stand for numbers that make two formulas the same, and questions about named roots."""

from __future__ import annotations

import itertools
import re
from typing import Any

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.build import build, symbol
from checkers.mathematics.formulas.compare import is_real, same
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.problem.kinds import is_kind
from checkers.mathematics.questions.matched_numbers import ORDINALS
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.values import value_expected
from checkers.mathematics.solving.equations import distinct
from checkers.mathematics.solving.polynomials import polynomial_roots

__all__ = ["QUESTIONS"]

_NUMBERS = r"(?:are |is )?(?:all )?(?P<nkind>(?:(?:positive|negative|nonzero|real|rational) )*(?:integers?|constants?|numbers?))"
_EVERYWHERE = r"for all (?P<xkind>(?:real )?(?:values of |numbers |angles )?)<x>(?: except (?P<except>⟦\d+⟧(?:,? and ⟦\d+⟧)*))?"
_FIND = r"(?:what is|find|compute|determine|enter|then what is|what are)(?: the)?(?: value of| values? of| ordered (?:pair|triple|triplet|quadruple))*"


@asked(
    rf"(?:the (?:number|expression|quadratic|polynomial|quadratic expression|function) )?<e> (?:can be|is|may be) (?:written|expressed|rewritten|factored) (?:in the form|as)(?: of)? <f>,? where <ns+> {_NUMBERS}[.,] {_FIND} <g>",
    rf"(?:when|if) (?:the )?(?:expression |quadratic |polynomial |product )?<e> is (?:written|expressed|factored|simplified|expanded) (?:in the form|as)(?: of)? <f>,?(?: where <ns+> {_NUMBERS},?)? (?:then )?{_FIND} <g>",
    rf"(?:(?:suppose|let) <c>[.,] )?(?:we can|if we|you can) (?:write|express|rewrite|simplify|expand) (?:the expression )?<e>,? (?:in the form|as) <f>,? where <ns+> {_NUMBERS}[.,] (?:then )?{_FIND} <g>",
    rf"(?:write|express|rewrite) <e> in the form <f>,? where <ns+> {_NUMBERS}\. {_FIND} <g>",
    rf"(?:given that )?<e> {_EVERYWHERE}[.,] {_FIND} <g>",
    rf"(?:there exist|for some) (?:unique )?(?P<nkind>(?:(?:real|positive|integer|nonzero) )*(?:constants|numbers|integers)) <ns+> such that <e> {_EVERYWHERE}[.,] {_FIND} <g>",
    rf"(?:find|what is)(?: the)? (?:value of )?<g>(?: of the (?P<nkind>integers|constants|numbers) <ns+>)? (?:if|for which|such that|so that|given that) <e> {_EVERYWHERE}",
    words="quadratic written expressed rewritten rewrite factored simplified simplify expand form unique exist pair triple triplet quadruple ordered when we you",
)
def _identity(ask: Ask) -> Expected:
    tree = ask.tree("e")
    if ask.has("f"):
        sides = (tree, ask.tree("f"))
    elif tree.kind == "rel" and tree.text == "=":
        sides = (tree.parts[0], tree.parts[1])
    else:
        raise NotUnderstood("no identity")
    if ask.facts.equations or any(constraint.sign != "!=" for constraint in ask.facts.constraints):
        raise NotUnderstood("more is given")
    if ask.kinds("xkind") - {"real"}:
        raise NotUnderstood("an identity on some numbers only")
    # Single points that are left out do not matter to an identity of formulas.
    ask.word("except")
    context = ask.facts.context()
    left, right = (build(side, context) for side in sides)
    target = ask.tree("g")
    unknowns = _unknowns(ask, left, right, target)
    found = [
        solution
        for solution in _matching(left - right, unknowns)
        if all(is_kind(value, _kinds(ask)) for value in solution.values())
    ]
    return _of_solutions(ask, target, found)


def _kinds(ask: Ask) -> list[str]:
    return ["real", *ask.kinds("nkind")]


def _unknowns(ask: Ask, left: Any, right: Any, target: Node) -> list[Any]:
    if ask.has("x") and ask.has("ns") and ask.tree("x").text in ask.formulas("ns"):
        raise NotUnderstood("a constant that is the variable")
    if ask.has("ns"):
        names = {part.text for formula in ask.formulas("ns") for part in ask.facts.parse_list(formula)}
    elif ask.has("x"):
        names = {str(name) for name in left.free_symbols | right.free_symbols} - {ask.tree("x").text}
    else:
        parts = target.parts if target.kind == "tuple" else (target,)
        names = set().union(
            *({str(s) for s in build(part, ask.facts.context()).free_symbols} for part in parts)
        )
    unknowns = sorted((symbol(name, ask.facts.context()) for name in names), key=str)
    if not 1 <= len(unknowns) <= 5 or (ask.has("f") and left.free_symbols & set(unknowns)):
        raise NotUnderstood("no unknown constants")
    return unknowns


def _matching(difference: Any, unknowns: list[Any]) -> list[dict[Any, Any]]:
    """All values of the unknowns that make the difference vanish identically."""
    others = sorted(difference.free_symbols - set(unknowns), key=str)
    if not others:
        return _matching_surds(difference, unknowns)
    numerator = sp.fraction(sp.together(difference))[0]
    expanded = sp.expand(numerator)
    if expanded.is_polynomial(*others, *unknowns):
        equations = sp.Poly(expanded, *others).coeffs()
    else:
        equations = _at_points(difference, others)
    found = sp.solve(equations, unknowns, dict=True)
    if not found or any(len(solution) != len(unknowns) for solution in found):
        raise NotUnderstood("constants that are not determined")
    if any(value.free_symbols for solution in found for value in solution.values()):
        raise NotUnderstood("constants that are not determined")
    return [s for s in found if same(difference.subs(s), sp.Integer(0)) is True]


def _at_points(difference: Any, others: list[Any]) -> list[Any]:
    """Equations from special angles, exact ones, for identities that are no polynomials."""
    if len(others) != 1:
        raise NotUnderstood("several variables")
    angles = (sp.pi / 6, sp.pi / 4, sp.pi / 3, sp.pi / 2, 2 * sp.pi / 3, sp.pi / 12, sp.Integer(0), sp.pi / 5)
    values = [sp.nsimplify(sp.simplify(difference.subs(others[0], angle))) for angle in angles[:6]]
    return [value for value in values if value != 0]


def _matching_surds(difference: Any, unknowns: list[Any]) -> list[dict[Any, Any]]:
    """`a√2 + b√3` against a number: rational unknowns are the coefficients of what is linearly independent."""
    terms = sp.expand(difference).as_coefficients_dict()
    equations: dict[Any, Any] = {}
    for term, coefficient in terms.items():
        held = [name for name in unknowns if term.has(name)]
        if len(held) > 1:
            raise NotUnderstood("unknowns that are multiplied")
        basis = sp.cancel(term / held[0]) if held else term
        if basis.free_symbols or not _is_surd(basis):
            raise NotUnderstood("no roots of whole numbers")
        equations[basis] = equations.get(basis, sp.Integer(0)) + coefficient * (held[0] if held else 1)
    solved = sp.linsolve(list(equations.values()), *unknowns)
    if len(solved) != 1 or any(value.free_symbols for value in next(iter(solved))):
        raise NotUnderstood("constants that are not determined")
    return [dict(zip(unknowns, next(iter(solved)), strict=True))]


def _is_surd(basis: Any) -> bool:
    """1, or the square root of a square-free integer: these are independent over the rational numbers."""
    square = basis**2
    return bool(
        square.is_Integer and square > 0 and all(power == 1 for power in sp.factorint(square).values())
    )


def _of_solutions(ask: Ask, target: Node, found: list[dict[Any, Any]]) -> Expected:
    if not found:
        raise NotUnderstood("no constants")
    named = [{str(name): value for name, value in solution.items()} for solution in found]
    if target.kind == "tuple":
        places = [
            tuple(build(part, ask.facts.context(**values)) for part in target.parts) for values in named
        ]
        if any(place != places[0] for place in places):
            raise NotUnderstood("several solutions")
        names = tuple(part.text for part in target.parts if part.kind == "name")
        return Expected(
            "pair", places[0], "substitution", names=names if len(names) == len(places[0]) else ()
        )
    values_found = [build(target, ask.facts.context(**values)) for values in named]
    if any(same(value, values_found[0]) is not True for value in values_found):
        raise NotUnderstood("several values")
    return value_expected(ask, values_found[0], target, method="substitution")


_ROOTS = r"(?P<rkind>(?:(?:two|three|real|complex|distinct) )*)(?:roots|solutions|zeros|zeroes)"
_EQUATION_OF = r"(?:the |a )?(?:quadratic |cubic |polynomial )?(?:equation )?(?:in one variable )?(?:(?:in|about) <v>,? )?<p>"
_VALUE_OF = r"(?:then )?(?:find |compute |what is |determine |evaluate )?(?:the )?(?:value of )?(?:the )?(?:expression |algebraic expression )?<g>(?: is| equals)? ?=? ?[() _?]*"
_GIVEN_ROOTS = rf"<rs+> (?:be|are|denote) (?:the )?{_ROOTS} (?:of|to)(?: the)?(?: polynomial| equation| quadratic| cubic| quadratic equation)?(?: equation)? ?<p>"


@asked(
    rf"(?:let|suppose(?: that)?|if|given that|suppose|the numbers) {_GIVEN_ROOTS}[.,] (?:then )?(?:find|compute|what is|determine|evaluate|what are)(?: the)?(?: value of)? <g>",
    rf"(?:find|compute|determine|evaluate|what is)(?: the value of)? <g>,? (?:if|given that|where|when) {_GIVEN_ROOTS}",
    r"the (?:roots|solutions|zeros) of (?:the )?(?:polynomial |equation |quadratic )?<p> are <rs+>[.,] (?:find|compute|what is|determine)(?: the value of)? <g>",
    rf"(?:let |suppose(?: that)? |if |given that )?<rs+> (?:be|are) (?:the )?{_ROOTS} (?:of|to) {_EQUATION_OF}[.,] {_VALUE_OF}",
    rf"(?:if |given(?: that)? |suppose(?: that)? |let )?{_EQUATION_OF} (?:has|have|with) (?:the )?{_ROOTS},? (?:which are )?<rs+>[.,] {_VALUE_OF}",
    r"(?:若|已知|设|如果)? ?<rs+> ?(?:是|为)(?:关于 ?<v> ?的)?(?:一元二次)?方程 ?<p> ?的(?P<rkind>两个实数|两个|两实数|两)(?:根|解)[,.] ?(?:则|那么|求)? ?(?:代数式)? ?<g> ?(?:的值)?(?:是|为|等于|=)?(?:多少)?[() _]*",
    r"(?:若|已知|设|如果)?(?:关于 ?<v> ?的)?(?:一元二次)?方程 ?<p> ?的(?P<rkind>两个实数|两个|两实数|两)(?:根|解)(?:分别)?(?:是|为) ?<rs+>[,.] ?(?:则|那么|求)? ?(?:代数式)? ?<g> ?(?:的值)?(?:是|为|等于|=)?(?:多少)?[() _]*",
    words="quadratic cubic denote 一元二次方程 方程 关于 根 解 的 的值 代数式 分别 expression algebraic one variable about respect polynomial",
)
def _of_roots(ask: Ask) -> Expected:
    names = [part.text for formula in ask.formulas("rs") for part in ask.facts.parse_list(formula)]
    difference = _polynomial(ask)
    variable = next(iter(difference.free_symbols))
    degree = sp.Poly(difference, variable).degree()
    roots = polynomial_roots(difference, variable, real=False)
    if len(roots) != len(names) or degree != len(names) or not 1 <= degree <= 4:
        raise NotUnderstood("not all roots have names")
    # Each root has a name of its own, so that two or three of them, or distinct ones, say nothing more.
    kind = ask.word("rkind")
    if ("real" in kind or "实" in kind) and not all(is_real(root) for root in roots):
        raise NotUnderstood("roots that are not real")
    if re.search("two|three|两", kind) and bool(re.search("two|两", kind)) != (len(names) == 2):
        raise NotUnderstood("another number of roots")
    if ask.has("v") and ask.tree("v") != Node("name", text=variable.name):
        raise NotUnderstood("another variable")
    target = ask.tree("g")
    context = ask.facts.context()
    values = [
        build(target, context.where(**dict(zip(names, order, strict=True))))
        for order in itertools.permutations(roots)
    ]
    if any(value.free_symbols for value in values):
        raise NotUnderstood("other names")
    return value_expected(ask, _common(values), None, method="substitution")


def _polynomial(ask: Ask) -> Any:
    tree = ask.tree("p")
    if ask.facts.equations or ask.facts.constraints:
        raise NotUnderstood("more is given")
    if tree.kind == "rel" and tree.text == "=":
        if tree.parts[0].kind == "apply" and tree.parts[1] != Node("num", text="0"):
            tree = tree.parts[1]
        else:
            tree = Node("sub", tree.parts)
    value = sp.fraction(sp.together(build(tree, ask.facts.context())))[0]
    value = sp.expand(value)
    if len(value.free_symbols) != 1 or not value.is_polynomial():
        raise NotUnderstood("no polynomial of one variable")
    return value


def _common(values: list[Any]) -> Any:
    """The one number that all orders of the roots give; it must be rational, to 40 digits."""
    digits = [value.evalf(60) for value in values]
    first = digits[0]
    if any(abs(other - first) > sp.Float(10) ** -40 * (1 + abs(first)) for other in digits):
        raise NotUnderstood("a value that depends on the order")
    if abs(sp.im(first)) > sp.Float(10) ** -40 * (1 + abs(first)):
        raise NotUnderstood("a value that is not real")
    exact = sp.nsimplify(sp.re(first), rational=True, tolerance=sp.Float(10) ** -40)
    if exact.q > 10**8 or abs(exact - sp.re(first)) > sp.Float(10) ** -38 * (1 + abs(first)):
        raise NotUnderstood("no rational value")
    return exact


_OF_TWO = {
    "sum": "x+y", "difference": "x-y", "positive difference": "x-y", "product": "xy", "sum of their squares": "x^2+y^2",
    "sum of the squares": "x^2+y^2", "difference of their squares": "x^2-y^2", "sum of their reciprocals": "1/x+1/y",
}  # fmt: skip
_ASKED_OF_TWO = {
    "larger number": "x", "larger of the two numbers": "x", "larger of the numbers": "x", "smaller number": "y",
    "smaller of the two numbers": "y", "smaller of the numbers": "y", "sum": "x+y", "product": "xy",
    "product of the two numbers": "xy", "product of the numbers": "xy", "sum of the two numbers": "x+y",
    "difference": "x-y", "positive difference": "x-y", "positive difference of the two numbers": "x-y",
    "sum of their squares": "x^2+y^2", "sum of the squares of the numbers": "x^2+y^2",
    "sum of the squares of the two numbers": "x^2+y^2", "sum of the squares of these numbers": "x^2+y^2",
    "square of their difference": "(x-y)^2", "square of their sum": "(x+y)^2", "sum of their reciprocals": "1/x+1/y",
    "sum of the reciprocals of the numbers": "1/x+1/y", "sum of the reciprocals of the two numbers": "1/x+1/y",
    "positive difference of their squares": "x^2-y^2",
}  # fmt: skip
_STATED = "|".join(sorted(_OF_TWO, key=len, reverse=True))
_SOUGHT = "|".join(sorted(_ASKED_OF_TWO, key=len, reverse=True))


@asked(
    rf"(?:if |suppose |given that )?the (?P<a>{_STATED}) of two (?P<kind>(?:positive |real )*numbers) is <s>,? and (?:the |their )(?P<b>{_STATED}) is <t>[.,] (?:then )?(?:what is|find|compute|determine) (?:the |their )?(?P<g>{_SOUGHT})",
    rf"two (?P<kind>(?:positive |real )*numbers) have a (?P<a>sum|product|difference) of <s> and a (?P<b>sum|product|difference) of <t>[.,] (?:what is|find) (?:the |their )?(?P<g>{_SOUGHT})",
    rf"two (?P<kind>(?:positive |real )*numbers) (?P<a>sum|add) to <s> and have a (?P<b>product|difference) of <t>[.,] (?:what is|find) (?:the |their )?(?P<g>{_SOUGHT})",
    words="their two",
)
def _two_numbers(ask: Ask) -> Expected:
    """Of two numbers, two of their sum, difference and product are told; the larger one is first in a difference."""
    kinds = ask.kinds()
    if kinds - {"positive", "real"} or ask.facts.given():
        raise NotUnderstood("numbers of another kind, or more is given")
    first, second = "sum" if ask.word("a") == "add" else ask.word("a"), ask.word("b")
    if first == second:
        raise NotUnderstood("the same twice")
    x, y = sp.symbols("x y", real=True)
    laws = [
        _of_two(word, x, y) - build(ask.tree(group), ask.facts.context())
        for word, group in ((first, "s"), (second, "t"))
    ]
    if any(law.free_symbols - {x, y} for law in laws):
        raise NotUnderstood("no numbers")
    found = sp.solve([sp.fraction(sp.together(law))[0] for law in laws], [x, y], dict=True)
    places = [
        place
        for place in found
        if len(place) == 2 and not any(value.free_symbols for value in place.values())
    ]
    if len(places) != len(found):
        raise NotUnderstood("numbers that are not determined")
    kept = [
        place
        for place in places
        if all(is_real(value) for value in place.values())
        and bool((place[x] - place[y]).evalf(30) >= -(sp.Float(10) ** -20))
        and ("positive" not in kinds or all(bool(value.evalf(30) > 0) for value in place.values()))
    ]
    values = distinct([_of_two(ask.word("g"), x, y).subs(place) for place in kept])
    if len(values) != 1:
        raise NotUnderstood("several values, or none")
    return value_expected(ask, sp.nsimplify(sp.simplify(values[0])), None, method="substitution")


def _of_two(word: str, x: Any, y: Any) -> Any:
    formula = _OF_TWO.get(word) or _ASKED_OF_TWO[word]
    return {
        "x": x, "y": y, "x+y": x + y, "x-y": x - y, "xy": x * y, "x^2+y^2": x**2 + y**2, "x^2-y^2": x**2 - y**2,
        "(x-y)^2": (x - y) ** 2, "(x+y)^2": (x + y) ** 2, "1/x+1/y": 1 / x + 1 / y,
    }[formula]  # fmt: skip


@asked(
    r"what power of <a> is equal to <b>",
    r"(?:what is|find|evaluate|compute) (?:the )?log(?:arithm)?,? (?:to the )?base <a>,? of <b>",
    r"(?:what is|find|evaluate|compute) (?:the )?log(?:arithm)? of <b> (?:to|in|with) (?:the )?base <a>",
    r"to what power must <a> be raised to (?:get|equal) <b>",
    words="log logarithm base",
)
def _power_of(ask: Ask) -> Expected:
    tree = Node("call", (ask.tree("b"), ask.tree("a")), "logbase")
    value = build(tree, ask.facts.context())
    if not isinstance(value, sp.Rational):
        raise NotUnderstood("no rational power")
    return value_expected(ask, value, None)


_ORDINAL_NAMES = ORDINALS[:12]
_ORDINAL = rf"(?:{'|'.join(_ORDINAL_NAMES)}|⟦\d+⟧)"


@asked(
    rf"(?:if |suppose )?the (?P<i>{_ORDINAL}) term of (?:an|a) (?P<kind>arithmetic|geometric) sequence is <a>,? and (?:the|its) (?P<j>{_ORDINAL}) term is <b>[.,] (?:what is|find|then what is) (?:the|its) (?P<k>{_ORDINAL}) term(?: of the sequence)?",
    rf"the (?P<i>{_ORDINAL}) and (?P<j>{_ORDINAL}) terms of (?:an|a) (?P<kind>arithmetic|geometric) sequence are <a> and <b>,? respectively[.,] what is the (?P<k>{_ORDINAL}) term",
    words="arithmetic geometric sequence respectively",
)
def _third_term(ask: Ask) -> Expected:
    i, j, k = (_ordinal(ask, ask.word(group)) for group in ("i", "j", "k"))
    a, b = build(ask.tree("a"), ask.facts.context()), build(ask.tree("b"), ask.facts.context())
    if i == j or a.free_symbols or b.free_symbols:
        raise NotUnderstood("no two terms")
    if ask.word("kind") == "arithmetic":
        return value_expected(ask, a + (b - a) * sp.Rational(k - i, j - i), None, method="series")
    if a == 0 or sp.Rational(k - i, j - i).q != 1:
        raise NotUnderstood("a quotient that is not determined")
    return value_expected(ask, a * (b / a) ** sp.Rational(k - i, j - i), None, method="series")


def _ordinal(ask: Ask, word: str) -> int:
    if word in _ORDINAL_NAMES:
        return _ORDINAL_NAMES.index(word) + 1
    match = re.match(r"(\d{1,3})", ask.read.formulas[int(word.strip("⟦⟧"))])
    if match is None:
        raise NotUnderstood("no place")
    return int(match[1])


@asked(
    r"what is the (?P<vkind>integer )?value of <x> in the (?P<kind>arithmetic|geometric) sequence <s>",
    r"<s> (?:is|form|are) (?:an|a) (?P<kind>arithmetic|geometric) (?:sequence|progression)\. (?:what is|find)(?: the value of)? <x>",
    words="sequence progression form",
)
def _unknown_term(ask: Ask) -> Expected:
    terms = [
        build(tree, ask.facts.context())
        for tree in ask.facts.parse_list(ask.formula("s"))
        if tree.kind != "dots"
    ]
    name = ask.tree("x")
    if name.kind != "name" or len(terms) != 3 or ask.word("kind") != "arithmetic" or ask.facts.equations:
        raise NotUnderstood("no arithmetic sequence")
    found = sp.solve(terms[0] + terms[2] - 2 * terms[1], symbol(name.text))
    found = [value for value in found if is_kind(value, ask.kinds("vkind"))]
    if len(found) != 1 or found[0].free_symbols:
        raise NotUnderstood("several values")
    return value_expected(ask, found[0], name, method="series")


@asked(
    r"for what (?P<vkind>real )?value of <v> is <r> a (?:root|solution|zero) of <p>",
    r"if <r> is a (?:root|solution|zero) of <p>,? (?:what is|find|then what is)(?: the value of)? <v>",
    words="root solution zero",
)
def _coefficient_of_root(ask: Ask) -> Expected:
    """The unknown coefficient of a polynomial of which one root is known."""
    if ask.kinds("vkind") - {"real"}:
        raise NotUnderstood("a value of another kind")
    name, root, tree = ask.tree("v"), build(ask.tree("r"), ask.facts.context()), ask.tree("p")
    if tree.kind == "rel" and tree.text == "=":
        tree = Node("sub", tree.parts)
    value = build(tree, ask.facts.context())
    unknown = symbol(name.text)
    others = value.free_symbols - {unknown}
    if name.kind != "name" or len(others) != 1 or root.free_symbols or not value.is_polynomial():
        raise NotUnderstood("no polynomial with one unknown coefficient")
    condition = sp.expand(value.subs(others.pop(), root))
    if sp.degree(condition, unknown) != 1 or ask.facts.equations:
        raise NotUnderstood("not one value")
    polynomial = sp.Poly(condition, unknown)
    return value_expected(
        ask, sp.radsimp(-polynomial.nth(0) / polynomial.nth(1)), name, method="substitution"
    )


QUESTIONS = (
    _two_numbers,
    _identity,
    _of_roots,
    _power_of,
    _third_term,
    _unknown_term,
    _coefficient_of_root,
)
