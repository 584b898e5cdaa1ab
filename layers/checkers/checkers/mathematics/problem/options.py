"""Problems with lettered options: the question without them, and which option says what was computed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from checkers.mathematics.formulas.text import normalized

__all__ = ["Options", "split_options"]

_LETTERS = "ABCDEF"


@dataclass(frozen=True)
class Options:
    """The question, and the text of each option by its letter."""

    question: str
    texts: dict[str, str]


def split_options(problem: str) -> Options | None:
    """The options of a problem that ends with at least three of them, in order; None where there are none."""
    text = normalized(re.sub(r"([A-F])、", r"\1. ", problem))
    starts: list[tuple[int, int]] = []
    at = 0
    for letter in _LETTERS:
        shape = re.compile(
            rf"(?:^|(?<=[\s).~$]))(?:\\textbf\s*\{{\s*)?\(?{letter}\s*(?:\)|[.:]|\)\s*\}})\s*\}}?"
        )
        match = shape.search(text, at)
        if match is None:
            break
        starts.append((match.start(), match.end()))
        at = match.end()
    if len(starts) < 3:
        return None
    ends = [start for start, _ in starts[1:]] + [len(text)]
    texts = {
        letter: _bare(text[begin:end])
        for letter, (_, begin), end in zip(_LETTERS, starts, ends, strict=False)
    }
    question = text[: starts[0][0]].strip()
    if len(re.findall(r"(?<!\\)\$", question)) % 2:
        question = re.sub(r"=?\s*\(\s*\)?\s*\.?$", "", question) + "$"
    return Options(question, texts) if all(texts.values()) else None


def _bare(option: str) -> str:
    """An option without what separates it from the next one."""
    option = re.sub(r"\\q?quad|\\hspace\{[^}]*\}|~", " ", option).strip()
    return re.sub(r"[.;,\s]+$", "", option)
