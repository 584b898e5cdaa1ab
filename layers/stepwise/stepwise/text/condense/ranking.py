"""Rank sentences against a question: BM25 over stems (English) and pairs of characters (Chinese).

The weights are Robertson and Zaragoza's ("The Probabilistic Relevance Framework: BM25 and Beyond", 2009). A second
round adds the rare words of the best sentences to the question: for "where does Ann work?" the sentence "Ann works at
Zenith" then also finds "Zenith is in Oslo".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import log

__all__ = ["relevance", "stem", "terms"]

_WORD = re.compile(r"[^\W_\u3040-\u30ff\u3400-\u9fff]+")
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+")
_COMMON_WORDS = frozenset(
    _WORD.findall(
        "a about an and are as at be been but by can could did do does for from had has have he her him his how i if in into"
        " is it its me my no not of on or our out she should so than that the their them then there these they this those to"
        " true false uncertain following conclusion statement was we were what when where which who whom whose why will with"
        " would you your"
    )
)
_COMMON_CHARACTERS = frozenset(
    "的了是在和有一个不这那我你他她它们就都也与及其中为以于上下到把被吗呢吧哪谁何么什几多少怎样如请问"
)
_SINGLE = 0.3  # weight of a single character; pairs are more specific
_EXPANSION = 0.35
_K1, _B = 1.2, 0.6


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """An English word without its usual endings: equal for "studies" and "study", "baking" and "bakes"."""
    word = word.lower()
    if len(word) <= 3 or not word.isascii() or not word.isalpha():
        return word
    for ending, instead in (
        ("sses", "ss"),
        ("ies", "y"),
        ("ing", ""),
        ("edly", ""),
        ("ed", ""),
        ("ly", ""),
        ("s", ""),
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith(("ss", "us", "is")):
            word = word[: len(word) - len(ending)] + instead
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    return word.removesuffix("e").removesuffix("y") if len(word) > 3 else word


def terms(text: str) -> Counter[str]:
    """Number of occurrences of each term: stems, ideographs (both without stop words), and pairs of ideographs."""
    counted: Counter[str] = Counter()
    counted.update(stem(word) for word in _WORD.findall(text) if word.lower() not in _COMMON_WORDS)
    for run in _IDEOGRAPHS.findall(text):
        counted.update(map(str.__add__, run, run[1:]))
        counted.update(run)
    for character in _COMMON_CHARACTERS & counted.keys():
        del counted[character]
    return counted


def relevance(sentences: Sequence[str], question: str) -> list[float]:
    """The relevance of each sentence to the question: from 0 (no common term) to 1 (the best).

    Time is linear in the length of the sentences and of the question.
    """
    bags = [terms(sentence) for sentence in sentences]
    known: Counter[str] = Counter()
    for bag in bags:
        known.update(bag.keys())
    wanted = {term: _SINGLE if _is_single(term) else 1.0 for term in terms(question)}
    scores = _bm25(bags, known, wanted)
    best = max(scores, default=0.0)
    if best <= 0:
        return [0.0] * len(bags)
    leaders = sorted(range(len(bags)), key=lambda at: -scores[at])[:3]
    for term in _rare(known, len(bags), (bags[at] for at in leaders if scores[at] > best / 2)):
        wanted.setdefault(term, _EXPANSION * (_SINGLE if _is_single(term) else 1.0))
    scores = _bm25(bags, known, wanted)
    best = max(scores)
    return [score / best for score in scores]


def _is_single(term: str) -> bool:
    return len(term) == 1 and not term.isascii()


def _rare(known: Counter[str], count: int, bags: Iterable[Counter[str]]) -> set[str]:
    """Terms that occur in more than one sentence, but in few."""
    most = max(3, count // 50)
    return {term for bag in bags for term in bag if 2 <= known[term] <= most}


def _bm25(bags: Sequence[Counter[str]], known: Counter[str], wanted: dict[str, float]) -> list[float]:
    count = len(bags)
    lengths = [bag.total() for bag in bags]
    average = sum(lengths) / count if count else 0.0
    weights = {
        term: weight * log(1 + (count - known[term] + 0.5) / (known[term] + 0.5))
        for term, weight in wanted.items()
        if term in known
    }
    scores = []
    for bag, length in zip(bags, lengths, strict=True):
        norm = _K1 * (1 - _B + _B * length / average) if average else _K1
        # Sorted, as the order of a set of strings differs between processes and changes the last digit of the sum.
        shared = sorted(bag.keys() & weights.keys())
        scores.append(sum(weights[term] * bag[term] * (_K1 + 1) / (bag[term] + norm) for term in shared))
    return scores
