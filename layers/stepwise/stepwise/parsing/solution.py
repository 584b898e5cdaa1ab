r"""What the model answered to a problem, as fields: analysis, numbered steps, the final answer.

The layout is the one that the solve prompt asks for (three headed parts, numbered steps, ``\boxed{}``), and any of those
that models write instead. Nothing is rewritten: fields are parts of the answer, cut out.
"""

from __future__ import annotations

from dataclasses import dataclass

from stepwise.parsing import steps as outline
from stepwise.parsing.final_answer import final_answer

__all__ = ["Solution", "Step", "final_answer", "read_solution"]


@dataclass(frozen=True)
class Step:
    """One step: its title if the model gave it one, and its text (Markdown with LaTeX)."""

    title: str | None
    text: str

    def as_dict(self) -> dict[str, str | None]:
        return {"title": self.title, "text": self.text}


@dataclass(frozen=True)
class Solution:
    """The fields of a solved problem; each is None or empty when the answer has no such part."""

    analysis: str | None
    steps: tuple[Step, ...]
    final_answer: str | None


def read_solution(text: str, *, steps: bool) -> Solution:
    """The fields of the answer *text* (thinking already split off); ``steps=False``: only the final answer."""
    final = final_answer(text)
    if not steps:
        return Solution(None, (), final)
    analysis, found = outline.read(text)
    return Solution(analysis, tuple(Step(title, body) for title, body in found), final)
