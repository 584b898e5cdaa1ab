"""What a quantity of each kind cannot be; a result that is one of these is no result."""

from __future__ import annotations

import re
from typing import Any

import sympy as sp

from checkers.mathematics.formulas.units import UNITS

__all__ = ["counts", "possible"]

_MEASURED = frozenset(["length", "area", "volume", "mass", "time", "speed", "percent", "age"])
_HOW_MANY = re.compile(r"\bhow many\s+(?:more |less |fewer |other |total |whole )?([a-z]+)", re.IGNORECASE)
_HOW_MANY_CHINESE = re.compile(r"(?:几|多少)\s*([\u4e00-\u9fff])")
_CLASSIFIERS = "个人只头棵本支枝张页辆台名条块件朵袋盒瓶箱次题道种盆套组层艘匹根把户班颗粒盏幅筐桶间面枚顶篇封串堆份排座架车"


def possible(value: Any, kind: str, problem: str) -> bool:
    """Whether a quantity of this *kind* can be *value*.

    A count is a whole number and none negative, as is what the problem asks "how many" of; money has at most two
    decimals; a probability is from 0 to 1; what is measured is not negative.
    """
    if not (value.is_number and value.is_real and value.is_finite):
        return False
    if kind == "count" or counts(problem):
        return bool(value.is_Integer and value >= 0)
    if kind == "money":
        return bool((value * 100).is_Integer and value >= 0)
    if kind in ("probability", "fraction"):
        return bool(0 <= value <= 1) if kind == "probability" else bool(value >= 0)
    return bool(value >= 0) if kind in _MEASURED or kind == "ratio" else value != sp.nan


def counts(problem: str) -> bool:
    """Whether the problem's last question asks how many there are of what is counted and not measured."""
    english = _HOW_MANY.findall(problem)
    if english:
        unit = UNITS.get(english[-1].lower())
        return unit is None or (unit.dimension.startswith("count") and unit.dimension != "count years")
    chinese = _HOW_MANY_CHINESE.findall(problem)
    return bool(chinese) and chinese[-1] in _CLASSIFIERS
