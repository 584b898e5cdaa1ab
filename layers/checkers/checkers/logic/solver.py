"""Z3: is there a world in which these formulas are true together?

Two ways are used. Quantified formulas as they are can be refuted (there is no such world at all); formulas written out
over a domain of a few things give a world that a person can read. Each question gets a context of its own and a bound
in Z3's own units of work, so that the same question has the same answer on every machine; the time limit is only for
what those units do not see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import z3

from checkers.logic.formulas import (
    Equal,
    Formula,
    Junction,
    Not,
    Predicate,
    Quantified,
    Term,
    Truth,
    parts_of,
)
from checkers.logic.interpretations import Interpretation, Symbol, Vocabulary

__all__ = ["Bounds", "Satisfiable", "find_world", "satisfiable"]

type Satisfiable = Literal["sat", "unsat", "unknown"]

_MEGABYTES = 256
_LARGEST_GROUND = 60_000
_MOST_EXTRA = 2
_LARGEST_DOMAIN = 5
_MOST_REDUCTIONS = 12

z3.set_param("memory_max_size", _MEGABYTES)


@dataclass(frozen=True)
class Bounds:
    """What one question may cost: Z3's units of work (about 10 million a second) and milliseconds."""

    work: int = 3_000_000
    milliseconds: int = 400


def satisfiable(
    formulas: Sequence[Formula], names: Vocabulary, bounds: Bounds
) -> tuple[Satisfiable, frozenset[int]]:
    """Whether some world makes all formulas true, and if none does, the places of formulas that clash already.

    ``unknown`` if the bounds end the search.
    """
    try:
        language = _Language(names, None)
        solver = _solver(z3.Solver(ctx=language.context), bounds)
        for at, formula in enumerate(formulas):
            solver.assert_and_track(language.formula(formula, {}), str(at))
        answer = solver.check()
        if answer == z3.unsat:
            return "unsat", frozenset(int(str(name)) for name in solver.unsat_core())
    except z3.Z3Exception:
        return "unknown", frozenset()
    return ("sat" if answer == z3.sat else "unknown"), frozenset()


def find_world(
    formulas: Sequence[Formula], names: Vocabulary, bounds: Callable[[], Bounds]
) -> Iterator[Interpretation]:
    """Worlds of a few things in which all formulas are true, the most readable first.

    First those where different names are different things, with up to two things more; then ever larger ones where names
    may share a thing.
    """
    for elements, fixed in _domains(names):
        cost = sum(_ground_size(formula, len(elements)) for formula in formulas)
        if cost + _table_size(names, len(elements)) > _LARGEST_GROUND:
            continue
        try:
            world = _ground_world(formulas, names, elements, fixed=fixed, bounds=bounds())
        except z3.Z3Exception:
            continue
        if world is not None:
            yield world


def _domains(names: Vocabulary) -> Iterator[tuple[tuple[str, ...], bool]]:
    if names.propositional:
        yield ("e1",), False
        return
    extra = [name for name in (f"e{at}" for at in range(1, 40)) if name not in names.constants]
    if names.constants and len(names.constants) <= 40:
        most = _MOST_EXTRA if names.quantifies or names.functions else 0
        for more in range(most + 1):
            yield (*names.constants, *extra[:more]), True
    for size in range(1, _LARGEST_DOMAIN + 1):
        yield tuple(extra[:size]), False


def _ground_size(formula: Formula, size: int) -> int:
    """Atoms of the formula when its quantifiers are written out."""
    inner = sum(_ground_size(part, size) for part in parts_of(formula)) or 1
    if not isinstance(formula, Quantified):
        return inner
    return min(_LARGEST_GROUND + 1, inner * size * (2 if formula.sign == "∃!" else 1))


def _table_size(names: Vocabulary, size: int) -> int:
    return sum(size**arity for _, arity in (*names.functions, *names.predicates))


def _solver(solver: Any, bounds: Bounds) -> Any:
    solver.set("random_seed", 7)
    solver.set("timeout", bounds.milliseconds)
    solver.set("rlimit", bounds.work)
    return solver


def _ground_world(
    formulas: Sequence[Formula], names: Vocabulary, elements: tuple[str, ...], *, fixed: bool, bounds: Bounds
) -> Interpretation | None:
    language = _Language(names, elements)
    solver = _solver(z3.SolverFor("QF_UF", ctx=language.context), bounds)
    solver.set("phase_selection", 0)  # false first: few facts hold
    solver.add(
        z3.Distinct(*language.elements) if len(elements) > 1 else z3.BoolVal(val=True, ctx=language.context)
    )
    for constant in names.constants:
        if fixed:
            solver.add(language.constants[constant] == language.elements[elements.index(constant)])
        else:
            solver.add(language.is_element(language.constants[constant]))
    for symbol in names.functions:
        for args in product(language.elements, repeat=symbol[1]):
            solver.add(language.is_element(language.functions[symbol](*args)))
    for formula in formulas:
        solver.add(language.formula(formula, {}))
    world = None
    for _ in range(_MOST_REDUCTIONS):
        if solver.check() != z3.sat:
            break
        world = _read(solver.model(), language, names, elements)
        _ask_for_less(solver, language, world)
    return world


def _ask_for_less(solver: Any, language: _Language, world: Interpretation) -> None:
    """What does not hold stays so, and something that holds shall not: a reader wants no facts that nothing asks for."""
    element = dict(zip(world.domain, language.elements, strict=True))
    held = []
    for symbol, tuples in world.predicates.items():
        for args in product(world.domain, repeat=symbol[1]):
            atom = language.predicates[symbol](*(element[arg] for arg in args))
            if args in tuples:
                held.append(atom)
            else:
                solver.add(z3.Not(atom))
    solver.add(z3.Not(z3.And(held)) if held else z3.BoolVal(val=False, ctx=language.context))


def _read(model: Any, language: _Language, names: Vocabulary, elements: tuple[str, ...]) -> Interpretation:
    value = {
        str(model.eval(z3_element, model_completion=True)): name
        for z3_element, name in zip(language.elements, elements, strict=True)
    }
    tuples: dict[int, list[tuple[tuple[str, ...], tuple[Any, ...]]]] = {}
    for _, arity in (*names.functions, *names.predicates):
        tuples[arity] = [
            (tuple(elements[at] for at in places), tuple(language.elements[at] for at in places))
            for places in product(range(len(elements)), repeat=arity)
        ]

    def element(expression: Any) -> str:
        return value[str(model.eval(expression, model_completion=True))]

    return Interpretation(
        domain=elements,
        constants={name: element(language.constants[name]) for name in names.constants},
        functions={
            symbol: {words: element(language.functions[symbol](*args)) for words, args in tuples[symbol[1]]}
            for symbol in names.functions
        },
        predicates={
            symbol: frozenset(
                words
                for words, args in tuples[symbol[1]]
                if z3.is_true(model.eval(language.predicates[symbol](*args), model_completion=True))
            )
            for symbol in names.predicates
        },
    )


class _Language:
    """The names of an argument in one Z3 context, and formulas written with them.

    With ``elements`` the quantifiers are written out over them; without, they stay quantifiers.
    """

    def __init__(self, names: Vocabulary, elements: Sequence[str] | None) -> None:
        context = z3.Context()
        things = z3.DeclareSort("Thing", ctx=context)
        self.context = context
        self.things = things
        self.written_out = elements is not None
        self.elements = [z3.Const(f"element {at}", things) for at in range(len(elements or ()))]
        self.constants = {name: z3.Const(f"constant {name}", things) for name in names.constants}
        self.functions: dict[Symbol, Any] = {
            (name, arity): z3.Function(f"function {name}/{arity}", *[things] * (arity + 1))
            for name, arity in names.functions
        }
        self.predicates: dict[Symbol, Any] = {
            (name, arity): z3.Function(f"predicate {name}/{arity}", *[things] * arity, z3.BoolSort(context))
            for name, arity in names.predicates
        }
        self.fresh = 0

    def is_element(self, thing: Any) -> Any:
        return z3.Or([thing == element for element in self.elements])

    def formula(self, formula: Formula, env: Mapping[str, Any]) -> Any:
        match formula:
            case Truth(value):
                return z3.BoolVal(value, ctx=self.context)
            case Predicate(name, args):
                return self.predicates[name, len(args)](*(self.term(arg, env) for arg in args))
            case Equal(left, right):
                return self.term(left, env) == self.term(right, env)
            case Not(part):
                return z3.Not(self.formula(part, env))
            case Junction(sign, parts):
                return self.junction(sign, [self.formula(part, env) for part in parts])
            case Quantified():
                return self.written(formula, env) if self.written_out else self.quantified(formula, env)

    def junction(self, sign: str, parts: list[Any]) -> Any:
        match sign:
            case "∧":
                return z3.And(parts)
            case "∨":
                return z3.Or(parts)
            case "→":
                return z3.Implies(*parts)
            case _:
                joined = parts[0]
                for part in parts[1:]:
                    joined = z3.Xor(joined, part) if sign == "⊕" else joined == part
                return joined

    def written(self, formula: Quantified, env: Mapping[str, Any]) -> Any:
        cases = [self.formula(formula.body, {**env, formula.variable: element}) for element in self.elements]
        match formula.sign:
            case "∀":
                return z3.And(cases)
            case "∃":
                return z3.Or(cases)
            case _:
                return z3.PbEq([(case, 1) for case in cases], 1, self.context) if len(cases) > 1 else cases[0]

    def quantified(self, formula: Quantified, env: Mapping[str, Any]) -> Any:
        variable = self.variable(formula.variable)
        body = self.formula(formula.body, {**env, formula.variable: variable})
        match formula.sign:
            case "∀":
                return z3.ForAll([variable], body)
            case "∃":
                return z3.Exists([variable], body)
            case _:
                # Exactly one: some x such that for every y, the body holds of y just if y is x.
                return z3.Exists(
                    [other := self.variable(formula.variable)],
                    z3.ForAll([variable], body == (variable == other)),
                )

    def variable(self, name: str) -> Any:
        self.fresh += 1
        return z3.Const(f"variable {name} {self.fresh}", self.things)

    def term(self, term: Term, env: Mapping[str, Any]) -> Any:
        if term.variable:
            return env[term.name]
        if term.args:
            return self.functions[term.name, len(term.args)](*(self.term(arg, env) for arg in term.args))
        return self.constants[term.name]
