"""Interval arithmetic with floats that are rounded outwards.

It shows where equations have no solution.

R. E. Moore, "Interval Analysis" (1966). A box is (low, high); None says that the formula has no value anywhere in it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from checkers.mathematics.confirmation.evaluation.arithmetic import Scope, evaluate
from checkers.mathematics.confirmation.evaluation.errors import CannotTell, Undefined
from checkers.mathematics.formulas.nodes import Node
from checkers.mathematics.problem.facts import Relation

__all__ = ["Box", "enclose", "leftovers"]

Box = tuple[float, float]
MOST_BOXES = 6_000
WHOLE: Box = (-math.inf, math.inf)


def _out(low: float, high: float) -> Box:
    if math.isnan(low) or math.isnan(high):
        return WHOLE
    return math.nextafter(low, -math.inf), math.nextafter(high, math.inf)


def _product(a: Box, b: Box) -> Box:
    found = [0.0 if 0.0 in (x, y) else x * y for x in a for y in b]
    return _out(min(found), max(found))


def _inverse(box: Box) -> Box | None:
    low, high = box
    if low == high == 0:
        return None
    if low < 0 < high:
        return WHOLE
    ends = [math.inf if end == 0 and low >= 0 else -math.inf if end == 0 else 1 / end for end in (high, low)]
    return _out(*ends)


def _monotone(function: Callable[[float], float], low: float, high: float) -> Box:
    """The image of a box under an increasing function.

    Two units in the last place are added for the library's rounding.
    """

    def image(end: float) -> float:
        try:
            return function(end)
        except OverflowError:
            return math.inf

    a, b = _out(*_out(image(low), image(high)))
    return a, b


def _whole_power(box: Box, exponent: int) -> Box | None:
    if exponent < 0:
        raised = _whole_power(box, -exponent)
        return _inverse(raised) if raised is not None else None
    low, high = box

    def raised_end(end: float) -> float:
        try:
            return end**exponent
        except OverflowError:
            return math.inf if end > 0 or exponent % 2 == 0 else -math.inf

    ends = sorted((raised_end(low), raised_end(high)))
    if exponent % 2 == 0 and low <= 0 <= high:
        ends[0] = 0.0
    return _out(*_out(*ends))


def _root(box: Box, exponent: float, odd: bool) -> Box | None:
    low, high = box
    if not odd:
        if high < 0:
            return None
        low = max(low, 0.0)
    if exponent < 0:
        raised = _root(box, -exponent, odd)
        return _inverse(raised) if raised is not None else None
    return _monotone(lambda end: math.copysign(abs(end) ** exponent, end), low, high)


def enclose(tree: Node, names: Mapping[str, Box], scope: Scope) -> Box | None:
    """A box that holds every value of a formula on boxes of its names.

    Raises `CannotTell`.
    """
    if not _holds_name(tree, names, scope):
        try:
            value = float(evaluate(tree, scope))
        except (Undefined, TypeError):
            return None
        return _out(*_out(value, value))
    if tree.kind == "name":
        return names[tree.text]
    if tree.kind == "apply":
        return _applied(tree, names, scope)
    parts = [
        enclose(part, names, scope)
        for part in tree.parts
        if not (tree.kind == "pow" and part is tree.parts[1])
    ]
    if any(part is None for part in parts):
        return None
    boxes = [part for part in parts if part is not None]
    if tree.kind == "pow":
        return _power(tree, boxes[0], names, scope)
    return _operation(tree, boxes, scope)


def _holds_name(tree: Node, names: Mapping[str, Box], scope: Scope) -> bool:
    return (tree.kind == "name" and tree.text in names) or any(
        _holds_name(part, names, scope) for part in tree.parts
    )


def _applied(tree: Node, names: Mapping[str, Box], scope: Scope) -> Box | None:
    definition = scope.functions.get(tree.text)
    if definition is None or len(definition.arguments) != 1 or len(tree.parts) != 1:
        raise CannotTell("a function that is not defined")
    inside = enclose(tree.parts[0], names, scope)
    return None if inside is None else enclose(definition.body, {definition.arguments[0]: inside}, scope)


def _power(tree: Node, base: Box, names: Mapping[str, Box], scope: Scope) -> Box | None:
    if _holds_name(tree.parts[1], names, scope):
        exponent = enclose(tree.parts[1], names, scope)
        if exponent is None or base[1] <= 0:
            return None
        logarithm = _logarithm(base)
        return None if logarithm is None else _monotone(math.exp, *_product(exponent, logarithm))
    value = evaluate(tree.parts[1], scope)
    if isinstance(value, int):
        return _whole_power(base, value)
    return _root(base, float(value), odd=getattr(value, "denominator", 2) % 2 == 1)


def _logarithm(box: Box) -> Box | None:
    if box[1] <= 0:
        return None
    low, high = _monotone(lambda end: math.log(end) if end > 0 else -math.inf, max(box[0], 0.0), box[1])
    # The logarithm of 1 is exactly 0: so a base beside 1 has a logarithm of one sign.
    return (0.0 if box[0] == 1 else low), (0.0 if box[1] == 1 else high)


def _operation(tree: Node, boxes: list[Box], scope: Scope) -> Box | None:
    kind, first = tree.kind, boxes[0]
    if kind == "add":
        return _out(first[0] + boxes[1][0], first[1] + boxes[1][1])
    if kind == "sub":
        return _out(first[0] - boxes[1][1], first[1] - boxes[1][0])
    if kind == "mul":
        return _product(first, boxes[1])
    if kind in ("div", "ratio"):
        inverse = _inverse(boxes[1])
        return None if inverse is None else _product(first, inverse)
    if kind == "neg":
        return -first[1], -first[0]
    if kind == "pos":
        return first
    if kind in ("pct", "deg"):
        factor = 0.01 if kind == "pct" else math.pi / 180
        return _product(first, _out(factor, factor))
    if kind == "abs" or (kind == "call" and tree.text == "abs"):
        low, high = sorted((abs(first[0]), abs(first[1])))
        return (0.0 if first[0] <= 0 <= first[1] else low), high
    if kind == "call":
        return _called(tree, boxes, scope)
    raise CannotTell(kind)


def _called(tree: Node, boxes: list[Box], scope: Scope) -> Box | None:
    name, first = tree.text, boxes[0]
    if name in ("root", "cbrt"):
        degree = evaluate(tree.parts[1], scope) if name == "root" else 3
        return _root(first, 1 / degree, odd=degree % 2 == 1)
    if name in ("ln", "lg", "log", "logbase"):
        above = _logarithm(first)
        if name == "ln" or above is None:
            return above
        base = (
            boxes[1]
            if name == "logbase"
            else (10.0, 10.0)
            if name == "lg"
            else (float(scope.log_base or 0),) * 2
        )
        below = _logarithm(base)
        inverse = _inverse(below) if below is not None else None
        return None if inverse is None else _product(above, inverse)
    if name == "exp":
        return _monotone(math.exp, *first)
    if name == "arctan":
        return _monotone(math.atan, *first)
    if name in ("sin", "cos"):
        return _wave(first, 0.0 if name == "cos" else math.pi / 2)
    if name == "tan":
        below = _wave(first, 0.0)
        inverse = _inverse(below)
        return None if inverse is None else _product(_wave(first, math.pi / 2), inverse)
    raise CannotTell(name)


def _wave(box: Box, shift: float) -> Box:
    """The cosine of what is in the box, less the shift."""
    if box[1] - box[0] >= 2 * math.pi or not (math.isfinite(box[0]) and math.isfinite(box[1])):
        return -1.0, 1.0
    low, high = _out(*_out(box[0] - shift, box[1] - shift))
    ends = sorted((math.cos(low), math.cos(high)))
    if math.floor(high / (2 * math.pi)) != math.floor(low / (2 * math.pi)):
        ends[1] = 1.0
    if math.floor((high - math.pi) / (2 * math.pi)) != math.floor((low - math.pi) / (2 * math.pi)):
        ends[0] = -1.0
    return _out(*_out(*ends))


def _possible(relation: Relation, names: Mapping[str, Box], scope: Scope) -> bool:
    left, right = enclose(relation.left, names, scope), enclose(relation.right, names, scope)
    if left is None or right is None:
        return False
    if relation.sign == "=":
        return left[0] <= right[1] and right[0] <= left[1]
    if relation.sign in ("<", "<="):
        return left[0] <= right[1]
    if relation.sign in (">", ">="):
        return left[1] >= right[0]
    return True


def leftovers(
    relations: Iterable[Relation], name: str, known: list[float], scope: Scope, kinds: Iterable[str] = ()
) -> list[Box]:
    """Small boxes, away from the known solutions, in which one more could lie.

    Looked for from -10,000 to 10,000.
    """
    relations, kinds = list(relations), set(kinds)
    near = [(root - 2e-3 * (1 + abs(root)), root + 2e-3 * (1 + abs(root))) for root in known]
    edges = [0.0, 0.1, 1.0, 3.7, 10.3, 33.0, 101.0, 1_009.0, 10_007.0]
    if any(_grows(side, name) for relation in relations for side in (relation.left, relation.right)):
        # Floats overflow beyond, and say nothing.
        edges = edges[:-2]
    ends = [-edge for edge in reversed(edges[1:])] + edges
    waiting: list[Box] = list(itertools.pairwise(ends))
    left: list[Box] = []
    count = 0
    while waiting:
        count += 1
        if count > MOST_BOXES:
            raise CannotTell("too many boxes")
        low, high = waiting.pop()
        if any(a <= low and high <= b for a, b in near) or _excluded_kind(low, high, kinds):
            continue
        names = {name: (low, high)}
        if not all(_possible(relation, names, scope) for relation in relations):
            continue
        if high - low < 1e-6 * (1 + abs(low)):
            left.append((low, high))
            if len(left) > 8:
                return left
            continue
        cut = low + (high - low) * 0.4871
        waiting += [(low, cut), (cut, high)]
    return left


def _grows(tree: Node, name: str) -> bool:
    """Whether the unknown stands in an exponent."""
    if tree.kind == "pow" and _holds_name(tree.parts[1], {name: WHOLE}, Scope()):
        return True
    return (tree.kind == "call" and tree.text == "exp") or any(_grows(part, name) for part in tree.parts)


def _excluded_kind(low: float, high: float, kinds: set[Any]) -> bool:
    if kinds & {"positive", "natural"} and high <= 0:
        return True
    if "negative" in kinds and low >= 0:
        return True
    if "nonnegative" in kinds and high < 0:
        return True
    return bool(kinds & {"integer", "natural"}) and math.floor(high) < math.ceil(low)
