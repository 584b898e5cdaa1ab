"""Questions: the kinds of problems that are recognised, with the sentences that ask them and their handlers.

A sentence must match from the first to the last word. Every word must be in a group that the handler read, a fixed part
of the question, or in the closed list of words that cannot state a condition, and the question must use everything that
the problem gives. Otherwise the problem is not recognised.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.problem.facts import Facts
from checkers.mathematics.problem.kinds import KIND_WORDS, kinds_of
from checkers.mathematics.problem.notes import in_shape, shape_of
from checkers.mathematics.problem.reading import Reading, pattern
from checkers.mathematics.problem.vocabulary import fixed_words, unaccounted

__all__ = ["Ask", "Question", "asked"]

Handler = Callable[["Ask"], Expected]


class Ask:
    """A matched question: its words and formulas, and what the problem gives.

    Handlers read the groups of the pattern by these methods, which record what was read.
    """

    def __init__(
        self, match: re.Match[str], facts: Facts, read: Reading, options: Mapping[str, str] | None = None
    ) -> None:
        self.match = match
        self._groups = match.groupdict()
        self._seen: set[str] = set()
        self.facts = facts
        self.read = read
        self.options: Mapping[str, str] = options or {}
        self.text = match.group()
        self.notes = read.notes

    def has(self, group: str) -> bool:
        """Whether the group is there and holds anything; asking counts as reading where it holds fixed words."""
        text = self._groups.get(group)
        if text and not re.search(r"\d", text):
            self._seen.add(group)
        return bool(text)

    def word(self, group: str) -> str:
        """The words of the group, or nothing where it is not there."""
        self._seen.add(group)
        return (self._groups.get(group) or "").strip()

    def kinds(self, group: str = "kind") -> frozenset[str]:
        """The kinds of number that the words of the group name. Raises `NotUnderstood` for a word not known."""
        return kinds_of(self.word(group))

    def formula(self, group: str) -> str:
        """The first formula of the group."""
        return self.formulas(group)[0]

    def formulas(self, group: str) -> list[str]:
        """All formulas of the group."""
        self._seen.add(group)
        return [self.read.formulas[int(number)] for number in re.findall(r"\d+", self._groups[group] or "")]

    def tree(self, group: str) -> Node:
        """The first formula of the group, parsed."""
        return self.facts.parse(self.formula(group))

    def unread(self, words: frozenset[str]) -> list[str]:
        """The words of the sentence that were not read."""
        spans = [_slot_span(self.match, group) for group in self._seen if self._groups.get(group)]
        return unaccounted(self.match.group(), spans, fixed_words(self.match.re) | words)


def _slot_span(match: re.Match[str], group: str) -> tuple[int, int]:
    """The span of a group, with the brackets of its slot."""
    start, end = match.span(group)
    if match.string[start - 1 : start] == "⟦" and match.string[end : end + 1] == "⟧":
        return start - 1, end + 1
    return start, end


@dataclass(frozen=True)
class Question:
    """A kind of question: the patterns of its sentences, and the handler that computes its answer.

    `takes` says which of `equations`, `constraints` and `kinds` the handler enforces when the problem gives any.
    `words` are those of its sentences that all mean the same here, such as `largest` and `greatest`.
    """

    patterns: tuple[re.Pattern[str], ...]
    handler: Handler
    takes: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return f"{self.handler.__module__.rpartition('.')[2]}.{self.handler.__name__}"

    def answer(self, ask: Ask) -> Expected:
        """The expected answer. Raises `NotUnderstood` if a part of the problem was not used."""
        if ask.facts.given() - self.takes:
            raise NotUnderstood("something is given that the question does not use")
        expected = self.handler(ask)
        if _HOW_MANY.search(ask.text) and expected.kind in _ANSWERED_BY_THINGS:
            raise NotUnderstood("how many there are, or which they are")
        expected = in_shape(expected, shape_of(ask.read, ask.word("form"), ask.word("form")))
        if ask.unread(self.words):
            raise NotUnderstood("words that nobody has read")
        ask.facts.check_used()
        return expected


_HOW_MANY = re.compile(r"\bhow many\b|\bnumbers? of\b|个数|多少个|几个")
_ANSWERED_BY_THINGS = frozenset({"roots", "system", "pair", "region", "expression", "equation", "matrix"})


def asked(*shapes: str, takes: str = "", words: str = "") -> Callable[[Handler], Question]:
    """Make a question of a handler and the shapes of the sentences that ask it."""

    def question(handler: Handler) -> Question:
        patterns = tuple(pattern(shape + r" ?[.?:]*") for shape in shapes)
        same = frozenset(words.split())
        if same & KIND_WORDS:
            raise ValueError(f"a kind of number has to stand in a group that is read: {same & KIND_WORDS}")
        return Question(patterns, handler, frozenset(takes.split()), same)

    return question
