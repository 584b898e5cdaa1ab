"""The solver's verdicts are right, and a countermodel is one."""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from checkers.logic import decide
from checkers.logic.formulas import Equal, Formula, Junction, Not, Predicate, Quantified, Term, Truth, show
from checkers.logic.parser import parse
from hypothesis import given, settings
from hypothesis import strategies as st

DATA = Path(__file__).resolve().parents[3] / "data" / "logic"
ARGUMENTS = [json.loads(line) for line in (DATA / "arguments.jsonl").read_text(encoding="utf-8").splitlines()]
# A third of them; tests/benchmarks/report_logic.py runs all.
BOMBS = [json.loads(line) for line in (DATA / "bombs.jsonl").read_text(encoding="utf-8").splitlines()]
SOLVER = {"entailed": "valid", "contradicted": "invalid", "neither": "invalid", "inconsistent": "unknown"}


def ask(
    premises: list[str | None],
    conclusion: str | None,
    missing: list[str | None] | None = None,
    language: str = "en",
) -> dict[str, Any]:
    return decide(
        {
            "premises": [
                {"id": f"P{at}", "text": "", "formula": each} for at, each in enumerate(premises, start=1)
            ],
            "conclusion": None if conclusion is None else {"text": "", "formula": conclusion},
            "missing": [{"text": "", "formula": each} for each in missing or []],
            "language": language,
        }
    )


# An evaluator of its own: what is shown to people is tested against the truth tables, not against the code that made it.


def true_in(world: Mapping[str, Any], formula: Formula, env: Mapping[str, Any] | None = None) -> bool:
    env = env or {}
    match formula:
        case Truth(value):
            return value
        case Predicate(name, ()):
            return bool(world.get("propositions", {})[name])
        case Predicate(name, args):
            things = [thing_in(world, arg, env) for arg in args]
            held = world.get("predicates", {})
            return (things[0] if len(things) == 1 else things) in held[
                name if name in held else f"{name}/{len(args)}"
            ]
        case Equal(left, right):
            return bool(thing_in(world, left, env) == thing_in(world, right, env))
        case Not(part):
            return not true_in(world, part, env)
        case Junction(sign, parts):
            values = [true_in(world, part, env) for part in parts]
            if sign == "∧":
                return all(values)
            if sign == "∨":
                return any(values)
            if sign == "→":
                return values[1] or not values[0]
            value = values[0]
            for each in values[1:]:
                value = (value != each) if sign == "⊕" else (value == each)
            return value
        case Quantified(sign, variable, body):
            count = sum(true_in(world, body, {**env, variable: thing}) for thing in world["domain"])
            return {"∀": count == len(world["domain"]), "∃": count > 0, "∃!": count == 1}[sign]


def thing_in(world: Mapping[str, Any], term: Term, env: Mapping[str, Any]) -> Any:
    if term.variable:
        return env[term.name]
    if term.args:
        return world["functions"][term.name][", ".join(thing_in(world, arg, env) for arg in term.args)]
    return world["constants"][term.name]


@pytest.mark.parametrize("argument", ARGUMENTS, ids=lambda argument: argument["name"])
def test_arguments_that_every_logician_knows(argument: dict[str, Any]) -> None:
    result = ask(argument["premises"], argument["conclusion"], language=argument.get("language", "en"))

    assert result["verdict"] == argument["verdict"]
    assert result["solver"] == SOLVER[argument["verdict"]]
    assert (result["countermodel"] is not None) == (result["solver"] == "invalid")
    assert json.loads(json.dumps(result)) == result
    assert all(label in result["detail"] for label in argument.get("used", ()))


@pytest.mark.parametrize(
    "argument",
    [each for each in ARGUMENTS if each["verdict"] in ("neither", "contradicted")],
    ids=lambda argument: argument["name"],
)
def test_in_the_countermodel_the_premises_are_true_and_the_conclusion_is_false(
    argument: dict[str, Any],
) -> None:
    world = ask(argument["premises"], argument["conclusion"])["countermodel"]

    assert [text for text in argument["premises"] if not true_in(world, parse(text))] == []
    assert not true_in(world, parse(argument["conclusion"]))
    assert world["summary"]


# Propositional formulas against their truth tables


def random_proposition(draw: random.Random, depth: int) -> Formula:
    if depth == 0 or draw.random() < 0.2:
        return Predicate(draw.choice("ABCD"))
    sign = draw.choice("¬∧∨⊕→↔")
    if sign == "¬":
        return Not(random_proposition(draw, depth - 1))
    count = 2 if sign == "→" else draw.choice([2, 2, 3])
    return Junction(sign, tuple(random_proposition(draw, depth - 1) for _ in range(count)))  # type: ignore[arg-type]


def by_truth_table(premises: list[Formula], conclusion: Formula) -> str:
    outcomes = set()
    for values in itertools.product([False, True], repeat=4):
        world = {"propositions": dict(zip("ABCD", values, strict=True))}
        if all(true_in(world, premise) for premise in premises):
            outcomes.add(true_in(world, conclusion))
    return {
        frozenset(): "inconsistent",
        frozenset([True]): "entailed",
        frozenset([False]): "contradicted",
        frozenset([True, False]): "neither",
    }[frozenset(outcomes)]


def test_propositional_verdicts_are_those_of_the_truth_table() -> None:
    draw = random.Random(11)
    seen = set()
    for _ in range(150):
        premises = [random_proposition(draw, 3) for _ in range(draw.choice([0, 1, 2, 3]))]
        conclusion = random_proposition(draw, 3)

        result = ask([show(premise) for premise in premises], show(conclusion))

        assert result["verdict"] == by_truth_table(premises, conclusion), (premises, conclusion)
        seen.add(result["verdict"])
        if result["countermodel"]:
            assert all(true_in(result["countermodel"], premise) for premise in premises)
            assert not true_in(result["countermodel"], conclusion)
    assert seen == set(SOLVER)


# First-order formulas against every small world


def random_formula(draw: random.Random, depth: int, bound: tuple[str, ...] = ()) -> Formula:
    def term() -> Term:
        return Term(draw.choice(bound), variable=True) if bound and draw.random() < 0.8 else Term("a")

    if depth == 0:
        kind = draw.random()
        if kind < 0.5:
            return Predicate("P", (term(),))
        return Predicate("R", (term(), term())) if kind < 0.9 else Equal(term(), term())
    kind = draw.random()
    if kind < 0.55:
        variable = f"x{len(bound)}"
        return Quantified(
            draw.choice(["∀", "∀", "∃", "∃", "∃!"]),  # type: ignore[arg-type]
            variable,
            random_formula(draw, depth - 1, (*bound, variable)),
        )
    if kind < 0.7:
        return Not(random_formula(draw, depth - 1, bound))
    sign = draw.choice("∧∨→↔⊕")
    return Junction(sign, (random_formula(draw, depth - 1, bound), random_formula(draw, depth - 1, bound)))  # type: ignore[arg-type]


def small_worlds() -> Iterator[dict[str, Any]]:
    """Every world of one or two things for P, R and a (1 + 1 bits, then 2 + 4 bits, times where a is)."""
    for domain in (["0"], ["0", "1"]):
        pairs = [list(pair) for pair in itertools.product(domain, repeat=2)]
        for held in itertools.product([False, True], repeat=len(domain)):
            for related in itertools.product([False, True], repeat=len(pairs)):
                predicates = {
                    "P": list(itertools.compress(domain, held)),
                    "R": list(itertools.compress(pairs, related)),
                }
                for a in domain:
                    yield {"domain": domain, "constants": {"a": a}, "predicates": predicates}


def test_first_order_verdicts_hold_in_every_small_world() -> None:
    draw = random.Random(12)
    worlds = list(small_worlds())
    verdicts = []
    for _ in range(90):
        premises = [random_formula(draw, 3) for _ in range(2)]
        conclusion = random_formula(draw, 3)

        result = ask([show(premise) for premise in premises], show(conclusion))

        verdicts.append(result["verdict"])
        outcomes = {
            true_in(w, conclusion) for w in worlds if all(true_in(w, premise) for premise in premises)
        }
        allowed = {
            "entailed": {True},
            "contradicted": {False},
            "inconsistent": set(),
            "neither": {True, False},
        }
        if result["verdict"] != "unknown":
            assert outcomes <= allowed[result["verdict"]]
        if result["countermodel"]:
            assert all(true_in(result["countermodel"], premise) for premise in premises)
            assert not true_in(result["countermodel"], conclusion)
    assert verdicts.count("unknown") <= 2
    assert {"entailed", "contradicted", "neither", "inconsistent"} <= set(verdicts)


# What is said


def test_a_premise_that_cannot_be_read_makes_it_unknown_and_is_named() -> None:
    result = ask(["P → Q", "P →", None], "Q)")

    assert (result["solver"], result["verdict"], result["countermodel"]) == ("unknown", "unknown", None)
    assert "P2: the formula ends where more is expected (character 4)" in result["detail"]
    assert "P3: there is no formula" in result["detail"]
    assert "C: a closing bracket has no opening one (character 2)" in result["detail"]
    assert "P1" not in result["detail"]


def test_the_detail_is_in_the_language_asked_for() -> None:
    assert ask(["P", "P → Q"], "Q", language="zh")["detail"] == "结论由P1、P2推出。"
    assert ask(["P →"], "Q", language="zh")["detail"] == "P1：公式不完整（第 4 个字符）。"


def test_the_premises_that_were_needed_are_named_and_no_others() -> None:
    result = ask(["∀x (A(x) → B(x))", "C(a)", "A(a)", "∀x (C(x) → D(x))"], "B(a)")

    assert result["detail"] == "The conclusion follows from P1, P3."


def test_without_a_conclusion_nothing_is_decided_but_a_clash_is_reported() -> None:
    assert ask(["P"], None)["verdict"] == "unknown"
    assert ask(["P", "Q", "¬P"], None)["verdict"] == "inconsistent"


def test_the_missing_premise_that_suffices_is_marked() -> None:
    result = ask(
        ["∀x (Human(x) → Mortal(x))"], "Mortal(socrates)", ["Human(plato)", None, "P(", "Human(socrates)"]
    )

    assert (result["verdict"], result["missing_that_suffices"]) == ("neither", 3)
    assert "number 4" in result["detail"]


def test_a_missing_premise_that_repeats_the_conclusion_stands_behind_a_real_one() -> None:
    assert ask(["P → Q"], "Q", ["Q", "P"])["missing_that_suffices"] == 1
    assert ask(["P → Q"], "Q", ["Q"])["missing_that_suffices"] == 0
    assert "says the conclusion already" in ask(["P → Q"], "Q", ["Q"])["detail"]


def test_a_missing_premise_that_contradicts_the_others_proves_nothing() -> None:
    assert ask(["¬P"], "Q", ["P"])["missing_that_suffices"] is None


def test_nothing_is_missing_where_the_conclusion_follows() -> None:
    assert ask(["P", "P → Q"], "Q", ["P"])["missing_that_suffices"] is None


def test_names_that_look_alike_are_pointed_out_where_it_does_not_follow() -> None:
    result = ask(["∀x (Meeting(x) → Busy(x))", "Meetings(james)"], "Busy(james)")

    assert result["verdict"] == "neither"
    assert "Meeting and Meetings are different names." in result["detail"]


def test_a_caret_and_a_free_variable_are_said_to_be_read_as_something() -> None:
    assert "^ was read both as exclusive or and as 'and'." in ask(["A ^ B", "A"], "B")["detail"]
    assert "x is bound by no quantifier" in ask(["Human(x) → Mortal(x)", "A ^ B"], "B ^ A")["detail"]


def test_what_less_means_is_said_and_equal_numerals_are_one_thing() -> None:
    assert "< was read as the order of numbers" in ask(["age(tom) < 5"], "age(tom) < 7")["detail"]
    assert ask(["age(tom) = 1.0"], "age(tom) = 1")["verdict"] == "entailed"
    assert ask(["share(tom) = 50%"], "share(tom) = 0.5")["verdict"] == "entailed"
    assert ask(["Owns(tom, 3)"], "Owns(tom, 3.0)")["verdict"] == "entailed"
    assert ask(["Owns(tom, 3)"], "Owns(tom, 4)")["verdict"] == "neither"


def test_numbers_of_any_length_are_bounded() -> None:
    assert ask([f"n = {'9' * 5000}"], f"n = {'8' * 5000}")["verdict"] == "neither"


def test_a_missing_premise_with_a_free_variable_is_read_like_the_premises() -> None:
    assert (
        ask(["Human(socrates)"], "Mortal(socrates)", ["Human(x) → Mortal(x)"])["missing_that_suffices"] == 0
    )
    assert ask(["Human(x)"], "Mortal(y)", ["Human(x) → Mortal(x)"])["missing_that_suffices"] is None


def test_an_argument_of_too_many_characters_is_refused_at_once() -> None:
    began = time.process_time()
    result = ask(["∧".join(["Proposition"] * 600)] * 60, "P")

    assert "too long" in result["detail"]
    assert time.process_time() - began < 0.5


def test_a_variable_outside_its_quantifier_is_refused() -> None:
    assert "P1: the variable x is used outside its quantifier" in ask(["P(x) ∧ ∀x Q(x)"], "P(a)")["detail"]


def test_one_name_with_different_numbers_of_arguments_is_shown_apart() -> None:
    world = ask(["Likes(a)", "Likes(a, b)"], "Likes(b)")["countermodel"]

    assert world["predicates"] == {"Likes/1": ["a"], "Likes/2": [["a", "b"]]}


def test_a_countermodel_names_its_things_after_the_constants_and_holds_no_needless_facts() -> None:
    result = ask(["∀x (Bird(x) → Flies(x))", "Bird(tweety)", "Friend(tweety, tom)"], "Flies(tom)")

    assert result["countermodel"] == {
        "domain": ["tweety", "tom"],
        "constants": {"tweety": "tweety", "tom": "tom"},
        "predicates": {"Bird": ["tweety"], "Flies": ["tweety"], "Friend": [["tweety", "tom"]]},
        "summary": "things: tweety, tom; Bird: tweety; Flies: tweety; Friend: (tweety, tom)",
    }


def test_an_argument_without_small_worlds_is_unknown_rather_than_guessed() -> None:
    endless = ["∀x ∃y R(x, y)", "∀x ¬R(x, x)", "∀x ∀y ∀z (R(x, y) ∧ R(y, z) → R(x, z))"]

    result = ask(endless, "∃x ∀y R(x, y)")

    assert (result["solver"], result["verdict"], result["countermodel"]) == ("unknown", "unknown", None)


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"premises": None, "conclusion": 7, "missing": "x", "language": []},
        {"premises": [None, 3, "P", {"id": 5, "formula": 6}], "conclusion": {"formula": "P"}},
        {"premises": [{"id": "P1", "formula": "P"}] * 200, "conclusion": {"formula": "P"}},
        {"premises": [{"id": "P1", "formula": "P\x00"}], "conclusion": {"formula": "\ud800"}},
    ],
)
def test_a_request_of_any_shape_is_answered(request_: dict[str, Any]) -> None:
    assert decide(request_)["verdict"] == "unknown"


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text(max_size=40), max_size=4),
    st.text(max_size=40),
    st.lists(st.text(max_size=40), max_size=2),
)
def test_formulas_of_any_text_are_answered(
    premises: list[str | None], conclusion: str, missing: list[str | None]
) -> None:
    result = ask(premises, conclusion, missing)

    assert set(result) == {"solver", "verdict", "countermodel", "detail", "missing_that_suffices"}
    assert json.loads(json.dumps(result)) == result


FOLIO = Path(__file__).resolve().parents[5] / "shared" / "data" / "folio_fol.jsonl"


@pytest.mark.skipif(not FOLIO.exists(), reason="FOLIO's formulas are not part of this repository")
def test_the_verdicts_are_the_labels_of_folio() -> None:
    labels = {"entailed": "True", "contradicted": "False", "neither": "Uncertain"}
    rows = [json.loads(line) for line in FOLIO.read_text(encoding="utf-8").splitlines()]
    results = [ask(row["premises_fol"], row["conclusion_fol"]) for row in rows]
    read = [at for at, result in enumerate(results) if "(character" not in result["detail"]]
    agreed = [at for at in read if labels.get(results[at]["verdict"]) == rows[at]["label"]]

    assert len(read) >= 0.93 * len(rows)
    assert len(agreed) >= 0.95 * len(read)


def test_a_long_chain_of_premises_is_followed_to_its_end() -> None:
    premises: list[str | None] = [f"∀x (P{at}(x) → P{at + 1}(x))" for at in range(58)]

    assert ask([*premises, "P0(a)"], "P58(a)")["verdict"] == "entailed"


# Limits


@pytest.mark.parametrize("bomb", BOMBS[::3], ids=lambda bomb: bomb["name"])
def test_what_could_run_for_ever_ends_and_the_next_question_works(bomb: dict[str, Any]) -> None:
    began = time.process_time()
    result = ask(bomb["premises"], bomb["conclusion"], bomb["missing"])
    took = time.process_time() - began

    assert took < 2
    assert result["verdict"] in SOLVER or result["verdict"] == "unknown"
    assert ask(["P", "P → Q"], "Q")["verdict"] == "entailed"


def test_the_same_argument_has_the_same_answer_in_another_process() -> None:
    argument = {
        "premises": [
            {"id": "P1", "formula": "∀x (A(x) ∨ B(x, x))"},
            {"id": "P2", "formula": "∃x ∃y (¬A(x) ∧ B(x, y))"},
        ],
        "conclusion": {"formula": "∀x ∃y B(y, x)"},
    }
    program = (
        "import sys, json; sys.path[:0] = json.loads(sys.argv[1]); from checkers.logic import decide;"
        "print(json.dumps(decide(json.loads(sys.argv[2]))))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program, json.dumps(sys.path), json.dumps(argument)],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout.strip()
        for seed in ("1", "2")
    }

    assert answers == {json.dumps(decide(argument))}
