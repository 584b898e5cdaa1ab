"""The class of a problem, by which confidence is measured: agreement is worth different things in each."""

from __future__ import annotations

import re
from typing import Literal, get_args

__all__ = ["CLASSES", "ProblemClass", "has_one_number", "problem_class"]

ProblemClass = Literal["arithmetic_word_problem", "number", "choice", "other"]
"""A story with numbers that asks for one number; another problem with one number as its answer; the letter of an
option; everything else."""

CLASSES: tuple[ProblemClass, ...] = get_args(ProblemClass)

_BOX = re.compile(r"\\boxed\s*\{(.*)\}", re.DOTALL)
_TEXT = re.compile(r"\\(?:text|mathrm|mbox)\s*\{([^{}]*)\}")
_LETTER = re.compile(r"\(?[A-F]\)?[.:]?")
_NUMBER = (
    r"[-−+]?\s*(?:\\?[$¥￥]\s*)?(?:\d+(?:(?:,|\{,\})\d{3})*(?:\.\d+)?|\.\d+|\\[dt]?frac\s*\{\s*\d+\s*\}\s*\{\s*\d+\s*\})"
    r"(?:\s*/\s*\d+)?(?:\s*\\?%)?"
)
_ONE_NUMBER = re.compile(rf"{_NUMBER}(?:\s*[^\W\d_][^\d=<>,，；;\\^]{{0,40}})?")
_MONEY = re.compile(r"\\?\$(?=\s*\d)")
_NOTATION = re.compile(
    r"[=<>≤≥^√∫∑∠△⊥∥|]|\\(?!text|mathrm|mbox|frac|dfrac|%|\$|,|times|div)[a-zA-Z]+|(?<![A-Za-z'’])[b-hj-zB-HJ-Z](?![A-Za-z'’.])|(?<![A-Za-z])[A-Z]{2,3}(?![A-Za-z])"
)
_QUANTITY = re.compile(
    r"\d+(?:[.,]\d+)*|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred"
    r"|half|third|quarter|twice|double|triple|dozen|one)\b|[两二三四五六七八九十半百千]",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z]{2,}|[\u4e00-\u9fff]")
_LEAST_WORDS = 6


def problem_class(problem: str, final_answer: str | None) -> ProblemClass:
    """The class of *problem*, whose final answer is *final_answer*."""
    said = _said(final_answer or "")
    if _LETTER.fullmatch(said):
        return "choice"
    if not _ONE_NUMBER.fullmatch(said):
        return "other"
    text = _TEXT.sub(r" \1 ", _MONEY.sub(" ", problem)).replace("$", " ")
    story = not _NOTATION.search(text) and len(_WORD.findall(text)) >= _LEAST_WORDS
    return "arithmetic_word_problem" if story and len(_QUANTITY.findall(text)) >= 2 else "number"


def has_one_number(kind: ProblemClass) -> bool:
    """Whether the answers of problems of this class are one number, so that equations can have it as their result."""
    return kind in ("arithmetic_word_problem", "number")


def _said(answer: str) -> str:
    """An answer without its box and the dollar signs of mathematics."""
    answer = answer.strip()
    box = _BOX.fullmatch(answer.strip("$ "))
    answer = box[1] if box is not None else answer
    if answer.count("$") == 2 and answer.startswith("$") and answer.endswith("$"):
        answer = answer[1:-1]
    return _TEXT.sub(r" \1", answer).strip().rstrip(".。")
