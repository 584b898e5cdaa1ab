r"""The canonical form of a problem's text, and the key under which its answer is kept.

The canonical form joins what only looks different (width, the many signs for minus and times, superscripts and ``^``,
spacing) and never what means something else: in doubt two texts stay two, which costs one more call of the model.
It is hashed and compared, never shown and never sent.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping

__all__ = ["SCHEMA_VERSION", "canonical", "problem_key"]

# Raise it when the canonical form changes: answers kept under the old one are then not found any more.
SCHEMA_VERSION = 1

_SUPERSCRIPTS = dict(
    zip(
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ",
        "0123456789+-=()abcdefghijklmnoprstuvwxyz",
        strict=True,
    )
)
_SUPERSCRIPT_RUN = re.compile(f"[{''.join(_SUPERSCRIPTS)}]+")
_BRACED_POWER = re.compile(r"\^\s?\{\s?(?P<inside>[-−]?\d+|[A-Za-z])\s?\}")
_SIMPLE_POWER = re.compile(r"-?\d+|[a-z]")
_POWER_STARS = re.compile(r"(?<=[\w)\]}])(?P<before>\s?)\*\*(?P<after>\s?)(?=[\w({\[\\+-])")

_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code != 0xFF0C}
# Signs that are drawn alike and mean the same; invisible ones go.
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("−‐‑‒–﹣➖", "-"),
        **dict.fromkeys("✕✖⨯⨉╳", "×"),
        **dict.fromkeys("⋅∙•‧・･", "·"),
        **dict.fromkeys("∗⁎﹡", "*"),
        **dict.fromkeys("‘’‛", "'"),
        **dict.fromkeys("“”‟", '"'),
        **dict.fromkeys("｡", "。"),
        **dict.fromkeys("\u200b\u2060\ufeff\u00ad\ufe0e\ufe0f", None),
        **{chr(code): chr(to) for code, to in _WIDTH.items()},
    }
)
_LATEX_SIGNS = re.compile(r"\\(?P<name>times|cdot|ast)(?![A-Za-z])\s?")
_LATEX_SIGN = {"times": "×", "cdot": "·", "ast": "*"}
_LONE_DASH = re.compile("(?<![—―])[—―](?![—―])")
_WIDE_COMMA = re.compile(r"(?<=\d)，(?=\d)")

_CJK = "\u2e80-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_LINES = re.compile(r" ?\n\s*")
_SPACES = re.compile(r"[^\S\n]+")
_JOINABLE = re.compile(
    rf"(?<=[,.:;?!。，、：；？！{_CJK}])\n|\n(?=[{_CJK}])|(?<=[A-Za-z][a-z])\n(?=[A-Za-z]?[a-z]{{2}})"
)
# ``二 三`` are two numbers, ``二三`` may be one.
_NUMERAL = "〇零一二三四五六七八九十百千万亿两"
_BESIDE_CJK = re.compile(rf"(?!(?<=[{_NUMERAL}]) [{_NUMERAL}])(?:(?<=[{_CJK}]) | (?=[{_CJK}]))")
# An operator with a space on both sides is the operator without; with one on one side it may be a sign (``3 -5``).
_OPERATOR = re.compile(r"(?<=[^\s*]) (?P<operator>[-+*/^]) (?=[^\s*])")
_RELATION = re.compile(r" ?(?P<relation>[=<>≤≥≠≈×÷·]) ?")
_INSIDE = re.compile(r"(?<=[(\[{]) | (?=[)\]}])")

_TIMES = re.compile(r"(?<=[\w)\]}])[×·*](?=[\w(\[{\\-])")
_CLOSING = ".?。"


def canonical(text: str) -> str:
    """*text* in the form in which two ways to write the same problem are equal. Idempotent, O(n)."""
    text = unicodedata.normalize("NFC", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = unicodedata.normalize("NFC", _powers(text))
    text = _WIDE_COMMA.sub(", ", text.translate(_SIGNS)).replace("，", ",")
    text = _LONE_DASH.sub("-", text)
    text = _LATEX_SIGNS.sub(lambda match: _LATEX_SIGN[match["name"]], text)
    text = _LINES.sub("\n", _SPACES.sub(" ", text.strip()))
    text = _POWER_STARS.sub(r"\g<before>^\g<after>", text)
    text = _space(text)
    text = _times(text)
    return unicodedata.normalize("NFC", _without_closing(text))


def problem_key(*, task: str, text: str, parts: Mapping[str, object]) -> str:
    """The key of an answer: SHA-256 in hex over the canonical *text* and all else that changes the answer.

    *parts* must be JSON: steps, language, model, prompt version, sampling, canonical context, and the like.
    """
    content = [SCHEMA_VERSION, task, canonical(text), dict(parts)]
    document = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(document.encode("ascii")).hexdigest()


def _powers(text: str) -> str:
    """Superscripts and braced exponents as ``^``, parted from what follows if that would make another exponent."""

    def power(inside: str, match: re.Match[str]) -> str:
        following = text[match.end() : match.end() + 2]
        if _SIMPLE_POWER.fullmatch(inside.lower()) is None:
            return "^{" + inside + "}"
        return "^" + inside + (" " if _extends(inside, following) else "")

    def superscript(match: re.Match[str]) -> str:
        return power("".join(_SUPERSCRIPTS[sign] for sign in match[0]), match)

    def braced(match: re.Match[str]) -> str:
        return power(match["inside"].replace("−", "-"), match)

    text = _SUPERSCRIPT_RUN.sub(superscript, text)
    return _BRACED_POWER.sub(braced, text)


def _extends(exponent: str, following: str) -> bool:
    """Whether *following* written directly after *exponent* would be read as part of it."""
    if not following:
        return False
    head = unicodedata.normalize("NFKC", following[0])
    if head[:1] in set("!^%'°") or unicodedata.normalize("NFKC", following) == "**":
        return True
    if exponent[-1].isdigit():
        return head[:1].isdigit() or (head[:1] in {".", ","} and following[1:2].isdigit())
    return head[:1].isalnum() and head[:1].isascii()


def _space(text: str) -> str:
    """White space that says nothing, taken out; what parts two words or two numbers stays."""
    text = _JOINABLE.sub(" ", text)
    text = _OPERATOR.sub(r"\g<operator>", text)
    text = _RELATION.sub(r"\g<relation>", text)
    text = _INSIDE.sub("", text)
    return _BESIDE_CJK.sub("", text)


def _times(text: str) -> str:
    """One sign for the product of numbers, where all signs in the text are one sign and stand beside numbers.

    A text that uses several may define an operation by them, and between letters a cross and a dot are different
    products of vectors: those stay what they are.
    """
    products = list(_TIMES.finditer(text))
    if len({match[0] for match in products}) != 1:
        return text
    for match in products:
        if not (text[match.start() - 1].isdigit() or text[match.end()].isdigit()):
            return text
    return _TIMES.sub("×", text)


def _without_closing(text: str) -> str:
    """*text* without the stop or question mark that ends it; ``…+3+...`` keeps its dots."""
    while text and text[-1] in _CLOSING and not text.endswith(".."):
        text = text[:-1].rstrip()
    return text
