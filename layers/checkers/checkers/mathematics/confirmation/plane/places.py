"""The second way of phrases for points, lines and lengths: as complex numbers, with curves by their values at a few places."""

from __future__ import annotations

from typing import Any

import mpmath  # type: ignore[import-untyped]

from checkers.mathematics.confirmation.evaluation.arithmetic import evaluate, inexact
from checkers.mathematics.confirmation.evaluation.errors import CannotTell
from checkers.mathematics.confirmation.evaluation.results import number_of
from checkers.mathematics.confirmation.told import Confirmation, Told
from checkers.mathematics.formulas.nodes import Node
from checkers.mathematics.problem.places import Phrase, in_full, phrase_of

__all__ = ["PLACES"]

CLOSE = mpmath.mpf(10) ** -15


def _of_phrase(told: Told) -> bool | None:
    formulas = told.ask.read.formulas
    if told.has("far"):
        first, second = (_place(told, phrase_of(told.word(group), formulas)) for group in ("far", "from"))
        return _same(told.result, abs(first - second))
    words = in_full(told.word("np"), told.word("line")) if told.has("line") else told.word("np")
    phrase = phrase_of(words, formulas)
    if told.has("g"):
        place = _place(told, phrase)
        names = [part.text for part in told.tree("p").parts]
        at = dict(zip(names, (place.real, place.imag), strict=True))
        return _same(told.result, evaluate(told.tree("g"), told.scope.where(at)))
    if told.expected.kind == "pair":
        place = _place(told, phrase)
        return all(_same(a, b) for a, b in zip(told.results, (place.real, place.imag), strict=True))
    if told.expected.kind == "equation":
        start, way = _line(told, phrase.parts[0])
        (made,) = told.expected.values

        def value(spot: Any) -> Any:
            return inexact(number_of(made, {"x": spot.real, "y": spot.imag}))

        on = all(abs(value(start + k * way)) < CLOSE * 100 for k in (0, 1, -3))
        return on and abs(value(start + way * mpmath.mpc(0, 1))) > CLOSE
    return _same(told.result, _size(told, phrase))


def _same(one: Any, other: Any) -> bool:
    a, b = inexact(one), inexact(other)
    return bool(abs(a - b) <= CLOSE * (1 + abs(a)))


def _size(told: Told, phrase: Phrase) -> Any:
    if phrase.kind in ("radius", "diameter", "area", "circumference"):
        radius = _radius(told, phrase.parts[0])
        factors = {"radius": radius, "diameter": 2 * radius, "circumference": 2 * mpmath.pi * radius}
        return factors.get(phrase.kind, mpmath.pi * radius * radius)
    if phrase.kind in ("slope", "x intercept", "y intercept"):
        start, way = _line(told, phrase.parts[0])
        if phrase.kind == "slope":
            return way.imag / way.real
        if phrase.kind == "y intercept":
            return (start - way * (start.real / way.real)).imag
        return (start - way * (start.imag / way.imag)).real
    place = _place(told, phrase.parts[0])
    if phrase.kind == "distance":
        return abs(place - _place(told, phrase.parts[1]))
    if phrase.kind == "to line":
        start, way = _line(told, phrase.parts[1])
        return abs(((place - start) / way).imag) * abs(way)
    made = {"sum": place.real + place.imag, "product": place.real * place.imag, "x of": place.real}
    return made.get(phrase.kind, place.imag)


def _place(told: Told, phrase: Phrase) -> Any:
    """A point as a complex number."""
    if phrase.kind == "origin":
        return mpmath.mpc(0, 0)
    if phrase.kind == "point":
        cells = told.point(told.facts.parse(told.ask.read.formulas[phrase.slots[0]]))
        if len(cells) != 2:
            raise CannotTell("no point of the plane")
        return mpmath.mpc(inexact(cells[0]), inexact(cells[1]))
    if phrase.kind == "midpoint":
        first, second = (_place(told, part) for part in phrase.parts)
        return first + (second - first) / 2
    if phrase.kind == "meeting":
        (start, way), (other, along) = (_line(told, Phrase("line", (), (slot,))) for slot in phrase.slots)
        return start + way * (((other - start) / along).imag / (way / along).imag)
    a, c, d, e, f = _coefficients(told, phrase.parts[0])
    if phrase.kind == "center":
        return mpmath.mpc(-d / (2 * a), -e / (2 * c))
    if abs(c) < CLOSE:
        along = -d / (2 * a)
        height = -(a * along * along + d * along + f) / e
        return mpmath.mpc(along, height - (e / (4 * a) if phrase.kind == "focus" else 0))
    along = -e / (2 * c)
    height = -(c * along * along + e * along + f) / d
    return mpmath.mpc(height - (d / (4 * c) if phrase.kind == "focus" else 0), along)


def _radius(told: Told, curve: Phrase) -> Any:
    """From the center to where the curve meets the horizontal line through it."""
    a, c, d, e, f = _coefficients(told, curve)
    if not _same(a, c):
        raise CannotTell("no circle")
    x, y = -d / (2 * a), -e / (2 * a)
    roots = mpmath.polyroots([a, d, c * y * y + e * y + f], extraprec=120)
    return abs(roots[0] - x)


def _coefficients(told: Told, curve: Phrase) -> list[Any]:
    """Those of x², y², x, y and 1, by values at five places; other places must agree."""
    tree = told.facts.parse(told.ask.read.formulas[curve.slots[0]])
    left, right = tree.parts
    if left.kind == "apply":
        left = Node("name", text="y")

    def gap(x: Any, y: Any) -> Any:
        inside = told.scope.where({"x": x, "y": y})
        return inexact(evaluate(left, inside)) - inexact(evaluate(right, inside))

    f = gap(0, 0)
    a, d = (gap(1, 0) + gap(-1, 0)) / 2 - f, (gap(1, 0) - gap(-1, 0)) / 2
    c, e = (gap(0, 1) + gap(0, -1)) / 2 - f, (gap(0, 1) - gap(0, -1)) / 2
    for x, y in ((2, 3), (-3, 5), (7, -4)):
        if not _same(gap(x, y), a * x * x + c * y * y + d * x + e * y + f):
            raise CannotTell("no curve of second degree along the axes")
    return [a, c, d, e, f]


def _line(told: Told, phrase: Phrase) -> tuple[Any, Any]:
    """A point of the line and its direction, as complex numbers."""
    if phrase.kind == "line":
        a, c, d, e, f = _coefficients(told, phrase)
        if abs(a) > CLOSE or abs(c) > CLOSE:
            raise CannotTell("no line")
        normal = mpmath.mpc(d, e)
        return -f * normal / (d * d + e * e), normal * mpmath.mpc(0, 1)
    if phrase.kind == "through":
        first, second = (_place(told, part) for part in phrase.parts)
        return first, second - first
    if phrase.kind == "sloped":
        slope = inexact(evaluate(told.facts.parse(told.ask.read.formulas[phrase.slots[0]]), told.scope))
        return _place(told, phrase.parts[0]), mpmath.mpc(1, slope)
    start, way = _line(told, phrase.parts[0])
    if phrase.kind == "perpendicular":
        way *= mpmath.mpc(0, 1)
    return (_place(told, phrase.parts[1]) if len(phrase.parts) > 1 else start), way


PLACES: dict[str, Confirmation] = {"places._of_phrase": _of_phrase}
