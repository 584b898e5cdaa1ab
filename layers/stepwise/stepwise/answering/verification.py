"""Check an answer by something that is not the model; a check that cannot be made is said to be so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from stepwise.plan import Plan

__all__ = ["Checker", "NoChecker", "SandboxChecker", "check", "task_of"]

_KILLED = {
    "zh": "在限定的时间和内存内没有查完。",
    "en": "The check did not end within its time and memory.",
}
_NO_CHECKER = {"zh": "这里没有安装验算程序。", "en": "No checker is installed here."}
_NO_ANSWER = {"zh": "没有最终答案可以验算。", "en": "There is no final answer to check."}
_SUFFICES = {"zh": "（补上这一条，结论就成立）", "en": " (with this premise the conclusion follows)"}
_INCONSISTENT = {
    "zh": ("前提互相矛盾", "求解器发现这些前提不能同时成立，因此任何结论都可以从中推出。"),
    "en": (
        "Inconsistent premises",
        "The solver finds that the premises cannot all be true at once, so anything follows from them.",
    ),
}


class Checker(Protocol):
    """A process that checks; ``run`` raises what it likes when it cannot."""

    def start(self, task: str) -> None: ...

    def run(self, task: str, payload: dict[str, Any]) -> dict[str, Any]: ...


class NoChecker:
    """Where the checkers are not installed."""

    def start(self, task: str) -> None:
        return

    def run(self, task: str, payload: dict[str, Any]) -> dict[str, Any]:
        raise LookupError(task)


class SandboxChecker:
    """The checkers' process, made at the first use: nothing of it is imported where nothing is checked."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._sandbox: Any = None

    def start(self, task: str) -> None:
        """Let the process come up, with what *task* needs, while the model writes."""
        self._made(task).start()

    def run(self, task: str, payload: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = self._made(task).run(task, payload)
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
    """The checkers' task for this kind of answer; None where nothing is to be checked."""
    if not plan.subject.get("verify"):
        return None
    return {"solve": "mathematics", "analyze": "logic"}.get(plan.kind)


def check(checker: Checker, plan: Plan, result: dict[str, Any]) -> None:
    """Fill in what the check of *result* says: ``verification`` of a solution, ``validity`` of an analysis."""
    language = plan.subject["language"]
    if plan.kind == "solve":
        result["verification"] = _verification(checker, plan, result, language)
    elif plan.kind == "analyze":
        _decide(checker, result, language)


def _verification(checker: Checker, plan: Plan, result: Mapping[str, Any], language: str) -> dict[str, str]:
    if not result["solution"]:
        return _unverifiable(_NO_ANSWER[language])
    payload = {
        "problem": plan.subject["problem"],
        "final_answer": result["final_answer"],
        "solution": result["solution"],
        "language": language,
    }
    try:
        found = checker.run("mathematics", payload)
        return {name: str(found[name]) for name in ("status", "method", "detail")}
    except LookupError:
        return _unverifiable(_NO_CHECKER[language])
    except Exception:  # noqa: BLE001 - whatever befalls a check, the answer is still given
        return _unverifiable(_KILLED[language])


def _unverifiable(detail: str) -> dict[str, str]:
    return {"status": "unverifiable", "method": "none", "detail": detail}


def _decide(checker: Checker, result: dict[str, Any], language: str) -> None:
    result["checked"] = True
    if not result["premises"]:
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
        found = checker.run("logic", payload)
        verdict, solver, countermodel = found["verdict"], found["solver"], found["countermodel"]
        sufficient = found["missing_that_suffices"]
    except Exception:  # noqa: BLE001 - whatever befalls a check, the analysis is still given
        return
    result["validity"] = result["validity"] | {"solver": solver, "countermodel": countermodel}
    if verdict == "inconsistent":
        name, explanation = _INCONSISTENT[language]
        result["fallacies"] = [*result["fallacies"], {"name": name, "explanation": explanation}]
    missing = list(result["missing_premises"])
    if isinstance(sufficient, int) and 0 <= sufficient < len(missing):
        missing[sufficient] += _SUFFICES[language]
        result["missing_premises"] = missing
