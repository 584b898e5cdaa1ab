"""Reads arithmetic that is told in words, such as "half of 10" or "three more than a number", into formulas.

Only phrases whose operands are plain to see are rewritten; "a plus b times c" is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from checkers.mathematics.formulas.build import Context, build
from checkers.mathematics.formulas.grammar import parse
from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.problem.reading import Reading

__all__ = ["NUMERALS", "phrased"]

NUMERALS = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
}
"""The English words of the numbers from 0 to 20."""
_N = r"⟦(\d+)⟧"
_EDGE = r"(?=$|[.,?;]| is| equals| equal| and| are| of the result| gives| yields)"
_ONE = (
    (rf"(?:the )?(?:value of )?(?:the )?(?:positive |principal )?square root of (?:the )?(?:number |product |sum )?{_N}", r"\sqrt{{{0}}}"),
    (rf"(?:the )?cube root of (?:the number )?{_N}", r"\sqrt[3]{{{0}}}"),
    (rf"(?:the )?fourth root of (?:the number )?{_N}", r"\sqrt[4]{{{0}}}"),
    (rf"(?:the |its )?reciprocal of {_N}", r"\frac{{1}}{{{0}}}"),
    (rf"(?:the )?square of {_N}", "({0})^2"),
    (rf"(?:the )?cube of {_N}", "({0})^3"),
    (rf"(?:the )?absolute value of {_N}", "|{0}|"),
    (rf"(?:the )?(?:opposite|additive inverse|negative) of {_N}", "-({0})"),
    (rf"{_N} squared", "({0})^2"),
    (rf"{_N} cubed", "({0})^3"),
    (rf"{_N} factorial", "({0})!"),
    (rf"(?:one[- ])?half (?:of |the value of )?{_N}", r"\frac{{{0}}}{{2}}"),
    (rf"(?:one|a)[- ]third (?:of |the value of )?{_N}", r"\frac{{{0}}}{{3}}"),
    (rf"(?:one|a)[- ](?:fourth|quarter) (?:of |the value of )?{_N}", r"\frac{{{0}}}{{4}}"),
    (rf"two[- ]thirds (?:of |the value of )?{_N}", r"\frac{{2({0})}}{{3}}"),
    (rf"three[- ](?:fourths|quarters) (?:of |the value of )?{_N}", r"\frac{{3({0})}}{{4}}"),
    (rf"(?:twice|double) (?:the value of )?{_N}", "2({0})"),
    (rf"(?:triple|thrice) (?:the value of )?{_N}", "3({0})"),
)  # fmt: skip
_ORDERED = "({0}) - ({1})"
"""A difference that is understood only where it is the same in both orders of the numbers, or not negative."""
_PART = r"({0}) \times ({1})"
_TWO = (
    (rf"(?:the )?(?:greatest common (?:divisor|factor)|gcd|gcf) of {_N} and {_N}", r"\gcd({0},{1})"),
    (rf"(?:the )?(?:least common multiple|lcm) of {_N} and {_N}", r"\operatorname{{lcm}}({0},{1})"),
    (rf"{_N} of {_N}", _PART),
    (rf"(?:the )?sum of {_N} and {_N}", "({0})+({1})"),
    (rf"(?:the )?positive difference (?:between|of) {_N} and {_N}", "|({0})-({1})|"),
    (rf"(?:the )?difference (?:between|of) {_N} and {_N}", _ORDERED),
    (rf"(?:the )?product of {_N} and {_N}", r"({0})\times({1})"),
    (rf"(?:the )?quotient of {_N} and {_N}", r"\frac{{{0}}}{{{1}}}"),
)  # fmt: skip
_EDGED = (
    (rf"{_N} (?:raised )?to the power (?:of )?{_N}", "({0})^{{({1})}}"),
    (rf"{_N} more than {_N}", "({1})+({0})"),
    (rf"{_N} (?:less than|fewer than) {_N}", "({1})-({0})"),
    (rf"{_N} (?:plus|increased by|added to) {_N}", "({0})+({1})"),
    (rf"{_N} (?:minus|decreased by) {_N}", "({0})-({1})"),
    (rf"{_N} (?:is )?multiplied by {_N}", r"({0})\times({1})"),
    (rf"{_N} times {_N}", r"({0})\times({1})"),
    (rf"{_N} divided by {_N}", r"\frac{{{0}}}{{{1}}}"),
)  # fmt: skip
_START = r"(?:(?<=^)|(?<=[.,?;] )|(?<=is )|(?<=equals )|(?<=equal to )|(?<=when )|(?<=if )|(?<=as )|(?<=compute )|(?<=find )|(?<=that )|(?<=evaluate ))"


_RELATIVE = {"({1})+({0})": 0, "({1})-({0})": 0}
"""More or less by a part could be meant of the other number: which operand that would be."""
_UNTIED_BEFORE = r"(?<!plus )(?<!minus )(?<!times )(?<!by )(?<!than )"
_UNTIED_AFTER = r"(?! ?(?:of|percent|plus|minus|times|more|less|divided|multiplied|increased|decreased|added|squared|cubed|[-+*/^]))"
"""What stands beside a phrase and could bind with its last number first."""


def phrased(read: Reading) -> Reading | None:
    """The problem with its phrases as formulas; None where there are none."""
    formulas = list(read.formulas)

    def slot(formula: str) -> str:
        formulas.append(formula)
        return f"⟦{len(formulas) - 1}⟧"

    text = _with_numerals(read.sentences, slot)
    text = _with_unknown(text, slot)
    for _ in range(12):
        before = text
        for shape, form in (*_ONE, *_TWO):
            text = re.sub(
                (_UNTIED_BEFORE if shape.startswith(_N) else "") + shape + _UNTIED_AFTER,
                _made(form, formulas, slot),
                text,
                count=1,
            )
        for shape, form in _EDGED:
            text = re.sub(_START + shape + _EDGE, _made(form, formulas, slot), text, count=1)
        if text == before:
            break
    if text == read.sentences:
        return None
    return replace(read, sentences=text, formulas=tuple(formulas))


_DIVISORS = re.compile(r"\\(?:gcd|operatorname\{lcm\})\([^()]*\)")
"""What is made of two numbers and holds a comma."""


def _made(form: str, formulas: list[str], slot: Callable[[str], str]) -> Callable[[re.Match[str]], str]:
    def make(match: re.Match[str]) -> str:
        operands = [formulas[int(number)] for number in match.groups()]
        if form in _RELATIVE and re.search(r"%|/|frac", operands[_RELATIVE[form]]):
            return match.group()
        if form == _PART and not re.search(r"%|/|frac", operands[0]):
            return match.group()
        if form in ("({0})+({1})", "({0})-({1})") and "creased" in match.group() and "%" in operands[1]:
            return match.group()
        if form == _ORDERED and not _is_ordered(*operands):
            return match.group()
        if any(
            re.search(r"[=<>,]|\\le|\\ge|\\ldots|\\begin", _DIVISORS.sub("", operand)) for operand in operands
        ):
            return match.group()
        return slot(form.format(*operands))

    return make


def _is_ordered(first: str, second: str) -> bool:
    """Whether the first number is the larger one."""
    try:
        difference = build(parse(f"({first}) - ({second})", frozenset()), Context())
        return bool(not difference.free_symbols and difference.evalf(30) >= 0)
    except (NotUnderstood, TypeError, ValueError, AttributeError, ArithmeticError):
        return False


def _with_numerals(text: str, slot: Callable[[str], str]) -> str:
    names = "|".join(NUMERALS)
    return re.sub(
        rf"\b({names})\b(?= (?:plus|minus|times|more than|less than|divided|multiplied|added|increased|decreased|and)\b| ?[.,?]|$)|"
        rf"(?<=by )({names})\b|(?<=plus )({names})\b|(?<=minus )({names})\b|(?<=equals )({names})\b|(?<=than )({names})\b",
        lambda match: slot(str(NUMERALS[next(word for word in match.groups() if word)])),
        text,
    )


def _with_unknown(text: str, slot: Callable[[str], str]) -> str:
    """`a number` and what later means the same one."""
    if not re.search(
        r"\b(?:a|a certain|some|what|the smallest|the largest)(?: positive| negative| real| certain)* number\b",
        text,
    ):
        return text
    if (
        len(re.findall(r"\btwo\b[^.]*\bnumbers\b|\bnumbers\b|\banother number\b|\bdigits?\b|\brandom", text))
        > 0
    ):
        return text
    name = slot("n")
    text = re.sub(r"\b(?:a|some|that|the|this)(?: certain)?(?: original| same)? number\b(?!s)", name, text)
    return re.sub(r"\bits reciprocal\b", f"the reciprocal of {name}", text)
