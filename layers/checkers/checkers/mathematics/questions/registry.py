"""The kinds of problems that are recognised, each by sentences that must match from the first to the last word."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.nodes import Node
from checkers.mathematics.problem.facts import Facts
from checkers.mathematics.problem.reading import Reading, pattern

__all__ = ["Ask", "Question", "asked"]

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


@dataclass(frozen=True)
class Question:
    """One kind of question: the sentences that it is asked in, and what computes its answer."""

    patterns: tuple[re.Pattern[str], ...]
    handler: Handler

    @property
    def name(self) -> str:
        return f"{self.handler.__module__.rpartition('.')[2]}.{self.handler.__name__}"


def asked(*shapes: str) -> Callable[[Handler], Question]:
    """Make a question of a handler and the shapes of the sentences that ask it."""

    def question(handler: Handler) -> Question:
        return Question(tuple(pattern(shape + r" ?[.?:]*") for shape in shapes), handler)

    return question
