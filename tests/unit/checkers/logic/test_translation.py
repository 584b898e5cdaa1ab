"""The formulas are a translation: where a mistranslation could make the verdict, nothing is claimed."""

from __future__ import annotations

from typing import Any

import pytest
from checkers.logic.decisions import decide


def decided(premises: list[str], conclusion: str) -> dict[str, Any]:
    return decide(
        {
            "premises": [
                {"id": f"P{at}", "text": "", "formula": each} for at, each in enumerate(premises, start=1)
            ],
            "conclusion": {"text": "", "formula": conclusion},
            "missing": [],
            "language": "en",
        },
        clock=lambda: 0.0,  # a busy machine takes no time
    )


@pytest.mark.parametrize(
    ("premises", "conclusion", "names"),
    [
        (["∀x (Meeting(x) → Long(x))", "Meetings(monday)"], "Long(monday)", ("Meeting", "Meetings")),
        (
            ["∀x (Dog(x) → Animal(x))", "Dog(rex)", "Brown(rex)"],
            "LivingThing(rex) ∧ Brown(rex)",
            ("LivingThing",),
        ),
        (["Rain → WetStreet", "ItRains"], "WetStreet", ("Rain", "ItRains")),
    ],
)
def test_a_name_that_stands_alone_and_would_make_it_follow_leaves_it_open(
    premises: list[str], conclusion: str, names: tuple[str, ...]
) -> None:
    result = decided(premises, conclusion)

    assert (result["solver"], result["countermodel"]) == ("unknown", None)
    assert all(name in result["detail"] for name in names)


def test_a_conclusion_about_something_else_is_not_decided() -> None:
    result = decided(["∀x (Dog(x) → Animal(x))", "Dog(rex)"], "Blue(sky) ∨ ¬Blue(sky)")

    assert result["solver"] == "unknown"
    assert "speaks of nothing" in result["detail"]


@pytest.mark.parametrize(
    ("premises", "conclusion", "solver"),
    [
        (["∀x (Dog(x) → Animal(x))", "Dog(rex)", "Loud(rex)"], "Animal(rex)", "valid"),
        (["P → Q", "Q"], "P", "invalid"),
        (["∀x (Dog(x) → Animal(x))", "Animal(rex)"], "Dog(rex)", "invalid"),
        (["Dog(rex)", "∀x (Dog(x) → ¬Cat(x))"], "Cat(rex)", "invalid"),
        ([], "P ∨ ¬P", "valid"),
    ],
)
def test_what_no_other_translation_of_a_name_would_change_is_decided(
    premises: list[str], conclusion: str, solver: str
) -> None:
    assert decided(premises, conclusion)["solver"] == solver


def test_names_used_as_a_predicate_and_as_a_thing_are_refused() -> None:
    result = decided(["Socrates(x) → Mortal(x)", "Human(Socrates)"], "Mortal(Socrates)")

    assert (result["verdict"], result["solver"]) == ("unknown", "unknown")


def test_a_premise_without_a_formula_leaves_the_verdict_open() -> None:
    result = decided(["P → Q", "", "P"], "Q")

    assert (result["verdict"], result["solver"]) == ("unknown", "unknown")
    assert "P2" in result["detail"]
