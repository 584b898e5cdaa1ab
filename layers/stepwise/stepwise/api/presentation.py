"""What one client asked for, as far as it shapes the body of its answer and not the computation."""

from __future__ import annotations

from typing import Any

from stepwise.api.schemas import AnalyzeRequest, ChatRequest, SolveRequest

__all__ = ["presentation_of"]


def presentation_of(request: SolveRequest | AnalyzeRequest | ChatRequest) -> dict[str, Any]:
    """Plain values, so that they can wait in a job; see :func:`stepwise.answering.results.shape`."""
    common = {"include_reasoning": request.include_reasoning}
    match request:
        case SolveRequest():
            return common | {"verify": request.verify, "problem": request.problem}
        case AnalyzeRequest():
            return common | {"verify": request.verify}
        case ChatRequest():
            return common | {"temperature": request.temperature, "top_p": request.top_p}
