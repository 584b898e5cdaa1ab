"""Choose the sentences of a long text that a question needs.

The order of priority is that of :mod:`stepwise.text.condense`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stepwise.text.condense.features import Marks, marks
from stepwise.text.condense.ranking import relevance
from stepwise.text.condense.sentences import Span, sentences
from stepwise.text.tokens import weigh

__all__ = ["shortened"]

_FOR_THE_QUESTION = 0.5
_FOR_THE_BEST = 0.33
_NEIGHBOURS = (0.25, 0.12, 0.06)  # shares of the relevance of sentences at a distance of one, two and three
_BREAK = 1.0  # tokens of the line break that replaces omitted sentences


@dataclass(frozen=True)
class _Piece:
    at: int
    text: str
    cost: float
    marks: Marks
    score: float


def shortened(text: str, question: str, budget: int) -> tuple[str, int, int]:
    """The text within the budget, and the numbers of kept and dropped sentences."""
    spans = sentences(text)
    if not spans:
        return "", 0, 0  # only white space, but more than the budget
    pieces = _pieces(text, spans, question)
    chosen = _chosen(pieces, question, budget)
    return _joined(text, spans, chosen), len(chosen), len(spans) - len(chosen)


def _pieces(text: str, spans: Sequence[Span], question: str) -> list[_Piece]:
    texts = [text[start:end] for start, end in spans]
    marked = [marks(each) for each in texts]
    asked = (
        question.strip()
        or " ".join(
            each for each, mark in zip(texts, marked, strict=True) if mark.question or mark.conclusion
        )[-2000:]
    )
    scores = _with_neighbours(relevance(texts, asked))
    return [
        _Piece(at, each, weigh(each) + _BREAK, mark, score + _worth(mark) + _place(at, len(texts)))
        for at, (each, mark, score) in enumerate(zip(texts, marked, scores, strict=True))
    ]


def _with_neighbours(scores: list[float]) -> list[float]:
    """Add a share of the relevance of near sentences: "He bought 5 more." belongs to the sentence before."""
    reach = len(_NEIGHBOURS)
    edge = [0.0] * reach
    padded = [*edge, *scores, *edge]
    return [
        padded[at]
        + sum(share * max(padded[at - by], padded[at + by]) for by, share in enumerate(_NEIGHBOURS, start=1))
        for at in range(reach, reach + len(scores))
    ]


def _worth(mark: Marks) -> float:
    return 0.12 * mark.definition + 0.12 * mark.formula + 0.08 * mark.number + 0.08 * mark.conclusion


def _place(at: int, count: int) -> float:
    """A small bonus near the beginning and the end, which only breaks ties."""
    return 0.02 * abs(2 * at / count - 1)


def _chosen(pieces: Sequence[_Piece], question: str, budget: int) -> set[int]:
    chosen: set[int] = set()
    by_score = sorted(pieces, key=lambda piece: (-piece.score, piece.at))
    asking = _asking(pieces, question)
    left = float(budget)
    for tier, share in (
        (asking, _FOR_THE_QUESTION),
        (by_score, _FOR_THE_BEST),
        ([piece for piece in by_score if piece.marks.notable], 1.0),
        (by_score, 1.0),
    ):
        left -= _take(tier, chosen, min(left, budget * share))
    if asking:
        chosen.add(asking[0].at)
    return chosen or {by_score[0].at}


def _asking(pieces: Sequence[_Piece], question: str) -> list[_Piece]:
    """The question's own sentences and its options, the last ones first, as questions are usually at the end."""
    own = [piece for piece in pieces if len(piece.text) > 3 and piece.text in question]
    if not own and not question.strip():
        own = [piece for piece in pieces if piece.marks.question]
    options = [piece for piece in pieces if piece.marks.option]
    return [*reversed(own), *(options if len(options) > 1 else ())]


def _take(tier: Iterable[_Piece], chosen: set[int], room: float) -> float:
    """Add the sentences that fit into ``room``, in order; returns their tokens."""
    spent = 0.0
    for piece in tier:
        if piece.at not in chosen and spent + piece.cost <= room:
            chosen.add(piece.at)
            spent += piece.cost
    return spent


def _joined(text: str, spans: Sequence[Span], chosen: set[int]) -> str:
    parts: list[str] = []
    before: int | None = None
    for at in sorted(chosen):
        start, end = spans[at]
        if before is not None:
            parts.append(_blank(text[spans[before][1] : start]) if at == before + 1 else "\n")
        parts.append(text[start:end])
        before = at
    return "".join(parts)


def _blank(gap: str) -> str:
    """The white space between two sentences, of bounded length."""
    if len(gap) <= 2:
        return gap
    return "\n" if "\n" in gap else " "
