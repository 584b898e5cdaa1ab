"""Find with Z3 whether formulas can be true together.

Two ways are used. Quantified formulas as they are can be refuted (there is no such world at all); formulas written out
over a domain of a few things give a world that a person can read. Each question gets a context of its own and a bound
in Z3's own units of work, so that the same question has the same answer on every machine; the time limit is only for
what those units do not see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
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

__all__ = ["Bounds", "Satisfiable", "find_worlds", "satisfiable"]

type Satisfiable = Literal["sat", "unsat", "unknown"]

_MEGABYTES = 256
_LARGEST_GROUND = 15_000  # atoms; writing them out takes some 10 microseconds each
_GROUND_WORK = 500_000
_MOST_EXTRA = 2
_LARGEST_DOMAIN = 5
_MOST_REDUCTIONS = 12
_LONGEST_CHAIN = (
    200.0  # instances of premises that build on one another; Z3's own limit of 20 ends at 40 steps
)

z3.set_param("memory_max_size", _MEGABYTES)


@dataclass(frozen=True)
class Bounds:
    """Limits of one solver call: Z3's resource units (about 3.5 million a second) and milliseconds."""

    work: int = 1_200_000
    milliseconds: int = 900


def satisfiable(
    formulas: Sequence[Formula], names: Vocabulary, bounds: Bounds
) -> tuple[Satisfiable, frozenset[int]]:
    """Whether some world makes all formulas true, and if none does, the places of formulas that clash already.

    ``unknown`` if the bounds end the search.
    """
    try:
        language = _Language(names, None)
        solver = _solver(z3.Solver(ctx=language.context), bounds)
        solver.set("qi.lazy_threshold", _LONGEST_CHAIN)
        for at, formula in enumerate(formulas):
            solver.assert_and_track(language.formula(formula, {}), str(at))
        answer = solver.check()
        if answer == z3.unsat:
            return "unsat", frozenset(int(str(name)) for name in solver.unsat_core())
    except z3.Z3Exception:
        return "unknown", frozenset()
    return ("sat" if answer == z3.sat else "unknown"), frozenset()


def find_worlds(
    formulas: Sequence[Formula], names: Vocabulary, bounds: Callable[[], Bounds], *, reduce: bool
) -> Iterator[Interpretation | None]:
    """Worlds of a few things in which all formulas are true, the most readable first; None for each size without one.

    First those where different names are different things, with up to two things more; then ever larger ones where names
    may share a thing. With ``reduce`` no fewer facts could hold in them.
    """
    for elements, fixed in _domains(names):
        if bounds().milliseconds <= 1:
            return
        cost = sum(_ground_size(formula, len(elements)) for formula in formulas)
        world = None
        if cost <= _LARGEST_GROUND:
            checks = _MOST_REDUCTIONS if reduce else 1
            with suppress(z3.Z3Exception):  # no model of this size, then: a larger one is tried
                world = _ground_world(formulas, names, elements, fixed=fixed, bounds=bounds, checks=checks)
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


def _solver(solver: Any, bounds: Bounds) -> Any:
    solver.set("random_seed", 7)
    solver.set("timeout", bounds.milliseconds)
    solver.set("rlimit", bounds.work)
    return solver


def _ground_world(
    formulas: Sequence[Formula],
    names: Vocabulary,
    elements: tuple[str, ...],
    *,
    fixed: bool,
    bounds: Callable[[], Bounds],
    checks: int,
) -> Interpretation | None:
    language = _Language(names, elements)
    solver = _solver(z3.SolverFor("QF_UF", ctx=language.context), bounds())
    solver.set("rlimit", _GROUND_WORK)
    solver.set("phase_selection", 0)  # false first: few facts hold
    solver.add(
        z3.Distinct(*language.elements) if len(elements) > 1 else z3.BoolVal(val=True, ctx=language.context)
    )
    for constant in names.constants:
        if fixed:
            solver.add(language.constants[constant] == language.elements[elements.index(constant)])
        else:
            solver.add(language.is_element(language.constants[constant]))
    for formula in formulas:
        solver.add(language.formula(formula, {}))
    for _, _, value in language.applications.values():
        solver.add(language.is_element(value))
    world = None
    for _ in range(checks):
        solver.set("timeout", bounds().milliseconds)
        if solver.check() != z3.sat:
            break
        model = solver.model()
        held, world = _read(model, language, names, elements)
        # Less: what does not hold stays so, and not all of the rest holds. A reader wants no facts that nothing asks for.
        solver.add([z3.Not(atom) for atom, is_held in held.items() if not is_held])
        solver.add(z3.Or([z3.Not(atom) for atom, is_held in held.items() if is_held] or [language.false]))
    return world


def _read(
    model: Any, language: _Language, names: Vocabulary, elements: tuple[str, ...]
) -> tuple[dict[Any, bool], Interpretation]:
    """Which of the atoms that the formulas use hold in the model, and the model in words; other atoms do not hold."""
    values = [model.eval(element, model_completion=True) for element in language.elements]
    word = {value.get_id(): name for value, name in zip(values, elements, strict=True)}

    def element(expression: Any) -> str:
        return word[model.eval(expression, model_completion=True).get_id()]

    held: dict[Any, bool] = {}
    predicates: dict[Symbol, set[tuple[str, ...]]] = {symbol: set() for symbol in names.predicates}
    for symbol, args, atom in language.atoms.values():
        held[atom] = z3.is_true(model.eval(atom, model_completion=True))
        if held[atom]:
            predicates[symbol].add(tuple(element(arg) for arg in args))
    tables: dict[Symbol, dict[tuple[str, ...], str]] = {symbol: {} for symbol in names.functions}
    for symbol, args, value in language.applications.values():
        tables[symbol][tuple(element(arg) for arg in args)] = element(value)
    world = Interpretation(
        domain=elements,
        constants={name: element(language.constants[name]) for name in names.constants},
        functions=tables,
        predicates={symbol: frozenset(tuples) for symbol, tuples in predicates.items()},
    )
    return held, world


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
        self.false = z3.BoolVal(val=False, ctx=context)
        self.atoms: dict[tuple[Any, ...], tuple[Symbol, tuple[Any, ...], Any]] = {}
        self.applications: dict[tuple[Any, ...], tuple[Symbol, tuple[Any, ...], Any]] = {}
        self.fresh = 0

    def is_element(self, thing: Any) -> Any:
        return z3.Or([thing == element for element in self.elements])

    def formula(self, formula: Formula, env: Mapping[str, Any]) -> Any:
        match formula:
            case Truth(value):
                return z3.BoolVal(value, ctx=self.context)
            case Predicate(name, args):
                return self.atom((name, len(args)), tuple(self.term(arg, env) for arg in args))
            case Equal(left, right):
                return self.term(left, env) == self.term(right, env)
            case Not(part):
                return z3.Not(self.formula(part, env))
            case Junction(sign, parts):
                return self.junction(sign, [self.formula(part, env) for part in parts])
            case Quantified():
                return self.written(formula, env) if self.written_out else self.quantified(formula, env)

    def atom(self, symbol: Symbol, args: tuple[Any, ...]) -> Any:
        # Written out, the same few atoms come again and again: building each once is what makes it fast.
        key = (symbol, *map(id, args))
        if key not in self.atoms:
            self.atoms[key] = (symbol, args, self.predicates[symbol](*args))
        return self.atoms[key][2]

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
            symbol, args = (term.name, len(term.args)), tuple(self.term(arg, env) for arg in term.args)
            key = (symbol, *map(id, args))
            if key not in self.applications:
                self.applications[key] = (symbol, args, self.functions[symbol](*args))
            return self.applications[key][2]
        return self.constants[term.name]
