"""What of a request shapes the body of its answer and not the computation."""

from __future__ import annotations

from stepwise.answering.tasks import Presentation
from stepwise.api.schemas import AnalyzeRequest, ChatRequest, SolveRequest

__all__ = ["presentation_of"]


def presentation_of(request: SolveRequest | AnalyzeRequest | ChatRequest) -> Presentation:
    match request:
        case SolveRequest():
            return Presentation(request.include_reasoning, request.verify, request.problem)
        case AnalyzeRequest():
            return Presentation(request.include_reasoning, request.verify)
        case ChatRequest():
            return Presentation(
                request.include_reasoning, temperature=request.temperature, top_p=request.top_p
            )
