r"""Parse an answer to a problem into analysis, numbered steps and final answer.

The expected layout is that of the solve prompt (three parts with headings, numbered steps, ``\boxed{}``); other layouts
that models write are accepted too. Each field is a verbatim part of the answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from stepwise.parsing import steps as outline
from stepwise.parsing.final_answer import final_answer

__all__ = ["Solution", "Step", "final_answer", "read_solution"]


@dataclass(frozen=True)
class Step:
    """One step: its title, if it has one, and its text (Markdown with LaTeX)."""

    title: str | None
    text: str

    def as_dict(self) -> dict[str, str | None]:
        return {"title": self.title, "text": self.text}


@dataclass(frozen=True)
class Solution:
    """The fields of a solution; a part that the answer does not have is None or empty."""

    analysis: str | None
    steps: tuple[Step, ...]
    final_answer: str | None


def read_solution(text: str, *, steps: bool) -> Solution:
    """Parse *text*, an answer without its thinking; with ``steps=False`` only the final answer."""
    final = final_answer(text)
    if not steps:
        return Solution(None, (), final)
    analysis, found = outline.read(text)
    return Solution(analysis, tuple(Step(title, body) for title, body in found), final)
