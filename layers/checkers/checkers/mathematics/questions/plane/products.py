"""Questions about vectors of which lengths and products are told, but no coordinates."""

from __future__ import annotations

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.formulas.units import UNITS
from checkers.mathematics.problem.facts import Relation
from checkers.mathematics.problem.vectors import told_of_vectors
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.values import value_expected
from checkers.mathematics.solving.equations import possible_values

__all__ = ["QUESTIONS"]


@asked(
    r"(?P<told>.*⟦\d+⟧.*?)(?:[.,]|,? then) ?(?:then )?(?:find|compute|what is|determine|calculate|evaluate)(?: the value of)? <g>",
    r"(?P<told>.*⟦\d+⟧.*?)(?:[.,]|,? then) ?(?:then )?(?:find|compute|what is|determine) the (?P<turn>angle) between (?:the vectors )?<g> and <h>(?P<degrees>,? in degrees)?",
    takes="equations",
    words="vectors between",
)
def _products(ask: Ask) -> Expected:
    """A number made of vectors that lengths and products of them decide."""
    facts = ask.facts
    if facts.equations or facts.functions:
        raise NotUnderstood("more is given")
    products, relations = told_of_vectors(ask.word("told"), ask.read, facts.parse_list)
    facts.equations += [Relation(left, "=", right) for left, right in relations]
    if ask.has("turn"):
        vectors = [products.vector(ask.tree(group)) for group in "gh"]
        values = possible_values(products.cosine(*vectors), facts)
        if len(values) != 1 or not (ask.has("degrees") or "degree" in ask.notes):
            raise NotUnderstood("several angles, or no unit")
        return Expected("value", (sp.acos(values[0]) * 180 / sp.pi,), "geometry", unit=UNITS["degree"])
    values = possible_values(products.number(ask.tree("g")), facts)
    if len(values) != 1:
        raise NotUnderstood("several values")
    return value_expected(ask, values[0], None, method="geometry")


QUESTIONS = (_products,)
