"""Parse a draft into the result of its task; cache lifetime and shape of a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from stepwise.answering.drafting.draft import Draft
from stepwise.answering.tasks import Presentation, Task, task_for
from stepwise.answering.tasks.task import Result
from stepwise.plan import Plan
from stepwise.text.thinking import Thinking, split

__all__ = ["REFUTED_TTL_SECONDS", "Spent", "read_result", "shape", "ttl_seconds"]

REFUTED_TTL_SECONDS = 300
"""How long a refuted answer is reused."""


@dataclass(frozen=True)
class Spent:
    """Cost of an earlier, refuted answer: all tokens, tokens of its prompt and thinking, milliseconds."""

    tokens: int = 0
    prompt_tokens: int = 0
    thinking_tokens: int = 0
    duration_ms: int = 0


_NOTHING = Spent()


def read_result(plan: Plan, draft: Draft, *, thinking: Thinking, earlier: Spent = _NOTHING) -> dict[str, Any]:
    """The result of *plan*'s task, with the thinking; :func:`shape` leaves out what a client did not ask for.

    Its usage includes the cost of an *earlier* answer.
    """
    transcript = split(draft.text, complete=draft.reason == "stop", thinking=thinking)
    # A heading that we wrote when we closed the thinking is not an answer.
    begun = plan.answer_start.strip() if draft.ended_by else ""
    answered = transcript.answered and transcript.answer != begun
    answer = transcript.answer if answered else ""
    common: Result = {
        "model": plan.model,
        "reasoning": transcript.thinking or None,
        "finish_reason": "stop" if answered and draft.reason == "stop" else "length",
        "condensed": plan.subject.get("condensed"),
        "usage": {
            "prompt_tokens": draft.prompt_tokens + earlier.prompt_tokens,
            "completion_tokens": draft.tokens + draft.spent + earlier.tokens,
            "thinking_tokens": draft.thought + earlier.thinking_tokens,
            "duration_ms": draft.model_ms + earlier.duration_ms,
        },
        "thinking": {"tokens": draft.thought, "ended_by": _ended_by(draft, answered=answered)},
    }
    result: dict[str, Any] = task_for(plan.kind).read(plan, answer, common)
    return result


def _ended_by(draft: Draft, *, answered: bool) -> Literal["model", "proof", "budget"]:
    """Who ended the thinking: the model, a proof, or the budget (repetition and running out of tokens included)."""
    if draft.ended_by == "proof":
        return "proof"
    if draft.ended_by in ("budget", "loop") or not answered:
        return "budget"
    return "model"


def ttl_seconds(task: Task[Any], result: Mapping[str, Any], ordinary: int) -> int:
    """Seconds for which *result* is reused; few for a refuted one."""
    return min(ordinary, REFUTED_TTL_SECONDS) if task.is_refuted(result) else ordinary


def shape(
    kind: str, result: Mapping[str, Any], presentation: Presentation, *, cached: bool
) -> Mapping[str, Any]:
    """The 200 body of a *kind*'s task for one client."""
    return task_for(kind).present(result, presentation, cached=cached)
