r"""Extract the final answer: the last ``\boxed{}``, else what is announced as the answer, else the last value."""

from __future__ import annotations

import re

from stepwise.text.math_regions import regions

__all__ = ["boxed", "final_answer"]

_BOX = re.compile(r"\\f?boxed\s*+(?P<brace>\{)?|\\f?box\s*+(?P<plain>\{)")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
# Text between boxes that are one answer together: "x = \boxed{1} or x = \boxed{-3}".
_BETWEEN = re.compile(
    r"(?:\\[()\[\],;]|\\(?:text|quad|qquad|mathrm|land|lor|wedge|vee)\b|[{}$\s,，、;；&]|\b(?:and|or)\b|或者?|和|与|以及|及"
    r"|(?<![A-Za-z])(?P<name>[A-Za-z](?:_\{?\w{1,3}\}?)?)\s*+=)*"
)
_NAME = re.compile(r"(?<![A-Za-z\\])([A-Za-z](?:_\{?\w{1,3}\}?)?)\s*+=\s*+$")
_ANNOUNCED = re.compile(
    r"(?:final answer|correct (?:answer|option|choice)|the answer|answer|最终答案|正确答案|正确选项|答案|故选|应选|选择?|答)"
    r"(?:\s*+(?:\*\*|__))?\s*+(?:(?:is|为|是|[:：])\s*+)+(?:(?:\*\*|__)\s*+)?(?P<answer>[^\n]+)",
    re.IGNORECASE,
)
_HEADED = re.compile(
    r"^[ \t]*+(?:#{1,6}[ \t]*+|\*\*[ \t]*+)(?:\d{1,2}[.)、][ \t]*+)?(?:the )?(?:final answer|answer|最终答案|答案)"
    r"[ \t]*+[:：]?[ \t]*+(?:\*\*)?[ \t]*+[:：]?[ \t]*+\n\s*+(?P<answer>[^\n]+)",
    re.IGNORECASE | re.MULTILINE,
)
_CONCLUSION = re.compile(
    r"(?:\b(?:therefore|thus|hence|so|finally|in conclusion)\b|因此|所以|故|综上|于是|可得)[^\n]{1,400}$",
    re.IGNORECASE | re.MULTILINE,
)
_SAYS = re.compile(r".*(?:=|\b(?:is|are|equals)\b|为|是|等于|有)\s*+(?P<answer>.+)$", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?(?:\s?/\s?\d+)?\s?%?")
_ENDS = " \t\r\n*_`"


def final_answer(text: str) -> str | None:
    r"""The final answer in *text* without box, ``$``, ``\(`` and final full stop; None if there is none."""
    boxes = boxed(text)
    if boxes:
        return boxes[-1]
    for pattern in (_HEADED, _ANNOUNCED):
        for found in reversed([match["answer"] for match in pattern.finditer(text)]):
            if answer := _clean(_sentence(found)):
                return answer
    conclusions = [match[0] for match in _CONCLUSION.finditer(text)]
    return _said(conclusions[-1] if conclusions else text.strip().rsplit("\n\n", 1)[-1])


def boxed(text: str) -> list[str]:
    r"""The non-empty answers in the ``\boxed{}`` of *text*, cleaned; a box inside a box is a part of the outer one.

    Boxes that one sentence joins ("or", "and", a comma) are one answer, with the names before them if these differ.
    """
    found: list[tuple[int, int, str]] = []
    at = 0
    while (match := _BOX.search(text, at)) is not None:
        at = match.end()
        if match["brace"] or match["plain"]:
            end = _closing(text, at)
            # A box that is not closed at the end of the text is no answer: ``\boxed{3`` may have become 31.
            content = text[at:end] if end < len(text) else ""
            at = min(end + 1, len(text))
        else:
            content = re.split(r"[\s$。，]", text[at : at + 100], maxsplit=1)[0]
            at += len(content)
        if answer := _clean(content):
            found.append((match.start(), at, answer))
    groups: list[list[tuple[str | None, str]]] = []
    reached = -1
    for start, end, answer in found:
        before = _NAME.search(text[max(0, start - 12) : start])
        item = (before[1] if before else None, answer)
        if groups and start - reached <= 60 and _BETWEEN.fullmatch(text, reached, start):
            groups[-1].append(item)
        else:
            groups.append([item])
        reached = end
    return [_joined(group) for group in groups]


def _joined(group: list[tuple[str | None, str]]) -> str:
    """The answers of one group as one: ``1, -3``, or ``x = 1, y = 2`` when each has a name of its own."""
    answers = list(dict.fromkeys(answer for _, answer in group))
    names = {name for name, _ in group if name}
    if len(group) > 1 and len(names) == len(group):
        return ", ".join(f"{name} = {answer}" for name, answer in group)
    return ", ".join(answers)


def _closing(text: str, at: int) -> int:
    """Index of the brace that closes the one before *at*; if it is missing, the end of the formula or line."""
    depth = 1
    for match in _BRACE.finditer(text, at):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth -= 1
            if depth == 0:
                return match.start()
    end = re.compile(r"\n|\$|\\[\])]").search(text, at)
    return end.start() if end else len(text)


def _sentence(text: str) -> str:
    """The first sentence of *text*; a full stop inside a formula does not end it."""
    spans = regions(text)
    end = re.compile(r"[。；]|[.;](?=\s|$)|\s\(")
    for match in end.finditer(text):
        if not any(start <= match.start() < stop for start, stop in spans):
            return text[: match.start()]
    return text


def _clean(content: str) -> str:
    r"""*content* without white space, emphasis, ``$``, ``\(``, ``\[`` and full stops at its ends."""
    content = content.strip(_ENDS)
    while True:
        before = content
        content = content.strip(_ENDS).removesuffix("。").removesuffix(".").strip(_ENDS)
        if content.count("$") - content.count(r"\$") == 1:
            # A single ``$`` is half of a formula's delimiters or a currency sign: it is no part of the answer.
            content = content.removeprefix("$").removesuffix("$") if not content.endswith(r"\$") else content
        for opening, closing in (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]")):
            inside = content[len(opening) : -len(closing)]
            if content.startswith(opening) and content.endswith(closing) and len(content) > 2 * len(opening):
                if opening not in inside:
                    content = inside
            elif content in {opening, closing}:
                content = ""
        if content == before:
            return content


def _said(sentence: str) -> str | None:
    """The last formula of *sentence*, else the text after "is", else its last number."""
    spans = regions(sentence)
    if spans and (formula := _clean(sentence[spans[-1][0] : spans[-1][1]])):
        return formula
    match = _SAYS.match(sentence)
    if match is not None and (answer := _clean(_sentence(match["answer"]))) and len(answer) <= 60:
        return answer
    numbers = _NUMBER.findall(sentence)
    return numbers[-1].strip() if numbers else None
