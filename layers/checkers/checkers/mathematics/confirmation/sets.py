"""The second way of questions about sets: members by trial."""

from __future__ import annotations

import re
from typing import Any

from checkers.mathematics.confirmation.evaluation.arithmetic import evaluate, is_near
from checkers.mathematics.confirmation.evaluation.conditions import satisfies
from checkers.mathematics.confirmation.evaluation.errors import CannotTell
from checkers.mathematics.confirmation.evaluation.results import pieces_of
from checkers.mathematics.confirmation.evaluation.sampling import same_region
from checkers.mathematics.confirmation.told import Confirmation, Told
from checkers.mathematics.problem.facts import Relation

__all__ = ["COLLECTIONS"]


def _member(told: Told, text: str, x: Any) -> bool:
    """Whether a number is in a set that is written with braces or by a letter."""
    text = text.strip()
    if not text.startswith(r"\{"):
        letter = re.sub(r"\\math\w+|[\s{}]", "", text)
        if letter not in ("R", "Z", "N", "N^*", "N^+", "N_+"):
            raise CannotTell("a set that is not known")
        whole = is_near(x, round(x))
        return letter == "R" or (whole and (letter == "Z" or x > (0.5 if len(letter) > 1 else -0.5)))
    builder = re.match(r"\\\{\s*([a-z])\s*(?:\\in\s*([^|:]+?))?\s*[|:]\s*(.+?)\s*\\\}$", text, re.DOTALL)
    if builder is None:
        return any(is_near(x, evaluate(tree, told.scope)) for tree in told.facts.parse_list(text[2:-2]))
    name = builder[1]
    if builder[2] and not _member(told, builder[2], x):
        return False
    for piece in re.split(r"(?:,|;|且)(?![^()]*\))", builder[3]):
        member = re.match(rf"\s*{name}\s*\\in\s*(.+)", piece)
        if member is not None:
            if not _member(told, member[1], x):
                return False
            continue
        tree = told.facts.parse(piece.strip())
        pairs = zip(tree.parts, tree.text.split(), tree.parts[1:], strict=False)
        if not all(satisfies(Relation(a, sign, b), told.scope.where({name: x})) for a, sign, b in pairs):
            return False
    return True


def _combined(told: Told, text: str, x: Any) -> bool:
    """Whether a number is in a combination of named sets.

    It is read from left to right, brackets first.
    """
    made, rest = _one(told, text.strip(), x)
    while rest:
        sign = re.match(r"\\(cap|cup)(?![a-z])", rest)
        if sign is None:
            raise CannotTell("something after the sets")
        right, rest = _one(told, rest[sign.end() :].lstrip(), x)
        made = made and right if sign[1] == "cap" else made or right
    return made


def _one(told: Told, text: str, x: Any) -> tuple[bool, str]:
    if text.startswith("("):
        depth = 0
        for place, letter in enumerate(text):
            depth += (letter == "(") - (letter == ")")
            if depth == 0:
                return _combined(told, text[1:place], x), text[place + 1 :].lstrip()
    whole = re.match(r"(?:\\complement|C|∁)\s*_\s*(?:\{([^{}]+|\\math\w+\s*\{[^{}]+\})\}|([A-Z]))\s*", text)
    if whole is not None:
        inner, rest = _one(told, text[whole.end() :], x)
        return _named(told, whole[1] or whole[2], x) and not inner, rest
    name = re.match(r"[A-Z]", text)
    if name is None:
        raise CannotTell("no set")
    return _named(told, name[0], x), text[1:].lstrip()


def _named(told: Told, name: str, x: Any) -> bool:
    return _member(told, told.facts.collections.get(name.strip(), name), x)


def _combination(told: Told) -> bool | None:
    text = told.ask.formula("e")
    return same_region(
        lambda x: _combined(told, text, x), pieces_of(told.expected.values[0]), told.seed
    ) and all(
        _combined(told, text, x) == any(_within(piece, x) for piece in pieces_of(told.expected.values[0]))
        for x in (*range(-30, 31), *_written(told))
    )


def _within(piece: Any, x: Any) -> bool:
    from checkers.mathematics.confirmation.evaluation.results import contains

    return contains([piece], x)


def _written(told: Told) -> list[Any]:
    """The elements that are written down in the sets."""
    found: list[Any] = []
    for text in told.facts.collections.values():
        if text.startswith(r"\{") and "|" not in text and ":" not in text and text[2:-2].strip():
            found += [evaluate(tree, told.scope) for tree in told.facts.parse_list(text[2:-2])]
    return found


def _size(told: Told) -> bool | None:
    text = told.ask.formula("e")
    places: list[Any] = []
    for x in (*range(-300, 301), *_written(told)):
        if not any(is_near(x, y) for y in places if abs(x - y) < 1) and _combined(told, text, x):
            places.append(x)
    return told.equals(len(places)) or None


COLLECTIONS: dict[str, Confirmation] = {
    "collections._combination": _combination,
    "collections._size": _size,
}
