"""Decide when a thinking is closed: its budget is used up, its answer is proved, or it repeats itself."""

from __future__ import annotations

from typing import Literal

from stepwise.answering.drafting.draft import Draft
from stepwise.answering.drafting.proof_search import ProofSearch
from stepwise.plan import Plan
from stepwise.text.repetition import loop_start
from stepwise.text.thinking import Thinking
from stepwise.text.thinking_meter import ThinkingMeter, closing_text

__all__ = ["Ending", "ThinkingWatch", "close_thinking"]

Ending = Literal["budget", "proof", "loop", "silent"]
"""``silent``: the model stopped inside its thinking."""


class ThinkingWatch:
    """Follows *draft* while it grows; the result depends on the text, not on its division into calls."""

    def __init__(self, plan: Plan, draft: Draft, mode: Thinking, proof: ProofSearch | None = None) -> None:
        self._plan = plan
        self._draft = draft
        self._proof = proof
        self._meter = ThinkingMeter(mode, text=draft.text, tokens=draft.tokens, thought=draft.thought)

    @property
    def thinking(self) -> bool:
        """Whether the draft ends inside a thinking that may be closed."""
        return self._meter.thinking and not self._draft.ended_by

    @property
    def tagged(self) -> bool:
        """Whether the thinking at the end of the draft began with a tag."""
        return self.thinking and self._meter.tagged

    def count(self, text: str, tokens: int) -> None:
        """Count *tokens* that the model has just written; :meth:`commit` stores the count in the draft."""
        if not self._draft.ended_by:
            self._meter.feed(text, tokens)

    def commit(self) -> None:
        """Store the counts in the draft, which now has the text of all counted tokens."""
        if not self._draft.ended_by:
            self._draft.thought = self._meter.thought

    @property
    def used_up(self) -> bool:
        """Whether the model is thinking and its budget is used up."""
        budget = self._plan.thinking_budget
        return self.thinking and 0 < budget <= self._meter.thought

    def ending(self, text: str) -> Ending | None:
        """The reason to close the thinking, or None; *text* is the text since the last call."""
        draft = self._draft
        if not self.thinking:
            return None
        if self.used_up:
            return "budget"
        if self._proof is not None and text:
            self._proof.feed(text)
            draft.checks = self._proof.checks
            if self._proof.proved:
                return "proof"
        return "loop" if text and loop_start(draft.text) is not None else None

    def loops(self, *, broken: bool = False) -> bool:
        """Whether the draft ends in a repetition."""
        return loop_start(self._draft.text, broken=broken) is not None


def close_thinking(plan: Plan, draft: Draft, ending: Ending, *, broken: bool = False) -> str:
    """Close the thinking at the end of *draft*, after removing a repetition at its end; returns the added text."""
    if ending == "loop":
        draft.text = draft.text[: loop_start(draft.text, broken=broken)]
    added = closing_text(draft.text, plan.answer_start)
    draft.text += added
    draft.ended_by = ending
    draft.closed_at = draft.tokens
    draft.answer_from = len(draft.text)
    return added
