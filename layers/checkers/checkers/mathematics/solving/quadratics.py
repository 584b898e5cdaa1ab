"""Greatest and least values of quadratic polynomials, where linear equations or one quadratic form are told."""

from __future__ import annotations

from typing import Any

import sympy as sp

from checkers.mathematics.formulas.nodes import NotUnderstood

__all__ = ["extreme_of_quadratic"]

MOST_VARIABLES = 3


def extreme_of_quadratic(
    target: Any, conditions: list[Any], variables: list[Any], *, highest: bool
) -> tuple[Any, list[dict[Any, Any]]]:
    """The extreme value, and places where it is taken. Raises `NotUnderstood`."""
    if not 2 <= len(variables) <= MOST_VARIABLES:
        raise NotUnderstood("too many variables")
    if not all(part.is_polynomial(*variables) for part in (target, *conditions)):
        raise NotUnderstood("no polynomials")
    degrees = [sp.Poly(condition, *variables).total_degree() for condition in conditions]
    if sp.Poly(target, *variables).total_degree() != 2:
        raise NotUnderstood("no quadratic polynomial")
    if degrees == [2]:
        return _on_a_form(target, conditions[0], variables, highest=highest)
    if any(degree != 1 for degree in degrees):
        raise NotUnderstood("conditions of higher degree")
    solved: dict[Any, Any] = {}
    if conditions:
        (solution,) = sp.linsolve(conditions, *variables) or [None]
        if solution is None:
            raise NotUnderstood("a contradiction")
        solved = {name: part for name, part in zip(variables, solution, strict=True) if part != name}
    free = [name for name in variables if name not in solved]
    value, place = _vertex(sp.expand(target.subs(solved)), free, highest=highest)
    whole = {name: part.subs(place) for name, part in solved.items()} | place
    return value, [whole]


def _vertex(target: Any, free: list[Any], *, highest: bool) -> tuple[Any, dict[Any, Any]]:
    """Where all slopes vanish, if the quadratic part bends one way in every direction."""
    if not free:
        raise NotUnderstood("nothing is free")
    bend = sp.hessian(target, free)
    if not (bend if not highest else -bend).is_positive_definite:
        raise NotUnderstood("no extreme")
    slopes = [sp.diff(target, name) for name in free]
    (solution,) = sp.linsolve(slopes, *free)
    place = dict(zip(free, solution, strict=True))
    return sp.simplify(target.subs(place)), place


def _on_a_form(
    target: Any, condition: Any, variables: list[Any], *, highest: bool
) -> tuple[Any, list[dict[Any, Any]]]:
    """The largest or smallest λ with A v = λ B v, where vᵀBv is told to be a positive number."""
    polynomial = sp.Poly(condition, *variables)
    level = -polynomial.coeff_monomial(1)
    form, wanted = (sp.hessian(part, variables) / 2 for part in (condition, target))
    if _form(form, variables) != sp.expand(condition + level) or _form(wanted, variables) != sp.expand(
        target
    ):
        raise NotUnderstood("no quadratic forms")
    if level < 0:
        form, level = -form, -level
    if level == 0 or not form.is_positive_definite:
        raise NotUnderstood("no bounded set")
    scale = sp.Dummy("scale", real=True)
    roots = sp.roots(sp.Poly((wanted - scale * form).det(), scale))
    if sum(roots.values()) != len(variables):
        raise NotUnderstood("roots that are not known")
    best = sorted(roots, key=lambda root: sp.re(root.evalf(40)))[-1 if highest else 0]
    places = []
    for vector in (wanted - best * form).applyfunc(sp.simplify).nullspace():
        size = (vector.T * form * vector)[0]
        scaled = [part * sp.sqrt(level / size) for part in vector]
        places += [dict(zip(variables, [sign * part for part in scaled], strict=True)) for sign in (1, -1)]
    return sp.radsimp(sp.simplify(best * level)), places


def _form(matrix: Any, variables: list[Any]) -> Any:
    column = sp.Matrix(variables)
    return sp.expand((column.T * matrix * column)[0])
