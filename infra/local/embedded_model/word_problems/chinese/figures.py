"""Areas, perimeters and volumes in Chinese: the measures that are given, and the one that is asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from embedded_model.word_problems.working import Working, number

__all__ = ["solve"]

_N = r"\d+(?:\.\d+)?(?:/\d+)?"
_LENGTHS = {
    "毫米": 1,
    "厘米": 10,
    "分米": 100,
    "米": 1000,
    "千米": 1000000,
    "cm": 10,
    "m": 1000,
    "dm": 100,
    "mm": 1,
    "km": 1000000,
}
_AREAS = {"平方厘米": 1, "平方分米": 100, "平方米": 10000, "公顷": 100000000, "平方千米": 10000000000}
_VOLUMES = {"立方厘米": 1, "毫升": 1, "立方分米": 1000, "升": 1000, "立方米": 1000000}
_UNIT = "|".join(sorted([*_LENGTHS, *_AREAS, *_VOLUMES], key=len, reverse=True))
_MEASURE = "底面半径|底面直径|底面周长|底面积|侧面积|表面积|半径|直径|周长|面积|体积|边长|棱长|底边长|底边|上底|下底|底|长|宽|高"
_GIVEN = re.compile(rf"(?P<what>{_MEASURE})(?:各|都)?(?:分别)?(?:是|为|有|约)?(?P<n>{_N})(?P<u>{_UNIT})")
_BEFORE = re.compile(rf"(?P<n>{_N})(?P<u>{_UNIT})(?P<what>长|宽|高)(?=[，的。、])")
_LISTED = re.compile(rf"长、宽、高(?:分别)?(?:是|为)({_N})({_UNIT})、({_N})({_UNIT})、({_N})({_UNIT})")
_SHAPES = "长方形|正方形|三角形|平行四边形|梯形|长方体|正方体|圆柱|圆锥|圆"
_ASKED = re.compile(rf"(?P<what>占地面积|{_MEASURE}|容积)[^，。\d]{{0,3}}?(?:多少|几)(?P<u>{_UNIT})")
_REFUSED = re.compile(
    r"如果|若|每|扩大|缩小|增加|减少|剪|拼|截|围成|锯|倍|比|分之|%|相等|等于|同样|剩|无盖|倒|铁丝|周围|四周|一半|水[深面位]|[装盛满]水|升水|沉|放入|熔|铸|切|分成|折|内|外|半圆|圆环|等底|等高|等腰|最大"
)


def solve(plain: str, start: Callable[[], Working]) -> tuple[Fraction, Working] | None:
    """The measure of one figure that is asked for, from those that are given."""
    plain = _LISTED.sub(r"长\1\2，宽\3\4，高\5\6，", plain)
    shapes = set(re.findall(_SHAPES, plain))
    asked = list(_ASKED.finditer(plain))
    if (
        len(shapes) != 1
        or len(asked) != 1
        or len(re.findall("多少|几", plain)) != 1
        or _REFUSED.search(plain)
    ):
        return None
    found = [*_GIVEN.finditer(plain), *_BEFORE.finditer(plain)]
    if len(found) != len(re.findall(r"\d+(?:\.\d+)?(?:/\d+)?", plain)) or len(
        {one["what"] for one in found}
    ) != len(found):
        return None
    shape, what, unit = shapes.pop(), asked[0]["what"], asked[0]["u"]
    units = {one["u"] for one in found if one["u"] in _LENGTHS}
    if len(units) > 1 or any(one["u"] in _VOLUMES for one in found):
        return None
    given = {_called(one["what"]): number(one["n"]) for one in found}
    working = start()
    answer = _figure(shape, _called(what), given, working)
    if answer is None:
        return None
    length = units.pop() if units else ""
    areas = [one["u"] for one in found if one["u"] in _AREAS]
    if areas and areas[0] != f"平方{length}":
        return None
    answer = _converted(answer, what, length, unit, working)
    return (answer, working) if answer is not None else None


def _called(what: str) -> str:
    return {
        "底面半径": "半径", "底面直径": "直径", "底边长": "底", "底边": "底", "占地面积": "面积", "容积": "体积", "棱长": "边长",
    }.get(what, what)  # fmt: skip


def _converted(value: Fraction, what: str, length: str, unit: str, working: Working) -> Fraction | None:
    """*value* in the unit that is asked for."""
    length = {"cm": "厘米", "m": "米", "dm": "分米", "mm": "毫米", "km": "千米"}.get(length, length)
    power = 3 if what in {"体积", "容积"} else 2 if "面积" in what else 1
    table: dict[str, int] = (_LENGTHS, _AREAS, _VOLUMES)[power - 1]
    own = {1: length, 2: f"平方{length}", 3: f"立方{length}"}[power]
    unit = {"cm": "厘米", "m": "米", "dm": "分米", "mm": "毫米", "km": "千米"}.get(unit, unit)
    if unit == own:
        return value
    if own not in table or unit not in table:
        return None
    fold = Fraction(table[own], table[unit])
    if fold > 1:
        return working.calculate(value, "*", fold, "unit")
    return working.calculate(value, "/", 1 / fold, "unit")


def _figure(shape: str, what: str, given: dict[str, Fraction], working: Working) -> Fraction | None:
    """The measure *what* of *shape*; ``None`` where other measures are given than it takes."""
    circle = shape in {"圆", "圆柱", "圆锥"}
    if circle:
        working.decimals()
    if circle and "直径" in given:
        given["半径"] = working.calculate(given.pop("直径"), "/", Fraction(2), "half")
    if circle and ("底面周长" in given or (shape == "圆" and "周长" in given)):
        around = given.pop("底面周长", None) or given.pop("周长")
        across = working.calculate(around, "/", _PI, "around")
        given["半径"] = working.calculate(across, "/", Fraction(2), "half")
    rule = _RULES.get((shape, what))
    if rule is None or set(rule[0].split()) != set(given):
        return None
    values = [given[name] for name in rule[0].split()]
    if any(value <= 0 for value in values):
        return None
    result = rule[1](working, *values)
    return result if result > 0 else None


_PI = Fraction(314, 100)
_Rule = Callable[..., Fraction]


def _times(working: Working, *values: Fraction) -> Fraction:
    result = values[0]
    for value in values[1:]:
        result = working.calculate(result, "*", value, "measure")
    return result


def _around(working: Working, length: Fraction, width: Fraction) -> Fraction:
    return working.calculate(
        working.calculate(length, "+", width, "half perimeter"), "*", Fraction(2), "perimeter"
    )


def _other_side(working: Working, around: Fraction, side: Fraction) -> Fraction:
    return working.calculate(working.calculate(around, "/", Fraction(2), "half perimeter"), "-", side, "left")


def _over(working: Working, whole: Fraction, *sides: Fraction) -> Fraction:
    for side in sides:
        whole = working.calculate(whole, "/", side, "measure")
    return whole


def _half(working: Working, *values: Fraction) -> Fraction:
    return working.calculate(_times(working, *values), "/", Fraction(2), "half")


def _trapezium(working: Working, top: Fraction, bottom: Fraction, height: Fraction) -> Fraction:
    return working.calculate(
        _times(working, working.calculate(top, "+", bottom, "total"), height), "/", Fraction(2), "half"
    )


def _box_surface(working: Working, a: Fraction, b: Fraction, c: Fraction) -> Fraction:
    faces = [_times(working, *pair) for pair in ((a, b), (a, c), (b, c))]
    both = working.calculate(working.calculate(faces[0], "+", faces[1], "total"), "+", faces[2], "total")
    return working.calculate(both, "*", Fraction(2), "measure")


def _disc(working: Working, radius: Fraction) -> Fraction:
    return _times(working, _PI, radius, radius)


def _ring(working: Working, radius: Fraction) -> Fraction:
    return _times(working, _PI, radius, Fraction(2))


def _third(working: Working, value: Fraction) -> Fraction:
    return working.calculate(value, "/", Fraction(3), "measure")


def _drum(working: Working, radius: Fraction, height: Fraction) -> Fraction:
    side = _times(working, _ring(working, radius), height)
    ends = _times(working, _disc(working, radius), Fraction(2))
    return working.calculate(side, "+", ends, "total")


_RULES: dict[tuple[str, str], tuple[str, _Rule]] = {
    ("长方形", "面积"): ("长 宽", _times),
    ("长方形", "周长"): ("长 宽", _around),
    ("长方形", "宽"): ("周长 长", _other_side),
    ("长方形", "长"): ("周长 宽", _other_side),
    ("正方形", "面积"): ("边长", lambda w, a: _times(w, a, a)),
    ("正方形", "周长"): ("边长", lambda w, a: _times(w, a, Fraction(4))),
    ("正方形", "边长"): ("周长", lambda w, p: _over(w, p, Fraction(4))),
    ("三角形", "面积"): ("底 高", _half),
    ("三角形", "底"): ("面积 高", lambda w, s, h: _over(w, _times(w, s, Fraction(2)), h)),
    ("三角形", "高"): ("面积 底", lambda w, s, b: _over(w, _times(w, s, Fraction(2)), b)),
    ("平行四边形", "面积"): ("底 高", _times),
    ("平行四边形", "高"): ("面积 底", _over),
    ("平行四边形", "底"): ("面积 高", _over),
    ("梯形", "面积"): ("上底 下底 高", _trapezium),
    ("长方体", "体积"): ("长 宽 高", _times),
    ("长方体", "表面积"): ("长 宽 高", _box_surface),
    ("长方体", "高"): ("体积 长 宽", _over),
    ("正方体", "体积"): ("边长", lambda w, a: _times(w, a, a, a)),
    ("正方体", "表面积"): ("边长", lambda w, a: _times(w, a, a, Fraction(6))),
    ("圆", "面积"): ("半径", _disc),
    ("圆", "周长"): ("半径", _ring),
    ("圆柱", "体积"): ("半径 高", lambda w, r, h: _times(w, _disc(w, r), h)),
    ("圆柱", "侧面积"): ("半径 高", lambda w, r, h: _times(w, _ring(w, r), h)),
    ("圆柱", "表面积"): ("半径 高", _drum),
    ("圆锥", "体积"): ("半径 高", lambda w, r, h: _third(w, _times(w, _disc(w, r), h))),
}
