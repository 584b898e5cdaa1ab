"""Build formulas from the parts that the parser has found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from checkers.logic.formulas import Equal, Formula, Junction, Not, Predicate, Quantified, Term

__all__ = ["STANDARD", "Notation", "compared", "folded", "junction", "quantify", "unbracketed_chain"]


@dataclass(frozen=True)
class Notation:
    """A choice of readings for ambiguous signs; the first of each is the standard one.

    ``caret``: ``^`` is exclusive or, or "and". ``pairwise``: ``A → B → C`` is ``A → (B → C)``, or ``A → B`` and
    ``B → C``. ``partial``: ``a ≤ b`` says that ``b`` is not less, or that ``a`` is less or equal. ``wide``: in
    ``∀x P(x) → R`` the quantifier reaches to its next atom, or as far as it can.
    """

    caret: Literal["⊕", "∧"] = "⊕"
    pairwise: bool = False
    partial: bool = False
    wide: bool = False


STANDARD = Notation()

_TIGHTEST_FIRST = ("∧", "⊕", "∨", "→", "↔")


def unbracketed_chain(signs: Sequence[str]) -> str:
    """``⊕`` or ``↔`` where it joins three or more operands without brackets: parity to some, "one of" to others."""
    run = 0
    for sign in signs:
        run = run + 1 if sign == "⊕" else run if sign == "∧" else 0
        if run > 1:
            return "⊕"
    return "↔" if list(signs).count("↔") > 1 else ""


def folded(operands: list[Formula], signs: list[str], notation: Notation = STANDARD) -> Formula:
    """Operands joined by signs, the tightest first; ``→`` from the right, or pair by pair."""
    for sign in _TIGHTEST_FIRST:
        joined: list[Formula] = []
        kept: list[str] = []
        group = [operands[0]]
        for between, operand in zip([*signs, ""], [*operands[1:], None], strict=True):
            if between == sign and operand is not None:
                group.append(operand)
                continue
            joined.append(_joined(sign, group, notation))
            kept.append(between)
            group = [operand] if operand is not None else []
        operands, signs = joined, kept[:-1]
    return operands[0]


def _joined(sign: str, group: list[Formula], notation: Notation) -> Formula:
    if len(group) == 1:
        return group[0]
    if sign == "→" and notation.pairwise and len(group) > 2:
        return Junction("∧", tuple(Junction("→", pair) for pair in pairwise(group)))
    if sign != "→":
        return junction(sign, group)
    formula = group[-1]
    for condition in reversed(group[:-1]):
        formula = Junction("→", (condition, formula))
    return formula


def junction(sign: str, parts: Sequence[Formula]) -> Formula:
    match sign:
        case "∧" | "∨" | "⊕" | "→" | "↔":
            return Junction(sign, tuple(parts))
        case _:
            raise AssertionError(sign)


def compared(left: Term, relation: str, right: Term, notation: Notation = STANDARD) -> Formula:
    match relation:
        case "≤" | "≥" if notation.partial:
            less = (left, right) if relation == "≤" else (right, left)
            return Junction("∨", (Predicate("<", less), Equal(left, right)))
        case "=":
            return Equal(left, right)
        case "≠":
            return Not(Equal(left, right))
        case "<":
            return Predicate("<", (left, right))
        case ">":
            return Predicate("<", (right, left))
        case "≤":
            return Not(Predicate("<", (right, left)))
        case _:
            return Not(Predicate("<", (left, right)))


def quantify(sign: str, names: Sequence[str], restriction: Formula | None, body: Formula) -> Formula:
    if restriction is not None:
        body = Junction("→" if sign == "∀" else "∧", (restriction, body))
    for name in reversed(names):
        match sign:
            case "∀" | "∃!":
                body = Quantified("∀" if sign == "∀" else "∃!", name, body)
            case _:
                body = Quantified("∃", name, body)
    return Not(body) if sign == "¬∃" else body
