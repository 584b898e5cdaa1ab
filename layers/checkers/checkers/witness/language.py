"""The formal language of witnesses: lines of text to statements; nothing is computed here.

    given eggs = 16 "lay 16 eggs per day"
    given price = 2 "$2 per fresh duck egg"
    unknown sold "eggs sold"
    let income = sold * price
    equation sold + 7 = eggs
    ask income
    unit dollars
    kind money
    round 2

A line that begins with none of these words is left out; one that begins with them and does not fit refuses the whole.
Expressions are given to the grammar of formulas with each name replaced by x with a number, so a name can be any word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from checkers.mathematics.formulas.grammar import parse
from checkers.mathematics.formulas.nodes import Node, NotUnderstood

__all__ = ["KINDS", "Definition", "Equation", "Formalisation", "Given", "read"]

LONGEST_TEXT = 6_000
MOST_STATEMENTS = 48
LONGEST_LINE = 240
LONGEST_EXPRESSION = 160
LARGEST_DIGITS = 15

KINDS = frozenset(
    [
        "number",
        "count",
        "money",
        "length",
        "area",
        "volume",
        "mass",
        "time",
        "speed",
        "percent",
        "fraction",
        "ratio",
        "probability",
        "age",
    ]
)
"""What a quantity that is asked for can be; filters depend on it."""

_CALLS = frozenset(["floor", "ceil", "min", "max", "abs", "sqrt"])
_KNOWN = _CALLS | {"pi"}
_CONSTRUCTS = frozenset(["num", "name", "const", "neg", "pos", "add", "sub", "mul", "div", "pow", "call"])
_LINE = re.compile(
    r"\s*(?:[-*•]\s+)?`?(given|unknown|let|equation|ask|unit|kind|round)\b\s*:?\s*(.*?)`?\s*$", re.IGNORECASE
)
_NAME = r"[^\W\d]\w{0,39}"
_NAMES = re.compile(_NAME)
_QUOTED = r"[\"“”「『](.{1,160}?)[\"“”」』]"
_GIVEN = re.compile(rf"({_NAME})\s*=\s*([^\"“”「『]{{1,40}}?)\s*{_QUOTED}\s*\.?")
_UNKNOWN = re.compile(rf"({_NAME})(?:\s*{_QUOTED})?\s*\.?")
_LET = re.compile(rf"({_NAME})\s*=([^=]+)")
_VALUE = re.compile(r"[$¥￥]?\s*(\d+|\d{1,3}(?:,\d{3})+)(\.\d+)?\s*(?:/\s*(\d+))?\s*(%|％)?")
_EXPRESSION = re.compile(r"[\w\s.+\-*/^(),]*")
_SIGNS = str.maketrans(
    {"×": "*", "÷": "/", "−": "-", "–": "-", "·": "*", "（": "(", "）": ")", "＝": "=", "，": ","}
)


@dataclass(frozen=True)
class Given:
    """A value of the problem, and the words of the problem that state it."""

    name: str
    value: Fraction
    words: str


@dataclass(frozen=True)
class Definition:
    """A name for an expression."""

    name: str
    tree: Node
    text: str


@dataclass(frozen=True)
class Equation:
    """Two expressions that are equal."""

    left: Node
    right: Node
    text: str


@dataclass(frozen=True)
class Formalisation:
    """A problem as statements. ``symbols`` has the name in formulas of each name; ``asked`` is one formula.

    ``numerals`` are the numbers that stand in expressions, without those of the givens.
    """

    givens: tuple[Given, ...]
    definitions: tuple[Definition, ...]
    equations: tuple[Equation, ...]
    asked: Node
    asked_text: str
    symbols: Mapping[str, str]
    unknowns: tuple[str, ...] = ()
    numerals: frozenset[Fraction] = frozenset()
    unit: str = ""
    kind: str = "number"
    decimals: int | None = None


@dataclass
class _Lines:
    """The statements of a text by their first word, as they were written."""

    of: dict[str, list[str]] = field(default_factory=dict)

    def all(self, word: str) -> list[str]:
        return self.of.get(word, [])

    def last(self, word: str) -> str:
        lines = self.all(word)
        if len(lines) > 1:
            raise NotUnderstood(f"more than one {word}")
        return lines[0].strip(' ."“”') if lines else ""


def read(text: str) -> Formalisation:
    """The formalisation that stands in *text*. Raises `NotUnderstood`."""
    if len(text) > LONGEST_TEXT:
        raise NotUnderstood("too long")
    lines = _lines(text)
    givens = tuple(_given(line) for line in lines.all("given"))
    unknowns = tuple(_match(_UNKNOWN, line)[1] for line in lines.all("unknown"))
    lets = [_match(_LET, line) for line in lines.all("let")]
    symbols = _symbols([given.name for given in givens], unknowns, [match[1] for match in lets])
    numerals: set[Fraction] = set()
    definitions = tuple(
        Definition(match[1], _expression(match[2], symbols, numerals), match[0].strip()) for match in lets
    )
    equations = tuple(_equation(line, symbols, numerals) for line in lines.all("equation"))
    asked = lines.last("ask")
    decimals = lines.last("round")
    if decimals and not (decimals.isascii() and decimals.isdigit() and len(decimals) == 1):
        raise NotUnderstood("no number of decimals")
    kind = lines.last("kind").lower()
    return Formalisation(
        givens=givens,
        definitions=definitions,
        equations=equations,
        asked=_expression(_asked(asked), symbols, numerals),
        asked_text=asked,
        symbols=symbols,
        unknowns=unknowns,
        numerals=frozenset(numerals),
        unit=lines.last("unit")[:40],
        kind=kind if kind in KINDS else "number",
        decimals=int(decimals) if decimals else None,
    )


def _lines(text: str) -> _Lines:
    found = _Lines()
    count = 0
    for line in text.splitlines():
        match = _LINE.fullmatch(line) if len(line) <= LONGEST_LINE else None
        if match is None:
            continue
        count += 1
        if count > MOST_STATEMENTS:
            raise NotUnderstood("too many statements")
        found.of.setdefault(match[1].lower(), []).append(match[2].strip())
    return found


def _given(line: str) -> Given:
    match = _match(_GIVEN, line)
    return Given(match[1], _value(match[2].strip()), match[3].strip())


def _value(text: str) -> Fraction:
    """The number of a given: digits, a decimal, a fraction or a percentage."""
    match = _match(_VALUE, text)
    whole, decimals, below, percent = match.groups()
    if len(text) > LARGEST_DIGITS + 8 or (decimals and below):
        raise NotUnderstood("a number that is too long")
    value = Fraction(whole.replace(",", "") + (decimals or ""))
    if below:
        if int(below) == 0:
            raise NotUnderstood("a division by zero")
        value /= int(below)
    return value / 100 if percent else value


def _asked(line: str) -> str:
    """The expression behind ``ask``; words in quotes may follow it."""
    if not line:
        raise NotUnderstood("nothing is asked")
    return re.sub(rf"\s*{_QUOTED}?\s*$", "", line)


def _equation(line: str, symbols: Mapping[str, str], numerals: set[Fraction]) -> Equation:
    sides = line.translate(_SIGNS).split("=")
    if len(sides) != 2:
        raise NotUnderstood("an equation has two sides")
    left, right = (_expression(side, symbols, numerals) for side in sides)
    return Equation(left, right, line.strip())


def _expression(text: str, symbols: Mapping[str, str], numerals: set[Fraction]) -> Node:
    text = text.translate(_SIGNS).strip().rstrip(".,;")
    if not text or len(text) > LONGEST_EXPRESSION or not _EXPRESSION.fullmatch(text):
        raise NotUnderstood("no expression")
    tree = parse(_NAMES.sub(lambda match: _symbol(match[0], symbols), text))
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        waiting.extend(node.parts)
        if node.kind not in _CONSTRUCTS or len(node.text) > LARGEST_DIGITS:
            raise NotUnderstood(f"a {node.kind} in an expression")
        if node.kind == "num":
            numerals.add(Fraction(node.text))
    return tree


def _symbol(name: str, symbols: Mapping[str, str]) -> str:
    if name in symbols:
        return f" x_{{{symbols[name][2:]}}} "
    if name in _KNOWN:
        return name
    raise NotUnderstood("a name that nothing defines")


def _symbols(*groups: list[str] | tuple[str, ...]) -> dict[str, str]:
    """The name in formulas of each name; what is given is not defined again."""
    givens, unknowns, defined = groups
    for names in (givens, defined):
        if len(set(names)) != len(names):
            raise NotUnderstood("a name that has two meanings")
    if set(givens) & (set(unknowns) | set(defined)):
        raise NotUnderstood("a given that is unknown")
    every = list(dict.fromkeys((*givens, *unknowns, *defined)))
    if any(name in _KNOWN for name in every):
        raise NotUnderstood("a name that is taken")
    return {name: f"x_{place}" for place, name in enumerate(every, 1)}


def _match(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    match = pattern.fullmatch(text)
    if match is None:
        raise NotUnderstood("a statement that does not fit")
    return match
