"""LaTeX regions of a text, found in one pass."""

from __future__ import annotations

import re

__all__ = ["mask", "regions"]

# The delimiters that open a region. Other backslash pairs are skipped, so that ``\\(`` (a line break and a
# parenthesis) and ``\$`` (money) are not delimiters; so are runs of dollar signs that no formula has.
_OPENING = re.compile(
    r"\\(?:begin\s?\{(?P<environment>[A-Za-z]{1,24}\*?)\}|(?P<macro>[A-Za-z]{1,40})(?=\s?[\[{])|(?P<bracket>[(\[])|[^A-Za-z])"
    r"|\[(?P<asy>asy)\]|(?P<dollars>\$+)"
)
_ENVIRONMENT_END = re.compile(r"\\end\s?\{([A-Za-z]{1,24}\*?)\}")
# From the end of an opening delimiter to the end of its closing one.
_TO_DOLLAR = re.compile(r"(?:[^\\$]|\\.)*+\$", re.DOTALL)
_TO_TWO_DOLLARS = re.compile(r"(?:[^\\$]|\\.|\$(?!\$))*+\$\$", re.DOTALL)
_TO_PARENTHESIS = re.compile(r"(?:[^\\]|\\[^)])*+\\\)", re.DOTALL)
_TO_DRAWING_END = re.compile(r".*?\[/asy\]", re.DOTALL)
_TO_BRACKET = re.compile(r"(?:[^\\]|\\[^\]])*+\\\]", re.DOTALL)
_BRACKET = re.compile(r"\\.|[\[\]{}]", re.DOTALL)
_FILLER = "\x00"


def regions(text: str) -> list[tuple[int, int]]:
    r"""The half-open spans ``(start, end)`` of *text* that are mathematics, in order and apart.

    ``$…$``, ``$$…$$``, ``\(…\)``, ``\[…\]``, ``\begin{…}…\end{…}``, ``[asy]…[/asy]`` drawings, and macros with their
    bracketed arguments (``\frac{1}{2}`` in plain text). A ``$`` for money is not a delimiter; the rule is similar to
    that of Pandoc's Markdown: spaces inside on both sides or on none, and no digit or brace after the closing sign. An
    opening delimiter without a closing one is text. Linear in the length of the text.
    """
    if "$" not in text and "\\" not in text and "[asy]" not in text:
        return []
    return _Scan(text).spans()


def mask(text: str) -> str:
    """*text* with every character of its mathematics replaced by U+0000: the same length, so that offsets stay."""
    pieces: list[str] = []
    at = 0
    for start, end in regions(text):
        pieces += (text[at:start], _FILLER * (end - start))
        at = end
    pieces.append(text[at:])
    return "".join(pieces)


class _Scan:
    """One pass over a text; a closing delimiter that was not found once is not searched again, so it is linear."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._vain: set[re.Pattern[str]] = set()
        self._environment_ends: dict[str, list[int]] | None = None
        self._group_ends: dict[int, int] | None = None

    def spans(self) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        at = 0
        while (opening := _OPENING.search(self._text, at)) is not None:
            end = self._end(opening)
            if end is not None:
                found.append((opening.start(), end))
            at = opening.end() if end is None else end
        return found

    def _end(self, opening: re.Match[str]) -> int | None:
        start, at = opening.span()
        if opening["dollars"]:
            if at - start == 2:
                return self._closing(_TO_TWO_DOLLARS, at)
            end = self._closing(_TO_DOLLAR, at) if at - start == 1 else None
            return end if end is not None and _is_inline(self._text, start, end) else None
        if opening["bracket"]:
            return self._closing(_TO_PARENTHESIS if opening["bracket"] == "(" else _TO_BRACKET, at)
        if opening["environment"]:
            return self._environment_end(opening["environment"], at)
        if opening["asy"]:
            return self._closing(_TO_DRAWING_END, at)
        return self._arguments_end(at) if opening["macro"] else None

    def _closing(self, pattern: re.Pattern[str], at: int) -> int | None:
        if pattern in self._vain:
            return None
        match = pattern.match(self._text, at)
        if match is None:
            self._vain.add(pattern)
            return None
        return match.end()

    def _environment_end(self, name: str, at: int) -> int | None:
        if self._environment_ends is None:
            self._environment_ends = {}
            for match in _ENVIRONMENT_END.finditer(self._text):
                self._environment_ends.setdefault(match[1], []).append(match.end())
            for ends in self._environment_ends.values():
                ends.reverse()
        ends = self._environment_ends.get(name, [])
        while ends and ends[-1] <= at:
            ends.pop()
        return ends[-1] if ends else None

    def _arguments_end(self, at: int) -> int | None:
        """End of the bracketed arguments that begin at *at*; None if there are none, or they do not close."""
        if self._group_ends is None:
            self._group_ends = _group_ends(self._text)
        reached: int | None = None
        while True:
            opener = at + 1 if self._text.startswith((" {", " ["), at) else at
            end = self._group_ends.get(opener)
            if end is None:
                return reached
            reached = at = end


def _group_ends(text: str) -> dict[int, int]:
    """For each closed ``{`` and ``[`` the end of its group, after the closing sign. Escaped ones do not count."""
    ends: dict[int, int] = {}
    stack: list[tuple[str, int]] = []
    for match in _BRACKET.finditer(text):
        sign = match[0]
        if sign in "{[":
            stack.append((sign, match.start()))
        elif sign in "}]" and stack:
            opener = "{" if sign == "}" else "["
            # A square bracket may be half of an interval, so a closing brace skips one that is open.
            if opener == "{" and stack[-1][0] == "[" and len(stack) > 1 and stack[-2][0] == "{":
                stack.pop()
            if stack[-1][0] == opener:
                ends[stack.pop()[1]] = match.end()
    return ends


def _is_inline(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]``, from one dollar sign to the next, is a formula and not two amounts of money."""
    if text.find("\n\n", start, end) != -1:
        return False
    if text[start + 1].isspace() != text[end - 2].isspace():
        return False
    return not (end < len(text) and (text[end].isdigit() or text[end] == "{"))
