"""A problem's text as its formulas and the words around them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from embedded_model.algebra.formula import FormulaError, Relation
from embedded_model.algebra.grammar import parse
from embedded_model.algebra.lexer import Token, tokenize

__all__ = ["Reading", "read"]

_LONGEST = 2_000
_WORDLIKE = frozenset({"a", "A", "I"})
_TRAILING = frozenset({":", "=", "-"})


@dataclass(frozen=True)
class Reading:
    """*skeleton*: the words with ``{0}``, ``{1}`` … where the formulas were, lower case, without punctuation."""

    skeleton: str
    formulas: tuple[Relation, ...]

    @property
    def words(self) -> str:
        """The words alone."""
        return " ".join(re.sub(r"\{\d+\}", " ", self.skeleton).split())


def read(text: str) -> Reading | None:
    """The reading of *text*; ``None`` where a formula in it is not understood."""
    if len(text) > _LONGEST:
        return None
    parts: list[str] = []
    formulas: list[Relation] = []
    for run in _runs(tokenize(text)):
        if isinstance(run, str):
            parts.append(run)
            continue
        try:
            formulas.append(parse(run))
        except FormulaError:
            return None
        parts.append(f"{{{len(formulas) - 1}}}")
    return Reading(" ".join(parts), tuple(formulas))


def _runs(tokens: Sequence[Token]) -> list[str | list[Token]]:
    """Words, and runs of mathematics between them."""
    out: list[str | list[Token]] = []
    current: list[Token] = []
    depth = 0

    def close() -> None:
        nonlocal current, depth
        while current and current[-1].text in _TRAILING:
            current.pop()
        while current and current[0].text == ":":
            current.pop(0)
        if len(current) == 1 and current[0].text in _WORDLIKE and current[0].kind == "name":
            out.append(current[0].text.lower())
        elif current:
            out.append(current)
        current, depth = [], 0

    for at, token in enumerate(tokens):
        if _is_article(tokens, at):
            close()
            out.append(token.text.lower())
            continue
        if (
            token.kind in {"word", "end", "break"}
            or (token.kind == "comma" and depth <= 0)
            or token.text == ":"
        ):
            close()
            if token.kind == "word":
                out.append(token.text)
            continue
        depth += (token.text in {"(", "[", "{"}) - (token.text in {")", "]", "}"})
        current.append(token)
    close()
    return out


def _is_article(tokens: Sequence[Token], at: int) -> bool:
    """The "a" of "is 97 a prime", which is no factor."""
    token = tokens[at]
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    return token.text in _WORDLIKE and not token.glued and following is not None and following.kind == "word"
