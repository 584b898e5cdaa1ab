"""Split a long Chinese or English text into sentences, in linear time.

Formulas are never split: a full stop inside ``$…$`` ends no sentence. A very long sentence is split at a comma or a
space, and very many short ones are joined, so that the number and the size of the pieces are bounded.
"""

from __future__ import annotations

import re
from bisect import bisect_right

__all__ = ["LONGEST", "MOST_PIECES", "Span", "sentences"]

type Span = tuple[int, int]

LONGEST = 800
"""Most characters of a piece; a longer one is split at its commas."""
LONGEST_FORMULA = 2_000
"""Most characters of a displayed formula that is kept in one piece."""
LONGEST_INLINE = 300
MOST_PIECES = 4_000

_END = re.compile(r"[。！？；…!?]+[」』”’\"')）】\]]*|\.+[\"')\]”’]*(?=\s|\Z)|\n")
_DELIMITER = re.compile(r"\\[\[\]()]|\\begin\b|\\end\b|\$\$?")
_CLOSING = ("\\]", "\\)", "\\end")
_PAIRS = (("\\[", "\\]"), ("\\(", "\\)"), ("\\begin", "\\end"), ("$$", "$$"))
_DOLLARS = ("$", "$$")
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|st|no|fig|eq|sec|ch|vol|pp|vs|etc|cf|al|approx|e\.g|i\.e|a\.m|p\.m)|(?:^|[\s.(])[A-Za-z]|(?:^|\n)[ \t]{0,4}\d{1,2})\Z",
    re.IGNORECASE,
)
_COMMAS = "，,；;、：: \t"


def sentences(text: str) -> list[Span]:
    """Start and end of each sentence, in order, without the white space around it; none is empty."""
    formulas = _formulas(text)
    pieces: list[Span] = []
    start = 0
    for end in [*_ends(text, formulas), len(text)]:
        pieces.extend(_cut(text, start, end, formulas))
        start = end
    return _glued(pieces)


def _formulas(text: str) -> list[Span]:
    """The formulas between LaTeX delimiters. An unclosed ``$`` before a number is money."""
    found: list[Span] = []
    opened: tuple[str, int] | None = None
    for match in _DELIMITER.finditer(text):
        mark, at = match[0], match.start()
        if opened is not None and _closes(text, opened, mark, at):
            found.append((opened[1], match.end()))
            opened = None
        elif mark not in _CLOSING and (
            opened is None or opened[0] in _DOLLARS or at - opened[1] > LONGEST_FORMULA
        ):
            opened = (mark, at)
    return found


def _closes(text: str, opened: tuple[str, int], mark: str, at: int) -> bool:
    kind, start = opened
    if kind == mark == "$":
        inside = text[start + 1 : at] if at - start <= LONGEST_INLINE else ""
        after = text[at + 1 : at + 2]
        return inside != "" and not inside[0].isspace() and not inside[-1].isspace() and not after.isdigit()
    return (kind, mark) in _PAIRS and at - start <= LONGEST_FORMULA


def _ends(text: str, formulas: list[Span]) -> list[int]:
    starts = [start for start, _ in formulas]
    ends = []
    for match in _END.finditer(text):
        at, end = match.span()
        inside = bisect_right(starts, at) - 1
        if inside >= 0 and at < formulas[inside][1]:
            continue
        if match[0] == "\n" and _goes_on(text, at):
            continue
        if match[0] == "." and _ABBREVIATION.search(text, max(0, at - 7), at):
            continue
        ends.append(end)
    return ends


def _goes_on(text: str, at: int) -> bool:
    """Whether the line break is inside an English sentence."""
    before, after = text[max(0, at - 1) : at], text[at + 1 : at + 2]
    return (before.islower() or before in (",", "-")) and before.isascii() and after.islower()


def _cut(text: str, start: int, end: int, formulas: list[Span]) -> list[Span]:
    """The piece from start to end, trimmed, split into parts that are not too long."""
    parts: list[Span] = []
    while end - start > LONGEST:
        window = start + LONGEST
        cut = max(text.rfind(comma, start + LONGEST // 2, window) for comma in _COMMAS) + 1
        cut = _outside(cut or window, start, formulas)
        if cut >= end:
            break
        parts.append((start, cut))
        start = cut
    parts.append((start, end))
    return [trimmed for part in parts if (trimmed := _trimmed(text, *part)) is not None]


def _outside(cut: int, start: int, formulas: list[Span]) -> int:
    """``cut``, moved to the start or the end of the formula that contains it."""
    inside = bisect_right(formulas, (cut, 0)) - 1
    if inside < 0:
        return cut
    first, last = formulas[inside]
    if not first < cut < last:
        return cut
    return first if first > start else last


def _trimmed(text: str, start: int, end: int) -> Span | None:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    return (start + left, start + right) if left < right else None


def _glued(pieces: list[Span]) -> list[Span]:
    """Join neighbours if there are more than :data:`MOST_PIECES`."""
    if len(pieces) <= MOST_PIECES:
        return pieces
    each = -(-len(pieces) // MOST_PIECES)
    groups = [pieces[at : at + each] for at in range(0, len(pieces), each)]
    return [(group[0][0], group[-1][1]) for group in groups]
