"""Syntax errors of formulas: a stable code, an offset, and the text there."""

from __future__ import annotations

__all__ = ["FormulaError"]


class FormulaError(ValueError):
    """A text that is not a formula.

    ``code`` is a key of :data:`checkers.logic.wording.PROBLEMS`; ``at`` counts characters from 0; ``what`` is the name or
    sign concerned, of at most 40 characters.
    """

    def __init__(self, code: str, at: int, what: str = "") -> None:
        self.code = code
        self.at = at
        self.what = what[:40]
        super().__init__(f"{code} at {at}: {self.what}" if what else f"{code} at {at}")
