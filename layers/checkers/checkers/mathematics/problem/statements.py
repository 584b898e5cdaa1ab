"""Sentences that give something in words: each is the relation that it states.

Every word of such a sentence is named in its pattern, and every group is used by what takes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.problem.reading import pattern

__all__ = ["ONE", "STATEMENTS", "ZERO", "Given", "Stated", "Statement", "names_of", "statement"]

ZERO, ONE = Node("num", text="0"), Node("num", text="1")


@dataclass(frozen=True)
class Given:
    """The trees of each group, and the words of each."""

    trees: dict[str, tuple[Node, ...]]
    words: dict[str, str]

    def one(self, group: str) -> Node:
        """The one tree of that group."""
        return self.several(group, 1)[0]

    def several(self, group: str, count: int) -> tuple[Node, ...]:
        """The trees of that group. Raises `NotUnderstood` where there are more or fewer."""
        found = self.trees.get(group, ())
        if len(found) != count:
            raise NotUnderstood("another number of formulas")
        return found


Stated = tuple[Node, str, Node]


@dataclass(frozen=True)
class Statement:
    """The sentences that state something, and the relations that it means."""

    patterns: tuple[re.Pattern[str], ...]
    relations: Callable[[Given], list[Stated]]


_BEGIN = r"(?:(?:it is )?(?:if|given(?: that)?|suppose(?: that)?|assume(?: that)?|when|known that|已知:?|若|如果|设|当)[:,]? ?)?"
_END = r"(?: ?[.,;] ?(?:then|and|且|则|那么)?|,? then|,? and(?= (?:the|⟦))|则|那么),? ?"
_EXPRESSION = (
    r"(?:the )?(?:algebraic )?(?:expression |fraction |polynomial |代数式 ?|分式 ?|多项式 ?|式子 ?)?"
)
_VALUE = rf"(?:the value of {_EXPRESSION})"
_DEGREE = r"(?:one-variable )?(?P<degree>quadratic |linear |一元二次|一元一次)?(?:fractional |分式)?"
_EQUATION = rf"(?:the |an? )?{_DEGREE}equation(?: in one variable)?(?: (?:(?:in|about|for) )?<w>,?)? ?<e>(?:,? (?:in|for|about|with respect to|in terms of) <x>,?)?"
_ABOUT = r"(?:关于 ?<x> ?的)?"
_ROOT = r"(?:real )?(?:root|solution)"


def statement(*shapes: str) -> Callable[[Callable[[Given], list[Stated]]], Statement]:
    def made(relations: Callable[[Given], list[Stated]]) -> Statement:
        return Statement(tuple(pattern(_BEGIN + shape + _END) for shape in shapes), relations)

    return made


@statement(
    r"<ab+> (?:are|be) (?:opposite numbers|opposites|additive inverses)(?: of each other| to each other)?(?: ?\( ?<c> ?\))?",
    r"<ab+> ?(?:是|的值)?互为相反数(?: ?\( ?<c> ?\))?",
)
def _opposites(given: Given) -> list[Stated]:
    a, b = given.several("ab", 2)
    return [(Node("add", (a, b)), "=", ZERO), *_condition(given)]


@statement(
    r"<ab+> (?:are|be) (?:reciprocals?|reciprocal numbers|multiplicative inverses)(?: of each other| to each other)?",
    r"<ab+> ?(?:是)?互为倒数",
)
def _reciprocals(given: Given) -> list[Stated]:
    return [(Node("mul", given.several("ab", 2)), "=", ONE)]


def _condition(given: Given) -> list[Stated]:
    """A relation that stands in brackets behind a statement."""
    if not given.trees.get("c"):
        return []
    tree = given.one("c")
    if tree.kind != "rel" or tree.text not in ("!=", "<", "<=", ">", ">="):
        raise NotUnderstood("a condition that is not understood")
    return [(tree.parts[0], tree.text, tree.parts[1])]


@statement(
    rf"{_VALUE}<l> (?:is equal to|equals|is) {_VALUE}?<r>",
    rf"the (?:algebraic )?expression <l> (?:is equal to|equals) {_EXPRESSION}<r>",
    rf"{_EXPRESSION}<l> ?的值(?:是|为|等于|与) ?(?:{_EXPRESSION}<r>(?: ?的值相等)?)",
)
def _equal_values(given: Given) -> list[Stated]:
    return [(given.one("l"), "=", given.one("r"))]


_SIGNS = {
    "positive": ">", "negative": "<", "nonnegative": ">=", "non-negative": ">=", "nonpositive": "<=", "non-positive": "<=",
    "greater than": ">", "more than": ">", "less than": "<", "smaller than": "<", "not less than": ">=", "at least": ">=",
    "not greater than": "<=", "not more than": "<=", "at most": "<=", "no less than": ">=", "no more than": "<=",
    "greater than or equal to": ">=", "less than or equal to": "<=",
    "大于": ">", "小于": "<", "不小于": ">=", "不大于": "<=", "不少于": ">=", "不超过": "<=", "正数": ">", "负数": "<",
    "非负数": ">=", "非正数": "<=",
}  # fmt: skip
_COMPARED = (
    r"(?P<sign>greater than or equal to|less than or equal to|not greater than|not less than|not more than|no less than|no more than|"
    r"greater than|more than|less than|smaller than|at least|at most)"
)


@statement(
    rf"{_VALUE}<l> is (?P<sign>positive|negative|non-?negative|non-?positive)",
    rf"{_VALUE}<l> is {_COMPARED} {_VALUE}?<r>",
    rf"{_EXPRESSION}<l> ?的值(?:是|为) ?(?P<sign>非负数|非正数|正数|负数)",
    rf"{_EXPRESSION}<l> ?的值 ?(?P<sign>不大于|不小于|不少于|不超过|大于|小于) ?{_EXPRESSION}<r>(?: ?的值)?",
)
def _compared_values(given: Given) -> list[Stated]:
    right = given.one("r") if given.trees.get("r") else ZERO
    return [(given.one("l"), _SIGNS[given.words["sign"]], right)]


@statement(
    rf"<r> is (?P<one>a|one|the) {_ROOT} (?:of|to) {_EQUATION}",
    rf"{_EQUATION} has (?P<one>a|one) {_ROOT}(?: of|,? which is|:)? <r>(?: for <y>)?",
    rf"(?P<one>a|one|the) {_ROOT} (?:of|to) {_EQUATION},? is <r>",
    rf"(?P<one>one) of the {_ROOT}s (?:of|to) {_EQUATION},? is <r>",
    rf"{_EQUATION},? with (?P<one>a|one) {_ROOT}(?: of| being|:)? <r>(?: for <y>)?",
    rf"(?:regarding ){_EQUATION}, there is (?P<one>a|one) {_ROOT}(?: of|:)? <r>",
    rf"<r> ?(?:是|为) ?{_ABOUT}{_DEGREE}方程 ?<e> ?的(?P<one>一个)?(?:实数)?(?:解|根)",
    rf"{_ABOUT}{_DEGREE}方程 ?<e> ?的(?P<one>一个|其中一个)?(?:实数)?(?:解|根)(?:是|为) ?<r>",
    rf"{_ABOUT}{_DEGREE}方程 ?<e> ?有(?P<one>一个)(?:实数)?(?:解|根)(?:是|为) ?<r>",
)
def _known_root(given: Given) -> list[Stated]:
    """The equation with its root in the place of the unknown; its degree is what it is called."""
    equation, root = given.one("e"), given.one("r")
    if equation.kind != "rel" or equation.text != "=":
        raise NotUnderstood("no equation")
    name, root = _unknown(given, root, equation)
    left, right = equation.parts
    found: list[Stated] = [(replaced(left, name, root), "=", replaced(right, name, root))]
    difference = Node("sub", (left, right))
    degree = given.words.get("degree", "").strip()
    if given.words.get("one", "") in ("the", "") and degree not in ("linear", "一元一次"):
        # The one root there is: understood where the equation cannot have another one.
        if not _is_linear(difference, name):
            raise NotUnderstood("the only root of an equation")
        degree = "linear"
    if degree:
        found.append((_leading(difference, name, quadratic=degree in ("quadratic", "一元二次")), "!=", ZERO))
    return found


def _unknown(given: Given, root: Node, equation: Node) -> tuple[str, Node]:
    """The name of the unknown and the value of the root."""
    named = [given.one(group) for group in "wxy" if given.trees.get(group)]
    if root.kind == "rel" and root.text == "=" and root.parts[0].kind == "name":
        named.append(root.parts[0])
        root = root.parts[1]
    written = names_of(equation)
    if not named:
        named = [Node("name", text=name) for name in sorted(written & set("xyzt"))]
    if len(set(named)) != 1 or named[0].kind != "name" or named[0].text not in written:
        raise NotUnderstood("an unknown that is not named")
    if root.kind in ("rel", "list", "set", "tuple", "pm") or named[0].text in names_of(root):
        raise NotUnderstood("no single root")
    return named[0].text, root


def _is_linear(tree: Node, name: str) -> bool:
    """Whether a formula is plainly a polynomial of degree 1 in a name: no power, root, quotient or product of it."""
    if name not in names_of(tree):
        return True
    if tree.kind in ("add", "sub", "neg", "pos"):
        return all(_is_linear(part, name) for part in tree.parts)
    if tree.kind == "mul":
        return sum(name in names_of(part) for part in tree.parts) == 1 and all(
            _is_linear(part, name) for part in tree.parts
        )
    if tree.kind == "div":
        return name not in names_of(tree.parts[1]) and _is_linear(tree.parts[0], name)
    return tree.kind == "name"


def _is_quadratic(tree: Node, name: str) -> bool:
    """Whether it is plainly a polynomial of degree 2 at most in a name."""
    if _is_linear(tree, name):
        return True
    if tree.kind in ("add", "sub", "neg", "pos"):
        return all(_is_quadratic(part, name) for part in tree.parts)
    if tree.kind == "pow":
        return tree.parts[1] == Node("num", text="2") and _is_linear(tree.parts[0], name)
    if tree.kind == "div":
        return name not in names_of(tree.parts[1]) and _is_quadratic(tree.parts[0], name)
    if tree.kind == "mul":
        holding = [part for part in tree.parts if name in names_of(part)]
        if len(holding) == 1:
            return _is_quadratic(holding[0], name)
        return len(holding) == 2 and all(_is_linear(part, name) for part in holding)
    return False


def _leading(tree: Node, name: str, *, quadratic: bool) -> Node:
    """A multiple of the leading coefficient, by differences of values."""
    if not (_is_quadratic if quadratic else _is_linear)(tree, name):
        raise NotUnderstood("an equation of another degree")
    at = {number: replaced(tree, name, Node("num", text=str(number))) for number in (0, 1, 2)}
    if not quadratic:
        return Node("sub", (at[1], at[0]))
    outer, inner = Node("add", (at[0], at[2])), Node("mul", (Node("num", text="2"), at[1]))
    return Node("sub", (outer, inner))


@statement(
    r"(?:the )?two square roots of (?:a|the) (?P<kind>positive) number(?: <m>)? are <ab+>",
    r"(?:a|the) (?P<kind>positive) number(?: <m>)? has two square roots,? (?:which are |that are |namely )?<ab+>",
    r"(?:一个)?(?P<kind>正)数(?: ?<m>)? ?的两个(?:不同的|不相等的)?平方根(?:分别)?(?:是|为) ?<ab+>",
)
def _square_roots(given: Given) -> list[Stated]:
    """Two square roots are opposite, and not 0."""
    a, b = given.several("ab", 2)
    found: list[Stated] = [(Node("add", (a, b)), "=", ZERO), (a, "!=", ZERO)]
    if given.trees.get("m"):
        found.append((given.one("m"), "=", Node("pow", (a, Node("num", text="2")))))
    return found


@statement(
    r"the equations? <e> and(?: the equation)? <f> have the same (?P<only>solution)(?: for <x>)?",
    r"(?:关于 ?<x> ?的)?方程 ?<e> ?(?:和|与)(?:方程)? ?<f> ?(?:的解相同|有相同的解|同解)",
)
def _same_solution(given: Given) -> list[Stated]:
    """Both equations hold for the one unknown: understood where each is plainly linear in it."""
    found: list[Stated] = []
    for tree in (given.one("e"), given.one("f")):
        if tree.kind != "rel" or tree.text != "=":
            raise NotUnderstood("no equation")
        found.append((tree.parts[0], "=", tree.parts[1]))
    named = {given.one("x").text} if given.trees.get("x") else {"x", "y"}
    names = [
        name
        for name in sorted(named)
        if all(name in names_of(part) for part in (given.one("e"), given.one("f")))
    ]
    if len(names) != 1 or not all(
        _is_linear(Node("sub", (left, right)), names[0]) for left, _, right in found
    ):
        raise NotUnderstood("several unknowns, or several solutions")
    return found


@statement(
    r"<ab+> are (?:like|similar) terms",
    r"<ab+> can be combined into (?:one|a single) term",
    r"(?:the )?monomials <ab+> are (?:like|similar) terms",
    r"(?:the )?(?:sum|difference) (?:of|between) (?:the )?(?:monomials )?<ab+> is (?:still |also )?a monomial",
    r"(?:单项式 ?)?<ab+> ?是同类项",
    r"(?:单项式 ?)?<ab+> ?的(?:和|差)(?:仍)?(?:是|为)单项式",
)
def _like_terms(given: Given) -> list[Stated]:
    """Each letter has the same exponent in both."""
    first, second = (_exponents(tree) for tree in given.several("ab", 2))
    if not first or set(first) != set(second):
        raise NotUnderstood("no like terms")
    letters = set(first)
    found: list[Stated] = []
    for letter in sorted(letters):
        one, other = first[letter], second[letter]
        if (names_of(one) | names_of(other)) & letters:
            raise NotUnderstood("a letter in an exponent that is one of the term")
        if one != other:
            found.append((one, "=", other))
    return found


def _exponents(tree: Node) -> dict[str, Node]:
    """The exponent of each letter of a product of powers with a number before it."""
    if tree.kind in ("neg", "pos"):
        return _exponents(tree.parts[0])
    if tree.kind == "name":
        return {tree.text: ONE}
    if tree.kind == "pow" and tree.parts[0].kind == "name":
        return {tree.parts[0].text: tree.parts[1]}
    if tree.kind == "mul":
        found: dict[str, Node] = {}
        for part in tree.parts:
            more = _exponents(part)
            if more.keys() & found.keys():
                raise NotUnderstood("a letter twice")
            found |= more
        return found
    if tree.kind == "div" and not names_of(tree.parts[1]):
        return _exponents(tree.parts[0])
    if names_of(tree):
        raise NotUnderstood("no monomial")
    return {}


@statement(
    r"(?:the )?(?:function )?<f> is an (?P<parity>even|odd) function",
    r"(?:函数)? ?<f> ?(?:是|为)(?P<parity>偶|奇)函数",
)
def _parity(given: Given) -> list[Stated]:
    """What holds for every x holds at 1 and at 2; a value of a constant is understood where these decide it."""
    tree = given.one("f")
    if (
        tree.kind != "rel"
        or tree.text != "="
        or tree.parts[0].kind != "apply"
        or len(tree.parts[0].parts) != 1
    ):
        raise NotUnderstood("no function")
    (argument,) = tree.parts[0].parts
    body = tree.parts[1]
    if argument.kind != "name" or len(names_of(body) - {argument.text}) != 1:
        raise NotUnderstood("not one constant")
    found: list[Stated] = []
    for place in (Node("num", text="1"), Node("num", text="2")):
        here, there = (
            replaced(body, argument.text, place),
            replaced(body, argument.text, Node("neg", (place,))),
        )
        even = given.words["parity"] in ("even", "偶")
        found.append((there, "=", here if even else Node("neg", (here,))))
    return found


def names_of(tree: Node) -> set[str]:
    """The names in a formula."""
    return ({tree.text} if tree.kind == "name" else set()).union(*(names_of(part) for part in tree.parts))


_BINDING = frozenset({"sum", "prod", "lim", "int", "diff", "apply"})


def replaced(tree: Node, name: str, value: Node) -> Node:
    """The formula with a value for a name."""
    if tree.kind == "name":
        return value if tree.text == name else tree
    if tree.kind in _BINDING:
        raise NotUnderstood("a function or a bound name")
    return Node(tree.kind, tuple(replaced(part, name, value) for part in tree.parts), tree.text)


STATEMENTS = (
    _opposites,
    _reciprocals,
    _equal_values,
    _compared_values,
    _known_root,
    _square_roots,
    _same_solution,
    _like_terms,
    _parity,
)
