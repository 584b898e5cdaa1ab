"""The second way of questions about planes and lines: what is nearest lies in them, and the rest stands upright on them."""

from __future__ import annotations

import itertools
from typing import Any

from checkers.mathematics.confirmation.evaluation.arithmetic import evaluate, inexact, is_near
from checkers.mathematics.confirmation.evaluation.grids import Grid
from checkers.mathematics.confirmation.evaluation.results import number_of
from checkers.mathematics.confirmation.told import Confirmation, Told
from checkers.mathematics.formulas.nodes import Node

__all__ = ["FLATS"]

Vector = list[Any]


def _image(told: Told) -> bool | None:
    place = told.point(told.tree("v"))
    made = list(told.result.cells) if told.expected.kind == "matrix" else told.results
    return _is_image(told, place, made, told.word("map"))


def _is_image(told: Told, place: Vector, made: Vector, word: str) -> bool:
    """Whether a place goes there: to the foot of its perpendicular, or as far beyond it."""
    half = [(inexact(a) + inexact(b)) / 2 for a, b in zip(place, made, strict=True)]
    foot = made if word.startswith("project") else half
    away = [a - b for a, b in zip(place, foot, strict=True)]
    return _lies_in(told, foot) and all(is_near(_dot(away, way), 0) for way in _ways(told, len(place)))


def _dot(one: Vector, other: Vector) -> Any:
    return sum((a * b for a, b in zip(one, other, strict=True)), 0)


def _gaps(told: Told, tree: Node, place: Vector) -> list[Any]:
    """How far the sides of an equation, or of a chain of them, are apart at a place."""
    values = told.scope.where(dict(zip("xyz", place, strict=False)))
    sides = [inexact(evaluate(part, values)) for part in tree.parts]
    return [a - b for a, b in itertools.pairwise(sides)]


def _lies_in(told: Told, place: Vector) -> bool:
    if told.has("n"):
        return is_near(_dot(place, told.point(told.tree("n"))), 0)
    tree = told.tree("f")
    if tree.kind == "rel":
        return all(is_near(gap, 0) for gap in _gaps(told, tree, place))
    along = told.point(tree)
    factor = inexact(_dot(place, along)) / inexact(_dot(along, along))
    return all(is_near(a, factor * b) for a, b in zip(place, along, strict=True))


def _ways(told: Told, size: int) -> list[Vector]:
    """Directions in the line or plane, as many as it has dimensions."""
    if told.has("n"):
        return _across(told.point(told.tree("n")))
    tree = told.tree("f")
    if tree.kind != "rel":
        return [told.point(tree)]
    zero = _gaps(told, tree, [0] * size)
    slopes = [
        [a - b for a, b in zip(_gaps(told, tree, [int(k == n) for k in range(size)]), zero, strict=True)]
        for n in range(size)
    ]
    normals = [list(column) for column in zip(*slopes, strict=True)]
    if len(normals) == 2:
        return [list(Grid(3, 1, tuple(normals[0])).cross(Grid(3, 1, tuple(normals[1]))).cells)]
    return _across(normals[0])


def _across(normal: Vector) -> list[Vector]:
    """All products with two of the axes are at right angles to it."""
    if len(normal) == 2:
        return [[-normal[1], normal[0]]]
    a, b, c = normal
    return [[-b, a, 0], [-c, 0, a], [0, -c, b]]


def _matrix(told: Told) -> bool | None:
    """Each column is the image of a vector of the basis."""
    grid = told.result
    for place in range(grid.rows):
        unit = [int(place == k) for k in range(grid.rows)]
        column = [grid.at(row, place) for row in range(grid.rows)]
        if not _is_image(told, unit, column, told.word("map")):
            return False
    return True


def _plane_through(told: Told) -> bool | None:
    """The result vanishes at the point, and nowhere on steps along its normal but there."""
    (made,) = told.expected.values
    place = told.point(told.tree("p"))
    if told.has("n"):
        normal = told.point(told.tree("n"))
    else:
        zero = _gaps(told, told.tree("e"), [0, 0, 0])[0]
        normal = [_gaps(told, told.tree("e"), [int(k == n) for k in range(3)])[0] - zero for n in range(3)]

    def value(spot: Vector) -> Any:
        return inexact(number_of(made, dict(zip("xyz", spot, strict=True))))

    steps = [[p + w for p, w in zip(place, way, strict=True)] for way in _across(normal)]
    beside = [p + n for p, n in zip(place, normal, strict=True)]
    return all(is_near(value(spot), 0) for spot in (place, *steps)) and not is_near(value(beside), 0)


def _dilation(told: Told) -> bool | None:
    factor, grid = told.number("k"), told.result
    return all(
        is_near(grid.times(Grid(2, 1, spot)), Grid(2, 1, (factor * spot[0], factor * spot[1])))
        for spot in ((1, 0), (0, 1), (3, -2))
    )


def _direction(told: Told) -> bool | None:
    """With the value put in, the cosine of the angle is 0, or its square 1."""
    inside = told.scope.where({told.tree("k").text: told.result})
    first, second = (evaluate(told.tree(group), inside) for group in "uw")
    product = first.dot(second)
    if told.word("how") == "parallel":
        return is_near(inexact(product) ** 2, inexact(first.dot(first)) * inexact(second.dot(second)))
    return is_near(product, 0)


FLATS: dict[str, Confirmation] = {
    "flats._image": _image,
    "flats._matrix": _matrix,
    "flats._plane_through": _plane_through,
    "flats._dilation": _dilation,
    "flats._direction": _direction,
}
