"""A solved problem, and how it is written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from embedded_model.values.formalisation import Formalisation

__all__ = ["Language", "Say", "Solution", "Step"]

Language = Literal["en", "zh"]


@dataclass(frozen=True)
class Say:
    """Says a thing in the language of the answer."""

    language: Language

    def __call__(self, english: str, chinese: str) -> str:
        return chinese if self.language == "zh" else english


@dataclass(frozen=True)
class Step:
    """One step: what is done, and why and how (Markdown with LaTeX)."""

    title: str
    text: str


@dataclass(frozen=True)
class Solution:
    """What was found: *answer* is LaTeX without dollars, *check* says how it was tested.

    *formalisation* is the problem as equations, where it is a word problem.
    """

    kind: str
    information: str
    steps: tuple[Step, ...]
    answer: str
    check: str
    formalisation: Formalisation | None = None
