"""The second way to each verdict: it agrees with right results, and with no wrong one."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from checkers.mathematics import verify
from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.confirmation import CONFIRMATIONS, doubt_of_result, doubt_of_statement
from checkers.mathematics.confirmation.evaluation.arithmetic import Scope, evaluate, inexact
from checkers.mathematics.confirmation.evaluation.enclosures import enclose, leftovers
from checkers.mathematics.confirmation.evaluation.errors import Undefined
from checkers.mathematics.confirmation.evaluation.polynomials import (
    distinct_degree,
    real_root,
    real_zeros,
    times,
)
from checkers.mathematics.confirmation.evaluation.systems import solutions_near
from checkers.mathematics.formulas.build import Context, build
from checkers.mathematics.formulas.grammar import parse
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.problem.facts import Relation
from checkers.mathematics.questions import QUESTIONS
from checkers.mathematics.questions.options import OPTION_QUESTIONS
from checkers.mathematics.verify import Understood, understood
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from unit.checkers.mathematics.test_kinds import KINDS

PROBLEMS = [problem for problem, _, _ in KINDS]


@pytest.fixture(autouse=True)
def no_problem_is_kept() -> Iterator[None]:
    """Each test computes its problems itself: some change how, and later ones must not get their results."""
    understood.cache_clear()
    yield
    understood.cache_clear()


def understood_question(problem: str) -> tuple[Understood, Expected]:
    found = understood(problem)
    assert found is not None
    return found, found.expected.inner or found.expected


def test_every_question_has_a_second_way() -> None:
    assert {question.name for question in (*QUESTIONS, *OPTION_QUESTIONS)} == set(CONFIRMATIONS)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_the_second_way_agrees_with_a_right_result(problem: str) -> None:
    found, expected = understood_question(problem)
    assert doubt_of_result(found.question, found.ask, expected) == ""


def wrong_results(expected: Expected) -> list[Expected]:
    """Results that another problem would have."""
    values = expected.values
    if expected.kind == "word":
        return [
            replace(expected, values=("no", "false", "不是") if "yes" in values else ("yes", "true", "是"))
        ]
    if expected.kind == "system":
        return [replace(expected, solutions=expected.solutions[1:])]
    if expected.kind == "region":
        (region,) = values
        return [
            replace(expected, values=(sp.Union(region, sp.Interval(90, 91)),)),
            replace(expected, values=(region.interior,)),
            replace(expected, values=(sp.Complement(region, sp.Interval(90, 91)),)),
        ]
    if expected.kind == "roots":
        more = replace(expected, values=(*values, sp.Integer(77)))
        return [more, *([replace(expected, values=values[1:])] if values else [])]
    if expected.kind == "matrix":
        return [replace(expected, values=(values[0] + sp.ones(*values[0].shape),))]
    if expected.kind == "equation":
        return [replace(expected, values=(values[0] + 1,))]
    shifted = tuple(value + 1 for value in values)
    return [
        replace(expected, values=shifted),
        replace(expected, values=tuple(-2 * value - 3 for value in values)),
    ]


@pytest.mark.parametrize("problem", PROBLEMS)
def test_the_second_way_agrees_with_no_wrong_result(problem: str) -> None:
    found, expected = understood_question(problem)
    wrong = [
        other
        for other in wrong_results(expected)
        if other.values != expected.values or other.kind == "system"
    ]
    assert wrong
    assert [other.values for other in wrong if doubt_of_result(found.question, found.ask, other) == ""] == []


def test_where_the_two_ways_differ_nothing_is_said_and_the_reply_names_the_doubt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    request = {"problem": "Compute $2+3$.", "final_answer": "5", "solution": "", "language": "en"}
    assert verify(request)["status"] == "verified"
    monkeypatch.setitem(CONFIRMATIONS, "values._computed", lambda told: False)
    understood.cache_clear()
    reply = verify(request)
    assert (reply["status"], reply["method"], reply["doubt"]) == ("unverifiable", "none", "differs")


@pytest.mark.parametrize("answer", ["5", "6"])
def test_without_a_second_result_nothing_is_verified_and_nothing_refuted(
    answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(CONFIRMATIONS, "values._computed")
    reply = verify({"problem": "Compute $2+3$.", "final_answer": answer, "solution": "", "language": "en"})
    assert (reply["status"], reply["doubt"]) == ("unverifiable", "unconfirmed")


NUMBERS = st.integers(0, 30).map(lambda n: Node("num", text=str(n)))
FORMULAS = st.recursive(
    NUMBERS,
    lambda parts: st.one_of(
        st.tuples(st.sampled_from(["add", "sub", "mul", "div"]), parts, parts).map(lambda t: Node(t[0], t[1:])),
        parts.map(lambda part: Node("neg", (part,))),
        parts.map(lambda part: Node("abs", (part,))),
        st.tuples(parts, st.integers(2, 5)).map(
            lambda t: Node("call", (t[0], Node("num", text=str(t[1]))), "root")
        ),
        st.tuples(parts, st.integers(-3, 4)).map(
            lambda t: Node("pow", (t[0], Node("num", text=str(t[1])) if t[1] >= 0 else Node("neg", (Node("num", text=str(-t[1])),))))
        ),
    ),
    max_leaves=8,
)  # fmt: skip


def both_values(tree: Node) -> tuple[Any, Any]:
    """The value by each way; None where it is not defined."""
    try:
        first = build(tree, Context(strict=True))
    except NotUnderstood as error:
        assume("defined" in str(error) or "zero" in str(error))
        first = None
    try:
        second = evaluate(tree, Scope())
    except Undefined:
        second = None
    return first, second


@settings(max_examples=150, deadline=None)
@given(FORMULAS)
def test_both_ways_give_a_formula_the_same_value_or_none(tree: Node) -> None:
    first, second = both_values(tree)
    assert (first is None) == (second is None)
    if first is not None:
        assert abs(sp.Float(str(inexact(second)), 30) - first.evalf(30)) <= 1e-20 * (1 + abs(first.evalf(30)))


@example([Fraction(1, 6), Fraction(1, 4)], 0)
@settings(max_examples=40, deadline=None)
@given(st.lists(st.fractions(-9, 9, max_denominator=6), min_size=1, max_size=6), st.integers(0, 2))
def test_zeros_of_a_polynomial_are_counted_and_found(roots: list[Fraction], pairs: int) -> None:
    polynomial = [Fraction(1)]
    for root in roots:
        polynomial = times(polynomial, [-root, Fraction(1)])
    for _ in range(pairs):
        polynomial = times(polynomial, [Fraction(2), Fraction(1), Fraction(1)])
    different = sorted(set(roots))
    assert real_zeros(polynomial) == len(different)
    assert distinct_degree(polynomial) == len(different) + (2 if pairs else 0)
    for place, root in enumerate(different):
        assert abs(inexact(real_root(polynomial, place)) - inexact(root)) < 1e-30


@settings(max_examples=80, deadline=None)
@given(FORMULAS, st.floats(-20, 20), st.floats(0, 3))
def test_an_enclosure_holds_the_value_at_every_point(tree: Node, low: float, width: float) -> None:
    moved = Node("add", (tree, Node("mul", (Node("name", text="x"), tree))))
    place = low + width * 0.37
    try:
        value = evaluate(moved, Scope(names={"x": inexact(Fraction(place))}))
    except Undefined:
        return
    box = enclose(moved, {"x": (low, low + width)}, Scope())
    assert box is not None
    assert box[0] - 1e-9 * (1 + abs(box[0])) <= float(inexact(value)) <= box[1] + 1e-9 * (1 + abs(box[1]))


EQUATIONS = [
    ("\\sqrt{x+7}", "x+1", [2.0]),
    ("|x-2|+|x+1|", "7", [-3.0, 4.0]),
    ("\\ln x + \\ln(x-1)", "\\ln 6", [3.0]),
    ("2^x", "8", [3.0]),
    ("x^2", "0", [0.0]),
]


@pytest.mark.parametrize(("left", "right", "roots"), EQUATIONS)
def test_boxes_are_left_over_exactly_where_a_root_is_not_known(
    left: str, right: str, roots: list[float]
) -> None:
    relation = Relation(parse(left), "=", parse(right))
    assert leftovers([relation], "x", roots, Scope()) == []
    for root in roots:
        others = [other for other in roots if other != root]
        assert leftovers([relation], "x", others, Scope()) != []


def test_a_search_ends_at_every_solution_of_a_system() -> None:
    equations = [Relation(parse("x^2+y^2"), "=", parse("25")), Relation(parse("x+y"), "=", parse("7"))]
    found = solutions_near(equations, ["x", "y"], Scope(), "seed")
    assert sorted((round(place["x"]), round(place["y"])) for place in found) == [(3, 4), (4, 3)]


@pytest.mark.parametrize(
    ("left", "right", "nearly", "doubt"),
    [
        ("3+4", "8", False, ""),
        ("3+4", "7", False, "differs"),
        ("\\sqrt{2}", "1.5", True, ""),
        ("\\sqrt{2}", "1.41", True, "differs"),
        ("\\sqrt{-4}", "2", False, "unconfirmed"),
    ],
)
def test_a_false_step_is_false_in_both_ways(left: str, right: str, nearly: bool, doubt: str) -> None:
    assert doubt_of_statement(parse(left), parse(right), nearly=nearly) == doubt


def test_a_false_step_that_only_one_way_finds_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    request = {"problem": "Compute $2+3$.", "final_answer": "5", "solution": "$2 + 2 = 5$", "language": "en"}
    assert verify(request)["line"] == 1
    verification = importlib.import_module("checkers.mathematics.verify")
    monkeypatch.setattr(verification, "doubt_of_statement", lambda *trees, nearly: "differs")
    reply = verify(request)
    assert (reply["status"], reply["doubt"]) == ("verified", "differs")
    assert "line" not in reply
