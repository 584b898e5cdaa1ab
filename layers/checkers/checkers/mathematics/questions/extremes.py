"""Questions for greatest and least values, whole parts, polynomials through points, and trigonometric graphs."""

from __future__ import annotations

import itertools
from typing import Any

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.build import build, symbol
from checkers.mathematics.formulas.compare import is_real, same
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.problem.facts import Relation
from checkers.mathematics.problem.kinds import is_kind
from checkers.mathematics.questions.functions import body_of
from checkers.mathematics.questions.matched_numbers import number
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.values import value_expected
from checkers.mathematics.solving.equations import names_in
from checkers.mathematics.solving.inequalities import domain_of, region_where
from checkers.mathematics.solving.posynomials import greatest_product, least_sum
from checkers.mathematics.solving.quadratics import extreme_of_quadratic
from checkers.mathematics.solving.roots import candidates

__all__ = ["QUESTIONS"]

_WHAT = r"(?:what is|find|compute|determine|calculate|求|state)"


@asked(
    rf"{_WHAT} the (?P<what>maximum|minimum|greatest|least|largest|smallest)(?: possible)? value (?:of|for|taken by|achieved by) (?:the )?(?:algebraic |quadratic )?(?:expression |function )?<e>(?: (?:for|over|on|where|when|if) (?:all )?(?:the )?(?P<dom>positive real numbers|positive numbers|real numbers|reals)? ?(?:<x>)?)?",
    rf"{_WHAT} the (?P<what>最大值|最小值)",
    r"(?:当 ?<x> ?(?:取任意实数|为实数)时,? ?)?(?:代数式|函数|式子)? ?<e> ?(?:有)?的?(?P<what>最大值|最小值)(?:是|为)?(?:多少)?[() _]*",
    r"the (?:expression |function )?<e> has an? (?P<what>maximum|minimum) value\. what is the (?P<what2>maximum|minimum) value",
    takes="constraints kinds",
    words="quadratic algebraic has",
)
def _extreme(ask: Ask) -> Expected:
    """The extreme value of a function of one real variable, where it is taken."""
    name, body = body_of(ask.tree("e"), ask)
    if ask.facts.equations:
        raise NotUnderstood("more is given")
    relations = list(ask.facts.constraints)
    if ask.has("x"):
        tree = ask.tree("x")
        if tree.kind == "rel":
            relations += _relations(tree)
        elif tree != Node("name", text=name):
            raise NotUnderstood("another variable")
    if ask.word("what2") not in ("", ask.word("what")):
        raise NotUnderstood("another extreme")
    kinds = set(ask.facts.kinds.get(name, ()))
    if "positive" in ask.word("dom") or "positive" in kinds:
        relations.append(Relation(Node("name", text=name), ">", Node("num", text="0")))
    if kinds - {"positive", "real"}:
        raise NotUnderstood("a domain that is not understood")
    domain = region_where(relations, ask.facts, name) if relations else sp.S.Reals
    highest = ask.word("what") in ("maximum", "greatest", "largest", "最大值")
    made, variable = build(body, ask.facts.context()), symbol(name)
    if made.is_rational_function(variable) and not made.has(sp.Abs, sp.floor):
        value = _extreme_value(made, variable, domain, highest=highest)
    else:
        natural = sp.Intersection(domain, domain_of(body, ask.facts, name))
        value = _extreme_with_corners(made, variable, natural, highest=highest)
    return value_expected(ask, value, None, method="recomputation")


def _relations(tree: Node) -> list[Relation]:
    return [
        Relation(left, sign, right)
        for left, sign, right in zip(tree.parts, tree.text.split(), tree.parts[1:], strict=False)
    ]


def _extreme_value(value: Any, variable: Any, domain: Any, *, highest: bool) -> Any:
    if not isinstance(domain, sp.Interval) and domain != sp.S.Reals:
        raise NotUnderstood("no interval")
    low, high = (-sp.oo, sp.oo) if domain == sp.S.Reals else (domain.start, domain.end)
    below = sp.fraction(sp.cancel(value))[1]
    if below.has(variable) and any(_inside(pole, low, high) for pole in candidates(below, variable)):
        raise NotUnderstood("a pole inside")
    places = [place for place in candidates(sp.diff(value, variable), variable) if _inside(place, low, high)]
    reached = [value.subs(variable, place) for place in places]
    bounds = []
    for end, closed in (
        (low, domain != sp.S.Reals and not domain.left_open),
        (high, domain != sp.S.Reals and not domain.right_open),
    ):
        if closed and end.is_finite:
            reached.append(value.subs(variable, end))
        else:
            side = "+" if end == low else "-"
            bounds.append(
                sp.limit(value, variable, end, side) if end.is_finite else sp.limit(value, variable, end)
            )
    if not reached:
        raise NotUnderstood("no extreme")
    ordered = sorted(reached, key=lambda number_: number_.evalf(40))
    best = ordered[-1] if highest else ordered[0]
    for bound in bounds:
        beyond = bound == (sp.oo if highest else -sp.oo) or (
            bound.is_finite and bool(((bound - best) if highest else (best - bound)).evalf(30) > 0)
        )
        if beyond or not (bound.is_finite or bound in (sp.oo, -sp.oo)):
            raise NotUnderstood("an extreme that is not reached")
    return sp.nsimplify(best) if best.is_Float else sp.radsimp(best)


MOST_BRANCHES = 5
"""Absolute values in one formula, each of which has two signs."""


def _extreme_with_corners(value: Any, variable: Any, domain: Any, *, highest: bool) -> Any:
    """The extreme of a function with absolute values, roots, sines and cosines on an interval."""
    if isinstance(domain, sp.FiniteSet):
        raise NotUnderstood("a few places only")
    if domain == sp.S.Reals:
        domain = sp.Interval(-sp.oo, sp.oo)
    if not isinstance(domain, sp.Interval):
        raise NotUnderstood("no interval")
    period = _period(value, variable)
    if period is not None and domain == sp.Interval(-sp.oo, sp.oo):
        domain = sp.Interval(0, period)
    elif value.has(sp.sin, sp.cos, sp.tan) and not (domain.start.is_finite and domain.end.is_finite):
        raise NotUnderstood("a wave without a period")
    places = [place for place in _corners(value, variable, domain) if domain.contains(place) == sp.true]
    reached, bounds = [value.subs(variable, place) for place in places], []
    for end, is_open, side in ((domain.start, domain.left_open, "+"), (domain.end, domain.right_open, "-")):
        if end.is_finite and not is_open:
            reached.append(value.subs(variable, end))
        else:
            bounds.append(
                sp.limit(value, variable, end, side) if end.is_finite else sp.limit(value, variable, end)
            )
    if not reached or any(is_real(item) is not True for item in reached):
        raise NotUnderstood("no extreme")
    ordered = sorted(reached, key=lambda item: item.evalf(40))
    best = ordered[-1] if highest else ordered[0]
    for bound in bounds:
        gap = bound - best if highest else best - bound
        if not (bound.is_finite or bound in (sp.oo, -sp.oo)) or bool(gap.evalf(30) > 0):
            raise NotUnderstood("an extreme that is not reached")
    return sp.nsimplify(best) if best.is_Float else sp.radsimp(best)


def _corners(value: Any, variable: Any, domain: Any) -> list[Any]:
    """All places where a derivative vanishes or does not exist, and some more."""
    sizes = sorted(value.atoms(sp.Abs), key=str)
    if len(sizes) > MOST_BRANCHES:
        raise NotUnderstood("too many absolute values")
    stretch = domain if domain.start.is_finite and domain.end.is_finite else sp.S.Reals
    inner = [size.args[0] for size in sizes]
    inner += [
        power.base for power in value.atoms(sp.Pow) if power.base.has(variable) and not power.exp.is_Integer
    ]
    found: list[Any] = []
    for part in inner:
        found += candidates(part, variable, stretch)
    for signs in itertools.product((1, -1), repeat=len(sizes)):
        branch = value.xreplace({size: sign * size.args[0] for size, sign in zip(sizes, signs, strict=True)})
        slope = sp.simplify(sp.diff(branch, variable))
        if slope.has(variable):
            found += candidates(slope, variable, stretch)
    return found


def _period(value: Any, variable: Any) -> Any:
    """A period of a formula in sines and cosines of whole multiples of the variable; None where there is none."""
    waves = [wave for wave in value.atoms(sp.sin, sp.cos) if wave.has(variable)]
    if not waves or value.xreplace({wave: sp.Dummy() for wave in waves}).has(variable):
        return None
    speeds = [sp.diff(wave.args[0], variable) for wave in waves]
    return 2 * sp.pi if all(speed.is_Integer for speed in speeds) else None


def _inside(place: Any, low: Any, high: Any) -> bool:
    size = place.evalf(40)
    return bool((low == -sp.oo or size > low.evalf(40)) and (high == sp.oo or size < high.evalf(40)))


@asked(
    rf"{_WHAT} the (?P<what>greatest|largest|smallest|least|nearest|closest) (?P<noun>integer) (?P<how>less than or equal to|less than|greater than or equal to|greater than|to|that is less than|that is greater than|not exceeding) (?:the value of )?<e>",
)
def _whole_part(ask: Ask) -> Expected:
    value = number(ask, "e")
    if ask.facts.equations or is_real(value) is not True:
        raise NotUnderstood("no real number")
    ask.word("noun")
    how, what = ask.word("how").removeprefix("that is "), ask.word("what")
    floor, ceiling = sp.floor(value), sp.ceiling(value)
    if how in ("less than or equal to", "not exceeding") and what in ("greatest", "largest"):
        made = floor
    elif how == "less than" and what in ("greatest", "largest"):
        made = ceiling - 1
    elif how == "greater than or equal to" and what in ("smallest", "least"):
        made = ceiling
    elif how == "greater than" and what in ("smallest", "least"):
        made = floor + 1
    elif how == "to" and what in ("nearest", "closest") and same(value - floor, sp.Rational(1, 2)) is False:
        made = sp.floor(value + sp.Rational(1, 2))
    else:
        raise NotUnderstood("no whole part")
    return value_expected(ask, made, None, method="recomputation")


_DEGREES = {"linear": 1, "quadratic": 2, "cubic": 3, "quartic": 4, "quintic": 5}


@asked(
    r"let <p> be a (?P<monic>monic )?(?:(?P<word>linear|quadratic|cubic|quartic|quintic) )?(?:polynomial|function)(?: of degree <d>)?(?P<real> with real coefficients)? (?:such that|satisfying|with|for which) <es+>[.,] (?:find|compute|what is|determine)(?: the value of)? <g>",
    r"(?:the )?(?P<monic>monic )?(?:(?P<word>linear|quadratic|cubic|quartic|quintic) )?(?:polynomial|function) <p> (?:of degree <d> )?satisfies <es+>[.,] (?:find|compute|what is|determine)(?: the value of)? <g>",
    r"find the (?P<monic>monic )?(?P<word>linear|quadratic|cubic|quartic|quintic) polynomial <g> such that <es+>(?P<p>(?<=.))(?P<d>(?<=.))",
    words="degree quadratic satisfies",
)
def _through_points(ask: Ask) -> Expected:
    """The polynomial of a degree with as many values as it has coefficients."""
    target = ask.tree("g")
    if ask.has("p") and ask.tree("p").text != target.text:
        raise NotUnderstood("another polynomial")
    ask.word("real")
    if target.kind != "apply":
        raise NotUnderstood("no value of a polynomial")
    degree = _DEGREES.get(ask.word("word"), 0) or int(ask.formula("d"))
    name, unknown = target.text, symbol("x")
    points: list[tuple[Any, Any]] = []
    for formula in ask.formulas("es"):
        for tree in ask.facts.parse_list(formula):
            if (
                tree.kind != "rel"
                or tree.text != "="
                or tree.parts[0].kind != "apply"
                or tree.parts[0].text != name
            ):
                raise NotUnderstood("no value of the polynomial")
            points.append(
                (
                    build(tree.parts[0].parts[0], ask.facts.context()),
                    build(tree.parts[1], ask.facts.context()),
                )
            )
    monic = ask.has("monic")
    if ask.facts.equations or not 1 <= degree <= 6 or len(points) != degree + (0 if monic else 1):
        raise NotUnderstood("not as many values as coefficients")
    if any(not isinstance(part, sp.Rational) for point in points for part in point):
        raise NotUnderstood("no rational values")
    values = [(at, value - (at**degree if monic else 0)) for at, value in points]
    polynomial = sp.expand(sp.interpolate(values, unknown) + (unknown**degree if monic else 0))
    if sp.degree(polynomial, unknown) != degree:
        raise NotUnderstood("another degree")
    at = build(target.parts[0], ask.facts.context())
    if at.free_symbols == {unknown}:
        return Expected("expression", (polynomial,), "substitution", names=(name,), form="expanded")
    return value_expected(ask, polynomial.subs(unknown, at), None, method="substitution")


@asked(
    rf"{_WHAT} the (?P<what>period|amplitude) of (?:the )?(?:graph of |function )?<e>",
    words="graph",
)
def _wave(ask: Ask) -> Expected:
    name, body = body_of(ask.tree("e"), ask)
    value, variable = build(body, ask.facts.context()), symbol(name)
    waves = [
        part for part in value.atoms(sp.sin, sp.cos, sp.tan, sp.cot, sp.sec, sp.csc) if part.has(variable)
    ]
    if len(waves) != 1 or ask.facts.equations:
        raise NotUnderstood("no single wave")
    wave = waves[0]
    rest = value.xreplace({wave: sp.Dummy("w")})
    speed = sp.diff(wave.args[0], variable)
    linear = (
        sp.diff(rest, *(rest.free_symbols - value.free_symbols))
        if rest.free_symbols - value.free_symbols
        else 0
    )
    if rest.has(variable) or not speed.is_number or linear == 0 or getattr(linear, "free_symbols", {1}):
        raise NotUnderstood("no plain wave")
    if ask.word("what") == "amplitude":
        if not isinstance(wave, sp.sin | sp.cos):
            raise NotUnderstood("no amplitude")
        return value_expected(ask, sp.Abs(linear), None)
    whole = sp.pi if isinstance(wave, sp.tan | sp.cot) else 2 * sp.pi
    return value_expected(ask, whole / sp.Abs(speed), None)


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


@asked(
    r"(?:find|what is|compute|determine) the (?P<what>minimum|maximum|least|greatest|smallest|largest)(?: possible)? value (?:of|for) (?:the expression )?<e>",
    takes="equations kinds",
)
def _of_quadratic(ask: Ask) -> Expected:
    """The extreme value of a quadratic polynomial in several real numbers."""
    facts = ask.facts
    context = facts.context()
    target = build(ask.tree("e"), context)
    conditions = [
        sp.expand(build(equation.left, context) - build(equation.right, context))
        for equation in facts.equations
    ]
    names = sorted(set().union(*(part.free_symbols for part in (target, *conditions))), key=str)
    kinds = {str(name): set(facts.kinds.get(str(name), ())) - {"real"} for name in names}
    if any(kind - {"positive", "nonnegative"} for kind in kinds.values()):
        raise NotUnderstood("numbers of another kind")
    highest = ask.word("what") in ("maximum", "greatest", "largest")
    value, places = extreme_of_quadratic(sp.expand(target), conditions, names, highest=highest)
    if not any(all(is_kind(part, kinds[str(name)]) for name, part in place.items()) for place in places):
        raise NotUnderstood("an extreme at numbers of another kind")
    return value_expected(ask, value, None, method="recomputation")


QUESTIONS = (
    _extreme,
    _whole_part,
    _through_points,
    _wave,
    _of_positive_numbers,
    _of_quadratic,
)
