"""The kinds of problems that are recognised, each by sentences that must match from the first to the last word."""

from __future__ import annotations

import re
from collections.abc import Callable

from checkers.mathematics.expected import Expected
from checkers.mathematics.facts import Facts
from checkers.mathematics.nodes import Node
from checkers.mathematics.reading import Reading, pattern

__all__ = ["Ask", "asked", "asks"]

Handler = Callable[["Ask"], Expected]


class Ask:
    """One question that has been matched: its words and formulas, and what the problem gives."""

    def __init__(self, match: re.Match[str], facts: Facts, read: Reading) -> None:
        self.match = match
        self.facts = facts
        self.read = read
        self.text = match.group()
        self.notes = read.notes

    def has(self, group: str) -> bool:
        return bool(self.match.groupdict().get(group))

    def word(self, group: str) -> str:
        return (self.match.groupdict().get(group) or "").strip()

    def formula(self, group: str) -> str:
        return self.read.formulas[int(re.findall(r"\d+", self.match[group])[0])]

    def formulas(self, group: str) -> list[str]:
        return [self.read.formulas[int(number)] for number in re.findall(r"\d+", self.match[group])]

    def tree(self, group: str) -> Node:
        return self.facts.parse(self.formula(group))


_REGISTERED: list[tuple[re.Pattern[str], Handler]] = []


def asked(*shapes: str) -> Callable[[Handler], Handler]:
    """Register a handler for questions of these shapes; the first one that understands gives the answer."""

    def register(handler: Handler) -> Handler:
        _REGISTERED.extend((pattern(shape + r" ?[.?:]*"), handler) for shape in shapes)
        return handler

    return register


def asks() -> list[tuple[re.Pattern[str], Handler]]:
    """All shapes with their handlers."""
    return _REGISTERED
