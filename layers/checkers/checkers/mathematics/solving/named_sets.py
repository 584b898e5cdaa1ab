"""Sets that a problem names, as in A = {x | x² < 4}, and their combinations."""

from __future__ import annotations

import re
from typing import Any

import sympy as sp

from checkers.mathematics.formulas.build import build
from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.problem.facts import Facts, Relation
from checkers.mathematics.solving.inequalities import region_where

__all__ = ["combined", "elements"]

MOST_INTEGERS = 2_000

_BUILDER = re.compile(
    r"^\\\{\s*([a-z])\s*(?:\\in\s*(?P<of>\\?[A-Za-z]+(?:\s*\{\s*[A-Z]\s*\})?(?:\s*\^?\s*\{?\s*[*+]\s*\}?)?)\s*)?[|:]\s*(?P<conditions>.+?)\s*\\\}$",
    re.DOTALL,
)
_MEMBERSHIP = re.compile(r"^([a-z])\s*\\in\s*(?P<of>.+)$", re.DOTALL)
_SIGNS = ("<", ">", "<=", ">=", "=", "!=")


def elements(text: str, facts: Facts) -> Any:
    """The SymPy set of a written collection of numbers. Raises `NotUnderstood`."""
    text = text.strip()
    builder = _BUILDER.match(text)
    if builder is not None:
        return _by_conditions(builder, facts)
    if text.startswith(r"\{") and text.endswith(r"\}"):
        trees = facts.parse_list(text[2:-2]) if text[2:-2].strip() else ()
        members = [build(tree, facts.context()) for tree in trees]
        if any(member.free_symbols or member.is_Matrix for member in members):
            raise NotUnderstood("elements that are no numbers")
        return sp.FiniteSet(*members)
    base = _base_set(text)
    if base is None:
        raise NotUnderstood("a set that is not understood")
    return base


def _base_set(text: str) -> Any:
    letter = re.fullmatch(
        r"(?:\\(?:mathbb|mathbf|mathrm|bf|rm)\s*)?\{?\s*([RZN])\s*\}?\s*(\^?\s*\{?\s*[*+]\s*\}?)?",
        text.strip(),
    )
    if letter is None:
        return None
    if letter[1] == "R":
        return sp.S.Reals if letter[2] is None else None
    if letter[1] == "Z":
        return sp.S.Integers if letter[2] is None else None
    return sp.S.Naturals if letter[2] else sp.S.Naturals0


def _by_conditions(builder: re.Match[str], facts: Facts) -> Any:
    name = builder[1]
    whole: Any = _base_set(builder["of"]) if builder["of"] else sp.S.Reals
    relations: list[Relation] = []
    for piece in re.split(r"(?:,|;|且)(?![^()]*\))", builder["conditions"]):
        member = _MEMBERSHIP.match(piece.strip())
        if member is not None:
            base = _base_set(member["of"])
            if member[1] != name or base is None:
                raise NotUnderstood("a membership that is not understood")
            whole = base
            continue
        tree = facts.parse(piece.strip())
        signs = tree.text.split() if tree.kind == "rel" else []
        if not signs or not set(signs) <= set(_SIGNS):
            raise NotUnderstood("a condition that is not understood")
        relations += [
            Relation(left, sign, right)
            for left, sign, right in zip(tree.parts, signs, tree.parts[1:], strict=False)
        ]
    if whole is None or not relations:
        raise NotUnderstood("a set that is not understood")
    region = region_where(relations, facts, name)
    return region if whole == sp.S.Reals else _integers_in(region, whole)


def _integers_in(region: Any, whole: Any) -> Any:
    low, high = region.inf, region.sup
    if region == sp.S.EmptySet:
        return region
    if whole != sp.S.Integers:
        low = sp.Max(low, 0)
    if not (low.is_finite and high.is_finite) or high - low > MOST_INTEGERS:
        raise NotUnderstood("infinitely many integers")
    numbers = [sp.Integer(n) for n in range(int(sp.ceiling(low)), int(sp.floor(high)) + 1)]
    return sp.FiniteSet(
        *(n for n in numbers if whole.contains(n) == sp.true and region.contains(n) == sp.true)
    )


def combined(text: str, facts: Facts) -> Any:
    """The set that unions, intersections and complements of named sets make.

    Raises `NotUnderstood`.
    """
    reader = _Reader(text, facts)
    made = reader.union()
    if reader.rest():
        raise NotUnderstood("something after the sets")
    return made


class _Reader:
    """Where the reading of an expression of sets stands."""

    def __init__(self, text: str, facts: Facts) -> None:
        self._text = text.strip()
        self._facts = facts

    def rest(self) -> str:
        return self._text

    def _accept(self, shape: str) -> re.Match[str] | None:
        match = re.match(shape, self._text)
        if match is not None:
            self._text = self._text[match.end() :].lstrip()
        return match

    def union(self) -> Any:
        left = self._one()
        while sign := self._accept(r"\\(cap|cup)(?![a-z])"):
            right = self._one()
            left = sp.Intersection(left, right) if sign[1] == "cap" else sp.Union(left, right)
        return left

    def _one(self) -> Any:
        whole = self._accept(r"(?:\\complement|C|∁)\s*_\s*(?:\{([^{}]+|\\math\w+\s*\{[^{}]+\})\}|([A-Z]))")
        if whole is not None:
            return sp.Complement(self._named(whole[1] or whole[2]), self._one())
        over = self._accept(r"\\overline\s*\{\s*([A-Z])\s*\}")
        if over is not None:
            raise NotUnderstood("a complement in a set that is not named")
        if self._accept(r"\("):
            inside = self.union()
            if not self._accept(r"\)"):
                raise NotUnderstood("a bracket that does not close")
            return inside
        name = self._accept(r"[A-Z](?![a-z_(])")
        if name is None:
            raise NotUnderstood("no set")
        return self._named(name[0])

    def _named(self, name: str) -> Any:
        name = name.strip()
        if name in self._facts.collections:
            return elements(self._facts.collections[name], self._facts)
        base = _base_set(name)
        if base is None:
            raise NotUnderstood("a set without a definition")
        return base
