"""Check an answer by something that is not the model, and say so where the check could not be made.

A check that was killed or is not installed gives no verdict: its method is ``not_run``, it is never cached, and the
next request makes it again.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Protocol

from stepwise.observability import count, log_event, log_exception, logger
from stepwise.plan import Plan

__all__ = [
    "CheckNotRun",
    "Checker",
    "NoChecker",
    "SandboxChecker",
    "check",
    "task_of",
    "unchecked",
    "verified",
    "without_unmade_check",
]

NOT_RUN = "not_run"
"""The method of a verification that was not made."""

_NOT_RUN = {
    "time": {"zh": "验算没有在限定的时间内完成。", "en": "The check did not end within its time limit."},
    "memory": {"zh": "验算所需的内存超过了限额。", "en": "The check needed more memory than it may use."},
    "crashed": {"zh": "验算程序出错，没有得出结果。", "en": "The checker failed and gave no result."},
    "not_installed": {"zh": "这里没有安装验算程序。", "en": "No checker is installed here."},
}
_NO_ANSWER = {"zh": "没有最终答案可以验算。", "en": "There is no final answer to check."}
_SUFFICES = {"zh": "（补上这一条，结论就成立）", "en": " (with this premise the conclusion follows)"}
_INCONSISTENT = {
    "zh": ("前提互相矛盾", "求解器发现这些前提不能同时成立，因此任何结论都可以从中推出。"),
    "en": (
        "Inconsistent premises",
        "The solver finds that the premises cannot all be true at once, so anything follows from them.",
    ),
}


class CheckNotRun(Exception):
    """A check without a result. *cause* is ``time``, ``memory``, ``crashed`` or ``not_installed``.

    *reason* is for the logs and holds nothing of what was checked.
    """

    def __init__(self, cause: str, reason: str) -> None:
        super().__init__(reason)
        self.cause = cause
        self.reason = reason


class Checker(Protocol):
    """A process that checks."""

    def start(self, task: str) -> None: ...

    def run(self, task: str, payload: dict[str, Any]) -> dict[str, Any]:
        """The result of *task*. Raises CheckNotRun."""


class NoChecker:
    """Where the checkers are not installed."""

    def start(self, task: str) -> None:
        return

    def run(self, task: str, payload: dict[str, Any]) -> dict[str, Any]:
        raise CheckNotRun("not_installed", "the function has no layer with checkers")


class SandboxChecker:
    """The checkers' process, made at the first use: nothing of it is imported where nothing is checked."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._sandbox: Any = None

    def start(self, task: str) -> None:
        """Let the process come up, with what *task* needs, while the model writes."""
        self._made(task).start()

    def run(self, task: str, payload: dict[str, Any]) -> dict[str, Any]:
        sandbox = self._made(task)
        from checkers.sandbox import CheckKilled

        try:
            result: dict[str, Any] = sandbox.run(task, payload)
        except CheckKilled as killed:
            raise CheckNotRun(killed.cause, killed.reason) from killed
        return result

    def close(self) -> None:
        if self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None

    def _made(self, task: str) -> Any:
        if self._sandbox is None:
            from checkers.sandbox import Sandbox

            self._sandbox = Sandbox(timeout=self._timeout, preload=(task,))
        return self._sandbox


def task_of(plan: Plan) -> str | None:
    """The checkers' task for this kind of answer; None where nothing is to be checked.

    What others may get from the cache is checked, whether or not this client asks for it.
    """
    if not (plan.subject.get("verify") or plan.store):
        return None
    return {"solve": "mathematics", "analyze": "logic"}.get(plan.kind)


def check(checker: Checker, plan: Plan, result: dict[str, Any]) -> None:
    """Fill in what the check of *result* says: ``verification`` of a solution, ``validity`` of an analysis."""
    language = plan.subject["language"]
    if plan.kind == "solve":
        result["verification"], result["false_line"] = _verification(checker, plan, result, language)
    elif plan.kind == "analyze":
        _decide(checker, result, language)


def _verification(
    checker: Checker, plan: Plan, result: Mapping[str, Any], language: str
) -> tuple[dict[str, str], int | None]:
    """The verification, and the line of the solution in which a step is false, if one was found."""
    if not result["solution"]:
        return _unverifiable(_NO_ANSWER[language]), None
    payload = {
        "problem": plan.subject["problem"],
        "final_answer": result["final_answer"],
        "solution": result["solution"],
        "language": language,
    }
    try:
        found = _run(checker, "mathematics", payload, ("status", "method", "detail"))
    except CheckNotRun as not_run:
        return _unverifiable(_NOT_RUN[not_run.cause][language], NOT_RUN), None
    line = found.pop("line")
    told = {name: str(value) for name, value in found.items()}
    return told, line if isinstance(line, int) else None


def _unverifiable(detail: str, method: str = "none") -> dict[str, str]:
    return {"status": "unverifiable", "method": method, "detail": detail}


def _run(checker: Checker, task: str, payload: dict[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    """The *fields* of a check's result, and its ``line`` (None if it has none).

    A check that fails is logged and counted by its cause.

    Raises:
        CheckNotRun: whatever befell the check; the answer is still given.
    """
    began = time.monotonic()
    try:
        found = checker.run(task, payload)
        wanted = {name: found[name] for name in fields} | {"line": found.get("line")}
    except CheckNotRun as not_run:
        count("ChecksNotRun", cause=not_run.cause)
        logger.warning(
            "a check was not run", extra={"task": task, "cause": not_run.cause, "reason": not_run.reason}
        )
        raise
    except Exception as error:
        count("ChecksNotRun", cause="crashed")
        log_exception(error, "a check was not run", task=task, cause="crashed")
        raise CheckNotRun("crashed", type(error).__name__) from error
    if "fault" in found:  # a verdict was given, but something failed on the way to it
        count("CheckFaults", fault=found["fault"])
        logger.warning("a check met a fault", extra={"task": task, "reason": str(found["fault"])[:64]})
    if "doubt" in found:  # two ways of computing differ, or the second came to no result
        count("CheckDoubts", doubt=found["doubt"])
        logger.warning("a check is in doubt", extra={"task": task, "reason": str(found["doubt"])[:64]})
    log_event(
        "checked",
        task=task,
        status=str(found.get("status") or found.get("solver"))[:32],
        method=str(found.get("method") or "solver")[:32],
        ms=round((time.monotonic() - began) * 1000),
    )
    return wanted


def verified(checker: Checker, plan: Plan, answer: str) -> bool:
    """Whether the check proves *answer* to be the final answer. Raises CheckNotRun."""
    payload = {"problem": plan.subject["problem"], "final_answer": answer, "solution": "", "language": "en"}
    return checker.run("mathematics", payload).get("status") == "verified"


def unchecked(plan: Plan, result: Mapping[str, Any]) -> bool:
    """Whether the check of *result* is still to be made."""
    if plan.kind == "solve":
        verification = result["verification"]
        return verification is None or verification["method"] == NOT_RUN
    return not result["checked"]


def without_unmade_check(result: Mapping[str, Any]) -> dict[str, Any]:
    """*result* as it is cached: a check that was not run leaves no verdict behind."""
    kept = dict(result)
    verification = kept.get("verification")
    if verification is not None and verification["method"] == NOT_RUN:
        kept["verification"] = None
    return kept


def _decide(checker: Checker, result: dict[str, Any], language: str) -> None:
    if not result["premises"]:
        result["checked"] = True
        return  # without what the conclusion is drawn from, the solver would judge another argument
    payload = {
        "premises": result["premises"],
        "conclusion": result["conclusion"],
        "missing": [
            {"text": text, "formula": formula}
            for text, formula in zip(result["missing_premises"], result["missing_formulas"], strict=False)
        ],
        "language": language,
    }
    try:
        found = _run(
            checker, "logic", payload, ("verdict", "solver", "countermodel", "missing_that_suffices")
        )
    except CheckNotRun:
        return
    result["checked"] = True
    sufficient = found["missing_that_suffices"]
    result["validity"] = result["validity"] | {name: found[name] for name in ("solver", "countermodel")}
    if found["verdict"] == "inconsistent":
        name, explanation = _INCONSISTENT[language]
        result["fallacies"] = [*result["fallacies"], {"name": name, "explanation": explanation}]
    missing = list(result["missing_premises"])
    if isinstance(sufficient, int) and 0 <= sufficient < len(missing):
        missing[sufficient] += _SUFFICES[language]
        result["missing_premises"] = missing
