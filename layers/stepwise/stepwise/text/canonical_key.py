r"""The canonical form of a problem's text, and the cache key of its answer.

Texts that differ only in notation (width, signs for minus and times, superscripts and ``^``, spacing, delimiters of
formulas) have one canonical form; texts that may differ in meaning do not, which costs one more call of the model. Key,
prompt and check use the same canonical form, so a difference that the key ignores cannot change the answer that other
clients get. Responses contain the client's text unchanged.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from typing import NewType

from stepwise.text.invisible import without_invisible

__all__ = ["SCHEMA_VERSION", "CanonicalText", "canonical", "problem_key"]

# Raise it when the canonical form changes: answers under old keys are misses then.
SCHEMA_VERSION = 2

_SUPERSCRIPTS = dict(
    zip(
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ",
        "0123456789+-=()abcdefghijklmnoprstuvwxyz",
        strict=True,
    )
)
_SUPERSCRIPT_RUN = re.compile(f"[{''.join(_SUPERSCRIPTS)}]+")
_BRACED_POWER = re.compile(r"\^\s{0,3}\{\s{0,3}(?P<inside>[-−]?\s{0,3}\d+|[A-Za-z])\s{0,3}\}")
_SIMPLE_POWER = re.compile(r"-?\d+|[a-z]")
_POWER_STARS = re.compile(r"(?<=[\w)\]}])(?P<before>\s?)\*\*(?P<after>\s?)(?=[\w({\[\\+-])")

_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code not in (0xFF0C, 0xFF0E)}
# Characters that look alike and mean the same.
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("−‐‑‒–﹣➖", "-"),
        **dict.fromkeys("✕✖⨯⨉╳", "×"),
        **dict.fromkeys("⋅∙•‧・･", "·"),
        **dict.fromkeys("∗⁎﹡", "*"),
        **dict.fromkeys("‘’‛", "'"),
        **dict.fromkeys("“”‟", '"'),
        **dict.fromkeys("｡", "。"),
        **{chr(code): chr(to) for code, to in _WIDTH.items()},
    }
)
_LATEX_SIGNS = re.compile(r"\\(?P<name>times|cdot|ast)(?![A-Za-z])\s?")
_LATEX_SIGN = {"times": "×", "cdot": "·", "ast": "*"}
_LONE_DASH = re.compile("(?<![—―])[—―](?![—―])")
_WIDE_COMMA = re.compile(r"(?<=\d)，(?=\d)")
# A full-width full stop between full-width digits is a decimal point; between other digits it is ambiguous and stays.
_WIDE_POINT = re.compile("(?<=[０-９])．(?=[０-９])")
_WIDE_STOP = re.compile(r"(?<!\d)．|．(?!\d)")

_ESCAPED = re.compile(r"\\(?P<sign>.)", re.DOTALL)
_MATH_INSIDE = re.compile(r"(?<!\\)(?P<mark>\\[(\[])\s+|(?<![\\\s])\s+(?=\\[)\]])")
_FRACTION = re.compile(r"(?<!\\)\\[dt]frac(?![A-Za-z])")

_FIRST_CJK = "\u2e80"
_CJK = f"{_FIRST_CJK}-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_LINES = re.compile(r" ?\n\s*")
_SPACES = re.compile(r"[^\S\n]+")
# The line break before an item (``A.``, ``(2)``, ``P1:``) stays.
_ITEM = r"(?!\(?(?:[A-Za-z]\d?|\d{1,2}|[IVXivx]{1,4})[.、):])"
# ``二 三`` are two numbers, ``二三`` may be one.
_NUMERAL = "〇零一二三四五六七八九十百千万亿两"
# Spaces on both sides of an operator are removed; with a space on one side it may be a sign (``3 -5``).
_OPERATOR = re.compile(r"(?<=[^\s*,;]) (?P<operator>[-+*/^]) (?=[^\s*])")
_RELATION = re.compile(r" ?(?P<relation>[=<>≤≥≠≈×÷·]) ?")
_INSIDE = re.compile(r"(?<=[(\[{]) | (?=[)\]}])")

# ``2 x`` is ``2x``, but not after a slash or a power (``1/2 x``, ``2^3 x``), in ``2 x 3`` and ``2 a day``.
_COEFFICIENT = re.compile(
    r"(?<![\w.^/÷,:])(?P<number>\d{1,30}(?:\.\d{1,30})?) "
    r"(?=[b-wyz](?![\w'’])|[ax](?![\w'’])(?= ?(?:[-+*/=^)}\]$,;<>≤≥]|\Z))(?! -\d)|\\[A-Za-z])"
)
_COMMA_ALONE = re.compile(r"(?<=\d) ,(?=\d)")
_BEFORE_COMMA = re.compile(r"(?<=[^\s\\,;]) (?=[,;])")
_BEFORE_DOLLAR = re.compile(r"(?<=[^\\][,;]) (?=\$)")
_TUPLE = re.compile(
    r"(?<=[(\[])(?P<inside>-?\d{1,9}(?:\.\d{1,9})?(?:,(?!\d{3}(?!\d)) ?-?\d{1,9}(?:\.\d{1,9})?){1,9})(?=[)\]])"
)
_AFTER_WORD = re.compile(r"(?<=[A-Za-z][a-z][:?])(?=[A-Za-z\d$(\\])")
_SIGN_BEHIND_COMMA = re.compile(r"(?<=[,;] [-+]) (?=\S)")
# The first letter is made a capital at the start of a sentence: ``find x``, but not ``sin x`` or ``ab = 3``.
_FIRST_WORD = re.compile(
    r"(?:a (?!(?:is|are|was|has|had|and|or|plus|minus|equals|gets|gives)\b)[a-z]{3}"
    r"|(?!(?:arc)?(?:sin|cos|tan|cot|sec|csc)\b|(?:log|lim|exp|max|min|gcd|lcm|det)\b)[a-z]{3,40}(?:'s)? [A-Za-z]{2}"
    r"|(?:if|in|is|it|at|an|as|on|of|to) [A-Za-z]"
    r"|(?:calculate|compute|evaluate|expand|factor|find|given|graph|let|simplify|solve|what)(?: |:))"
)

_TIMES = re.compile(r"(?<=[\w)\]}])[×·*](?=[\w(\[{\\-])")
_CLOSING = ".?。"


class _Neighbours:
    """The patterns that look at CJK characters, which are those of the class *cjk*."""

    def __init__(self, cjk: str) -> None:
        self.any = re.compile(f"[{cjk}]")
        self.joinable = re.compile(
            rf"\n{_ITEM}(?:(?<=[,.:;?!。，、：；？！{cjk}]\n)|(?=[{cjk}])|(?<=[A-Za-z][a-z]\n)(?=[A-Za-z]?[a-z]{{2}}))"
        )
        self.after_comma = re.compile(
            rf"(?<=[^\\\d,;][,;])(?=[^\s,;.)\]}}'\"${cjk}])|(?<=\d[,;])(?=[^\s\d,;.)\]}}'\"${cjk}])"
        )
        self.spaces = re.compile(rf"(?!(?<=[{_NUMERAL}]) [{_NUMERAL}])(?:(?<=[{cjk}]) | (?=[{cjk}]))")
        self.colon = re.compile(rf"(?<=\d[:;]) (?=\d)|(?<=[{cjk}][:;]) ")
        self.bracket = re.compile(rf"(?<=[?!:;,)]) (?=\([{cjk}])|(?<=[{cjk}]\)) (?=\()")
        self.stop = re.compile(rf"(?<=[\w)\]}}$]) ?\.(?= ?[{cjk}])")
        self.item_number = re.compile(
            rf"(?:(?:\A|\n|(?<=[.,;:?!)])\s|[,;:。(])[A-Za-z\d]{{1,2}}|[{cjk}]\s?[A-Ha-h])\Z"
        )


@functools.cache
def _neighbours(cjk: str) -> _Neighbours:
    return _Neighbours(cjk)


def _neighbours_in(text: str) -> _Neighbours:
    """The patterns for *text*; where it has no CJK character, those of a class of one, which compile in no time.

    The whole class has 28,000 characters, and compiling it costs 1 to 2 ms in each pattern.
    """
    return _neighbours(_CJK if text and max(text) >= _FIRST_CJK else _FIRST_CJK)


CanonicalText = NewType("CanonicalText", str)
"""A text in canonical form, as :func:`canonical` returns it."""


def canonical(text: str) -> CanonicalText:
    """The canonical form of *text*. Idempotent, O(n)."""
    text = unicodedata.normalize("NFC", without_invisible(text))
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = unicodedata.normalize("NFC", _powers(text))
    text = _WIDE_STOP.sub("。", _WIDE_POINT.sub(".", text))
    text = _WIDE_COMMA.sub(", ", text.translate(_SIGNS)).replace("，", ",")
    text = _LONE_DASH.sub("-", text)
    text = _LATEX_SIGNS.sub(lambda match: _LATEX_SIGN[match["name"]], text)
    text = _FRACTION.sub(r"\\frac", _dollars(text))
    text = _LINES.sub("\n", _SPACES.sub(" ", text.strip()))
    text = _POWER_STARS.sub(r"\g<before>^\g<after>", text)
    neighbours = _neighbours_in(text)
    text = _space(_punctuation(_without_closing(text), neighbours), neighbours)
    text = _without_closing(_times(text))
    return CanonicalText(unicodedata.normalize("NFC", _capitalised(text)))


def problem_key(*, task: str, text: CanonicalText, parts: Mapping[str, object]) -> str:
    """The key of an answer: hexadecimal SHA-256 of *text* and of everything else that changes the answer.

    *parts* must be JSON: steps, language, model, prompt version, sampling, canonical context, and the like.
    """
    content = [SCHEMA_VERSION, task, text, dict(parts)]
    document = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(document.encode("ascii")).hexdigest()


def _powers(text: str) -> str:
    """Write superscripts and braced exponents with ``^``, and a space after them where the exponent would change."""

    def power(inside: str, match: re.Match[str]) -> str:
        following = text[match.end() : match.end() + 2]
        if _SIMPLE_POWER.fullmatch(inside.lower()) is None:
            return "^{" + inside + "}"
        return "^" + inside + (" " if _extends(inside, following) else "")

    def superscript(match: re.Match[str]) -> str:
        return power("".join(_SUPERSCRIPTS[sign] for sign in match[0]), match)

    def braced(match: re.Match[str]) -> str:
        return power(re.sub(r"\s", "", match["inside"]).replace("−", "-"), match)

    text = _SUPERSCRIPT_RUN.sub(superscript, text)
    return _BRACED_POWER.sub(braced, text)


def _extends(exponent: str, following: str) -> bool:
    """Whether *following*, written directly after *exponent*, would become a part of it."""
    if not following:
        return False
    head = unicodedata.normalize("NFKC", following[0])
    if head[:1] in set("!^%'°") or unicodedata.normalize("NFKC", following) == "**":
        return True
    if exponent[-1].isdigit():
        return head[:1].isdigit() or (head[:1] in {".", ","} and following[1:2].isdigit())
    return head[:1].isalnum() and head[:1].isascii()


def _dollars(text: str) -> str:
    r"""Write ``\(…\)`` as ``$…$`` and ``\[…\]`` as ``$$…$$``, if all are paired and the text has no dollar sign."""
    marks = [match["sign"] for match in _ESCAPED.finditer(text) if match["sign"] in "()[]"]
    if not marks or "$" in _ESCAPED.sub("", text):
        return text
    pairs = zip(marks[::2], marks[1::2], strict=False)
    if len(marks) % 2 or any(pair not in (("(", ")"), ("[", "]")) for pair in pairs):
        return text

    def dollar(match: re.Match[str]) -> str:
        return {"(": "$", ")": "$", "[": "$$", "]": "$$"}.get(match["sign"], match[0])

    return _ESCAPED.sub(dollar, _MATH_INSIDE.sub(lambda match: match["mark"] or "", text))


def _punctuation(text: str, neighbours: _Neighbours) -> str:
    """Unify the punctuation of Chinese sentences, and remove white space before a comma."""
    text = neighbours.joinable.sub(" ", text)

    def stop(match: re.Match[str]) -> str:
        at = match.start()
        return match[0] if neighbours.item_number.search(text[max(0, at - 4) : at]) else "。"

    text = neighbours.stop.sub(stop, text)
    return _BEFORE_COMMA.sub("", _COMMA_ALONE.sub(", ", text))


def _space(text: str, neighbours: _Neighbours) -> str:
    """Unify white space, and remove it where it does not separate two words or numbers."""
    text = _OPERATOR.sub(r"\g<operator>", text)
    text = _RELATION.sub(r"\g<relation>", text)
    text = _INSIDE.sub("", text)
    text = _TUPLE.sub(lambda match: re.sub(", ?", ", ", match["inside"]), text)
    text = _AFTER_WORD.sub(" ", _BEFORE_DOLLAR.sub("", neighbours.after_comma.sub(" ", text)))
    text = _SIGN_BEHIND_COMMA.sub("", text)
    text = neighbours.spaces.sub("", text)
    if neighbours.any.search(text):
        text = neighbours.bracket.sub("", neighbours.colon.sub("", text))
    return _COEFFICIENT.sub(r"\g<number>", text)


def _capitalised(text: str) -> str:
    """Make the first letter a capital, if *text* begins with a word of a sentence."""
    return text[0].upper() + text[1:] if _FIRST_WORD.match(text) else text


def _times(text: str) -> str:
    """Unify the sign of multiplication, if the text uses a single one and only next to numbers.

    A text with several signs may define an operation by one of them, and between letters a cross and a dot are
    different products of vectors: these are not changed.
    """
    products = list(_TIMES.finditer(text))
    if len({match[0] for match in products}) != 1:
        return text
    for match in products:
        if not (text[match.start() - 1].isdigit() or text[match.end()].isdigit()):
            return text
    return _TIMES.sub("×", text)


def _without_closing(text: str) -> str:
    """Remove the full stop or question mark at the end; ``…+3+...`` keeps its dots."""
    while text and text[-1] in _CLOSING and not text.endswith(".."):
        text = text[:-1].rstrip()
    return text
