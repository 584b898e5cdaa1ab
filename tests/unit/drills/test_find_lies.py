"""The drill that looks for lies: its oracle is strict, its problems are by seed, and it finds a checker that lies."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
from drills.find_lies import main
from drills.lies.conditions import ADJECTIVES, KINDS
from drills.lies.expressions import Formula, call, constant, minus, polynomial, value, variable
from drills.lies.grammar import FAMILIES, problems
from drills.lies.notation import Pen
from drills.lies.oracle import Doubtful, compare, region_of, solutions
from drills.lies.report import Report
from drills.lies.truths import Interval

X = variable("x")


def _at(formula: Formula, number: int) -> object:
    return value(formula, {"x": Fraction(number)})


@pytest.mark.parametrize(
    ("formula", "number"),
    [
        (call("sqrt", X), -1),
        (call("sqrt", X) * call("sqrt", X), -4),
        (call("ln", X), 0),
        (call("log", X, 2), 1),
        (call("log", X, 2), -2),
        (1 * X / X, 0),
        (X ** constant(0), 0),
    ],
)
def test_the_oracle_gives_no_value_where_a_part_is_not_real(formula: Formula, number: int) -> None:
    assert _at(formula, number) is None


def test_the_oracle_stays_exact_while_values_are_rational() -> None:
    assert _at(call("sqrt", X) / 3, 4) == Fraction(2, 3)
    assert _at(call("log", X, 1), 5) == 0


def test_the_domain_of_a_quotient_of_roots_leaves_the_left_part_out() -> None:
    quotient = call("sqrt", X - 1) / call("sqrt", X - 3)
    found = region_of(lambda at: value(quotient, {"x": at}) is not None, [Fraction(1), Fraction(3)])
    assert found == (Interval(Fraction(3), None),)


def test_a_region_that_changes_between_the_breaks_is_doubtful() -> None:
    with pytest.raises(Doubtful):
        region_of(lambda at: at > 2, [Fraction(0), Fraction(5)])


def test_a_root_that_nobody_suspects_is_doubtful() -> None:
    with pytest.raises(Doubtful):
        solutions(polynomial([1, 0, -5]), constant(0), "x", [Fraction(2)])


def test_a_root_beside_a_suspect_that_is_none_is_doubtful() -> None:
    with pytest.raises(Doubtful):
        solutions(call("sqrt", minus(X, -19)), minus(X, -1), "x", [Fraction(4)])


def test_what_rounding_decides_is_doubtful() -> None:
    with pytest.raises(Doubtful):
        compare(1.0 + 1e-8, "<", 1.0)


def test_zero_is_neither_natural_nor_not_natural() -> None:
    natural = next(kind for kind in KINDS if kind.en == "a natural number")
    with pytest.raises(Doubtful):
        natural.chosen([Fraction(0), Fraction(3)])
    assert natural.chosen([Fraction(-3), Fraction(3), Fraction(1, 2)]) == [3]


def test_adjectives_choose_by_sign_and_by_kind() -> None:
    values = [Fraction(n, 2) for n in (-4, -1, 0, 3, 6)]
    chosen = {adjective.en: adjective.chosen(values) for adjective in ADJECTIVES}
    assert chosen["negative"] == [-2, Fraction(-1, 2)]
    assert chosen["nonnegative"] == [0, Fraction(3, 2), 3]
    assert chosen["even"] == [-2, 0]
    assert chosen["prime"] == [3]


def test_a_formula_is_written_in_every_notation() -> None:
    formula = call("sqrt", minus(X, -1)) * X**2 - 3
    written = {
        notation: Pen(notation, "en", Random(1)).math(formula, ">=", 0)
        for notation in ("latex", "plain", "unicode", "full-width")
    }
    assert written == {
        "latex": r"$\sqrt{x + 1} x^2 - 3 \ge 0$",
        "plain": "sqrt(x + 1) x^2 - 3 >= 0",
        "unicode": "√(x + 1) x² − 3 ≥ 0",
        "full-width": "ｓｑｒｔ（ｘ ＋ １） ｘ^２ － ３ ＞＝ ０",
    }


def test_the_same_seed_makes_the_same_problems() -> None:
    assert list(problems(5, 30)) == list(problems(5, 30))
    assert list(problems(5, 30)) != list(problems(6, 30))


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_proposes_wrong_answers_that_do_not_say_the_truth(family: str) -> None:
    for drilled in problems(1, 12, (family,)):
        assert drilled.wrong
        assert not {text for _, text in drilled.wrong} & set(drilled.right)


def _checker(decide: Callable[[str], str]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda request: {"status": decide(request["final_answer"]), "method": "own", "detail": ""}


def test_a_checker_that_verifies_everything_is_found_to_lie() -> None:
    report = Report(_checker(lambda answer: "verified"), limit=1)
    for drilled in problems(1, 20, ("equation",)):
        report.put(drilled)
    assert {finding.what for finding in report.wrong} == {"lie"}
    assert report.share == 1
    lengths = [len(finding.problem) for finding in report.wrong]
    assert lengths == sorted(lengths)


def test_a_checker_that_refutes_everything_refutes_right_answers() -> None:
    report = Report(_checker(lambda answer: "refuted"), limit=1)
    for drilled in problems(1, 20, ("equation",)):
        report.put(drilled)
    assert {finding.what for finding in report.wrong} == {"refuted right answer"}
    assert report.share == 0


def test_a_checker_that_says_nothing_is_found_silent_and_an_error_is_named() -> None:
    def fails(request: dict[str, Any]) -> dict[str, Any]:
        raise ZeroDivisionError

    silent = Report(_checker(lambda answer: "unverifiable"), limit=1)
    failing = Report(fails, limit=1)
    for drilled in problems(1, 5, ("equation",)):
        silent.put(drilled)
        failing.put(drilled)
    assert (silent.wrong, silent.share) == ([], 0)
    assert {(finding.what, finding.kind) for finding in failing.findings} == {("failed", "ZeroDivisionError")}


def test_a_run_goes_on_where_its_portions_were_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "portions.jsonl"
    asked = ["--seed", "3", "--family", "base ten", "--kept", str(kept)]

    assert main([*asked, "--count", "4"]) == 0
    with kept.open("a", encoding="utf-8") as lines:
        lines.write('{"seed": 7, "find')
    capsys.readouterr()

    assert main([*asked, "--count", "4"]) == 0
    assert len(kept.read_text("utf-8").splitlines()) == 2
    assert main(["--count", "0", "--kept", str(kept)]) == 0
    reports = capsys.readouterr().out.split("family")[1:]
    assert len(reports) == 2
    assert reports[0] == reports[1]
    assert "checks: 0 lies" in reports[0]


def test_findings_are_kept_as_they_were() -> None:
    report = Report(_checker(lambda answer: "verified"), limit=1)
    for drilled in problems(1, 10, ("equation",)):
        report.put(drilled)
    kept = Report.from_dict(json.loads(json.dumps(report.as_dict())))
    assert kept.text() == report.text()
