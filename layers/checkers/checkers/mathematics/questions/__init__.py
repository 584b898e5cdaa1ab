"""The kinds of problems that are recognised, in the order in which they are tried; the first that understands answers."""

from __future__ import annotations

from checkers.mathematics.questions import (
    calculus,
    chinese,
    collections,
    coordinates,
    counting,
    divisors,
    equations,
    extremes,
    functions,
    identities,
    laws,
    numbers,
    parameters,
    sequences,
    shapes,
    space,
    values,
    vectors,
)
from checkers.mathematics.questions.plane import flats, graphs, places, products, quantities
from checkers.mathematics.questions.registry import Ask, Question

__all__ = ["QUESTIONS", "Ask", "Question"]

QUESTIONS: tuple[Question, ...] = (
    *calculus.QUESTIONS,
    *chinese.QUESTIONS,
    *collections.QUESTIONS,
    *coordinates.QUESTIONS,
    *divisors.QUESTIONS,
    *equations.QUESTIONS,
    *extremes.QUESTIONS,
    *functions.QUESTIONS,
    *identities.QUESTIONS,
    *laws.QUESTIONS,
    *numbers.QUESTIONS,
    *parameters.QUESTIONS,
    *sequences.QUESTIONS,
    *shapes.QUESTIONS,
    *space.QUESTIONS,
    *values.QUESTIONS,
    *vectors.QUESTIONS,
    *counting.QUESTIONS,
    *flats.QUESTIONS,
    *graphs.QUESTIONS,
    *places.QUESTIONS,
    *products.QUESTIONS,
    *quantities.QUESTIONS,
)
