"""Whether two final answers say the same, without the problem at hand."""

from __future__ import annotations

import re

import sympy as sp

from checkers.mathematics.answers.meanings import (
    Equation,
    Listed,
    Meaning,
    Named,
    Ordered,
    Quantity,
    Region,
    Word,
)
from checkers.mathematics.answers.reader import meaning
from checkers.mathematics.formulas.build import symbol
from checkers.mathematics.formulas.compare import same, same_up_to_factor
from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.formulas.regions import same_region
from checkers.mathematics.formulas.rounding import is_rounding_of

__all__ = ["NOT_COMPARABLE", "equivalent", "interval_of", "same_meaning", "same_quantity"]

NOT_COMPARABLE = (
    NotUnderstood,
    ArithmeticError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What reading and comparing answers raises, SymPy's own errors among them: then nothing can be said of the two."""


def equivalent(a: str, b: str) -> bool | None:
    """Whether two final answers mean the same.

    None: it depends on the problem, or one is not understood.

    50 % is 0.5 and not 50; 30° is π/6; 3 cm is 30 mm and not 3 m; a pair has an order, a list of roots has none.
    """
    try:
        return same_meaning(meaning(a), meaning(b))
    except NOT_COMPARABLE:
        return None


def same_meaning(left: Meaning, right: Meaning) -> bool | None:
    """As `equivalent`, for answers that have been read."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Named) and isinstance(other, Quantity | Ordered):
            return same_meaning(one.value, other)
        if isinstance(one, Named) and isinstance(other, Equation):
            return _same_equation(_as_equation(one), other)
        if isinstance(one, Listed) and len(one.items) == 1 and not isinstance(other, Listed):
            return same_meaning(one.items[0], other)
        if isinstance(one, Region) and isinstance(other, Ordered):
            region = interval_of(other)
            return same_region(one.numbers, region.numbers) if region else None
        if isinstance(one, Region) and isinstance(other, Listed) and other.braces:
            finite = _finite(other)
            return same_region(one.numbers, finite) if finite is not None else None
        if isinstance(one, Listed) and isinstance(other, Ordered):
            return _listed_against_ordered(one, other)
        if isinstance(one, Listed) and isinstance(other, Quantity | Named):
            return False if len(one.items) > 1 else None
        if isinstance(one, Quantity) and isinstance(other, Ordered) and one.value.is_Matrix:
            return same(one.value, sp.ImmutableMatrix([item.value for item in other.items]))
    return _same_kind(left, right)


def _same_kind(left: Meaning, right: Meaning) -> bool | None:
    if isinstance(left, Quantity) and isinstance(right, Quantity):
        return same_quantity(left, right)
    if isinstance(left, Named) and isinstance(right, Named):
        verdict = same_meaning(left.value, right.value)
        return verdict if left.name == right.name or verdict is False else None
    if isinstance(left, Ordered) and isinstance(right, Ordered):
        if len(left.items) != len(right.items):
            return False
        return _all([same_quantity(a, b) for a, b in zip(left.items, right.items, strict=True)])
    if isinstance(left, Region) and isinstance(right, Region):
        verdict = same_region(left.numbers, right.numbers)
        return None if verdict and left.name and right.name and left.name != right.name else verdict
    if isinstance(left, Equation) and isinstance(right, Equation):
        return _same_equation(left, right)
    if isinstance(left, Listed) and isinstance(right, Listed):
        return _same_lists(left, right)
    if isinstance(left, Word) and isinstance(right, Word):
        return left.text == right.text
    return None


def same_quantity(left: Quantity, right: Quantity) -> bool | None:
    """Two quantities with their units."""
    if left.base != right.base:
        return None
    a, b = left.unit, right.unit
    if a is not None and b is not None:
        if a.dimension == b.dimension:
            factors = (sp.Rational(a.factor), sp.Rational(b.factor))
            return _close(left, right, left.value * factors[0], right.value * factors[1])
        counted = a.dimension.startswith("count") and b.dimension.startswith("count")
        return None if counted and same(left.value, right.value) else False
    if a is None and b is None:
        return _close(left, right, left.value, right.value)
    with_unit, bare = (left, right) if a is not None else (right, left)
    return _against_bare(with_unit, bare)


def _against_bare(with_unit: Quantity, bare: Quantity) -> bool | None:
    unit = with_unit.unit
    if unit is None:
        return None
    if unit.dimension == "percent":
        return _close(with_unit, bare, with_unit.value / 100, bare.value)
    plain = _close(with_unit, bare, with_unit.value, bare.value)
    if unit.dimension == "angle":
        turned = _close(with_unit, bare, with_unit.value * sp.pi / 180, bare.value)
        return turned if turned or plain is False else None
    if plain is False:
        return False
    counted = unit.dimension.startswith("count") or (
        unit.dimension in ("dollar", "yuan") and unit.factor == 1
    )
    return plain if counted else None


def _close(left: Quantity, right: Quantity, a: object, b: object) -> bool | None:
    """Equality.

    Where one is a decimal that rounds the other, it depends on what was asked.
    """
    verdict = same(a, b)
    if verdict is not False:
        return verdict if not (left.approximate or right.approximate) else None
    for rounded, exact, number, other in ((left, right, a, b), (right, left, b, a)):
        written_exactly = exact.decimals is not None and not exact.approximate
        if (
            rounded.decimals is not None
            and not written_exactly
            and is_rounding_of(number, other, rounded.decimals)
        ):
            return None
    return False


def interval_of(pair: Ordered) -> Region | None:
    """A pair in round brackets read as an open interval."""
    if len(pair.items) != 2 or pair.brackets != "()":
        return None
    low, high = (item.value for item in pair.items)
    if low.free_symbols or high.free_symbols or not bool((high - low).evalf(30) > 0):
        return None
    return Region(sp.Interval.open(low, high))


def _finite(listed: Listed) -> sp.FiniteSet | None:
    if not all(isinstance(item, Quantity) and item.unit is None for item in listed.items):
        return None
    return sp.FiniteSet(*(item.value for item in listed.items if isinstance(item, Quantity)))


def _as_equation(named: Named) -> Equation:
    if isinstance(named.value, Ordered):
        raise NotUnderstood("no equation")
    return Equation(symbol(named.name) - named.value.value)


def _same_equation(left: Equation, right: Equation) -> bool | None:
    if left.sign != right.sign:
        return None
    if left.sign == "=":
        return same_up_to_factor(left.difference, right.difference)
    quotient = sp.cancel(left.difference / right.difference)
    return bool(quotient > 0) if quotient.is_number else None


def _root_letter(name: str) -> str:
    return re.sub(r"_\w+$", "", name)


def _listed_against_ordered(listed: Listed, ordered: Ordered) -> bool | None:
    names = [item.name for item in listed.items if isinstance(item, Named)]
    if len(names) != len(listed.items):
        return None
    if len({_root_letter(name) for name in names}) == 1:
        return False
    if len(names) != len(ordered.items) or len(set(names)) != len(names):
        return False
    by_name = sorted((item for item in listed.items if isinstance(item, Named)), key=lambda item: item.name)
    return _all([same_meaning(item.value, other) for item, other in zip(by_name, ordered.items, strict=True)])


def _same_lists(left: Listed, right: Listed) -> bool | None:
    """As sets; names count only where there are several of them, as in x = 1, y = 2."""
    if _is_assignment(left) or _is_assignment(right):
        if not (_is_assignment(left) and _is_assignment(right)):
            return None
        first = {item.name: item.value for item in left.items if isinstance(item, Named)}
        second = {item.name: item.value for item in right.items if isinstance(item, Named)}
        if first.keys() != second.keys():
            return None
        return _all([same_meaning(first[name], second[name]) for name in first])
    return _all([_among(a, right.items) for a in left.items] + [_among(b, left.items) for b in right.items])


def _is_assignment(listed: Listed) -> bool:
    names = [item.name for item in listed.items if isinstance(item, Named)]
    return len(names) == len(listed.items) and len({_root_letter(name) for name in names}) > 1


def _among(item: Meaning, others: tuple[Meaning, ...]) -> bool | None:
    bare = item.value if isinstance(item, Named) else item
    verdicts = [same_meaning(bare, other.value if isinstance(other, Named) else other) for other in others]
    if True in verdicts:
        return True
    return None if None in verdicts else False


def _all(verdicts: list[bool | None]) -> bool | None:
    if False in verdicts:
        return False
    return None if None in verdicts else True
