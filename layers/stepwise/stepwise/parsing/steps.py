"""Split a solution in Markdown into the analysis before the steps, and the steps."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from stepwise.text.math_regions import regions

__all__ = ["read"]

_NUMERAL = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3}|[IVX]{1,4})"
_MARKUP = r"[ \t]*+(?:#{1,6}[ \t]*+)?(?:\*\*|__)?[ \t]*+"
_STEP = re.compile(
    rf"{_MARKUP}(?:step[ \t]*+{_NUMERAL}|步骤[ \t]*+{_NUMERAL}|第[ \t]*+{_NUMERAL}[ \t]*+步)(?:\*\*|__)?[ \t]*+[:：.、,，)）—–-]*[ \t]*+(?P<rest>.*)$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?P<indent>[ \t]*+)(?:#{1,6}[ \t]*+)?(?P<bold>\*\*|__)?(?:[(（](?P<a>\d{1,2})[)）]|(?P<b>\d{1,2})[.)、．])(?!\d)[ \t]*+(?P<rest>.*)$"
)
_HEADING = re.compile(
    r"[ \t]*+(?:#{1,6}[ \t]*+(?P<hash>[^\n]+)|(?:\*\*|__)(?P<bold>[^*\n]{1,60}?)(?:\*\*|__)[ \t]*+[:：]?[ \t]*+(?P<after>.*)|(?P<plain>[^\n:：]{1,30}[:：]))$"
)
_BOLD_TITLE = re.compile(r"(?:\*\*|__)(?P<title>[^*\n]{1,160}?)(?:\*\*|__)[ \t]*+[:：.]?[ \t]*+(?P<rest>.*)$")
_KINDS = {
    "analysis": re.compile(
        r"analy[sz]|problem type|kind of problem|understand|key information|given|分析|题型|审题|题意|关键信息|已知",
        re.IGNORECASE,
    ),
    "answer": re.compile(
        r"final|answer|check|verif|conclu|summary|答案|结论|检验|验证|验算|总结|结果", re.IGNORECASE
    ),
    "steps": re.compile(
        r"steps?\b|solution|solving|solve|proof|步骤|解答|求解|过程|解法|解题|证明|^解$", re.IGNORECASE
    ),
}
_CONCLUDES = re.compile(
    r"\s*+(?:\*\*)?(?:therefore|thus|hence|so\b|in conclusion|finally|the (?:final )?answer|因此|所以|故|综上|于是|答)",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(
    r"\s*+(?:#{1,6}\s*+)?(?:\d[.)、]\s*+)?(?:\*\*|__)?\s*+(?:the\s+)?(?:(?:final|correct) answer|answer|最终答案|正确答案|答案|故选|应选|答)"
    r"(?:\*\*|__)?\s*+(?:[:：是为]|is\b|\(|（)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Line:
    """A line; it is ``free`` if it begins outside of formulas, and only then can begin a step or a part."""

    text: str
    free: bool


@dataclass
class _Draft:
    """A step that is being parsed."""

    title: str | None
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines).strip()


def read(text: str) -> tuple[str | None, list[tuple[str | None, str]]]:
    """The analysis or None, and the steps as ``(title, text)``; without numbered steps, each paragraph is one."""
    lines = _lines(text)
    starts = _starts(lines)
    if not starts or _is_plan(lines, starts):
        return _paragraphs(lines)
    return _numbered(lines, starts)


def heading_kind(line: str) -> tuple[str, str] | None:
    """``(kind, rest of the line)`` if *line* is a heading; kind is ``analysis``, ``steps``, ``answer`` or ``other``."""
    match = _HEADING.fullmatch(line)
    if match is None:
        return None
    title = next(group for group in (match["hash"], match["bold"], match["plain"]) if group is not None)
    title = title.strip(" \t*_#:：")
    for kind, words in _KINDS.items():
        if words.search(title) is not None and len(title) <= 60:
            return kind, (match["after"] or "").strip()
    return ("other", "") if match["hash"] else None


def _lines(text: str) -> list[_Line]:
    spans = regions(text)
    begins = [start for start, _ in spans]
    lines: list[_Line] = []
    at = 0
    for line in text.split("\n"):
        index = bisect_right(begins, at) - 1
        inside = index >= 0 and spans[index][0] < at < spans[index][1]
        lines.append(_Line(line.rstrip(), not inside))
        at += len(line) + 1
    return lines


def _starts(lines: list[_Line]) -> dict[int, tuple[str | None, str]]:
    """Index of each line that begins a step, with the step's title and the first line of its text.

    These are the lines with "Step 2" or "第二步" if there are any, else the items of the first list that is numbered
    from 1 and not indented.
    """
    named = {
        index: _title(match["rest"], is_heading=lines[index].text.lstrip().startswith("#"))
        for index, match in _matches(_STEP, lines)
    }
    if named:
        return named
    counted = _counted(lines, range(len(lines)))
    # In "1. Kind of problem … 2. Steps … 3. Final answer" parts are numbered: the steps are inside the second.
    for index, after in zip(counted, [*list(counted)[1:], len(lines)], strict=False):
        title = counted[index][0] or counted[index][1]
        if len(title) <= 40 and _KINDS["steps"].search(title) and not _KINDS["answer"].search(title):
            return _counted(lines, range(index + 1, after), indented=True) or counted
    return counted


def _counted(
    lines: list[_Line], where: range, *, indented: bool = False
) -> dict[int, tuple[str | None, str]]:
    """The items of the first list in these lines that is numbered from 1."""
    counted: dict[int, tuple[str | None, str]] = {}
    for index, match in _matches(_NUMBERED, lines):
        number = int(match["a"] or match["b"])
        if index in where and number == len(counted) + 1 and (indented or not match["indent"]):
            rest = f"{match['bold'] or ''}{match['rest']}"
            counted[index] = _title(rest, is_heading=lines[index].text.startswith("#"))
    return counted


def _matches(pattern: re.Pattern[str], lines: list[_Line]) -> list[tuple[int, re.Match[str]]]:
    found = ((index, pattern.match(line.text)) for index, line in enumerate(lines) if line.free)
    return [(index, match) for index, match in found if match is not None]


def _title(rest: str, *, is_heading: bool = False) -> tuple[str | None, str]:
    """The title at the beginning of a step, or None, and the rest of the line."""
    rest = rest.strip()
    match = _BOLD_TITLE.fullmatch(rest)
    if match is not None:
        return match["title"].strip(" :：."), match["rest"].strip()
    if is_heading or rest.endswith(("**", "__")):
        return rest.strip(" *_:：") or None, ""
    return None, rest


def _is_plan(lines: list[_Line], starts: dict[int, tuple[str | None, str]]) -> bool:
    """Whether the numbered lines are only a plan, and the longer text after them is the solution."""
    first, last = min(starts), max(starts)
    if any(index not in starts and lines[index].text.strip() for index in range(first, last)):
        return False
    behind = [line.text for line in lines[last + 1 :] if line.text.strip()]
    if not behind or behind[0][:1].isspace() or heading_kind(behind[0]) is not None:
        return False
    listed = sum(len(lines[index].text) for index in starts)
    return sum(map(len, behind)) > max(200, listed) and not _CONCLUDES.match(behind[0])


def _numbered(
    lines: list[_Line], starts: dict[int, tuple[str | None, str]]
) -> tuple[str | None, list[tuple[str | None, str]]]:
    before: list[str] = []
    steps: list[_Draft] = []
    last = max(starts)
    for index, line in enumerate(lines):
        if index in starts:
            title, rest = starts[index]
            steps.append(_Draft(title, [rest] if rest else []))
            continue
        heading = heading_kind(line.text) if line.free else None
        if not steps:
            if heading is None:
                before.append(line.text)
            elif heading[1]:
                before.append(heading[1])
            continue
        if index > last and line.free and _ends_steps(line.text, heading, steps[-1]):
            break
        steps[-1].lines.append(line.text)
    analysis = "\n".join(before).strip() or None
    return analysis, [_finished(step) for step in steps if step.title or step.text]


def _ends_steps(line: str, heading: tuple[str, str] | None, step: _Draft) -> bool:
    """Whether *line*, after the last numbered step, begins the part with the answer."""
    if (heading is not None and heading[0] in {"answer", "other"}) or _ANNOUNCES.match(line) is not None:
        return True
    parted = bool(step.lines) and not step.lines[-1].strip()
    return parted and not line[:1].isspace() and _CONCLUDES.match(line) is not None


def _finished(step: _Draft) -> tuple[str | None, str]:
    """The step as ``(title, text)``; a title without a text becomes the text."""
    text = step.text
    if text.endswith("\n---"):
        text = text.rstrip("-").rstrip()
    return (None, step.title) if step.title and not text else (step.title, text)


def _paragraphs(lines: list[_Line]) -> tuple[str | None, list[tuple[str | None, str]]]:
    """Use paragraphs as steps: the first one is the analysis, and a concluding last one is left out."""
    blocks: list[list[str]] = [[]]
    kinds: list[str] = [""]
    for line in lines:
        heading = heading_kind(line.text) if line.free else None
        if heading is not None and heading[0] != "other":
            blocks.append([heading[1]] if heading[1] else [])
            kinds.append(heading[0])
        elif line.free and not line.text.strip():
            blocks.append([])
            kinds.append(kinds[-1])
        else:
            blocks[-1].append(line.text)
    parts = [
        (kind, "\n".join(block).strip()) for kind, block in zip(kinds, blocks, strict=True) if any(block)
    ]
    joined: list[tuple[str, str]] = []
    for kind, part in parts:
        # A displayed formula belongs to the sentence before it.
        if joined and joined[-1][0] == kind and part.startswith(("\\[", "$$", "\\begin", "```")):
            joined[-1] = (kind, f"{joined[-1][1]}\n\n{part}")
        else:
            joined.append((kind, part))
    analysis = "\n\n".join(part for kind, part in joined if kind == "analysis") or None
    rest = [part for kind, part in joined if kind in {"", "steps"}]
    if analysis is None and len(rest) > 1:
        analysis, rest = rest[0], rest[1:]
    if len(rest) > 1 and _CONCLUDES.match(rest[-1]):
        rest = rest[:-1]
    return analysis, [(None, part) for part in rest]
