"""Questions about graphs of functions: asymptotes, even and odd functions, numbers outside of a domain."""

from __future__ import annotations

from typing import Any

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.build import Definition, build, symbol
from checkers.mathematics.formulas.grammar import parse
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.questions.equations import of_numbers
from checkers.mathematics.questions.functions import body_of
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.values import value_expected
from checkers.mathematics.solving.inequalities import domain_of
from checkers.mathematics.solving.roots import candidates

__all__ = ["QUESTIONS"]

_OF = r"(?:of |for |does )?(?:the )?(?:graph of |graph |function |curve )*(?:the )?(?:function |equation )?"
_X, _Y = symbol("x"), symbol("y")


@asked(
    rf"(?P<count>how many) (?P<what>vertical|horizontal) asymptotes {_OF}<e> have",
    rf"(?:find|what is|determine) the (?P<count>number of) (?P<what>vertical|horizontal) asymptotes {_OF}<e>",
    rf"(?:find|what is|determine) the (?:equation of the )?(?P<what>vertical|horizontal|oblique|slant) asymptote {_OF}<e>",
    rf"at what value of <v> is there a (?P<what>vertical|horizontal) asymptote {_OF}<e>",
    words="asymptote asymptotes graph curve",
)
def _asymptote(ask: Ask) -> Expected:
    """How many lines a fraction of polynomials comes close to, or the one of its sort."""
    what = ask.word("what").replace("slant", "oblique")
    lines = _lines(ask, "e")[what]
    if ask.has("count"):
        return value_expected(ask, sp.Integer(len(lines)), None, method="recomputation")
    if len(lines) != 1:
        raise NotUnderstood("no asymptote, or several")
    if ask.has("v"):
        if ask.tree("v").text != ("x" if what == "vertical" else "y"):
            raise NotUnderstood("another axis")
        return value_expected(ask, lines[0], None, method="recomputation")
    return Expected("equation", ((_X if what == "vertical" else _Y) - lines[0],), "recomputation")


@asked(
    r"the graph of <e> has (?P<what>vertical) asymptotes <a> and <b>,? and (?:a )?(?P<what2>horizontal) asymptote <c>[.,] (?:find|what is|compute)(?: the value of)? <g>",
    r"the graph of <e> has (?:a )?(?P<what>vertical) asymptote <a>,? and (?:a )?(?P<what2>horizontal) asymptote <c>[.,] (?:find|what is|compute)(?: the value of)? <g>",
    words="asymptote asymptotes graph",
)
def _asymptotes(ask: Ask) -> Expected:
    """A number made of the letters that asymptotes are told with."""
    lines = _lines(ask, "e")
    ask.word("what"), ask.word("what2")
    told = [_letter(ask.tree(group), "x") for group in "ab" if ask.has(group)]
    level = _letter(ask.tree("c"), "y")
    if (
        len(lines["vertical"]) != len(told)
        or len(lines["horizontal"]) != 1
        or len({*told, level}) != len(told) + 1
    ):
        raise NotUnderstood("another number of asymptotes")
    target, values = ask.tree("g"), []
    for order in (lines["vertical"], lines["vertical"][::-1]):
        letters = dict(zip(told, order, strict=True)) | {level: lines["horizontal"][0]}
        values.append(build(target, ask.facts.context(**letters)))
    if sp.simplify(values[0] - values[1]) != 0:
        raise NotUnderstood("a number that depends on the order")
    return value_expected(ask, values[0], target, method="recomputation")


def _letter(tree: Node, axis: str) -> str:
    if (
        tree.kind != "rel"
        or tree.text != "="
        or tree.parts[0] != Node("name", text=axis)
        or tree.parts[1].kind != "name"
    ):
        raise NotUnderstood("no letter")
    return tree.parts[1].text


def _lines(ask: Ask, group: str) -> dict[str, list[Any]]:
    """The places of vertical asymptotes, heights of horizontal ones, and oblique ones as formulas."""
    name, body = body_of(ask.tree(group), ask)
    variable = symbol(name)
    made = sp.cancel(sp.together(build(body, ask.facts.context())))
    if name != "x" or ask.facts.equations or made.free_symbols != {variable}:
        raise NotUnderstood("no function of x")
    above, below = sp.fraction(made)
    if not (above.is_polynomial(variable) and below.is_polynomial(variable)):
        raise NotUnderstood("no rational function")
    poles = (
        sorted(candidates(below, variable), key=lambda pole: pole.evalf(30)) if below.has(variable) else []
    )
    quotient, rest = sp.div(sp.Poly(above, variable), sp.Poly(below, variable))
    flat, tilted = quotient.degree() <= 0 and not (rest.is_zero), quotient.degree() == 1 and not rest.is_zero
    return {
        "vertical": poles,
        "horizontal": [quotient.as_expr()] if flat else [],
        "oblique": [quotient.as_expr()] if tilted else [],
    }


_GENERIC = {
    ("f", "even"): "2+3x^2",
    ("f", "odd"): "3x-7x^3",
    ("h", "even"): "5-4x^2",
    ("h", "odd"): "2x+x^3",
}
"""Functions that are even or odd, and nothing else in particular."""
_WHETHER = r"(?P<whether>(?:an? )?even(?: function)?,? (?:an? )?odd(?: function)?,? or neither(?:\? ?(?:enter|answer|write) \"(?:odd|even)\", \"(?:odd|even)\",? or \"neither\")?)"


@asked(
    rf"is (?:the function )?<e> {_WHETHER}",
    rf"let <f> and <h> be (?P<both>even|odd) functions\. is <e> {_WHETHER}",
    rf"let <f> be an? (?P<one>even|odd) function,? and let <h> be an? (?P<other>even|odd) function\. is <e> {_WHETHER}",
    rf"let <f> be an? (?P<one>even|odd) function\. is <e> {_WHETHER}",
)
def _parity(ask: Ask) -> Expected:
    """Whether a function is even, odd, or neither."""
    ask.word("whether")
    named = [(ask.tree(group).text, _GENERIC[group, word]) for group, word in _told_parities(ask)]
    for name, formula in named:
        if name in ask.facts.functions:
            raise NotUnderstood("a function that is defined as well")
        ask.facts.functions[name] = Definition(("x",), parse(formula, frozenset()))
    tree = ask.tree("e")
    name, body = ("x", tree) if named else body_of(tree, ask)
    variable = symbol(name)
    value = build(body, ask.facts.context())
    if value.free_symbols != {variable} or ask.facts.equations:
        raise NotUnderstood("no function of one variable")
    pairs = [_mirrored(value, variable, place) for place in _TRIED]
    kept = [pair for pair in pairs if pair is not None]
    even = all(abs(here - there) < _CLOSE * (1 + abs(here)) for here, there in kept)
    odd = all(abs(here + there) < _CLOSE * (1 + abs(here)) for here, there in kept)
    if len(kept) < len(_TRIED) - 2 or (even and odd):
        raise NotUnderstood("both, or it cannot be said")
    return Expected("word", ("even" if even else "odd" if odd else "neither",), "recomputation")


_TRIED = [sp.Rational(above, 13) for above in (3, 7, 11, 19, 25, 31, 47)]
_CLOSE = sp.Float(10, 40) ** -25


def _mirrored(value: Any, variable: Any, place: Any) -> tuple[Any, Any] | None:
    """The values at a place and at its mirror image, where both are real."""
    here, there = (value.subs(variable, sign * place).evalf(40, maxn=400) for sign in (1, -1))
    return (here, there) if here.is_real and there.is_real and here.is_finite and there.is_finite else None


def _told_parities(ask: Ask) -> list[tuple[str, str]]:
    if ask.has("both"):
        return [("f", ask.word("both")), ("h", ask.word("both"))]
    if ask.has("one"):
        return [("f", ask.word("one")), *([("h", ask.word("other"))] if ask.has("h") else [])]
    return []


@asked(
    r"(?:find|what is|compute) the (?P<what>sum of|product of|largest|smallest|greatest|least|number of)(?: all)?(?: the)? (?P<kind>(?:real )?(?:numbers? |values? of )?)<x>,? (?:that|which) (?:is|are) (?P<not>not) in the domain of (?:the function )?<e>",
    words="domain",
)
def _outside(ask: Ask) -> Expected:
    """A number made of the few real numbers at which a function has no value."""
    name, body = body_of(ask.tree("e"), ask)
    ask.word("not")
    if ask.tree("x") != Node("name", text=name) or ask.kinds() - {"real"} or ask.facts.equations:
        raise NotUnderstood("another variable, or more is given")
    outside = sp.Complement(sp.S.Reals, domain_of(body, ask.facts, name))
    if not isinstance(outside, sp.FiniteSet):
        raise NotUnderstood("not a few numbers")
    made = of_numbers(list(outside.args), ask.word("what"))
    return value_expected(ask, sp.radsimp(sp.simplify(made)), None, method="sign check")


QUESTIONS = (_asymptote, _asymptotes, _parity, _outside)
