"""Ask the witnesses of a cached answer that has no confidence yet: an earlier release's, or one nobody wanted checked."""

from __future__ import annotations

from typing import Any

from stepwise.answering.caller import Caller
from stepwise.answering.dependencies import Dependencies
from stepwise.answering.joining import begin_for
from stepwise.answering.owner_life import Client, hand_over
from stepwise.answering.tasks import task_for
from stepwise.answering.witnesses.levels import confidence_of
from stepwise.answering.witnesses.state import Witnessing
from stepwise.answering.work import Progress, store
from stepwise.coordination.jobs import new_job_id
from stepwise.errors import StepwiseError
from stepwise.observability import count, log_event
from stepwise.plan import Plan

__all__ = ["complete_confidence"]


def complete_confidence(deps: Dependencies, plan: Plan, result: dict[str, Any], caller: Caller) -> None:
    """Fill in the confidence of a cached *result* where its check decides it; else let a worker ask the witnesses.

    The client does not wait for that: the answer is given with ``confidence`` null, and who asks later finds the
    renewed one. Never raises.
    """
    task = task_for(plan.kind)
    if not task.has_witnesses or result.get("confidence") is not None:
        return
    if task.status(result) in ("verified", "refuted") or plan.subject.get("effort", "low") == "low":
        result["confidence"] = confidence_of(result, plan.subject["problem"], deps.calibration)
        store(deps, plan, result)
        return
    if deps.shared is None:
        return
    waiter_id = new_job_id()
    try:
        begun = begin_for(deps, deps.shared, plan, caller, waiter_id, wants_slot=False)
        if begun is not None and begun.ownership is not None:
            progress = Progress(witnessing=Witnessing(result=result))
            hand_over(begun.ownership, progress, Client(waiter_id, takes_job=True))
            log_event("cached answer renewed", run_id=begun.run.id)
            count("Renewals")
    except StepwiseError as error:
        log_event("cached answer not renewed", reason=error.reason or error.code)
