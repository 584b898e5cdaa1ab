"""What the grammar makes of a formula: a small tree that has been computed by nobody yet."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Node", "NotUnderstood", "size"]


class NotUnderstood(ValueError):
    """Text that the grammar does not know, or that is too large; never an error of ours, always `unverifiable`."""


@dataclass(frozen=True, slots=True)
class Node:
    """One construct. `kind` says which, `text` is its name, digits or operators, `parts` what it is made of.

    Kinds: num (text: digits), mixed, repeating, based (text: digits_base), name, const (pi, e, i, oo), neg, pos,
    add, sub, mul, div, pow, call (text: function), apply (text: a named function of the problem), fact, pct, deg,
    abs, tuple (text: its brackets), set, list, rel (text: operators, space-separated), pm (text: pm or mp), matrix
    (text: rows x columns), cup, cap, cases (formula, condition, ...), sum, prod, int, lim, diff, ratio, prime, dots, mod, text.
    """

    kind: str
    parts: tuple[Node, ...] = ()
    text: str = ""


def size(node: Node) -> int:
    """How many constructs the tree holds."""
    count = 0
    waiting = [node]
    while waiting:
        count += 1
        waiting.extend(waiting.pop().parts)
    return count
