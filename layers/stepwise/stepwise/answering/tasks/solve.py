"""The task solve: a mathematics problem, whose final answer the mathematics checker checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypedDict

from stepwise.answering.tasks.confidence import Confidence
from stepwise.answering.tasks.task import (
    Body,
    CheckCause,
    Condensed,
    Presentation,
    Result,
    Task,
    common_body,
    is_corroborated,
)
from stepwise.parsing.solution import read_solution
from stepwise.plan import Plan

__all__ = ["Solution", "Solve", "SolveResult", "Step", "Verification"]

NOT_RUN = "not_run"
"""The method of a check that was not run."""

_NOT_RUN: Mapping[CheckCause, Mapping[str, str]] = {
    "time": {"zh": "验算没有在限定的时间内完成。", "en": "The check did not end within its time limit."},
    "memory": {"zh": "验算所需的内存超过了限额。", "en": "The check needed more memory than it may use."},
    "crashed": {"zh": "验算程序出错，没有得出结果。", "en": "The checker failed and gave no result."},
    "not_installed": {"zh": "这里没有安装验算程序。", "en": "No checker is installed here."},
}
_NO_ANSWER = {"zh": "没有最终答案可以验算。", "en": "There is no final answer to check."}


class Step(TypedDict):
    """One step of a solution."""

    title: str | None
    text: str


class Verification(TypedDict):
    """What the check of the final answer says, by which method, in a sentence."""

    status: Literal["verified", "refuted", "unverifiable"]
    method: str
    detail: str


class SolveResult(Result):
    """The stored result of a solution. ``false_line`` is its line with a false step (from 1), if one was found."""

    solution: str
    analysis: str | None
    steps: list[Step]
    final_answer: str | None
    verification: Verification | None
    confidence: Confidence | None
    false_line: int | None
    false_step: str | None


class Solution(Body):
    """The answer to a mathematics problem."""

    problem: str
    solution: str
    analysis: str | None
    steps: list[Step]
    final_answer: str | None
    verification: Verification | None
    confidence: Confidence | None
    cached: bool
    condensed: Condensed | None


class Solve(Task[SolveResult]):
    """The task solve."""

    name = "solve"
    text_field = "solution"
    pointer = "/problem"
    body = Solution
    checker = "mathematics"
    verdict = ("status", "method", "detail")
    proof_in_thinking = True
    has_witnesses = True

    def read(self, plan: Plan, answer: str, common: Result) -> SolveResult:
        solution = read_solution(answer, steps=plan.subject["steps"])
        return {
            "solution": answer,
            "analysis": solution.analysis,
            "steps": [{"title": step.title, "text": step.text} for step in solution.steps],
            "final_answer": solution.final_answer,
            "verification": None,
            "confidence": None,
            "false_line": None,
            "false_step": None,
            **common,
        }

    def present(self, result: SolveResult, presentation: Presentation, *, cached: bool) -> Solution:
        return {
            **common_body(result, presentation),
            "problem": presentation.problem,
            "solution": result["solution"],
            "analysis": result["analysis"],
            "steps": result["steps"],
            "final_answer": result["final_answer"],
            "verification": result["verification"] if presentation.verify else None,
            "confidence": _confidence(result) if presentation.verify else None,
            "cached": cached,
            "condensed": result["condensed"],
        }

    def payload(self, plan: Plan, result: SolveResult) -> dict[str, Any] | None:
        if not result["solution"]:
            return None
        return {
            "problem": plan.subject["problem"],
            "final_answer": result["final_answer"],
            "solution": result["solution"],
            "language": plan.subject["language"],
        }

    def proof_payload(self, plan: Plan, answer: str) -> dict[str, Any]:
        return {"problem": plan.subject["problem"], "final_answer": answer, "solution": "", "language": "en"}

    def nothing_to_check(self, result: SolveResult, language: str) -> None:
        result["verification"] = _unverifiable(_NO_ANSWER[language])
        result["false_line"] = result["false_step"] = None

    def take_verdict(self, result: SolveResult, found: Mapping[str, Any], language: str) -> None:
        verification: Any = {name: str(found[name]) for name in self.verdict}
        line = found.get("line")
        result["verification"] = verification
        result["false_line"] = line if isinstance(line, int) else None
        result["false_step"] = str(found["step"]) if found.get("step") else None

    def check_not_run(self, result: SolveResult, cause: CheckCause, language: str) -> None:
        result["verification"] = _unverifiable(_NOT_RUN[cause][language], NOT_RUN)
        result["false_line"] = result["false_step"] = None

    def unchecked(self, result: SolveResult) -> bool:
        verification = result["verification"]
        return verification is None or verification["method"] == NOT_RUN

    def without_unmade_check(self, result: SolveResult) -> SolveResult:
        return {**result, "verification": None} if self.unchecked(result) else result

    def status(self, result: SolveResult) -> str:
        verification = result["verification"]
        return "" if verification is None else verification["status"]

    def asks_again(self, result: SolveResult) -> bool:
        """A refuted answer, or one that is not decided and has a false line in its working."""
        status = self.status(result)
        return status == "refuted" or (status != "verified" and result["false_line"] is not None)

    def check_rank(self, result: SolveResult) -> int:
        match self.status(result):
            case "verified":
                return 3
            case "unverifiable":
                return 2 if is_corroborated(result) else 1
        return 0


def _confidence(result: SolveResult) -> Confidence | None:
    """The confidence of a result; a record of an earlier release has none."""
    return result.get("confidence")


def _unverifiable(detail: str, method: str = "none") -> Verification:
    return {"status": "unverifiable", "method": method, "detail": detail}
