"""What can be read in two ways decides nothing: arguments that a solver with one reading gets wrong."""

from __future__ import annotations

from typing import Any

import pytest
from checkers.logic import decide


def ask(premises: list[str], conclusion: str) -> dict[str, Any]:
    return decide(
        {
            "premises": [{"id": f"P{at}", "formula": text} for at, text in enumerate(premises, start=1)],
            "conclusion": {"formula": conclusion},
            "missing": [],
            "language": "en",
        }
    )


NOT_DECIDED = {
    "a free variable beside a bound one": (["∀x (P(x) → R(x, y))", "P(a)"], "R(a, b)"),
    "a free variable beside a bound one in the conclusion": (["∀x P(x)"], "∃x (P(x) ∧ P(y))"),
    "a free index beside a bound one": (["∀m (P(m) → R(m, n))", "P(a)"], "R(a, b)"),
    "two variables written as one": (["∀xy R(x, y)"], "R(a, b)"),
    "a variable that is quantified elsewhere": (["P(x) ∧ ∀x Q(x)"], "P(a)"),
    "a caret that may be an and": (["A ^ B"], "A"),
    "a caret that may be an exclusive or": (["A ^ B", "A"], "¬B"),
    "a caret in the conclusion": (["A", "B"], "A ^ B"),
    "a comma before an arrow": (["P, Q → R", "Q"], "R"),
    "a comma behind an arrow": (["P → Q, R"], "R"),
    "a semicolon beside an or": (["P ∨ Q; R"], "R"),
    "a Chinese comma before an arrow": (["下雨，刮风 → 停课", "刮风"], "停课"),
    "a comma beside if and then": (["if P then Q, R"], "R"),
    "a chain of exclusive ors": (["A ⊕ B ⊕ C", "A", "B"], "C"),
    "a chain of exclusive ors around an and": (["A ⊕ B ∧ D ⊕ C", "A", "B", "D"], "C"),
    "a chain of biconditionals": (["A ↔ B ↔ C", "A", "B"], "C"),
    "an exclusive or of three": (["Xor(A, B, C)", "A", "B"], "C"),
    "a chain of arrows pair by pair": (["A → B → C", "A"], "C"),
    "a chain of arrows in the conclusion": (["A → (B → C)"], "A → B → C"),
    "an order of what are no numbers is total": (["¬(alice < bob)", "¬(alice = bob)"], "bob < alice"),
    "an order of what are no numbers is transitive": (["rome < italy", "italy < europe"], "rome < europe"),
    "at most, of what are no numbers": (["¬(a < b)"], "b ≤ a"),
    "an order of everything": (["∀x ∀y (¬(x < y) → P(x))", "¬P(a)"], "a < b"),
    "words that may be grouped in two ways": (["A or B and C", "A"], "A or (B and C)"),
    "a Chinese negation of all that follows": (["并非 甲 或 乙", "甲"], "乙"),
    "a Chinese negation before an and": (["并非 甲 且 乙"], "乙"),
    "a difference that looks like a name": (["a-b = c", "c = 0"], "a-b = 0"),
    "a number with a comma": (["Owns(tom, 1,000)"], "Owns(tom, 1,000)"),
    "a bullet that looks like a minus": (["- P(a)"], "¬P(a)"),
    "a dash that looks like a minus": (["– P(a)"], "¬P(a)"),
    "a fraction that is no number here": (["x0 = ½"], "x0 = ½"),
    "statements compared like things": (["P = Q", "P"], "Q"),
    "statements ordered like things": (["P <= Q", "Q"], "P"),
    "a predicate that is a function too": (["Even(two)", "Big(Even(two))"], "Big(Even(two))"),
    "a name that negates another": (["Rain → Wet", "NotWet"], "NotRain"),
    "a name that negates another, with a line": (["rain ∨ wet", "not_rain"], "wet"),
    "a Chinese name that negates another": (["下雨 → 湿", "不湿"], "不下雨"),
    "a prime that may be a complement": (["P ∨ Q", "P'"], "Q"),
    "a Chinese sentence as a name": (["所有人都会死", "苏格拉底是人"], "苏格拉底会死"),
    "a Chinese either and or": (["要么甲要么乙", "甲"], "乙"),
    "a Chinese unless before a predicate": (["除非高(小明)", "乙"], "乙"),
    "a quoted sentence": ([r"\text{if it rains it is wet}", r"\text{it rains}"], r"\text{it is wet}"),
    "an n-th quantifier": (["∃₂x (P(x))"], "∃x P(x)"),
    "a quantifier before an arrow without brackets": (["∀x P(x) → R", "P(a)"], "R"),
    "a quantifier before an arrow in LaTeX": (["\\forall x P(x) \\to R", "P(a)"], "R"),
    "some before an arrow without brackets": (["∃x P(x) → R", "P(a)"], "R"),
    "a negated quantifier before an arrow": (["¬∀x P(x) → R", "¬R"], "P(a)"),
    "a Chinese quantifier before an arrow": (["存在x 人(x)→R", "人(a)"], "R"),
    "a free variable behind an arrow alone": (["P(x) → Q(y)", "P(a)"], "Q(a)"),
    "a free variable on one side of a biconditional": (["P(x) ↔ Q(x, y)", "P(a)"], "Q(a, b)"),
    "a variable that another formula binds": (["P(x)"], "∀x P(x)"),
    "a remark in brackets": (["A → B (always)", "A"], "B"),
    "two statements joined by 和": (["甲和乙"], "甲"),
    "two statements joined by 与": (["甲与乙", "丙"], "甲"),
}


@pytest.mark.parametrize(("premises", "conclusion"), NOT_DECIDED.values(), ids=NOT_DECIDED.keys())
def test_what_has_two_readings_is_neither_valid_nor_invalid(premises: list[str], conclusion: str) -> None:
    result = ask(premises, conclusion)

    assert (result["solver"], result["countermodel"]) == ("unknown", None)
    assert result["detail"]


NOT_VALID = {
    "a superscript makes another name": (["Prime(n²)"], "Prime(n2)"),
    "a circled digit makes another name": (["P(x①)"], "P(x1)"),
    "a letter of another alphabet makes another name": (["P(ℝ)"], "P(R)"),
    "very is no negation": (["非常高(小明)"], "¬高(小明)"),
    "very does not contradict": (["非常高(小明)", "常高(小明)"], "矮(小明)"),
    "Africa is no negation": (["非洲(a)"], "¬洲(a)"),
    "illegal is a predicate of its own": (["非法(a)"], "¬法(a)"),
    "perhaps is no or": (["或许(a)"], "许(a)"),
    "more or less is no or": (["或多(a)"], "多(a)"),
    "moreover is no and": (["况且(a)"], "况(a)"),
}


@pytest.mark.parametrize(("premises", "conclusion"), NOT_VALID.values(), ids=NOT_VALID.keys())
def test_names_that_look_alike_prove_nothing_of_each_other(premises: list[str], conclusion: str) -> None:
    assert ask(premises, conclusion)["solver"] != "valid"


VALID = {
    "a free variable in a conditional alone": (
        ["Human(x) → Mortal(x)", "Human(socrates)"],
        "Mortal(socrates)",
    ),
    "a caret, whatever it means": (["A ^ B"], "A ∨ B"),
    "a comma between plain statements": (["P(a), Q(b)"], "Q(b)"),
    "a comma behind a quantifier": (["∀x, P(x) → Q(x)", "P(a)"], "Q(a)"),
    "a quantifier in brackets of its own": (["(∀x P(x)) → R", "∀x P(x)"], "R"),
    "a quantifier before brackets": (["∃x (P(x) ∧ Q(x)) → R", "P(a) ∧ Q(a)"], "R"),
    "a quantifier before an or, whatever it reaches": (["∀x P(x) ∨ R", "¬P(a)"], "R"),
    "a chain of ands and arrows": (["A ∧ B → C", "A", "B"], "C"),
    "a chain of arrows, whatever it means": (["A → B → C", "A", "B"], "C"),
    "an order of numbers": (["age(tom) < 5", "5 < age(ann)"], "age(tom) < age(ann)"),
    "an order of what is compared with a number": (["a < 5", "5 < b"], "a < b"),
    "an order, whatever it means": (["a < b", "(a < b) → P"], "P"),
    "subscripts and full-width letters": (["P(x₁)", "Ｑ(a)"], "P(x1) ∧ Q(a)"),
    "a negation in Chinese": (["非高(小明)"], "¬高(小明)"),
    "an if not in Chinese": (["若非甲，则乙", "非甲"], "乙"),
    "words in brackets": (["not (A or B)"], "not A and not B"),
}


@pytest.mark.parametrize(("premises", "conclusion"), VALID.values(), ids=VALID.keys())
def test_what_has_one_reading_or_one_verdict_is_decided(premises: list[str], conclusion: str) -> None:
    assert ask(premises, conclusion)["solver"] == "valid"


def test_a_countermodel_that_both_readings_have_is_shown() -> None:
    result = ask(["alice < bob"], "carol < bob")

    assert result["solver"] == "invalid"
    assert result["countermodel"]


def test_a_missing_premise_that_suffices_in_one_reading_only_is_not_marked() -> None:
    request = {
        "premises": [{"id": "P1", "formula": "A ^ B"}],
        "conclusion": {"formula": "C"},
        "missing": [{"formula": "A ∧ B → C"}],
        "language": "en",
    }

    assert decide(request)["missing_that_suffices"] is None
