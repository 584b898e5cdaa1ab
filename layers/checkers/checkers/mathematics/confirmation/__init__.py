"""A second way to each verdict, which shares no code with the first.

Fractions, intervals, trial, search, quadrature.

Nothing is verified or refuted by one computation alone. What both ways share is the reading of the problem and the
trees of its formulas; neither SymPy nor the modules that build and compare its objects are used here.
"""

from __future__ import annotations

from typing import Literal

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.answers.meanings import Meaning
from checkers.mathematics.confirmation.algebra import ALGEBRA
from checkers.mathematics.confirmation.analysis import ANALYSIS
from checkers.mathematics.confirmation.answers import says_the_same
from checkers.mathematics.confirmation.counting import COUNTED
from checkers.mathematics.confirmation.evaluation.arithmetic import (
    Scope,
    evaluate,
    inexact,
    is_near,
    scope_of,
)
from checkers.mathematics.confirmation.evaluation.errors import CannotTell, Undefined
from checkers.mathematics.confirmation.evaluation.results import number_of
from checkers.mathematics.confirmation.extremes import EXTREMES
from checkers.mathematics.confirmation.forms import are_the_letters
from checkers.mathematics.confirmation.geometry import GEOMETRY
from checkers.mathematics.confirmation.integers import INTEGERS
from checkers.mathematics.confirmation.laws import LAWS
from checkers.mathematics.confirmation.lists import LISTS
from checkers.mathematics.confirmation.options import OPTIONS
from checkers.mathematics.confirmation.parameters import PARAMETERS
from checkers.mathematics.confirmation.plane.flats import FLATS
from checkers.mathematics.confirmation.plane.graphs import GRAPHS
from checkers.mathematics.confirmation.plane.places import PLACES
from checkers.mathematics.confirmation.plane.products import PRODUCTS
from checkers.mathematics.confirmation.plane.quantities import QUANTITIES
from checkers.mathematics.confirmation.sets import COLLECTIONS
from checkers.mathematics.confirmation.told import Confirmation, Told
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.problem.wrapped import Form
from checkers.mathematics.questions.registry import Ask

__all__ = [
    "CONFIRMATIONS",
    "Doubt",
    "doubt_of_answer",
    "doubt_of_letters",
    "doubt_of_result",
    "doubt_of_statement",
]

CONFIRMATIONS: dict[str, Confirmation] = {
    **ALGEBRA,
    **ANALYSIS,
    **COLLECTIONS,
    **COUNTED,
    **EXTREMES,
    **FLATS,
    **GEOMETRY,
    **GRAPHS,
    **INTEGERS,
    **LAWS,
    **LISTS,
    **OPTIONS,
    **PARAMETERS,
    **PLACES,
    **PRODUCTS,
    **QUANTITIES,
}
"""The second way of each question, by the question's name."""

Doubt = Literal["", "differs", "unconfirmed"]
"""Nothing; the two ways differ; the second way came to no result."""

_CANNOT = (
    ArithmeticError, AttributeError, IndexError, KeyError, NotImplementedError, RecursionError, TypeError, ValueError,
    CannotTell, NotUnderstood, Undefined,
)  # fmt: skip


def doubt_of_result(question: str, ask: Ask, expected: Expected) -> Doubt:
    """Whether the second way comes to the result that the first way found."""
    confirmation = CONFIRMATIONS.get(question)
    if confirmation is None:
        return "unconfirmed"
    try:
        return _doubt(confirmation(Told(ask, expected)), agreed=True)
    except _CANNOT:
        return "unconfirmed"


def doubt_of_answer(expected: Expected, given: Meaning, ask: Ask, *, verdict: bool) -> Doubt:
    """Whether the answer's own numbers bear the verdict out."""
    try:
        return _doubt(says_the_same(expected, given, scope_of(ask.facts)), agreed=verdict)
    except _CANNOT:
        return "unconfirmed"


def doubt_of_letters(form: Form, expected: Expected, inner: Expected, ask: Ask) -> Doubt:
    """Whether the letters of a form are those that the inner result has."""
    (letters,), (asked,), (value,) = expected.solutions, expected.values, inner.values
    try:
        scope = scope_of(ask.facts)
        return _doubt(are_the_letters(form, letters, number_of(value), number_of(asked), scope), agreed=True)
    except _CANNOT:
        return "unconfirmed"


def doubt_of_statement(left: Node, right: Node, *, nearly: bool) -> Doubt:
    """Whether the sides of an equality that was found false differ in the second way too."""
    scope = Scope()
    try:
        one, other = (inexact(evaluate(tree, scope)) for tree in (left, right))
    except _CANNOT:
        return "unconfirmed"
    apart = abs(one - other)
    return "" if apart > (abs(one) / 100 if nearly else 0) and not is_near(one, other) else "differs"


def _doubt(second: bool | None, *, agreed: bool) -> Doubt:
    if second is None:
        return "unconfirmed"
    return "" if bool(second) == agreed else "differs"
