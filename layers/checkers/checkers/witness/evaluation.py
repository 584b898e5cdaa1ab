"""Solves a formalisation exactly: by substitution, then as a linear system, then as polynomials in few unknowns."""

from __future__ import annotations

from typing import Any

import sympy as sp

from checkers.mathematics.formulas.build import Context, build, symbol
from checkers.mathematics.formulas.compare import same
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.witness.language import Formalisation

__all__ = ["solve"]

MOST_UNKNOWNS = 12
MOST_POLYNOMIAL_UNKNOWNS = 2
HIGHEST_DEGREE = 4
_STEPS = (sp.floor, sp.ceiling, sp.Max, sp.Min, sp.Abs)


def solve(formalisation: Formalisation) -> list[Any]:
    """The values that what is asked can have: one, or the few of a polynomial system. Raises `NotUnderstood`."""
    known: dict[str, Any] = {
        formalisation.symbols[given.name]: sp.Rational(given.value.numerator, given.value.denominator)
        for given in formalisation.givens
    }
    waiting: list[tuple[str, Node]] = [
        (formalisation.symbols[definition.name], definition.tree) for definition in formalisation.definitions
    ]
    while True:
        ready = [(name, tree) for name, tree in waiting if names_in(tree) <= known.keys()]
        if not ready:
            break
        for name, tree in ready:
            known[name] = build(tree, Context(values=known))
        waiting = [entry for entry in waiting if entry not in ready]
    context = Context(values=known)
    gaps = [symbol(name) - build(tree, context) for name, tree in waiting]
    gaps += [build(each.left, context) - build(each.right, context) for each in formalisation.equations]
    open_gaps = [_open(gap) for gap in gaps]
    solutions = _solutions([gap for gap in open_gaps if gap is not None])
    values = [build(formalisation.asked, context).subs(solution) for solution in solutions]
    if any(value.free_symbols for value in values):
        raise NotUnderstood("what is asked is not determined")
    return list(dict.fromkeys(values))


def names_in(tree: Node) -> set[str]:
    """The names that stand in a formula."""
    found, waiting = set(), [tree]
    while waiting:
        node = waiting.pop()
        waiting.extend(node.parts)
        if node.kind == "name":
            found.add(node.text)
    return found


def _open(gap: Any) -> Any:
    """*gap*, which is to be zero; None where it is zero already."""
    if gap.free_symbols:
        return gap
    if same(gap, sp.Integer(0)) is not True:
        raise NotUnderstood("statements that contradict each other")
    return None


def _solutions(gaps: list[Any]) -> list[dict[Any, Any]]:
    """All real solutions of a system; one that leaves unknowns open where it is linear and has too few equations."""
    if not gaps:
        return [{}]
    unknowns = sorted(set().union(*(gap.free_symbols for gap in gaps)), key=str)
    if len(unknowns) > MOST_UNKNOWNS or any(gap.has(*_STEPS) for gap in gaps):
        raise NotUnderstood("a system that is not solved here")
    numerators = [sp.fraction(sp.together(gap)) for gap in gaps]
    polynomials = [sp.expand(above) for above, _ in numerators]
    if not all(polynomial.is_polynomial(*unknowns) for polynomial in polynomials):
        raise NotUnderstood("a system that is not solved here")
    degrees = [sp.Poly(polynomial, *unknowns).total_degree() for polynomial in polynomials]
    if max(degrees) <= 1:
        found = sp.linsolve(polynomials, unknowns)
        solutions = [dict(zip(unknowns, values, strict=True)) for values in found]
    elif len(unknowns) <= MOST_POLYNOMIAL_UNKNOWNS and max(degrees) <= HIGHEST_DEGREE:
        solutions = sp.solve(polynomials, unknowns, dict=True)
    else:
        raise NotUnderstood("a system that is not solved here")
    divisors = [below for _, below in numerators]
    return [
        solution
        for solution in solutions
        if all(value.is_real is not False for value in solution.values())
        and all(sp.simplify(below.subs(solution)) != 0 for below in divisors)
    ]
