"""The closed list of words that cannot state a condition, and the search for words without a role.

Each word of a sentence must have one role: it is in a group that was read, it is a fixed part of the question, or it is
in this list. A problem with any other word is not recognised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from checkers.mathematics.problem.kinds import KIND_WORDS

__all__ = ["NEUTRAL", "NEUTRAL_CHINESE", "fixed_words", "unaccounted"]

NEUTRAL = frozenset(
    # Articles, pronouns and prepositions.
    [
        "a",
        "an",
        "the",
        "its",
        "it",
        "this",
        "these",
        "following",
        "given",
        "at",
        "by",
        "for",
        "from",
        "in",
        "into",
        "of",
        "on",
        "onto",
        "to",
        "with",
        "as",
        "is",
        "are",
        "be",
        "was",
        "does",
        "do",
        "have",
        "has",
        "can",
        "may",
        "will",
        "that",
        "which",
        "there",
        "we",
        "if",
        "when",
        "where",
        "then",
        "so",
        "such",
        "and",
        "both",
        "all",
        "any",
        "find",
        "compute",
        "calculate",
        "determine",
        "evaluate",
        "give",
        "state",
        "enter",
        "list",
        "what",
        "whats",
        "what's",
        "write",
        "express",
        "convert",
        "solve",
        "consider",
        "let",
        "suppose",
        "assume",
        "assuming",
        "define",
        "defined",
        "denote",
        "now",
        "also",
        "please",
        "satisfy",
        "satisfies",
        "satisfying",
        "solves",
        "make",
        "makes",
        "hold",
        "holds",
        "true",
        "satisfied",
        "provided",
        "value",
        "values",
        "number",
        "numbers",
        "constant",
        "constants",
        "solution",
        "solutions",
        "root",
        "roots",
        "equation",
        "equations",
        "system",
        "inequality",
        "inequalities",
        "expression",
        "expressions",
        "function",
        "functions",
        "polynomial",
        "graph",
        "graphs",
        "curve",
        "statement",
        "formula",
        "rule",
        "fraction",
        "possible",
        "exact",
        "numerical",
        "set",
        "result",
        "line",
        "lines",
        "point",
        "points",
        "coordinates",
        "unknown",
        "variable",
        "variables",
        "term",
        "terms",
        "how",
        "many",
        "equal",
        "equals",
        "answer",
        "answers",
        "coefficient",
    ]
)
"""English words that do not change the answer, wherever a pattern allows them."""

NEUTRAL_CHINESE = frozenset(
    [
        "则",
        "那么",
        "求",
        "试求",
        "求出",
        "求解",
        "解",
        "计算",
        "化简",
        "求值",
        "已知",
        "若",
        "设",
        "如果",
        "当",
        "令",
        "其中",
        "且",
        "时",
        "函数",
        "方程",
        "方程组",
        "不等式",
        "不等式组",
        "集合",
        "向量",
        "在",
        "的",
        "是",
        "为",
        "等于",
        "多少",
        "几",
        "值",
        "的值",
        "解集",
        "根",
        "请问",
        "请计算",
        "我们",
        "一个",
        "一种",
        "代数式",
        "式子",
        "算式",
        "表达式",
        "多项式",
        "数",
        "结果",
        "得数",
        "得",
        "有",
        "中",
        "里",
        "满足",
        "全集",
        "关于",
        "对于",
        "直线",
        "抛物线",
        "曲线",
        "点",
        "上",
        "第",
        "项",
        "计算结果",
        "简便计算",
        "用简便方法计算",
        "脱式计算",
        "口算",
        "递等式计算",
        "直接写出得数",
        "怎样简便就怎样算",
        "能简算的要简算",
        "计算下列各题",
        "先化简",
        "再求值",
        "化简求值",
        "计算并化简",
        "写成",
        "化成",
        "把",
        "将",
        "给出",
        "图象",
        "图像",
        "个",
        "都是",
        "均为",
        "一次函数",
        "二次函数",
        "反比例函数",
        "正比例函数",
        "一元一次",
        "一元二次",
        "二元一次",
        "分式",
        "规定",
        "定义",
        "运算",
        "符号",
        "新",
        "与",
        "和",
        "全部解",
        "吗",
        "虚数单位",
        "三角有理式",
        "用数字作答",
        "下列",
        "任意",
    ]
)
"""Chinese words that do not change the answer; a run of characters must consist of them."""

_WORD = re.compile(r"[a-z]+(?:[-'][a-z]+)*|[\u4e00-\u9fff]+|⟦\d+⟧|\d+|[^\s\w,.:;?!()_$=~\"'（）-]")


def unaccounted(text: str, spans: Iterable[tuple[int, int]], fixed: frozenset[str]) -> list[str]:
    """The words outside of those spans that are neither fixed parts of the question nor in the closed list."""
    covered = list(text)
    for start, end in spans:
        covered[start:end] = "\0" * (end - start)
    left = []
    for word in _WORD.findall("".join(covered).replace("\0", " | ")):
        if word == "|" or word in NEUTRAL or word in fixed:
            continue
        if "\u4e00" <= word[0] <= "\u9fff" and _falls_apart(word, fixed):
            continue
        left.append(word)
    return left


def _falls_apart(run: str, fixed: frozenset[str]) -> bool:
    """Whether a run of Chinese characters is made of known words."""
    reached = {0}
    for end in range(1, len(run) + 1):
        if any(
            start in reached and (run[start:end] in NEUTRAL_CHINESE or run[start:end] in fixed)
            for start in range(max(0, end - 12), end)
        ):
            reached.add(end)
    return len(run) in reached


@cache
def fixed_words(pattern: re.Pattern[str]) -> frozenset[str]:
    """The words that every sentence of the pattern holds, outside of its groups: they are the question itself.

    Words for kinds of numbers are never among them: a handler has to read them.
    """
    words = re.findall(
        r"(?<![a-z\0])[a-z]+(?:[-'][a-z]+)*(?![a-z\0])|[\u4e00-\u9fff]+", _literals(pattern.pattern)
    )
    return frozenset(words) - KIND_WORDS


def _literals(shape: str) -> str:
    """The characters that every match holds in order; a NUL stands for whatever may differ."""
    found: list[str] = []
    at = 0
    while at < len(shape):
        end = _end_of_atom(shape, at)
        atom = shape[at:end]
        optional = shape[end : end + 1] in ("?", "*", "{")
        if optional:
            found.append("\0")
        elif atom.startswith("(?:") and not _has_choice(atom[3:-1]):
            found.append(_literals(atom[3:-1]))
        elif len(atom) == 1 and atom not in ".|^$":
            found.append(atom)
        else:
            found.append("\0")
        at = end
        while at < len(shape) and shape[at] in "?*+":
            at += 1
        if shape[at : at + 1] == "{":
            at = shape.index("}", at) + 1
    return "\0" if _has_choice(shape) else "".join(found)


def _end_of_atom(shape: str, start: int) -> int:
    """Where the character, class or group that starts there ends."""
    if shape[start] == "\\":
        return start + 2
    if shape[start] == "[":
        end = start + 2
        while shape[end] != "]":
            end += 2 if shape[end] == "\\" else 1
        return end + 1
    if shape[start] != "(":
        return start + 1
    at = start + 1
    while shape[at] != ")":
        at = _end_of_atom(shape, at)
    return at + 1


def _has_choice(shape: str) -> bool:
    """Whether an alternative stands at the outermost level."""
    at = 0
    while at < len(shape):
        if shape[at] == "|":
            return True
        at = _end_of_atom(shape, at)
    return False
