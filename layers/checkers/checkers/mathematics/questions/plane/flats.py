"""Questions about planes and lines: projections, reflections, their matrices, and equations of planes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.build import build, symbol
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.questions.matched_numbers import number, point, vector
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.values import value_expected

__all__ = ["QUESTIONS"]

_METHOD = "geometry"
_WHAT = r"(?:what is|find|compute|determine)"
_ONTO = r"(?:onto|over|across|in|about|through)"
_FLAT = r"(?P<flat>the vector |vector |the plane |plane |the line |line )?<f>"
_MAPS = "projection projecting projects reflection reflecting reflects point"


@dataclass(frozen=True)
class _Flat:
    """A line by a point and its direction, or a plane by a point and its normal."""

    base: Any
    direction: Any
    is_plane: bool

    def nearest(self, place: Any) -> Any:
        """The point of the line or plane that is nearest to a place."""
        along = (place - self.base).dot(self.direction) / self.direction.dot(self.direction) * self.direction
        return place - along if self.is_plane else self.base + along


def _flat(ask: Ask, size: int) -> _Flat:
    tree, word = ask.tree("f"), ask.word("flat")
    if tree.kind != "rel":
        direction = sp.Matrix(vector(tree, ask))
        if "plane" in word or direction.rows != size or direction.dot(direction) == 0:
            raise NotUnderstood("no direction")
        return _Flat(sp.zeros(size, 1), direction, is_plane=False)
    if "vector" in word:
        raise NotUnderstood("no vector")
    names = [symbol(name) for name in "xyz"[:size]]
    if tree.text == "=":
        made = _plane(Node("sub", tree.parts), names, ask)
        if size == 2:
            normal = sp.Matrix([-made.direction[1], made.direction[0]])
            return _Flat(made.base, normal, is_plane=False)
        if "line" in word:
            raise NotUnderstood("a plane that is called a line")
        return made
    if tree.text != "= =" or size != 3 or "plane" in word:
        raise NotUnderstood("no line")
    return _symmetric(tree, ask)


def _plane(tree: Node, names: list[Any], ask: Ask) -> _Flat:
    difference = sp.expand(build(tree, ask.facts.context()))
    if not difference.is_polynomial(*names) or difference.free_symbols - set(names):
        raise NotUnderstood("no plane")
    polynomial = sp.Poly(difference, *names)
    normal = sp.Matrix([polynomial.coeff_monomial(name) for name in names])
    if polynomial.total_degree() != 1:
        raise NotUnderstood("no plane")
    base = -polynomial.coeff_monomial(1) / normal.dot(normal) * normal
    return _Flat(base, normal, is_plane=True)


def _symmetric(tree: Node, ask: Ask) -> _Flat:
    """x/2 = y = z/(-1): where each part is 0, and how each coordinate grows."""
    base, direction = [], []
    for name in "xyz":
        parts = [
            part
            for part in (build(part, ask.facts.context()) for part in tree.parts)
            if part.free_symbols == {symbol(name)}
        ]
        if len(parts) != 1 or not parts[0].is_polynomial() or sp.degree(parts[0], symbol(name)) != 1:
            raise NotUnderstood("no line")
        growth = parts[0].coeff(symbol(name), 1)
        direction.append(1 / growth)
        base.append(-sp.expand(parts[0]).subs(symbol(name), 0) / growth)
    return _Flat(sp.Matrix(base), sp.Matrix(direction), is_plane=False)


def _moved(flat: _Flat, place: Any, word: str) -> Any:
    near = flat.nearest(place)
    return near if word.startswith("project") else 2 * near - place


@asked(
    rf"{_WHAT} the (?P<map>projection|reflection) of (?P<sort>the vector |the point |vector |point )?<v> {_ONTO} {_FLAT}",
    rf"(?P<sort>the vector |the point )?<v> is (?P<map>projected|reflected) {_ONTO} {_FLAT}\. find the (?:coordinates of the )?resulting (?:point|vector)",
    rf"(?P<map>project|reflect) (?P<sort>the vector |the point )?<v> {_ONTO} {_FLAT}",
    words="vector point projected reflected resulting project reflect onto over across in about through",
)
def _image(ask: Ask) -> Expected:
    """The projection or the mirror image of a point or a vector."""
    tree = ask.tree("v")
    column = tree.kind == "matrix"
    place = sp.Matrix(vector(tree, ask)) if column else sp.Matrix(point(ask, "v"))
    if place.rows not in (2, 3) or ask.facts.equations:
        raise NotUnderstood("no place in the plane or in space")
    ask.word("sort")
    made = _moved(_flat(ask, place.rows), place, ask.word("map")).applyfunc(sp.nsimplify)
    if column:
        return Expected("matrix", (sp.ImmutableMatrix(made),), _METHOD)
    return Expected("pair", tuple(made), _METHOD)


_ANY = r"for (?:any|every|all) vectors? <v>,? <mv> is the (?P<map>projection|reflection) of <v2>"


@asked(
    rf"find the (?P<size><s> )?matrix <m> such that {_ANY} {_ONTO} {_FLAT}".replace("<s>", r"⟦\d+⟧"),
    rf"find the (?P<size>⟦\d+⟧ )?matrix (?:for|that corresponds to|corresponding to|representing) (?:a |the )?(?P<map>projecting|projection|reflecting|reflection) {_ONTO} {_FLAT}",
    rf"let <q> be the plane (?:passing )?through the origin with normal vector <n>\. find the (?P<size>⟦\d+⟧ )?matrix <m> such that {_ANY} {_ONTO} (?:the )?plane <q2>",
    words=f"onto over across in about through matrix vector plane origin normal passing corresponds corresponding representing every {_MAPS}",
)
def _matrix(ask: Ask) -> Expected:
    """The matrix of a projection or reflection, column by column."""
    if ask.has("v") and (
        ask.tree("v2") != ask.tree("v")
        or ask.tree("mv") != Node("mul", (ask.tree("m"), ask.tree("v")), "beside")
    ):
        raise NotUnderstood("another map")
    if ask.has("n"):
        if ask.tree("q") != ask.tree("q2"):
            raise NotUnderstood("another plane")
        normal = sp.Matrix(vector(ask.tree("n"), ask))
        flat, size = _Flat(sp.zeros(3, 1), normal, is_plane=True), 3
    else:
        tree = ask.tree("f")
        size = len(vector(tree, ask)) if tree.kind != "rel" else 3 if "z" in ask.formula("f") else 2
        flat = _flat(ask, size)
    if flat.direction.rows != size or any(part != 0 for part in flat.base) or ask.facts.equations:
        raise NotUnderstood("no linear map")
    if ask.has("size") and not _is_square(ask, size):
        raise NotUnderstood("a matrix of another size")
    columns = [_moved(flat, sp.eye(size)[:, place], ask.word("map")) for place in range(size)]
    return Expected("matrix", (sp.ImmutableMatrix(sp.Matrix.hstack(*columns)),), _METHOD)


def _is_square(ask: Ask, size: int) -> bool:
    side = Node("num", text=str(size))
    return ask.tree("size") == Node("mul", (side, side), "times")


@asked(
    rf"{_WHAT} (?:the |an )?equation of the plane (?:which |that )?(?:passes|passing|going|goes|containing|that contains) (?:through )?(?:the point )?<p>,? and (?:which |that )?(?:is )?(?P<how>parallel) to the plane <e>",
    rf"{_WHAT} (?:the |an )?equation of the plane (?:which |that )?(?:passes |passing |going |goes )?through (?:the point )?<p>,? (?:and )?(?:with|has|having|whose) (?:a )?(?P<how>normal vector)(?: is)? <n>",
    rf"{_WHAT} (?:the |an )?equation of the plane (?:with|that has) (?P<how>normal vector) <n> (?:that |which )?(?:passes|passing|going) through (?:the point )?<p>",
    words="through plane passes passing going goes containing contains parallel normal vector whose having point",
)
def _plane_through(ask: Ask) -> Expected:
    """The plane through a point that has the normal of another plane, or one that is told."""
    place = sp.Matrix(point(ask, "p"))
    names = [symbol(name) for name in "xyz"]
    ask.word("how")
    if place.rows != 3 or ask.facts.equations:
        raise NotUnderstood("no point of space")
    if ask.has("n"):
        normal = sp.Matrix(vector(ask.tree("n"), ask))
    else:
        tree = ask.tree("e")
        if tree.kind != "rel" or tree.text != "=":
            raise NotUnderstood("no plane")
        normal = _plane(Node("sub", tree.parts), names, ask).direction
    if normal.rows != 3 or normal.dot(normal) == 0:
        raise NotUnderstood("no normal")
    return Expected("equation", (sp.expand(normal.dot(sp.Matrix(names) - place)),), _METHOD)


@asked(
    r"find the matrix (?:that corresponds to|for|corresponding to|representing) a (?P<map>dilation) (?:centered at the origin )?with scale factor <k>(?P<center>,? centered at the origin)?",
    words="matrix dilation centered origin scale factor corresponds corresponding representing",
)
def _dilation(ask: Ask) -> Expected:
    """The matrix of a dilation of the plane."""
    ask.word("map"), ask.word("center")
    factor = number(ask, "k")
    if ask.facts.equations:
        raise NotUnderstood("more is given")
    return Expected("matrix", (sp.ImmutableMatrix([[factor, 0], [0, factor]]),), _METHOD)


@asked(
    r"find (?:the value of )?<k> (?:so that|such that|if|given that) (?:the )?vectors <u> and <w> are (?P<how>orthogonal|perpendicular|parallel)",
    r"(?:if|given that|suppose(?: that)?) (?:the )?vectors <u> and <w> are (?P<how>orthogonal|perpendicular|parallel)[.,] (?:then )?(?:find|what is) (?:the value of )?<k>",
    r"for what value of <k> are (?:the )?vectors <u> and <w> (?P<how>orthogonal|perpendicular|parallel)",
    words="vectors",
)
def _direction(ask: Ask) -> Expected:
    """The unknown coordinate by which two vectors are at right angles, or parallel."""
    unknown = ask.tree("k")
    first, second = (sp.Matrix(build(ask.tree(group), ask.facts.context())) for group in "uw")
    if unknown.kind != "name" or first.shape != second.shape or first.cols != 1 or ask.facts.equations:
        raise NotUnderstood("no two vectors with an unknown")
    name = symbol(unknown.text, ask.facts.context())
    if ask.word("how") == "parallel":
        pairs = [(i, k) for i in range(first.rows) for k in range(i)]
        rows = [first[i] * second[k] - first[k] * second[i] for i, k in pairs]
    else:
        rows = [first.dot(second)]
    rows = [sp.expand(row) for row in rows if sp.expand(row) != 0]
    if not rows or any(row.free_symbols - {name} for row in rows):
        raise NotUnderstood("other names")
    if not all(row.is_polynomial(name) and sp.degree(row, name) <= 1 for row in rows):
        raise NotUnderstood("several values")
    solved = sp.linsolve(rows, name)
    if len(solved) != 1 or next(iter(solved))[0].free_symbols:
        raise NotUnderstood("no one value")
    return value_expected(ask, next(iter(solved))[0], unknown, method=_METHOD)


QUESTIONS = (_image, _matrix, _plane_through, _dilation, _direction)
