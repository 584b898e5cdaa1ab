"""A cursor over the tokens of a formula, with its brackets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from checkers.logic.errors import FormulaError
from checkers.logic.lexer import Kind, Token

__all__ = ["DEEPEST", "Cursor"]

DEEPEST = 60
"""Brackets, negations, quantifiers and functions inside one another."""


class Cursor:
    """Walks over the signs; ``offset`` is where the first of them stands in the text that errors speak of."""

    def __init__(self, found: Sequence[Token], offset: int) -> None:
        self.tokens = found
        self.offset = offset
        self.at = 0
        self.partner = self._brackets()

    @property
    def here(self) -> Token:
        return self.tokens[self.at]

    def ahead(self, by: int = 1) -> Token:
        return self.tokens[min(self.at + by, len(self.tokens) - 1)]

    def advance(self) -> Token:
        token = self.here
        self.at += 1
        return token

    def at_end(self) -> bool:
        return self.here.kind == "end"

    def skip(self, kind: Kind) -> bool:
        if self.here.kind != kind:
            return False
        self.advance()
        return True

    def fail(self, code: str, token: Token | None = None) -> NoReturn:
        token = token or self.here
        raise FormulaError(code, token.at + self.offset, token.value)

    def _brackets(self) -> dict[int, int]:
        """For each opening bracket the index of its closing one."""
        partner: dict[int, int] = {}
        opened: list[int] = []
        for at, token in enumerate(self.tokens):
            if token.kind == "open":
                opened.append(at)
                if len(opened) > DEEPEST:
                    self.fail("too_deep", token)
            elif token.kind == "close":
                if not opened or self.tokens[opened[-1]].value != token.value:
                    self.fail("bracket_not_opened", token)
                partner[opened.pop()] = at
        if opened:
            self.fail("bracket_not_closed", self.tokens[opened[-1]])
        return partner

    def used_behind(self, names: Sequence[str], *, commas_end: bool) -> bool:
        """Whether a variable is used behind the next atom or bracket, where a narrow scope would leave it unbound.

        Looks to the end of the brackets, or to the next comma if ``commas_end``, or to where the variable is bound again.
        """
        at = self._behind_operand(self.at)
        while at < len(self.tokens):
            token = self.tokens[at]
            if token.kind in ("close", "end") or (token.kind == "comma" and commas_end):
                return False
            if token.kind == "quantifier" and any(
                later.value in names for later in self.tokens[at + 1 : at + 3]
            ):
                return False
            if token.kind == "open":
                inside = self.tokens[at + 1 : self.partner[at]]
                if self._uses(inside, names):
                    return True
                at = self.partner[at]
            elif token.kind == "name" and token.value in names:
                return True
            at += 1
        return False

    def _uses(self, inside: Sequence[Token], names: Sequence[str]) -> bool:
        for at, token in enumerate(inside):
            if token.kind == "quantifier" and any(later.value in names for later in inside[at + 1 : at + 3]):
                return False
            if token.kind == "name" and token.value in names:
                return True
        return False

    def _behind_operand(self, at: int) -> int:
        while self.tokens[at].kind == "not":
            at += 1
        if self.tokens[at].kind in ("name", "number", "quoted"):
            at += 1
        if self.tokens[at].kind == "open":
            at = self.partner[at] + 1
        if self.tokens[at].kind == "relation":
            at += 2
            if self.tokens[min(at, len(self.tokens) - 1)].kind == "open":
                at = self.partner[at] + 1
        return at
