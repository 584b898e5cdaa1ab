"""The sentences of a verdict, from `wording.json`, with the numbers written as a reader would write them."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

import sympy as sp
from sympy.printing.str import StrPrinter

from checkers.mathematics.answers.expected import Expected

__all__ = ["sentence", "shown", "target_of"]

LONGEST_SHOWN = 160
LONGEST_EXACT = 70


@cache
def _sentences() -> dict[str, Any]:
    texts: dict[str, Any] = json.loads((files(__package__) / "wording.json").read_text("utf-8"))
    return texts


def sentence(key: str, language: str, method: str = "", **values: str) -> str:
    """The sentence of that key in `zh` or else in English."""
    texts = _sentences()
    spoken = "zh" if language == "zh" else "en"
    if method:
        values["how"] = texts["how"][method][spoken]
    text: str = texts[key][spoken]
    return text.format(**{name: value[:LONGEST_SHOWN] for name, value in values.items()})


class _SchoolPrinter(StrPrinter):  # type: ignore[misc]  # SymPy has no types
    """SymPy's own printer, but for sets of numbers, which a reader would write as intervals."""

    def _print_Interval(self, region: Any) -> str:  # noqa: N802 - SymPy looks for this name
        low, high = self._print(region.start), self._print(region.end)
        return f"{'(' if region.left_open else '['}{low}, {high}{')' if region.right_open else ']'}"

    def _print_Union(self, region: Any) -> str:  # noqa: N802 - SymPy looks for this name
        return " ∪ ".join(self._print(part) for part in region.args)

    def _print_Reals(self, _: Any) -> str:  # noqa: N802 - SymPy looks for this name
        return "(-oo, oo)"

    def _print_EmptySet(self, _: Any) -> str:  # noqa: N802 - SymPy looks for this name
        return "∅"


def shown(value: Any) -> str:
    """A SymPy object in school notation."""
    text = _SchoolPrinter().doprint(value)
    if len(text) > LONGEST_EXACT and getattr(value, "is_number", False):
        return f"≈ {sp.sstr(value.evalf(12))}"
    text = re.sub(r"\*\*", "^", text).replace("*", "·")
    text = re.sub(r"\bsqrt\b", "√", text)
    return re.sub(r"\boo\b", "∞", re.sub(r"\bpi\b", "π", text))


def _in_order(roots: tuple[Any, ...]) -> list[Any]:
    """From the smallest to the largest where they are real, so that the same roots always read the same."""

    def place(root: Any) -> tuple[float, float]:
        real, imaginary = root.evalf(20).as_real_imag()
        return float(real), float(imaginary)

    return sorted(roots, key=place)


def target_of(expected: Expected, language: str) -> str:
    """The right answer in words of the language."""
    joint = " 或 " if language == "zh" else " or "
    nothing = "无解" if language == "zh" else "no solution"
    if expected.kind == "system":
        points = [
            ", ".join(f"{name} = {shown(value)}" for name, value in point.items())
            for point in expected.solutions
        ]
        return joint.join(points) or nothing
    if expected.kind == "roots":
        name = expected.names[0] if expected.names else "x"
        return joint.join(f"{name} = {shown(root)}" for root in _in_order(expected.values)) or nothing
    if expected.kind == "choice" and expected.inner is not None:
        return f"{expected.values[0]} ({target_of(expected.inner, language)})"
    if expected.kind == "pair":
        return "(" + ", ".join(shown(value) for value in expected.values) + ")"
    if expected.kind == "equation":
        return f"{shown(expected.values[0])} = 0"
    if expected.kind == "digits":
        return f"{shown(expected.values[0])} ({expected.base})"
    text = joint.join(shown(value) for value in expected.values)
    return text + ({"percent": "%", "angle": "°"}.get(expected.unit.dimension, "") if expected.unit else "")
