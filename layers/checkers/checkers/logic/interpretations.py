"""Finite interpretations of formulas, and the evaluation of a formula in one.

This is independent of Z3: a countermodel is only returned after its formulas were evaluated here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from checkers.logic.formulas import (
    Equal,
    Formula,
    Junction,
    Not,
    Predicate,
    Quantified,
    Term,
    Truth,
    is_numeral,
    terms_of,
    value_of,
    walk,
)

__all__ = ["Interpretation", "Symbol", "TooMuchWork", "Vocabulary", "holds", "respects_numbers", "vocabulary"]

type Symbol = tuple[str, int]
"""A name and its number of arguments: ``Likes`` of one and of two arguments are different predicates."""

_MOST_STEPS = 400_000


class TooMuchWork(Exception):
    """The formula has too many quantifiers for a domain of this size."""


@dataclass(frozen=True)
class Vocabulary:
    """The names that formulas use, each in the order of its first use."""

    constants: tuple[str, ...]
    functions: tuple[Symbol, ...]
    predicates: tuple[Symbol, ...]
    quantifies: bool

    @property
    def numerals(self) -> tuple[str, ...]:
        return tuple(name for name in self.constants if is_numeral(name))

    @property
    def propositional(self) -> bool:
        """Whether the formulas contain propositions only."""
        return not (self.constants or self.functions or self.quantifies) and all(
            n == 0 for _, n in self.predicates
        )


@dataclass(frozen=True)
class Interpretation:
    """Things, what the names stand for, and for which of them each predicate holds. Elements are strings."""

    domain: tuple[str, ...]
    constants: Mapping[str, str]
    functions: Mapping[Symbol, Mapping[tuple[str, ...], str]]
    predicates: Mapping[Symbol, frozenset[tuple[str, ...]]]


def vocabulary(formulas: Iterable[Formula]) -> Vocabulary:
    constants: dict[str, None] = {}
    functions: dict[Symbol, None] = {}
    predicates: dict[Symbol, None] = {}
    quantifies = False
    for formula in formulas:
        for term in terms_of(formula):
            if term.args:
                functions[term.name, len(term.args)] = None
            elif not term.variable:
                constants[term.name] = None
        for part in walk(formula):
            if isinstance(part, Predicate):
                predicates[part.name, len(part.args)] = None
            quantifies = quantifies or isinstance(part, Quantified)
    return Vocabulary(tuple(constants), tuple(functions), tuple(predicates), quantifies)


def holds(formula: Formula, world: Interpretation) -> bool:
    """Whether the closed formula is true in the world. Raises :class:`TooMuchWork` after some 400,000 steps."""
    return _Evaluation(world).truth(formula, {})


def respects_numbers(world: Interpretation) -> bool:
    """Whether two numerals have the same element if and only if they are the same number."""
    meant = {(value_of(name), thing) for name, thing in world.constants.items() if is_numeral(name)}
    return len(meant) == len({value for value, _ in meant}) == len({thing for _, thing in meant})


class _Evaluation:
    def __init__(self, world: Interpretation) -> None:
        self.world = world
        self.steps = 0

    def truth(self, formula: Formula, env: Mapping[str, str]) -> bool:
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise TooMuchWork
        match formula:
            case Truth(value):
                return value
            case Predicate(name, args):
                return tuple(self.thing(arg, env) for arg in args) in self.world.predicates[name, len(args)]
            case Equal(left, right):
                return self.thing(left, env) == self.thing(right, env)
            case Not(part):
                return not self.truth(part, env)
            case Junction(sign, parts):
                return self.joined(sign, parts, env)
            case Quantified(sign, variable, body):
                values = (self.truth(body, {**env, variable: element}) for element in self.world.domain)
                if sign == "∀":
                    return all(values)
                return any(values) if sign == "∃" else sum(values) == 1

    def joined(self, sign: str, parts: tuple[Formula, ...], env: Mapping[str, str]) -> bool:
        values = (self.truth(part, env) for part in parts)
        match sign:
            case "∧":
                return all(values)
            case "∨":
                return any(values)
            case "⊕":
                return sum(values) % 2 == 1
            case "→":
                return not next(values) or next(values)
            case _:
                # A chain of ↔ is true if an even number of its parts is false.
                return sum(not value for value in values) % 2 == 0

    def thing(self, term: Term, env: Mapping[str, str]) -> str:
        if term.variable:
            return env[term.name]
        if term.args:
            return self.world.functions[term.name, len(term.args)][
                tuple(self.thing(arg, env) for arg in term.args)
            ]
        return self.world.constants[term.name]
