"""What an answer says: a meaning that can be compared, and the ways in which a pupil writes it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from drills.lies.notation import Language

__all__ = ["Interval", "Truth", "nothing", "number", "pairs", "region", "roots", "word"]


@dataclass(frozen=True)
class Truth:
    """A meaning, with its spellings, the plainest first. Two truths say the same where their meanings are equal."""

    meaning: Hashable
    spellings: tuple[str, ...]


@dataclass(frozen=True)
class Interval:
    """The numbers between two ends, each of which belongs to it or not; None is an infinite end."""

    low: Fraction | None
    high: Fraction | None
    has_low: bool = False
    has_high: bool = False


def plain(value: Fraction | int) -> str:
    return str(Fraction(value))


def latex(value: Fraction | int) -> str:
    value = Fraction(value)
    if value.denominator == 1:
        return str(value)
    return f"{'-' if value < 0 else ''}\\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"


def number(value: Fraction | int, language: Language = "en", name: str = "", unit: str = "") -> Truth:
    """One number; with a name or a unit it may be written with it or without."""
    value = Fraction(value)
    spellings = [latex(value), plain(value), f"${latex(value)}$", f"\\boxed{{{latex(value)}}}"]
    places = _places(value)
    if value.denominator != 1 and places is not None:
        spellings.append(f"{float(value):.{places}f}")
    if name:
        spellings.append(f"${name} = {latex(value)}$")
    if unit and value.denominator == 1:
        spellings.append(f"{value} {unit}")
    if language == "zh":
        spellings.append(f"答案是{plain(value)}。")
    else:
        spellings.append(f"The answer is {plain(value)}.")
    return Truth(("number", value, unit), tuple(dict.fromkeys(spellings)))


def _places(value: Fraction) -> int | None:
    """The decimals of a number, where there are at most four."""
    return next((places for places in range(5) if (value * 10**places).denominator == 1), None)


def nothing(language: Language) -> Truth:
    """There is no solution, or the set is empty."""
    zh = ("无解", r"\emptyset", "空集")
    return Truth(("roots",), zh if language == "zh" else ("no solution", "no real solutions", "none"))


def roots(values: Iterable[Fraction], name: str, language: Language) -> Truth:
    """All solutions for one unknown."""
    ordered = sorted(set(values))
    if not ordered:
        return nothing(language)
    texts = [latex(value) for value in ordered]
    spellings = [", ".join(texts), f"${name} = {', '.join(texts)}$", ", ".join(reversed(texts))]
    if len(ordered) > 1:
        joint = "或" if language == "zh" else " or "
        spellings.append(joint.join(f"${name}={text}$" for text in texts))
        spellings.append(r"$\{" + ", ".join(texts) + r"\}$")
    else:
        spellings += [f"{name} = {plain(ordered[0])}", f"\\boxed{{{texts[0]}}}"]
    return Truth(("roots", *ordered), tuple(dict.fromkeys(spellings)))


def pairs(found: Iterable[tuple[Fraction, ...]], names: tuple[str, ...], language: Language) -> Truth:
    """All solutions for several unknowns, in the order that the problem names."""
    ordered = sorted(set(found))
    if not ordered:
        return nothing(language)
    texts = ["(" + ", ".join(latex(part) for part in pair) + ")" for pair in ordered]
    spellings = [", ".join(texts), ", ".join(f"${text}$" for text in reversed(texts))]
    if len(ordered) == 1:
        spellings.append(
            ", ".join(f"{name}={plain(part)}" for name, part in zip(names, ordered[0], strict=True))
        )
    return Truth(("pairs", names, *ordered), tuple(dict.fromkeys(spellings)))


def region(parts: Iterable[Interval], name: str, language: Language) -> Truth:
    """A union of intervals and points."""
    whole = tuple(parts)
    if not whole:
        return nothing(language)
    if whole == (Interval(None, None),):
        everything = ("all real numbers", r"(-\infty, \infty)") if language == "en" else ("全体实数", "R")
        return Truth(("region", whole), (*everything, r"\mathbb{R}"))
    spellings = [r" \cup ".join(_interval(part) for part in whole)]
    joint = "或" if language == "zh" else " or "
    spellings.append(joint.join(f"${_inequality(part, name)}$" for part in whole))
    if all(part.low != part.high or part.low is None for part in whole):
        spellings.append("$" + spellings[0] + "$")
    return Truth(("region", whole), tuple(spellings))


def _interval(part: Interval) -> str:
    if part.low is not None and part.low == part.high:
        return rf"\{{{latex(part.low)}\}}"
    low = r"-\infty" if part.low is None else latex(part.low)
    high = r"\infty" if part.high is None else latex(part.high)
    return f"{'[' if part.has_low else '('}{low}, {high}{']' if part.has_high else ')'}"


def _inequality(part: Interval, name: str) -> str:
    if part.low is not None and part.low == part.high:
        return f"{name} = {latex(part.low)}"
    after = r"\le" if part.has_high else "<"
    if part.low is None:
        return f"{name} {after} {latex(part.high or 0)}"
    if part.high is None:
        return f"{name} {r'\ge' if part.has_low else '>'} {latex(part.low)}"
    return f"{latex(part.low)} {r'\le' if part.has_low else '<'} {name} {after} {latex(part.high)}"


def word(*spellings: str) -> Truth:
    """What is said in words, or a formula that only these spellings say."""
    return Truth(("word", spellings[0]), spellings)
