"""Split an analysis in Markdown into its parts, and a part into its items."""

from __future__ import annotations

import re

__all__ = ["items", "sections"]

_HEADING = re.compile(
    r"\s*+(?:#{1,6}\s*+(?P<hash>[^\n]+)|(?:\d{1,2}[.)、]\s*+)?(?:\*\*|__)(?P<bold>[^*\n]{1,50}?)[:：]?(?:\*\*|__)\s*+[:：]?(?P<after>.*)|(?P<plain>[^\n:：`]{1,40}?)[:：](?P<rest>.*))$"
)
# The first match counts: "missing premises" is tried before "premises", "proof idea" before "proof".
_PARTS = {
    "missing": re.compile(
        r"(?:missing|hidden|implicit|unstated|additional|needed).{0,12}(?:premise|assumption)|缺失|隐含|缺少|遗漏",
        re.IGNORECASE,
    ),
    "fallacies": re.compile(r"fallac|谬误|逻辑错误", re.IGNORECASE),
    "relations": re.compile(r"relation|关系", re.IGNORECASE),
    "idea": re.compile(
        r"proof (?:idea|sketch|strategy)|idea of (?:the )?proof|^proof$|证明思路|证明想法|^证明$",
        re.IGNORECASE,
    ),
    "verdict": re.compile(r"verdict|validity|judge?ment|判断|有效性|判定|裁决", re.IGNORECASE),
    "reasoning": re.compile(r"reasoning|deduction|derivation|推理|推导", re.IGNORECASE),
    "premises": re.compile(r"premise|given|assumption|前提|已知|条件", re.IGNORECASE),
    "conclusion": re.compile(r"conclusion|conclude|结论|待证", re.IGNORECASE),
}
_ITEM = re.compile(
    r"(?P<indent>\s*+)(?:[-*+•]\s+|\(?\d{1,3}[.)、）]\s*+|(?:\*\*)?[A-Z]{1,2}\d{1,3}(?:\*\*)?\s*+[:：.]|[Cc]\s?[:：]|[①-⑳])"
)
_BULLET = re.compile(r"\s*+(?:[-*+•]\s+|[(（]?\d{1,3}[.)、）]\s*+|[①-⑳]\s*+)")


def sections(text: str) -> dict[str, list[str]]:
    """The lines of each part of *text*, by kind, without empty lines; a repeated part adds to the first."""
    parts: dict[str, list[str]] = {}
    current: str | None = None
    for line in text.splitlines():
        if not line.strip() or re.fullmatch(r"\s*+(?:-{3,}|\*{3,}|```\w*)\s*+", line):
            continue
        heading = _heading(line)
        if heading is None:
            if current is not None:
                parts.setdefault(current, []).append(line)
            continue
        current, rest = heading
        if current is not None and rest:
            parts.setdefault(current, []).append(rest)
    return parts


def _heading(line: str) -> tuple[str | None, str] | None:
    """``(kind, rest of the line)``, or None if *line* is no heading; kind is None for a part that is not used."""
    match = _HEADING.fullmatch(line)
    if match is None:
        return None
    if match["hash"]:
        title, colon, rest = re.sub(r"\*\*|__", "", match["hash"]).partition(":")
        kind = _kind(title)
        return kind, rest.strip() if colon else ""
    title = re.sub(r"^\s*+\d{1,2}[.)、]\s*+", "", match["bold"]) if match["bold"] else match["plain"]
    kind = _kind(title) if len(title.split()) <= 4 else None
    # A heading has no number: "Premise 1: …", "前提1：…" and "P1: …" are items.
    if kind is None or re.search(r"\d\s*+$", title) or re.match(r"\s*+(?:[-•]|\d)", title):
        return None
    return kind, (match["after"] or match["rest"] or "").strip()


def _kind(title: str) -> str | None:
    title = title.strip(" \t*_#:：.0123456789、)")
    return next((kind for kind, words in _PARTS.items() if words.search(title)), None)


def items(lines: list[str]) -> list[str]:
    """The items of a part: each begins with a bullet, number or label, and other lines continue the item before.

    If no line begins so, each line is an item.
    """
    opened = any(_ITEM.match(line) for line in lines)
    found: list[str] = []
    for line in lines:
        if not opened or _ITEM.match(line) is not None or not found:
            bullet = _BULLET.match(line)
            found.append(line[bullet.end() if bullet else 0 :].strip())
        else:
            found[-1] = f"{found[-1]} {line.strip()}"
    return [item for item in found if item]
