"""Questions for a constant in a formula: so that roots are real or equal, a term is missing, or a square is perfect."""

from __future__ import annotations

import re
from typing import Any

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.build import build, symbol
from checkers.mathematics.formulas.compare import is_real
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.problem.facts import Relation, is_kind
from checkers.mathematics.problem.statements import replaced
from checkers.mathematics.questions.equations import solved
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.values import value_expected
from checkers.mathematics.solving.equations import distinct, names_in
from checkers.mathematics.solving.inequalities import region_where
from checkers.mathematics.solving.polynomials import polynomial_roots

__all__ = ["QUESTIONS", "coefficients"]

_END = r"(?: is| are| equals?| is equal to)? ?=? ?[() _?]*"
_THEN = r",? ?(?:then )?(?:what (?:is|are) |find |determine )?"
_DEGREE = r"(?P<degree>quadratic )?"
_EQUATION = rf"(?:the |a )?{_DEGREE}(?:equation |function )?(?:in one variable )?(?:(?:in|about|for|in terms of) <x>,? )?<e>(?:,? (?:in|about|for|in terms of|with respect to) <x2>,?)?"
_COUNT = (
    r"(?P<count>two (?:distinct|different|unequal) real|two equal real|two equal|exactly one real|exactly one|only one real|only one|"
    r"no real|real|at least one real) (?:roots?|solutions?)"
)
_ASK = (
    r"(?:the )?(?:set of )?(?P<ask>(?:all )?(?:possible )?(?:real )?values|(?:possible )?value|range(?: of (?:possible )?values)?|value range|"
    r"(?:largest|smallest|greatest|least|maximum|minimum)(?: possible)?(?: integer)?(?: value| number)?)"
    r"(?: of| for| that)?(?: the)?(?: constant| parameter)?(?P<kind> real number)? ?<k>"
)


@asked(
    rf"(?:if )?{_EQUATION} has {_COUNT}{_THEN}{_ASK}{_END}",
    rf"(?:find|determine|what (?:is|are)) {_ASK},? (?:such that|so that|for which|if|when|given that|that make) {_EQUATION} has {_COUNT}",
    rf"(?:for )?(?:what|which) (?P<kind>real )?(?P<ask>values?) of <k> (?:does|will) {_EQUATION} have {_COUNT}",
    r"(?:若|已知|如果)?(?:关于 ?<x> ?的)?(?P<degree>一元二次)?方程 ?<e> ?(?P<count>有两个不相等的实数根|有两个不等的实数根|有两个不相等的实根|有两个不等实根|有两个相等的实数根|有两个相等的实根|没有实数根|无实数根|有实数根|有实根)"
    r"[,.] ?(?:则|那么|求)?(?P<kind>实数)?(?:常数|字母)? ?<k> ?的(?P<ask>取值范围|值|最大整数值|最小整数值|最大值|最小值)(?:是|为)?(?:多少)?[() _]*",
    words="quadratic range set one variable respect about possible parameter no 值 取值范围 一元二次方程 关于 字母 常数 方程",
)
def _by_discriminant(ask: Ask) -> Expected:
    """The values of a constant for which a quadratic equation has so many real roots."""
    # A constant of a quadratic with real roots is real.
    ask.word("kind")
    name, variable, difference = _constant_and_unknown(ask)
    a, b, c = _differences(difference, variable)
    if sp.degree(sp.expand(build(difference, ask.facts.context())), symbol(variable)) != 2:
        raise NotUnderstood("no quadratic")
    discriminant = Node("sub", (Node("pow", (b, _number(2))), Node("mul", (_number(4), Node("mul", (a, c))))))
    relations = [Relation(discriminant, _sign(ask.word("count")), _number(0))]
    if name in names_in(a, ask.facts):
        if not ask.word("degree"):
            raise NotUnderstood("an equation that need not be quadratic")
        relations.append(Relation(a, "!=", _number(0)))
    ask.word("degree")
    return _asked_of(ask, name, region_where(relations, ask.facts, name))


def _sign(count: str) -> str:
    if count in ("有实数根", "有实根") or count.startswith(("real", "at least")):
        return ">="
    if count.startswith("no ") or count[0] in "没无":
        return "<"
    if "distinct" in count or "different" in count or "unequal" in count or "不" in count:
        return ">"
    return "="


def _constant_and_unknown(ask: Ask) -> tuple[str, str, Node]:
    """The constant that is asked for, the unknown, and left minus right of the equation."""
    if ask.facts.equations or ask.facts.functions:
        raise NotUnderstood("more is given")
    name, tree = ask.tree("k"), ask.tree("e")
    if name.kind != "name" or (tree.kind == "rel" and tree.text != "="):
        raise NotUnderstood("no constant of an equation")
    if tree.kind == "rel":
        tree = tree.parts[1] if tree.parts[0] == Node("name", text="y") else Node("sub", tree.parts)
    others = names_in(tree, ask.facts) - {name.text}
    named = {ask.tree(group).text for group in ("x", "x2") if ask.has(group)}
    if len(others) != 1 or named - others or name.text not in names_in(tree, ask.facts):
        raise NotUnderstood("another unknown")
    return name.text, others.pop(), tree


def _number(value: int) -> Node:
    return Node("num", text=str(value))


def _differences(tree: Node, variable: str) -> tuple[Node, Node, Node]:
    """Twice the coefficients of a quadratic, from its values at 0, 1 and 2, as formulas of its constants."""
    zero, one, two = (replaced(tree, variable, _number(at)) for at in (0, 1, 2))
    a = Node("sub", (Node("add", (zero, two)), Node("mul", (_number(2), one))))
    b = Node("sub", (Node("sub", (Node("mul", (_number(4), one)), two)), Node("mul", (_number(3), zero))))
    return a, b, Node("mul", (_number(2), zero))


def _asked_of(ask: Ask, name: str, region: Any) -> Expected:
    """Of the values where the condition holds, what is asked for."""
    word = re.sub(r"^(?:all |possible |real )+", "", ask.word("ask"))
    if word in ("value", "values", "值") and isinstance(region, sp.FiniteSet):
        values = list(region)
        if word.endswith("value") and len(values) != 1:
            raise NotUnderstood("several values")
        return Expected("roots", tuple(values), "substitution", names=(name,))
    if ("value" in word and "range" not in word and not word.endswith("values")) or word.startswith(
        ("最", "larg", "small", "great", "least", "max", "min")
    ):
        return value_expected(ask, _last(region, word), Node("name", text=name), method="substitution")
    if word == "值" or region == sp.S.EmptySet or isinstance(region, sp.FiniteSet):
        raise NotUnderstood("not one value, or no range")
    return Expected("region", (region,), "sign check", names=(name,))


def _last(region: Any, word: str) -> Any:
    """The largest or smallest number of an interval, or integer."""
    highest = word.startswith(("large", "great", "max", "最大"))
    if isinstance(region, sp.FiniteSet):
        ordered = sorted(region, key=lambda value: value.evalf(30))
        if "整" in word or "integer" in word:
            ordered = [value for value in ordered if value.is_Integer]
        return ordered[-1] if highest else ordered[0]
    parts = list(region.args) if isinstance(region, sp.Union) else [region]
    if not parts or not all(isinstance(part, sp.Interval) for part in parts):
        raise NotUnderstood("no interval")
    part = (
        max(parts, key=lambda p: p.end.evalf(30)) if highest else min(parts, key=lambda p: p.start.evalf(30))
    )
    end, is_open = (part.end, part.right_open) if highest else (part.start, part.left_open)
    if not end.is_finite:
        raise NotUnderstood("no last number")
    if "整" in word or "integer" in word:
        edge = sp.floor(end) if highest else sp.ceiling(end)
        for _ in range(3):
            if region.contains(edge) == sp.true:
                return edge
            edge += -1 if highest else 1
        raise NotUnderstood("no integer nearby")
    if is_open:
        raise NotUnderstood("a last number that is not reached")
    return end


_SQUARE = r"(?:equal to )?(?:a perfect square(?: trinomial| expression)?|the square of a binomial)"
_CONSTANT = r"(?P<kind>(?:real |nonzero |positive |negative )*(?:constant|number|value of|value)?) ?"


@asked(
    rf"(?:if )?(?:(?P<kind2>(?:nonzero |positive |negative |real )*)(?:the )?(?:expression |polynomial |quadratic )?)<e> is {_SQUARE}{_THEN}(?:the )?{_CONSTANT}<k>{_END}",
    rf"(?:find|determine|what is)(?: the)? {_CONSTANT}<k>,? (?:such that|so that|if|for which|given that) (?:the )?(?:expression |polynomial )?<e> is {_SQUARE}",
    rf"(?:if |suppose |let )?<k2> (?:is|be) an? (?P<kind2>(?:real |nonzero |positive |negative )*)constant such that <e> is {_SQUARE}{_THEN}(?:the )?{_CONSTANT}<k>{_END}",
    r"(?:若|已知|如果)?(?:多项式|代数式|二次三项式)? ?<e> ?是(?:一个)?完全平方式[,.] ?(?:则|那么|求)?(?P<kind>(?:实数|常数)?) ?<k> ?的?(?:值)?(?:是|为|等于|=)?[() _]*",
    words="perfect square trinomial expression binomial polynomial quadratic 是一个完全平方式 是完全平方式 二次三项式 的值 常数",
)
def _perfect_square(ask: Ask) -> Expected:
    """The constants for which a quadratic in one letter is the square of a binomial."""
    if ask.has("k2") and ask.tree("k2") != ask.tree("k"):
        raise NotUnderstood("another constant")
    name, variable, tree = _constant_and_unknown(ask)
    kinds = ask.kinds("kind") | ask.kinds("kind2")
    value = sp.expand(build(tree, ask.facts.context()))
    if not value.is_polynomial(symbol(variable)) or sp.degree(value, symbol(variable)) != 2:
        raise NotUnderstood("no quadratic")
    a, b, c = (value.coeff(symbol(variable), power) for power in (2, 1, 0))
    found = []
    for root in polynomial_roots(sp.expand(b**2 - 4 * a * c), symbol(name), real=True):
        place = {symbol(name): root}
        if not is_kind(root, kinds) or bool(a.subs(place).evalf(30) <= 0):
            continue
        if c.subs(place) == 0:
            raise NotUnderstood("a square of a monomial")
        found.append(root)
    if not found:
        raise NotUnderstood("no such constant")
    return Expected("roots", tuple(found), "substitution", names=(name,))


_SORTS = {
    "constant": 0,
    "linear": 1,
    "quadratic": 2,
    "cubic": 3,
    "常数项": 0,
    "一次项": 1,
    "二次项": 2,
    "三次项": 3,
}
_OF = (
    r"(?:the )?(?:algebraic |given )?(?:expression |polynomial |expansion of |product |operation result of )*"
)
_IN = r"(?: ?(?:in terms of|in|with respect to|about|regarding) <vs+>)?"
_NOT = r",? (?:does not contain|contains no|has no|do not contain|is without|if there is no)(?: a| an| the| any)?"
_AFTER = r"(?: after (?:the )?(?:expansion|simplification|operation|being expanded))?"
_VALUE = rf"{_THEN}(?:the )?(?:value of )?(?:the )?(?:constant |algebraic expression |expression )?<g>{_END}"


@asked(
    rf"(?:if |in )?{_OF}<e>{_IN}{_NOT} (?:<ts+> terms?|terms? (?:of|in|with|containing) <us+>|(?P<sort>quadratic|linear|constant|cubic) terms?){_AFTER}{_VALUE}",
    rf"(?:if |in )?{_OF}<e>{_IN}{_NOT} (?:the )?terms? <us+>{_AFTER}{_VALUE}",
    rf"(?:if )?the (?P<how>sum|difference|product) (?:of|between) {_OF}<e> and <f>{_NOT} (?:<ts+> terms?|terms? (?:of|in|with) <us+>|(?P<sort>quadratic|linear|constant|cubic) terms?){_AFTER}{_VALUE}",
    rf"(?:if )?{_OF}<e> (?P<how>added|multiplied) (?:to|by|with) <f>{_NOT} (?:<ts+> terms?|terms? (?:of|in|with) <us+>|(?P<sort>quadratic|linear|constant|cubic) terms?){_AFTER}{_VALUE}",
    r"(?:若|如果|已知)?(?:关于 ?<vs+> ?的)?(?:多项式|代数式|整式)? ?<e> ?(?:的(?:展开式|乘积|结果|积)(?:中)?|中|化简后|展开后)?,? ?(?:不含|不存在|没有)(?:有)? ?(?:<ts+> ?的?项|(?P<sort>常数项|一次项|二次项|三次项)),? ?(?:则|那么|求)?(?:常数)? ?<g> ?(?:的值)?(?:是|为|等于|=)?(?:多少)?[() _]*",
    words="not no without contain does do any regarding about respect being expanded algebraic given result operation first added multiplied between difference sum it term terms after expansion simplification operation constant algebraic contain contains product polynomial 不含 项 的项 展开式 的展开式中 多项式 代数式 的值 常数 乘积 结果",
)
def _absent_term(ask: Ask) -> Expected:
    """The value of constants for which a polynomial has no term of some kind."""
    if ask.facts.equations or ask.facts.functions:
        raise NotUnderstood("more is given")
    value = sp.expand(build(combined(ask), ask.facts.context()))
    missing = coefficients(ask, value)
    target = ask.tree("g")
    constants = sorted(set().union(*(part.free_symbols for part in missing)), key=str)
    asked_for = build(target, ask.facts.context())
    if not constants or not asked_for.free_symbols <= set(constants):
        raise NotUnderstood("a value that nothing determines")
    found = sp.solve(missing, constants, dict=True)
    values = [asked_for.subs(place) for place in found]
    if not values or any(item.free_symbols or is_real(item) is not True for item in values):
        raise NotUnderstood("a value that is not determined")
    values = distinct(values)
    if len(values) != 1:
        raise NotUnderstood("several values")
    return value_expected(ask, values[0], target, method="substitution")


_COMBINED = {"sum": "add", "added": "add", "difference": "sub", "product": "mul", "multiplied": "mul"}


def combined(ask: Ask) -> Node:
    """The polynomial, or what is made of two of them."""
    tree = ask.tree("e")
    if any(node.kind == "rel" for node in (tree,)):
        raise NotUnderstood("no polynomial")
    return Node(_COMBINED[ask.word("how")], (tree, ask.tree("f"))) if ask.has("f") else tree


def coefficients(ask: Ask, value: Any) -> list[Any]:
    """The coefficients of the terms that are missing, as expressions of the constants."""
    written = [
        part
        for group in ("ts", "us")
        if ask.has(group)
        for f in ask.formulas(group)
        for part in ask.facts.parse_list(f)
    ]
    terms = [build(part, ask.facts.context()) for part in written]
    letters = set().union(*(term.free_symbols for term in terms))
    if ask.has("vs"):
        named = {part for f in ask.formulas("vs") for part in ask.facts.parse_list(f)}
        stated = {symbol(part.text, ask.facts.context()) for part in named if part.kind == "name"}
        if len(stated) != len(named) or not letters <= stated:
            raise NotUnderstood("other letters")
        letters = stated
    constants = build(ask.tree("g"), ask.facts.context()).free_symbols
    rest = value.free_symbols - letters - constants
    if not letters:
        letters, rest = rest, set()
    if rest or not letters or letters & constants:
        raise NotUnderstood("letters of which it is not said what they are")
    ordered = sorted(letters, key=str)
    polynomial = sp.Poly(value, *ordered)
    if ask.has("sort"):
        degree = _SORTS[ask.word("sort")]
        if terms:
            raise NotUnderstood("two kinds of terms")
        return [c for powers, c in polynomial.terms() if sum(powers) == degree]
    if not terms:
        raise NotUnderstood("no terms")
    return [polynomial.coeff_monomial(term) for term in terms]


_EXPRESSION = r"(?:the )?(?:value of )?(?:the )?(?:algebraic )?(?:expression |fraction )?"


@asked(
    rf"when <x> ?=?\?? ?,? {_EXPRESSION}<a> (?:is equal to|equals|is|and) {_EXPRESSION}<b>(?: are equal| have the same value)?",
    rf"(?:what is |find )?the (?P<only>value) of <x> that makes {_EXPRESSION}<a> equal to {_EXPRESSION}<b>{_END}",
    r"当 ?<x> ?(?:=|为|取|等于)?(?:何值|多少)?[() _]* ?时,? ?(?:代数式|分式|式子)? ?<a> ?(?:的值)?(?:与|和|等于|是|为) ?<b> ?(?:的值)?(?:相等)?",
    words="same have algebraic value equal 何值 相等 的值相等 代数式 的值 取",
)
def _equal_when(ask: Ask) -> Expected:
    """The unknown for which two expressions have the same value."""
    ask.word("only")
    if ask.facts.equations:
        raise NotUnderstood("more is given")
    name = ask.tree("x")
    if name.kind != "name":
        raise NotUnderstood("no unknown")
    ask.facts.equations.append(Relation(ask.tree("a"), "=", ask.tree("b")))
    return solved(ask, name.text)


QUESTIONS = (
    _by_discriminant,
    _perfect_square,
    _absent_term,
    _equal_when,
)
