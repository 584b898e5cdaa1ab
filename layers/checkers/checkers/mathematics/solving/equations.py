"""Solves what a problem gives.

One unknown by all its roots, systems of polynomials by elimination.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp
from sympy.polys.polyerrors import BasePolynomialError

from checkers.mathematics.formulas.build import Context, build, symbol
from checkers.mathematics.formulas.compare import is_real, same
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.problem.facts import Facts, Relation, holds, is_kind
from checkers.mathematics.solving.absolute import polynomial_conditions
from checkers.mathematics.solving.exponents import conditions_of_logarithms, conditions_of_powers
from checkers.mathematics.solving.polynomials import polynomial_roots
from checkers.mathematics.solving.roots import candidates
from checkers.mathematics.solving.trigonometry import on_the_circle

__all__ = ["fits", "names_in", "possible_values", "real_solutions", "solutions", "unknowns"]

MOST_UNKNOWNS = 6
MOST_SOLUTIONS = 24


def names_in(tree: Node, facts: Facts) -> set[str]:
    """The free names of a formula, with what its functions hold free."""
    return {str(name) for name in build(tree, facts.context()).free_symbols}


def unknowns(facts: Facts) -> set[str]:
    """The free names of all equations."""
    found: set[str] = set()
    for equation in facts.equations:
        found |= names_in(equation.left, facts) | names_in(equation.right, facts)
    return found


def real_solutions(facts: Facts, name: str, *, complex_too: bool = False) -> list[Any]:
    """Every value of the one unknown that keeps all that is given.

    Raises `NotUnderstood`.
    """
    if not facts.equations:
        raise NotUnderstood("nothing to solve")
    unknown = symbol(name, facts.context())
    differences = [_difference(equation, facts.context()) for equation in facts.equations]
    if any(difference.free_symbols != {unknown} for difference in differences[:1]):
        raise NotUnderstood("other unknowns")
    if differences[0].has(sp.I) and "real" in facts.kinds.get(name, ()):
        return _real_roots_of_complex(differences[0], facts, name)
    if complex_too or not facts.context().real:
        found = polynomial_roots(differences[0], unknown, real=False)
    else:
        found = _candidates(differences, unknown, _stretch(facts, name))
    if len(found) > MOST_SOLUTIONS:
        raise NotUnderstood("too many solutions")
    return [value for value in found if fits(facts, {name: value}, complex_too=complex_too)]


def _real_roots_of_complex(difference: Any, facts: Facts, name: str) -> list[Any]:
    """Every real value for which an equation with complex coefficients holds: both of its parts are 0."""
    unknown = symbol(name, facts.context())
    parts = sp.expand(sp.fraction(sp.together(difference))[0], complex=True).as_real_imag()
    named = [part for part in (sp.expand(part) for part in parts) if part != 0]
    if not named or any(part.free_symbols - {unknown} or not part.is_polynomial(unknown) for part in named):
        raise NotUnderstood("no polynomials in a real unknown")
    if any(not part.has(unknown) for part in named):
        return []
    found = polynomial_roots(named[0], unknown, real=True)
    return [value for value in found if fits(facts, {name: value}, complex_too=True)]


def _candidates(differences: list[Any], unknown: Any, stretch: Any) -> list[Any]:
    """All that can solve the first equation; where it holds on a whole interval, all that can solve another one."""
    for place, difference in enumerate(differences):
        try:
            return list(candidates(difference, unknown, stretch))
        except NotUnderstood:
            if place + 1 == len(differences):
                raise
    raise NotUnderstood("nothing to solve")


def _stretch(facts: Facts, name: str) -> Any:
    """The closed interval that the conditions leave to a name, or all reals."""
    low, high = -sp.oo, sp.oo
    for constraint in facts.constraints:
        sides = (constraint.left, constraint.right)
        for side, other, flipped in ((sides[0], sides[1], False), (sides[1], sides[0], True)):
            if side != Node("name", text=name):
                continue
            bound = build(other, facts.context())
            if bound.free_symbols or constraint.sign not in ("<", "<=", ">", ">="):
                continue
            if (constraint.sign[0] == "<") != flipped:
                high = sp.Min(high, bound)
            else:
                low = sp.Max(low, bound)
    return sp.Interval(low, high) if low.is_finite and high.is_finite else sp.S.Reals


def fits(facts: Facts, values: Mapping[str, Any], *, complex_too: bool = False) -> bool:
    """Whether values solve all equations and keep all conditions.

    Where a side is not defined, they do not.
    """
    context = facts.context(**values)
    for equation in facts.equations:
        if not _solves(equation, context, complex_too=complex_too or not context.real):
            return False
    if not all(holds(constraint, context) for constraint in facts.constraints):
        return False
    return all(is_kind(value, facts.kinds.get(name, ())) for name, value in values.items())


def _solves(equation: Relation, context: Context, *, complex_too: bool) -> bool:
    try:
        left, right = build(equation.left, context), build(equation.right, context)
    except NotUnderstood as error:
        if "not defined" in str(error) or "zero" in str(error):
            return False
        raise
    if left.free_symbols or right.free_symbols:
        raise NotUnderstood("an unknown that is left")
    verdict = same(left, right)
    if verdict is None:
        raise NotUnderstood("a solution that cannot be tried")
    return verdict and (complex_too or bool(is_real(left)))


def solutions(facts: Facts, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Every real solution of a system in exactly these unknowns.

    Raises `NotUnderstood`.
    """
    if set(names) != unknowns(facts) or len(names) > MOST_UNKNOWNS:
        raise NotUnderstood("other unknowns than those that are asked for")
    if len(names) == 1:
        return [{names[0]: value} for value in real_solutions(facts, names[0])]
    context = facts.context()
    symbols = [symbol(name, context) for name in names]
    polynomials = _polynomials(facts, context)
    found = _solve_polynomials(polynomials, symbols)
    mapped = [
        {name: solution[unknown] for name, unknown in zip(names, symbols, strict=True)} for solution in found
    ]
    return [solution for solution in mapped if fits(facts, solution)]


def possible_values(target: Node, facts: Facts) -> list[Any]:
    """Every value that the asked expression can have.

    Raises `NotUnderstood`.
    """
    assigned = _assigned(facts)
    if assigned is not None:
        return [build(target, assigned)]
    context = facts.context()
    asked = build(target, context)
    involved = unknowns(facts) | {str(name) for name in asked.free_symbols}
    if not asked.free_symbols and not facts.equations:
        return [asked]
    if len(involved) == 1 and facts.equations:
        name = involved.pop()
        try:
            found = real_solutions(facts, name)
        except NotUnderstood:
            return _on_the_circle(asked, facts, name)
        return distinct([build(target, facts.context(**{name: value})) for value in found])
    try:
        return _eliminated(target, asked, facts, sorted(involved))
    except NotUnderstood:
        return _one_after_another(target, facts, sorted(involved))


def _one_after_another(target: Node, facts: Facts, names: list[str]) -> list[Any]:
    """The values where always one equation is left with a single unknown.

    Raises `NotUnderstood`.
    """
    places: list[dict[str, Any]] = [{}]
    while places and len(places[0]) < len(names):
        places = [more for place in places for more in _with_next_unknown(place, facts)]
        if len(places) > MOST_SOLUTIONS:
            raise NotUnderstood("too many solutions")
    kept = [place for place in places if set(place) == set(names) and fits(facts, place)]
    if not kept:
        raise NotUnderstood("the value is not determined")
    return distinct([build(target, facts.context(**place)) for place in kept])


def _with_next_unknown(place: dict[str, Any], facts: Facts) -> list[dict[str, Any]]:
    """What is known of the unknowns, with each value of the next one that an equation decides."""
    context = facts.context(**place)
    for equation in facts.equations:
        difference = _difference(equation, context)
        if len(difference.free_symbols) == 1:
            (unknown,) = difference.free_symbols
            return [place | {str(unknown): value} for value in candidates(difference, unknown, sp.S.Reals)]
    raise NotUnderstood("no equation with a single unknown")


def _assigned(facts: Facts) -> Context | None:
    """Where each equation gives one name a value, as in z = 1 + i, w = 3z.

    Those values; else None.
    """
    if not facts.equations or facts.constraints:
        return None
    values: dict[str, Any] = {}
    for equation in facts.equations:
        if equation.left.kind != "name" or equation.left.text in values:
            return None
        value = _assigned_value(equation.right, facts.context(**values))
        if value.free_symbols:
            return None
        values[equation.left.text] = value
    if not all(
        value.is_Matrix or is_kind(value, facts.kinds.get(name, ())) for name, value in values.items()
    ):
        return None
    return facts.context(**values)


def _assigned_value(tree: Node, context: Context) -> Any:
    """A number, or a vector that is written as a tuple."""
    if tree.kind == "tuple" and tree.text == "()":
        return sp.ImmutableMatrix([build(part, context) for part in tree.parts])
    return build(tree, context)


def distinct(values: list[Any]) -> list[Any]:
    """The values without repetitions."""
    kept: list[Any] = []
    for value in values:
        if not any(same(value, other) for other in kept):
            kept.append(value)
    return kept


def _on_the_circle(asked: Any, facts: Facts, name: str) -> list[Any]:
    """Every value under equations between sines and cosines of one angle."""
    angle = symbol(name, facts.context())
    differences = [_difference(equation, facts.context()) for equation in facts.equations]
    (*conditions, wanted), s, c = on_the_circle([*differences, asked], angle)
    polynomials = [sp.expand(sp.fraction(sp.together(condition))[0]) for condition in conditions]
    found = _solve_polynomials([*polynomials, s**2 + c**2 - 1], [s, c])
    kept = []
    for place in found:
        turn = sp.atan2(place[s], place[c])
        if any(_angle_fits(facts, name, turn + 2 * sp.pi * k) for k in (-1, 0, 1)):
            value = wanted.subs(place)
            if not value.is_finite:
                raise NotUnderstood("not defined")
            kept.append(sp.radsimp(value))
    if not kept:
        raise NotUnderstood("no such angle")
    return distinct(kept)


def _angle_fits(facts: Facts, name: str, turn: Any) -> bool:
    kinds = facts.kinds.get(name, set())
    if set(kinds) - {"real", "acute", "obtuse"}:
        raise NotUnderstood("an angle of another kind")
    if "acute" in kinds and not 0 < turn.evalf(30) < sp.pi.evalf(30) / 2:
        return False
    if "obtuse" in kinds and not sp.pi.evalf(30) / 2 < turn.evalf(30) < sp.pi.evalf(30):
        return False
    return all(holds(constraint, facts.context(**{name: turn})) for constraint in facts.constraints)


def _eliminated(target: Node, asked: Any, facts: Facts, names: list[str]) -> list[Any]:
    if len(names) > MOST_UNKNOWNS or not facts.equations:
        raise NotUnderstood("unknowns without equations")
    context = facts.context()
    symbols = [symbol(name, context) for name in names]
    polynomials = _polynomials(facts, context)
    if all(sp.Poly(polynomial, *symbols).total_degree() <= 1 for polynomial in polynomials):
        value = _linear(target, asked, facts, polynomials, symbols)
        if value is not None:
            return [value]
    wanted = sp.Dummy("wanted")
    above, below = sp.fraction(sp.together(asked))
    if not (above.is_polynomial(*symbols) and below.is_polynomial(*symbols)):
        raise NotUnderstood("no rational expression")
    apart = _apart(facts, context, [below])
    auxiliary = [sp.Dummy(f"t{place}") for place in range(len(apart))]
    nonzero = [1 - t * part for t, part in zip(auxiliary, apart, strict=True)]
    basis = sp.groebner(
        [*polynomials, *nonzero, wanted * below - above], *auxiliary, *symbols, wanted, order="lex"
    )
    last = [member for member in basis.exprs if member.free_symbols <= {wanted}]
    if not last or last[0] == 1:
        raise NotUnderstood("the value is not determined")
    values = list(polynomial_roots(last[0], wanted, real=True))
    if len(values) == 1 and not facts.constraints and not facts.kinds:
        return values
    try:
        return _reached(target, facts, symbols, polynomials)
    except NotUnderstood:
        # Where more conditions are told, no other value is possible still.
        if len(values) == 1 and not any(set(kinds) - {"real"} for kinds in facts.kinds.values()):
            return values
        raise


MOST_APART = 3


def _apart(facts: Facts, context: Context, more: list[Any]) -> list[Any]:
    """Polynomials that are not 0 under the conditions, and where a value is defined."""
    found = [part for part in more if part.free_symbols]
    for constraint in facts.constraints:
        difference = _difference(constraint, context)
        if constraint.sign in ("!=", "<", ">") and difference.is_polynomial(*difference.free_symbols):
            found.append(difference)
    return found[:MOST_APART]


def _reached(target: Node, facts: Facts, symbols: list[Any], polynomials: list[Any]) -> list[Any]:
    """The values at those real solutions that keep the conditions."""
    found = [
        {str(name): value for name, value in solution.items()}
        for solution in _solve_polynomials(polynomials, symbols)
    ]
    kept = [solution for solution in found if fits(facts, solution)]
    values = distinct([build(target, facts.context(**solution)) for solution in kept])
    if any(value.free_symbols for value in values) or not values:
        raise NotUnderstood("the value is not determined")
    return values


def _linear(target: Node, asked: Any, facts: Facts, polynomials: list[Any], symbols: list[Any]) -> Any:
    solved = sp.linsolve(polynomials, *symbols)
    if solved == sp.S.EmptySet:
        raise NotUnderstood("a contradiction")
    places = dict(zip(symbols, next(iter(solved)), strict=True))
    if not any(value.free_symbols for value in places.values()):
        solution = {str(name): value for name, value in places.items()}
        if not fits(facts, solution):
            raise NotUnderstood("a contradiction")
        return build(target, facts.context(**solution))
    values = sp.simplify(asked.subs(places, simultaneous=True))
    if values.free_symbols or not values.is_finite:
        return None
    # It is the same at every solution, so also at those that keep the conditions, if there are any: the second way
    # looks for one.
    _apart(facts, facts.context(), [])
    return values


def _polynomials(facts: Facts, context: Context) -> list[Any]:
    made = []
    for equation in facts.equations:
        difference = _difference(equation, context)
        numerator = sp.expand(sp.fraction(sp.together(difference))[0])
        if numerator == 0:
            continue
        if numerator.is_polynomial(*numerator.free_symbols):
            made.append(numerator)
        else:
            sides = (build(side, context) for side in (equation.left, equation.right))
            made += (
                conditions_of_powers(*sides)
                or conditions_of_logarithms(difference)
                or polynomial_conditions(difference)
            )
    return made


def _solve_polynomials(polynomials: list[Any], symbols: list[Any]) -> list[dict[Any, Any]]:
    """All real solutions of a system with finitely many of them.

    Raises `NotUnderstood`.
    """
    if not polynomials:
        raise NotUnderstood("equations that say nothing")
    try:
        # Strict: without it SymPy leaves out what radicals cannot express.
        found = sp.solve_poly_system(polynomials, *symbols, strict=True)
    except NotImplementedError as error:
        raise NotUnderstood("a system that is not solved") from error
    except BasePolynomialError:
        found = _by_last_unknown(polynomials, symbols)
    if found is None:
        return []
    if len(found) > MOST_SOLUTIONS or any(len(solution) != len(symbols) for solution in found):
        raise NotUnderstood("too many solutions")
    unique: list[dict[Any, Any]] = []
    for solution in found:
        if any(value.free_symbols for value in solution):
            raise NotUnderstood("a system without finitely many solutions")
        if all(is_real(value) for value in solution):
            unique.append(dict(zip(symbols, solution, strict=True)))
    return unique


def _by_last_unknown(polynomials: list[Any], symbols: list[Any]) -> list[tuple[Any, ...]]:
    """The real solutions where one unknown decides all others.

    It by its real roots, the others from it.
    """
    for last in reversed(symbols):
        others = [name for name in symbols if name != last]
        formulas = _in_terms_of(last, others, sp.groebner(polynomials, *others, last, order="lex").exprs)
        if formulas is None:
            continue
        roots = polynomial_roots(formulas[last], last, real=True)
        return [
            tuple(root if name == last else formulas[name].subs(last, root) for name in symbols)
            for root in roots
        ]
    raise NotUnderstood("a system that is not solved")


def _in_terms_of(last: Any, others: list[Any], basis: list[Any]) -> dict[Any, Any] | None:
    """Each other unknown as a polynomial in the last one; None where it is not.

    The last one's own polynomial stands beside them.
    """
    if len(basis) != len(others) + 1 or basis[-1].free_symbols != {last}:
        return None
    formulas = {last: basis[-1]}
    for member, unknown in zip(basis, others, strict=False):
        polynomial = sp.Poly(member, unknown)
        if polynomial.degree() != 1 or not member.free_symbols <= {unknown, last}:
            return None
        formulas[unknown] = -polynomial.nth(0) / polynomial.nth(1)
    return formulas


def _difference(equation: Relation, context: Context) -> Any:
    return build(equation.left, context) - build(equation.right, context)
