"""Questions about points, lines, circles and conics that are given by numbers or equations."""

from __future__ import annotations

from typing import Any

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.build import build, symbol
from checkers.mathematics.formulas.compare import same
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.formulas.units import UNITS
from checkers.mathematics.problem.notes import shape_of
from checkers.mathematics.questions.matched_numbers import number, point
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.values import value_expected

__all__ = ["QUESTIONS"]

_METHOD = "geometry"
_WHAT = r"(?:what is|what are|find|compute|determine|calculate|give|求)"
_NAMED = r"(?:the )?(?:points? |vertices |endpoints )?"


@asked(
    rf"{_WHAT} the (?P<what>distance|midpoint|slope)(?: between| of| from| through)(?: the)?(?: line)?(?: segment)?(?: \(segment\))?(?: containing| passing through| through| that passes through| connecting| joining| with endpoints| whose endpoints are| between)? {_NAMED}<p>,? (?:and|to) {_NAMED}<q>",
    rf"{_WHAT} the coordinates of the (?P<what>midpoint) of the (?:line )?segment (?:with endpoints|whose endpoints are|joining|connecting|between) {_NAMED}<p> and {_NAMED}<q>",
    r"how far is (?:the point )?<p> from (?:the point )?<q>(?P<what>)",
    words="units segment containing passing through passes connecting joining endpoints whose between points vertices far from",
)
def _between(ask: Ask) -> Expected:
    first, second = point(ask, "p"), point(ask, "q")
    if len(first) != len(second) or not 2 <= len(first) <= 3:
        raise NotUnderstood("points of different spaces")
    what = ask.word("what") or "distance"
    if what == "midpoint":
        return Expected("pair", _middle(first, second), _METHOD)
    if what == "slope":
        if len(first) != 2 or same(first[0], second[0]) is not False:
            raise NotUnderstood("no slope")
        return value_expected(ask, (second[1] - first[1]) / (second[0] - first[0]), None, method=_METHOD)
    squares = sum(((a - b) ** 2 for a, b in zip(first, second, strict=True)), sp.Integer(0))
    return value_expected(ask, sp.sqrt(squares), None, method=_METHOD)


_SEGMENT = r"(?:a |an |the )?(?:line )?segment (?:with endpoints(?: at)?|whose endpoints are(?: at)?|joining|connecting|between|from) (?:the )?(?:points )?"
_PART = r"(?P<part>sum of the coordinates|product of the coordinates|⟦\d+⟧ ?-coordinate|coordinates)"


@asked(
    rf"{_WHAT} the {_PART} of the (?P<what>midpoint) (?:of|between) {_SEGMENT}<p> (?:and|to) <q>",
    rf"(?:the )?(?:points )?<p> and <q> are the endpoints of a (?P<what>diameter) of a circle\. (?:what (?:is|are)|find) the {_PART} of the center(?: of the circle)?",
    rf"(?:a|one) line segment has (?:one |an )?endpoint at <p> and (?:its )?midpoint at <q>\. what (?:is|are) the {_PART} of the (?P<what>other) endpoint",
    rf"how many units (?:long )?(?:is|are in) (?:the (?P<what>length) of )?{_SEGMENT}<p> and <q>(?P<part>(?<=.))",
    r"how many units long is a segment whose endpoints are <p> and <q>(?P<what>(?<=.))(?P<part>(?<=.))",
    r"(?:what is )?the length of the line segment (?:with endpoints|whose endpoints are|between|joining) <p> and <q>(?P<what>(?<=.))(?P<part>(?<=.))",
    r"(?:the )?points <p> and <q> are (?P<what>adjacent|opposite) vertices of a square\. what is the (?P<part>perimeter|area) of the square",
    r"(?:what is|find) the (?P<what>slope) of a line (?P<part>perpendicular|parallel) to the line (?:containing|through|passing through|that passes through|that contains) (?:the )?(?:points )?<p> and <q>",
    words="midpoint endpoints diameter circle center segment endpoint other length units long joining connecting between vertices square containing through passing passes contains coordinates one",
)
def _of_segment(ask: Ask) -> Expected:
    """What two points decide: the middle, the other end, a square's sides, a line across."""
    p, q = point(ask, "p"), point(ask, "q")
    if len(p) != len(q) or len(p) != 2 or ask.facts.equations or ask.facts.constraints:
        raise NotUnderstood("no two points of the plane")
    what, part = ask.word("what"), ask.word("part")
    if what in ("midpoint", "diameter"):
        return _part_of(ask, _middle(p, q), part)
    if what == "other":
        return _part_of(ask, tuple(2 * b - a for a, b in zip(p, q, strict=True)), part)
    across, up = q[0] - p[0], q[1] - p[1]
    if what == "slope":
        if part == "perpendicular":
            across, up = -up, across
        if across == 0:
            raise NotUnderstood("no slope")
        return value_expected(ask, up / across, None, method=_METHOD)
    square = sp.expand(across**2 + up**2)
    if what in ("adjacent", "opposite"):
        side = square if what == "adjacent" else square / 2
        return value_expected(ask, side if part == "area" else 4 * sp.sqrt(side), None, method=_METHOD)
    return value_expected(ask, sp.sqrt(square), None, method=_METHOD)


def _middle(p: tuple[Any, ...], q: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple((a + b) / 2 for a, b in zip(p, q, strict=True))


def _part_of(ask: Ask, place: tuple[Any, ...], part: str) -> Expected:
    """The point, one of its coordinates, or what is made of them."""
    if part == "coordinates":
        return Expected("pair", place, _METHOD)
    if part.startswith(("sum", "product")):
        made = sp.Add(*place) if part.startswith("sum") else sp.Mul(*place)
    else:
        axis = ask.read.formulas[int(part[1 : part.index("⟧")])].strip("- ")
        if axis not in ("x", "y"):
            raise NotUnderstood("no axis")
        made = place["xy".index(axis)]
    return value_expected(ask, made, None, method=_METHOD)


@asked(
    rf"{_WHAT} the (?:shortest |minimum )?distance (?:from|between) {_NAMED}<p> (?:to|and) the line <l>",
    rf"{_WHAT} the distance from the origin(?P<origin>) to the line <l>",
    words="distance between shortest minimum origin",
)
def _to_line(ask: Ask) -> Expected:
    place = (sp.Integer(0), sp.Integer(0)) if "origin" in ask.text else point(ask, "p")
    a, b, c = _line(ask, ask.tree("l"))
    if len(place) != 2:
        raise NotUnderstood("no point of the plane")
    value = sp.Abs(a * place[0] + b * place[1] + c) / sp.sqrt(a**2 + b**2)
    return value_expected(ask, value, None, method=_METHOD)


def _line(ask: Ask, tree: Node) -> tuple[Any, Any, Any]:
    """The coefficients of a x + b y + c = 0."""
    difference = _equation(ask, tree)
    x, y = symbol("x"), symbol("y")
    if not difference.free_symbols <= {x, y} or not difference.is_polynomial(x, y):
        raise NotUnderstood("no line")
    polynomial = sp.Poly(difference, x, y)
    if polynomial.total_degree() != 1:
        raise NotUnderstood("no line")
    return (
        polynomial.coeff_monomial(x),
        polynomial.coeff_monomial(y),
        polynomial.coeff_monomial(1),
    )


def _equation(ask: Ask, tree: Node) -> Any:
    if tree.kind != "rel" or tree.text != "=":
        raise NotUnderstood("no equation")
    left, right = tree.parts
    if left.kind == "apply" and len(left.parts) == 1:
        left = Node("name", text="y")
    return build(left, ask.facts.context()) - build(right, ask.facts.context())


@asked(
    rf"{_WHAT} the (?P<what>slope|x-intercept|y-intercept|⟦\d+⟧ ?-intercept) of (?:the )?(?:line|graph|graph of|graph of the line|graph of the equation|line with equation|line represented by|equation|line whose equation is|line given by)? ?<l>",
    r"what is the slope of a line (?P<what>parallel|perpendicular) to (?:the line )?<l>",
    words="represented whose given parallel perpendicular",
)
def _of_line(ask: Ask) -> Expected:
    a, b, c = _line(ask, ask.tree("l"))
    what = ask.word("what")
    if "intercept" in what:
        name = what[0] if not what.startswith("⟦") else ask.read.formulas[int(what[1 : what.index("⟧")])]
        divisor = a if name == "x" else b
        if divisor == 0 or name not in ("x", "y"):
            raise NotUnderstood("no intercept")
        value = -c / divisor
        if "point" in ask.text or "ordered" in ask.notes:
            pair = (value, sp.Integer(0)) if name == "x" else (sp.Integer(0), value)
            return Expected("pair", pair, _METHOD)
        return value_expected(ask, value, None, method=_METHOD)
    if b == 0 or (what == "perpendicular" and a == 0):
        raise NotUnderstood("no slope")
    return value_expected(ask, b / a if what == "perpendicular" else -a / b, None, method=_METHOD)


@asked(
    r"find the equation of the line (?:passing |that passes |going )?through (?:the points )?<p> and <q>",
    r"what is the equation of the line (?:passing |that passes |going )?through (?:the points )?<p> and <q>",
    words="passing passes going through",
)
def _line_through(ask: Ask) -> Expected:
    (a, b), (c, d) = _plane(point(ask, "p")), _plane(point(ask, "q"))
    x, y = symbol("x"), symbol("y")
    difference = sp.expand((y - b) * (c - a) - (x - a) * (d - b))
    if difference == 0:
        raise NotUnderstood("one point twice")
    return Expected("equation", (difference,), _METHOD)


def _plane(place: tuple[Any, ...]) -> tuple[Any, Any]:
    if len(place) != 2:
        raise NotUnderstood("no point of the plane")
    return place[0], place[1]


@asked(
    r"convert (?:the point )?<p> (?:in|from) (?P<from>rectangular|polar|cylindrical|spherical) coordinates to (?P<to>polar|rectangular|cylindrical|spherical) coordinates",
    r"convert the point <p> (?:in|from) (?P<from>rectangular|polar) (?:coordinates )?to (?P<to>polar|rectangular) coordinates",
    words="coordinates rectangular polar cylindrical spherical",
)
def _converted(ask: Ask) -> Expected:
    place = point(ask, "p")
    change = (ask.word("from"), ask.word("to"))
    if change == ("rectangular", "polar") and len(place) == 2:
        radius, angle = _polar(*place)
        return Expected("pair", (radius, angle), "conversion")
    if change == ("polar", "rectangular") and len(place) == 2:
        return Expected("pair", (place[0] * sp.cos(place[1]), place[0] * sp.sin(place[1])), "conversion")
    if change == ("rectangular", "cylindrical") and len(place) == 3:
        return Expected("pair", (*_polar(place[0], place[1]), place[2]), "conversion")
    if change == ("cylindrical", "rectangular") and len(place) == 3:
        value = (place[0] * sp.cos(place[1]), place[0] * sp.sin(place[1]), place[2])
        return Expected("pair", value, "conversion")
    if change == ("spherical", "rectangular") and len(place) == 3:
        radius, turn, fall = place
        value = (
            radius * sp.sin(fall) * sp.cos(turn),
            radius * sp.sin(fall) * sp.sin(turn),
            radius * sp.cos(fall),
        )
        return Expected("pair", value, "conversion")
    raise NotUnderstood("coordinates that are not converted")


def _polar(x: Any, y: Any) -> tuple[Any, Any]:
    radius = sp.sqrt(x**2 + y**2)
    if radius == 0:
        raise NotUnderstood("no angle")
    angle = sp.atan2(y, x)
    return radius, angle if bool(angle.evalf(30) >= 0) else angle + 2 * sp.pi


_CURVE = r"(?:the )?(?:graph of )?(?:the )?(?:equation )?(?:of )?(?:the )?(?P<curve>circle|ellipse|hyperbola|parabola)(?: with equation| whose equation is| given by| defined by| described by| of the equation)?(?: the equation)?"


@asked(
    rf"{_WHAT} the (?:equation of the )?(?P<what>center|radius|area|circumference|vertex|focus|directrix|axis of symmetry|distance between the foci|coordinates of the vertex|coordinates of the center|length of the major axis|length of the minor axis|eccentricity) (?:of|for) {_CURVE}? ?<e>",
    rf"{_WHAT} the (?P<what>coordinates of the center|center|radius|area|vertex) of (?:the )?(?:graph of )?{_CURVE}? ?<e>",
    r"the equation of a circle is <e>\. (?:what is|find) (?:the )?(?:circle's )?(?P<what>radius|center|area)(?: of the circle)?(?P<curve>)",
    words="whose described center circle's",
)
def _of_conic(ask: Ask) -> Expected:
    difference = _equation(ask, ask.tree("e"))
    x, y = symbol("x"), symbol("y")
    if not difference.free_symbols <= {x, y}:
        raise NotUnderstood("no curve")
    numerator = sp.expand(sp.fraction(sp.together(difference))[0])
    curve = sp.Poly(numerator, x, y)
    if curve.total_degree() != 2 or curve.coeff_monomial(x * y) != 0:
        raise NotUnderstood("no conic along the axes")
    what = ask.word("what").removeprefix("coordinates of the ")
    ask.word("curve")
    a, c = curve.coeff_monomial(x**2), curve.coeff_monomial(y**2)
    d, e, f = curve.coeff_monomial(x), curve.coeff_monomial(y), curve.coeff_monomial(1)
    if what in ("vertex", "focus", "directrix", "axis of symmetry"):
        return _parabola(what, a, c, d, e, f)
    if a == 0 or c == 0:
        raise NotUnderstood("no center")
    center = (-d / (2 * a), -e / (2 * c))
    level = a * center[0] ** 2 + c * center[1] ** 2 - f
    if level == 0:
        raise NotUnderstood("a single point")
    if what == "center":
        return Expected("pair", center, _METHOD)
    return value_expected(ask, _measure(what, level / a, level / c), None, method=_METHOD)


def _measure(what: str, along: Any, across: Any) -> Any:
    """A length or area of x²/along + y²/across = 1."""
    if what in ("radius", "circumference") or (what == "area" and along == across):
        if along != across or along < 0:
            raise NotUnderstood("no circle")
        radius = sp.sqrt(along)
        return {"radius": radius, "area": sp.pi * along, "circumference": 2 * sp.pi * radius}[what]
    if "foci" in what:
        return 2 * sp.sqrt(sp.Abs(along - across))
    if along < 0 or across < 0:
        raise NotUnderstood("no ellipse")
    if what == "area":
        return sp.pi * sp.sqrt(along * across)
    if "axis" in what:
        return 2 * sp.sqrt(sp.Max(along, across) if "major" in what else sp.Min(along, across))
    return sp.sqrt(1 - sp.Min(along, across) / sp.Max(along, across))


def _parabola(what: str, a: Any, c: Any, d: Any, e: Any, f: Any) -> Expected:
    """y = p x² + q x + r, or the same with x and y exchanged."""
    upright = c == 0 and a != 0 and e != 0
    if not upright and not (a == 0 and c != 0 and d != 0):
        raise NotUnderstood("no parabola")
    p, q, r = (-a / e, -d / e, -f / e) if upright else (-c / d, -e / d, -f / d)
    along, height = -q / (2 * p), r - q**2 / (4 * p)
    x, y = symbol("x"), symbol("y")
    if what == "vertex":
        return Expected("pair", (along, height) if upright else (height, along), _METHOD)
    if what == "focus":
        focus = height + 1 / (4 * p)
        return Expected("pair", (along, focus) if upright else (focus, along), _METHOD)
    if what == "directrix":
        return Expected("equation", ((y if upright else x) - (height - 1 / (4 * p)),), _METHOD)
    return Expected("equation", ((x if upright else y) - along,), _METHOD)


@asked(
    rf"{_WHAT} the <axis>[ -]*coordinate of the (?:vertex|center) of (?:the )?(?:graph of )?(?:the )?(?P<curve>parabola|circle|ellipse)?(?: with equation| given by)? ?<e>",
    words="vertex center coordinate",
)
def _coordinate(ask: Ask) -> Expected:
    """One coordinate of the vertex of y = p x² + q x + r."""
    difference = _equation(ask, ask.tree("e"))
    x, y = symbol("x"), symbol("y")
    axis = ask.formula("axis").strip("- ")
    curve = sp.Poly(sp.expand(sp.fraction(sp.together(difference))[0]), x, y)
    if curve.free_symbols_in_domain or curve.total_degree() != 2 or curve.coeff_monomial(x * y) != 0:
        raise NotUnderstood("no conic along the axes")
    a, c, d, e, f = (curve.coeff_monomial(term) for term in (x**2, y**2, x, y, 1))
    ask.word("curve")
    if axis not in ("x", "y") or c != 0 or a == 0 or e == 0 or "vertex" not in ask.text:
        raise NotUnderstood("no parabola")
    along = -d / (2 * a)
    height = -(a * along**2 + d * along + f) / e
    return value_expected(ask, along if axis == "x" else height, None, method=_METHOD)


@asked(
    r"(?:convert|express|what is) <a> (?P<degrees>degrees )?(?:to|in) (?P<to>radians|degrees)",
    r"what is the (?P<to>radian|degree) measure of (?:an angle of )?<a>",
    words="convert degrees radians measure angle",
)
def _angle(ask: Ask) -> Expected:
    value = number(ask, "a")
    tree = ask.tree("a")
    if ask.word("to").startswith("radian"):
        if tree.kind == "num" and ask.has("degrees"):
            value = value * sp.pi / 180
        elif tree.kind != "deg":
            raise NotUnderstood("no degrees")
        return Expected("value", (value,), "conversion", form="plain", question=tree)
    if tree.kind == "deg" or not value.has(sp.pi):
        raise NotUnderstood("no radians")
    shape_of(ask.read, "")
    return Expected("value", (value * 180 / sp.pi,), "conversion", unit=UNITS["degree"], form="unit")


QUESTIONS = (
    _between,
    _of_segment,
    _to_line,
    _of_line,
    _line_through,
    _converted,
    _of_conic,
    _coordinate,
    _angle,
)
