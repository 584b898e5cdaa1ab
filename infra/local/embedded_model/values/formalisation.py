"""A word problem as equations: what is given, what each unknown is, and which of them is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

__all__ = ["Equation", "Formalisation", "Given", "Operand", "Operator"]

Operator = Literal["+", "-", "*", "/"]
# The name of a given or of an unknown, or a number that the problem does not give (12 months, 100 hundredths).
Operand = str | Fraction


@dataclass(frozen=True)
class Given:
    """A number of the problem: *words* is the part of the text that gives it, *unit* what is counted, or empty."""

    name: str
    value: Fraction
    words: str
    unit: str


@dataclass(frozen=True)
class Equation:
    """``unknown = left operator right``; names stand for givens, or for unknowns of earlier equations."""

    unknown: str
    left: Operand
    operator: Operator
    right: Operand


@dataclass(frozen=True)
class Formalisation:
    """*givens* are those that the equations use, in the order of the text; *asked* is the unknown of the last equation.

    *unit* is what is asked for in the problem's words (``marbles``, ``元``), or empty.
    """

    givens: tuple[Given, ...]
    equations: tuple[Equation, ...]
    asked: str
    unit: str
