"""The tree of a formula, which keeps the form in which it was written."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Binary", "Call", "FormulaError", "Name", "Negative", "Node", "Number", "Relation"]


class FormulaError(ValueError):
    """Not a formula of this grammar, or too large for it."""


@dataclass(frozen=True)
class Number:
    """A decimal number as it was written."""

    text: str


@dataclass(frozen=True)
class Name:
    """A variable, or a constant: ``pi``, ``e``, ``i``, ``oo``."""

    text: str


@dataclass(frozen=True)
class Negative:
    """Minus something."""

    body: Node


@dataclass(frozen=True)
class Binary:
    """*op* is one of ``+ - * / ^``; *implicit*: a product written without a sign."""

    op: str
    left: Node
    right: Node
    implicit: bool = False


@dataclass(frozen=True)
class Call:
    """A function, also ``percent``, ``factorial``, ``degree``, ``integral``, ``limit`` and ``derivative``."""

    name: str
    arguments: tuple[Node, ...]


Node = Number | Name | Negative | Binary | Call


@dataclass(frozen=True)
class Relation:
    """Sides with signs between them: ``a < b <= c`` has three sides; one side alone is an expression."""

    sides: tuple[Node, ...]
    signs: tuple[str, ...] = ()
