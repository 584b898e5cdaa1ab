"""Questions that are answered by counting: whole numbers with properties, and what can happen in an experiment."""

from __future__ import annotations

from checkers.mathematics.questions.counting import arrangements, experiments, whole_numbers

__all__ = ["QUESTIONS"]

QUESTIONS = (
    *whole_numbers.QUESTIONS,
    *experiments.QUESTIONS,
    *arrangements.QUESTIONS,
)
