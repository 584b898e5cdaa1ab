"""The embedded model's logic: sentences into formulas, and what follows from them."""

from __future__ import annotations

from itertools import product

import pytest
from embedded_model.logic import chinese, english
from embedded_model.logic.analysis import analyse
from embedded_model.logic.deciding import decide
from embedded_model.logic.formulas import Atom, Formula, Junction, Not, atoms, show
from embedded_model.values.solution import Say
from hypothesis import given
from hypothesis import strategies as st

_FORMULAS = st.recursive(
    st.sampled_from("ABCD").map(Atom),
    lambda inner: st.one_of(inner.map(Not), st.builds(Junction, st.sampled_from("∧∨⊕→↔"), inner, inner)),
    max_leaves=6,
)


def _true(formula: Formula, world: dict[Atom, bool]) -> bool:
    match formula:
        case Atom():
            return world[formula]
        case Not(body):
            return not _true(body, world)
        case Junction(sign, left, right):
            first, second = _true(left, world), _true(right, world)
            return {
                "∧": first and second,
                "∨": first or second,
                "⊕": first != second,
                "→": not first or second,
                "↔": first == second,
            }[sign]
    raise AssertionError(formula)


@given(st.lists(_FORMULAS, max_size=4), _FORMULAS)
def test_a_decision_is_what_the_truth_table_says(premises: list[Formula], conclusion: Formula) -> None:
    # Given
    names = sorted(
        {atom for formula in [*premises, conclusion] for atom in atoms(formula)}, key=lambda atom: atom.name
    )
    worlds = [dict(zip(names, values, strict=True)) for values in product([True, False], repeat=len(names))]
    possible = [
        _true(conclusion, world) for world in worlds if all(_true(premise, world) for premise in premises)
    ]
    # When
    outcome, _ = decide(premises, conclusion)
    # Then
    wanted = (
        "inconsistent"
        if not possible
        else "entailed"
        if all(possible)
        else "neither"
        if any(possible)
        else "contradicted"
    )
    assert outcome == wanted


@pytest.mark.parametrize(
    ("sentence", "formula"),
    [
        ("All men are mortal.", "∀x (Man(x) → Mortal(x))"),
        ("Every wumpus is not small.", "∀x (Wumpus(x) → ¬Small(x))"),
        ("Wumpuses are numpuses.", "∀x (Wumpus(x) → Numpus(x))"),
        ("No fish are mammals.", "∀x (Fish(x) → ¬Mammal(x))"),
        ("Some students are not singers", "∃x (Student(x) ∧ ¬Singer(x))"),
        ("Socrates is a man.", "Man(socrates)"),
        ("If it rains, then the ground is wet.", "Rain → Wet(ground)"),
        ("It is not raining.", "¬Rain"),
        ("It does not rain.", "¬Rain"),
        ("If something is a cat, then it is not a dog.", "∀x (Cat(x) → ¬Dog(x))"),
        ("Tom is either a teacher or a doctor.", "Teacher(tom) ∨ Doctor(tom)"),
        ("It is not the case that Tom is a doctor.", "¬Doctor(tom)"),
    ],
)
def test_english_sentences(sentence: str, formula: str) -> None:
    read = english.formula(sentence)
    assert read is not None
    assert show(read) == formula


@pytest.mark.parametrize(
    ("sentence", "formula"),
    [
        ("所有人都会死。", "∀x (Human(x) → Mortal(x))"),
        ("猫都是动物", "∀x (Cat(x) → Animal(x))"),
        ("没有鱼是哺乳动物。", "∀x (Fish(x) → ¬Mammal(x))"),
        ("有些学生不是医生", "∃x (Student(x) ∧ ¬Doctor(x))"),
        ("苏格拉底是人。", "Human(socrates)"),
        ("苏格拉底会死。", "Mortal(socrates)"),
        ("如果下雨，那么地就会湿。", "Rain → WetGround"),
        ("地没有湿。", "¬WetGround"),
        ("所有歌手都是画家。", "∀x (P(x) → Q(x))"),
    ],
)
def test_chinese_sentences(sentence: str, formula: str) -> None:
    read = chinese.Reader().formula(sentence)
    assert read is not None
    assert show(read) == formula


@pytest.mark.parametrize(
    "sentence",
    [
        "All cats are not dogs.",
        "Everyone who knows him likes him.",
        "Tom is taller than Bob.",
        "The departure and arrival can not be the same airport.",
        "They are happy.",
    ],
)
def test_what_has_two_readings_or_a_hidden_structure_is_left_alone(sentence: str) -> None:
    assert english.formula(sentence) is None


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("No fish are mammals. All whales are mammals. Therefore no whales are fish.", "valid"),
        ("All cats are mammals. All dogs are mammals. So all cats are dogs.", "invalid"),
        ("If it rains, the ground gets wet. It is raining. So the ground gets wet.", "valid"),
        ("If it rains, the street is wet. It does not rain. Hence the street is not wet.", "invalid"),
        ("Tom is a cat. Tom is not a cat. Therefore Tom is a dog.", "unknown"),
        ("Some singers are students. All singers are artists. Therefore some artists are students.", "valid"),
    ],
)
def test_verdicts(text: str, verdict: str) -> None:
    report = analyse(text, "", Say("en"))
    assert report is not None
    assert report.rpartition("## Verdict\n")[2].startswith(verdict)


@given(st.text(max_size=120))
def test_any_text_is_analysed_or_left_alone(text: str) -> None:
    assert analyse(text, "", Say("en")) is None or "## Verdict" in (analyse(text, "", Say("en")) or "")
