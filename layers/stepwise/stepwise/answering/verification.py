"""Check answers with the checkers (SymPy, Z3), and report a check that could not be run.

A check that was killed or is not installed gives no verdict: its method is ``not_run``, it is never cached, and the
next request runs it again.
"""

from __future__ import annotations

import time
from operator import itemgetter
from typing import Any, Protocol

from stepwise.answering.tasks import task_for
from stepwise.answering.tasks.task import CheckCause
from stepwise.observability import count, log_event, log_exception, logger
from stepwise.plan import Plan

__all__ = [
    "CheckNotRun",
    "Checker",
    "NoChecker",
    "SandboxChecker",
    "check",
    "run_check",
    "task_of",
    "verified",
]


class CheckNotRun(Exception):
    """A check without a result. *cause* is ``time``, ``memory``, ``crashed`` or ``not_installed``.

    *reason* is for the log and contains nothing of what was checked.
    """

    def __init__(self, cause: CheckCause, reason: str) -> None:
        super().__init__(reason)
        self.cause = cause
        self.reason = reason


class Checker(Protocol):
    """A process that runs checks."""

    def start(self, task: str) -> None: ...

    def run(self, task: str, payload: dict[str, Any]) -> dict[str, Any]:
        """The result of *task*. Raises CheckNotRun."""


class NoChecker:
    """For functions without the checkers' layer: every check is not run."""

    def start(self, task: str) -> None:
        return

    def run(self, task: str, payload: dict[str, Any]) -> dict[str, Any]:
        raise CheckNotRun("not_installed", "the function has no layer with checkers")


class SandboxChecker:
    """Runs checks in a sandboxed process; it is imported and started at the first use."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._sandbox: Any = None

    def start(self, task: str) -> None:
        """Start the process and import what *task* needs, while the model writes."""
        self._made(task).start()

    def run(self, task: str, payload: dict[str, Any]) -> dict[str, Any]:
        sandbox = self._made(task)
        from checkers.failures import CheckKilled

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
    """The checkers' task for this plan; None if nothing is checked.

    An answer that will be cached is checked, whether or not this client asks for it.
    """
    if not (plan.subject.get("verify") or plan.store):
        return None
    return task_for(plan.kind).checker


def check(checker: Checker, plan: Plan, result: dict[str, Any]) -> None:
    """Check *result* and store the verdict in it, or why the check was not run."""
    task, language = task_for(plan.kind), plan.subject["language"]
    if task.checker is None:
        return
    payload = task.payload(plan, result)
    if payload is None:
        task.nothing_to_check(result, language)
        return
    try:
        found = _checked(checker, task.checker, payload, task.verdict)
    except CheckNotRun as not_run:
        task.check_not_run(result, not_run.cause, language)
    else:
        task.take_verdict(result, found, language)


def _checked(checker: Checker, task: str, payload: dict[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    """The *fields* of a check's result, and its ``line`` and ``step`` (None if it has none). Raises CheckNotRun."""
    began = time.monotonic()
    found = run_check(checker, task, payload, fields)
    log_event(
        "checked",
        task=task,
        status=str(found.get("status") or found.get("solver"))[:32],
        method=str(found.get("method") or "solver")[:32],
        ms=round((time.monotonic() - began) * 1000),
    )
    return {name: found.get(name) for name in (*fields, "line", "step")}


def run_check(
    checker: Checker, task: str, payload: dict[str, Any], fields: tuple[str, ...]
) -> dict[str, Any]:
    """The result of *task*, which has all of *fields*. One that is not run is logged and counted by its cause.

    Raises:
        CheckNotRun: for every fault of the check.
    """
    try:
        found = checker.run(task, payload)
        itemgetter(*fields)(found)  # a field that is missing is a fault too
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
    if "fault" in found:  # there is a verdict, but an unforeseen exception on the way to it
        count("CheckFaults", fault=found["fault"])
        logger.warning("a check met a fault", extra={"task": task, "reason": str(found["fault"])[:64]})
    if "doubt" in found:  # the two computations differ, or the second has no result
        count("CheckDoubts", doubt=found["doubt"])
        logger.warning("a check is in doubt", extra={"task": task, "reason": str(found["doubt"])[:64]})
    return found


def verified(checker: Checker, plan: Plan, answer: str) -> bool:
    """Whether the checker verifies *answer*, a candidate from the thinking. Raises CheckNotRun."""
    task = task_for(plan.kind)
    if task.checker is None:
        return False
    return checker.run(task.checker, task.proof_payload(plan, answer)).get("status") == "verified"
