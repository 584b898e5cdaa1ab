"""What a client is told of an answer's confidence: the level, what it rests on, and what it was worth when measured."""

from __future__ import annotations

from typing import Literal, TypedDict

__all__ = ["Confidence", "Evidence", "Level", "Measured"]

Level = Literal["proved", "corroborated", "single", "disputed", "refuted"]


class Evidence(TypedDict):
    """What one witness says: whether it agrees with the final answer, its own answer, and how it came to it."""

    kind: Literal["recomputation", "steps", "formalisation", "second_answer"]
    agrees: bool
    answer: str | None
    detail: str


class Measured(TypedDict):
    """The share of right answers at a level in a measured set: a 95 % interval, of ``n`` answers, ``on`` which set."""

    precision: float
    low: float
    high: float
    n: int
    on: str


class Confidence(TypedDict):
    """How far a final answer can be relied on. ``measured`` is null where nothing was measured."""

    level: Level
    evidence: list[Evidence]
    measured: Measured | None
