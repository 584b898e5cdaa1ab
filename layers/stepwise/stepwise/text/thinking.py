"""Split a draft into thinking and answer, as a whole or while it streams in.

The model puts its thinking into ``<think>…</think>`` inside the content; the opening tag is sometimes missing, the
closing one too when it runs out of tokens, and there can be several blocks or none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

__all__ = [
    "CLOSING",
    "OPENING",
    "Marking",
    "Piece",
    "Splitter",
    "Thinking",
    "Transcript",
    "begins_aloud",
    "marking_of",
    "may_begin_aloud",
    "split",
]

OPENING = "<think>"
CLOSING = "</think>"

Thinking = Literal["auto", "tagged", "implicit"]

Marking = Literal["none", "opened", "unopened"]
"""How a model marks its thinking: without tags, always with both, or now and then without the opening one."""

_TAG = re.compile("</?think>")
# Beginnings of a thinking without an opening tag.
_BEGINNING = 24
_ALOUD = re.compile(
    r"\s*(?:(?:okay|ok|alright|all right|hmm+|well|wait|right|got it|so)[,.!…]"
    r"|(?:okay|alright) (?:so|let|the|i)\b|hmm|let me (?:think|see|try|start|recall|read|first|break|figure)"
    r"|first,? i(?:'ll| need| have| should| want| will)\b|(?:so )?(?:i|we) (?:need|have|am|are) (?:to|given|asked)\b"
    r"|the user|嗯|呃|唔|好的?[，,。]|首先，?我|让我(?:想|看|先|来|们)|我(?:需要|现在|得|先|来)|现在(?:我|，我)|用户)",
    re.IGNORECASE,
)
_FIRST_WORDS = (
    *(
        "okay",
        "ok",
        "alright",
        "all right",
        "hmm",
        "well",
        "wait",
        "right",
        "got it",
        "so",
        "let me",
        "first",
    ),
    *("i ", "we ", "the user", "嗯", "呃", "唔", "好", "首先", "让我", "我", "现在", "用户"),
)
"""What every beginning that ``_ALOUD`` knows begins with; others do too."""


@dataclass(frozen=True)
class Transcript:
    """A whole draft, split. ``answered`` is False if it ends inside its thinking."""

    thinking: str
    answer: str
    answered: bool


@dataclass(frozen=True)
class Piece:
    """A piece of a stream: ``answer`` text, or ``thinking``, which is shown only on request."""

    kind: Literal["thinking", "answer"]
    text: str


def split(raw: str, *, complete: bool = True, thinking: Thinking = "auto") -> Transcript:
    """Split *raw*; ``complete=False`` says that it was cut (``done_reason: "length"``).

    A ``</think>`` without an opening tag ends a thinking that began with the text (if *thinking* is ``"tagged"`` the
    tag is removed instead). A text without tags is the answer, but if it was cut and begins like a thinking, there is
    no answer. White space at both ends of the answer is removed; nothing else is changed.
    """
    first = _TAG.search(raw)
    if not complete and _is_torn_opening(raw):
        return Transcript("", "", False)
    if first is None:
        inside = not complete and (thinking == "implicit" or (thinking == "auto" and begins_aloud(raw)))
    else:
        inside = first[0] == CLOSING and thinking != "tagged"
    thoughts: list[str] = []
    answers: list[str] = []
    at = 0
    for tag in _TAG.finditer(raw):
        if inside and tag[0] == OPENING:
            continue
        (thoughts if inside else answers).append(raw[at : tag.start()])
        at, inside = tag.end(), tag[0] == OPENING
    (thoughts if inside else answers).append(raw[at:])
    answer = "".join(answers).strip()
    kept = [thought.strip() for thought in thoughts if thought.strip()]
    return Transcript("\n\n".join(kept), answer, bool(answer))


class Splitter:
    """Splits a draft while it streams in.

    ``feed`` returns the pieces that are certain, ``close`` the rest. Joined, the answer pieces are ``split(…).answer``,
    however the stream is cut, with one exception: in ``"auto"`` a text that does not begin like a thinking is returned
    as answer after *patience* seconds on *clock*; if a ``</think>`` without an opening tag follows later, the text
    before it stays answer, and so does the text after it. With *eager*, for a model that is known not to leave out the
    opening tag, such a text is returned with the first character that shows it, without patience. In ``"implicit"`` all
    text is held back until a tag or the end.
    """

    def __init__(
        self,
        thinking: Thinking = "auto",
        *,
        clock: Callable[[], float] = lambda: 0.0,
        patience: float = 0.0,
        eager: bool = False,
    ) -> None:
        self._clock = clock
        self._patience = patience
        self._eager = eager
        self._since: float | None = None
        self._mode = thinking
        self._state: Literal["undecided", "held", "thinking", "answer"] = "undecided"
        if thinking != "auto":
            self._state = "answer" if thinking == "tagged" else "held"
        self._seen_tag = False
        self._torn = ""
        self._held: list[str] = []
        self._length = 0
        self._space: list[str] = []
        self._begun = False

    def feed(self, delta: str) -> list[Piece]:
        """Take *delta*, which may be empty, and return the pieces that are certain now."""
        text, self._torn = self._torn + delta, ""
        pieces: list[Piece] = []
        at = 0
        for tag in _TAG.finditer(text):
            self._take(text[at : tag.start()], pieces)
            self._turn(tag[0], pieces)
            at = tag.end()
        cut = len(text) - _torn(text[at:])
        self._torn = text[cut:]
        self._take(text[at:cut], pieces)
        self._decide(pieces)
        return pieces

    def close(self, *, complete: bool = True) -> list[Piece]:
        """The rest; ``complete=False`` says that the stream was cut, by length or by a broken connection."""
        pieces: list[Piece] = []
        nothing_yet = not self._seen_tag and not self._begun
        if not complete and nothing_yet and _is_torn_opening("".join(self._held) + self._torn):
            return pieces
        self._take(self._torn, pieces)
        self._torn = ""
        if self._state in {"undecided", "held"}:
            aloud = self._mode == "implicit" or begins_aloud("".join(self._held))
            self._release("thinking" if aloud and not complete else "answer", pieces)
        return pieces

    def _take(self, text: str, pieces: list[Piece]) -> None:
        if not text:
            return
        if self._state == "thinking":
            pieces.append(Piece("thinking", text))
        elif self._state == "answer":
            self._answer(text, pieces)
        else:
            self._held.append(text)
            self._length += len(text) if self._length else len(text.lstrip())
            if not self._patience:
                self._decide(pieces)

    def _decide(self, pieces: list[Piece]) -> None:
        """Whether an untagged text is the answer: it does not begin like a thinking, and no tag followed in time."""
        if self._state != "undecided" or not self._held:
            return
        if self._eager and self._length and not may_begin_aloud("".join(self._held)):
            self._release("answer", pieces)
            return
        now = self._clock()
        self._since = now if self._since is None else self._since
        if self._length < _BEGINNING:
            return
        if begins_aloud("".join(self._held)):
            self._state = "held"
            return
        if now - self._since >= self._patience:
            self._release("answer", pieces)

    def _turn(self, tag: str, pieces: list[Piece]) -> None:
        if self._state == "thinking" and tag == OPENING:
            # An opening tag inside a thinking is left out.
            return
        missed_opening = tag == CLOSING and not self._seen_tag
        self._seen_tag = True
        if self._state in {"undecided", "held"}:
            self._release("thinking" if missed_opening else "answer", pieces)
        self._state = "thinking" if tag == OPENING else "answer"

    def _release(self, kind: Literal["thinking", "answer"], pieces: list[Piece]) -> None:
        """Return the text that was held back, as *kind*."""
        self._state = kind
        held, self._held = self._held, []
        for text in held:
            self._take(text, pieces)

    def _answer(self, text: str, pieces: list[Piece]) -> None:
        """Pass *text* on, but hold back white space at its end until more text follows."""
        text = text if self._begun else text.lstrip()
        kept = text.rstrip()
        if kept:
            self._begun = True
            pieces.append(Piece("answer", "".join(self._space) + kept))
            self._space = []
        if len(kept) < len(text):
            self._space.append(text[len(kept) :])


def begins_aloud(text: str) -> bool:
    """Whether a text begins like a thinking without its opening tag."""
    return _ALOUD.match(text.lstrip()[:_BEGINNING]) is not None


def may_begin_aloud(text: str) -> bool:
    """Whether *text*, the first characters of one, may be the beginning of a model thinking aloud."""
    start = text.lstrip().lower()
    return any(word.startswith(start) or start.startswith(word) for word in _FIRST_WORDS)


def marking_of(raw: str) -> Marking | None:
    """How the thinking in *raw*, a whole draft as the model wrote it, is marked; None where it shows nothing."""
    first = _TAG.search(raw)
    if first is None:
        return None
    if first[0] == CLOSING:
        return "unopened"
    return None if raw[: first.start()].strip() else "opened"


def _is_torn_opening(text: str) -> bool:
    """Whether the whole of *text* is the beginning of an opening tag."""
    begun = text.lstrip()
    return begun != "" and begun != OPENING and OPENING.startswith(begun)


def _torn(text: str) -> int:
    """Number of characters at the end of *text* that may be the beginning of a tag."""
    for length in range(min(len(CLOSING) - 1, len(text)), 0, -1):
        end = text[-length:]
        if OPENING.startswith(end) or CLOSING.startswith(end):
            return length
    return 0
