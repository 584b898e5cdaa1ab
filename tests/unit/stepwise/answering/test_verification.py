"""Whatever befalls a check, the answer is given and the check is told for what it was."""

from __future__ import annotations

from typing import Any

import pytest
from stepwise.answering import verification
from stepwise.answering.tasks import task_for
from stepwise.answering.tasks.task import CheckCause
from stepwise.answering.verification import (
    CheckNotRun,
    NoChecker,
    SandboxChecker,
    check,
    task_of,
)
from support.scene import plan_of

SOLUTION = {"solution": "It is $\\boxed{5}$.", "final_answer": "5", "verification": None}


class Says:
    """A checker that gives *found*, or raises it."""

    def __init__(self, found: Any) -> None:
        self._found = found
        self.presentation: list[tuple[str, Any]] = []

    def start(self, task: str) -> None:
        return

    def run(self, task: str, payload: dict[str, Any]) -> dict[str, Any]:
        self.presentation.append((task, payload))
        if isinstance(self._found, Exception):
            raise self._found
        found: dict[str, Any] = self._found
        return found


def verified(checker: Any, result: dict[str, Any] = SOLUTION) -> Any:
    result = dict(result)
    check(checker, plan_of("q"), result)
    return result["verification"]


def argument(**fields: Any) -> dict[str, Any]:
    return {
        "premises": [{"id": "P1", "text": "A", "formula": "A"}],
        "conclusion": {"text": "B", "formula": "B"},
        "checked": False,
        "missing_premises": ["A implies B"],
        "missing_formulas": ["A -> B"],
        "fallacies": [],
        "validity": {"model": "valid", "solver": "unknown", "countermodel": None},
        "evidence": [],
        **fields,
    }


def decided(found: Any, **fields: Any) -> dict[str, Any]:
    result = argument(**fields)
    check(Says(found), plan_of("q", kind="analyze"), result)
    return result


def test_a_verdict_is_passed_on_with_its_method() -> None:
    checker = Says({"status": "verified", "method": "substitution", "detail": "It fits.", "more": 1})

    assert verified(checker) == {"status": "verified", "method": "substitution", "detail": "It fits."}
    assert checker.presentation[0][0] == "mathematics"
    assert checker.presentation[0][1]["problem"] == "q"


@pytest.mark.parametrize("found", [TimeoutError(), MemoryError(), ValueError(), {}, {"status": "verified"}])
def test_a_check_that_fails_is_unverifiable(found: Any) -> None:
    assert verified(Says(found))["status"] == "unverifiable"


@pytest.mark.parametrize("cause", ["time", "memory", "crashed", "not_installed"])
def test_a_check_that_was_not_run_says_why_and_is_made_again(
    cause: CheckCause, noted: list[tuple[str, dict[str, Any]]]
) -> None:
    given = verified(Says(CheckNotRun(cause, "the reason")))
    result = {**SOLUTION, "verification": given}

    assert (given["status"], given["method"]) == ("unverifiable", "not_run")
    assert noted == [("ChecksNotRun", {"cause": cause})]
    assert task_for("solve").unchecked(result)
    assert task_for("solve").without_unmade_check(result)["verification"] is None


def test_each_cause_has_a_sentence_of_its_own() -> None:
    causes: tuple[CheckCause, ...] = ("time", "memory", "crashed", "not_installed")

    assert len({verified(Says(CheckNotRun(cause, "r")))["detail"] for cause in causes}) == len(causes)


@pytest.mark.parametrize("found", [ImportError("sympy"), KeyError("method"), {"status": "verified"}])
def test_a_fault_of_the_checker_is_a_crash_and_is_not_called_slow_or_missing(
    found: Any, noted: list[tuple[str, dict[str, Any]]]
) -> None:
    assert verified(Says(found)) == {
        "status": "unverifiable",
        "method": "not_run",
        "detail": "The checker failed and gave no result.",
    }
    assert noted == [("ChecksNotRun", {"cause": "crashed"})]


def test_a_fault_within_a_check_is_counted_and_its_verdict_stands(
    noted: list[tuple[str, dict[str, Any]]],
) -> None:
    found = {"status": "unverifiable", "method": "none", "detail": "d", "fault": "PolynomialError"}

    assert verified(Says(found)) == {"status": "unverifiable", "method": "none", "detail": "d"}
    assert noted == [("CheckFaults", {"fault": "PolynomialError"})]


def test_a_verdict_that_two_ways_do_not_share_is_counted_by_its_doubt(
    noted: list[tuple[str, dict[str, Any]]],
) -> None:
    found = {"status": "unverifiable", "method": "none", "detail": "d", "doubt": "differs"}

    assert verified(Says(found)) == {"status": "unverifiable", "method": "none", "detail": "d"}
    assert noted == [("CheckDoubts", {"doubt": "differs"})]


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """The metrics that were counted."""
    counted: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(verification, "count", lambda name, **dimensions: counted.append((name, dimensions)))
    return counted


def test_what_killed_a_check_comes_from_the_sandbox() -> None:
    checker = SandboxChecker(timeout=5.0)
    try:
        with pytest.raises(CheckNotRun) as caught:
            checker.run("no such task", {})
    finally:
        checker.close()

    assert (caught.value.cause, caught.value.reason) == (
        "crashed",
        "the check's module could not be loaded: no such task",
    )


def test_an_argument_whose_check_was_not_run_is_checked_again() -> None:
    task = task_for("analyze")

    assert task.unchecked(decided(CheckNotRun("time", "the check reached its time limit")))
    assert not task.unchecked(decided({}, premises=[]))


def test_without_checkers_or_without_an_answer_nothing_is_verified() -> None:
    assert verified(NoChecker())["status"] == "unverifiable"
    assert verified(Says({}), SOLUTION | {"solution": ""})["status"] == "unverifiable"


def test_the_solver_decides_an_argument_and_says_which_premise_was_missing() -> None:
    countermodel = {"A": True, "B": False}
    found = {
        "verdict": "invalid",
        "solver": "invalid",
        "countermodel": countermodel,
        "missing_that_suffices": 0,
        "detail": "It does not follow.",
    }

    result = decided(found)

    assert result["validity"] == {"model": "valid", "solver": "invalid", "countermodel": countermodel}
    assert result["missing_premises"] == ["A implies B (with this premise the conclusion follows)"]
    translated, reason = result["evidence"]
    assert translated["kind"] == "translation"
    assert "the model's translation" in translated["detail"]
    assert reason == {"kind": "decision", "detail": "It does not follow."}


def test_premises_that_contradict_each_other_are_a_fallacy() -> None:
    found = {
        "verdict": "inconsistent",
        "solver": "valid",
        "countermodel": None,
        "missing_that_suffices": None,
        "detail": "They contradict one another.",
    }

    assert [fallacy["name"] for fallacy in decided(found)["fallacies"]] == ["Inconsistent premises"]


@pytest.mark.parametrize("found", [TimeoutError(), {}, {"verdict": "valid"}])
def test_an_argument_whose_check_fails_stays_undecided(found: Any) -> None:
    assert decided(found)["validity"]["solver"] == "unknown"


def test_without_premises_nothing_is_decided() -> None:
    checker = Says({})
    check(checker, plan_of("q", kind="analyze"), argument(premises=[]))

    assert checker.presentation == []


@pytest.mark.parametrize(("kind", "task"), [("solve", "mathematics"), ("analyze", "logic"), ("chat", None)])
def test_what_is_stored_is_checked_whoever_asked(kind: str, task: str | None) -> None:
    assert task_of(plan_of(kind=kind, verify=True)) == task
    assert task_of(plan_of(kind=kind, verify=False)) == task
    assert task_of(plan_of(kind=kind, verify=False, store=False)) is None
