"""The confidence of a result: its level by its check and its witnesses, and what that was worth when measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stepwise.answering.calibration.figures import Calibration
from stepwise.answering.calibration.problem_class import problem_class
from stepwise.answering.tasks.confidence import Confidence, Evidence, Level

__all__ = ["confidence_of"]


def confidence_of(
    result: Mapping[str, Any],
    problem: str,
    calibration: Calibration,
    *,
    evidence: list[Evidence] | None = None,
    settled: bool = False,
) -> Confidence:
    """The confidence of a checked *result*; *evidence* is what its witnesses say.

    *settled* is whether a majority of the votes gives its final answer.
    """
    verification = result["verification"] or {}
    status = verification.get("status")
    heard = list(evidence or ())
    if status in ("verified", "refuted"):
        heard.insert(
            0,
            {
                "kind": "recomputation",
                "agrees": status == "verified",
                "answer": result["final_answer"] if status == "verified" else None,
                "detail": verification["detail"],
            },
        )
    step = result.get("false_step")
    if step and status != "refuted":
        heard.append({"kind": "steps", "agrees": False, "answer": None, "detail": step})
    kind = problem_class(problem, result["final_answer"])
    level = _level(status, heard, settled=settled)
    if level == "corroborated" and not calibration.corroborates(kind):
        level = "single"
    return {"level": level, "evidence": heard, "measured": calibration.measured(kind, level)}


def _level(status: str | None, evidence: list[Evidence], *, settled: bool) -> Level:
    if status == "verified":
        return "proved"
    if status == "refuted":
        return "refuted"
    if not evidence:
        return "single"
    if any(each["kind"] == "steps" for each in evidence):
        return "disputed"
    return "corroborated" if settled else "disputed"
