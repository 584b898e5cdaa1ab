"""Decide an argument: its conclusion follows, is contradicted, or neither."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from checkers.logic.formulas import Formula, Not
from checkers.logic.interpretations import (
    Interpretation,
    TooMuchWork,
    Vocabulary,
    holds,
    respects_numbers,
    vocabulary,
)
from checkers.logic.reading import Argument, Note, background, readings
from checkers.logic.solver import Bounds, Satisfiable, find_worlds, satisfiable
from checkers.logic.translation import merged_names, stands_apart
from checkers.logic.wording import Language, note, say, unread
from checkers.logic.worlds import shown

__all__ = ["Decision", "decide"]

type Verdict = Literal["entailed", "contradicted", "neither", "inconsistent", "unknown"]

_SECONDS = 1.4  # all questions of one decision together; the process around it is killed at 2 s
_SECONDS_FOR_MISSING = 0.25
_SECONDS_FOR_MERGED = 0.4
_FEW = 12
_MOST_READINGS = 4


@dataclass(frozen=True)
class Decision:
    """The result. ``used`` has the indices of premises that suffice for it."""

    verdict: Verdict
    sentence: str
    used: tuple[int, ...] = ()
    world: Interpretation | None = None
    consistent: bool = True


@dataclass(frozen=True)
class _Answer:
    """Whether formulas are consistent; the indices of some that are not; a world, if one was found and checked."""

    known: Satisfiable
    clash: frozenset[int] = frozenset()
    world: Interpretation | None = None


def decide(request: Mapping[str, Any], clock: Callable[[], float] = time.monotonic) -> dict[str, Any]:
    """Decide an argument of formulas with Z3; see :func:`checkers.logic.decide` for the shapes."""
    language: Language = "zh" if request.get("language") == "zh" else "en"
    began = clock()
    arguments = readings(request)
    if arguments[0].unread:
        return _result("unknown", None, unread(arguments[0].unread, language))
    if len(arguments) > _MOST_READINGS:
        return _result("unknown", None, say("two_readings", language))
    share = _SECONDS / len(arguments)
    results = [
        _decided(argument, language, clock, began + share * number)
        for number, argument in enumerate(arguments, start=1)
    ]
    result = results[0]
    if any((each["verdict"], each["solver"]) != (result["verdict"], result["solver"]) for each in results):
        said = [say("two_readings", language)]
        said += [note(each, language) for each in _differences(arguments)]
        return _result("unknown", None, ("" if language == "zh" else " ").join(said))
    if any(each["missing_that_suffices"] != result["missing_that_suffices"] for each in results):
        result["missing_that_suffices"] = None
    return result


def _differences(arguments: Sequence[Argument]) -> list[Note]:
    """The parts of the argument that have two readings."""
    codes = {
        "caret": any(each.notation.caret == "∧" for each in arguments),
        "chain": any(each.notation.pairwise for each in arguments),
        "partial": any(each.notation.partial for each in arguments),
        "wide": any(each.notation.wide for each in arguments),
    }
    return [Note(code) for code, found in codes.items() if found]


def _decided(
    argument: Argument, language: Language, clock: Callable[[], float], ends: float
) -> dict[str, Any]:
    """The result of one reading."""
    search = _Search(argument, clock, ends)
    if argument.conclusion is None:
        decision = search.without_conclusion()
    else:
        decision = search.decision(argument.conclusion)
    said = [say(decision.sentence, language, used=_used(argument, decision.used, language))]
    doubt = None if argument.conclusion is None else search.doubt(decision, argument.conclusion)
    if doubt is not None:
        said.append(note(doubt, language))
    if not decision.consistent:
        said.append(say("maybe_inconsistent", language))
    suffices = None
    if argument.conclusion is not None and decision.verdict in ("neither", "contradicted", "unknown"):
        suffices, alone = search.missing_that_suffices(argument.conclusion)
        if suffices is not None:
            said.append(say("suffices_alone" if alone else "suffices", language, number=suffices + 1))
    said.extend(
        note(each, language)
        for each in argument.notes
        if each.code in ("free", "order") or decision.verdict != "entailed"
    )
    world = None if decision.world is None else shown(decision.world, search.names, language)
    separator = "" if language == "zh" else " "
    result = _result(decision.verdict, world, separator.join(said), suffices)
    return result if doubt is None else result | {"solver": "unknown", "countermodel": None}


class _Search:
    """The solver calls for one argument, within one time budget."""

    def __init__(self, argument: Argument, clock: Callable[[], float], ends: float) -> None:
        self.argument = argument
        self.clock = clock
        self.ends = ends
        present = [formula for formula in argument.missing if formula is not None]
        conclusion = [] if argument.conclusion is None else [argument.conclusion]
        self.background = background([*argument.premises, *conclusion, *present], argument.notation)
        self.names = vocabulary([*argument.premises, *conclusion, *self.background])
        self.all_names = vocabulary([*argument.premises, *conclusion, *present, *self.background])

    # Verdicts

    def without_conclusion(self) -> Decision:
        answer = self.ask(self.argument.premises, show=False)
        if answer.known == "unsat":
            return Decision(
                "inconsistent", "inconsistent", self.smallest(self.argument.premises, answer.clash)
            )
        return Decision("unknown", "no_conclusion")

    def decision(self, conclusion: Formula) -> Decision:
        premises = self.argument.premises
        without = self.ask([*premises, Not(conclusion)])
        with_it = self.ask([*premises, conclusion], show=False)
        match without.known, with_it.known:
            case "unsat", "unsat":
                clash = self.ask(premises, show=False).clash or frozenset(range(len(premises)))
                return Decision("inconsistent", "inconsistent", self.smallest(premises, clash))
            case "unsat", found:
                used = self.smallest([*premises, Not(conclusion)], without.clash)
                return Decision(
                    "entailed", "entailed" if used else "tautology", used, consistent=found == "sat"
                )
            case _, "unsat" if without.world is not None:
                used = self.smallest([*premises, conclusion], with_it.clash)
                return Decision("contradicted", "contradicted", used, without.world)
            case _, "sat" if without.world is not None:
                return Decision("neither", "neither", world=without.world)
            case _ if without.world is not None:
                return Decision("unknown", "not_entailed", world=without.world)
            case "sat", _:
                return Decision("unknown", "no_world")
            case _:
                return Decision("unknown", "unsettled")

    def doubt(self, decision: Decision, conclusion: Formula) -> Note | None:
        """Why the formulas may not say what the sentences say, where the verdict depends on it.

        A conclusion without a predicate of the premises is about something else. Where it does not follow, and would if a
        name that stands alone meant what another one means, the two may be one thing that was translated twice.
        """
        premises = self.argument.premises
        if stands_apart(premises, conclusion):
            return Note("apart")
        if decision.verdict == "entailed" or decision.world is None:
            return None
        ends = min(self.ends, self.clock() + _SECONDS_FOR_MERGED)
        for one, other, formulas in merged_names(premises, conclusion):
            if self.clock() > ends:
                return None
            *told, said = formulas
            if (
                self.proves([*told, Not(said)]) == "unsat"
                and self.proves([Not(said)]) != "unsat"
                and self.proves(told) == "sat"
            ):
                return Note("one_name", (one, other))
        return None

    def missing_that_suffices(self, conclusion: Formula) -> tuple[int | None, bool]:
        """Index of the first missing premise with which the conclusion follows, and whether it implies it alone.

        One that is not the conclusion itself goes first; one that contradicts the premises proves nothing.
        """
        self.ends = max(self.ends, self.clock() + _SECONDS_FOR_MISSING)
        alone: int | None = None
        for at, formula in enumerate(self.argument.missing):
            if formula is None or self.clock() > self.ends:
                continue
            premises = [*self.argument.premises, formula]
            if (
                self.proves([*premises, Not(conclusion)]) != "unsat"
                or self.ask([*premises, conclusion], show=False).known != "sat"
            ):
                continue
            if self.proves([formula, Not(conclusion)]) != "unsat":
                return at, False
            alone = at if alone is None else alone
        return alone, alone is not None

    # Questions

    def bounds(self) -> Bounds:
        left = int((self.ends - self.clock()) * 1000)
        return Bounds(milliseconds=max(1, min(Bounds().milliseconds, left)))

    def proves(self, formulas: Sequence[Formula]) -> Satisfiable:
        return satisfiable([*formulas, *self.background], self.all_names, self.bounds())[0]

    def ask(self, formulas: Sequence[Formula], *, show: bool = True) -> _Answer:
        """Find a world for the formulas or refute them; only a world to ``show`` is looked for when Z3 knows that there is one.

        The first small world is looked for first: where there is one, it is found faster than Z3 sees it by itself.
        """
        worlds = self.worlds([*formulas, *self.background], show=show)
        if (world := next(worlds, None)) is not None:
            return _Answer("sat", world=world)
        if self.clock() > self.ends:
            return _Answer("unknown")
        known, clash = satisfiable([*formulas, *self.background], self.all_names, self.bounds())
        if known == "unsat":
            return _Answer("unsat", frozenset(at for at in clash if at < len(formulas)))
        if known == "sat" and not show:
            return _Answer("sat")
        world = next((world for world in worlds if world is not None), None)
        return _Answer("sat" if world is not None else known, world=world)

    def worlds(self, formulas: Sequence[Formula], *, show: bool) -> Iterator[Interpretation | None]:
        """Worlds that make all formulas true by our own reckoning, None for each size without one."""
        names = self.names if _covers(self.names, vocabulary(formulas)) else self.all_names
        for world in find_worlds(formulas, names, self.bounds, reduce=show):
            yield world if world is not None and _is_model(world, formulas) else None

    def smallest(self, formulas: Sequence[Formula], clash: frozenset[int]) -> tuple[int, ...]:
        """Premises of a clash; none of them can be left out, if they are few and there is time to see."""
        needed = sorted(clash)
        for at in sorted(clash, reverse=True) if len(clash) <= _FEW else ():
            rest = [place for place in needed if place != at]
            in_time = self.clock() < self.ends - _SECONDS / 2
            if in_time and self.proves([formulas[place] for place in rest]) == "unsat":
                needed = rest
        return tuple(at for at in needed if at < len(self.argument.premises))


def _is_model(world: Interpretation, formulas: Sequence[Formula]) -> bool:
    try:
        return respects_numbers(world) and all(holds(formula, world) for formula in formulas)
    except TooMuchWork:
        return False


def _covers(names: Vocabulary, needed: Vocabulary) -> bool:
    return (
        set(needed.constants) <= set(names.constants)
        and set(needed.functions) <= set(names.functions)
        and set(needed.predicates) <= set(names.predicates)
    )


def _used(argument: Argument, places: Sequence[int], language: Language) -> str:
    labels = [argument.labels[at] for at in places]
    return ("、" if language == "zh" else ", ").join(labels) if labels else say("premises", language)


def _result(
    verdict: Verdict, countermodel: dict[str, Any] | None, detail: str, suffices: int | None = None
) -> dict[str, Any]:
    refuted = "unknown" if countermodel is None else "invalid"
    return {
        "solver": "valid" if verdict == "entailed" else refuted,
        "verdict": verdict,
        "countermodel": countermodel,
        "detail": detail,
        "missing_that_suffices": suffices,
    }
