r"""Screening: refuse texts with known attacks before they are processed.

It is only the outermost of several layers: no text is evaluated, logged or sent to a browser as HTML, so a text that
passes does no harm either. So the rules match only what no problem contains, and are tested with real problems.
Mathematics (LaTeX regions) and conversations are only checked for encoding and nesting. Every rule takes linear time.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote

from stepwise.errors import InputRejected, Pointer
from stepwise.screening.rules import RULES
from stepwise.text.math_regions import mask

__all__ = [
    "DEEPEST_NESTING",
    "MOST_UNMATCHED",
    "Finding",
    "find",
    "find_malformed",
    "screen",
    "screen_conversation",
]

# Measured on 6,746 real problems and worked answers: the deepest nests 9 levels.
DEEPEST_NESTING = 32
# Unmatched brackets in one paragraph of prose; one may be a slip, and "1)" or ":)" close nothing.
MOST_UNMATCHED = 3

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
# The characters that count for nesting, paragraph breaks included. ``\{`` and ``:(`` open nothing.
_COUNTED = re.compile(r"\\.|:-?[(\[{]|[()\[\]{}（）［］｛｝]|\n[ \t\r]*\n", re.DOTALL)
# Parentheses and square brackets may close each other, as in half-open intervals.
_PARTNERS = {")": "([（［", "]": "([（［", "）": "([（［", "］": "([（［", "}": "{｛", "｝": "{｛"}
_OPENERS = frozenset("([{（［｛")
# How many unclosed brackets a closing bracket may skip to find its partner.
_LOOK_DOWN = 4
_ESCAPE = re.compile(r"(?:%[0-9A-Fa-f]{2})+|&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,16});?")


@dataclass(frozen=True)
class Finding:
    """A match of a rule: its stable name, the offset in code points, and a sentence."""

    rule: str
    offset: int
    sentence: str


def screen(text: str, pointer: str) -> None:
    """Screen *text*; raises ``InputRejected`` with rule and offset in code points."""
    _refuse(find(text), pointer)


def screen_conversation(text: str, pointer: str) -> None:
    """Screen a message of a conversation for encoding and nesting only.

    The rules on content would refuse what people ask about in a chat, such as a line of code.
    """
    _refuse(find_malformed(text), pointer)


def _refuse(finding: Finding | None, pointer: str) -> None:
    if finding is not None:
        message = f"{finding.sentence} (rule {finding.rule}, at code point {finding.offset})"
        detail = f"The text was refused: {message}."
        raise InputRejected(detail, errors=(Pointer(pointer, finding.rule, message),))


def find(text: str) -> Finding | None:
    """The first match in *text*, of the rules on encoding, then nesting, then content; None if there is none."""
    if (malformed := find_malformed(text)) is not None:
        return malformed
    prose = mask(text)
    finding = _unbalanced(prose) or _content(prose)
    if finding is None and _ESCAPE.search(prose) is not None:
        decoded, offsets = _decoded(prose)
        if (hidden := _content(decoded)) is not None:
            finding = Finding(hidden.rule, offsets[hidden.offset], hidden.sentence)
    return finding


def find_malformed(text: str) -> Finding | None:
    """The first match of the rules on encoding and nesting; None if there is none."""
    if (match := _SURROGATE.search(text)) is not None:
        return Finding("lone_surrogate", match.start(), "it holds half of a surrogate pair")
    if (match := _CONTROL.search(text)) is not None:
        return Finding("control_character", match.start(), "it holds a control character")
    return _too_deep(text)


def _content(prose: str) -> Finding | None:
    """The first match of the rules on content, tried in their order."""
    lowered = prose.lower()
    if len(lowered) != len(prose):
        # "İ" has two characters in lower case, which would shift the offsets.
        lowered = prose.translate({code: code + 32 for code in range(ord("A"), ord("Z") + 1)})
    for rule in RULES:
        if (offset := rule.offset(lowered)) is not None:
            return Finding(rule.name, offset, rule.sentence)
    return None


def _too_deep(text: str) -> Finding | None:
    """Find brackets that are nested too deeply within a paragraph, mathematics included."""
    depth = 0
    for index, sign in enumerate(_COUNTED.findall(text)):
        if sign in _OPENERS:
            depth += 1
            if depth > DEEPEST_NESTING:
                sentence = f"its brackets nest more than {DEEPEST_NESTING} deep"
                return Finding("nesting_too_deep", _offset(text, index), sentence)
        elif sign in _PARTNERS:
            depth = max(depth - 1, 0)
        elif sign[0] == "\n":
            depth = 0
    return None


def _unbalanced(prose: str) -> Finding | None:
    """Find more unmatched brackets in one paragraph, outside of mathematics, than a slip explains."""
    stack: list[tuple[str, int]] = []
    lonely: list[int] = []
    run, last = 0, -2
    for match in _COUNTED.finditer(prose):
        sign = match[0]
        if sign in _OPENERS:
            stack.append((sign, match.start()))
        elif (partners := _PARTNERS.get(sign)) is not None:
            if stack and stack[-1][0] in partners:
                stack.pop()
                continue
            depth = next((i for i, (o, _) in enumerate(stack[: -_LOOK_DOWN - 1 : -1], 1) if o in partners), 0)
            if depth:
                lonely += [at for _, at in stack[len(stack) - depth + 1 :]]
                del stack[len(stack) - depth :]
                continue
            # "1) … 2) …" is an enumeration; only consecutive closing brackets count.
            run = run + 1 if match.start() == last + 1 else 1
            last = match.start()
            if run > MOST_UNMATCHED:
                return Finding("unbalanced_brackets", last, "it closes brackets that it never opened")
        elif sign[0] == "\n":
            if (finding := _lonely(lonely, stack)) is not None:
                return finding
            stack, lonely = [], []
    return _lonely(lonely, stack)


def _lonely(lonely: list[int], stack: list[tuple[str, int]]) -> Finding | None:
    if len(lonely) + len(stack) <= MOST_UNMATCHED:
        return None
    first = min([*lonely, *(at for _, at in stack)])
    return Finding("unbalanced_brackets", first, "it opens brackets that it never closes")


def _offset(text: str, index: int) -> int:
    """Offset of the sign with this index; only computed for a refusal."""
    return next(islice(_COUNTED.finditer(text), index, None)).start()


def _decoded(prose: str) -> tuple[str, list[int]]:
    """*prose* with percent and character escapes decoded once, and the original offset of each character."""
    pieces: list[str] = []
    offsets: list[int] = []
    at = 0
    for match in _ESCAPE.finditer(prose):
        plain = unquote(match[0]) if match[0][0] == "%" else html.unescape(match[0])
        pieces += (prose[at : match.start()], plain)
        offsets += range(at, match.start())
        offsets += [match.start()] * len(plain)
        at = match.end()
    pieces.append(prose[at:])
    offsets += range(at, len(prose))
    return "".join(pieces), offsets
