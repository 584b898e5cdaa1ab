"""The draft of one answer: the text that the model has written so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from stepwise.plan import known_fields

__all__ = ["Draft", "restart"]


@dataclass
class Draft:
    """The raw text that the model has written so far, thinking included, and its figures; plain values.

    ``tokens`` counts the tokens of ``text``, ``spent`` those of discarded text. ``reason`` is empty until the answer is
    complete (``stop``) or out of tokens (``length``). ``thought`` counts the tokens of the thinking; if we closed it,
    ``ended_by`` says why (see ``thinking_watch``), ``closed_at`` is ``tokens`` at that moment, and ``answer_from`` the
    offset of the answer in ``text``. ``checks`` is the number of candidates of the thinking that were checked.
    ``reading_until`` is not 0 while the host processes a prompt, also after the call was closed: the latest end of that
    in epoch seconds.
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
        """The draft of a record that this or another release wrote."""
        return cls(**known_fields(cls, value))


def restart(draft: Draft) -> None:
    """Discard the text; its tokens stay counted.

    If the thinking was closed, only the answer after it is discarded.
    """
    draft.spent += draft.tokens - draft.closed_at
    draft.tokens = draft.closed_at
    draft.text = draft.text[: draft.answer_from]
    if not draft.ended_by:
        draft.thought = 0
