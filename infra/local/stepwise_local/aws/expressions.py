"""DynamoDB's expressions: their text becomes a tree of tuples, which ``evaluation`` works out.

A path is a tuple of names, placeholders (``#n``) and list indices. Operands are ``("path", path)``, ``("value", ":v")``
and ``("call", function, operands)``; conditions ``("and", a, b)``, ``("or", a, b)``, ``("not", a)``,
``(comparator, a, b)``, ``("between", a, low, high)``, ``("in", a, operands)`` and ``("call", function, operands)``.

Source: "Using expressions in DynamoDB" in AWS's developer guide.
"""

from __future__ import annotations

import functools
import re
from typing import Any

from stepwise_local.aws.errors import invalid

__all__ = ["Path", "parse_condition", "parse_paths", "parse_update"]

type Path = tuple[str | int, ...]

_TOKEN = re.compile(r"\s*(#\w+|:\w+|[A-Za-z_][\w-]*|\d+|<>|<=|>=|[=<>(),.\[\]+-])")
_NAME = re.compile(r"#\w+|[A-Za-z_][\w-]*")
_COMPARATORS = {"=", "<>", "<", "<=", ">", ">="}
_TESTS = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
}
_VALUES = {"size": 1, "if_not_exists": 2, "list_append": 2}
_DEEPEST = 100


@functools.lru_cache(1024)
def parse_condition(text: str) -> Any:
    """The tree of a condition, filter or key condition expression.

    Raises:
        AwsError: ValidationException.
    """
    parser = _Parser(text)
    tree = parser.condition()
    parser.end()
    return tree


@functools.lru_cache(1024)
def parse_paths(text: str) -> tuple[Path, ...]:
    """The paths of a projection expression."""
    parser = _Parser(text)
    paths = [parser.path()]
    while parser.take(","):
        paths.append(parser.path())
    parser.end()
    return tuple(paths)


@functools.lru_cache(1024)
def parse_update(text: str) -> tuple[tuple[str, Path, Any], ...]:
    """The actions of an update expression: its word, a path, and an operand (None after REMOVE).

    The operand of SET may be ``("+", a, b)`` or ``("-", a, b)``.
    """
    parser = _Parser(text)
    actions: list[tuple[str, Path, Any]] = []
    words = set()
    while not parser.at_end():
        word = parser.next().upper()
        if word not in ("SET", "REMOVE", "ADD", "DELETE") or word in words:
            raise invalid(f"Invalid UpdateExpression: Syntax error; token: {word}")
        words.add(word)
        actions.append(parser.action(word))
        while parser.take(","):
            actions.append(parser.action(word))
    if not actions:
        raise invalid("Invalid UpdateExpression: The expression can not be empty;")
    return tuple(actions)


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens: list[str] = []
        self._index = 0
        self._depth = 0
        at = 0
        text = text.rstrip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if not found:
                raise invalid(f"Invalid expression: Syntax error near: {text[at : at + 20]}")
            self._tokens.append(found[1])
            at = found.end()

    def at_end(self) -> bool:
        return self._index >= len(self._tokens)

    def end(self) -> None:
        if not self.at_end():
            raise invalid(f"Invalid expression: Syntax error; token: {self._tokens[self._index]}")

    def peek(self) -> str:
        return "" if self.at_end() else self._tokens[self._index]

    def next(self) -> str:
        if self.at_end():
            raise invalid("Invalid expression: Syntax error; it ends too early")
        self._index += 1
        return self._tokens[self._index - 1]

    def take(self, *tokens: str) -> bool:
        if self.peek().upper() in tokens:
            self._index += 1
            return True
        return False

    def expect(self, token: str) -> None:
        if not self.take(token):
            raise invalid(f"Invalid expression: Syntax error; token: {self.peek() or '<EOF>'}")

    def condition(self) -> Any:
        tree = self._all()
        while self.take("OR"):
            tree = ("or", tree, self._all())
        return tree

    def _all(self) -> Any:
        tree = self._one()
        while self.take("AND"):
            tree = ("and", tree, self._one())
        return tree

    def _one(self) -> Any:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise invalid("Invalid expression: it is nested too deep")
        try:
            if self.take("NOT"):
                return ("not", self._one())
            if self.take("("):
                tree = self.condition()
                self.expect(")")
                return tree
            if self.peek() in _TESTS and self._tokens[self._index + 1 : self._index + 2] == ["("]:
                return self._call(_TESTS)
            return self._comparison()
        finally:
            self._depth -= 1

    def _comparison(self) -> Any:
        left = self.operand()
        if self.take("BETWEEN"):
            low = self.operand()
            self.expect("AND")
            return ("between", left, low, self.operand())
        if self.take("IN"):
            self.expect("(")
            operands = [self.operand()]
            while self.take(","):
                operands.append(self.operand())
            self.expect(")")
            return ("in", left, tuple(operands))
        comparator = self.next()
        if comparator not in _COMPARATORS:
            raise invalid(f"Invalid expression: Syntax error; token: {comparator}")
        return (comparator, left, self.operand())

    def operand(self) -> Any:
        if self.peek().startswith(":"):
            return ("value", self.next())
        if self.peek() in _VALUES and self._tokens[self._index + 1 : self._index + 2] == ["("]:
            return self._call(_VALUES)
        return ("path", self.path())

    def _call(self, functions: dict[str, int]) -> Any:
        function = self.next()
        self.expect("(")
        operands = [self.operand()]
        while self.take(","):
            operands.append(self.operand())
        self.expect(")")
        if len(operands) != functions[function]:
            raise invalid(
                f"Invalid expression: Incorrect number of operands for operator or function; operator or "
                f"function: {function}, number of operands: {len(operands)}"
            )
        return ("call", function, tuple(operands))

    def path(self) -> Path:
        parts: list[str | int] = [self._name()]
        while True:
            if self.take("."):
                parts.append(self._name())
            elif self.take("["):
                index = self.next()
                if not index.isdigit():
                    raise invalid(f"Invalid expression: Syntax error; token: {index}")
                parts.append(int(index))
                self.expect("]")
            else:
                return tuple(parts)

    def _name(self) -> str:
        name = self.next()
        if not _NAME.fullmatch(name):
            raise invalid(f"Invalid expression: Syntax error; token: {name}")
        return name

    def action(self, word: str) -> tuple[str, Path, Any]:
        path = self.path()
        if word == "REMOVE":
            return word, path, None
        if word != "SET":
            return word, path, self.operand()
        self.expect("=")
        operand = self.operand()
        if self.peek() in ("+", "-"):
            operand = (self.next(), operand, self.operand())
        return word, path, operand
