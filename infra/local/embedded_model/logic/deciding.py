"""Whether a conclusion follows: formulas are written out over the things they name, and a search looks for a world.

For formulas of one variable with their quantifier outermost, the named things and one new thing for each "some" are
enough (Herbrand), so the answer is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from embedded_model.logic.formulas import Atom, Formula, Junction, Not, Quantified, atoms, with_term

__all__ = ["Outcome", "decide", "world"]

Outcome = Literal["entailed", "contradicted", "neither", "inconsistent"]
World = dict[Atom, bool]
_MOST_ATOMS = 400
_MOST_STEPS = 200_000


class TooLarge(ValueError):
    """More than is searched here."""


def decide(premises: Sequence[Formula], conclusion: Formula) -> tuple[Outcome, World]:
    """What the premises say of the conclusion, and a world in which they hold and it does not (empty: none).

    Raises:
        TooLarge: the search would take too long.
    """
    if world(premises) is None:
        return "inconsistent", {}
    counter = world([*premises, Not(conclusion)])
    if counter is None:
        return "entailed", {}
    if world([*premises, conclusion]) is None:
        return "contradicted", counter
    return "neither", counter


def world(formulas: Sequence[Formula]) -> World | None:
    """A world in which all of them hold."""
    ground = _ground(formulas)
    if len({atom for formula in ground for atom in atoms(formula)}) > _MOST_ATOMS:
        raise TooLarge
    return _Search(ground).run()


def _ground(formulas: Sequence[Formula]) -> list[Formula]:
    plain: list[Formula] = []
    universal: list[Formula] = []
    witnesses = 0
    for formula in formulas:
        turned = _turned(formula)
        if isinstance(turned, Quantified) and turned.sign == "∃":
            witnesses += 1
            plain.append(with_term(turned.body, f"w{witnesses}"))
        elif isinstance(turned, Quantified):
            universal.append(turned.body)
        else:
            plain.append(turned)
    terms = {atom.term for formula in [*plain, *universal] for atom in atoms(formula)} - {None, "x"}
    things = sorted(term for term in terms if term) or ["a"]
    return plain + [with_term(body, thing) for body in universal for thing in things]


def _turned(formula: Formula) -> Formula:
    """A negated quantifier as the other one."""
    if isinstance(formula, Not) and isinstance(formula.body, Quantified):
        return Quantified("∃" if formula.body.sign == "∀" else "∀", Not(formula.body.body))
    if isinstance(formula, Not) and isinstance(formula.body, Not):
        return _turned(formula.body.body)
    return formula


@dataclass(frozen=True)
class _Branch:
    """Formulas that still have to hold, and the literals that hold already."""

    open: tuple[tuple[Formula, bool], ...]
    known: World


class _Search:
    """A tableau: formulas are taken apart, those without alternatives first."""

    def __init__(self, formulas: Sequence[Formula]) -> None:
        self._start = _Branch(tuple((formula, True) for formula in formulas), {})
        self._steps = 0

    def run(self) -> World | None:
        return self._explore(self._start)

    def _explore(self, branch: _Branch) -> World | None:
        queue, known = list(branch.open), dict(branch.known)
        waiting: list[tuple[Formula, bool]] = []
        while queue:
            self._count()
            formula, wanted = queue.pop()
            match formula:
                case Atom():
                    if known.setdefault(formula, wanted) != wanted:
                        return None
                case Not(body):
                    queue.append((body, not wanted))
                case Junction() if (parts := _conjuncts(formula, wanted)) is not None:
                    queue.extend(parts)
                case _:
                    waiting.append((formula, wanted))
            if not queue and waiting:
                forced = self._forced(waiting, known)
                if forced is None:
                    return None
                queue, waiting = forced
        if not waiting:
            return known
        formula, wanted = waiting[0]
        for alternative in _alternatives(formula, wanted):
            found = self._explore(_Branch((*waiting[1:], *alternative), known))
            if found is not None:
                return found
        return None

    def _forced(
        self, waiting: list[tuple[Formula, bool]], known: World
    ) -> tuple[list[tuple[Formula, bool]], list[tuple[Formula, bool]]] | None:
        """Alternatives of which only one is still possible, and those that have to wait on; ``None``: a contradiction."""
        now: list[tuple[Formula, bool]] = []
        later: list[tuple[Formula, bool]] = []
        for formula, wanted in waiting:
            value = _value(formula, known)
            if value is not None:
                if value != wanted:
                    return None
                continue
            possible = [
                alternative
                for alternative in _alternatives(formula, wanted)
                if all(_value(part, known) in {None, sign} for part, sign in alternative)
            ]
            if not possible:
                return None
            if len(possible) == 1:
                now.extend(possible[0])
            else:
                later.append((formula, wanted))
        return now, later

    def _count(self) -> None:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise TooLarge


def _value(formula: Formula, known: World) -> bool | None:
    match formula:
        case Atom():
            return known.get(formula)
        case Not(body):
            value = _value(body, known)
            return None if value is None else not value
        case Junction(sign, left, right):
            return _combined(sign, _value(left, known), _value(right, known))
    return None


def _combined(sign: str, first: bool | None, second: bool | None) -> bool | None:
    if sign == "→":
        return _combined("∨", None if first is None else not first, second)
    if sign == "∧" and False in {first, second}:
        return False
    if sign == "∨" and True in {first, second}:
        return True
    if first is None or second is None:
        return None
    return {"∧": first and second, "∨": first or second, "⊕": first != second, "↔": first == second}[sign]


def _conjuncts(formula: Junction, wanted: bool) -> list[tuple[Formula, bool]] | None:
    left, right = formula.left, formula.right
    if formula.sign == "∧" and wanted:
        return [(left, True), (right, True)]
    if formula.sign == "∨" and not wanted:
        return [(left, False), (right, False)]
    if formula.sign == "→" and not wanted:
        return [(left, True), (right, False)]
    return None


def _alternatives(formula: Formula, wanted: bool) -> list[list[tuple[Formula, bool]]]:
    if not isinstance(formula, Junction):
        return [[(formula, wanted)]]
    left, right = formula.left, formula.right
    if formula.sign in {"⊕", "↔"}:
        same = (formula.sign == "↔") == wanted
        return [[(left, True), (right, same)], [(left, False), (right, not same)]]
    if formula.sign == "→":
        return [[(left, False)], [(right, True)]]
    return [[(left, wanted)], [(right, wanted)]]
