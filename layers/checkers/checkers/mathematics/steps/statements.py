"""Finds the equalities between numbers that a worked solution writes down.

Only what stands alone is taken: a piece that touches a letter, a word that changes its meaning ("half of", "times",
"million", "remainder"), a contradiction that is meant, or a redefined operation, is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from checkers.mathematics.formulas.text import normalized

__all__ = ["Statement", "statements"]

LONGEST_SOLUTION = 60_000


@dataclass(frozen=True)
class Statement:
    """`left` equals `right`, or nearly does, on that line of the solution (from 1)."""

    line: int
    left: str
    right: str
    nearly: bool


_SEGMENT = re.compile(
    r"\$\$(?P<a>.+?)\$\$|\\\[(?P<b>.+?)\\\]|(?<!\\)\$(?P<c>[^$\n]+?)(?<!\\)\$|\\\((?P<d>.+?)\\\)"
    r"|\\begin\{(?:align|aligned|gather|eqnarray)\*?\}(?P<e>.+?)\\end\{(?:align|aligned|gather|eqnarray)\*?\}",
    re.DOTALL,
)
# Where an equality is considered and dropped, or where numbers do not mean what they usually do.
_DOUBT = re.compile(
    r"\b(?:contradict\w*|impossible|false|not|no|isn't|doesn't|does not|cannot|can't|incorrect\w*|wrong\w*|error|mistake\w*|"
    r"wait|however|but|suppose|assum\w*|if|whether|check\w*|test\w*|try\w*|verif\w*|mod|modulo|base|binary|guess\w*|instead|"
    r"unless|would|clock|student|claims?|remainder|o'clock|a\.m|p\.m|am|pm|let)\b|\\n(?:e|ot|eq)\b|≠|≡|\?|矛盾|不成立|不等|"
    r"不符|错|舍|检验|验证|假设|假如|若|如果|设|不是|不能|不对|反之|否则|余|进制|时刻|应该|误|\bequiv\b",
    re.IGNORECASE,
)
_NEW_OPERATION = re.compile(
    r"定义|规定|新运算|符号|进制|密码|竖式|数字谜|数码|时钟|operation|\bdefine\b|\bdefined\b|symbol|\bbase\b|binary|\bmod\b|modulo|clock|digit|cipher|火柴|填",
    re.IGNORECASE,
)
_WORD_BEFORE = re.compile(r"([A-Za-z]+|[\u4e00-\u9fff])[ *:]*$")
_WORD_AFTER = re.compile(r"^ *([A-Za-z]+|[\u4e00-\u9fff]|\.{2,}|\\ldots|\(\s*(?:mod|\\text|\\bmod))")
_CHANGING = frozenset(
    [
        "of",
        "by",
        "from",
        "than",
        "per",
        "to",
        "plus",
        "minus",
        "times",
        "divided",
        "over",
        "half",
        "twice",
        "thrice",
        "double",
        "triple",
        "square",
        "squared",
        "root",
        "cube",
        "sum",
        "difference",
        "product",
        "quotient",
        "mod",
        "log",
        "base",
        "and",
        "multiplied",
        "more",
        "less",
        "hundred",
        "thousand",
        "million",
        "billion",
        "dozen",
        "score",
        "percent",
        "out",
        "remainder",
        "r",
        "x",
        "cubed",
        "point",
        "th",
        "st",
        "nd",
        "rd",
        "trillion",
        "pair",
        "pairs",
        "between",
        "through",
        "ratio",
        "k",
        "power",
        "quarter",
        "third",
        "fifth",
        "tenth",
        "average",
        "mean",
        "plus",
        "add",
        "subtract",
        "divide",
        "multiply",
        "subtracting",
        "adding",
        "dividing",
        "multiplying",
        "remaining",
        "or",
        "degrees",
        "negative",
        "factorial",
        "choose",
        "modulo",
        "until",
        "with",
    ]
)
_CHANGING_CHINESE = frozenset("去以上乘除加减根号方倍半的比分之与和到至万亿千百十余每约第点负成折剩又")
_PLAIN_RUN = re.compile(
    r"(?:[\d.+\-*/^=()\[\]!%°﹩¥ ]|\\(?:times|div|cdot|approx|pi|le|ge)(?![A-Za-z])|\\sqrt(?=\s*[\d(])|,(?=\d{3}(?!\d)))+"
)
_BREAKS = re.compile(
    r"\\(?:Rightarrow|implies|Leftrightarrow|iff|therefore|because|quad|qquad|to|le|ge|ne|equiv|in|not|text|mathrm|textbf|sim|cong|overset|stackrel|xrightarrow|longrightarrow|Longrightarrow)(?![A-Za-z])"
    r"|\\\\|[<>;&]|,(?!\d{3}(?!\d))"
)


def statements(problem: str, solution: str) -> Iterator[Statement]:
    """Every equality of the solution between two pieces that look like numbers."""
    if len(solution) > LONGEST_SOLUTION or _NEW_OPERATION.search(problem):
        return
    lines = solution.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    doubtful = [bool(_DOUBT.search(line)) for line in lines]
    masked = list(solution)
    for match in _SEGMENT.finditer(solution):
        number = _line_of(starts, match.start())
        last = _line_of(starts, match.end())
        masked[match.start() : match.end()] = [
            "\n" if sign == "\n" else "\x01" for sign in solution[match.start() : match.end()]
        ]
        if any(doubtful[max(0, number - 1) : last + 2]):
            continue
        content = next(group for group in match.groups() if group is not None)
        before = solution[starts[number] : match.start()]
        after = solution[match.end() : match.end() + 40].split("\n")[0]
        yield from _in_formula(number + 1, normalized(content), normalized(before), normalized(after))
    for number, line in enumerate("".join(masked).split("\n")):
        if not any(doubtful[max(0, number - 1) : number + 2]):
            yield from _in_line(number + 1, line)


def _line_of(starts: list[int], place: int) -> int:
    low = 0
    for number, start in enumerate(starts):
        if start <= place:
            low = number
        else:
            break
    return min(low, len(starts) - 2)


def _in_formula(line: int, content: str, before: str, after: str) -> Iterator[Statement]:
    # A row of a display that begins with = goes on with the row before.
    content = re.sub(r"\\\\(?:\[[^\]]*\])?\s*&?\s*(?==|\\approx)", " ", content)
    content = re.sub(r"&\s*(?==|\\approx)|(?<==)\s*&", " ", content)
    content = re.sub(r"\\boxed\s*\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}", r"\1", content)
    parts = _split(content, _BREAKS)
    for place, part in enumerate(parts):
        first_open = place > 0 or not _changed_before(before)
        last_open = place < len(parts) - 1 or not _changed_after(after)
        yield from _chain(line, part, first_open=first_open, last_open=last_open)


def _in_line(line: int, text: str) -> Iterator[Statement]:
    text = re.sub(r"(?<!\d)\*\*|\*\*(?!\d)", " ", text)
    text = normalized(text).replace(r"\$", "﹩").replace("$", "﹩")
    # A dash before a number can begin an item or be its sign.
    text = re.sub(r"^\s*[-+]\s+(?=[\d(])", "? of ", text)
    text = re.sub(r"^\s*(?:[-*•+]\s+|#+\s*)?(?:\(?\d{1,2}\s*[.)]\s+|\(\d{1,2}\)\s*)?", "", text)
    for run in _PLAIN_RUN.finditer(text):
        content = run.group().rstrip()
        if "=" not in content and "approx" not in content:
            continue
        start = run.end() - len(run.group().lstrip())
        content = content.lstrip()
        before, after = text[:start], text[start + len(content) :]
        starts_clean = not _changed_before(before) and "\x01" not in before[-2:]
        ends_clean = not _changed_after(after) and "\x01" not in after[:2]
        stripped = content.strip()
        if stripped[:1] in ("+", "*", "/", "^", "!", "%", ")") or stripped.startswith(
            (r"\times", r"\div", r"\cdot")
        ):
            starts_clean = False
        if stripped.startswith("-") and before.strip() and before.rstrip()[-1] not in ":,.;":
            starts_clean = False
        for part in re.split(r"\.(?=\s|$)|\\le|\\ge", content):
            yield from _chain(line, part, first_open=starts_clean, last_open=ends_clean)


def _changed_before(before: str) -> bool:
    if before and before[-1].isalpha() and before[-1].isascii():
        return True
    if re.search(r"\d\s*:\s*$", before):
        # A time of day, or a ratio.
        return True
    match = _WORD_BEFORE.search(before)
    if match is None:
        return bool(before.rstrip()) and before.rstrip()[-1] in "+-*/^=)}\x01_\\"
    word = match[1].lower()
    return word in _CHANGING or word in _CHANGING_CHINESE or (len(word) == 1 and word.isascii())


def _changed_after(after: str) -> bool:
    if after and (after[0].isalnum() or after[0] in "_^{\\") and not "\u4e00" <= after[0] <= "\u9fff":
        return True
    if re.match(r"\s*:\s*\d", after):
        return True
    match = _WORD_AFTER.match(after)
    if match is None:
        return bool(after.lstrip()) and after.lstrip()[0] in "+-*/^=({\x01…!%"
    word = match[1].lower()
    return (
        word in _CHANGING
        or word in _CHANGING_CHINESE
        or not word[0].isalpha()
        or (len(word) == 1 and word.isascii())
    )


def _chain(line: int, text: str, *, first_open: bool, last_open: bool) -> Iterator[Statement]:
    signs = re.findall(r"=|\\approx(?![A-Za-z])", text)
    pieces = _split(text, re.compile(r"=|\\approx(?![A-Za-z])"))
    if len(pieces) != len(signs) + 1:
        return
    for place, sign in enumerate(signs):
        left, right = pieces[place].strip(), pieces[place + 1].strip()
        if (place == 0 and not first_open) or (place == len(signs) - 1 and not last_open):
            continue
        if left and right:
            yield Statement(line, left, right, sign != "=")


def _split(text: str, separator: re.Pattern[str]) -> list[str]:
    """Split outside of braces and brackets."""
    pieces: list[str] = []
    depth = last = at = 0
    while at < len(text):
        sign = text[at]
        if sign in "{([" and (at == 0 or text[at - 1] != "\\"):
            depth += 1
        elif sign in "})]" and (at == 0 or text[at - 1] != "\\"):
            depth = max(0, depth - 1)
        elif depth == 0:
            match = separator.match(text, at)
            if match:
                pieces.append(text[last:at])
                last = at = match.end()
                continue
        at += 1
    return [*pieces, text[last:]]
