"""Questions about plain shapes whose measures are given, regular polygons, and what lies between two numbers."""

from __future__ import annotations

from typing import Any

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.build import build, symbol
from checkers.mathematics.formulas.compare import is_real
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.formulas.units import UNITS
from checkers.mathematics.questions.matched_numbers import number, points, vector
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.values import value_expected

__all__ = ["QUESTIONS"]

_WHAT = r"(?:what is|find|compute|determine|calculate|求)"
_METHOD = "geometry"
_UNIT = r"units?|cm|centimeters?|m|meters?|inch(?:es)?|in|feet|foot|ft|miles?|yards?|厘米|米|分米"
_LENGTH = rf"(?: ?-?(?P<unit>{_UNIT}))?"
_IN_UNIT = r"(?:,? in (?P<asked>(?:(?:square|cubic) )?[a-z]+),?)?"


def _positive(ask: Ask, group: str) -> Any:
    value = number(ask, group)
    if is_real(value) is not True or not bool(value.evalf(20) > 0):
        raise NotUnderstood("no length")
    return value


def _check_units(ask: Ask, power: int) -> None:
    """Raise `NotUnderstood` where the answer is asked for in another unit than that of the length."""
    given, wanted = ask.word("unit"), ask.word("asked")
    if not wanted:
        return
    prefix = {1: "", 2: "square ", 3: "cubic "}[power]
    if wanted != prefix + given and UNITS.get(wanted) != UNITS.get(prefix + given, ""):
        raise NotUnderstood("another unit")


@asked(
    rf"{_WHAT} the (?P<what>area|circumference|perimeter){_IN_UNIT} of a circle (?:with|of|whose|that has|having) (?:a )?(?P<how>radius|diameter)(?: is)?(?: of)?(?: length)? <r>{_LENGTH}",
    rf"半径(?:为|是) ?<r>{_LENGTH} ?的圆的?(?P<what>面积|周长)(?:是|为)?(?:多少)?[() _]*(?P<how>)",
    words="circle whose having length 半径 圆 的圆",
)
def _circle(ask: Ask) -> Expected:
    radius = _positive(ask, "r")
    if ask.word("how") == "diameter":
        radius = radius / 2
    area = ask.word("what") in ("area", "面积")
    _check_units(ask, 2 if area else 1)
    return value_expected(ask, sp.pi * radius**2 if area else 2 * sp.pi * radius, None, method=_METHOD)


@asked(
    rf"{_WHAT} the (?P<what>volume|surface area){_IN_UNIT} of a (?P<body>cube|sphere) (?:with|of|whose|that has|having) (?:a |an )?(?P<size>edge|side|radius|edges|sides)(?: length| of length| measure)?(?: is)?(?: of)? <r>{_LENGTH}",
    words="whose having length measure",
)
def _solid(ask: Ask) -> Expected:
    size, volume = _positive(ask, "r"), ask.word("what") == "volume"
    sphere = ask.word("body") == "sphere"
    if sphere != ("radius" in ask.word("size")):
        raise NotUnderstood("another measure")
    _check_units(ask, 3 if volume else 2)
    if sphere:
        return value_expected(
            ask, sp.Rational(4, 3) * sp.pi * size**3 if volume else 4 * sp.pi * size**2, None, method=_METHOD
        )
    return value_expected(ask, size**3 if volume else 6 * size**2, None, method=_METHOD)


_SIDES = {
    "triangle": 3, "square": 4, "pentagon": 5, "hexagon": 6, "heptagon": 7, "octagon": 8, "nonagon": 9, "decagon": 10,
    "dodecagon": 12,
}  # fmt: skip
_POLYGON = rf"(?:a |an |one )?(?P<regular>regular )?(?:convex )?(?:(?P<name>{'|'.join(_SIDES)})|<n>-sided polygon|polygon with <n2> sides|<n3>-gon)"


@asked(
    rf"(?:what is the|find the|how many degrees are in|what is the degree measure of|what is the number of degrees in)(?: the)?(?: measure(?:,? in degrees,?)?| degree measure| number of degrees)?(?: of| in)?(?: the| each| an| one)*(?: measure of)?(?: an| each| one| the)* ?(?P<what>interior|exterior) angle (?:of|in) {_POLYGON}(?:,? in degrees)?",
    words="degrees degree measure interior exterior angle each one polygon sided gon convex sides number in",
)
def _angle(ask: Ask) -> Expected:
    sides = _sides(ask)
    if not ask.has("regular") and ask.word("name") != "square":
        raise NotUnderstood("angles that may differ")
    outer = sp.Rational(360, sides)
    return Expected(
        "value", (180 - outer if ask.word("what") == "interior" else outer,), _METHOD, unit=UNITS["degree"]
    )


@asked(
    rf"(?:how many diagonals does|how many diagonals are in|what is the number of diagonals (?:of|in)) {_POLYGON}(?: have)?",
    words="diagonals polygon sided gon convex sides how many",
)
def _diagonals(ask: Ask) -> Expected:
    sides = _sides(ask)
    ask.has("regular")
    return value_expected(ask, sp.Integer(sides * (sides - 3) // 2), None, method="counting")


def _sides(ask: Ask) -> int:
    if ask.word("name"):
        return _SIDES[ask.word("name")]
    group = next((group for group in ("n", "n2", "n3") if ask.has(group)), "")
    text = ask.formula(group) if group else ""
    if not text.isdigit() or not 3 <= int(text) <= 1_000:
        raise NotUnderstood("no polygon")
    return int(text)


@asked(
    rf"{_WHAT} (?:the )?number (?:that is )?halfway between <a> and <b>",
    r"what (?:number|common fraction|fraction|value) is (?:exactly )?(?:halfway|half-way|midway) between <a> and <b>",
    words="halfway half-way midway exactly between common",
)
def _halfway(ask: Ask) -> Expected:
    return value_expected(ask, (number(ask, "a") + number(ask, "b")) / 2, None, method="recomputation")


@asked(
    r"how many (?P<what>integers|whole numbers|positive integers|perfect squares) (?:are (?:there )?)?(?:lie )?between <a> and <b>(?: on the number line)?",
    words="lie between",
)
def _between(ask: Ask) -> Expected:
    low, high = number(ask, "a"), number(ask, "b")
    if is_real(low) is not True or is_real(high) is not True or low.is_integer or high.is_integer:
        raise NotUnderstood("ends that may or may not count")
    first, last = int(sp.ceiling(low)), int(sp.floor(high))
    if ask.word("what") != "integers" and first < 1:
        raise NotUnderstood("numbers below one")
    if last - first > 100_000:
        raise NotUnderstood("too many numbers")
    whole = [
        n
        for n in range(first, last + 1)
        if ask.word("what") != "perfect squares" or sp.integer_nthroot(n, 2)[1]
    ]
    return value_expected(ask, sp.Integer(len(whole)), None, method="counting")


@asked(
    r"(?:what is|find) the (?P<what>smallest|least|largest|greatest) (?:(?P<digits>two|three|four)-digit )?(?P<kind>(?:positive )?(?:integer )?)multiple of <n>(?: that is (?P<how>greater|more|larger|less|smaller) than <m>| (?P<how2>greater|less) than <m2>)?",
    words="multiple than that digit",
)
def _multiple(ask: Ask) -> Expected:
    step = number(ask, "n")
    if not isinstance(step, sp.Integer) or step < 1 or step > 10**6:
        raise NotUnderstood("no divisor")
    smallest = ask.word("what") in ("smallest", "least")
    # All of them lie above zero anyway, or there is no smallest one.
    ask.kinds()
    how = ask.word("how") or ask.word("how2")
    if ask.word("digits") and not how:
        count = {"two": 2, "three": 3, "four": 4}[ask.word("digits")]
        edge = 10 ** (count - 1) - 1 if smallest else 10**count
        how = "greater" if smallest else "less"
    elif how and not ask.word("digits"):
        limit = number(ask, "m" if ask.has("m") else "m2")
        if not isinstance(limit, sp.Integer) or not 0 < limit < 10**12:
            raise NotUnderstood("no limit")
        edge = int(limit)
    else:
        raise NotUnderstood("no limit")
    above = how in ("greater", "more", "larger")
    if above != smallest:
        raise NotUnderstood("no such multiple")
    made = (edge // step + 1) * step if above else ((edge - 1) // step) * step
    return value_expected(ask, sp.Integer(made), None, method="number theory")


@asked(
    rf"{_WHAT} the area of (?:the )?(?P<shape>triangle|quadrilateral|rectangle|square|parallelogram|trapezoid)(?: with vertices| whose vertices are| with vertices located)(?: at)?(?: the points)? <ps+>",
    words="vertices whose located points area",
)
def _area(ask: Ask) -> Expected:
    corners = points(ask, "ps")
    if (
        len(corners) != (3 if ask.word("shape") == "triangle" else 4)
        or len({len(corner) for corner in corners}) != 1
    ):
        raise NotUnderstood("no such shape")
    if len(corners[0]) == 3 and len(corners) == 3:
        first, second, third = (sp.Matrix(corner) for corner in corners)
        across = (second - first).cross(third - first)
        return value_expected(ask, sp.sqrt(across.dot(across)) / 2, None, method=_METHOD)
    if len(corners[0]) != 2:
        raise NotUnderstood("no shape of the plane")
    turns = [_turn(corners[k - 1], corners[k], corners[(k + 1) % len(corners)]) for k in range(len(corners))]
    if any(turn == 0 for turn in turns) or len({bool(turn.evalf(20) > 0) for turn in turns}) != 1:
        raise NotUnderstood("corners that are not in order")
    doubled = sum(
        (a[0] * b[1] - a[1] * b[0] for a, b in zip(corners, corners[1:] + corners[:1], strict=True)),
        sp.Integer(0),
    )
    return value_expected(ask, sp.Abs(doubled) / 2, None, method=_METHOD)


def _turn(a: tuple[Any, ...], b: tuple[Any, ...], c: tuple[Any, ...]) -> Any:
    return (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])


@asked(
    rf"{_WHAT} the volume of the parallelepiped (?:determined|generated|spanned|formed) by (?:the )?(?:three-dimensional )?(?:vectors )?<vs+>",
    words="determined generated spanned formed three-dimensional vectors",
)
def _parallelepiped(ask: Ask) -> Expected:
    columns = [vector(tree, ask) for formula in ask.formulas("vs") for tree in ask.facts.parse_list(formula)]
    if len(columns) != 3 or any(column.rows != 3 for column in columns):
        raise NotUnderstood("no three vectors")
    return value_expected(ask, sp.Abs(sp.Matrix.hstack(*columns).det()), None, method=_METHOD)


@asked(
    r"convert <z> to (?P<shape>exponential|rectangular|polar) form",
    r"(?:write|express) <z> in (?P<shape>exponential|rectangular|polar) form",
    words="convert express write form",
)
def _complex_form(ask: Ask) -> Expected:
    ask.facts.euler = True
    value = number(ask, "z")
    real, imaginary = value.as_real_imag()
    if imaginary == 0 or ask.facts.equations:
        raise NotUnderstood("no complex number")
    if ask.word("shape") == "rectangular":
        return value_expected(ask, real + sp.I * imaginary, ask.tree("z"), method="conversion")
    return Expected("value", (value,), "conversion", form="polar", question=ask.tree("z"))


@asked(
    r"(?:if )?<d> is a factor of <p>[.,] (?:what is|find|then what is)(?: the value of)? <k>",
    r"(?:find|what is)(?: the)?(?: value of| constant)* <k> (?:if|such that|so that|for which) <d> is a factor of <p>",
    words="factor",
)
def _factor(ask: Ask) -> Expected:
    """Unknown coefficients that make a division come out even."""
    context = ask.facts.context()
    unknown = ask.tree("k")
    names = [
        part.text
        for part in (unknown.parts if unknown.kind == "tuple" else (unknown,))
        if part.kind == "name"
    ]
    divisor, dividend = build(ask.tree("d"), context), build(ask.tree("p"), context)
    variables = sorted(
        (divisor.free_symbols | dividend.free_symbols) - {symbol(name) for name in names}, key=str
    )
    if len(variables) != 1 or not names or ask.facts.equations:
        raise NotUnderstood("no polynomials in one name")
    remainder = sp.rem(dividend, divisor, variables[0])
    conditions = sp.Poly(remainder, variables[0]).coeffs()
    found = sp.solve(conditions, [symbol(name) for name in names], dict=True)
    if (
        len(found) != 1
        or any(value.free_symbols for value in found[0].values())
        or len(found[0]) != len(names)
    ):
        raise NotUnderstood("not one solution")
    values = tuple(found[0][symbol(name)] for name in names)
    if unknown.kind == "tuple":
        return Expected("pair", values, "substitution", names=tuple(names))
    return value_expected(ask, values[0], Node("name", text=names[0]), method="substitution")


QUESTIONS = (
    _circle,
    _solid,
    _angle,
    _diagonals,
    _halfway,
    _between,
    _multiple,
    _area,
    _parallelepiped,
    _complex_form,
    _factor,
)
