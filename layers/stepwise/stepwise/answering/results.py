"""From what the model wrote to the fields of the HTTP contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stepwise.answering.drafting.draft import Draft
from stepwise.parsing.analysis import read_analysis
from stepwise.parsing.solution import read_solution
from stepwise.plan import Plan
from stepwise.text.thinking import Thinking, split

__all__ = [
    "REFUTED_TTL_SECONDS",
    "Spent",
    "cacheable",
    "check_rank",
    "is_refuted",
    "read_result",
    "shape",
    "ttl_seconds",
]

REFUTED_TTL_SECONDS = 300
"""A refuted answer is reused only this long."""


@dataclass(frozen=True)
class Spent:
    """What an earlier answer, which was refuted, has cost: tokens, tokens of its prompt and thinking, milliseconds."""

    tokens: int = 0
    prompt_tokens: int = 0
    thinking_tokens: int = 0
    duration_ms: int = 0


_NOTHING = Spent()


def read_result(plan: Plan, draft: Draft, *, thinking: Thinking, earlier: Spent = _NOTHING) -> dict[str, Any]:
    """All fields of an answer, thinking included; :func:`shape` leaves out what a client did not ask for.

    What an *earlier* answer has cost is part of its usage.
    """
    transcript = split(draft.text, complete=draft.reason == "stop", thinking=thinking)
    answer = transcript.answer if transcript.answered else ""
    common = {
        "model": plan.model,
        "reasoning": transcript.thinking or None,
        "finish_reason": draft.reason if transcript.answered else "length",
        "condensed": plan.subject.get("condensed"),
        "usage": {
            "prompt_tokens": draft.prompt_tokens + earlier.prompt_tokens,
            "completion_tokens": draft.tokens + draft.spent + earlier.tokens,
            "thinking_tokens": draft.thought + earlier.thinking_tokens,
            "duration_ms": draft.model_ms + earlier.duration_ms,
        },
        "thinking": {"tokens": draft.thought, "ended_by": _ended_by(draft, answered=transcript.answered)},
    }
    match plan.kind:
        case "solve":
            return _solution(plan, answer) | common
        case "analyze":
            return _analysis(answer) | common
    return {"response": answer} | common


def _ended_by(draft: Draft, *, answered: bool) -> str:
    """Who ended the thinking: the model, a proof, or its budget (also where it ran in circles or out of tokens)."""
    if draft.ended_by == "proof":
        return "proof"
    if draft.ended_by in ("budget", "loop") or not answered:
        return "budget"
    return "model"


def _solution(plan: Plan, answer: str) -> dict[str, Any]:
    solution = read_solution(answer, steps=plan.subject["steps"])
    return {
        "solution": answer,
        "analysis": solution.analysis,
        "steps": [{"title": step.title, "text": step.text} for step in solution.steps],
        "final_answer": solution.final_answer,
        "verification": None,
        "false_line": None,
    }


def _analysis(answer: str) -> dict[str, Any]:
    found = read_analysis(answer)
    fields: dict[str, Any] = found.as_dict()
    fields["validity"] = {"model": found.model_verdict, "solver": "unknown", "countermodel": None}
    return fields | {
        "analysis": answer,
        "missing_formulas": list(found.missing_formulas),
        "checked": False,
    }


def cacheable(result: Mapping[str, Any]) -> bool:
    """A whole answer that is one; a cut one is never reused."""
    text = result.get("solution") or result.get("analysis")
    return result["finish_reason"] == "stop" and bool(text)


def is_refuted(result: Mapping[str, Any]) -> bool:
    """Whether the check says that the answer is wrong."""
    return _status(result) == "refuted"


def check_rank(result: Mapping[str, Any]) -> int:
    """How well *result* is checked: 3 verified, 2 corroborated, 1 unverifiable, 0 refuted or not checked.

    A cached answer never gives way to one of a lower rank. The verdict of the solver is to an analysis what
    ``verified`` is to a solution.
    """
    match _status(result):
        case "verified":
            return 3
        case "refuted":
            return 0
        case "" if "verification" in result:
            return 0
    if (result.get("validity") or {}).get("solver", "unknown") != "unknown":
        return 3
    return 2 if (result.get("confidence") or {}).get("level") == "corroborated" else 1


def ttl_seconds(result: Mapping[str, Any], ordinary: int) -> int:
    """Seconds for which *result* is reused; a refuted one only briefly."""
    return min(ordinary, REFUTED_TTL_SECONDS) if is_refuted(result) else ordinary


def _status(result: Mapping[str, Any]) -> str:
    return str((result.get("verification") or {}).get("status", ""))


def shape(
    kind: str, result: Mapping[str, Any], presentation: Mapping[str, Any], *, cached: bool
) -> dict[str, Any]:
    """The 200 body for one client; *presentation* is what that client sent (see :mod:`stepwise.api.presentation`)."""
    reasoning = result["reasoning"] if presentation["include_reasoning"] else None
    common = {
        "finish_reason": result["finish_reason"],
        "thinking": result.get("thinking"),
        "usage": {"thinking_tokens": 0} | result["usage"],
    }
    match kind:
        case "solve":
            return {
                "success": True,
                "problem": presentation["problem"],
                "solution": result["solution"],
                "model": result["model"],
                "analysis": result["analysis"],
                "steps": result["steps"],
                "final_answer": result["final_answer"],
                "verification": result["verification"] if presentation["verify"] else None,
                "reasoning": reasoning,
                "cached": cached,
                "condensed": result["condensed"],
            } | common
        case "analyze":
            return {
                "success": True,
                "analysis": result["analysis"],
                "model": result["model"],
                "premises": result["premises"],
                "conclusion": result["conclusion"],
                "relations": result["relations"],
                "reasoning_chain": result["reasoning_chain"],
                "proof_idea": result["proof_idea"],
                "missing_premises": result["missing_premises"],
                "fallacies": result["fallacies"],
                "validity": _validity(result, presentation),
                "reasoning": reasoning,
                "cached": cached,
                "condensed": result["condensed"],
            } | common
    return {
        "success": True,
        "response": result["response"],
        "model": result["model"],
        "metadata": {"temperature": presentation["temperature"], "top_p": presentation["top_p"]},
        "reasoning": reasoning,
    } | common


def _validity(result: Mapping[str, Any], presentation: Mapping[str, Any]) -> Mapping[str, Any]:
    validity: Mapping[str, Any] = result["validity"]
    if presentation["verify"]:
        return validity
    return {"model": validity["model"], "solver": "unknown", "countermodel": None}
