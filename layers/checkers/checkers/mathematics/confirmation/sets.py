"""The second way of questions about sets.

Members by trial, numbers with properties by counting.
"""

from __future__ import annotations

import re
from fractions import Fraction
from math import isqrt
from typing import Any

from checkers.mathematics.confirmation.evaluation.arithmetic import evaluate, is_near
from checkers.mathematics.confirmation.evaluation.conditions import satisfies
from checkers.mathematics.confirmation.evaluation.errors import CannotTell
from checkers.mathematics.confirmation.evaluation.results import pieces_of
from checkers.mathematics.confirmation.evaluation.sampling import same_region
from checkers.mathematics.confirmation.told import Confirmation, Told
from checkers.mathematics.problem.facts import Relation

__all__ = ["COLLECTIONS"]

MOST = 100_000


def _primes(high: int) -> set[int]:
    sieve = bytearray([1]) * (high + 1)
    for k in range(2, isqrt(high) + 1):
        if sieve[k]:
            sieve[k * k :: k] = bytes(len(range(k * k, high + 1, k)))
    return {k for k in range(2, high + 1) if sieve[k]}


_DIGITS = {"one-digit": 1, "two-digit": 2, "three-digit": 3, "four-digit": 4}


def _slots(told: Told, text: str) -> list[int]:
    return [int(re.sub(r"[{},\s]", "", told.ask.read.formulas[int(k)])) for k in re.findall(r"⟦(\d+)⟧", text)]


def _chosen(told: Told) -> list[int]:
    """Every number up to 100,000 that has each property which the question names."""
    parts = told.ask.match["parts"] or ""
    noun, adjectives = told.word("noun"), told.word("adjectives")
    numbers: Any = range(
        0 if re.search("nonnegative|whole|perfect square", adjectives + noun) else 1, MOST + 1
    )
    words = re.findall(r"[a-z]+(?:-digit)?", adjectives) + re.findall(
        r"prime|composite|perfect square|perfect cube", noun
    )
    words += re.findall(r"\b(?:prime|odd|even|perfect square|perfect cube)", parts)
    words += ["positive"] if "positive" in parts else []
    primes = _primes(MOST) if {"prime", "composite"} & set(words) else set()
    for word in words:
        numbers = [n for n in numbers if _is(n, word, primes)]
    if noun.startswith("multiple"):
        (step,) = _slots(told, noun)
        numbers = [n for n in numbers if n % step == 0]
    piece = r"(?:between|from|less than|fewer than|greater than|more than|at most|at least|no greater than|not|evenly|divisible|multiples?|factors?|divisors?)"
    for clause in re.split(
        rf"(?<=⟧),? (?:and|but) (?={piece}|that|are|is)|(?<=⟧) (?={piece}|that|are|is)", parts
    ):
        numbers = _narrowed(told, list(numbers), clause)
    return list(numbers)


def _is(n: int, word: str, primes: set[int]) -> bool:
    if word in _DIGITS:
        return len(str(n)) == _DIGITS[word] and n > 0
    tests = {
        "odd": n % 2 == 1, "even": n % 2 == 0, "prime": n in primes, "composite": n > 1 and n not in primes,
        "positive": n > 0, "natural": n > 0, "nonnegative": n >= 0, "whole": n >= 0, "negative": n < 0,
        "perfect square": isqrt(n) ** 2 == n, "perfect cube": any(k**3 == n for k in (round(n ** (1 / 3)),)),
        "different": True, "distinct": True,
    }  # fmt: skip
    if word not in tests:
        raise CannotTell(word)
    return tests[word]


def _narrowed(told: Told, numbers: list[int], clause: str) -> list[int]:
    ends = _slots(told, clause)
    if not ends:
        return numbers
    if "between" in clause or "from" in clause:
        low, high = ends[:2]
        strict = "between" in clause and "inclusive" not in told.text
        return [n for n in numbers if (low < n < high if strict else low <= n <= high)]
    if re.search(r"\b(?:less|fewer|at most|no greater)", clause):
        strict = "than" in clause and "or equal" not in clause and "no greater" not in clause
        return [n for n in numbers if n < ends[0] or (not strict and n == ends[0])]
    if re.search(r"\b(?:greater|more|at least)", clause):
        strict = "than" in clause and "or equal" not in clause
        return [n for n in numbers if n > ends[0] or (not strict and n == ends[0])]
    if re.search("factor|divisor", clause):
        return [n for n in numbers if n > 0 and all(end % n == 0 for end in ends)]
    if re.search("divisible|multiple", clause):
        wanted = "not " not in clause
        return [n for n in numbers if all((n % end == 0) == wanted for end in ends)]
    raise CannotTell("a clause that is not known")


def _count(told: Told) -> bool | None:
    found = _chosen(told)
    return None if found and found[-1] == MOST else told.equals(len(found))


def _of_members(told: Told) -> bool | None:
    found, word = _chosen(told), told.word("what")
    if not found:
        return None
    if word in ("smallest", "least"):
        return told.equals(found[0])
    if found[-1] == MOST:
        return None
    if word in ("largest", "greatest"):
        return told.equals(found[-1])
    if word in ("sum", "average", "mean"):
        return told.equals(sum(found) if word == "sum" else Fraction(sum(found), len(found)))
    made = 1
    for number in found[:80]:
        made *= number
    return told.equals(made) if word == "product" else None


def _probability(told: Told) -> bool | None:
    if told.has("set"):
        numbers = re.findall(r"\d+", told.ask.read.formulas[int(told.ask.match["set"])])
        low, high = int(numbers[0]), int(numbers[-1])
    else:
        low, high = (_slots(told, f"⟦{told.ask.match[group]}⟧")[0] for group in ("low", "high"))
    primes = _primes(high)
    test = told.word("test").rstrip(" .?")
    hits = list(range(low, high + 1))
    for clause in re.split(r",? (?:and|but) ", test):
        wanted = "not " not in clause
        ends = _slots(told, clause)
        if re.search("multiple|divisible", clause):
            hits = [n for n in hits if (n % ends[0] == 0) == wanted]
        elif re.search("divisor|factor", clause):
            hits = [n for n in hits if (n > 0 and ends[0] % n == 0) == wanted]
        else:
            (word,) = re.findall(r"prime|perfect square|perfect cube|odd|even", clause)
            hits = [n for n in hits if _is(n, word, primes) == wanted]
    return told.equals(Fraction(len(hits), high - low + 1))


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
    "sets._count": _count,
    "sets._of_members": _of_members,
    "sets._probability": _probability,
}
