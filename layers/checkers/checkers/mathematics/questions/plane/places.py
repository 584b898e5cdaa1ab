"""Questions for points, lines and lengths of the plane that phrases in phrases name."""

from __future__ import annotations

from typing import Any

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.build import build, symbol
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.problem.places import Phrase, in_full, phrase_of
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.values import value_expected

__all__ = ["QUESTIONS"]

_METHOD = "geometry"
X, Y = symbol("x"), symbol("y")


@asked(
    r"(?:what (?:is|are)|find|compute|determine|calculate|give|state)(?P<np> (?:the |an )?[^.?]*⟦\d+⟧[^.?]*)",
    r"how far is(?P<far> [^.?]*) from(?P<from> [^.?]*)",
    r"(?:if |suppose |given that )?(?P<np>[^.?]*⟦\d+⟧[^.?]*) (?:is|are)(?: at)?(?: the point)? <p>[.,] (?:then )?(?:what is|find|compute|determine)(?: the value of)? <g>",
    r"(?:a|the) line(?P<line> [^.?]*⟦\d+⟧[^.?]*)\. (?:what (?:is|are)|find|compute|determine)(?P<np> (?:the |an )?[^.?]*?)(?: of)? (?P<it>the line|this line|that line|it)",
    words="how far from line",
)
def _of_phrase(ask: Ask) -> Expected:
    """The number, point or line that a phrase names, or a number made of its coordinates."""
    if ask.facts.given() or ask.facts.functions:
        raise NotUnderstood("more is given")
    if ask.has("far"):
        places = (phrase_of(ask.word(group), ask.read.formulas) for group in ("far", "from"))
        phrase = Phrase("distance", tuple(places))
    elif ask.has("line"):
        phrase = phrase_of(_in_full(ask), ask.read.formulas)
    else:
        phrase = phrase_of(ask.word("np"), ask.read.formulas)
    made = _value(phrase, ask)
    if ask.has("g"):
        return _of_letters(ask, made)
    if isinstance(made, tuple):
        return Expected("pair", made, _METHOD)
    if phrase.kind == "equation":
        return Expected("equation", (made,), _METHOD)
    return value_expected(ask, made, None, method=_METHOD)


def _in_full(ask: Ask) -> str:
    """The phrase with the line that was told before in the place of what stands for it."""
    ask.word("it")
    return in_full(ask.word("np"), ask.word("line"))


def _of_letters(ask: Ask, made: Any) -> Expected:
    letters = ask.tree("p")
    names = [part.text for part in letters.parts]
    if not isinstance(made, tuple) or letters.kind != "tuple" or len(set(names)) != 2:
        raise NotUnderstood("no point with two letters")
    if any(part.kind != "name" for part in letters.parts):
        raise NotUnderstood("coordinates that are no letters")
    value = build(ask.tree("g"), ask.facts.context(**dict(zip(names, made, strict=True))))
    return value_expected(ask, value, ask.tree("g"), method=_METHOD)


def _value(phrase: Phrase, ask: Ask) -> Any:
    if phrase.kind in _POINTS:
        return _POINTS[phrase.kind](phrase, ask)
    if phrase.kind == "equation":
        a, b, c = _line(phrase.parts[0], ask)
        return sp.expand(a * X + b * Y + c)
    if phrase.kind in ("radius", "diameter", "area", "circumference"):
        radius = sp.sqrt(_circle(phrase.parts[0], ask)[1])
        return {
            "radius": radius,
            "diameter": 2 * radius,
            "area": sp.pi * radius**2,
            "circumference": 2 * sp.pi * radius,
        }[phrase.kind]
    if phrase.kind in ("slope", "x intercept", "y intercept"):
        a, b, c = _line(phrase.parts[0], ask)
        above, below = {"slope": (-a, b), "x intercept": (-c, a), "y intercept": (-c, b)}[phrase.kind]
        if below == 0:
            raise NotUnderstood("no slope, or no intercept")
        return above / below
    place = _value(phrase.parts[0], ask)
    if phrase.kind == "distance":
        other = _value(phrase.parts[1], ask)
        return sp.sqrt((place[0] - other[0]) ** 2 + (place[1] - other[1]) ** 2)
    if phrase.kind == "to line":
        a, b, c = _line(phrase.parts[1], ask)
        return sp.Abs(a * place[0] + b * place[1] + c) / sp.sqrt(a**2 + b**2)
    made = {"sum": place[0] + place[1], "product": place[0] * place[1], "x of": place[0], "y of": place[1]}
    if phrase.kind not in made:
        raise NotUnderstood("a phrase that is not known")
    return made[phrase.kind]


def _told(phrase: Phrase, ask: Ask) -> tuple[Any, Any]:
    tree = ask.facts.parse(ask.read.formulas[phrase.slots[0]])
    if tree.kind == "rel" and tree.text == "=" and tree.parts[0].kind == "name":
        tree = tree.parts[1]
    if tree.kind == "mul" and tree.parts[0].kind == "name":
        tree = tree.parts[1]
    if tree.kind == "apply":
        tree = Node("tuple", tree.parts, "()")
    if tree.kind != "tuple" or tree.text != "()" or len(tree.parts) != 2:
        raise NotUnderstood("no point of the plane")
    place = tuple(build(part, ask.facts.context()) for part in tree.parts)
    if any(part.free_symbols for part in place):
        raise NotUnderstood("a point with letters")
    return place[0], place[1]


def _midpoint(phrase: Phrase, ask: Ask) -> tuple[Any, Any]:
    first, second = (_value(part, ask) for part in phrase.parts)
    return (first[0] + second[0]) / 2, (first[1] + second[1]) / 2


def _difference(slot: int, ask: Ask) -> Any:
    tree = ask.facts.parse(ask.read.formulas[slot])
    if tree.kind != "rel" or tree.text != "=":
        raise NotUnderstood("no equation")
    left, right = tree.parts
    if left.kind == "apply" and left.parts == (Node("name", text="x"),):
        left = Node("name", text="y")
    made = sp.fraction(sp.together(build(left, ask.facts.context()) - build(right, ask.facts.context())))
    value = sp.expand(made[0])
    if made[1].free_symbols or value.free_symbols - {X, Y} or not value.is_polynomial(X, Y):
        raise NotUnderstood("no curve of the plane")
    return value


def _conic(phrase: Phrase, ask: Ask) -> Any:
    curve = sp.Poly(_difference(phrase.slots[0], ask), X, Y)
    if curve.total_degree() != 2 or curve.coeff_monomial(X * Y) != 0:
        raise NotUnderstood("no conic along the axes")
    return [curve.coeff_monomial(term) for term in (X**2, Y**2, X, Y, 1)]


def _circle(phrase: Phrase, ask: Ask) -> tuple[tuple[Any, Any], Any]:
    """The center and the squared radius."""
    a, c, d, e, f = _conic(phrase, ask)
    if phrase.kind not in ("circle", "curve") or a != c or a == 0:
        raise NotUnderstood("no circle")
    center = (-d / (2 * a), -e / (2 * a))
    square = center[0] ** 2 + center[1] ** 2 - f / a
    if not square.is_positive:
        raise NotUnderstood("no circle")
    return center, square


def _center(phrase: Phrase, ask: Ask) -> tuple[Any, Any]:
    (curve,) = phrase.parts
    a, c, d, e, f = _conic(curve, ask)
    if a == 0 or c == 0 or curve.kind == "parabola":
        raise NotUnderstood("no center")
    if curve.kind in ("circle", "curve"):
        return _circle(curve, ask)[0]
    center = (-d / (2 * a), -e / (2 * c))
    level = a * center[0] ** 2 + c * center[1] ** 2 - f
    if level == 0 or (curve.kind == "ellipse") != bool(a * c > 0) or (a * c > 0 and not level / a > 0):
        raise NotUnderstood("another curve")
    return center


def _vertex(phrase: Phrase, ask: Ask) -> tuple[Any, Any]:
    _, along, height, upright = _parabola(phrase.parts[0], ask)
    return (along, height) if upright else (height, along)


def _focus(phrase: Phrase, ask: Ask) -> tuple[Any, Any]:
    p, along, height, upright = _parabola(phrase.parts[0], ask)
    beyond = height + 1 / (4 * p)
    return (along, beyond) if upright else (beyond, along)


def _parabola(curve: Phrase, ask: Ask) -> tuple[Any, Any, Any, bool]:
    """y = p (x - along)² + height, or x and y exchanged."""
    a, c, d, e, f = _conic(curve, ask)
    upright = bool(a != 0 and c == 0 and e != 0)
    if curve.kind not in ("parabola", "curve") or not (upright or (a == 0 and c != 0 and d != 0)):
        raise NotUnderstood("no parabola")
    p, q, r = (-a / e, -d / e, -f / e) if upright else (-c / d, -e / d, -f / d)
    return p, -q / (2 * p), r - q**2 / (4 * p), upright


def _meeting(phrase: Phrase, ask: Ask) -> tuple[Any, Any]:
    found = sp.linsolve([_linear(slot, ask) for slot in phrase.slots], X, Y)
    if len(found) != 1 or any(part.free_symbols for part in next(iter(found))):
        raise NotUnderstood("no single point")
    return next(iter(found))[0], next(iter(found))[1]


def _linear(slot: int, ask: Ask) -> Any:
    value = _difference(slot, ask)
    if sp.Poly(value, X, Y).total_degree() != 1:
        raise NotUnderstood("no line")
    return value


def _line(phrase: Phrase, ask: Ask) -> tuple[Any, Any, Any]:
    """The coefficients of a x + b y + c = 0."""
    if phrase.kind == "line":
        polynomial = sp.Poly(_linear(phrase.slots[0], ask), X, Y)
        return tuple(polynomial.coeff_monomial(term) for term in (X, Y, 1))
    if phrase.kind == "through":
        (p, q), (r, s) = (_value(part, ask) for part in phrase.parts)
        a, b = s - q, p - r
        if a == 0 and b == 0:
            raise NotUnderstood("one point twice")
        return a, b, -(a * p + b * q)
    if phrase.kind == "sloped":
        slope = build(ask.facts.parse(ask.read.formulas[phrase.slots[0]]), ask.facts.context())
        if slope.free_symbols:
            raise NotUnderstood("a slope with letters")
        p, q = _value(phrase.parts[0], ask)
        return slope, sp.Integer(-1), q - slope * p
    if phrase.kind not in ("parallel", "perpendicular"):
        raise NotUnderstood("no line")
    a, b, _ = _line(phrase.parts[0], ask)
    a, b = (a, b) if phrase.kind == "parallel" else (-b, a)
    if len(phrase.parts) == 1:
        return a, b, sp.Dummy("any")
    p, q = _value(phrase.parts[1], ask)
    return a, b, -(a * p + b * q)


_POINTS = {
    "origin": lambda phrase, ask: (sp.Integer(0), sp.Integer(0)),
    "point": _told,
    "midpoint": _midpoint,
    "center": _center,
    "vertex": _vertex,
    "focus": _focus,
    "meeting": _meeting,
}

QUESTIONS = (_of_phrase,)
