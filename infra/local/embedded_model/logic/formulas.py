"""Formulas about single things: statements, predicates of one variable ``x``, and one quantifier around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = [
    "Atom",
    "Formula",
    "Junction",
    "Not",
    "Quantified",
    "atoms",
    "literal",
    "negation",
    "show",
    "with_term",
]

VARIABLE = "x"


@dataclass(frozen=True)
class Atom:
    """``Mortal(socrates)``, ``Mortal(x)``, or a statement without a term: ``Rain``."""

    name: str
    term: str | None = None


@dataclass(frozen=True)
class Not:
    """The opposite."""

    body: Formula


@dataclass(frozen=True)
class Junction:
    """Two formulas with one of the signs ``∧ ∨ ⊕ → ↔`` between them."""

    sign: str
    left: Formula
    right: Formula


@dataclass(frozen=True)
class Quantified:
    """*sign* ``∀`` or ``∃``, always over ``x``, always outermost."""

    sign: str
    body: Formula


Formula = Atom | Not | Junction | Quantified


def show(formula: Formula) -> str:
    """The formula in the signs that the analyze prompt asks for."""
    match formula:
        case Atom(name, None):
            return name
        case Atom(name, term):
            return f"{name}({term})"
        case Not(Quantified() | Atom() | Not() as body):
            return f"¬{show(body)}"
        case Not(body):
            return f"¬({show(body)})"
        case Quantified(sign, body):
            inner = show(body)
            return f"{sign}x ({inner})" if isinstance(body, Junction) else f"{sign}x {inner}"
        case Junction(sign, left, right):
            return f"{_wrapped(left)} {sign} {_wrapped(right)}"


def _wrapped(formula: Formula) -> str:
    return f"({show(formula)})" if isinstance(formula, Junction) else show(formula)


def atoms(formula: Formula) -> Iterator[Atom]:
    """All atoms of a formula, from left to right."""
    match formula:
        case Atom():
            yield formula
        case Not(body) | Quantified(_, body):
            yield from atoms(body)
        case Junction(_, left, right):
            yield from atoms(left)
            yield from atoms(right)


def with_term(formula: Formula, term: str) -> Formula:
    """The formula with *term* for the variable."""
    return _mapped(formula, lambda atom: Atom(atom.name, term) if atom.term == VARIABLE else atom)


def _mapped(formula: Formula, change: Callable[[Atom], Atom]) -> Formula:
    match formula:
        case Atom():
            return change(formula)
        case Not(body):
            return Not(_mapped(body, change))
        case Quantified(sign, body):
            return Quantified(sign, _mapped(body, change))
        case Junction(sign, left, right):
            return Junction(sign, _mapped(left, change), _mapped(right, change))


def negation(formula: Formula) -> Formula:
    """The opposite, without two negations on one another."""
    return formula.body if isinstance(formula, Not) else Not(formula)


def literal(formula: Formula) -> bool:
    """Whether it is an atom or its opposite."""
    return isinstance(formula, Atom) or (isinstance(formula, Not) and isinstance(formula.body, Atom))
