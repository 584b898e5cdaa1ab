"""The operations of a solved word problem as equations between the numbers of its text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from embedded_model.values.formalisation import Equation, Formalisation, Given, Operand, Operator
from embedded_model.word_problems.word_lists import NUMBER_WORDS, word_set

__all__ = ["Operation", "formalise"]

_NO_UNIT = word_set(
    "a an the of to on in at for from with into onto that this these those there more new old other his her their its my our "
    "now today yesterday left up down away off out all each every per"
)

_NUMBER = re.compile(
    r"(?P<money>[$¥￥] ?)?(?:(?P<whole>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.．]\d+)?)(?:/(?P<part>\d+))?)(?P<percent> ?[%％])?"
    rf"|\b(?P<word>{'|'.join(NUMBER_WORDS)})\b",
    re.IGNORECASE,
)
_AFTER_ENGLISH = re.compile(r"(?: (?!(?:and|then|but)\b)[A-Za-z'-]+){0,3}")
_AFTER_CHINESE = re.compile(r"[\u4e00-\u9fff]{0,4}")
_UNIT_CHINESE = re.compile(
    r"平方[千厘分毫]?米|立方[千厘分毫]?米|[千厘分毫]米|千克|毫升|小时|分钟|公[里顷斤]|[\u4e00-\u9fff]"
)
_ASKED_ENGLISH = re.compile(r"how (?:many|much)(?: more| fewer| less| total)* ([a-z'-]+)", re.IGNORECASE)
_ASKED_CHINESE = re.compile(r"(?:多少|几)(.*)")


@dataclass(frozen=True)
class Operation:
    """One operation on two numbers, and its result."""

    left: Fraction
    operator: Operator
    right: Fraction
    result: Fraction


@dataclass(frozen=True)
class _Found:
    value: Fraction
    words: str
    unit: str


def formalise(text: str, operations: Sequence[Operation]) -> Formalisation | None:
    """The equations behind *operations*; ``None`` without any.

    An operand is the result of the operation before it, or a number of the text that no operation has used yet, or, where
    there is none, any of these once more. Others, as the 12 of a dozen, are numbers in the equation.
    """
    if not operations:
        return None
    found = _numbers(text)
    names = [f"g{at}" for at in range(1, len(found) + 1)]
    unused = dict(zip(names, found, strict=True))
    results: dict[str, Fraction] = {}
    waiting: list[str] = []
    equations: list[Equation] = []

    def operand(value: Fraction) -> Operand:
        later = next((name for name in reversed(waiting) if results[name] == value), None)
        if later is not None:
            waiting.remove(later)
            return later
        name = next((name for name, number in unused.items() if number.value == value), None)
        if name is not None:
            del unused[name]
            return name
        again = {name: number.value for name, number in zip(names, found, strict=True)} | results
        return next((name for name, known in again.items() if known == value), value)

    for at, operation in enumerate(operations, start=1):
        left, right = operand(operation.left), operand(operation.right)
        equations.append(Equation(f"x{at}", left, operation.operator, right))
        results[f"x{at}"] = operation.result
        waiting.append(f"x{at}")
    used = {side for equation in equations for side in (equation.left, equation.right)}
    givens = tuple(
        Given(name, number.value, number.words, number.unit)
        for name, number in zip(names, found, strict=True)
        if name in used
    )
    return Formalisation(givens, tuple(equations), equations[-1].unknown, _asked_unit(text))


def _numbers(text: str) -> list[_Found]:
    return [_number(text, found) for found in _NUMBER.finditer(text)]


def _number(text: str, found: re.Match[str]) -> _Found:
    if found["word"]:
        value = Fraction(NUMBER_WORDS[found["word"].lower()])
    else:
        value = Fraction(found["whole"].replace(",", "").replace("．", ".")) / int(found["part"] or 1)
    english, chinese = _AFTER_ENGLISH.match(text, found.end()), _AFTER_CHINESE.match(text, found.end())
    after = (english[0] if english else "") or (chinese[0] if chinese else "")
    return _Found(value, found[0] + after, "%" if found["percent"] else _unit(found["money"], after))


def _unit(money: str | None, after: str) -> str:
    if money:
        return "dollars" if "$" in money else "元"
    chinese = _UNIT_CHINESE.match(after)
    if chinese is not None:
        return chinese[0]
    nouns: list[str] = []
    for word in after.split():
        if word.lower() not in _NO_UNIT:
            nouns.append(word)
        elif nouns:
            break
    return nouns[-1] if nouns else ""


def _asked_unit(text: str) -> str:
    english = list(_ASKED_ENGLISH.finditer(text))
    if english:
        return english[-1][1]
    chinese = _ASKED_CHINESE.search(text)
    unit = _UNIT_CHINESE.match(chinese[1]) if chinese else None
    return unit[0] if unit else ""
