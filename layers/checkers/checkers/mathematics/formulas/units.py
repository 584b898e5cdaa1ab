"""Units of measure of answers, with their dimensions and factors.

Factors are to the SI unit of the dimension; the inch, pound and gallon by NIST Handbook 44, appendix C (exact).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

__all__ = ["UNITS", "Unit", "split_unit"]


@dataclass(frozen=True)
class Unit:
    """A dimension, and the factor to its base unit."""

    dimension: str
    factor: Fraction


def _length(factor: str) -> Unit:
    return Unit("length", Fraction(factor))


_LENGTHS = {
    "mm|millimeter|millimeters|millimetre|millimetres|毫米": "0.001",
    "cm|centimeter|centimeters|centimetre|centimetres|厘米": "0.01",
    "dm|decimeter|decimeters|分米": "0.1",
    "m|meter|meters|metre|metres|米": "1",
    "km|kilometer|kilometers|kilometre|kilometres|千米|公里": "1000",
    "in|inch|inches|英寸": "0.0254",
    "ft|foot|feet|英尺": "0.3048",
    "yd|yard|yards|码": "0.9144",
    "mi|mile|miles|英里": "1609.344",
}
_OTHERS = {
    ("mass", "1"): "kg|kilogram|kilograms|千克|公斤",
    ("mass", "0.001"): "g|gram|grams|克",
    ("mass", "0.000001"): "mg|milligram|milligrams|毫克",
    ("mass", "1000"): "t|ton|tons|tonne|tonnes|吨",
    ("mass", "0.45359237"): "lb|lbs|pound|pounds|磅",
    ("mass", "0.028349523125"): "oz|ounce|ounces|盎司",
    ("time", "1"): "s|sec|second|seconds|秒",
    ("time", "60"): "min|minute|minutes|分钟",
    ("time", "3600"): "h|hr|hour|hours|小时|时",
    ("time", "86400"): "day|days|天|日",
    ("time", "604800"): "week|weeks|周|星期",
    ("volume", "0.001"): "L|l|liter|liters|litre|litres|升",
    ("volume", "0.000001"): "mL|ml|milliliter|milliliters|毫升",
    ("volume", "0.003785411784"): "gal|gallon|gallons|加仑",
    ("volume", "0.000946352946"): "qt|quart|quarts",
    ("volume", "0.000473176473"): "pt|pint|pints",
    ("volume", "0.0002365882365"): "cup|cups",
    ("area", "10000"): "ha|hectare|hectares|公顷",
    ("dollar", "1"): "$|﹩|dollar|dollars|USD|美元",
    ("dollar", "0.01"): "cent|cents|¢|美分",
    ("yuan", "1"): "¥|元|yuan|RMB|块",
    ("yuan", "0.1"): "角",
    ("yuan", "0.01"): "分",
    ("angle", "1"): "°|deg|degree|degrees|度",
    ("percent", "1"): "%|percent|per cent",
}
_COUNTED = (
    "个|人|只|头|棵|本|支|枝|张|页|辆|台|名|条|块|件|朵|袋|盒|瓶|箱|岁|次|题|道|种|双|位|盆|套|组|层|艘|匹|根|把|户|班|颗|粒|盏|幅|筐|桶|间|面|枚|顶|篇|封|串|堆|份|排|座|架|车|步|圈|段|片|包|"
    "people|students|years|year|eggs|units|unit|ways|way|times|apples|books|points|point|children|pages|hours each"
)


def _table() -> dict[str, Unit]:
    table: dict[str, Unit] = {}
    for names, factor in _LENGTHS.items():
        for name in names.split("|"):
            length = _length(factor)
            table[name] = length
            for power, dimension, english, chinese in (
                (2, "area", "square ", "平方"),
                (3, "volume", "cubic ", "立方"),
            ):
                raised = Unit(dimension, length.factor**power)
                for spelling in (f"{name}^{power}", f"{name}^{{{power}}}", english + name, chinese + name):
                    table[spelling] = raised
                if english == "square ":
                    table[f"sq {name}"] = raised
    for (dimension, factor), names in _OTHERS.items():
        for name in names.split("|"):
            table.setdefault(name, Unit(dimension, Fraction(factor)))
    for name in _COUNTED.split("|"):
        table.setdefault(name, Unit("count " + name, Fraction(1)))
    for spelling in ("mph", "miles per hour", "mile per hour", "miles/hour"):
        table[spelling] = Unit("speed", Fraction("1609.344") / 3600)
    for spelling in ("km/h", "kilometers per hour", "千米/时", "千米/小时", "公里/小时"):
        table[spelling] = Unit("speed", Fraction(1000, 3600))
    for spelling in ("m/s", "meters per second", "米/秒"):
        table[spelling] = Unit("speed", Fraction(1))
    for spelling in ("square units", "sq units", "square unit"):
        table[spelling] = Unit("count square units", Fraction(1))
    table["cubic units"] = Unit("count cubic units", Fraction(1))
    return table


UNITS = _table()
"""All known spellings, in English and Chinese."""

_SPELLINGS = "|".join(re.escape(name) for name in sorted(UNITS, key=len, reverse=True))
_TRAILING = re.compile(
    rf"^(?P<number>.*?[\d)}}\]a-zπ!])\s*(?:\\(?:text|mathrm|operatorname)\s*\{{\s*(?P<inner>{_SPELLINGS})\.?\s*\}}"
    rf"(?P<power>\s*\^\s*\{{?[23]\}}?)?|(?P<outer>{_SPELLINGS})\.?)$",
    re.DOTALL,
)
_LEADING = re.compile(r"^(?P<sign>-?)\s*(?P<unit>\$|¥|﹩)\s*(?P<number>[\d.].*)$", re.DOTALL)


def split_unit(text: str) -> tuple[str, Unit | None]:
    """An answer without its unit, and the unit; the text unchanged and None where there is none."""
    text = text.strip()
    leading = _LEADING.match(text)
    if leading:
        return leading["sign"] + leading["number"], UNITS[leading["unit"]]
    match = _TRAILING.match(text)
    if match is None:
        return text, None
    words = match["inner"] or match["outer"]
    if match["power"]:
        words += "^" + match["power"].strip(" ^{}")
    if match["outer"] and match["outer"].isascii() and match["outer"].isalpha():
        # "5m" can be five times m; "5 m" and "5 meters" are measures.
        before = match["number"]
        spaced = text[len(before) : len(before) + 1].isspace()
        if not (spaced or len(words) > 2) or not before.rstrip()[-1].isdigit():
            return text, None
        if len(words) == 1 and not re.fullmatch(r"[\d.,/ ]+", before):
            return text, None
    unit = UNITS.get(words)
    return (match["number"], unit) if unit else (text, None)
