"""Read an argument: the formulas of its premises, its conclusion and its missing premises, as one language.

Some things can be told only from the whole argument: whether ``Fa`` is ``F(a)``, and whether an ``x`` that no quantifier
binds is a name (it is, once it stands in a plain statement) or means everything (where it stands in conditionals alone).
What can be read in two ways is read in both: the decision must not depend on it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise
from typing import Any

from checkers.logic.ambiguity import orders_more_than_numbers, suspect_name
from checkers.logic.building import STANDARD, Notation
from checkers.logic.errors import FormulaError
from checkers.logic.formulas import (
    Equal,
    Formula,
    Junction,
    Not,
    Predicate,
    Quantified,
    Term,
    is_numeral,
    terms_of,
    value_of,
    walk,
)
from checkers.logic.interpretations import vocabulary
from checkers.logic.parser import parse
from checkers.logic.textbook import glued_predicates

__all__ = ["Argument", "Note", "Unread", "background", "readings"]

MOST_PREMISES = 60
MOST_CHARACTERS = 40_000
"""Of all formulas of an argument together."""
_MOST_NUMERALS = 60
_LINEAR_ORDER = (
    "∀x ¬(x < x)",
    "∀x ∀y ∀z ((x < y ∧ y < z) → x < z)",
    "∀x ∀y (x < y ∨ x = y ∨ y < x)",
)
_FREE = re.compile(r"[u-z]\d?'?\Z")
_INDEX = re.compile(r"[i-n]\d?'?\Z")
"""Variables where others of these are bound, names of things elsewhere."""


@dataclass(frozen=True)
class Unread:
    """A formula that could not be read: its label (``P3``, ``C``), and why."""

    label: str
    error: FormulaError


@dataclass(frozen=True)
class Note:
    """A note on the reading for the user: a key of :data:`checkers.logic.wording.NOTES`, and names."""

    code: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Argument:
    """A parsed argument. ``labels`` name the premises; a missing premise without a readable formula is ``None``."""

    labels: tuple[str, ...] = ()
    premises: tuple[Formula, ...] = ()
    conclusion: Formula | None = None
    missing: tuple[Formula | None, ...] = ()
    unread: tuple[Unread, ...] = ()
    notes: tuple[Note, ...] = field(default=())
    notation: Notation = STANDARD


def readings(request: Mapping[str, Any]) -> tuple[Argument, ...]:
    """The argument of a request (see :func:`checkers.logic.decide`) in each way to read it, the standard one first.

    Never raises for the content of a request. An argument that cannot be read has one reading, with ``unread``.
    """
    found = [_read(request, STANDARD)]
    formulas = _formulas_of(found[0])
    if orders_more_than_numbers(formulas):
        found.append(_read(request, Notation(partial=True)))
    if "^" in str(request):
        found += [_read(request, replace(each.notation, caret="∧")) for each in found]
    if any(isinstance(part, Junction) and part.sign == "→" for formula in formulas for part in walk(formula)):
        others = [_read(request, replace(each.notation, pairwise=True)) for each in found]
        found += [other for other in others if _formulas_of(other) != formulas]
    if any(isinstance(part, Quantified) for formula in formulas for part in walk(formula)):
        others = [_read(request, replace(each.notation, wide=True)) for each in found]
        found += [other for other, each in zip(others, found, strict=True) if not _is_read_alike(other, each)]
    return next(((each,) for each in found if each.unread), tuple(found))


def _is_read_alike(one: Argument, other: Argument) -> bool:
    return bool(one.unread) == bool(other.unread) and _formulas_of(one) == _formulas_of(other)


def _formulas_of(argument: Argument) -> list[Formula]:
    conclusion = [] if argument.conclusion is None else [argument.conclusion]
    return [*argument.premises, *conclusion, *(each for each in argument.missing if each is not None)]


def _read(request: Mapping[str, Any], notation: Notation) -> Argument:
    """The argument in one notation."""
    entries = _list(request.get("premises"))
    labels = tuple(_label(entry, at) for at, entry in enumerate(entries[:MOST_PREMISES]))
    texts = [(label, _formula_text(entry)) for label, entry in zip(labels, entries, strict=False)]
    conclusion = request.get("conclusion")
    if conclusion is not None:
        texts.append(("C", _formula_text(conclusion)))
    missing = [("", _formula_text(entry)) for entry in _list(request.get("missing"))[:MOST_PREMISES]]
    unread = [Unread("", FormulaError("too_many", MOST_PREMISES))] if len(entries) > MOST_PREMISES else []

    if sum(len(text) for _, text in (*texts, *missing)) > MOST_CHARACTERS:
        return Argument(labels, unread=(Unread("", FormulaError("too_long", 0)),))

    found = _all_parsed([text for _, text in (*texts, *missing)], notation)
    formulas: list[Formula] = []
    for (label, _), each in zip(texts, found, strict=False):
        if isinstance(each, FormulaError):
            unread.append(Unread(label, each))
        else:
            formulas.append(each)
    if not unread and (error := suspect_name(formulas)) is not None:
        unread.append(Unread("", error))
    if unread:
        return Argument(labels, unread=tuple(unread))

    everything = _free_in_conditionals(formulas)
    if (loose := _loose(formulas, everything)) is not None:
        return Argument(labels, unread=(Unread("", FormulaError("unbound", 0, loose)),))
    closed = [_closed(formula, everything) for formula in formulas]
    notes = [Note("free", (name,)) for name in everything]
    if any(isinstance(part, Predicate) and part.name == "<" for formula in closed for part in walk(formula)):
        notes.append(Note("order"))
    notes.extend(_look_alikes(closed))
    return Argument(
        labels,
        tuple(closed[: len(labels)]),
        closed[-1] if conclusion is not None else None,
        tuple(_closed_missing(each, everything, formulas) for each in found[len(texts) :]),
        notes=tuple(notes),
        notation=notation,
    )


def background(formulas: Sequence[Formula], notation: Notation = STANDARD) -> list[Formula]:
    """Axioms for numerals and ``<``, as far as the formulas need them: numerals differ and are ordered.

    ``<`` is a linear order, but in a ``partial`` notation, where nothing is known of it but the order of numerals.
    """
    names = vocabulary(formulas)
    numerals = [Term(name) for name in sorted(names.numerals, key=value_of)]
    ordered = ("<", 2) in names.predicates
    axioms: list[Formula] = []
    for low, high in pairwise(numerals):
        if value_of(low.name) == value_of(high.name):
            axioms.append(Equal(low, high))
        elif ordered:
            axioms.append(Predicate("<", (low, high)))
    if ordered and not notation.partial:
        return axioms + [parse(text) for text in _LINEAR_ORDER]
    if ordered or any(isinstance(part, Equal) for formula in formulas for part in walk(formula)):
        # Where nothing is said to be equal, it does not matter whether numerals differ.
        apart = [
            (low, high)
            for low, high in combinations(numerals[:_MOST_NUMERALS], 2)
            if value_of(low.name) != value_of(high.name)
        ]
        axioms += [Not(Equal(low, high)) for low, high in apart]
        if ordered:
            axioms += [Predicate("<", pair) for pair in apart]
            axioms += [Not(Predicate("<", (high, low))) for low, high in apart]
    return axioms


def _all_parsed(texts: Sequence[str], notation: Notation) -> list[Formula | FormulaError]:
    """Each text's formula, or why it is none; read again if some show that predicates are glued to their arguments."""
    found = [_parsed(text, frozenset(), notation) for text in texts]
    textbook = [glued_predicates(each) for each in found if not isinstance(each, FormulaError)]
    glued = frozenset[tuple[str, int]]().union(*textbook)
    return [_parsed(text, glued, notation) for text in texts] if glued else found


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _label(entry: object, at: int) -> str:
    label = entry.get("id") if isinstance(entry, dict) else None
    return label[:20] if isinstance(label, str) and label else f"P{at + 1}"


def _formula_text(entry: object) -> str:
    formula = entry.get("formula") if isinstance(entry, dict) else None
    return formula if isinstance(formula, str) else ""


def _parsed(text: str, textbook: frozenset[tuple[str, int]], notation: Notation) -> Formula | FormulaError:
    if not text.strip():
        return FormulaError("no_formula", 0)
    try:
        formula = parse(text, textbook, notation)
    except FormulaError as error:
        return error
    bound = {part.variable for part in walk(formula) if isinstance(part, Quantified)}
    for name in _free(formula):
        # Beside bound variables a free one was forgotten, or means one thing: not "every".
        if bound and not (_INDEX.match(name) and not any(map(_INDEX.match, bound))):
            return FormulaError("unbound", max(0, text.find(name)), name)
    return formula


def _free(formula: Formula) -> list[str]:
    """Names like ``x`` that no quantifier binds, in the order of their use."""
    return list(
        dict.fromkeys(
            term.name
            for term in terms_of(formula)
            if not term.variable and not term.args and (_FREE.match(term.name) or _INDEX.match(term.name))
        )
    )


def _free_in_conditionals(formulas: Iterable[Formula]) -> tuple[str, ...]:
    conditional: dict[str, None] = {}
    stated: set[str] = set()
    for formula in formulas:
        names = [name for name in _free(formula) if _FREE.match(name)]
        if isinstance(formula, Junction) and formula.sign in ("→", "↔"):
            conditional.update(dict.fromkeys(names))
        else:
            stated.update(names)
    return tuple(name for name in conditional if name not in stated)


def _loose(formulas: Sequence[Formula], everything: Sequence[str]) -> str | None:
    """A name of which nobody knows what it means: free here and bound there, or free behind an arrow alone.

    ``P(x)`` beside ``∀x Q(x)``; ``P(x) → Q(y)``, where some ``y`` may be meant, or every one.
    """
    bound = {part.variable for each in formulas for part in walk(each) if isinstance(part, Quantified)}
    for formula in formulas:
        for name in _free(formula):
            if name in bound and name not in everything:
                return name
        if isinstance(formula, Junction) and formula.sign in ("→", "↔"):
            first = set(_free(formula.parts[0]))
            behind = {name for part in formula.parts[1:] for name in _free(part)}
            loose = behind - first if formula.sign == "→" else behind ^ first
            if found := sorted(loose & set(everything)):
                return found[0]
    return None


def _closed(formula: Formula, everything: Sequence[str]) -> Formula:
    for name in reversed([name for name in _free(formula) if name in everything]):
        formula = Quantified("∀", name, _bind(formula, name))
    return formula


def _closed_missing(
    formula: Formula | FormulaError, everything: Sequence[str], others: Sequence[Formula]
) -> Formula | None:
    """A missing premise, read as the others are: a free name that only its own conditional uses means everything."""
    if isinstance(formula, FormulaError):
        return None
    taken = {name for other in others for name in _free(other)}
    own = [name for name in _free_in_conditionals([formula]) if name not in taken]
    return _closed(formula, [*everything, *own])


def _bind(formula: Formula, name: str) -> Formula:
    match formula:
        case Predicate(predicate, args):
            return Predicate(predicate, tuple(_bind_term(arg, name) for arg in args))
        case Equal(left, right):
            return Equal(_bind_term(left, name), _bind_term(right, name))
        case Not(part):
            return Not(_bind(part, name))
        case Junction(sign, parts):
            return Junction(sign, tuple(_bind(part, name) for part in parts))
        case Quantified(sign, variable, body):
            return Quantified(sign, variable, _bind(body, name))
        case _:
            return formula


def _bind_term(term: Term, name: str) -> Term:
    if term.args:
        return Term(term.name, tuple(_bind_term(arg, name) for arg in term.args))
    return Term(name, variable=True) if term.name == name else term


def _look_alikes(formulas: Sequence[Formula]) -> list[Note]:
    """Names that may have been meant as one: ``Meeting`` and ``Meetings``, one name with different numbers of arguments."""
    names = vocabulary(formulas)
    arities = Counter(name for name, _ in names.predicates)
    notes = [Note("arity", (name,)) for name, count in arities.items() if count > 1]
    for kind in (arities, [name for name in names.constants if not is_numeral(name)]):
        alike: dict[str, list[str]] = {}
        for name in kind:
            alike.setdefault(name.lower().replace("_", "").removesuffix("s"), []).append(name)
        notes.extend(Note("alike", (group[0], group[1])) for group in alike.values() if len(group) > 1)
    return notes[:5]
