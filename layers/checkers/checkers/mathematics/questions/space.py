"""Questions for points of intersection, planes, and the matrices of plane transformations."""

from __future__ import annotations

from typing import Any

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.build import build, symbol
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.problem.facts import Relation
from checkers.mathematics.questions.matched_numbers import number, point, points
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.values import value_expected
from checkers.mathematics.solving.equations import solutions, unknowns

__all__ = ["QUESTIONS"]

_METHOD = "geometry"


@asked(
    r"(?:at what point|at which point|where) do (?:the )?(?:lines|graphs|graphs of|lines given by|curves|two lines|graphs of the equations)? ?<es+> (?:intersect|meet|cross)",
    r"(?:find|what is|what are|determine) the (?:coordinates of the )?(?:point|ordered pair)s?(?: at which)? (?:of intersection of|where) (?:the )?(?:lines|graphs of|graphs)? ?<es+>(?: intersect)?",
    words="intersect meet cross intersection curves coordinates ordered pair pairs points lines graphs two where",
)
def _intersection(ask: Ask) -> Expected:
    found = _common_points(ask)
    if len(found) == 1:
        return Expected("pair", (found[0]["x"], found[0]["y"]), "substitution", names=("x", "y"))
    return Expected("system", (), "substitution", names=("x", "y"), solutions=tuple(found))


@asked(
    r"(?P<count>how many) (?:points of intersection|intersection points|times) (?:are there between |do )(?:the )?(?:graphs of )?<es+>(?: have| intersect)?",
    r"(?P<count>how many) times do the graphs of <es+> intersect",
    r"at (?P<count>how many) points do the graphs of <es+> intersect",
    words="intersection intersect times points between graphs",
)
def _intersections(ask: Ask) -> Expected:
    ask.has("count")
    return value_expected(ask, sp.Integer(len(_common_points(ask))), None, method="substitution")


def _common_points(ask: Ask) -> list[dict[str, Any]]:
    for formula in ask.formulas("es"):
        for tree in ask.facts.parse_list(formula):
            if tree.kind != "rel" or tree.text != "=":
                raise NotUnderstood("no equation")
            left, right = tree.parts
            if left.kind == "apply" and len(left.parts) == 1:
                left = Node("name", text="y")
            ask.facts.equations.append(_relation(left, right))
    if ask.facts.constraints or unknowns(ask.facts) != {"x", "y"} or len(ask.facts.equations) != 2:
        raise NotUnderstood("no two curves")
    found = solutions(ask.facts, ("x", "y"))
    if not found:
        raise NotUnderstood("no point in common")
    return found


def _relation(left: Node, right: Node) -> Any:
    return Relation(left, "=", right)


@asked(
    r"(?:find|what is) the equation of the plane (?:containing|passing through|that passes through|through) (?:the points )?<ps+>",
    words="containing passing passes through plane",
)
def _plane(ask: Ask) -> Expected:
    corners = points(ask, "ps")
    if len(corners) != 3 or any(len(corner) != 3 for corner in corners):
        raise NotUnderstood("no three points")
    first, second, third = (sp.Matrix(corner) for corner in corners)
    normal = (second - first).cross(third - first)
    if all(part == 0 for part in normal):
        raise NotUnderstood("points on a line")
    place = sp.Matrix([symbol("x"), symbol("y"), symbol("z")])
    return Expected("equation", (sp.expand(normal.dot(place - first)),), _METHOD)


@asked(
    r"(?:find|what is|compute) the distance (?:between|from) (?:the point )?<p> (?:and|to) the plane <e>",
    words="distance between plane",
)
def _to_plane(ask: Ask) -> Expected:
    place = point(ask, "p")
    tree = ask.tree("e")
    names = [symbol(name) for name in "xyz"]
    if tree.kind != "rel" or tree.text != "=" or len(place) != 3:
        raise NotUnderstood("no plane")
    plane = sp.Poly(build(Node("sub", tree.parts), ask.facts.context()), *names)
    if plane.total_degree() != 1 or plane.free_symbols_in_domain:
        raise NotUnderstood("no plane")
    normal = [plane.coeff_monomial(name) for name in names]
    size = sp.sqrt(sum((part**2 for part in normal), sp.Integer(0)))
    return value_expected(
        ask, sp.Abs(plane.eval(dict(zip(names, place, strict=True)))) / size, None, method=_METHOD
    )


@asked(
    r"find the matrix (?:for the transformation )?(?:that corresponds to |which |that |corresponding to )?(?:rotating|rotates|a rotation|rotation) (?:about the origin )?(?:by|of) (?:an angle of )?<a> (?:about the origin,? )?(?:in the )?(?P<turn>counter-?clockwise|clockwise)(?: direction)?(?: about the origin)?",
    r"find the matrix that corresponds to rotating about the origin by an angle of <a> (?P<turn>counter-?clockwise|clockwise)",
    words="rotating rotates rotation transformation corresponds corresponding about origin angle direction",
)
def _rotation(ask: Ask) -> Expected:
    if ask.tree("a").kind not in ("deg", "div", "mul", "const"):
        raise NotUnderstood("no angle")
    angle = number(ask, "a")
    if ask.word("turn") == "clockwise":
        angle = -angle
    rows = [[sp.cos(angle), -sp.sin(angle)], [sp.sin(angle), sp.cos(angle)]]
    return Expected("matrix", (sp.ImmutableMatrix(rows),), _METHOD)


@asked(
    r"(?P<count>how many) (?P<axis>⟦\d+⟧) ?- ?intercepts does the (?:graph of )?(?:the )?(?:parabola |equation |function |curve )?<e> have",
    r"(?:find|what is|what are) the (?P<axis>⟦\d+⟧) ?- ?intercepts? of (?:the )?(?:graph of )?(?:the )?(?:parabola |equation |function |line |curve )?<e>",
    words="intercepts intercept parabola",
)
def _intercepts(ask: Ask) -> Expected:
    name = ask.read.formulas[int(ask.word("axis").strip("⟦⟧"))].strip()
    tree = ask.tree("e")
    if name not in ("x", "y") or tree.kind != "rel" or tree.text != "=":
        raise NotUnderstood("no intercepts")
    left, right = tree.parts
    if left.kind == "apply":
        left = Node("name", text="y")
    other = "y" if name == "x" else "x"
    ask.facts.equations.append(_relation(left, right))
    ask.facts.equations.append(_relation(Node("name", text=other), Node("num", text="0")))
    found = [solution[name] for solution in solutions(ask.facts, ("x", "y"))]
    if ask.has("count"):
        return value_expected(ask, sp.Integer(len(found)), None, method="substitution")
    return Expected("roots", tuple(found), "substitution", names=(name,))


@asked(
    r"(?:find|what is|compute) the (?P<what>distance between the vertices|distance between the foci|positive slope of an asymptote|positive value of the slope of an asymptote) (?:of|for) the (?:hyperbola|ellipse) <e>",
    r"find the (?P<what>distance between the vertices|distance between the foci) of the hyperbola given by <e>",
    words="hyperbola ellipse",
)
def _hyperbola(ask: Ask) -> Expected:
    tree = ask.tree("e")
    x, y = symbol("x"), symbol("y")
    if tree.kind != "rel" or tree.text != "=":
        raise NotUnderstood("no equation")
    value = sp.expand(sp.fraction(sp.together(build(Node("sub", tree.parts), ask.facts.context())))[0])
    curve = sp.Poly(value, x, y)
    if curve.total_degree() != 2 or curve.coeff_monomial(x * y) != 0:
        raise NotUnderstood("no conic along the axes")
    a, c = curve.coeff_monomial(x**2), curve.coeff_monomial(y**2)
    d, e, f = curve.coeff_monomial(x), curve.coeff_monomial(y), curve.coeff_monomial(1)
    if a == 0 or c == 0 or a * c > 0:
        raise NotUnderstood("no hyperbola")
    level = d**2 / (4 * a) + e**2 / (4 * c) - f
    along, across = level / a, level / c
    if level == 0:
        raise NotUnderstood("two lines")
    what = ask.word("what")
    if "vertices" in what:
        return value_expected(ask, 2 * sp.sqrt(sp.Max(along, across)), None, method=_METHOD)
    if "foci" in what:
        return value_expected(ask, 2 * sp.sqrt(sp.Abs(along) + sp.Abs(across)), None, method=_METHOD)
    return value_expected(ask, sp.sqrt(sp.Abs(across / along)), None, method=_METHOD)


QUESTIONS = (
    _intersection,
    _intersections,
    _plane,
    _to_plane,
    _rotation,
    _intercepts,
    _hyperbola,
)
