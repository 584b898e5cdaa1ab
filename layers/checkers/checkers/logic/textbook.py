"""Textbook notation of predicates: ``Fa`` for ``F(a)``, ``Rxy`` for ``R(x, y)``.

Alone, ``Fa`` is a proposition with a name of two letters. Under a quantifier over ``x``, ``Fx`` shows how it is meant.
"""

from __future__ import annotations

import re

from checkers.logic.formulas import Formula, Junction, Not, Predicate, Quantified

__all__ = ["glued_predicates", "unglued"]

_GLUED = re.compile(r"([A-Z])([a-z]{1,3})\Z")


def unglued(name: str) -> tuple[str, str]:
    """The predicate's letter and the letters of its arguments; empty if the name cannot be a glued predicate."""
    found = _GLUED.match(name)
    return (found[1], found[2]) if found else ("", "")


def glued_predicates(formula: Formula) -> frozenset[tuple[str, int]]:
    """Predicates of which a proposition such as ``Fx``, under a quantifier over ``x``, shows that they are glued."""
    found: set[tuple[str, int]] = set()

    def look(part: Formula, bound: frozenset[str]) -> None:
        match part:
            case Predicate(name, ()):
                letter, letters = unglued(name)
                if any(each in bound for each in letters):
                    found.add((letter, len(letters)))
            case Not(inner):
                look(inner, bound)
            case Junction(_, parts):
                for each in parts:
                    look(each, bound)
            case Quantified(_, variable, body):
                look(body, bound | {variable})
            case _:
                pass

    look(formula, frozenset())
    return frozenset(found)
