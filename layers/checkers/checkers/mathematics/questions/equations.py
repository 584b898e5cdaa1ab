"""Questions for the solutions of equations, systems and inequalities."""

from __future__ import annotations

import re
from typing import Any

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.build import build, symbol
from checkers.mathematics.formulas.compare import is_real
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.problem.facts import Facts, Relation, is_kind
from checkers.mathematics.problem.kinds import kinds_of
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.values import value_expected
from checkers.mathematics.solving.equations import (
    distinct,
    fits,
    names_in,
    real_solutions,
    solutions,
    unknowns,
)
from checkers.mathematics.solving.inequalities import region_where

__all__ = ["QUESTIONS", "sole_unknown"]

_EXTREME = r"(?P<extreme>largest|smallest|greatest|least|maximum|minimum|sum of (?:all )?(?:the )?|product of (?:all )?(?:the )?|number of|positive|negative|only|unique)?"
_KINDS = r"(?: ?(?:real|complex|integer|positive|negative|non-?negative|non-?zero|rational|even|odd|prime|distinct|possible))*"
_KIND = rf"(?P<kind>{_KINDS})"
_KIND2 = rf"(?P<kind2>{_KINDS})"
_OVER = r"(?P<over>over the reals|over the real numbers|in real numbers)"
_ALL = r"(?:all )?(?:of )?(?:the )?(?:possible )?"
_WHICH = r"(?:that |which )?(?:is a solution of|is a solution to|are solutions of|are solutions to|satisfy|satisfies|satisfying|solve|solves|such that|for which|so that|in|to|of|when|if|makes|make|for)(?: both)?(?: of)?(?: the)?(?: following)?(?: equations?| system| inequality| inequalities| system of equations)?(?: true)?"


@asked(
    r"(?:find|enter|compute|determine|what is|what are|give|solve for)(?: the| all)?(?: of the)?(?: ordered)? (?:pairs?|triples?|triplets?|quadruples?|solutions?)(?: of)?(?P<kind>(?: real| positive| negative| nonzero| complex)*(?: numbers| integers)?) ?<x>(?: of (?P<kind2>(?:real |positive |negative |nonzero |complex )*(?:numbers|integers)))?(?:,? (?:that |which )?(?:satisf(?:y|ies|ying)|such that|solves?|to|for which|where|of|if)(?: the)?(?: following)?(?: system)?(?: of)?(?: both)?(?: equations?| system)*:? ?<es+>)?",
    r"solve the (?:following )?systems?(?: of (?:linear )?equations?)?(?: for <x>)?(?: by elimination| by substitution)?:? ?<es+>(?: <fs+>)?",
    r"find the solutions? (?:to|of) the (?:following )?system(?: of (?:linear )?equations)?,? ?<es+>",
    r"(?:解)?方程组 ?<es+> ?(?:的解是|的解为|的解)?[() _]*",
    takes="equations constraints kinds",
    words="pair pairs triple triples triplet triplets quadruple quadruples ordered systems linear elimination substitution",
)
def _ordered(ask: Ask) -> Expected:
    """All solutions of a system, as points whose order the problem names."""
    for group in ("es", "fs"):
        for formula in ask.formulas(group) if ask.has(group) else ():
            ask.facts.add(formula)
    names = tuple(sorted(unknowns(ask.facts)))
    if ask.has("x"):
        tree = ask.tree("x")
        if tree.kind != "tuple" or any(part.kind != "name" for part in tree.parts):
            raise NotUnderstood("no names in an order")
        names = tuple(part.text for part in tree.parts)
    kinds = ask.kinds("kind") | ask.kinds("kind2")
    if kinds & {"integer", "natural", "complex", "distinct"}:
        raise NotUnderstood("a system in other numbers than real ones")
    for name in names:
        ask.facts.kinds.setdefault(name, set()).update(kinds)
    found = solutions(ask.facts, names)
    if len(found) == 1:
        return Expected("pair", tuple(found[0][name] for name in names), "substitution", names=names)
    return Expected("system", (), "substitution", names=names, solutions=tuple(found))


@asked(
    r"(?:solve|求解|解)(?: the)?(?: following)?(?: equations?| system(?: of equations)?| inequality|方程组|方程|不等式组|不等式)?(?: for)?(?: <x>)?(?:,|:| in| for)?(?: the equation)? ?<es+>(?: for <y>| {over})?".replace(
        "{over}", _OVER
    ),
    r"求 ?<x> ?: ?<es+>",
    r"(?:find|determine)(?: the value of| all values of)? <x> ?: ?<es+>",
    r"<es+>[,;] ?(?:求|则|那么) ?<x>(?: ?的值)?(?:是|为|等于)?(?:多少)?[() _]*",
    rf"(?:find|determine|what are|give|list|enter){_KIND} {_ALL}{_KIND2} ?(?:values?|solutions?|roots?|numbers?|zeros?|zeroes) (?:of <x> )?(?:(?:with|where) <c> )?{_WHICH} ?<es+>(?: is true| holds?| is satisfied)?",
    rf"(?:find|determine|what are) {_ALL}(?P<kind>{_KINDS} ?(?:numbers?|values?|integers?)?) ?<x> {_WHICH} <es+>",
    rf"(?:solve for|find|determine)(?: all| the)*(?P<kind>{_KINDS} ?(?:values? of|numbers?|integers?)?)(?: solutions? for)? ?<x>",
    r"solve for <x>",
    r"(?:find|determine|what is)(?: the)?(?: value of| values of)? <x>,? (?:if|in|such that|so that|for which|when|given that|that satisfies) (?:the equation )?<es+>",
    r"(?:what is|find) the (?:value of <x>|solution|solution set) (?:in|to|of|that satisfies|for) (?:the |a )?(?:following )?(?:proportion |system of equations |system of inequalities |equation |inequality |inequalities |equations )?(?:in <y> )?<es+>",
    r"solve (?:the|each) (?:following )?(?:linear |quadratic |proportion|logarithmic |exponential |radical |polynomial )*(?:equations?|inequality|inequalities|systems? of equations?)?(?: by factoring| by completing the square| by elimination| by substitution| analytically| algebraically)? ?<es+>",
    r"(?:find|what are|determine) the (?P<kind>real )?(?:solutions?|roots?|zeros?) of the (?:polynomial |quadratic )?equation <es+>",
    r"(?:what is |find |determine )?(?:the )?(?:range|range of (?:possible )?values|possible values|value range|condition) (?:of|for|that) (?:the )?(?P<kind>real )?(?:numbers? |unknown |variable )?<x>(?: must satisfy| should satisfy)?(?: is| are)?",
    r"(?:实数|字母|未知数)? ?<x> ?的取值范围(?:是|为)?[() _]*",
    r"for (?:what|which) (?P<kind>real )?values? of <x> (?:is|does|will|are)(?: the)?(?: following)?(?: equation| it true that| inequality)?(?: true that)?(?: true:)? ?<es+>(?: true| satisfied| hold| hold true| a true statement)?",
    r"for (?:what|which) (?P<kind>real )?values? of <x> is the (?:following )?equation true:? <es+>",
    r"what (?P<kind>real )?value of <x> is (?:the|a) solution (?:to|of) (?:the equation )?<es+>",
    r"(?:what|which) (?P<kind>real )?(?:values?|numbers?) (?:of )?<x> (?:satisf(?:y|ies)|solves?|makes?) (?:the equation )?<es+>(?: true)?",
    r"(?:求|解)?(?:关于 ?<x> ?的)?(?:一元二次|一元一次|分式|二元一次)?(?:方程组|方程|不等式组|不等式) ?:?<es+> ?的(?:所有)?(?P<kind>正整数|负整数|整数|正|负|实数)?(?:解集|解|根)(?:是|为)?[() _]*",
    r"<es+>",
    takes="equations constraints kinds complex",
    words="must should condition does proportion linear quadratic logarithmic exponential radical polynomial each systems analytically algebraically factoring completing square elimination substitution range possible variable 的取值范围 字母 未知数",
)
def _solved(ask: Ask) -> Expected:
    """Solutions of what the formulas say, as roots, as a system or as a set of numbers."""
    asked = (
        [tree for formula in ask.formulas("es") for tree in ask.facts.parse_list(formula)]
        if ask.has("es")
        else []
    )
    if asked and all(tree.kind == "name" for tree in asked):
        raise NotUnderstood("the value of a name, or of all")
    for formula in ask.formulas("es") if ask.has("es") else ():
        ask.facts.add(formula)
    if ask.has("c"):
        ask.facts.add(ask.formula("c"))
    _check_facts(ask.facts)
    if ask.facts.constraints and not ask.facts.equations:
        if _kinds_asked(ask) - {"real"}:
            raise NotUnderstood("a region of special numbers")
        return _region(ask)
    signed = _where_it_is_its_size(ask)
    if signed is not None:
        return signed
    named = _name_asked(ask)
    kinds = _kinds_asked(ask)
    for kind in kinds - {"real", "complex", "distinct"}:
        _restrict(ask.facts, named, kind)
    return solved(ask, named, complex_too="complex" in kinds)


def _kinds_asked(ask: Ask) -> frozenset[str]:
    """The kinds that the question's own words name; real numbers are meant anyway."""
    ask.has("over")
    return ask.kinds("kind") | ask.kinds("kind2")


def solved(ask: Ask, named: str, *, complex_too: bool = False) -> Expected:
    """All solutions for the name, or for all unknowns where the equations hold several."""
    names = sorted(unknowns(ask.facts))
    if len(names) == 1 and named in ("", names[0]):
        roots = real_solutions(ask.facts, names[0], complex_too=complex_too)
        _refuse_hidden_complex(ask, names[0], complex_too=complex_too)
        return Expected("roots", tuple(roots), "substitution", names=(names[0],))
    order = _order_asked(ask)
    if order:
        if sorted(order) != names:
            raise NotUnderstood("other unknowns than those that are asked for")
        names = list(order)
    if named:
        found = solutions(ask.facts, tuple(names))
        values = [solution[named] for solution in found]
        return Expected("roots", tuple(distinct(values)), "substitution", names=(named,))
    found = solutions(ask.facts, tuple(names))
    return Expected("system", (), "substitution", names=tuple(names), solutions=tuple(found))


def _refuse_hidden_complex(ask: Ask, name: str, *, complex_too: bool) -> None:
    """Where a polynomial has other than real roots, the problem must say which are meant."""
    if complex_too or "real" in ask.read.sentences or "实" in ask.read.sentences or ask.facts.kinds.get(name):
        return
    if ask.facts.constraints:
        return
    try:
        every = real_solutions(ask.facts, name, complex_too=True)
    except NotUnderstood:
        return  # no complex roots are known that could be hidden
    if any(is_real(root) is not True for root in every):
        raise NotUnderstood("complex roots that may or may not be meant")


def _check_facts(facts: Facts) -> None:
    if not facts.equations and not facts.constraints:
        raise NotUnderstood("nothing to solve")


def _name_asked(ask: Ask) -> str:
    for group in ("x", "y"):
        if ask.has(group):
            tree = ask.tree(group)
            if tree.kind == "tuple" and all(part.kind == "name" for part in tree.parts):
                continue
            if tree.kind != "name":
                raise NotUnderstood("no unknown")
            return tree.text
    return ""


def _order_asked(ask: Ask) -> tuple[str, ...]:
    """The order of (y, x) where a problem asks for it so."""
    for group in ("x", "y"):
        if ask.has(group):
            tree = ask.tree(group)
            if tree.kind == "tuple" and all(part.kind == "name" for part in tree.parts):
                return tuple(part.text for part in tree.parts)
    return ()


def _restrict(facts: Facts, name: str, kind: str) -> None:
    target = name or sole_unknown(facts)
    facts.kinds.setdefault(target, set()).add(kind)


def sole_unknown(facts: Facts) -> str:
    """The one free name of the equations."""
    names = unknowns(facts)
    if len(names) != 1:
        raise NotUnderstood("several unknowns")
    return names.pop()


def _region(ask: Ask) -> Expected:
    names: set[str] = set()
    for constraint in ask.facts.constraints:
        for tree in (constraint.left, constraint.right):
            names |= names_in(tree, ask.facts)
    if len(names) != 1 or _name_asked(ask) not in ("", *names):
        raise NotUnderstood("several unknowns")
    name = names.pop()
    if ask.facts.kinds.get(name, set()) - {"real"}:
        raise NotUnderstood("a region of special numbers")
    region = region_where(ask.facts.constraints, ask.facts, name)
    return Expected("region", (region,), "sign check", names=(name,))


def _where_it_is_its_size(ask: Ask) -> Expected | None:
    """Where |A| = A, √(A²) = A, or either is -A: A is not negative, or not positive."""
    facts = ask.facts
    if len(facts.equations) != 1 or facts.constraints or _kinds_asked(ask) - {"real"}:
        return None
    if not re.search("range|possible values|取值范围", ask.text):
        return None
    (equation,) = facts.equations
    for one, other in ((equation.left, equation.right), (equation.right, equation.left)):
        inside = _sized(one)
        names = set() if inside is None else names_in(inside, facts)
        if inside is None or len(names) != 1 or _name_asked(ask) not in ("", *names):
            continue
        (name,) = names
        if facts.kinds.get(name, set()) - {"real"}:
            return None
        size, said = build(inside, facts.context()), build(other, facts.context())
        for sign, same_sign in ((">=", said - size), ("<=", said + size)):
            if sp.expand(same_sign) == 0:
                relation = Relation(inside, sign, Node("num", text="0"))
                return Expected(
                    "region", (region_where([relation], facts, name),), "sign check", names=(name,)
                )
    return None


def _sized(tree: Node) -> Node | None:
    """A of |A| and of √(A²)."""
    if tree.kind == "abs":
        return tree.parts[0]
    two = Node("num", text="2")
    if tree.kind == "call" and tree.text == "root" and tree.parts[1] == two and tree.parts[0].kind == "pow":
        base, exponent = tree.parts[0].parts
        return base if exponent == two else None
    return None


_WHOLE = frozenset(
    {
        "integer",
        "natural",
        "prime",
        "composite",
        "even",
        "odd",
        "1 digits",
        "2 digits",
        "3 digits",
        "4 digits",
    }
)
_ROOT_WORDS = (
    r"(?:(?:possible|distinct|different|positive|negative|non-?negative|nonzero|real|complex|integer|rational|even|odd|prime|two) )*"
    r"(?:values?|solutions?|roots?|numbers?|zeros?|zeroes|integers?|primes?)"
)


@asked(
    rf"(?:find|determine|what is|compute|give) the (?P<what>largest|smallest|greatest|least|number of |sum of (?:all )?(?:of )?(?:the )?|product of (?:all )?(?:of )?(?:the )?|positive difference between (?:the )?(?:two )?|difference between the |average of (?:all )?(?:the )?|positive|negative) ?(?P<kind>{_ROOT_WORDS})(?: of)?(?: the equation)?(?: <x>)? ?{_WHICH} ?<es+>(?: is true| holds?| is satisfied)?",
    rf"how many (?P<count>distinct |different )?(?P<kind>{_ROOT_WORDS})(?: of <x>)? ?(?:does|do|are there (?:to|for|of|that satisfy|such that)|satisfy|are solutions (?:to|of)|<x2> satisfy|are in the solution set of)(?: the)?(?: equation| inequality)? ?<es+>(?: have)?",
    rf"for (?P<how>how many) (?P<kind>{_ROOT_WORDS})(?: of)?(?: <x>)? (?:is|does|do|are)(?: it true that| the inequality)? ?<es+>(?: true| hold)?",
    r"(?:what is|find|determine) the (?P<what>largest|smallest|greatest|least|sum of (?:all )?(?:of )?(?:the )?|product of (?:all )?(?:of )?(?:the )?) ?(?P<kind>(?:possible |real |integer |positive |negative )*values?) of <x>",
    r"(?:what|which) (?P<what>(?:positive )?integer)(?P<kind>) <x> satisfies <es+>",
    r"what (?P<what>positive|negative) (?P<kind>number|value of <x>|value) satisfies <es+>",
    r"(?:what is|find) the (?P<what>largest|smallest|greatest|least|maximum|minimum|sum of (?:all )?(?:the )?|product of (?:all )?(?:the )?|number of ) ?(?P<kind>(?:(?:positive|negative|non-negative) )?integers? solutions?) (?:of|to|that satisf(?:y|ies)|that makes?|for|satisfying) (?:the )?(?:inequality |inequalities |system of inequalities )?<es+>(?: true| hold)?",
    r"不等式(?:组)? ?<es+> ?的(?P<what>最大|最小)?(?P<kind>正整数|负整数|非负整数|整数)解(?P<how>的和|的个数|之和|共有|有)?(?:是|为)?(?:多少)?[() _个]*",
    rf"(?:what is|find) the (?P<what>largest|smallest|greatest|least) (?P<kind>{_ROOT_WORDS})(?: <x>)?,? (?:such that|that satisfies|for which|satisfying|so that|in the solution set of|that is a solution (?:to|of)|solution to|solution of|that satisfies the inequality) ?(?:the inequality |the equation )?:? ?<es+>(?: is true)?",
    takes="equations constraints kinds complex",
    words="how many 个 的 不等式 解 makes make",
)
def _of_all_roots(ask: Ask) -> Expected:
    """One number made of all solutions: the largest, their sum, how many there are."""
    for formula in ask.formulas("es") if ask.has("es") else ():
        ask.facts.add(formula)
    word, kind = ask.word("what") or "number", ask.word("kind")
    if "解" in ask.text:
        word = _ZH_WORDS.get((word if ask.has("what") else "", ask.word("how")), "only")
    if word.endswith("integer"):
        word, kind = "only", word
    for group in ("x", "x2"):
        if ask.has(group) and ask.tree(group) != Node("name", text=sole_name(ask.facts)):
            raise NotUnderstood("another unknown")
    ask.has("count")
    two = re.search(r"\btwo ", kind) is not None
    kinds = kinds_of(re.sub(r"\btwo ", "", kind)) | ({word} & {"positive", "negative"})
    for restricting in kinds - {"real", "complex", "distinct"}:
        _restrict_any(ask, restricting)
    whole = bool(kinds & _WHOLE) or _integer_kind(ask)
    if whole and not ask.facts.equations:
        numbers = _integers_in(ask)
    else:
        if not ask.facts.equations:
            raise NotUnderstood("an inequality without a last number")
        complex_too = "complex" in kinds
        name = sole_unknown(ask.facts)
        if re.match("sum|product|average", word):
            _refuse_repeated(ask, name)
        numbers = real_solutions(ask.facts, name, complex_too=complex_too)
        _refuse_hidden_complex(ask, name, complex_too=complex_too)
    if two and len(numbers) != 2:
        raise NotUnderstood("not two of them")
    return value_expected(ask, of_numbers(numbers, word), None, method="substitution")


_ZH_WORDS = {
    ("最大", ""): "largest",
    ("最小", ""): "smallest",
    ("", "的和"): "sum",
    ("", "之和"): "sum",
    ("", "的个数"): "number",
    ("", "共有"): "number",
    ("", "有"): "number",
}


def _refuse_repeated(ask: Ask, name: str) -> None:
    """Where a root counts twice, the sum of the roots depends on how they are counted."""
    relation = ask.facts.equations[0]
    context = ask.facts.context()
    value = sp.fraction(sp.together(build(relation.left, context) - build(relation.right, context)))[0]
    unknown = symbol(name, context)
    if value.is_polynomial(unknown) and sp.degree(sp.gcd(value, sp.diff(value, unknown)), unknown) > 0:
        raise NotUnderstood("roots that may count several times")


def _integer_kind(ask: Ask) -> bool:
    return any(kinds & _WHOLE for kinds in ask.facts.kinds.values())


def _restrict_any(ask: Ask, kind: str) -> None:
    ask.facts.kinds.setdefault(sole_name(ask.facts), set()).add(kind)


def sole_name(facts: Facts) -> str:
    """The one free name of all equations and conditions."""
    names: set[str] = set()
    for relation in (*facts.equations, *facts.constraints):
        names |= names_in(relation.left, facts) | names_in(relation.right, facts)
    if len(names) != 1:
        raise NotUnderstood("several unknowns")
    return names.pop()


def _integers_in(ask: Ask) -> list[Any]:
    names: set[str] = set()
    for constraint in ask.facts.constraints:
        names |= names_in(constraint.left, ask.facts) | names_in(constraint.right, ask.facts)
    if len(names) != 1:
        raise NotUnderstood("several unknowns")
    name = names.pop()
    region = region_where(ask.facts.constraints, ask.facts, name)
    kinds = ask.facts.kinds.get(name, set())
    if kinds & {"positive"}:
        region = sp.Intersection(region, sp.Interval.open(0, sp.oo))
    if kinds & {"negative"}:
        region = sp.Intersection(region, sp.Interval.open(-sp.oo, 0))
    low, high = region.inf, region.sup
    if region == sp.S.EmptySet:
        return []
    if not low.is_finite or not high.is_finite:
        return _half_bounded(region, low, high, kinds)
    if high - low > 100_000:
        raise NotUnderstood("too many integers")
    whole = range(int(sp.ceiling(low)), int(sp.floor(high)) + 1)
    return [
        sp.Integer(number)
        for number in whole
        if region.contains(sp.Integer(number)) == sp.true and is_kind(sp.Integer(number), kinds)
    ]


def _half_bounded(region: Any, low: Any, high: Any, kinds: set[str]) -> list[Any]:
    """Only the last integer matters where the region has no end on the other side."""
    if low.is_finite == high.is_finite or not isinstance(region, sp.Interval):
        raise NotUnderstood("infinitely many integers")
    edge = sp.Integer(int(sp.ceiling(low) if low.is_finite else sp.floor(high)))
    step = 1 if low.is_finite else -1
    for _ in range(1_000):
        if region.contains(edge) == sp.true and is_kind(edge, kinds):
            break
        edge += step
    else:
        raise NotUnderstood("no such integer nearby")
    return [edge, sp.oo if low.is_finite else -sp.oo]


def of_numbers(numbers: list[Any], word: str) -> Any:
    """The largest, smallest, sum, product, number, or the only one of them."""
    finite = [number for number in numbers if number not in (sp.oo, -sp.oo)]
    if len(finite) < len(numbers):
        first = {
            "largest": -sp.oo,
            "greatest": -sp.oo,
            "maximum": -sp.oo,
            "smallest": sp.oo,
            "least": sp.oo,
            "minimum": sp.oo,
        }.get(word)
        if first not in numbers or len(finite) != 1:
            raise NotUnderstood("infinitely many")
        return finite[0]
    ordered = (
        sorted(numbers, key=lambda number: number.evalf(30)) if all(is_real(n) for n in numbers) else numbers
    )
    if word in ("number", "number of", "how many"):
        return sp.Integer(len(numbers))
    if not numbers:
        raise NotUnderstood("no solution")
    if word in ("largest", "greatest", "maximum"):
        made = ordered[-1]
    elif word in ("smallest", "least", "minimum"):
        made = ordered[0]
    elif word.startswith("sum"):
        made = sp.Add(*numbers)
    elif word.startswith("product"):
        made = sp.Mul(*numbers)
    elif word.startswith("average"):
        made = sp.Add(*numbers) / len(numbers)
    elif "difference" in word and len(numbers) == 2:
        made = ordered[1] - ordered[0]
    elif word in ("positive", "negative", "only", "unique") and len(numbers) == 1:
        made = numbers[0]
    else:
        raise NotUnderstood("not one number")
    return sp.nsimplify(made) if isinstance(made, sp.Float) else made


MOST_TRIED = 2_000


@asked(
    r"(?:find|determine|what is|compute) the (?P<kind>(?:positive |negative )?integer) <x>,? (?:with |where )?<c>",
    r"(?:find|determine|what is|compute) the (?P<kind>(?:positive |negative )?integer) <x>,? (?:such that|for which|so that|that satisfies|satisfying) <es+>,? (?:and|where|with|for) <c>",
    takes="equations constraints kinds",
)
def _integer_between(ask: Ask) -> Expected:
    """The one integer between two bounds for which an equation holds, by trying each."""
    facts, name = ask.facts, ask.tree("x")
    for formula in (*(ask.formulas("es") if ask.has("es") else ()), ask.formula("c")):
        facts.add(formula)
    if name.kind != "name" or facts.names - {name.text} or not facts.equations or not facts.constraints:
        raise NotUnderstood("no integer between bounds")
    if unknowns(facts) != {name.text} or any(constraint.sign == "!=" for constraint in facts.constraints):
        raise NotUnderstood("several unknowns")
    facts.kinds.setdefault(name.text, set()).update(ask.kinds() | {"integer"})
    region = region_where(facts.constraints, facts, name.text)
    low, high = region.inf, region.sup
    if not (low.is_finite and high.is_finite) or high - low > MOST_TRIED:
        raise NotUnderstood("too many integers")
    unknown = symbol(name.text, facts.context())
    gaps = [
        build(equation.left, facts.context()) - build(equation.right, facts.context())
        for equation in facts.equations
    ]
    quick = [sp.lambdify(unknown, gap, "math") for gap in gaps]
    near = [k for k in range(int(sp.ceiling(low)), int(sp.floor(high)) + 1) if _nearly_zero(quick, k)]
    found = [k for k in near if fits(facts, {name.text: sp.Integer(k)})]
    if len(found) != 1 or len(near) > MOST_NEAR:
        raise NotUnderstood("no one integer")
    return value_expected(ask, sp.Integer(found[0]), name, method="substitution")


MOST_NEAR = 12


def _nearly_zero(gaps: list[Any], number: int) -> bool:
    """Whether the gaps are small there; where one has no value, the integer is no solution."""
    try:
        return all(abs(gap(number)) < 1e-6 for gap in gaps)
    except (ArithmeticError, ValueError):
        return False


QUESTIONS = (
    _integer_between,
    _ordered,
    _solved,
    _of_all_roots,
)
