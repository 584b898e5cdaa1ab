"""Formulas of vectors without coordinates, as formulas of their lengths and products: `‖a‖` and `a·b` are numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.problem.reading import Reading

__all__ = ["Products", "vector_names"]

_VECTOR = re.compile(
    r"\\(?:mathbf|vec|boldsymbol|bold)\s*\{?\s*([a-z])\s*\}?|\\overrightarrow\s*\{\s*([a-z])\s*\}"
)
ONE, TWO = Node("num", text="1"), Node("num", text="2")
Vector = dict[str, Node]


def vector_names(read: Reading) -> frozenset[str]:
    """The letters that are written as vectors."""
    return frozenset(match[1] or match[2] for formula in read.formulas for match in _VECTOR.finditer(formula))


@dataclass
class Products:
    """Rewrites formulas. `angles` are the vectors between which a named angle is."""

    names: frozenset[str]
    angles: dict[str, tuple[Vector, Vector]] = field(default_factory=dict)

    def number(self, tree: Node) -> Node:
        """A formula that is a number. Raises `NotUnderstood` for a vector."""
        if tree.kind in ("num", "const"):
            return tree
        if tree.kind == "name" and tree.text not in self.names and tree.text not in self.angles:
            return tree
        if tree.kind == "abs":
            return self._length(tree.parts[0])
        if tree.kind == "mul":
            return self._product(tree)
        if tree.kind in ("add", "sub", "neg", "pos", "div", "pow"):
            if tree.kind == "pow" and self._is_vector(tree.parts[0]):
                raise NotUnderstood("a power of a vector")
            return Node(tree.kind, tuple(self.number(part) for part in tree.parts), tree.text)
        if tree.kind == "call" and tree.text in ("sin", "cos") and tree.parts[0].text in self.angles:
            cosine = self.cosine(*self.angles[tree.parts[0].text])
            if tree.text == "cos":
                return cosine
            return _root(Node("sub", (ONE, Node("pow", (cosine, TWO)))))
        raise NotUnderstood("no number made of vectors")

    def cosine(self, one: Vector, other: Vector) -> Node:
        """The cosine of the angle between two vectors."""
        return Node("div", (self.dot(one, other), Node("mul", (self.length(one), self.length(other)))))

    def dot(self, one: Vector, other: Vector) -> Node:
        """The product of two sums of vectors, multiplied out."""
        total: Node | None = None
        for name, times in sorted(one.items()):
            for second, more in sorted(other.items()):
                term = Node("mul", (Node("mul", (times, more)), self._entry(name, second)))
                total = term if total is None else Node("add", (total, term))
        if total is None:
            raise NotUnderstood("no vectors")
        return total

    def length(self, vector: Vector) -> Node:
        """The length of a sum of vectors."""
        if len(vector) == 1 and next(iter(vector.values())) == ONE:
            return Node("name", text=f"‖{next(iter(vector))}‖")
        return _root(self.dot(vector, vector))

    def vector(self, tree: Node) -> Vector:
        """A sum of multiples of vectors. Raises `NotUnderstood`."""
        if tree.kind == "name" and tree.text in self.names:
            return {tree.text: ONE}
        if tree.kind in ("neg", "pos"):
            return _scaled(self.vector(tree.parts[0]), tree.kind == "neg")
        if tree.kind in ("add", "sub"):
            made = dict(self.vector(tree.parts[0]))
            for name, times in _scaled(self.vector(tree.parts[1]), tree.kind == "sub").items():
                made[name] = Node("add", (made[name], times)) if name in made else times
            return made
        if tree.kind == "mul" and tree.text != "times" and self._is_vector(tree.parts[1]):
            factor = self.number(tree.parts[0])
            return {
                name: factor if times == ONE else Node("mul", (factor, times))
                for name, times in self.vector(tree.parts[1]).items()
            }
        raise NotUnderstood("no vector")

    def _entry(self, one: str, other: str) -> Node:
        if one == other:
            return Node("pow", (Node("name", text=f"‖{one}‖"), TWO))
        return Node("name", text="·".join(sorted((one, other))))

    def _product(self, tree: Node) -> Node:
        first, second = tree.parts
        vectors = (self._is_vector(first), self._is_vector(second))
        if vectors == (True, True):
            if tree.text != "cdot":
                raise NotUnderstood("a product that is no number")
            return self.dot(self.vector(first), self.vector(second))
        if vectors != (False, False):
            raise NotUnderstood("a vector")
        return Node("mul", (self.number(first), self.number(second)))

    def _length(self, tree: Node) -> Node:
        crossed = self._crossed(tree)
        if crossed is not None:
            return _root(self.square_of_cross(*crossed))
        return self.length(self.vector(tree)) if self._is_vector(tree) else Node("abs", (self.number(tree),))

    def square_of_cross(self, one: Vector, other: Vector) -> Node:
        """The squared length of a cross product, by the lengths and the product of its factors."""
        squares = Node("mul", (self.dot(one, one), self.dot(other, other)))
        return Node("sub", (squares, Node("pow", (self.dot(one, other), TWO))))

    def _crossed(self, tree: Node) -> tuple[Vector, Vector] | None:
        if tree.kind == "mul" and tree.text == "times" and all(self._is_vector(part) for part in tree.parts):
            return self.vector(tree.parts[0]), self.vector(tree.parts[1])
        return None

    def relations(self, tree: Node) -> list[tuple[Node, Node]]:
        """What an equation between numbers, or between a cross product and a column of numbers, says."""
        if tree.kind != "rel" or tree.text != "=":
            raise NotUnderstood("no equation")
        left, right = tree.parts
        crossed = self._crossed(left)
        if crossed is not None and right.kind == "matrix" and right.text.endswith(" 1"):
            squares = [Node("pow", (part, TWO)) for part in right.parts]
            total = squares[0]
            for square in squares[1:]:
                total = Node("add", (total, square))
            return [(self.square_of_cross(*crossed), total)]
        return [(self.number(left), self.number(right))]

    def _is_vector(self, tree: Node) -> bool:
        try:
            self.vector(tree)
        except NotUnderstood:
            return False
        return True


def _scaled(vector: Vector, negative: bool) -> Vector:
    return {name: Node("neg", (times,)) if negative else times for name, times in vector.items()}


def _root(tree: Node) -> Node:
    return Node("call", (tree, TWO), "root")
