"""A chain of plain inferences from premises to a conclusion, for people to follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from embedded_model.logic.formulas import (
    Formula,
    Junction,
    Quantified,
    atoms,
    literal,
    negation,
    with_term,
)

__all__ = ["Inference", "chain"]

_MOST_ROUNDS = 60
_WITNESS = "c"


@dataclass(frozen=True)
class Inference:
    """*result* from *sources* (their texts) by the premise with this number (from 0), by a rule."""

    premise: int
    sources: tuple[Formula, ...]
    result: Formula
    rule: str


@dataclass(frozen=True)
class _Rule:
    premise: int
    when: Formula
    then: Formula
    name: str


def chain(premises: Sequence[Formula | None], goal: Formula) -> tuple[list[Inference], Formula | None] | None:
    """The inferences that lead to *goal*, and what is assumed for it; ``None`` where no chain of this kind does.

    For a goal about all, something is assumed to be of the first kind, and shown to be of the second.
    """
    assumed: Formula | None = None
    if isinstance(goal, Quantified) and goal.sign == "∀" and isinstance(goal.body, Junction):
        body = with_term(goal.body, _WITNESS)
        if not isinstance(body, Junction) or body.sign != "→":
            return None
        assumed, goal = body.left, body.right
    elif isinstance(goal, Junction) and goal.sign == "→":
        assumed, goal = goal.left, goal.right
    if not literal(goal):
        return None
    given = [formula for formula in premises if formula is not None] + (
        [assumed] if assumed is not None else []
    )
    things = sorted(
        {atom.term for formula in [*given, goal] for atom in atoms(formula)} - {None, "x"}, key=str
    )
    rules = [
        rule
        for number, premise in enumerate(premises)
        if premise is not None
        for rule in _rules(number, premise, [thing for thing in things if thing])
    ]
    facts: dict[Formula, Inference | None] = {}
    for number, premise in enumerate(premises):
        for fact in _facts(premise) if premise is not None else []:
            facts.setdefault(fact, Inference(number, (), fact, ""))
    if assumed is not None:
        facts.setdefault(assumed, None)
    return _search(facts, rules, goal, assumed)


def _search(
    facts: dict[Formula, Inference | None], rules: Sequence[_Rule], goal: Formula, assumed: Formula | None
) -> tuple[list[Inference], Formula | None] | None:
    for _ in range(_MOST_ROUNDS):
        if goal in facts:
            return _path(facts, goal), assumed
        new = [rule for rule in rules if rule.then not in facts and rule.when in facts]
        if not new:
            return None
        for rule in new:
            facts.setdefault(rule.then, Inference(rule.premise, (rule.when,), rule.then, rule.name))
    return None


def _path(facts: dict[Formula, Inference | None], goal: Formula) -> list[Inference]:
    out: list[Inference] = []
    wanted = goal
    while (inference := facts[wanted]) is not None:
        out.append(inference)
        if not inference.sources:
            break
        wanted = inference.sources[0]
    return out[::-1]


def _facts(formula: Formula) -> list[Formula]:
    if literal(formula):
        return [formula]
    if isinstance(formula, Junction) and formula.sign == "∧":
        return [*_facts(formula.left), *_facts(formula.right)]
    return []


def _rules(number: int, formula: Formula, things: Sequence[str]) -> list[_Rule]:
    if isinstance(formula, Quantified):
        if formula.sign != "∀":
            return []
        return [rule for thing in things for rule in _rules(number, with_term(formula.body, thing), things)]
    if not isinstance(formula, Junction) or not (literal(formula.left) and literal(formula.right)):
        return []
    left, right = formula.left, formula.right
    forward = [
        _Rule(number, left, right, "modus ponens"),
        _Rule(number, negation(right), negation(left), "modus tollens"),
    ]
    backward = [
        _Rule(number, right, left, "modus ponens"),
        _Rule(number, negation(left), negation(right), "modus tollens"),
    ]
    either = [
        _Rule(number, negation(left), right, "disjunctive syllogism"),
        _Rule(number, negation(right), left, "disjunctive syllogism"),
    ]
    not_both = [
        _Rule(number, left, negation(right), "exclusive disjunction"),
        _Rule(number, right, negation(left), "exclusive disjunction"),
    ]
    return {"→": forward, "↔": forward + backward, "∨": either, "⊕": either + not_both}.get(formula.sign, [])
