"""Chinese word problems."""

from __future__ import annotations

import re

from embedded_model.values.solution import Say, Solution
from embedded_model.word_problems.chinese import chains, changes, figures, kinds, rates, templates
from embedded_model.word_problems.working import Working

__all__ = ["solve"]

_WAYS = (rates.solve, chains.solve, changes.solve, figures.solve, kinds.solve)


def solve(text: str, say: Say) -> Solution | None:
    """The solution of the word problem in *text*, if all readings of it that are found agree."""
    plain = _plain(text)
    if len(plain) > 200:
        return None
    found: list[Solution] = []
    for way in _WAYS:
        solved = way(plain, lambda: Working(say, text))
        if solved is not None:
            found.append(solved[1].solution(solved[0]))
    template = templates.solve(text, say)
    if template is not None:
        found.append(template)
    return found[0] if len({solution.answer for solution in found}) == 1 else None


def _plain(text: str) -> str:
    """*text* without spaces, with ASCII digits and commas; what numbers a class is no number."""
    plain = re.sub(r"\s+", "", text)
    plain = plain.translate(
        {0xFF10 + digit: str(digit) for digit in range(10)}
        | {ord("．"): "。", ord(","): "，", ord("："): "，"}
    )
    plain = re.sub(r"[一二三四五六七八九](?:年级)?[（(]\d+[)）]班", "某班", plain)
    plain = re.sub(r"“[^”]{1,10}”|《[^》]{1,15}》", "某", plain)
    plain = re.sub(r"\d+月\d+日|\d+号(?=[车楼])", "某", plain)
    plain = re.sub(r"[一二三四五六]年级|第[一二三四五六七八九]小学", "某年级", plain)
    plain = re.sub(r"[（(]+(\d+)[）)]?/[（(]?(\d+)[）)]+", r"\1/\2", plain)
    return re.sub(r"请问|问(?=一?共|还|平均)", "", plain)
