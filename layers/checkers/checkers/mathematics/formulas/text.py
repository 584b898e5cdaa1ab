"""Normalize the notation of a formula: Unicode signs, full-width characters, variants of LaTeX.

Superscripts become `^` first, as NFKC would turn x² into x2.
"""

from __future__ import annotations

import re

__all__ = ["LONGEST_TEXT", "normalized"]

LONGEST_TEXT = 20_000
"""Most characters of a problem or an answer; longer ones are not checked."""

_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱˣ", "0123456789+-()nix", strict=True))
_SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉ₙ", "0123456789n", strict=True))

_SIGNS = {
    "−": "-",
    "﹣": "-",
    "‐": "-",
    "‑": "-",
    "–": "-",
    "－": "-",
    "＋": "+",
    "＝": "=",
    "＜": "<",
    "＞": ">",
    "×": r" \times ",
    "✕": r" \times ",
    "÷": r" \div ",
    "∗": "*",
    "＊": "*",
    "·": r" \cdot ",
    "⋅": r" \cdot ",
    "∙": r" \cdot ",
    "•": r" \cdot ",
    "／": "/",
    "∕": "/",
    "⁄": "/",
    "％": "%",
    "！": "!",
    "（": "(",
    "）": ")",
    "［": "[",
    "］": "]",
    "｛": "{",
    "｝": "}",
    "｜": "|",
    "∣": "|",
    "，": ", ",
    "、": ", ",
    "；": "; ",
    "：": ": ",
    "∶": ":",
    "？": "? ",
    "。": ". ",
    "｡": ". ",
    "＄": "$",
    "￥": "¥",
    "≤": r" \le ",
    "≦": r" \le ",
    "⩽": r" \le ",
    "≥": r" \ge ",
    "≧": r" \ge ",
    "⩾": r" \ge ",
    "≠": r" \ne ",
    "≈": r" \approx ",
    "≡": r" \equiv ",
    "∞": r" \infty ",
    "π": r" \pi ",
    "θ": r" \theta ",
    "√": r" \sqrt ",
    "∛": r" \sqrt[3]",
    "∈": r" \in ",
    "∪": r" \cup ",
    "∩": r" \cap ",
    "∅": r" \emptyset ",
    "±": r" \pm ",
    "∑": r" \sum ",
    "∏": r" \prod ",
    "∫": r" \int ",
    "→": r" \to ",
    "⟶": r" \to ",
    "…": r" \ldots ",
    "⋯": r" \ldots ",
    "º": "°",
    "˚": "°",
    "℃": "°C",
    "⌊": r" \lfloor ",
    "⌋": r" \rfloor ",
    "⌈": r" \lceil ",
    "⌉": r" \rceil ",
    "\u00a0": " ",
    "\u2009": " ",
    "\u202f": " ",
    "\u3000": " ",
    "\u200b": "",
    "\ufeff": "",
    "‘": "'",
    "’": "'",
    "′": "'",
    "“": '"',
    "”": '"',
    "½": r"\frac{1}{2}",
    "¼": r"\frac{1}{4}",
    "¾": r"\frac{3}{4}",
}
_SIGN_TABLE = str.maketrans(
    _SIGNS
    | {chr(ord("０") + digit): str(digit) for digit in range(10)}
    | {chr(ord("Ａ") + letter): chr(ord("A") + letter) for letter in range(26)}
    | {chr(ord("ａ") + letter): chr(ord("a") + letter) for letter in range(26)}
)

# Commands that only change the layout.
_LAYOUT = re.compile(
    r"\\(?:left|right|bigl|bigr|Bigl|Bigr|biggl|biggr|big|Big|bigg|Bigg|displaystyle|textstyle|limits|nolimits"
    r"|qquad|quad|hspace\{[^{}]{0,20}\}|hfill|noindent|par|small|large|Large|medspace|thinspace)(?![A-Za-z])\s?"
    r"|(?<!\\)\\[!,;:> ]|~"
)
_RENAMED = (
    (re.compile(r"\\[dtc]frac(?![A-Za-z])"), r"\\frac"),
    (re.compile(r"\\[dt]binom(?![A-Za-z])"), r"\\binom"),
    (re.compile(r"\\(?:leqslant|leq)(?![A-Za-z])"), r"\\le"),
    (re.compile(r"\\(?:geqslant|geq)(?![A-Za-z])"), r"\\ge"),
    (re.compile(r"\\neq(?![A-Za-z])|\\not\s*="), r"\\ne"),
    (re.compile(r"\\(?:cdots|dots|dotsc|dotsb|dotsm|hdots)(?![A-Za-z])"), r"\\ldots"),
    (re.compile(r"\\(?:textgreater|gt)(?![A-Za-z])(?:\{\})?"), ">"),
    (re.compile(r"\\(?:textless|lt)(?![A-Za-z])(?:\{\})?"), "<"),
    (re.compile(r"\\(?:textbar|vert|lvert|rvert|mid)(?![A-Za-z])(?:\{\})?"), "|"),
    (re.compile(r"\\colon(?![A-Za-z])"), ":"),
    (re.compile(r"\\(?:varnothing)(?![A-Za-z])"), r"\\emptyset"),
    (re.compile(r"\\rightarrow(?![A-Za-z])"), r"\\to"),
    (re.compile(r"\\(?:mbox|textrm|textnormal|textit|textsf)(?=\s?\{)"), r"\\text"),
    (
        re.compile(
            r"\^\s*\{\s*\\(?:circ|degree)\s*\}|\^\s*\\(?:circ|degree)(?![A-Za-z])|\\degree(?![A-Za-z])|\^\{\s*°\s*\}|\^°"
        ),
        "°",
    ),
    (re.compile(r"\{\s*\\(?:rm|bf|it|cal)\s+"), "{"),
    (re.compile(r"\{\s*\}(?=\s*\^)"), ""),
    (re.compile(r"[\^_]\s*\{\s*\}"), ""),
    (re.compile(r"\\root\s*(\d)\s*\\of(?![A-Za-z])"), r"\\sqrt[\1]"),
    (re.compile(r"\\renewcommand\s*\{\\arraystretch\}\s*\{[\d.]{1,5}\}"), ""),
    (
        re.compile(r"\[\s*\\begin\{array\}\s*\{[lcr ]*\}(.*?)\\end\{array\}\s*\]", re.DOTALL),
        r"\\begin{pmatrix}\1\\end{pmatrix}",
    ),
    (
        re.compile(r"\|\s*\\begin\{array\}\s*\{[lcr ]*\}(.*?)\\end\{array\}\s*\|", re.DOTALL),
        r"\\begin{vmatrix}\1\\end{vmatrix}",
    ),
)


def normalized(text: str) -> str:
    """The normalized formula; text beyond `LONGEST_TEXT` characters is cut off."""
    text = _raised(text[:LONGEST_TEXT])
    # A full-width dot between digits is a decimal point, elsewhere the end of a sentence.
    text = re.sub(r"(?<=\d)．(?=\d)", ".", text).replace("．", ". ")
    text = text.translate(_SIGN_TABLE)
    text = re.sub(r"(\d),\\!\s*(?=\d{3})", r"\1{,}", text)
    text = _LAYOUT.sub(" ", text)
    for pattern, spelling in _RENAMED:
        text = pattern.sub(spelling, text)
    return text


def _raised(text: str) -> str:
    pieces: list[str] = []
    at = 0
    while at < len(text):
        for table, sign in ((_SUPERSCRIPTS, "^"), (_SUBSCRIPTS, "_")):
            end = at
            while end < len(text) and text[end] in table:
                end += 1
            if end > at:
                pieces.append(sign + "{" + "".join(table[mark] for mark in text[at:end]) + "}")
                at = end
                break
        else:
            pieces.append(text[at])
            at += 1
    return "".join(pieces)
