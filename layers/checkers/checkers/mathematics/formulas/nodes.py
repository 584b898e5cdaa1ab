"""Unevaluated syntax tree of a formula."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Node", "NotUnderstood", "size"]


class NotUnderstood(ValueError):
    """A text that the grammar does not accept, or that is too large; the answer is then `unverifiable`."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the tree: its `kind`, its name, digits or operators as `text`, and its `parts`.

    Kinds: num (text: digits), mixed, repeating, based (text: digits_base), name, const (pi, e, i, oo), neg, pos,
    add, sub, mul, div, pow, call (text: function), apply (text: a named function of the problem), fact, pct, deg,
    abs, tuple (text: its brackets), set, list, rel (text: operators, space-separated), pm (text: pm or mp), matrix
    (text: rows x columns), cup, cap, cases (formula, condition, ...), sum, prod, int, lim, diff, ratio, prime, dots, mod, text.
    """

    kind: str
    parts: tuple[Node, ...] = ()
    text: str = ""


def size(node: Node) -> int:
    """Number of nodes of the tree."""
    count = 0
    waiting = [node]
    while waiting:
        count += 1
        waiting.extend(waiting.pop().parts)
    return count
