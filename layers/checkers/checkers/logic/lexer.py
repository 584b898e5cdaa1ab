"""Split a formula into tokens.

Accepted: Unicode signs, ASCII (``->``, ``&``, ``~``, …), words (``and``, ``forall``, …), LaTeX (``\\forall``, ``\\land``,
``\\text{…}``, …) and Chinese (``且``, ``或``, ``非``, ``任意``, …). A caret stays one: some write "and" so, some "xor".
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from checkers.logic.errors import FormulaError

__all__ = ["LONGEST_TEXT", "MOST_TOKENS", "Kind", "Token", "tokens"]

type Kind = Literal[
    "name",
    "number",
    "quoted",
    "sign",
    "not",
    "quantifier",
    "relation",
    "open",
    "close",
    "comma",
    "colon",
    "truth",
    "if",
    "then",
    "end",
]

LONGEST_TEXT = 8_000
MOST_TOKENS = 4_000


@dataclass(frozen=True, slots=True)
class Token:
    """A token: ``value`` is its normalized spelling, ``at`` its offset; ``glued``: no white space before it.

    ``word``: it is written as a word (``or``, ``且``, ``并非``), which binds as loosely as language does.
    """

    kind: Kind
    value: str
    at: int
    glued: bool
    word: bool = False


_SIGNS: dict[str, tuple[Kind, str]] = {}


def _spell(kind: Kind, value: str, spellings: str) -> None:
    for spelling in spellings.split():
        _SIGNS[spelling] = (kind, value)


_spell(
    "sign",
    "↔",
    r"↔ ⇔ ⟷ ⟺ ≡ <-> <=> <--> <==> \leftrightarrow \Leftrightarrow \longleftrightarrow \Longleftrightarrow \iff \equiv",
)
_spell(
    "sign",
    "→",
    r"→ ⇒ ⟶ ⟹ ⊃ -> => --> ==> \rightarrow \Rightarrow \longrightarrow \Longrightarrow \to \implies \supset",
)
_spell("sign", "∧", r"∧ ⋀ ⋏ & && /\ \land \wedge \bigwedge \& \And")
_spell("sign", "∨", r"∨ ⋁ ⋎ | || \/ \lor \vee \bigvee")
_spell("sign", "⊕", r"⊕ ⊻ \oplus \veebar \xor")
_spell("sign", "^", r"^")
_spell("not", "¬", r"¬ ￢ ~ ∼ ! - − \neg \lnot \sim")
_spell("quantifier", "∀", r"∀ \forall")
_spell("quantifier", "∃", r"∃ \exists")
_spell("quantifier", "¬∃", r"∄ \nexists")
_spell("quantifier", "∃!", r"∃! \exists!")
_spell("relation", "=", r"= == ＝")
_spell("relation", "≠", r"≠ != <> =/= /= \neq \ne")
_spell("relation", "<", r"< ＜ \lt")
_spell("relation", ">", r"> ＞ \gt")
_spell("relation", "≤", r"≤ ⩽ <= =< \leq \le \leqslant")
_spell("relation", "≥", r"≥ ⩾ >= \geq \ge \geqslant")
_spell("relation", "∈", r"∈ \in")
_spell("relation", "∉", r"∉ \notin")
_spell("open", "(", r"( （ \lparen")
_spell("open", "[", r"[ 【 〔 \lbrack")
_spell("open", "{", r"{ ｛ \{ \lbrace")
_spell("close", "(", r") ） \rparen")
_spell("close", "[", r"] 】 〕 \rbrack")
_spell("close", "{", r"} ｝ \} \rbrace")
_spell("comma", ",", ", ， 、 ; ；")
_spell("colon", ":", ": ： . 。 · •")
_spell("truth", "⊤", r"⊤ \top")
_spell("truth", "⊥", r"⊥ \bot")

_WORDS: dict[str, tuple[Kind, str]] = {
    "and": ("sign", "∧"),
    "or": ("sign", "∨"),
    "xor": ("sign", "⊕"),
    "implies": ("sign", "→"),
    "iff": ("sign", "↔"),
    "not": ("not", "¬"),
    "forall": ("quantifier", "∀"),
    "exists": ("quantifier", "∃"),
    "true": ("truth", "⊤"),
    "false": ("truth", "⊥"),
    "if": ("if", "if"),
    "then": ("then", "then"),
    "in": ("relation", "∈"),
}

_BLANK = re.compile(
    r"(?:\s|\\[,;:! ]|\\(?:quad|qquad|left|right|displaystyle|bigl?|bigr|Bigl?|Bigr)(?![A-Za-z])|\\[()\[\]]|\$|\u200b|\ufeff)+"
)
_PHRASE = re.compile(
    r"(?:(?P<every>for\s+(?:all|any|every|each)\b|(?:all|every|each)(?=\s+[A-Za-z]\d?\b))"
    r"|(?P<some>there\s+(?:exists?|is)\b(?:\s+(?:an?|some)\b(?=\s+[A-Za-z]\d?\b))?|some(?=\s+[A-Za-z]\d?\b))"
    r"|(?P<such>such\s+that\b|s\.t\.|(?:it\s+holds\s+)?that\b(?=\s)))",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\"([^\"\n]{1,80})\"|“([^”\n]{1,80})”|'([^'\n]{1,80})'(?!\w)|‘([^’\n]{1,80})’")
_STYLED = re.compile(
    r"\\(?:text|mathrm|mathit|mathbf|mathsf|mathcal|mathbb|textit|textbf|operatorname\*?)\s?\{([^{}]{1,80})\}"
)
_NUMBER = re.compile(r"[0-9]{1,30}(?:\.[0-9]{1,30})?%?(?!\w|\.\d)")
_NAME = re.compile(r"\w(?:_\{\w{1,40}\}|\w|\\_|['′](?!\w)|['’](?=[^\W\d_])|-(?=[^\W\d_])|(?<=\d)\.(?=\d))*")
_SPELLING = re.compile(
    "|".join(
        re.escape(sign) + (r"(?![A-Za-z])" if sign[-1].isalpha() else "")
        for sign in sorted(_SIGNS, key=len, reverse=True)
    )
)
_SAME_SIGN = {
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **dict(zip(map(ord, "₀₁₂₃₄₅₆₇₈₉"), "0123456789", strict=True)),
}
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")

# Chinese has no blanks between words, so signs are looked for at the start of a word, and some inside it.
_CHINESE_START = re.compile(
    r"(?P<every>(?:对于?)?(?:任意|任何|所有|一切|每一?个)(?:一个)?的?(?=[A-Za-z]\w?\b|\Z))"
    r"|(?P<some>(?:至少)?存在(?:一个|某个|某)?(?=[A-Za-z]\w?|\Z))"
    r"|(?P<such>使得?(?=[A-Za-z∀∃¬\u3400-\u9fff]|\Z)|满足(?=\Z)|都有|有(?=\Z))"
    r"|(?P<only>当且仅当|等价于)|(?P<implies>蕴含|蕴涵|推出)|(?P<and>并且|而且|且)|(?P<xor>异或)|(?P<or>或者|或(?![许多少]))"
    r"|(?P<if>如果|假如|若(?!干|无其事))|(?P<then>那么|则)|(?P<whole>并非(?!常))|(?P<not>非(?![常洲凡法得要但议分礼难同命典]))"
)
_CHINESE_INSIDE = re.compile(
    r"当且仅当|等价于|蕴含|蕴涵|并且|而且|(?<![暂尚况姑苟])且|异或|或者|(?<![间抑甚即容])或(?![许多少])"
)
_CHINESE: dict[str, tuple[Kind, str]] = {
    "every": ("quantifier", "∀"),
    "some": ("quantifier", "∃"),
    "such": ("colon", ":"),
    "only": ("sign", "↔"),
    "implies": ("sign", "→"),
    "and": ("sign", "∧"),
    "xor": ("sign", "⊕"),
    "or": ("sign", "∨"),
    "if": ("if", "if"),
    "then": ("then", "then"),
    "not": ("not", "¬"),
    "whole": ("not", "¬"),
}
_LATIN_START = re.compile(r"[A-Za-z]\d*(?=[\u3400-\u9fff])")


def tokens(text: str) -> list[Token]:
    """The signs of the formula, the last of kind ``end``. Raises :class:`FormulaError`; time is linear in the length."""
    if len(text) > LONGEST_TEXT:
        raise FormulaError("too_long", LONGEST_TEXT)
    found: list[Token] = []
    at = 0
    while at < len(text):
        blank = _BLANK.match(text, at)
        if blank:
            at = blank.end()
            continue
        if len(found) >= MOST_TOKENS:
            raise FormulaError("too_long", at)
        glued = at > 0 and not text[at - 1].isspace()
        at = _next(text, at, glued, found)
    return [*found, Token("end", "", len(text), glued=False)]


def _next(text: str, at: int, glued: bool, found: list[Token]) -> int:
    phrase = _PHRASE.match(text, at)
    if phrase:
        kind, value = _CHINESE[phrase.lastgroup or ""]
        found.append(Token(kind, value, at, glued))
        return phrase.end()
    quoted = _QUOTED.match(text, at) or _STYLED.match(text, at)
    if quoted:
        name = quoted[quoted.lastindex or 0].strip().replace('"', "'")
        if not name:
            raise FormulaError("unknown_sign", at, quoted[0])
        found.append(Token("quoted", name, at, glued))
        return quoted.end()
    number = _NUMBER.match(text, at)
    if number:
        if re.compile(r"[,，]\d{3}(?!\d)").match(text, number.end()):  # 1,000: one number, or two
            raise FormulaError("unknown_sign", number.end(), text[number.end()])
        found.append(Token("number", number[0], at, glued))
        return number.end()
    name_found = _NAME.match(text, at)
    if name_found:
        applied = text.startswith(("(", "（"), name_found.end())
        _word(name_found[0], at, glued, found, applied=applied)
        return name_found.end()
    spelling = _SPELLING.match(text, at)
    if not spelling:
        sign = re.compile(r"\\[A-Za-z]+|.", re.DOTALL).match(text, at)
        raise FormulaError("unknown_sign", at, sign[0] if sign else "")
    kind, value = _SIGNS[spelling[0]]
    if spelling[0] in ("-", "−") and text[spelling.end() : spelling.end() + 1].isspace():
        raise FormulaError("unknown_sign", at, spelling[0])  # a bullet or a minus, and no negation
    if value == "¬" and found and found[-1] == Token("quantifier", "∃", at - 1, found[-1].glued):
        found[-1] = Token("quantifier", "∃!", at - 1, found[-1].glued)
    else:
        found.append(Token(kind, value, at, glued))
    return spelling.end()


def _word(word: str, at: int, glued: bool, found: list[Token], *, applied: bool) -> None:
    if _IDEOGRAPH.search(word):
        _chinese(word, at, glued, found)
        return
    keyword = _WORDS.get(word.lower())
    if keyword and not (applied and keyword[0] in ("relation", "truth", "then")):  # In(x, y) is a predicate
        found.append(Token(*keyword, at, glued, word=keyword[0] != "not"))
    elif not word.isascii() and all(
        sign.isnumeric() for sign in word
    ):  # "½", "٣": numbers that are not read as numbers
        raise FormulaError("unknown_sign", at, word)
    elif re.fullmatch(r"[A-Za-z]\d?-[A-Za-z]\d?", word):  # a difference, or a name
        raise FormulaError("unknown_sign", at + word.index("-"), "-")
    else:
        found.append(Token("name", _tidy(word), at, glued))


def _chinese(word: str, at: int, glued: bool, found: list[Token]) -> None:
    """Cut a run of ideographs and letters where a sign starts."""
    done = 0
    while done < len(word):
        rest = word[done:]
        glued = glued if done == 0 else True
        start = _CHINESE_START.match(rest)
        variable = _LATIN_START.match(rest) if found and found[-1].kind == "quantifier" else None
        if start:
            word_like = start.lastgroup != "not"
            found.append(Token(*_CHINESE[start.lastgroup or ""], at + done, glued, word=word_like))
            done += start.end()
        elif variable:
            found.append(Token("name", variable[0], at + done, glued))
            done += variable.end()
        else:
            inside = _CHINESE_INSIDE.search(rest)
            end = inside.start() if inside else len(rest)
            found.append(Token("name", _tidy(rest[:end]), at + done, glued))
            done += end


def _tidy(name: str) -> str:
    """One spelling of a name: ``x₁``, ``x_{1}`` and ``x1`` are the same variable, full-width letters plain ones.

    ``n²`` and ``n2`` are two names: nothing else is folded.
    """
    plain = unicodedata.normalize("NFC", name).translate(_SAME_SIGN).replace("\\_", "_").replace("′", "'")
    return re.sub(r"^([A-Za-z])_(\d+)$", r"\1\2", re.sub(r"_\{(\w+)\}", r"_\1", plain))
