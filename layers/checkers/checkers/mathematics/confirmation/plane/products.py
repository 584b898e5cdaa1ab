"""The second way of questions about vectors by their lengths and products: a search for all that is told."""

from __future__ import annotations

import mpmath  # type: ignore[import-untyped]

from checkers.mathematics.confirmation.evaluation.arithmetic import inexact
from checkers.mathematics.confirmation.solutions import values_under
from checkers.mathematics.confirmation.told import Confirmation, Told
from checkers.mathematics.problem.vectors import told_of_vectors

__all__ = ["PRODUCTS"]


def _products(told: Told) -> bool | None:
    products, _ = told_of_vectors(told.word("told"), told.ask.read, told.facts.parse_list)
    if told.has("turn"):
        cosine = products.cosine(*(products.vector(told.tree(group)) for group in "gh"))
        return values_under(told, cosine, [mpmath.cos(inexact(told.result) * mpmath.pi / 180)])
    return values_under(told, products.number(told.tree("g")), told.results)


PRODUCTS: dict[str, Confirmation] = {"products._products": _products}
