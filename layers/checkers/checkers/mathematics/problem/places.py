"""Phrases for points, lines and lengths of the plane, as trees: `the distance between the origin and the center of the circle …`.

Every word of a phrase is one that its grammar knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from checkers.mathematics.formulas.nodes import NotUnderstood

__all__ = ["Phrase", "in_full", "phrase_of"]


@dataclass(frozen=True)
class Phrase:
    """A phrase: what it is, the phrases in it, and the slots of its formulas."""

    kind: str
    parts: tuple[Phrase, ...] = ()
    slots: tuple[int, ...] = ()


_SLOT = r"⟦(\d+)⟧"
_WITH = r"(?: (?:with|whose|that has|having|given by|defined by|described by|represented by|determined by|of))?(?: the)?(?: equation)?(?: is| of)?,?"
_AXIS = r"(?:⟦(\d+)⟧ ?-? ?|([xy])-)"


class _Reader:
    """Reads a phrase from the left; `left` is what is not read yet."""

    def __init__(self, text: str, formulas: tuple[str, ...]) -> None:
        self.left = text
        self.formulas = formulas

    def takes(self, shape: str) -> re.Match[str] | None:
        """Take what the shape matches at the start, after an article."""
        match = re.match(rf" ?(?:the |a |an )?(?:{shape})(?![a-z])", self.left)
        if match:
            self.left = self.left[match.end() :]
        return match

    def needs(self, shape: str) -> re.Match[str]:
        match = self.takes(shape)
        if match is None:
            raise NotUnderstood("a phrase that is not known")
        return match

    def axis(self, match: re.Match[str]) -> str:
        name = self.formulas[int(match[1])].strip(" -") if match[1] else match[2]
        if name not in ("x", "y"):
            raise NotUnderstood("no axis")
        return name

    def point(self) -> Phrase:
        if self.takes("origin"):
            return Phrase("origin")
        if self.takes(r"(?:coordinates of )?(?:the )?midpoint"):
            self.needs("of|between")
            return Phrase("midpoint", self.ends())
        named = self.takes(r"(?:coordinates of )?(?:the )?(center|vertex|focus)")
        if named:
            self.needs("of")
            return Phrase(named[1], (self.curve(),))
        if self.takes("(?:point of )?intersection|point at which|point where"):
            self.takes("of")
            self.takes("(?:two )?(?:lines|graphs)(?: of)?")
            first = self.needs(_SLOT)
            second = self.needs(f"and {_SLOT}")
            self.takes("intersect|meet|cross")
            return Phrase("meeting", (), (int(first[1]), int(second[1])))
        self.takes("point")
        return Phrase("point", (), (int(self.needs(_SLOT)[1]),))

    def ends(self) -> tuple[Phrase, Phrase]:
        """The two ends of a segment."""
        if self.takes("(?:line )?segment"):
            self.takes(r"(?:with|whose) (?:the )?endpoints(?: are)?(?: at)?|joining|connecting|between|from")
        self.takes("points")
        first = self.point()
        self.needs("and|to")
        return first, self.point()

    def curve(self) -> Phrase:
        named = self.takes(
            "circle|parabola|ellipse|hyperbola|graph of the equation|graph of|graph|curve|equation"
        )
        word = named.group().split()[-1] if named else ""
        if word in ("graph", "of", "equation", "curve"):
            self.takes("parabola|circle|equation|function|quadratic")
        self.takes(_WITH.strip())
        if re.match(_WITH, self.left):
            self.left = re.sub(rf"^{_WITH}", "", self.left)
        kind = word if word in ("circle", "parabola", "ellipse", "hyperbola") else "curve"
        return Phrase(kind, (), (int(self.needs(_SLOT)[1]),))

    def line(self) -> Phrase:
        self.needs("line")
        beside = self.takes("(?:that is |which is )?(parallel|perpendicular) to")
        if beside:
            model = self.line_or_slot()
            through = self.takes(
                "(?:and |that |which )*(?:passes|passing|goes|going|containing|contains)?(?: through)?(?= (?:the )?(?:point|origin|⟦))"
            )
            return Phrase(beside[1], (model, self.point()) if through else (model,))
        if self.takes(
            "(?:which |that )?(?:passes through|passing through|through|containing|that contains|contains|joining|connecting|goes through)"
        ):
            self.takes("points")
            first = self.point()
            if self.takes("and(?= (?:the )?(?:point|origin|⟦|center|vertex|midpoint))"):
                return Phrase("through", (first, self.point()))
            self.takes(",? ?and")
            other = self.takes("(?:that is |which is |is )?(parallel|perpendicular) to")
            if other:
                return Phrase(other[1], (self.line_or_slot(), first))
            steep = self.needs(rf"(?:with|having|has)(?: a)? slope(?: of)? {_SLOT}")
            return Phrase("sloped", (first,), (int(steep[1]),))
        slope = self.takes(rf"(?:with|having)(?: a)? slope(?: of)? {_SLOT}")
        if slope:
            self.takes("(?:and|that|which)*")
            self.needs("(?:passing|passes|going|goes)? ?through")
            return Phrase("sloped", (self.point(),), (int(slope[1]),))
        return self.line_slot()

    def line_or_slot(self) -> Phrase:
        if re.match(r" ?(?:the )?line", self.left):
            return self.line()
        return self.line_slot()

    def line_slot(self) -> Phrase:
        self.takes("graph of")
        self.left = re.sub(rf"^{_WITH}", "", self.left)
        return Phrase("line", (), (int(self.needs(_SLOT)[1]),))

    def number(self) -> Phrase | None:
        if self.takes("(?:shortest |minimum |perpendicular )?distance"):
            self.needs("between|from")
            first = self.point()
            self.needs("and|to")
            if re.match(r" ?(?:the )?line", self.left):
                return Phrase("to line", (first, self.line()))
            return Phrase("distance", (first, self.point()))
        if self.takes("length of(?= the (?:line )?segment)"):
            return Phrase("distance", self.ends())
        both = self.takes(
            rf"(sum|product) of (?:all )?(?:the )?(?:{_SLOT} ?-? and {_SLOT} ?-? ?)?coordinates of"
        )
        if both:
            named = [self.formulas[int(slot)].strip(" -") for slot in both.groups()[1:] if slot]
            if named not in ([], ["x", "y"]):
                raise NotUnderstood("no two axes")
            return Phrase(both[1], (self.point(),))
        match = self.takes(rf"{_AXIS}coordinate of")
        if match:
            return Phrase(f"{self.axis(match)} of", (self.point(),))
        match = self.takes(rf"{_AXIS}intercept of")
        if match:
            return Phrase(f"{self.axis(match)} intercept", (self.line(),))
        if self.takes("slope of"):
            return Phrase("slope", (self.line(),))
        match = self.takes("(radius|diameter|area|circumference) of(?= the (?:circle|graph))")
        if match:
            return Phrase(match[1], (self.curve(),))
        return None


def phrase_of(text: str, formulas: tuple[str, ...]) -> Phrase:
    """The tree of a phrase. Raises `NotUnderstood` where a word of it is not known."""
    reader = _Reader(text.strip(), formulas)
    found = reader.number()
    if found is None:
        line = reader.takes("equation of(?= (?:the |a )?line)")
        found = Phrase("equation", (reader.line(),)) if line else reader.point()
    if reader.left.strip():
        raise NotUnderstood("more words than are known")
    return found


def in_full(phrase: str, line: str) -> str:
    """A phrase that ends before `of it` or `of the line`, with the sentence on that line in its place."""
    told = re.sub(
        r"^(?:has (?:the )?equation|is given by(?: the equation)?|has the form)", "with equation", line
    )
    told = re.sub(r"^(passes|contains|goes)", r"that \1", told)
    joint = "" if re.search(r"(?:to|parallel|perpendicular)$", phrase) else " of"
    return f"{phrase}{joint} the line {told}"
