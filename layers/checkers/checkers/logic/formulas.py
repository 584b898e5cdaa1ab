"""First-order formulas: their types, and how they are printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

__all__ = [
    "KEYWORDS",
    "Equal",
    "Formula",
    "Junction",
    "Not",
    "Predicate",
    "Quantified",
    "Term",
    "Truth",
    "depth",
    "is_numeral",
    "parts_of",
    "show",
    "show_term",
    "terms_of",
    "value_of",
    "walk",
]

type Connective = Literal["∧", "∨", "⊕", "→", "↔"]
type Quantifier = Literal["∀", "∃", "∃!"]

KEYWORDS = frozenset(
    re.findall(
        r"\w+",
        "forall exists all some any every each for there is not and or xor implies iff if then true false in v such that",
    )
)
"""Words that a formula reads as signs, in lower case: a name that is one of them is written in quotes."""

_PLAIN = re.compile(r"[^\W\d]\w*\Z")
_NUMERAL = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?%?\Z")


@dataclass(frozen=True, slots=True)
class Term:
    """A variable (``x``), a constant (``socrates``, ``42``) or a function of terms (``father(x)``)."""

    name: str
    args: tuple[Term, ...] = ()
    variable: bool = False


@dataclass(frozen=True, slots=True)
class Truth:
    value: bool


@dataclass(frozen=True, slots=True)
class Predicate:
    """``Human(x)``; without arguments a proposition; ``<`` is one of two arguments."""

    name: str
    args: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Equal:
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Not:
    part: Formula


@dataclass(frozen=True, slots=True)
class Junction:
    """Two or more parts, exactly two with ``→``."""

    sign: Connective
    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Quantified:
    """``∃!`` says: exactly one."""

    sign: Quantifier
    variable: str
    body: Formula


type Formula = Truth | Predicate | Equal | Not | Junction | Quantified


def is_numeral(name: str) -> bool:
    """Whether the constant is a number, of at most 30 digits on either side of its point."""
    return _NUMERAL.match(name) is not None


def value_of(numeral: str) -> Fraction:
    """The number that a numeral names; ``1`` and ``1.0`` are the same, ``50%`` is a half."""
    number = Fraction(numeral.removesuffix("%"))
    return number / 100 if numeral.endswith("%") else number


def show_term(term: Term) -> str:
    if term.args:
        return f"{_name(term.name)}({', '.join(map(show_term, term.args))})"
    return term.name if term.variable or is_numeral(term.name) else _name(term.name)


def show(formula: Formula) -> str:
    """The formula in signs; parsing this gives the formula again."""
    match formula:
        case Truth(value):
            return "⊤" if value else "⊥"
        case Predicate("<", (left, right)):
            return f"{show_term(left)} < {show_term(right)}"
        case Predicate(name, args):
            return f"{_name(name)}({', '.join(map(show_term, args))})" if args else _name(name)
        case Equal(left, right):
            return f"{show_term(left)} = {show_term(right)}"
        case Not(part):
            return f"¬{_operand(part)}"
        case Junction(sign, parts):
            if sign in ("⊕", "↔") and len(parts) > 2:  # read with brackets only
                return f"{_operand(Junction(sign, parts[:-1]))} {sign} {_operand(parts[-1])}"
            return f" {sign} ".join(map(_operand, parts))
        case Quantified(sign, variable, body):
            return f"{sign}{variable} ({show(body)})"


def parts_of(formula: Formula) -> tuple[Formula, ...]:
    """The formulas directly inside this one."""
    match formula:
        case Not(part):
            return (part,)
        case Junction(_, parts):
            return parts
        case Quantified(_, _, body):
            return (body,)
        case _:
            return ()


def walk(formula: Formula) -> Iterator[Formula]:
    """The formula and all its parts, outermost first."""
    waiting = [formula]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(reversed(parts_of(part)))


def depth(formula: Formula) -> int:
    """Depth of the nesting of formulas."""
    deepest = 0
    waiting = [(formula, 1)]
    while waiting:
        part, level = waiting.pop()
        deepest = max(deepest, level)
        waiting.extend((inner, level + 1) for inner in parts_of(part))
    return deepest


def terms_of(formula: Formula) -> Iterator[Term]:
    """Every term in the formula, those inside other terms too."""
    for part in walk(formula):
        waiting: list[Term] = []
        match part:
            case Predicate(_, args):
                waiting = list(reversed(args))
            case Equal(left, right):
                waiting = [right, left]
            case _:
                pass
        while waiting:
            term = waiting.pop()
            yield term
            waiting.extend(reversed(term.args))


def _name(name: str) -> str:
    plain = _PLAIN.match(name) and name.isascii() and name.lower() not in KEYWORDS
    return name if plain else f'"{name}"'


def _operand(part: Formula) -> str:
    simple = isinstance(part, (Truth, Not)) or (isinstance(part, Predicate) and part.name != "<")
    return show(part) if simple else f"({show(part)})"
