"""A cursor over the tokens of a formula."""

from __future__ import annotations

from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.formulas.tokens import Token

__all__ = ["Cursor"]

DEEPEST = 120


class Cursor:
    """The current position in the tokens."""

    def __init__(self, stream: list[Token], functions: frozenset[str]) -> None:
        self._stream = stream
        self._functions = functions
        self._at = 0
        self._depth = 0
        self._bars = 0

    @property
    def token(self) -> Token:
        return self._stream[self._at]

    def _peek(self, ahead: int = 1) -> Token:
        return self._stream[min(self._at + ahead, len(self._stream) - 1)]

    def _is(self, kind: str, *texts: str) -> bool:
        return self.token.kind == kind and (not texts or self.token.text in texts)

    def _take(self, kind: str, *texts: str) -> Token:
        if not self._is(kind, *texts):
            raise NotUnderstood(f"{' '.join(texts) or kind} is missing before {self.token.text!r}")
        token = self.token
        self._at += 1
        return token

    def _accept(self, kind: str, *texts: str) -> bool:
        if self._is(kind, *texts):
            self._at += 1
            return True
        return False

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise NotUnderstood("too deep")
