"""Whatever befalls a check, the answer is given and the check is told for what it was."""

from __future__ import annotations

from typing import Any

import pytest
from stepwise.answering.verification import NoChecker, check, task_of
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
        "missing_premises": ["A implies B"],
        "missing_formulas": ["A -> B"],
        "fallacies": [],
        "validity": {"model": "valid", "solver": "unknown", "countermodel": None},
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
    }

    result = decided(found)

    assert result["validity"] == {"model": "valid", "solver": "invalid", "countermodel": countermodel}
    assert result["missing_premises"] == ["A implies B (with this premise the conclusion follows)"]


def test_premises_that_contradict_each_other_are_a_fallacy() -> None:
    found = {
        "verdict": "inconsistent",
        "solver": "valid",
        "countermodel": None,
        "missing_that_suffices": None,
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
def test_each_kind_of_answer_has_its_check(kind: str, task: str | None) -> None:
    assert task_of(plan_of(kind=kind, verify=True)) == task
    assert task_of(plan_of(kind=kind, verify=False)) is None
