"""Signs that a formula does not say what its sentence says: names that stand alone, or share nothing with the premises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from checkers.logic.formulas import Formula, Junction, Not, Predicate, Quantified, walk

__all__ = ["MOST_MERGED", "merged_names", "stands_apart"]

MOST_MERGED = 24
"""Pairs of names of one argument that are tried as one."""

type Name = tuple[str, int]


def stands_apart(premises: Sequence[Formula], conclusion: Formula) -> bool:
    """Whether the conclusion shares no predicate with the premises, where both have some."""
    told = {name for premise in premises for name in _names(premise)}
    said = set(_names(conclusion))
    return bool(told and said) and not told & said


def merged_names(
    premises: Sequence[Formula], conclusion: Formula
) -> Iterator[tuple[str, str, tuple[Formula, ...]]]:
    """The formulas with a name that stands once, or nowhere in the premises, read as another of as many arguments.

    Each time the two names and the formulas, the conclusion last; at most `MOST_MERGED`. Names of one word with another
    ending (`Meeting`, `Meetings`) come first.
    """
    formulas = (*premises, conclusion)
    counted = Counter(name for formula in formulas for name in _names(formula))
    told = {name for premise in premises for name in _names(premise)}
    lone = [name for name, count in counted.items() if count == 1 or name not in told]
    pairs = [(name, other) for name in lone for other in counted if other != name and other[1] == name[1]]
    pairs.sort(key=lambda pair: -_common(pair[0][0], pair[1][0]))
    for old, new in islice(pairs, MOST_MERGED):
        yield old[0], new[0], tuple(_renamed(formula, old, new[0]) for formula in formulas)


def _names(formula: Formula) -> list[Name]:
    return [
        (part.name, len(part.args))
        for part in walk(formula)
        if isinstance(part, Predicate) and part.name != "<"
    ]


def _common(one: str, other: str) -> int:
    """Letters that two names begin with alike."""
    return next(
        (at for at, (a, b) in enumerate(zip(one.lower(), other.lower(), strict=False)) if a != b),
        min(len(one), len(other)),
    )


def _renamed(formula: Formula, old: Name, new: str) -> Formula:
    match formula:
        case Predicate(name, args) if (name, len(args)) == old:
            return Predicate(new, args)
        case Not(part):
            return Not(_renamed(part, old, new))
        case Junction(sign, parts):
            return Junction(sign, tuple(_renamed(part, old, new) for part in parts))
        case Quantified(sign, variable, body):
            return Quantified(sign, variable, _renamed(body, old, new))
        case _:
            return formula
