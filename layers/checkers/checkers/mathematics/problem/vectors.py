"""Sentences about vectors without coordinates: their names, lengths, products and angles."""

from __future__ import annotations

import re
from collections.abc import Callable

from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.problem.gram import Products, vector_names
from checkers.mathematics.problem.reading import Reading, pattern

__all__ = ["told_of_vectors"]

_CLAUSES = (
    ("named", pattern(r"<ns+>,? (?:be|are|is) (?:(?:a|two|three|certain|nonzero) )*(?P<unit>unit )?vectors?(?: in space)?(?![a-z])")),
    ("named", pattern(r"(?:(?:the|certain|nonzero|two) )*(?P<unit>unit )?vectors? <ns+>(?! (?:are|is))")),
    ("upright", pattern(r"(?:the vectors )?<u> and <w> are (?:orthogonal|perpendicular)(?![a-z])")),
    ("upright", pattern(r"<u> is (?:orthogonal|perpendicular) to <w>")),
    ("angle", pattern(r"<t> (?:is|be) the angle between (?:the vectors )?<u> and <w>")),
    ("turn", pattern(r"the angle between (?:the vectors )?<u> and <w> is <d>")),
    ("told", pattern(r"<es+>")),
)  # fmt: skip
_GLUE = re.compile(
    r"[.,;] ?|(?:and|such that|so that|with|then|if|where|for which|that satisfy|let|given(?: that)?|suppose(?: that)?|also|in addition)(?![a-z]) ?"
)
Parse = Callable[[str], tuple[Node, ...]]


def told_of_vectors(text: str, read: Reading, parse: Parse) -> tuple[Products, list[tuple[Node, Node]]]:
    """The vectors, and the equations between numbers that are told of them. Raises `NotUnderstood`."""
    products, relations = Products(vector_names(read)), []
    if not products.names:
        raise NotUnderstood("no vectors")
    left = text.strip()
    while left:
        glue = _GLUE.match(left)
        if glue:
            left = left[glue.end() :]
            continue
        sort, match = next(((sort, m) for sort, shape in _CLAUSES if (m := shape.match(left))), ("", None))
        if match is None:
            raise NotUnderstood("words about vectors that are not known")
        trees = {
            group: [tree for number in re.findall(r"\d+", held) for tree in parse(read.formulas[int(number)])]
            for group, held in match.groupdict().items()
            if held and re.search(r"\d", held)
        }
        relations += _relations(products, sort, trees, unit=bool(match.groupdict().get("unit")))
        left = left[match.end() :].strip()
    return products, relations


def _relations(
    products: Products, sort: str, trees: dict[str, list[Node]], *, unit: bool
) -> list[tuple[Node, Node]]:
    """What one clause says. Raises `NotUnderstood`."""
    if sort == "named":
        if any(tree.kind != "name" or tree.text not in products.names for tree in trees["ns"]):
            raise NotUnderstood("another name than a vector's")
        one = Node("num", text="1")
        return [(Node("name", text=f"‖{tree.text}‖"), one) for tree in trees["ns"]] if unit else []
    if sort == "told":
        return [relation for tree in trees["es"] for relation in products.relations(tree)]
    first, second = (products.vector(trees[group][0]) for group in "uw")
    if sort == "upright":
        return [(products.dot(first, second), Node("num", text="0"))]
    if sort == "turn":
        return [(products.cosine(first, second), Node("call", (trees["d"][0],), "cos"))]
    products.angles[trees["t"][0].text] = (first, second)
    return []
