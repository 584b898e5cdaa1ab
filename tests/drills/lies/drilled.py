"""A problem of the drill: its text, its truth, and the wrong answers that are proposed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from drills.lies.notation import Language, Notation, Pen
from drills.lies.truths import Truth

__all__ = ["Drilled", "Family", "Posed"]


@dataclass(frozen=True)
class Posed:
    """What a family of problems makes: a text, the truth, and mistakes of its own beside the common ones.

    `truth` is None where nothing is the one right answer: a contradiction, or words that people read in two ways.
    Then every one of `decoys` must stay unverified.
    """

    text: str
    truth: Truth | None
    decoys: tuple[tuple[str, Truth], ...] = ()
    name: str = "x"


Family = Callable[[Pen], Posed]


@dataclass(frozen=True)
class Drilled:
    """A problem as it is put to the checker: right answers, and wrong ones with the kind of their mistake."""

    family: str
    notation: Notation
    language: Language
    text: str
    right: tuple[str, ...]
    wrong: tuple[tuple[str, str], ...] = field(default=())
