"""Wrong answers that a pupil would give: what was asked, misread or half done."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from random import Random

from drills.lies.notation import Language
from drills.lies.truths import Interval, Truth, nothing, number, pairs, region, roots

__all__ = ["mistakes"]

Mistake = tuple[str, Truth]


def mistakes(truth: Truth, chance: Random, language: Language, name: str = "x") -> list[Mistake]:
    """Other meanings than the truth's, each with the kind of its mistake."""
    kind, *said = truth.meaning if isinstance(truth.meaning, tuple) else ("word",)
    made: Iterable[Mistake] = ()
    if kind == "number":
        made = _of_number(said[0], chance, language, said[1])
    elif kind == "roots":
        made = _of_roots([Fraction(root) for root in said], chance, name, language)
    elif kind == "pairs":
        made = _of_pairs(said[0], said[1:], language)
    elif kind == "region":
        made = _of_region(said[0], chance, name, language)
    return [(kind, wrong) for kind, wrong in made if wrong.meaning != truth.meaning]


def _of_number(value: Fraction, chance: Random, language: Language, unit: str) -> list[Mistake]:
    changed = [("sign", -value), ("off by one", value + chance.choice((-1, 1)))]
    if value:
        changed.append(("upside down", 1 / value))
    if value.denominator != 1:
        changed += [("rounded", Fraction(round(value))), ("rounded", Fraction(round(value * 100), 100))]
    if abs(value) > 1:
        changed.append(("place of the point", value * 10))
    return [(kind, number(other, language, unit=unit)) for kind, other in changed]


def _of_roots(values: list[Fraction], chance: Random, name: str, language: Language) -> list[Mistake]:
    changed = [("sign", [-value for value in values])] if values else []
    if len(values) > 1:
        changed += [("lost root", values[:place] + values[place + 1 :]) for place in range(len(values))]
    changed.append(("extra root", [*values, Fraction(chance.choice((0, 1, -1, 7)))]))
    made = [(kind, roots(other, name, language)) for kind, other in changed]
    return [*made, ("no solution", nothing(language))]


def _of_pairs(names: tuple[str, ...], found: list[tuple[Fraction, ...]], language: Language) -> list[Mistake]:
    made = [("order", pairs([pair[::-1] for pair in found], names, language))]
    if len(found) > 1:
        made += [("lost solution", pairs([pair], names, language)) for pair in found]
    made.append(("sign", pairs([tuple(-part for part in pair) for pair in found], names, language)))
    return [*made, ("no solution", nothing(language))]


def _of_region(parts: tuple[Interval, ...], chance: Random, name: str, language: Language) -> list[Mistake]:
    changed: list[tuple[str, tuple[Interval, ...]]] = [("everything", (Interval(None, None),))]
    for place, part in enumerate(parts):
        rest = (parts[:place], parts[place + 1 :])
        if part.low is not None and part.low != part.high:
            flipped = Interval(part.low, part.high, not part.has_low, part.has_high)
            changed.append(("endpoint", (*rest[0], flipped, *rest[1])))
        if part.high is not None and part.low != part.high:
            flipped = Interval(part.low, part.high, part.has_low, not part.has_high)
            changed.append(("endpoint", (*rest[0], flipped, *rest[1])))
        if len(parts) > 1:
            changed.append(("lost part", (*rest[0], *rest[1])))
    if len(parts) > 1:
        changed.append(("from the first to the last", (_hull(parts),)))
    if len(parts) == 1 and parts[0].low is not None and parts[0].high is None:
        changed.append(("direction", (Interval(None, parts[0].low, False, parts[0].has_low),)))
    made = [(kind, region(other, name, language)) for kind, other in changed]
    return [*made, ("no solution", nothing(language))]


def _hull(parts: tuple[Interval, ...]) -> Interval:
    return Interval(parts[0].low, parts[-1].high, parts[0].has_low, parts[-1].has_high)
