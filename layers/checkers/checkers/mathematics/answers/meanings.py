"""What a final answer says, in a form that can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from checkers.mathematics.formulas.nodes import Node
from checkers.mathematics.formulas.units import Unit

__all__ = ["Equation", "Listed", "Meaning", "Named", "Ordered", "Quantity", "Region", "Word"]


@dataclass(frozen=True)
class Quantity:
    """A number, expression or matrix, with the unit that it carries.

    `tree` is how it was written.
    """

    value: Any
    unit: Unit | None = None
    tree: Node | None = None
    decimals: int | None = None
    """How many decimals it was written with; None: not as a decimal number."""
    approximate: bool = False
    base: int = 0
    """The base that its digits name; 0: none."""


@dataclass(frozen=True)
class Named:
    """`x = 3`: what is said of a name."""

    name: str
    value: Quantity | Ordered


@dataclass(frozen=True)
class Listed:
    """Several answers whose order says nothing: roots, elements of a set.

    `braces`: written as a set.
    """

    items: tuple[Meaning, ...]
    braces: bool = False
    joined: str = ","
    """What stands between them: a comma, `or` or `and`."""


@dataclass(frozen=True)
class Ordered:
    """A point, pair or vector: the order matters.

    `brackets` as written; () is an open interval as well.
    """

    items: tuple[Quantity, ...]
    brackets: str = "()"


@dataclass(frozen=True)
class Region:
    """A set of real numbers; `name` is the variable it was written with, or empty."""

    numbers: Any
    name: str = ""


@dataclass(frozen=True)
class Equation:
    """A relation in several variables, as `left` minus `right`, and its sign."""

    difference: Any
    sign: str = "="
    tree: Node | None = None


@dataclass(frozen=True)
class Word:
    """An answer in words, or the letter of an option."""

    text: str


Meaning = Quantity | Named | Listed | Ordered | Region | Equation | Word
