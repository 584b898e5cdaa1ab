"""What the right answer to a recognised problem is.

Computed, and with what the problem asks of its form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from checkers.mathematics.formulas.nodes import Node
from checkers.mathematics.formulas.units import Unit

__all__ = ["Expected", "Kind"]

type Kind = str
"""value, expression, antiderivative, roots, pair, system, region, equation, matrix, digits, word or choice."""


@dataclass(frozen=True)
class Expected:
    """The right answer and the way that led to it.

    `kind` and `values`: one number (value), one expression (expression), the integrand (antiderivative), all solutions (roots), the places of a
    point (pair), solutions as mappings (system), one set (region), left minus right (equation), one matrix, one
    integer to be written in `base` (digits), one of several words (word), or the letter of an option (choice).
    `names` are those that the answer may use. `unit` is what a bare number counts. `decimals` is set where the
    problem asks for rounding. `form` is how it is to be written: factored, expanded, simplified, polar, primes, decimal,
    fraction, mixed, scientific, percent (with its sign), interval, unit (in `unit` and no other) or plain (without a unit). `question` is the tree that was asked
    about, so that giving it back is no answer. `options` are the texts of a choice by their letters.
    """

    kind: Kind
    values: tuple[Any, ...]
    method: str
    names: tuple[str, ...] = ()
    unit: Unit | None = None
    decimals: int | None = None
    base: int = 0
    form: str = ""
    question: Node | None = None
    solutions: tuple[Mapping[str, Any], ...] = ()
    inner: Expected | None = None
    """What the right option says, where `kind` is choice."""
    options: Mapping[str, str] = field(default_factory=dict)
