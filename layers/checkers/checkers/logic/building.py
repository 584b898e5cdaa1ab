"""Formulas out of their parts: what a parser has found, put together."""

from __future__ import annotations

from collections.abc import Sequence

from checkers.logic.formulas import Equal, Formula, Junction, Not, Predicate, Quantified, Term

__all__ = ["compared", "folded", "junction", "quantify"]

_TIGHTEST_FIRST = ("∧", "⊕", "∨", "→", "↔")


def folded(operands: list[Formula], signs: list[str]) -> Formula:
    """Operands joined by signs, the tightest first; ``→`` from the right."""
    for sign in _TIGHTEST_FIRST:
        joined: list[Formula] = []
        kept: list[str] = []
        group = [operands[0]]
        for between, operand in zip([*signs, ""], [*operands[1:], None], strict=True):
            if between == sign and operand is not None:
                group.append(operand)
                continue
            joined.append(_joined(sign, group))
            kept.append(between)
            group = [operand] if operand is not None else []
        operands, signs = joined, kept[:-1]
    return operands[0]


def _joined(sign: str, group: list[Formula]) -> Formula:
    if len(group) == 1:
        return group[0]
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


def compared(left: Term, relation: str, right: Term) -> Formula:
    match relation:
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
