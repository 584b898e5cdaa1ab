"""The letters of a form such as (a + b√c)/d that make it a number that is known."""

from __future__ import annotations

from typing import Any

import sympy as sp

from checkers.mathematics.formulas.build import Context, build, symbol
from checkers.mathematics.formulas.compare import same
from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.problem.kinds import is_kind
from checkers.mathematics.problem.wrapped import Form

__all__ = ["letters_of"]


def letters_of(form: Form, value: Any, context: Context) -> dict[str, Any]:
    """The one choice of the letters. Raises `NotUnderstood` where there is none, or several are found."""
    made = build(form.tree, context)
    letters = [symbol(name, context) for name in form.names]
    if made.free_symbols != set(letters) or value.free_symbols:
        raise NotUnderstood("other letters")
    found = [
        chosen
        for chosen in _choices(form, made, letters, sp.radsimp(sp.sqrtdenest(value)))
        if _keeps(form, chosen) and same(made.subs({symbol(n, context): v for n, v in chosen.items()}), value)
    ]
    if len(found) != 1:
        raise NotUnderstood("no choice of the letters, or several")
    return found[0]


def _choices(form: Form, made: Any, letters: list[Any], value: Any) -> list[dict[str, Any]]:
    """Choices of the letters by comparing the rational parts and the roots."""
    roots = sorted((p for p in made.atoms(sp.Pow) if p.exp == sp.S.Half and p.base.free_symbols), key=str)
    rational, irrational = _parts(value)
    if len(roots) > 1 or any(root.base not in letters for root in roots):
        raise NotUnderstood("no form with one root of a letter")
    if not roots:
        if irrational != 0:
            raise NotUnderstood("no rational number")
        return _solved(form, [sp.together(made - value)], letters, {})
    root, mark = roots[0], sp.Dummy("root", positive=True)
    marked = sp.together(made.xreplace({root: mark}))
    above, below = (sp.Poly(part, mark) for part in sp.fraction(marked))
    if above.degree() != 1 or below.degree() != 0 or str(root.base) not in form.square_free:
        raise NotUnderstood("a root that is not determined")
    square = sp.simplify(irrational**2)
    if not isinstance(square, sp.Rational) or square <= 0:
        raise NotUnderstood("no root")
    powers = sp.factorint(square.p * square.q)
    free = sp.Mul(*(prime for prime, power in powers.items() if power % 2))
    if free == 1:
        raise NotUnderstood("no root")
    times = sp.nsimplify(irrational / sp.sqrt(free))
    if not isinstance(times, sp.Rational):
        raise NotUnderstood("no rational multiple of a root")
    fixed = {root.base: free}
    conditions = [
        sp.together((above.nth(0) / below.nth(0)).subs(fixed) - rational),
        sp.together((above.nth(1) / below.nth(0)).subs(fixed) - times),
    ]
    return _solved(form, conditions, [letter for letter in letters if letter != root.base], fixed)


def _parts(value: Any) -> tuple[Any, Any]:
    """The rational summand, and a rational multiple of one square root."""
    rational, irrational = sp.Integer(0), sp.Integer(0)
    for term in sp.Add.make_args(sp.expand(value)):
        if isinstance(term, sp.Rational):
            rational += term
        elif irrational == 0 and isinstance(sp.expand(term**2), sp.Rational):
            irrational = term
        else:
            raise NotUnderstood("no number with one square root")
    return rational, irrational


def _solved(
    form: Form, conditions: list[Any], letters: list[Any], fixed: dict[Any, Any]
) -> list[dict[str, Any]]:
    """The other letters by linear equations; where all but a factor is decided, by what has no common factor."""
    rows = [part for part in (sp.fraction(condition)[0] for condition in conditions) if part != 0]
    if not all(row.is_polynomial(*letters) and sp.Poly(row, *letters).total_degree() <= 1 for row in rows):
        raise NotUnderstood("no form that is linear in its letters")
    (solution,) = sp.linsolve(rows, *letters) or [None]
    free = set().union(*(part.free_symbols for part in solution)) if solution else set()
    if solution is None or len(free) > 1:
        raise NotUnderstood("letters that are not determined")
    places = {**fixed, **dict(zip(letters, solution, strict=True))}
    if not free:
        return [{str(name): part for name, part in places.items()}]
    scale = free.pop()
    ratios = {str(name): sp.cancel(part / scale) for name, part in places.items() if name in letters}
    held = next((held for held in form.coprime if set(held) <= set(ratios)), ())
    shared = [ratios[name] for name in held]
    if len(shared) < 2 or not all(isinstance(ratio, sp.Rational) and ratio for ratio in ratios.values()):
        raise NotUnderstood("letters of which a multiple would do")
    factor = sp.Rational(sp.ilcm(*(ratio.q for ratio in shared)), sp.igcd(*(ratio.p for ratio in shared)))
    whole = {str(name): part for name, part in fixed.items()}
    return [{**whole, **{name: sign * factor * ratio for name, ratio in ratios.items()}} for sign in (1, -1)]


def _keeps(form: Form, chosen: dict[str, Any]) -> bool:
    if any(not is_kind(chosen[name], kinds - {"distinct"}) for name, kinds in form.kinds.items()):
        return False
    if any(not chosen[name].is_Integer for held in form.coprime for name in held):
        return False
    if any(sp.igcd(*(int(chosen[name]) for name in held)) != 1 for held in form.coprime):
        return False
    return all(
        chosen[name].is_Integer and all(power == 1 for power in sp.factorint(int(chosen[name])).values())
        for name in form.square_free
    )
