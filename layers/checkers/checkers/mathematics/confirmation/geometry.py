"""The second way of questions about geometry, vectors and complex numbers."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import mpmath  # type: ignore[import-untyped]

from checkers.mathematics.confirmation.evaluation.arithmetic import Scope, evaluate, inexact, is_near
from checkers.mathematics.confirmation.evaluation.errors import CannotTell
from checkers.mathematics.confirmation.evaluation.grids import Grid
from checkers.mathematics.confirmation.evaluation.polynomials import as_fraction, real_zeros
from checkers.mathematics.confirmation.evaluation.results import number_of
from checkers.mathematics.confirmation.evaluation.systems import solutions_near
from checkers.mathematics.confirmation.solutions import are_all_solutions, involved
from checkers.mathematics.confirmation.told import Confirmation, Told
from checkers.mathematics.formulas.nodes import Node
from checkers.mathematics.formulas.units import UNITS
from checkers.mathematics.problem.facts import Relation

__all__ = ["GEOMETRY"]

CLOSE = mpmath.mpf(10) ** -15


def _is(one: Any, other: Any) -> bool:
    a, b = inexact(one), inexact(other)
    return bool(abs(a - b) <= CLOSE * (1 + abs(a)))


def _relation(tree: Node) -> Relation:
    left, right = tree.parts
    if left.kind == "apply":
        left = Node("name", text="y")
    return Relation(left, "=", right)


def _gap(told: Told, relation: Relation, **values: Any) -> Any:
    inside = told.scope.where(values)
    return inexact(evaluate(relation.left, inside)) - inexact(evaluate(relation.right, inside))


def _quadratic(told: Told, tree: Node) -> dict[str, Any]:
    """The coefficients of the curve, from its values at six places.

    Its numerator must be a polynomial.
    """
    relation = _relation(tree)

    def gap(x: int, y: int) -> Any:
        return _gap(told, relation, x=x, y=y)

    f = gap(0, 0)
    a, d = (gap(1, 0) + gap(-1, 0)) / 2 - f, (gap(1, 0) - gap(-1, 0)) / 2
    c, e = (gap(0, 1) + gap(0, -1)) / 2 - f, (gap(0, 1) - gap(0, -1)) / 2
    b = gap(1, 1) - a - c - d - e - f
    made = {"a": a, "b": b, "c": c, "d": d, "e": e, "f": f}
    for x, y in ((2, 3), (-3, 5), (7, -4)):
        if not _is(gap(x, y), a * x * x + b * x * y + c * y * y + d * x + e * y + f):
            raise CannotTell("no curve of second degree")
    return made


def _between(told: Told) -> bool | None:
    p, q = told.point(told.tree("p")), told.point(told.tree("q"))
    what = told.word("what") or "distance"
    if what == "midpoint":
        return all(_is(2 * m, a + b) for m, a, b in zip(told.results, p, q, strict=True))
    if what == "slope":
        return _is(told.result * (q[0] - p[0]), q[1] - p[1])
    return told.result >= 0 and _is(
        inexact(told.result) ** 2, sum((a - b) ** 2 for a, b in zip(p, q, strict=True))
    )


def _of_segment(told: Told) -> bool | None:
    """The middle is as far from both ends; sides and slopes by turning the plane's complex numbers."""
    p, q = (mpmath.mpc(*(inexact(x) for x in told.point(told.tree(group)))) for group in "pq")
    what, part = told.word("what"), told.word("part")
    if what in ("midpoint", "diameter", "other"):
        place = 2 * q - p if what == "other" else p + (q - p) / 2
        if part == "coordinates":
            return all(_is(x, y) for x, y in zip(told.results, (place.real, place.imag), strict=True))
        if part.startswith("sum"):
            return _is(told.result, place.real + place.imag)
        if part.startswith("product"):
            return _is(told.result, place.real * place.imag)
        axis = told.ask.read.formulas[int(part[1 : part.index("⟧")])].strip("- ")
        return _is(told.result, place.real if axis == "x" else place.imag)
    way = q - p
    if what == "slope":
        turned = way * mpmath.mpc(0, 1) if part == "perpendicular" else way
        return _is(told.result * turned.real, turned.imag)
    if what in ("adjacent", "opposite"):
        side = abs(way) if what == "adjacent" else abs(way / mpmath.mpc(1, 1))
        return _is(told.result, side * side if part == "area" else 4 * side)
    return _is(told.result, abs(way))


def _line(told: Told, tree: Node) -> tuple[Any, Any, Any]:
    curve = _quadratic(told, tree)
    if any(abs(curve[k]) > CLOSE for k in "abc"):
        raise CannotTell("no line")
    return curve["d"], curve["e"], curve["f"]


def _to_line(told: Told) -> bool | None:
    x, y = (0, 0) if "origin" in told.text else told.point(told.tree("p"))
    a, b, c = _line(told, told.tree("l"))
    # The foot of the perpendicular.
    step = (a * x + b * y + c) / (a * a + b * b)
    return told.result >= 0 and _is(mpmath.hypot(a * step, b * step), told.result)


def _of_line(told: Told) -> bool | None:
    a, b, c = _line(told, told.tree("l"))
    what = told.word("what")
    if "intercept" in what:
        name = what[0] if what[0] != "⟦" else told.ask.read.formulas[int(what[1 : what.index("⟧")])]
        if told.expected.kind == "pair":
            x, y = told.results
            return _is(a * x + b * y, -c) and is_near(y if name == "x" else x, 0)
        return _is((a if name == "x" else b) * told.result, -c)
    if what == "perpendicular":
        return _is(told.result * (-a / b), -1)
    return _is(told.result * b, -a)


def _holds_at(told: Told, places: list[dict[str, Any]]) -> bool:
    (made,) = told.expected.values
    return all(abs(inexact(number_of(made, place))) < CLOSE for place in places)


def _off(told: Told, place: dict[str, Any]) -> bool:
    (made,) = told.expected.values
    return bool(abs(inexact(number_of(made, place))) > CLOSE)


def _line_through(told: Told) -> bool | None:
    p, q = (dict(zip("xy", told.point(told.tree(group)), strict=True)) for group in "pq")
    beside = {"x": p["x"] + (q["y"] - p["y"]), "y": p["y"] - (q["x"] - p["x"])}
    return _holds_at(told, [p, q]) and _off(told, beside)


def _converted(told: Told) -> bool | None:
    place, made = told.point(told.tree("p")), [inexact(value) for value in told.results]
    sort = {"from": [inexact(v) for v in place], "to": made}

    def plain(group: str) -> list[Any]:
        kind, values = told.word(group), sort[group]
        if kind == "rectangular":
            return values
        if kind == "spherical":
            r, turn, fall = values
            return [
                r * mpmath.sin(fall) * mpmath.cos(turn),
                r * mpmath.sin(fall) * mpmath.sin(turn),
                r * mpmath.cos(fall),
            ]
        return [values[0] * mpmath.cos(values[1]), values[0] * mpmath.sin(values[1]), *values[2:]]

    proper = told.word("to") == "rectangular" or (made[0] > 0 and 0 <= made[1] < 2 * mpmath.pi)
    return proper and all(_is(a, b) for a, b in zip(plain("from"), plain("to"), strict=True))


def _of_conic(told: Told) -> bool | None:
    curve = _quadratic(told, told.tree("e"))
    if abs(curve["b"]) > CLOSE:
        return None
    what = told.word("what").removeprefix("coordinates of the ")
    if what in ("vertex", "focus", "directrix", "axis of symmetry"):
        return _of_parabola(told, what, curve)
    a, c, d, e, f = (curve[k] for k in "acdef")
    x, y = -d / (2 * a), -e / (2 * c)
    if what == "center":
        return all(_is(m, n) for m, n in zip(told.results, (x, y), strict=True))
    level = -(a * x * x + c * y * y + d * x + e * y + f)
    along, across = level / a, level / c
    v = inexact(told.result)
    if what == "radius":
        return _is(along, across) and v > 0 and _is(v * v, along)
    if what == "circumference":
        return _is(along, across) and _is((v / (2 * mpmath.pi)) ** 2, along)
    if what == "area":
        return _is((v / mpmath.pi) ** 2, along * across) and along > 0 and v > 0
    if "foci" in what:
        return v > 0 and _is(v * v / 4, abs(along - across))
    big, small = max(along, across), min(along, across)
    if "axis" in what:
        return v > 0 and _is(v * v / 4, big if "major" in what else small)
    return v >= 0 and _is(v * v, 1 - small / big)


def _of_parabola(told: Told, what: str, curve: dict[str, Any]) -> bool | None:
    """The focus is as far from points of the parabola as the directrix.

    The vertex lies between them.
    """
    upright = abs(curve["c"]) < CLOSE
    p, q, r = (curve[k] for k in ("adf" if upright else "cef"))
    scale = -(curve["e"] if upright else curve["d"])
    p, q, r = p / scale, q / scale, r / scale
    along = -q / (2 * p)
    height = p * along**2 + q * along + r
    quarter = 1 / (4 * p)
    if what in ("vertex", "focus"):
        place = (along, height + (quarter if what == "focus" else 0))
        return all(_is(m, n) for m, n in zip(told.results, place if upright else place[::-1], strict=True))
    name, level = ("y", height - quarter) if what == "directrix" else ("x", along)
    if not upright:
        name = "x" if name == "y" else "y"
    other = "x" if name == "y" else "y"
    return _holds_at(told, [{name: level, other: 3}, {name: level, other: -7}]) and _off(
        told, {name: level + 1, other: 3}
    )


def _coordinate(told: Told) -> bool | None:
    curve = _quadratic(told, told.tree("e"))
    if abs(curve["b"]) > CLOSE or abs(curve["c"]) > CLOSE:
        return None
    x = -curve["d"] / (2 * curve["a"])
    y = -(curve["a"] * x * x + curve["d"] * x + curve["f"]) / curve["e"]
    return _is(told.result, x if told.ask.formula("axis").strip("- ") == "x" else y)


def _angle(told: Told) -> bool | None:
    value, tree = inexact(told.number("a")), told.tree("a")
    if told.word("to").startswith("radian"):
        turn = value if tree.kind == "deg" else value * mpmath.pi / 180
        return _is(told.result, turn)
    return _is(inexact(told.result) * mpmath.pi / 180, value)


def _circle(told: Told) -> bool | None:
    size, v = inexact(told.number("r")), inexact(told.result)
    radius = size / 2 if told.word("how") == "diameter" else size
    return (
        _is(v / mpmath.pi, radius**2)
        if told.word("what") in ("area", "面积")
        else _is(v / (2 * mpmath.pi), radius)
    )


def _solid(told: Told) -> bool | None:
    size, v = inexact(told.number("r")), inexact(told.result)
    cube, volume = told.word("body") == "cube", told.word("what") == "volume"
    if cube:
        return _is(v / size**2, size if volume else 6)
    return _is(v * 3 / (4 * mpmath.pi), size**3) if volume else _is(v / (4 * mpmath.pi), size**2)


_NAMES = {
    "triangle": 3,
    "square": 4,
    "pentagon": 5,
    "hexagon": 6,
    "heptagon": 7,
    "octagon": 8,
    "nonagon": 9,
    "decagon": 10,
    "dodecagon": 12,
}


def _sides(told: Told) -> int:
    if told.word("name"):
        return _NAMES[told.word("name")]
    return int(
        told.ask.formula(next(group for group in ("n", "n2", "n3") if told.ask.match.groupdict().get(group)))
    )


def _polygon_angle(told: Told) -> bool | None:
    """The angle between two sides of the regular polygon on the unit circle."""
    turn = 2 * mpmath.pi / _sides(told)
    corner = mpmath.expj(0), mpmath.expj(turn), mpmath.expj(2 * turn)
    inner = abs(mpmath.arg((corner[0] - corner[1]) / (corner[2] - corner[1]))) * 180 / mpmath.pi
    return _is(told.result, inner if told.word("what") == "interior" else 180 - inner)


def _diagonals(told: Told) -> bool | None:
    sides = _sides(told)
    pairs = itertools.combinations(range(sides), 2)
    return told.equals(sum(1 for a, b in pairs if b - a not in (1, sides - 1)))


def _halfway(told: Told) -> bool | None:
    a, b = told.number("a"), told.number("b")
    return is_near(inexact(told.result) - inexact(a), inexact(b) - inexact(told.result))


def _area(told: Told) -> bool | None:
    """The polygon as triangles from its first corner, each by Heron's formula."""
    corners = [[inexact(x) for x in corner] for corner in told.points("ps")]

    def side(p: list[Any], q: list[Any]) -> Any:
        return mpmath.sqrt(sum((a - b) ** 2 for a, b in zip(p, q, strict=True)))

    total = mpmath.mpf(0)
    for p, q in itertools.pairwise(corners):
        a, b, c = side(corners[0], p), side(p, q), side(q, corners[0])
        half = (a + b + c) / 2
        total += mpmath.sqrt(max(mpmath.mpf(0), half * (half - a) * (half - b) * (half - c)))
    return _is(total, told.result)


def _columns(told: Told, group: str) -> list[list[Any]]:
    return told.points(group)


def _parallelepiped(told: Told) -> bool | None:
    (a, b, c), (d, e, f), (g, h, i) = _columns(told, "vs")
    return told.result >= 0 and _is(
        inexact(told.result) ** 2,
        (a * e * i + b * f * g + c * d * h - c * e * g - b * d * i - a * f * h) ** 2,
    )


def _complex(told: Told) -> Scope:
    return Scope(told.scope.names, told.scope.functions, euler=True, imaginary=True, complex_parts=True)


def _complex_form(told: Told) -> bool | None:
    return _is(evaluate(told.tree("z"), _complex(told)), told.result)


def _factor(told: Told) -> bool | None:
    """With the constants put in, the dividend vanishes at the divisor's zeros."""
    unknown = told.tree("k")
    names = [part.text for part in (unknown.parts if unknown.kind == "tuple" else (unknown,))]
    inside = told.scope.where(dict(zip(names, told.results, strict=True)))
    dividend, divisor = told.tree("p"), told.tree("d")
    free = {n for n in "abcdefghjklmnopqrstuvwxyz" if n in _letters(divisor) | _letters(dividend)} - set(
        names
    )
    if len(free) != 1:
        return None
    (variable,) = free
    values = [inexact(evaluate(divisor, inside.where({variable: x}))) for x in (0, 1, -1)]
    a, b, c = (values[1] + values[2]) / 2 - values[0], (values[1] - values[2]) / 2, values[0]
    zeros = [-c / b] if abs(a) < CLOSE else mpmath.polyroots([a, b, c], extraprec=120)
    checked = Scope(inside.names, inside.functions, complex_parts=True)
    return all(abs(evaluate(dividend, checked.where({variable: zero}))) < CLOSE * 100 for zero in zeros)


def _letters(tree: Node) -> set[str]:
    return ({tree.text} if tree.kind == "name" else set()).union(*(_letters(part) for part in tree.parts))


def _intersection(told: Told) -> bool | None:
    if told.expected.kind == "pair":
        claimed = [dict(zip("xy", told.results, strict=True))]
    else:
        claimed = [{name: number_of(value) for name, value in s.items()} for s in told.expected.solutions]
    return are_all_solutions(told, ["x", "y"], claimed)


def _intersections(told: Told) -> bool | None:
    found = solutions_near(told.facts.equations, ["x", "y"], told.scope, told.seed)
    return told.equals(len(found)) or None


def _plane(told: Told) -> bool | None:
    corners = [dict(zip("xyz", corner, strict=True)) for corner in told.points("ps")]
    p, q, r = ([corner[k] for k in "xyz"] for corner in corners)
    normal = Grid(3, 1, tuple(a - b for a, b in zip(q, p, strict=True))).cross(
        Grid(3, 1, tuple(a - b for a, b in zip(r, p, strict=True)))
    )
    beside = {k: corners[0][k] + n for k, n in zip("xyz", normal.cells, strict=True)}
    return _holds_at(told, corners) and _off(told, beside)


def _to_plane(told: Told) -> bool | None:
    relation, place = _relation(told.tree("e")), told.point(told.tree("p"))
    base = _gap(told, relation, x=0, y=0, z=0)
    normal = [_gap(told, relation, **{n: int(n == k) for n in "xyz"}) - base for k in "xyz"]
    at = _gap(told, relation, **dict(zip("xyz", place, strict=True)))
    return told.result >= 0 and _is(inexact(told.result) ** 2 * sum(n * n for n in normal), at**2)


def _rotation(told: Told) -> bool | None:
    turn = inexact(told.number("a")) * (-1 if told.word("turn") == "clockwise" else 1)
    grid = told.result
    for x, y in ((1, 0), (0, 1)):
        moved = mpmath.mpc(x, y) * mpmath.expj(turn)
        column = grid.times(Grid(2, 1, (x, y))).cells
        if not (_is(column[0], moved.real) and _is(column[1], moved.imag)):
            return False
    return True


def _intercepts(told: Told) -> bool | None:
    name = told.ask.read.formulas[int(told.word("axis").strip("⟦⟧"))].strip()
    other = "y" if name == "x" else "x"
    if involved(told) != {"x", "y"}:
        return None
    if told.expected.kind == "roots":
        return are_all_solutions(told, ["x", "y"], [{name: value, other: 0} for value in told.results])
    relation = told.facts.equations[0]
    above, _ = as_fraction(Node("sub", (relation.left, relation.right)), name, told.scope.where({other: 0}))
    return told.equals(real_zeros(above))


def _hyperbola(told: Told) -> bool | None:
    curve = _quadratic(told, told.tree("e"))
    a, c, d, e, f = (curve[k] for k in "acdef")
    level = d * d / (4 * a) + e * e / (4 * c) - f
    squares = [level / a, level / c]
    v, what = inexact(told.result), told.word("what")
    if a * c >= 0 or abs(curve["b"]) > CLOSE:
        return None
    if "vertices" in what:
        return v > 0 and _is(v * v / 4, max(squares))
    if "foci" in what:
        return v > 0 and _is(v * v / 4, abs(squares[0]) + abs(squares[1]))
    return v > 0 and _is(v * v, -a / c)


def _of_two(told: Told) -> bool | None:
    a, b = (Grid(len(p), 1, tuple(p)) for p in (told.point(told.tree("a")), told.point(told.tree("b"))))
    what = told.word("what")
    if what == "cross product":
        made = told.result
        return is_near(made.dot(a), 0) and is_near(made.dot(b), 0) and is_near(made, a.cross(b))
    if what == "projection":
        rest = a.plus(told.result, -1)
        factor = inexact(told.result.dot(b)) / inexact(b.dot(b))
        return is_near(rest.dot(b), 0) and all(
            _is(x, factor * y) for x, y in zip(told.result.cells, b.cells, strict=True)
        )
    if what == "dot product":
        return told.equals(sum(x * y for x, y in zip(a.cells, b.cells, strict=True)))
    lengths = mpmath.sqrt(inexact(a.dot(a))) * mpmath.sqrt(inexact(b.dot(b)))
    cosine = inexact(a.dot(b)) / lengths
    v = inexact(told.result)
    if what == "cosine of the angle":
        return _is(v, cosine)
    if what == "angle":
        turn = v * mpmath.pi / 180 if told.expected.unit is not None else v
        return 0 <= turn <= mpmath.pi and _is(mpmath.cos(turn), cosine)
    area = lengths * mpmath.sqrt(1 - cosine**2)
    return _is(v * (2 if "triangle" in what else 1), area)


def _of_matrix(told: Told) -> bool | None:
    tree, what = told.tree("m"), told.word("what")
    grid = evaluate(tree.parts[1] if tree.kind == "rel" else tree, told.scope)
    if what == "determinant":
        return told.equals(grid.determinant())
    if what == "trace":
        return told.equals(sum(grid.at(k, k) for k in range(grid.rows)))
    if what == "inverse":
        one = grid.power(0)
        return is_near(grid.times(told.result), one)
    return is_near(told.result, grid.transposed() if what == "transpose" else grid.times(grid))


def _of_complex(told: Told) -> bool | None:
    z, v, what = mpmath.mpc(inexact(evaluate(told.tree("z"), _complex(told)))), told.result, told.word("what")
    if what in ("real part", "实部"):
        return _is(v, z.real)
    if what in ("imaginary part", "虚部"):
        return _is(v, z.imag)
    if "conj" in what or what == "共轭复数":
        return _is(v, mpmath.mpc(z.real, -z.imag))
    return _is(v, abs(z))


def _unit(told: Told) -> bool | None:
    """The table of factors is shared.

    The quotient is computed here by cross-multiplication.
    """
    source, target = UNITS[told.word("from")], UNITS[told.word("to")]
    whole = told.number("a") if told.has("a") else 1
    return is_near(Fraction(told.result) * whole * target.factor, Fraction(told.number("n")) * source.factor)


GEOMETRY: dict[str, Confirmation] = {
    "coordinates._between": _between,
    "coordinates._of_segment": _of_segment,
    "coordinates._to_line": _to_line,
    "coordinates._of_line": _of_line,
    "coordinates._line_through": _line_through,
    "coordinates._converted": _converted,
    "coordinates._of_conic": _of_conic,
    "coordinates._coordinate": _coordinate,
    "coordinates._angle": _angle,
    "shapes._circle": _circle,
    "shapes._solid": _solid,
    "shapes._angle": _polygon_angle,
    "shapes._diagonals": _diagonals,
    "shapes._halfway": _halfway,
    "shapes._area": _area,
    "shapes._parallelepiped": _parallelepiped,
    "shapes._complex_form": _complex_form,
    "shapes._factor": _factor,
    "space._intersection": _intersection,
    "space._intersections": _intersections,
    "space._plane": _plane,
    "space._to_plane": _to_plane,
    "space._rotation": _rotation,
    "space._intercepts": _intercepts,
    "space._hyperbola": _hyperbola,
    "vectors._of_two": _of_two,
    "vectors._of_matrix": _of_matrix,
    "vectors._of_complex": _of_complex,
    "numbers._unit": _unit,
}
