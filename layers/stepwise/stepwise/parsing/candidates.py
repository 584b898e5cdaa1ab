r"""Find candidates for the final answer in a model's thinking.

In recorded traces the box comes at the very end of the thinking; earlier candidates are in sentences with "so …" or
"therefore …" and in the last equation of a paragraph. Only evaluated values are candidates: 11 of 1,305 conclusions
that a checker found right were unevaluated, such as ``sin 100 / cos 100 + 4 sin 100``.
"""

from __future__ import annotations

import re

from stepwise.parsing.final_answer import boxed
from stepwise.text.math_regions import regions

__all__ = ["candidate"]

LONGEST = 200
_CONCLUDES = re.compile(
    r"(?:\b(?:so|therefore|thus|hence|then|which gives|giving|finally)\b|因此|所以|故|于是|可得|得到|得出)",
    re.IGNORECASE,
)
_EQUATION = re.compile(r"(?<![<>=≤≥!≠])=(?!=)")
_SAYS = re.compile(r"(?:\b(?:is|are|equals|be)\b|为|是|等于)\s*(?P<answer>[^=]{1,80})$", re.IGNORECASE)
_TENTATIVE = re.compile(
    r"\?|？|\b(?:maybe|perhaps|suppose|if|assume|let|let's|try|guess|check|would|could|should|might|can't|not|wrong|wait)\b"
    r"|也许|可能|假设|如果|设|试|检查|不对|不是|错",
    re.IGNORECASE,
)
_WORK_LEFT = re.compile(
    r"\\(?:sin|cos|tan|cot|sec|csc|arc\w+|log|ln|lim|sum|prod|int|binom|dbinom|tbinom|times|div|cdot|pmod|bmod|mod|gcd|lcm|max|min)\b"
    r"|(?<![A-Za-z\\])(?:sin|cos|tan|cot|log|ln|lim|gcd|lcm|max|min|mod|sqrt\s*\(\s*\d+\s*[-+*/])"
    r"|[×÷·*∑∫∏!]|\d\s*[-+/^]\s*\d+\s*[-+/^]\s*\d|\d\s*[-+]\s*\d|\d\s*\(\s*\d"
)
_FRACTION_OF_SUMS = re.compile(r"\\d?frac\s*\{[^{}]*\d\s*[-+]\s*\d[^{}]*\}")
_PROSE = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{2,}\s+[A-Za-z]{2,}")
_NAME_BEFORE = re.compile(r"^[A-Za-z](?:_\{?\w{1,3}\}?)?$|^[A-Za-z]\s*\(\s*[-\w.]{1,6}\s*\)$")
_ENDS = " \t\r\n*_`,.;:，。；：$"


def candidate(paragraph: str) -> str | None:
    """The evaluated answer that *paragraph* of a thinking concludes, or None.

    Questions, suppositions, negations and values that still have to be computed are not conclusions.
    """
    boxes = boxed(paragraph)
    if boxes:
        return _final(boxes[-1])
    sentence = _last_sentence(paragraph)
    if not sentence or _TENTATIVE.search(_words(sentence)):
        return None
    equation = _equation(sentence)
    if equation is not None:
        return _final(equation)
    if _CONCLUDES.search(_words(sentence)) is None:
        return None
    said = _SAYS.search(sentence.strip(_ENDS))
    return _final(said["answer"]) if said is not None else None


def _last_sentence(paragraph: str) -> str:
    """The last sentence of *paragraph*; a full stop inside a formula or a number does not end a sentence."""
    text = paragraph.rstrip()
    spans = regions(text)
    start = 0
    for match in re.finditer(r"[.!?](?=\s)|[。！？\n]", text[:-1] if text else ""):
        if not any(begin <= match.start() < end for begin, end in spans):
            start = match.end()
    return text[start:].strip()


def _words(sentence: str) -> str:
    """*sentence* without its formulas."""
    spans = regions(sentence)
    pieces, at = [], 0
    for start, end in spans:
        pieces.append(sentence[at:start])
        at = end
    return " ".join([*pieces, sentence[at:]])


def _equation(sentence: str) -> str | None:
    """The last equation of *sentence*: ``x = …``, or only its last side if its first side is not a single name."""
    spans = regions(sentence)
    text = sentence[spans[-1][0] : spans[-1][1]] if spans else sentence
    text = text.strip(_ENDS).removeprefix(r"\(").removesuffix(r"\)").removeprefix(r"\[").removesuffix(r"\]")
    sides = [side.strip(_ENDS) for side in _EQUATION.split(text)]
    if len(sides) < 2:
        return None
    name = re.split(r"[\s,，:：]", sides[-2])[-1] if not spans else sides[-2]
    if len(sides) == 2 and _NAME_BEFORE.match(name):
        return f"{name} = {sides[-1]}"
    return sides[-1]


def _final(text: str) -> str | None:
    """*text* if it is short and evaluated, else None."""
    text = text.strip(_ENDS)
    if not text or len(text) > LONGEST:
        return None
    if any(pattern.search(text) for pattern in (_WORK_LEFT, _FRACTION_OF_SUMS, _PROSE)):
        return None
    return text
