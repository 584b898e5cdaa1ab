"""What a problem says of how the answer is to be written: rounding, base, unit."""

from __future__ import annotations

import re
from dataclasses import dataclass

from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.formulas.units import UNITS, Unit
from checkers.mathematics.problem.reading import Reading

__all__ = ["Shape", "shape_of"]


@dataclass(frozen=True)
class Shape:
    """`decimals` to round to, `base` to write in, `unit` that a bare number counts, `radians` asked for."""

    decimals: int | None = None
    base: int = 0
    unit: Unit | None = None
    radians: bool = False


_PLACES = {
    "ten thousandth": 4, "ten-thousandth": 4, "thousandth": 3, "hundredth": 2, "tenth": 1, "whole number": 0, "integer": 0,
    "whole": 0, "unit": 0, "one": 0, "cent": 2, "ten": -1, "hundred": -2, "thousand": -3, "ten thousand": -4,
    "hundred thousand": -5, "million": -6, "degree": 0, "whole percent": 0, "percent": 0, "dollar": 0,
}  # fmt: skip
_NEAREST = re.compile(
    r"(?:to|rounded to|nearest) the nearest ([a-z -]+?)(?= degree| percent| inch| mile|[.,)]|$)"
)
_HARMLESS = re.compile(
    r"\b(?:please|express|give|write|enter|leave|provide|state|simplify|all|your|the|both|final|answers?|solutions?|results?|"
    r"as|in|to|using|with|from|separated|by|commas?|a|an|and|of|for|form|common|improper|reduced|simplified|mixed|proper|"
    r"lowest|simplest|terms?|fractions?|numbers?|integers?|decimals?|exact|radicals?|interval|notation|set|radians?|degrees?|"
    r"ordered|pairs?|triples?|triplets?|list|values?|roots?|real|possible|standard|slope-intercept|simple|complex|rational|"
    r"where|possible|them|it|polynomial|factored|expanded|parentheses|scientific|completely|fully|polar|rectangular|point|"
    r"increasing|decreasing|order|least|greatest|necessary|if|denominators?|rationalized|rounded|nearest|base|coordinates?|"
    r"functions?|angles?|are|is|have|has|variables?|letters?|assume|that|positive|nonnegative|such|there|more|than|one|value|separate|"
    r"expression|equation|single|residue|inclusive|inches|feet|cm|meters|units?|dollars?|cents|percents?|whole|tenth|hundredth|thousandth|"
    r"hundred|thousand|ten|matrix|vector|you|can|may|not|do|include|sign|symbol|only|no|without|ratio|place|places|two|"
    r"three|decimal|column|product|power|powers|prime|degree|round|next|also|on|or|at)\b|⟦\d+⟧|[.,()!:;\"'\s-]"
)


def shape_of(read: Reading, words: str) -> Shape:
    """What the notes and the question's words ask for. Raises `NotUnderstood` for what is not known."""
    left = _HARMLESS.sub("", read.notes)
    if left:
        raise NotUnderstood(f"a note that is not understood: {left}")
    text = f"{words} {read.notes}"
    if re.search(r"\bproduct\b|\bprime factor", read.notes):
        raise NotUnderstood("a form that is not checked")
    return Shape(_decimals(text), _base(text, read), _unit(text), "radians" in text)


def _decimals(text: str) -> int | None:
    nearest = _NEAREST.search(text)
    if nearest:
        place = nearest[1].strip().rstrip("s")
        if place not in _PLACES:
            raise NotUnderstood("a place that is not known")
        return _PLACES[place]
    if "nearest" in text or "保留" in text or "精确到" in text or "decimal place" in text:
        places = re.search(r"(?:保留)([一两二三四123])位小数", text)
        if places:
            return {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3}[places[1]]
        raise NotUnderstood("a rounding that is not understood")
    return None


_NUMERALS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}


def _base(text: str, read: Reading) -> int:
    match = re.search(r"\bin base[ -](?:⟦(\d+)⟧|(\d+)|([a-z]+))", text)
    if match is None:
        return 0
    base = read.formulas[int(match[1])] if match[1] else match[2] or str(_NUMERALS.get(match[3], ""))
    if not base.isdigit() or not 2 <= int(base) <= 36:
        raise NotUnderstood("a base that is not known")
    return int(base)


def _unit(text: str) -> Unit | None:
    if re.search(r"\bin degrees\b|\bdegree measure\b|\bnumber of degrees\b|\bhow many degrees\b", text):
        return UNITS["degree"]
    if re.search(r"\b(?:what|as a|by what) percent(?:age)?\b|百分之几|百分比", text):
        return UNITS["percent"]
    return None
