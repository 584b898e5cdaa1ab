"""The second way of letters of a form: they are put into it, and a search near 0 finds no others that would do."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from math import gcd
from typing import Any

from checkers.mathematics.confirmation.evaluation.arithmetic import Scope, evaluate, is_near
from checkers.mathematics.confirmation.evaluation.conditions import is_of
from checkers.mathematics.confirmation.evaluation.errors import CannotTell, Undefined
from checkers.mathematics.confirmation.evaluation.results import number_of
from checkers.mathematics.problem.wrapped import Form

__all__ = ["are_the_letters"]

NEAREST = {2: 40, 3: 8, 4: 3}
"""How far from 0 other letters are looked for, by their number."""


def are_the_letters(form: Form, letters: Mapping[str, Any], value: Any, asked: Any, scope: Scope) -> bool:
    """Whether the letters make the form that value, and what is asked that number; no small ones do as well."""
    chosen = {name: number_of(letters[name]) for name in form.names}
    if not _fits(form, chosen, value, scope):
        return False
    if not is_near(evaluate(form.target, scope.where(chosen)), asked):
        return False
    reach = range(-NEAREST[len(form.names)], NEAREST[len(form.names)] + 1)
    for values in itertools.product(reach, repeat=len(form.names)):
        other = dict(zip(form.names, values, strict=True))
        if other != chosen and _keeps(form, other) and _makes(form, other, value, scope):
            return False
    return True


def _fits(form: Form, chosen: Mapping[str, Any], value: Any, scope: Scope) -> bool:
    return _keeps(form, chosen) and _makes(form, chosen, value, scope)


def _makes(form: Form, chosen: Mapping[str, Any], value: Any, scope: Scope) -> bool:
    try:
        return is_near(evaluate(form.tree, scope.where(chosen)), value)
    except (CannotTell, Undefined, ZeroDivisionError):
        return False


def _keeps(form: Form, chosen: Mapping[str, Any]) -> bool:
    if not all(is_of(chosen[name], kinds - {"distinct"}) for name, kinds in form.kinds.items()):
        return False
    if any(not isinstance(chosen[name], int) for held in form.coprime for name in held):
        return False
    if any(gcd(*(chosen[name] for name in held)) != 1 for held in form.coprime):
        return False
    return all(_is_square_free(chosen[name]) for name in form.square_free)


def _is_square_free(value: Any) -> bool:
    return (
        isinstance(value, int) and value > 0 and all(value % (k * k) for k in range(2, int(value**0.5) + 1))
    )
