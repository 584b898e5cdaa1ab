"""The two classical mistakes with conditionals, also in their form with "all"."""

from __future__ import annotations

from collections.abc import Sequence

from embedded_model.logic.formulas import Atom, Formula, Junction, Not, Quantified, atoms, negation, with_term
from embedded_model.values.solution import Say

__all__ = ["find"]


def find(premises: Sequence[Formula | None], conclusion: Formula, say: Say) -> list[tuple[str, str]]:
    """Name and explanation of each fallacy that leads from *premises* to *conclusion*."""
    given = {premise for premise in premises if premise is not None}
    terms = {atom.term for atom in atoms(conclusion) if atom.term not in {None, "x"}}
    found: list[tuple[str, str]] = []
    for premise in given:
        bodies = (
            [with_term(premise.body, str(term)) for term in terms]
            if isinstance(premise, Quantified)
            else [premise]
        )
        for body in bodies:
            if not isinstance(body, Junction) or body.sign != "→":
                continue
            if body.right in given and conclusion == body.left:
                found.append(_affirming(say))
            if negation(body.left) in given and conclusion == negation(body.right):
                found.append(_denying(say))
    if _undistributed(given, conclusion):
        found.append(_middle(say))
    return found


def _undistributed(given: set[Formula], conclusion: Formula) -> bool:
    """All A are B, all C are B; so all A are C."""
    pairs = [_kinds(premise) for premise in given]
    ends = _kinds(conclusion)
    if ends is None:
        return False
    known = {pair for pair in pairs if pair is not None}
    return any((ends[0], middle) in known and (ends[1], middle) in known for _, middle in known)


def _kinds(formula: Formula) -> tuple[str, str] | None:
    match formula:
        case Quantified("∀", Junction("→", Atom(first), Atom(second))):
            return first, second
        case Not():
            return None
    return None


def _affirming(say: Say) -> tuple[str, str]:
    return (
        say("Affirming the consequent", "肯定后件"),
        say(
            "that the consequence holds does not show that this condition brought it about",
            "后件成立，并不能说明是这个前件造成的",
        ),
    )


def _denying(say: Say) -> tuple[str, str]:
    return (
        say("Denying the antecedent", "否定前件"),
        say(
            "the consequence may hold for another reason although the condition does not",
            "前件不成立时，后件仍可能因其他原因成立",
        ),
    )


def _middle(say: Say) -> tuple[str, str]:
    return (
        say("Undistributed middle", "中项不周延"),
        say(
            "both kinds lie within a third, which does not put one within the other",
            "两类都包含于第三类，并不说明一类包含于另一类",
        ),
    )
