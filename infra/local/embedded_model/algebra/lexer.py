"""Text into tokens of mathematics and words: plain notation, Unicode signs and LaTeX alike.

Nothing is ever evaluated here. What is not known as mathematics is a word, and the solvers refuse words that
they do not understand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

__all__ = ["FUNCTIONS", "Kind", "Token", "tokenize"]

Kind = Literal["number", "name", "function", "sign", "word", "break", "end", "comma"]


@dataclass(frozen=True)
class Token:
    """A piece of text; *glued* where no white space came before it."""

    kind: Kind
    text: str
    glued: bool = False


FUNCTIONS = frozenset({
    "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "ln", "log",
    "lg", "exp", "sqrt", "cbrt", "abs", "gcd", "lcm", "max", "min", "floor", "ceil", "mod", "lim", "int", "frac",
    "deriv",
})  # fmt: skip
_SIGNS = {
    "×": "*", "·": "*", "⋅": "*", "∗": "*", "✕": "*", "•": "*", "÷": "/", "∕": "/", "⁄": "/", "−": "-", "–": "-",
    "—": "-", "﹣": "-", "➖": "-", "≤": "<=", "≥": ">=", "≦": "<=", "≧": ">=", "⩽": "<=", "⩾": ">=", "≠": "!=",
    "→": "->", "∶": ":", "【": "[", "】": "]",
}  # fmt: skip
_COMMANDS = {
    "cdot": "*", "times": "*", "div": "/", "le": "<=", "leq": "<=", "leqslant": "<=", "ge": ">=", "geq": ">=",
    "geqslant": ">=", "ne": "!=", "neq": "!=", "lt": "<", "gt": ">", "to": "->", "rightarrow": "->", "pm": "±",
    "lvert": "|", "rvert": "|", "vert": "|", "lbrace": "{", "rbrace": "}", "circ": "°", "ast": "*",
}  # fmt: skip
_ARGUMENT = {"dfrac": "frac", "tfrac": "frac", "cfrac": "frac"}
_SPACING = frozenset(
    {"left", "right", "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "quad", "qquad", "displaystyle"}
)
_SPACING |= {"limits", "nolimits", "mathrm", "operatorname"}
_GREEK = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "θ": "theta",
    "λ": "lambda",
    "μ": "mu",
    "φ": "phi",
    "ω": "omega",
}
_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "0123456789+-n", strict=True))
_SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
_RAISED = re.compile("[" + "".join(_SUPERSCRIPTS) + "]+")
_LOWERED = re.compile("[" + "".join(_SUBSCRIPTS) + "]+")
# f'(x) asks for the derivative; f'(2) asks for more, and keeps its prime, which no grammar knows.
_PRIMED = re.compile(r"\b[fgy]\s*['′](?!['′])(?:\s*\(\s*[a-z]\s*\)|(?!\s*\())")
_VULGAR = {
    "½": r"\frac{1}{2}", "⅓": r"\frac{1}{3}", "⅔": r"\frac{2}{3}", "¼": r"\frac{1}{4}", "¾": r"\frac{3}{4}",
    "⅕": r"\frac{1}{5}", "⅛": r"\frac{1}{8}",
}  # fmt: skip
_CJK = "\u2e80-\u2fff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_PIECE = re.compile(
    rf"""(?P<space>\s+|\\[,;:!\s]|&)
    |(?P<break>\$\$?|\\[()\[\]]|\\\\|[“”"‘’《》「」])
    |(?P<environment>\\(?:begin|end)\{{[a-z]+\*?\}}(?:\{{[lcr|]+\}})?)
    |(?P<command>\\[A-Za-z]+)
    |(?P<number>\d{{1,3}}(?:,\d{{3}})+(?![\d,])(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)
    |(?P<letters>[A-Za-z]+(?:'(?:s|re|ve|ll|t|d|m)\b)?)
    |(?P<greek>[αβγθλμφω])
    |(?P<end>[.。?？;；](?=\s|$|[{_CJK}])|(?<![\w)\]}}])!|[。？；！])
    |(?P<comma>[,，、])
    |(?P<cjk>[{_CJK}]+)
    |(?P<sign>\*\*|<=|>=|!=|->|'+|\\[{{}}%]|[-+*/^_=<>(){{}}\[\]|!%°±√∛π∞∫:′])
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
# English words as well: functions only before a bracket. With a backslash they are always functions.
_NEED_BRACKETS = frozenset(
    {"gcd", "lcm", "max", "min", "mod", "floor", "ceil", "abs", "exp", "int", "lim", "frac"}
)
_SPOKEN = {"equals": "=", "plus": "+", "minus": "-", "times": "*"}


def tokenize(text: str) -> list[Token]:
    """All of *text* as tokens, words and mathematics in their order."""
    out: list[Token] = []
    glued, plain = False, _plain(text)
    for match in _PIECE.finditer(plain):
        kind, piece = match.lastgroup or "", match.group()
        if kind == "space":
            glued = False
            continue
        following = plain[match.end() : match.end() + 1]
        if piece in _NEED_BRACKETS and following not in ("(_" if piece == "lim" else "("):
            out.append(Token("word", piece, glued))
        else:
            out.extend(_tokens(kind, piece, glued))
        glued = True
    return out


def _plain(text: str) -> str:
    """*text* with full-width forms, raised digits and the many signs in plain ones; ``x²`` becomes ``x^(2)``."""
    text = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" and c not in "，。？；！" else c for c in text)
    text = _PRIMED.sub(" derivative ", text)
    text = _RAISED.sub(lambda m: "^(" + "".join(_SUPERSCRIPTS[c] for c in m.group()) + ")", text)
    text = _LOWERED.sub(lambda m: "_{" + "".join(_SUBSCRIPTS[c] for c in m.group()) + "}", text)
    return "".join(_VULGAR.get(c) or _SIGNS.get(c, c) for c in text)


def _tokens(kind: str, piece: str, glued: bool) -> list[Token]:
    if kind == "number":
        return [Token("number", piece.replace(",", ""), glued)]
    if kind == "letters":
        return _letters(piece, glued)
    if kind == "greek":
        return [Token("name", _GREEK[piece], glued)]
    if kind == "command":
        return _command(piece[1:], glued)
    if kind == "sign":
        return [_sign(piece, glued)]
    if kind in {"break", "environment"}:
        return [Token("break", piece, glued)]
    if kind in {"end", "comma"}:
        return [Token("end" if kind == "end" else "comma", piece, glued)]
    return [Token("word", piece, glued)]


def _sign(piece: str, glued: bool) -> Token:
    if piece in {"√", "∛"}:
        return Token("function", "sqrt" if piece == "√" else "cbrt", glued)
    if piece == "∫":
        return Token("function", "int", glued)
    if piece in {"π", "∞"}:
        return Token("name", "pi" if piece == "π" else "oo", glued)
    plain = {"**": "^", r"\%": "%", r"\{": "{", r"\}": "}", "'": "'", "′": "'"}
    return Token("sign", plain.get(piece, piece), glued)


def _letters(piece: str, glued: bool) -> list[Token]:
    if piece in FUNCTIONS:
        return [Token("function", piece, glued)]
    if piece == "pi":
        return [Token("name", "pi", glued)]
    if len(piece) == 1:
        return [Token("name", piece, glued)]
    if piece[0] == "d" and len(piece) == 2 and piece != "do":
        return [Token("name", piece, glued)]
    if piece.lower() in _SPOKEN:
        return [Token("sign", _SPOKEN[piece.lower()], False)]
    if glued and len(piece) <= 3 and piece.islower():
        # 2xy after a number: a product of names.
        return [Token("name", letter, at == 0 or glued) for at, letter in enumerate(piece)]
    if len(piece) == 2 and piece in {"xy", "ab", "yx", "ax", "bx", "xz", "yz", "bc", "ac", "mn"}:
        return [Token("name", letter, True) for letter in piece]
    return [Token("word", piece.lower(), glued)]


def _command(name: str, glued: bool) -> list[Token]:
    name = _ARGUMENT.get(name, name)
    if name in _SPACING:
        return []
    if name in _COMMANDS:
        return [Token("sign", _COMMANDS[name], glued)]
    if name in FUNCTIONS:
        return [Token("function", name, glued)]
    if name in {"pi", "infty"}:
        return [Token("name", "pi" if name == "pi" else "oo", glued)]
    if name in _GREEK.values():
        return [Token("name", name, glued)]
    return [Token("word", "\\" + name, glued)]
