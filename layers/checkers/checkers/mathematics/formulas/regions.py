"""Sets of real numbers: from intervals, unions and inequalities."""

from __future__ import annotations

from typing import Any

import sympy as sp

from checkers.mathematics.formulas.build import Context, build
from checkers.mathematics.formulas.compare import same
from checkers.mathematics.formulas.nodes import Node, NotUnderstood

__all__ = ["region_of", "same_region"]

_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def region_of(tree: Node, context: Context) -> Any:
    """The SymPy set of an interval, a union, or an inequality of one name against numbers. Raises `NotUnderstood`."""
    if tree.kind in ("cup", "cap"):
        parts = [region_of(part, context) for part in tree.parts]
        return sp.Union(*parts) if tree.kind == "cup" else sp.Intersection(*parts)
    if tree.kind == "set":
        return sp.FiniteSet(*(_endpoint(part, context) for part in tree.parts))
    if tree.kind == "tuple" and len(tree.parts) == 2:
        low, high = (_endpoint(part, context) for part in tree.parts)
        if not bool(_below(low, high)):
            raise NotUnderstood("an interval that is upside down")
        if (tree.text[0] == "[" and low.is_infinite) or (tree.text[1] == "]" and high.is_infinite):
            raise NotUnderstood("an interval that contains infinity, which is no real number")
        return sp.Interval(low, high, tree.text[0] == "(", tree.text[1] == ")")
    if tree.kind == "rel":
        return _inequality(tree, context)
    raise NotUnderstood("no set of numbers")


def _inequality(tree: Node, context: Context) -> Any:
    """`a < x <= b` and the like: the name alone on one side of each sign."""
    numbers: Any = sp.S.Reals
    for left, sign, right in zip(tree.parts, tree.text.split(), tree.parts[1:], strict=False):
        if right.kind == "name" and left.kind != "name":
            left, right, sign = right, left, _FLIPPED.get(sign, sign)
        if left.kind != "name":
            raise NotUnderstood("an inequality that is not solved")
        bound = _endpoint(right, context)
        if bound.free_symbols:
            raise NotUnderstood("an inequality between names")
        if bound.is_infinite and sign in ("<=", ">="):
            raise NotUnderstood("a number that may be infinite, which no real number is")
        numbers = sp.Intersection(numbers, _half_line(sign, bound))
    return numbers


def _half_line(sign: str, bound: Any) -> Any:
    if sign in ("<", "<="):
        return sp.Interval(-sp.oo, bound, True, sign == "<")
    if sign in (">", ">="):
        return sp.Interval(bound, sp.oo, sign == ">", True)
    if sign == "!=":
        return sp.Complement(sp.S.Reals, sp.FiniteSet(bound))
    raise NotUnderstood("no inequality")


def _endpoint(tree: Node, context: Context) -> Any:
    if tree.kind == "const" and tree.text == "oo":
        return sp.oo
    if tree.kind in ("neg", "pos") and tree.parts[0].kind == "const" and tree.parts[0].text == "oo":
        return -sp.oo if tree.kind == "neg" else sp.oo
    bound = build(tree, context)
    if bound.free_symbols or bound.is_Matrix or bound.is_real is False:
        raise NotUnderstood("an end that is no real number")
    return bound


def _below(low: Any, high: Any) -> bool:
    if low == -sp.oo or high == sp.oo:
        return bool(low != sp.oo and high != -sp.oo)
    if sp.oo in (low, -high):
        return False
    return bool((high - low).evalf(30) > 0)


def same_region(left: Any, right: Any) -> bool | None:
    """Whether two sets of real numbers are the same; None: cannot tell."""
    if left == right:
        return True
    first, second = _pieces(left), _pieces(right)
    if first is None or second is None:
        return None
    if len(first) != len(second):
        return False
    for one, other in zip(first, second, strict=True):
        if one[2:] != other[2:]:
            return False
        for a, b in zip(one[:2], other[:2], strict=True):
            verdict = _same_end(a, b)
            if verdict is not True:
                return verdict
    return True


def _same_end(left: Any, right: Any) -> bool | None:
    if sp.oo in (left, right) or -sp.oo in (left, right):
        return bool(left == right)
    return same(left, right)


def _pieces(numbers: Any) -> list[tuple[Any, Any, bool, bool]] | None:
    """Its intervals from left to right; a single number is an interval of no length."""
    if numbers == sp.S.EmptySet:
        return []
    if isinstance(numbers, (sp.Interval, sp.FiniteSet)) or numbers == sp.S.Reals:
        parts: list[Any] = [numbers]
    elif isinstance(numbers, sp.Union):
        parts = list(numbers.args)
    elif isinstance(numbers, sp.Complement):
        simple = numbers.doit()
        return None if isinstance(simple, sp.Complement) else _pieces(simple)
    else:
        return None
    pieces: list[tuple[Any, Any, bool, bool]] = []
    for part in parts:
        if part == sp.S.Reals:
            pieces.append((-sp.oo, sp.oo, True, True))
        elif isinstance(part, sp.Interval):
            pieces.append((part.start, part.end, bool(part.left_open), bool(part.right_open)))
        elif isinstance(part, sp.FiniteSet):
            pieces.extend((number, number, False, False) for number in part.args)
        else:
            return None
    return sorted(pieces, key=lambda piece: float(piece[0]))
