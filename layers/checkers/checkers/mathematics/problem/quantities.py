"""Sequences, proportions and figures told in words, read as equations between quantities with names of their own.

Each word of the text is one that a clause knows; what a quantity is of a figure or a sequence is a formula.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from checkers.mathematics.formulas.grammar import parse
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.problem.phrases import NUMERALS
from checkers.mathematics.problem.reading import Reading

__all__ = ["Quantities", "proportion_of", "quantities_of"]

_PLACES = dict(
    zip(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
        ],
        range(1, 13),
        strict=True,
    )
)
_ORDINAL = rf"(?:{'|'.join(_PLACES)}|⟦\d+⟧ ?(?:st|nd|rd|th)?)"
_COUNT = rf"(?:{'|'.join(NUMERALS)}|⟦\d+⟧)"
_UNIT = r"(?: ?(?P<unit>(?:square |cubic )?(?:inch(?:es)?|feet|foot|ft|meters?|centimeters?|cm|units?|yards?|miles?)))?"
_FIGURES = {
    "square": {"side": "s", "perimeter": "4s", "area": "s^2", "diagonal": "s\\sqrt{2}"},
    "rectangle": {
        "length": "l",
        "width": "w",
        "perimeter": "2(l+w)",
        "area": "l w",
        "diagonal": "\\sqrt{l^2+w^2}",
    },
    "circle": {"radius": "r", "diameter": "2r", "circumference": "2\\pi r", "area": "\\pi r^2"},
    "right triangle": {
        "leg": "p",
        "other leg": "q",
        "hypotenuse": "\\sqrt{p^2+q^2}",
        "area": "\\frac{p q}{2}",
        "perimeter": "p+q+\\sqrt{p^2+q^2}",
    },
    "equilateral triangle": {
        "side": "s",
        "perimeter": "3s",
        "area": "\\frac{s^2\\sqrt{3}}{4}",
        "height": "\\frac{s\\sqrt{3}}{2}",
    },
    "triangle": {"base": "b", "height": "h", "area": "\\frac{b h}{2}"},
    "cube": {"edge": "s", "volume": "s^3", "surface area": "6s^2"},
    "sphere": {
        "radius": "r",
        "diameter": "2r",
        "volume": "\\frac{4\\pi r^3}{3}",
        "surface area": "4\\pi r^2",
    },
}
_SAME = {
    "altitude": "height",
    "side length": "side",
    "edge length": "edge",
    "length of a side": "side",
    "length of one side": "side",
}
_ATTRIBUTES = sorted(
    {name for figure in _FIGURES.values() for name in figure if name != "other leg"} | set(_SAME),
    key=len,
    reverse=True,
)
_ATTRIBUTE = rf"(?:length of (?:the |its |a |one )?(?=radius|diameter|diagonal|hypotenuse|leg|side|edge|base|altitude|height))?(?P<name>{'|'.join(_ATTRIBUTES)})"
_OF_SEQUENCE = rf"(?P<name>common difference|common ratio|(?P<place>{_ORDINAL}) term|sum of (?:the |its )?first (?P<count>{_COUNT}) terms)"
_GLUE = re.compile(
    r"(?:[,.]|in|if|suppose(?: that)?|has|have|with|and|of|whose|where|is|then|let|consider|given(?: that)?|for|be)(?![a-z]) ?"
)
_KIND = re.compile(
    r"(?:an?|the|this) (?P<kind>arithmetic|geometric) (?:sequence|progression|series)(?![a-z])"
)
_FIGURE = re.compile(
    rf"(?:an?|the|this) (?P<kind>{'|'.join(sorted(_FIGURES, key=len, reverse=True))})(?![a-z-])"
)
_ASKED = r"(?:what is|what's|find|compute|determine|calculate)(?: the)?(?: value of)?(?: the)?(?: number of [a-z]+ (?:units |inches |feet |meters |centimeters )?in)?(?: the| its)? "
_WHOLE = rf"(?: (?:of|in) (?:the |this |an? )?(?:sequence|series|progression|{'|'.join(_FIGURES)}))?(?:,? in (?P<in>(?:square |cubic )?[a-z]+))?$"
Parse = Callable[[str], Node]


@dataclass
class Quantities:
    """Equations between quantities, what is asked for, and the names that are positive."""

    relations: list[tuple[Node, Node]] = field(default_factory=list)
    target: Node | None = None
    positive: set[str] = field(default_factory=set)
    units: set[str] = field(default_factory=set)


def quantities_of(text: str, read: Reading, parse_formula: Parse) -> Quantities:
    """What a text says of one sequence or one figure. Raises `NotUnderstood`."""
    text = text.strip(" ?.:")
    found = {match["kind"] for shape in (_KIND, _FIGURE) for match in shape.finditer(text)}
    if len(found) != 1:
        raise NotUnderstood("no sequence and no figure, or several")
    (kind,) = found
    reader = (
        _OfSequence(read, parse_formula, kind)
        if kind in ("arithmetic", "geometric")
        else _OfFigure(read, parse_formula, kind)
    )
    asked = re.search(rf"{_ASKED}{reader.attribute}{_WHOLE}", text)
    if asked is None:
        raise NotUnderstood("nothing that is known is asked for")
    made = Quantities(target=reader.formula(asked), positive=reader.positive)
    if asked["in"]:
        made.units.add(asked["in"].split()[-1])
    left = text[: asked.start()].strip()
    while left:
        clause = reader.clause.match(left)
        shape = reader.kinds.match(left)
        glue = _GLUE.match(left)
        if clause:
            made.relations.append((reader.formula(clause), reader.value(clause)))
            if clause["unit"]:
                made.units.add(clause["unit"].split()[-1])
            left = left[clause.end() :].strip()
        elif shape or glue:
            left = left[(shape or glue).end() :].strip()  # type: ignore[union-attr]
        else:
            raise NotUnderstood("a word that is not known")
    if len({_singular(unit) for unit in made.units}) > 1 or not made.relations:
        raise NotUnderstood("several units, or nothing is told")
    return made


def _singular(unit: str) -> str:
    return {"feet": "foot", "ft": "foot", "inches": "inch", "cm": "centimeter"}.get(unit, unit.rstrip("s"))


class _OfSequence:
    """Terms, sums, difference and quotient of one sequence."""

    attribute = _OF_SEQUENCE
    kinds = _KIND
    clause = re.compile(
        rf"(?:the |an? |its )?{_OF_SEQUENCE}(?: of (?:the|this|an|a) (?:arithmetic |geometric )?(?:sequence|series|progression))?(?: is| of| equal to| equals)? ⟦(?P<v>\d+)⟧(?P<unit>)"
    )
    positive: set[str] = set()  # noqa: RUF012 - nothing of a sequence is known to be positive

    def __init__(self, read: Reading, parse_formula: Parse, kind: str) -> None:
        self.read, self.parse, self.kind = read, parse_formula, kind

    def value(self, match: re.Match[str]) -> Node:
        return self.parse(self.read.formulas[int(match["v"])])

    def formula(self, match: re.Match[str]) -> Node:
        name = match["name"]
        if name.startswith("common"):
            if (name == "common ratio") != (self.kind == "geometric"):
                raise NotUnderstood("another sequence")
            return Node("name", text="d")
        if match["place"]:
            n = self._number(match["place"])
            return parse(f"a+{n - 1}d" if self.kind == "arithmetic" else f"a d^{{{n - 1}}}", frozenset())
        n = self._number(match["count"])
        if self.kind == "arithmetic":
            return parse(f"\\frac{{{n}(2a+{n - 1}d)}}{{2}}", frozenset())
        if n > MOST_SUMMED:
            raise NotUnderstood("too many terms")
        return parse("+".join(f"a d^{{{k}}}" for k in range(n)), frozenset())

    def _number(self, word: str) -> int:
        word = word.strip()
        if word in _PLACES or word in NUMERALS:
            return _PLACES.get(word) or NUMERALS[word]
        slot = re.match(r"⟦(\d+)⟧", word)
        digits = re.match(r"(\d{1,4})(?![\d.])", self.read.formulas[int(slot[1])]) if slot else None
        if digits is None or int(digits[1]) < 1:
            raise NotUnderstood("no place")
        return int(digits[1])


MOST_SUMMED = 12


class _OfFigure:
    """Lengths, areas and volumes of one figure; every one of its own letters is positive."""

    kinds = _FIGURE
    attribute = _ATTRIBUTE
    clause = re.compile(
        rf"(?:the |an? |its |one )?{_ATTRIBUTE}(?: of (?:the|this|an|a) (?:{'|'.join(sorted(_FIGURES, key=len, reverse=True))})(?![a-z-]))?"
        rf"(?: is| of| equal to| equals| measures)? ⟦(?P<v>\d+)⟧{_UNIT}(?: long)?(?![a-z])"
    )

    def __init__(self, read: Reading, parse_formula: Parse, kind: str) -> None:
        self.read, self.parse, self.kind = read, parse_formula, kind
        self.formulas = {name: parse(text, frozenset()) for name, text in _FIGURES[kind].items()}
        self.legs = 0
        self.positive = set().union(*(_names(tree) for tree in self.formulas.values()))

    def value(self, match: re.Match[str]) -> Node:
        return self.parse(self.read.formulas[int(match["v"])])

    def formula(self, match: re.Match[str]) -> Node:
        name = _SAME.get(match["name"], match["name"])
        if name == "leg":
            raise NotUnderstood("one of two legs")
        if name not in self.formulas:
            raise NotUnderstood("a quantity that the figure does not have")
        return self.formulas[name]


def _names(tree: Node) -> set[str]:
    return ({tree.text} if tree.kind == "name" else set()).union(*(_names(part) for part in tree.parts))


_PROPORTIONAL = re.compile(
    r"(?:if |suppose(?: that)? |given(?: that)? |the (?:value|quantity) )?⟦(?P<x>\d+)⟧ (?:is|varies) (?P<how>directly|inversely) (?:proportional to|with|as) "
    r"(?P<power>the (?:square root|square|cube) of )?⟦(?P<y>\d+)⟧(?:,? and|[.,])? (?:if |when |given that )?⟦(?P<one>\d+)⟧,? (?:when|and|then|if)? ?⟦(?P<two>\d+)⟧[.,]? "
    r"(?:then )?(?:what is|find|what will be|determine)(?: the value of)? ⟦(?P<q>\d+)⟧,? (?:when|if|for) ⟦(?P<at>\d+)⟧[ ?.]*"
)


def proportion_of(read: Reading, parse_formula: Parse) -> Quantities:
    """One quantity as a multiple of another one, of its power, or of what is inverse to it. Raises `NotUnderstood`."""
    match = _PROPORTIONAL.fullmatch(read.sentences)
    if match is None:
        raise NotUnderstood("no proportion")
    x, y, asked = (_name(parse_formula(read.formulas[int(match[group])])) for group in ("x", "y", "q"))
    told = dict(_assigned(parse_formula(read.formulas[int(match[group])])) for group in ("one", "two"))
    at, value = _assigned(parse_formula(read.formulas[int(match["at"])]))
    if set(told) != {x, y} or {at, asked} != {x, y} or x == y:
        raise NotUnderstood("other quantities")
    word = (match["power"] or "").strip()
    power = {"": "1", "the square of": "2", "the cube of": "3", "the square root of": "1/2"}[word]

    def side(other: Node) -> Node:
        raised = (
            Node("call", (other, Node("num", text="2")), "root")
            if power == "1/2"
            else Node("pow", (other, Node("num", text=power)))
        )
        return Node("mul" if match["how"] == "directly" else "div", (Node("name", text="factor"), raised))

    unknown = Node("name", text=asked)
    relations = [(told[x], side(told[y]))]
    relations.append((unknown, side(value)) if asked == x else (value, side(unknown)))
    return Quantities(relations, unknown)


def _name(tree: Node) -> str:
    if tree.kind != "name":
        raise NotUnderstood("no quantity")
    return tree.text


def _assigned(tree: Node) -> tuple[str, Node]:
    if tree.kind != "rel" or tree.text != "=" or tree.parts[0].kind != "name" or _names(tree.parts[1]):
        raise NotUnderstood("no value of a quantity")
    return tree.parts[0].text, tree.parts[1]
