"""A stretch of words that a grammar reads from left to right, with whole numbers in figures or in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from checkers.mathematics.formulas.grammar import parse_list
from checkers.mathematics.formulas.nodes import Node, NotUnderstood

__all__ = ["NUMBER", "Phrase", "whole_number"]

_UNITS = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_POWERS = {"one hundred": 100, "a hundred": 100, "one thousand": 1000, "a thousand": 1000}
_WORDS = {**_UNITS, **_POWERS}
NUMBER = "(?:" + "|".join(sorted(_WORDS, key=len, reverse=True)) + r"|⟦\d+⟧)"
"""A number as a regular expression: a slot, or a word for 0 to 20, the tens, 100 or 1000."""

_PLAIN = re.compile(r"\d{1,3}(?:(?:,|\{,\}|,\\!)\d{3})+|\d+")


class Phrase:
    """Sentences with slots, taken piece by piece from the left; what is left at the end was not read."""

    def __init__(self, text: str, formulas: Sequence[str]) -> None:
        self.left = re.sub(r"\s+", " ", text).strip()
        self.formulas = formulas

    def take(self, shape: str) -> re.Match[str] | None:
        """Take what matches the shape at the left, to the end of a word, with the space after it."""
        match = re.match(rf"(?:{shape})(?![a-z0-9'-]) ?", self.left)
        if match is not None:
            self.left = self.left[match.end() :]
        return match

    def attempt[T, *More](self, reader: Callable[[Phrase, *More], T], *more: *More) -> T | None:
        """What the reader makes of what is left; nothing is taken where it does not understand."""
        before = self.left
        try:
            return reader(self, *more)
        except NotUnderstood:
            self.left = before
            return None

    def need(self, shape: str) -> re.Match[str]:
        match = self.take(shape)
        if match is None:
            raise NotUnderstood("another word was awaited")
        return match

    def end(self) -> None:
        """Raises `NotUnderstood` where anything but the marks that end a question is left."""
        if self.left.strip(" ?.!"):
            raise NotUnderstood("words that nobody has read")

    def integer(self) -> int:
        """A whole number in figures or in a word."""
        return whole_number(self.need(NUMBER).group().strip(), self.formulas)

    def integers(self) -> list[int]:
        """All numbers of one slot, or one in a word."""
        written = self.need(NUMBER).group().strip()
        if written in _WORDS:
            return [_WORDS[written]]
        text = self.formulas[int(written[1:-1])].strip().rstrip(",")
        return (
            [whole_number(text, ())]
            if _PLAIN.fullmatch(text)
            else [_literal(tree) for tree in self.trees(text)]
        )

    def tree(self) -> Node:
        """A formula, or a number in a word."""
        written = self.need(NUMBER).group().strip()
        if written in _WORDS:
            return Node("num", text=str(_WORDS[written]))
        (tree,) = self.trees(self.formulas[int(written[1:-1])])
        return tree

    @staticmethod
    def trees(formula: str) -> tuple[Node, ...]:
        text = formula.strip().rstrip(",")
        if _PLAIN.fullmatch(text):
            return (Node("num", text=str(whole_number(text, ()))),)
        tree = parse_list(text, frozenset())
        return tree.parts if tree.kind == "list" else (tree,)


def _literal(tree: Node) -> int:
    if tree.kind != "num" or not tree.text.isdigit():
        raise NotUnderstood("no whole number")
    return int(tree.text)


def whole_number(written: str, formulas: Sequence[str]) -> int:
    """The value of a word or a slot that holds plain digits. Raises `NotUnderstood`."""
    if written in _WORDS:
        return _WORDS[written]
    text = formulas[int(written[1:-1])].strip() if written.startswith("⟦") else written
    if not _PLAIN.fullmatch(text) or len(text) > 20:
        raise NotUnderstood("no whole number")
    return int(re.sub(r"\D", "", text))
