"""Chinese problems of the kind "每 … N …": the units alone tell whether to multiply or to divide."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from embedded_model.word_problems.working import Working, number

__all__ = ["solve"]

_N = r"\d+(?:\.\d+)?"
_UNIT = r"(?:小时|分钟|千米|千克|厘米|分米|毫米|平方米|公顷|[\u4e00-\u9fff])"
_MEASURED = rf"(个?)({_UNIT})"
_EACH = rf"(?:平均)?每(?:一)?{_MEASURED}([^\d，,。；;？?]*?)({_N})({_UNIT})"
_ONE = rf"(?<![\d〇第])一{_MEASURED}([^\d，,。；;？?]{{0,8}}?)({_N})({_UNIT})"
_QUANTITY = re.compile(rf"({_N}){_MEASURED}")
_ASKED = re.compile(
    rf"(?:每(?P<one>个?)(?P<per>{_UNIT})[^\d，,。；;？?]*?)?(?:多少|几)(?P<some>个?)(?P<unit>{_UNIT})?[^\d，,。；;？?]*[？?。]?$"
)
# Only these turn a sentence in a way that units account for.
_TAKEN_CARE_OF = frozenset({"每", "平均", "速度", "一样", "排", "如果"})


@dataclass(frozen=True)
class _Rate:
    value: Fraction
    unit: str
    per: frozenset[str]


def solve(plain: str, turning: list[str], working: Working) -> Fraction | None:
    """The number asked for: a rate times a number of units, a total shared out, or how many shares there are."""
    asked = _ASKED.search(plain)
    even = re.search(r"平均|分[给成到]|[装放摆排]", plain) is not None
    if asked is None or not set(turning) <= _TAKEN_CARE_OF:
        return None
    given = plain[: asked.start()] + "，"
    # "一本书有 66 页" gives a rate or a total: what the units of the other numbers allow is meant.
    for pattern in (rf"{_EACH}", rf"{_ONE}"):
        reading = _read(given, re.compile(pattern))
        if reading is None or len(re.findall(_N, plain)) != len(reading[0]) + len(reading[1]):
            continue
        if not reading[0] and (
            not even
            or len(re.split("[，,。；]", plain)) > 3
            or re.search(r"至少|最多|[两二三四五六]|各|这|那|比|是|如果|又|再|还|后", plain)
        ):
            # Nothing says that the parts are equal, or that they are of the number that is given.
            continue
        answer = _answer(*reading, asked, working)
        if answer is not None:
            return answer
    return None


def _read(
    given: str, rate: re.Pattern[str]
) -> tuple[list[_Rate], list[tuple[Fraction, frozenset[str]]]] | None:
    rates = [_Rate(number(found[4]), found[5], _units(found[1], found[2])) for found in rate.finditer(given)]
    totals = [
        (number(found[1]), _units(found[2], found[3])) for found in _QUANTITY.finditer(rate.sub("", given))
    ]
    return rates, totals


def _units(one: str, unit: str) -> frozenset[str]:
    """什么 of 3 个什么 counts as a unit, and so does 个."""
    return frozenset({unit, one} - {""}) if one else frozenset({unit})


def _answer(
    rates: list[_Rate], totals: list[tuple[Fraction, frozenset[str]]], asked: re.Match[str], working: Working
) -> Fraction | None:
    units = _units(asked["some"], asked["unit"] or "个")
    if len(rates) == 1 and len(totals) == 1 and asked["per"] is None:
        return _with_rate(rates[0], *totals[0], units, working)
    if not rates and len(totals) == 2 and asked["per"] is not None:
        return _shared(totals, units, _units(asked["one"], asked["per"]), working)
    return None


def _with_rate(
    rate: _Rate, value: Fraction, counted: frozenset[str], units: frozenset[str], working: Working
) -> Fraction | None:
    if rate.unit in rate.per:
        return None
    if counted & rate.per and rate.unit in units and rate.unit not in counted:
        return working.calculate(rate.value, "*", value, "product")
    if rate.unit in counted and units & rate.per and rate.unit not in units:
        return working.calculate(value, "/", rate.value, "fits")
    return None


def _shared(
    totals: list[tuple[Fraction, frozenset[str]]],
    units: frozenset[str],
    per: frozenset[str],
    working: Working,
) -> Fraction | None:
    whole = [value for value, counted in totals if counted & units and not counted & per]
    parts = [value for value, counted in totals if counted & per and not counted & units]
    # A dividend or divisor with decimals is a measure, which is seldom shared out evenly.
    if any(value.denominator != 1 for value, _ in totals):
        return None
    if len(whole) != 1 or len(parts) != 1 or whole[0] < parts[0]:
        return None
    if totals[0][0] != whole[0] and not per & {"小时", "天", "分钟", "分", "秒"}:
        # Parts that are told of first need not be the ones that the whole is shared among.
        return None
    return working.calculate(whole[0], "/", parts[0], "share")
