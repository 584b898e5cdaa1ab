"""Sentences that say of what degree something is: a quadratic equation, a direct proportion, a monomial of degree 4."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.problem.statements import ONE, ZERO, Given, Stated, names_of, statement

__all__ = ["DEGREES"]


@dataclass(frozen=True)
class _Term:
    """A term: the exponent of each letter, and what stands before the letters."""

    exponents: dict[str, Node]
    coefficient: Node


def _number(value: int) -> Node:
    whole = Node("num", text=str(abs(value)))
    return Node("neg", (whole,)) if value < 0 else whole


def _sum(parts: list[Node]) -> Node:
    return reduce(lambda one, other: Node("add", (one, other)), parts) if parts else ZERO


def _terms(tree: Node, letters: frozenset[str], sign: int = 1) -> list[_Term]:
    """The terms of a sum in these letters. Raises `NotUnderstood` where a bracket would have to be multiplied out."""
    if tree.kind in ("add", "sub"):
        right = -sign if tree.kind == "sub" else sign
        return _terms(tree.parts[0], letters, sign) + _terms(tree.parts[1], letters, right)
    if tree.kind in ("neg", "pos"):
        return _terms(tree.parts[0], letters, -sign if tree.kind == "neg" else sign)
    exponents: dict[str, Node] = {}
    coefficient: list[Node] = [] if sign > 0 else [_number(-1)]
    for factor in _factors(tree):
        base, exponent = factor.parts if factor.kind == "pow" else (factor, ONE)
        if base.kind == "name" and base.text in letters:
            if base.text in exponents or names_of(exponent) & letters:
                raise NotUnderstood("a letter twice, or in an exponent")
            exponents[base.text] = exponent
        elif names_of(factor) & letters:
            raise NotUnderstood("a product of brackets")
        else:
            coefficient.append(factor)
    return [_Term(exponents, reduce(lambda a, b: Node("mul", (a, b)), coefficient) if coefficient else ONE)]


def _factors(tree: Node) -> list[Node]:
    if tree.kind == "mul":
        return [factor for part in tree.parts for factor in _factors(part)]
    if tree.kind == "div":
        return [*_factors(tree.parts[0]), Node("div", (ONE, tree.parts[1]))]
    if tree.kind in ("neg", "pos"):
        return [_number(-1 if tree.kind == "neg" else 1), *_factors(tree.parts[0])]
    return [tree]


def _whole(exponent: Node) -> int | None:
    if exponent.kind == "neg":
        inner = _whole(exponent.parts[0])
        return None if inner is None else -inner
    return int(exponent.text) if exponent.kind == "num" and exponent.text.isdigit() else None


def _of_degree(terms: list[_Term], letter: str, degree: int) -> list[Stated]:
    """The relations that make a sum of that degree in a letter, whose coefficient is not 0."""
    unknown = [term for term in terms if _whole(term.exponents.get(letter, ZERO)) is None]
    known: dict[int, list[Node]] = {}
    for term in terms:
        exponent = _whole(term.exponents.get(letter, ZERO))
        if exponent is not None:
            known.setdefault(exponent, []).append(term.coefficient)
    if len(unknown) > 1 or any(exponent < 0 for exponent in known):
        raise NotUnderstood("several exponents that are not known")
    if unknown:
        if any(exponent >= degree > 0 for exponent in known):
            raise NotUnderstood("an exponent that need not be the highest one")
        (term,) = unknown
        return [(term.exponents[letter], "=", _number(degree)), *_not_zero(term.coefficient)]
    if degree not in known:
        raise NotUnderstood("no term of that degree")
    found: list[Stated] = [(_sum(parts), "=", ZERO) for exponent, parts in known.items() if exponent > degree]
    return found + _not_zero(_sum(known[degree]))


def _not_zero(coefficient: Node) -> list[Stated]:
    return [(coefficient, "!=", ZERO)] if names_of(coefficient) else []


def _constant(terms: list[_Term], letters: frozenset[str]) -> list[Node]:
    return [term.coefficient for term in terms if not set(term.exponents) & letters]


def _variable(given: Given, tree: Node) -> str:
    """The letter of an equation that is its unknown."""
    named = {given.one(group) for group in "xy" if given.trees.get(group)}
    if not named:
        named = {Node("name", text=name) for name in names_of(tree) & set("xyz")}
    if len(named) != 1:
        raise NotUnderstood("an unknown that is not named")
    (letter,) = named
    if letter.kind != "name" or letter.text not in names_of(tree):
        raise NotUnderstood("another letter")
    return letter.text


def _difference(given: Given) -> Node:
    tree = given.one("e")
    if tree.kind != "rel" or tree.text != "=":
        raise NotUnderstood("no equation")
    return Node("sub", tree.parts)


_IN = r"(?:,? (?:in|about|with respect to|in terms of|for|regarding)(?: one variable,?)?(?: the variable)? <x>,?)?"


@statement(
    rf"(?:the )?(?:equation )?<e> is an? (?:one-variable )?(?P<degree>linear|quadratic) equation(?: (?:in|with|of) one variable)?{_IN}",
    r"(?:关于 ?<x> ?的)?(?:方程)? ?<e> ?是(?:关于 ?<y> ?的)?(?P<degree>一元一次|一元二次)方程",
)
def _equation(given: Given) -> list[Stated]:
    difference = _difference(given)
    letter = _variable(given, difference)
    degree = 1 if given.words["degree"] in ("linear", "一元一次") else 2
    return _of_degree(_terms(difference, frozenset({letter})), letter, degree)


@statement(
    r"(?:the )?(?:equation )?<e> is a linear equation in two variables <xy+>",
    r"(?:方程)? ?<e> ?是关于 ?<xy+> ?的二元一次方程",
)
def _equation_of_two(given: Given) -> list[Stated]:
    difference = _difference(given)
    letters = [tree.text for tree in given.several("xy", 2) if tree.kind == "name"]
    terms = _terms(difference, frozenset(letters))
    if len(letters) != 2 or any(len(term.exponents) > 1 for term in terms):
        raise NotUnderstood("no sum of two letters")
    return [
        stated
        for letter in letters
        for stated in _of_degree([term for term in terms if letter in term.exponents], letter, 1)
    ]


_KIND = r"(?P<kind>direct|inverse) proportion(?:al)? function"


@statement(
    rf"(?:the )?(?:function )?<e> is an? {_KIND}(?: of <x>)?",
    r"(?:函数)? ?<e> ?是(?:关于 ?<x> ?的)?(?P<kind>正比例|反比例)函数",
)
def _proportion(given: Given) -> list[Stated]:
    tree = given.one("e")
    if tree.kind != "rel" or tree.text != "=" or tree.parts[0] != Node("name", text="y"):
        raise NotUnderstood("no function")
    letters = frozenset("x")
    if given.trees.get("x") and given.one("x") != Node("name", text="x"):
        raise NotUnderstood("another letter")
    terms = _terms(tree.parts[1], letters)
    moving = [term for term in terms if term.exponents]
    if given.words["kind"] in ("direct", "正比例"):
        found = _of_degree(moving, "x", 1)
    elif len(moving) == 1 and _whole(moving[0].exponents["x"]) is None:
        found = [(moving[0].exponents["x"], "=", _number(-1)), *_not_zero(moving[0].coefficient)]
    else:
        raise NotUnderstood("no power that is not known")
    constant = _sum(_constant(terms, letters))
    return found + ([(constant, "=", ZERO)] if names_of(constant) else [])


@statement(
    r"(?:the )?(?:two )?simplest quadratic (?:radicals?|surds?) <ab+> (?:are of the same type|can be combined|are similar(?: radicals)?)",
    r"(?:the )?simplest quadratic (?:radical|surd) <a> can be combined with <b>",
    r"最简二次根式 ?<ab+> ?(?:是同类二次根式|可以合并|能够合并|能合并)",
)
def _like_radicals(given: Given) -> list[Stated]:
    """The same under both roots; understood where that leaves one value, as another one need not be simplest."""
    a, b = given.several("ab", 2) if given.trees.get("ab") else (given.one("a"), given.one("b"))
    if any(tree.kind != "call" or tree.text != "root" or _whole(tree.parts[1]) != 2 for tree in (a, b)):
        raise NotUnderstood("no roots")
    inside = [tree.parts[0] for tree in (a, b)]
    names = names_of(a) | names_of(b)
    if len(names) != 1 or not all(names_of(tree) for tree in inside):
        raise NotUnderstood("not one letter under each root")
    for tree in inside:
        terms = _terms(tree, frozenset(names))
        if any(_whole(exponent) != 1 for term in terms for exponent in term.exponents.values()):
            raise NotUnderstood("values of which one need not be simplest")
    return [(inside[0], "=", inside[1])]


_DEGREE = {
    "first": 1, "linear": 1, "second": 2, "quadratic": 2, "third": 3, "cubic": 3, "fourth": 4, "quartic": 4, "fifth": 5, "quintic": 5, "sixth": 6,
    "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6,
}  # fmt: skip
_NTH = r"(?P<nth>first|second|third|fourth|fifth|sixth|quintic|quartic|cubic|quadratic)(?:[- ]degree)?"


@statement(
    r"(?:the )?degree of (?:the )?(?P<what>monomial|polynomial) <e> is <n>",
    rf"(?:the )?(?P<what>monomial|polynomial)? ?<e> is an? {_NTH} (?:monomial|polynomial)",
    r"(?P<what>单项式|多项式) ?<e> ?的次数(?:是|为) ?<n>",
    r"(?P<what>单项式|多项式)? ?<e> ?是(?P<nth>一|二|三|四|五|六)次(?:单项式|多项式)",
)
def _degree_told(given: Given) -> list[Stated]:
    degree = _whole(given.one("n")) if given.trees.get("n") else _DEGREE[given.words["nth"]]
    if degree is None:
        raise NotUnderstood("no degree")
    return _with_degree(given.one("e"), degree)


@statement(
    r"(?:the )?degree of (?:the )?monomial <e> is the same as (?:that|the degree) of (?:the )?(?:monomial |polynomial )?<f>",
)
def _same_degree(given: Given) -> list[Stated]:
    """One of the two has a degree that can be read off."""
    one, other = given.one("e"), given.one("f")
    for known, sought in ((one, other), (other, one)):
        degrees = [_whole_degree(term) for term in _terms_in_letters(known)]
        if all(degree is not None for degree in degrees):
            return _with_degree(sought, max(degree for degree in degrees if degree is not None))
    raise NotUnderstood("two degrees that are not known")


def _terms_in_letters(tree: Node) -> list[_Term]:
    """The terms in all letters that stand as factors; none of them may be in an exponent or a bracket."""
    letters = frozenset(_letters(tree))
    terms = _terms(tree, letters)
    if any(names_of(exponent) & letters for term in terms for exponent in term.exponents.values()):
        raise NotUnderstood("a letter in an exponent that is one of the term")
    return terms


def _letters(tree: Node) -> set[str]:
    if tree.kind in ("add", "sub", "neg", "pos"):
        return set().union(*(_letters(part) for part in tree.parts))
    bases = [factor.parts[0] if factor.kind == "pow" else factor for factor in _factors(tree)]
    if any(base.kind not in ("name", "num", "const", "add", "sub") and names_of(base) for base in bases):
        raise NotUnderstood("a factor that is neither a letter nor a coefficient")
    return {base.text for base in bases if base.kind == "name"}


def _whole_degree(term: _Term) -> int | None:
    parts = [_whole(exponent) for exponent in term.exponents.values()]
    return None if None in parts else sum(part for part in parts if part is not None)


def _with_degree(tree: Node, degree: int) -> list[Stated]:
    """The relations that give a sum its degree: one term alone may have one that is not known."""
    terms = _terms_in_letters(tree)
    unknown = [term for term in terms if _whole_degree(term) is None]
    if len(unknown) != 1 or any(
        (_whole_degree(term) or 0) >= degree for term in terms if term not in unknown
    ):
        raise NotUnderstood("a degree that another term may have")
    (term,) = unknown
    return [(_sum(list(term.exponents.values())), "=", _number(degree)), *_not_zero(term.coefficient)]


_SIGNS = {
    "positive": ">", "negative": "<", "non-negative": ">=", "nonnegative": ">=", "non-positive": "<=", "nonpositive": "<=",
    "正数": ">", "负数": "<", "非负数": ">=", "非正数": "<=",
}  # fmt: skip
_SIGN = r"(?P<sign>positive|negative|non-?negative|non-?positive)"


@statement(
    rf"(?:the )?(?:linear )?equation <e> has an? {_SIGN} (?:solution|root)(?: for <x>)?",
    rf"(?:the )?solution (?:of|to) the (?:linear )?equation(?: (?:in|about|for) <x>,?)? <e> is (?:an? )?{_SIGN}(?: number)?",
    r"(?:关于 ?<x> ?的)?方程 ?<e> ?的解(?:是|为)(?P<sign>正数|负数|非负数|非正数)",
)
def _sign_of_root(given: Given) -> list[Stated]:
    """The only solution of a linear equation whose leading coefficient is a number."""
    difference = _difference(given)
    letter = _variable(given, difference)
    terms = _terms(difference, frozenset({letter}))
    leading = [term.coefficient for term in terms if term.exponents]
    if not leading or any(names_of(part) for part in leading):
        raise NotUnderstood("a coefficient that may be 0")
    if any(_whole(term.exponents[letter]) != 1 for term in terms if term.exponents):
        raise NotUnderstood("no linear equation")
    root = Node("neg", (Node("div", (_sum(_constant(terms, frozenset({letter}))), _sum(leading))),))
    return [(root, _SIGNS[given.words["sign"]], ZERO)]


@statement(
    r"(?:(?:in|for) )?(?:the )?linear function <e>(?:,? <y>)? (?P<way>increases|decreases) as <x> increases",
    r"(?:in|for) the linear function <e>,? <y> (?P<way>increases|decreases) as <x> increases",
    r"一次函数 ?<e> ?(?:中)?,? ?<y> ?随 ?<x> ?的增大而(?P<way>增大|减小)",
)
def _monotonic(given: Given) -> list[Stated]:
    tree = given.one("e")
    if tree.kind != "rel" or tree.text != "=" or tree.parts[0] != Node("name", text="y"):
        raise NotUnderstood("no function")
    if given.one("x") != Node("name", text="x") or (
        given.trees.get("y") and given.one("y") != Node("name", text="y")
    ):
        raise NotUnderstood("other letters")
    terms = [term for term in _terms(tree.parts[1], frozenset("x")) if term.exponents]
    if not terms or any(_whole(term.exponents["x"]) != 1 for term in terms):
        raise NotUnderstood("no linear function")
    sign = ">" if given.words["way"] in ("increases", "增大") else "<"
    return [(_sum([term.coefficient for term in terms]), sign, ZERO)]


DEGREES = (
    _equation,
    _equation_of_two,
    _proportion,
    _like_radicals,
    _degree_told,
    _same_degree,
    _sign_of_root,
    _monotonic,
)
