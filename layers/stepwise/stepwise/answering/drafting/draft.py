"""What the model has written so far for one answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from stepwise.plan import known_fields

__all__ = ["Draft", "restart"]


@dataclass
class Draft:
    """What the model has written so far: raw text, thinking included; plain values.

    ``tokens`` counts what was produced for ``text``; ``spent`` adds what was thrown away when a host could not go on.
    ``reason`` is empty until the answer is whole (``stop``) or out of tokens (``length``). ``thought`` counts the
    tokens of the thinking; where we closed it, ``ended_by`` says why (see ``thinking_watch``), ``closed_at`` is
    ``tokens`` at that moment and ``answer_from`` where the answer begins in ``text``. ``checks`` is how many candidates
    of the thinking were checked. ``reading_until`` is not 0 while the host reads a prompt: in epoch seconds, when it is
    sure to have read it, also where the call was closed.
    """

    text: str = ""
    tokens: int = 0
    spent: int = 0
    prompt_tokens: int = 0
    model_ms: int = 0
    first_token_ms: int = 0
    reason: str = ""
    breaks: int = 0
    thought: int = 0
    ended_by: str = ""
    closed_at: int = 0
    answer_from: int = 0
    checks: int = 0
    reading_until: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return dict(self.__dict__)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """The draft of a record, whichever release wrote it."""
        return cls(**known_fields(cls, value))


def restart(draft: Draft) -> None:
    """Throw away what is written; its tokens stay counted.

    Of an answer whose thinking was closed only the answer is thrown away: it is asked for at once.
    """
    draft.spent += draft.tokens - draft.closed_at
    draft.tokens = draft.closed_at
    draft.text = draft.text[: draft.answer_from]
    if not draft.ended_by:
        draft.thought = 0
