"""Insert the conditions of `tests/data/mathematics/conditions.json` into problems, at every possible place."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

__all__ = ["PAIRS", "with_conditions"]

_FILE = Path(__file__).resolve().parents[1] / "data" / "mathematics" / "conditions.json"
PAIRS: dict[str, dict[str, list[tuple[str, str]]]] = {
    language: {sort: [(first, second) for first, second in pairs] for sort, pairs in sorts.items()}
    for language, sorts in json.loads(_FILE.read_text("utf-8")).items()
    if language != "about"
}
"""Pairs of contradictory conditions, by language and type (clauses, adjectives)."""


def with_conditions(problem: str, chance: random.Random) -> Iterator[tuple[str, str]]:
    """Endless pairs of problems, each with one of two contradictory conditions at the same place."""
    language = "zh" if re.search(r"[\u4e00-\u9fff]", problem) else "en"
    letters = sorted(set(re.findall(r"(?<![a-zA-Z\\])[a-z](?![a-zA-Z])", problem)) - {"a", "e", "i"}) or ["x"]
    places = _places(problem)
    while True:
        sort = chance.choice(["clauses", "adjectives"])
        pair = chance.choice(PAIRS[language][sort])
        at = chance.choice(places["ends" if sort == "clauses" and chance.random() < 0.7 else "words"])
        letter = chance.choice(letters)
        first, second = (
            f"{problem[:at]} {condition.replace('{v}', letter)} {problem[at:]}" for condition in pair
        )
        yield first, second


def _places(problem: str) -> dict[str, list[int]]:
    """Offsets of the ends of sentences and of words, outside of mathematics."""
    inside = [match.span() for match in re.finditer(r"\$[^$]*\$|\\\[.*?\\\]|\\\(.*?\\\)", problem, re.DOTALL)]

    def outside(at: int) -> bool:
        return not any(start < at < end for start, end in inside)

    ends = [0, len(problem)] + [
        at
        for match in re.finditer(r"[.?,，。？]", problem)
        for at in (match.start(), match.end())
        if outside(at)
    ]
    words = [match.start() for match in re.finditer(r"(?<![a-zA-Z\\])[a-zA-Z$]|[\u4e00-\u9fff]", problem)]
    return {"ends": ends, "words": [at for at in words if outside(at)] or ends}
