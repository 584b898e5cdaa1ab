"""A text as an argument: its sentences, which of them is the conclusion, and their formulas."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from embedded_model.logic import chinese, english
from embedded_model.logic.formulas import Formula
from embedded_model.values.solution import Language

__all__ = ["Argument", "Statement", "read"]

_LONGEST = 6_000
_MOST_SENTENCES = 80
_SENTENCE = re.compile(r"[^.。!！;；\n?？]+(?:\.(?=\w)[^.。!！;；\n?？]+)*[.。!！;；?？]?")
_LABEL = re.compile(
    r"^\s*(?:\d{1,2}[.)、]|[-*•]|\[BG\]|(?:premise|前提|p)\s*\d*\s*[:：.]|已知[:：]?)\s*", re.IGNORECASE
)
_INLINE = re.compile(
    r"[,，;；]\s*(?=(?:therefore|so|hence|thus|consequently)\b|所以|因此|因而|故|可见)", re.IGNORECASE
)
_OPENS = re.compile(r"^(?:如果|若|假如|只要|只有|要么|或者|if\b|either\b)", re.IGNORECASE)
_CLOSES = re.compile(r"那么|则|就|才|，要么|\bthen\b")
_PROVE = re.compile(r"^(?:prove(?: that)?|show that|证明|求证)[:： ]*", re.IGNORECASE)
_ASKED = (
    re.compile(
        r".*?\bis the following (?:conclusion|statement) [^?]*\?\s*(?P<c>.+)", re.IGNORECASE | re.DOTALL
    ),
    re.compile(
        r"(?:is it true|does it follow|can we conclude|can it be concluded|do they imply) that (?P<c>.+?)\??",
        re.IGNORECASE,
    ),
    re.compile(r"(?:能否|是否可以|能不能|可以|是否能)?(?:推出|得出|断定|认为)[：:]?(?P<c>.+?)(?:吗)?[？?]?"),
    re.compile(r"(?P<c>.+?)(?:吗|是否成立|成立吗|对吗|是真的吗)[？?]?"),
)
_IS = re.compile(r"is (?P<s>[A-Za-z]\w*|the \w+)(?P<n> not)? (?P<p>.+?)\??", re.IGNORECASE)
_OPTIONS = re.compile(r"\s*A\).*$", re.DOTALL)


@dataclass(frozen=True)
class Statement:
    """A sentence and its formula, if it was understood."""

    text: str
    formula: Formula | None


@dataclass(frozen=True)
class Argument:
    """*asked*: the conclusion comes from a question, so its opposite is an answer too.

    *legend*: what letters that stand for words mean.
    """

    premises: tuple[Statement, ...]
    conclusion: Statement | None
    asked: bool
    legend: tuple[tuple[str, str], ...]

    @property
    def understood(self) -> bool:
        """Whether every sentence has a formula."""
        return all(premise.formula is not None for premise in self.premises)


def read(text: str, question: str, language: Language) -> Argument | None:
    """The argument in *text*; ``None`` where it is too long, or has no sentence."""
    if len(text) > _LONGEST:
        return None
    reader = chinese.Reader()
    form: Callable[[str], Formula | None] = english.formula if language == "en" else reader.formula
    marks = english.CONCLUDES if language == "en" else chinese.CONCLUDES
    sentences = [piece for sentence in _sentences(text) for piece in _pieces(sentence, form)]
    if not sentences or len(sentences) > _MOST_SENTENCES:
        return None
    premises: list[str] = []
    concluded: list[str] = []
    asked = False
    for sentence in sentences:
        if marks.match(sentence) or _PROVE.match(sentence):
            concluded.append(_PROVE.sub("", marks.sub("", sentence)))
        elif sentence.endswith(("?", "？")) and not question:
            concluded, asked = [_asked(sentence)], True
        else:
            premises.append(sentence)
    if question:
        premises, concluded, asked = [*premises, *concluded], [_asked(question)], True
    # Read in this order, so that names are known as names when the conclusion comes.
    statements = tuple(Statement(sentence, form(sentence)) for sentence in premises)
    end = concluded[-1].strip() if concluded else ""
    conclusion = Statement(end, form(end)) if end else None
    return Argument(statements, conclusion, asked, tuple(reader.legend.items()))


def _sentences(text: str) -> list[str]:
    pieces = [part for match in _SENTENCE.finditer(text) for part in _INLINE.split(match.group())]
    found = (_LABEL.sub("", piece).strip(' \t"“”') for piece in pieces)
    return [sentence for sentence in found if re.search(r"\w", sentence)]


def _pieces(sentence: str, form: Callable[[str], Formula | None]) -> Sequence[str]:
    """A sentence, or its parts between commas where it makes sense only so."""
    if not re.search("[,，]", sentence) or form(sentence) is not None:
        return [sentence]
    parts: list[str] = []
    for part in re.split(r"[,，]\s*", sentence):
        opened = bool(parts) and _OPENS.match(parts[-1]) and not _CLOSES.search(parts[-1])
        if opened:
            parts[-1] += "，" + part if re.search(r"[\u4e00-\u9fff]", part) else ", " + part
        else:
            parts.append(part)
    parts = [re.sub(r"^(?:and|并且|而且|且|而|但) ?", "", part) for part in parts]
    return parts if all(form(part) is not None or part is parts[-1] for part in parts) else [sentence]


def _asked(question: str) -> str:
    text = _OPTIONS.sub("", question).strip()
    if found := _ASKED[0].fullmatch(text):
        return found["c"].strip()
    if found := _IS.fullmatch(text):
        return f"{found['s']} is{found['n'] or ''} {found['p']}"
    for pattern in _ASKED[1:]:
        if found := pattern.fullmatch(text):
            return found["c"].strip()
    return text.rstrip("?？")
