"""Vectors, matrices, complex numbers, integrals, products of polynomials, points; truth by arithmetic with integers."""

from __future__ import annotations

from fractions import Fraction
from math import gcd, isqrt

from drills.lies.drilled import Family, Posed
from drills.lies.expressions import minus, polynomial, variable
from drills.lies.notation import Language, Pen
from drills.lies.oracle import Doubtful
from drills.lies.truths import Truth, latex, number, word

__all__ = ["FAMILIES"]

Row = tuple[int, ...]


def _row(pen: Pen, size: int) -> Row:
    return tuple(pen.chance.randint(-5, 6) for _ in range(size))


def _tuple(row: tuple[Fraction | int, ...]) -> str:
    return "(" + ", ".join(latex(Fraction(part)) for part in row) + ")"


def _column(row: tuple[Fraction | int, ...]) -> str:
    return r"\begin{pmatrix} " + r" \\ ".join(latex(Fraction(part)) for part in row) + r" \end{pmatrix}"


def _dot(a: Row, b: Row) -> int:
    return sum(x * y for x, y in zip(a, b, strict=True))


def _dot_product(pen: Pen) -> Posed:
    size = pen.chance.choice((2, 3))
    a, b = _row(pen, size), _row(pen, size)
    shown = [pen.either(_column(row), _tuple(row)) for row in (a, b)]
    text = f"{pen.pick('Find', 'Compute')} the dot product of {shown[0]} and {shown[1]}."
    decoys = (
        ("lengths", number(_dot(a, a) * _dot(b, b))),
        ("sum", number(sum(a) + sum(b))),
        ("place by place", word(_tuple(tuple(x * y for x, y in zip(a, b, strict=True))))),
    )
    return Posed(_english(pen, text), number(_dot(a, b)), decoys)


def _english(pen: Pen, text: str) -> str:
    """A sentence that only English problems have."""
    if pen.language != "en":
        raise Doubtful
    return text


def _cross(a: Row, b: Row) -> Row:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def _cross_product(pen: Pen) -> Posed:
    a, b = _row(pen, 3), _row(pen, 3)
    shown = [pen.either(_column(row), _tuple(row)) for row in (a, b)]
    found, turned = _cross(a, b), _cross(b, a)
    text = f"{pen.pick('Find', 'Compute')} the cross product of {shown[0]} and {shown[1]}."
    decoys = (
        ("the other way round", _vector(turned)),
        ("dot product", number(_dot(a, b))),
        ("sign", _vector((found[0], -found[1], found[2]))),
    )
    return Posed(_english(pen, text), _vector(found), decoys)


def _vector(row: tuple[Fraction | int, ...]) -> Truth:
    return Truth(("vector", row), (_column(row), _tuple(row), f"${_column(row)}$"))


def _projection(pen: Pen) -> Posed:
    a, b = _row(pen, 2), _row(pen, 2)
    if not any(a) or not any(b):
        raise Doubtful
    onto = [_vector(tuple(Fraction(_dot(a, b), _dot(y, y)) * part for part in y)) for y in (b, a)]
    text = f"Find the projection of {pen.either(_column(a), _tuple(a))} onto {pen.either(_column(b), _tuple(b))}."
    return Posed(
        _english(pen, text), onto[0], (("onto the other", onto[1]), ("its length", number(_dot(a, b))))
    )


Matrix = tuple[Row, Row]


def _shown(matrix: Matrix) -> str:
    rows = r" \\ ".join(" & ".join(map(str, row)) for row in matrix)
    return rf"\begin{{pmatrix}} {rows} \end{{pmatrix}}"


def _matrix(rows: Matrix) -> Truth:
    text = _shown(rows)
    return Truth(("matrix", rows), (text, f"${text}$", text.replace("pmatrix", "bmatrix")))


def _times(a: Matrix, b: Matrix) -> Matrix:
    columns = tuple(zip(*b, strict=True))
    first, second = ((_dot(row, columns[0]), _dot(row, columns[1])) for row in a)
    return first, second


def _matrices(pen: Pen) -> Posed:
    """A determinant, a product, a square, a transpose."""
    if pen.notation != "latex":
        raise Doubtful
    a: Matrix = (_row(pen, 2), _row(pen, 2))
    b: Matrix = (_row(pen, 2), _row(pen, 2))
    ask = pen.pick("Compute", "Find", "Evaluate")
    determinant = a[0][0] * a[1][1] - a[0][1] * a[1][0]
    apart: Matrix = (tuple(n * n for n in a[0]), tuple(n * n for n in a[1]))
    turned: Matrix = ((a[0][0], a[1][0]), (a[0][1], a[1][1]))
    choice = pen.chance.randrange(4)
    if choice == 0:
        wrong = number(a[0][0] * a[1][1] + a[0][1] * a[1][0])
        text = f"{ask} the determinant of ${_shown(a)}$."
        return Posed(_english(pen, text), number(determinant), (("sum for difference", wrong),))
    if choice == 1:
        text = pen.say(en=f"{ask} ${_shown(a)} {_shown(b)}$.", zh=f"计算 ${_shown(a)} {_shown(b)}$")
        return Posed(
            text, _matrix(_times(a, b)), (("order", _matrix(_times(b, a))), ("the first", _matrix(a)))
        )
    if choice == 2:
        text = pen.say(en=f"{ask} ${_shown(a)}^2$.", zh=f"计算 ${_shown(a)}^2$")
        return Posed(text, _matrix(_times(a, a)), (("place by place", _matrix(apart)),))
    text = f"{ask} the transpose of ${_shown(a)}$."
    return Posed(
        _english(pen, text),
        _matrix(turned),
        (("as it was", _matrix(a)), ("its determinant", number(determinant))),
    )


def _complex(re: int, im: int, language: Language = "en") -> Truth:
    """A complex number with whole parts."""
    if im == 0:
        return number(re, language)
    size = "" if abs(im) == 1 else str(abs(im))
    tail = f"{'-' if im < 0 else '+' if re else ''}{size}i"
    text = f"{re or ''}{tail}"
    spaced = f"{re or ''} {tail[0]} {tail[1:]}" if re else text
    return Truth(("complex", re, im), (text, f"${text}$", spaced))


def _complex_numbers(pen: Pen) -> Posed:
    """Products, conjugates, parts and lengths."""
    a, b, c, d = (pen.chance.choice((-4, -3, -2, -1, 1, 2, 3, 4, 5)) for _ in range(4))
    one, two = (_complex(*pair).spellings[0] for pair in ((a, b), (c, d)))
    product = (a * c - b * d, a * d + b * c)
    choice = pen.chance.randrange(4)
    if choice == 0:
        shown = pen.framed(f"({one})({two})")
        text = pen.say(en=pen.pick(f"Compute {shown}.", f"What is {shown}?"), zh=f"计算 {shown}")
        decoys = (
            ("place by place", _complex(a * c, b * d)),
            ("i squared is one", _complex(a * c + b * d, product[1])),
            ("conjugate", _complex(product[0], -product[1])),
        )
        return Posed(text, _complex(*product, pen.language), decoys)
    shown = pen.framed(one)
    if choice == 1:
        text = pen.say(en=f"Find the conjugate of {shown}.", zh=f"复数 {shown} 的共轭复数是")
        return Posed(text, _complex(a, -b), (("opposite", _complex(-a, -b)), ("mirrored", _complex(-a, b))))
    if choice == 2:
        text = pen.say(en=f"What is the imaginary part of {shown}?", zh=f"复数 {shown} 的虚部是")
        return Posed(
            text,
            number(b, pen.language),
            (("with its i", _complex(0, b)), ("real part", number(a)), ("sign", number(-b))),
        )
    a, b = pen.chance.choice(((3, 4), (-3, 4), (5, -12), (8, 15), (-6, -8)))
    length = isqrt(a * a + b * b)
    shown = pen.framed(_complex(a, b).spellings[0])
    text = pen.say(en=f"What is the modulus of {shown}?", zh=f"复数 {shown} 的模是")
    return Posed(
        text,
        number(length, pen.language),
        (("its square", number(length**2)), ("sum of the parts", number(a + b))),
    )


def _power(degree: int, above: int, below: int) -> str:
    letter = "" if degree == 0 else "x" if degree == 1 else f"x^{degree}"
    common = gcd(above, below)
    above, below = above // common, below // common
    size = (
        ""
        if abs(above) == below and letter
        else str(abs(above))
        if below == 1
        else rf"\frac{{{abs(above)}}}{{{below}}}"
    )
    return f"{'-' if above < 0 else '+'} {size}{letter}"


def _sum(coefficients: list[tuple[int, int]]) -> str:
    """The polynomial with those coefficients, each above and below, from the highest degree."""
    degree = len(coefficients) - 1
    terms = [_power(degree - place, *pair) for place, pair in enumerate(coefficients) if pair[0]]
    return " ".join(terms).removeprefix("+ ") or "0"


def _integral(pen: Pen) -> Posed:
    """Of a polynomial, between two numbers or without ends."""
    if pen.notation != "latex":
        raise Doubtful
    degree = pen.chance.choice((1, 2))
    body = [pen.chance.choice((1, 2, 3, -1, -2)), *(pen.chance.randint(-4, 4) for _ in range(degree))]
    shown = _sum([(n, 1) for n in body])
    above = [(n, degree - place + 1) for place, n in enumerate(body)]
    ask = pen.say(en=pen.pick("Compute", "Evaluate"), zh="计算")
    if pen.chance.random() < 0.5:
        whole, slope = (
            f"{_sum([*above, (0, 1)])}",
            f"{_sum([(n * (degree - p), 1) for p, n in enumerate(body[:-1])])}",
        )
        truth = word(
            f"{whole} + C",
            f"${whole} + C$",
            f"{whole} + c",
            f"C + {whole}" if body[0] > 0 else f"{whole} + C",
        )
        decoys = (
            ("no constant", word(whole)),
            ("derivative", word(f"{slope} + C")),
            ("not divided", word(f"{_sum([*((n, 1) for n in body), (0, 1)])} + C")),
        )
        return Posed(f"{ask} $\\int ({shown})\\, dx$.", truth, decoys)
    low, high = sorted(pen.chance.sample(range(-3, 5), 2))

    def between(start: int, end: int) -> Fraction:
        return sum(
            (Fraction(n, below) * (end**below - start**below) for n, below in above), start=Fraction(0)
        )

    value = between(low, high)
    upper = sum((Fraction(n, below) * high**below for n, below in above), start=Fraction(0))
    decoys = (
        ("turned round", number(-value)),
        ("the upper end alone", number(upper)),
        ("sum of the ends", number(2 * upper - value)),
    )
    return Posed(f"{ask} $\\int_{{{low}}}^{{{high}}} ({shown})\\, dx$.", number(value, pen.language), decoys)


def _linear(pen: Pen) -> tuple[int, int]:
    return pen.chance.choice((1, 1, 1, 2, 3)), pen.chance.choice([n for n in range(-6, 7) if n])


def _factor_text(a: int, b: int) -> str:
    return f"({'' if a == 1 else a}x {'+' if b > 0 else '-'} {abs(b)})"


def _expanded(pen: Pen) -> Posed:
    (a, b), (c, d) = _linear(pen), _linear(pen)
    x = variable("x")
    factors = [minus(n * x if n != 1 else x, -m) for n, m in ((a, b), (c, d))]
    shown = pen.math(factors[0] * factors[1])
    made = [(a * c, 1), (a * d + b * c, 1), (b * d, 1)]
    truth = word(_sum(made), f"${_sum(made)}$", f"{_sum(made)}".replace(" ", ""))
    decoys = [("not expanded", word(_factor_text(a, b) + _factor_text(c, d)))]
    if made[1][0]:
        decoys.append(("middle term lost", word(_sum([made[0], (0, 1), made[2]]))))
        decoys.append(("sign of the middle term", word(_sum([made[0], (-made[1][0], 1), made[2]]))))
    decoys.append(("sign of the last term", word(_sum([*made[:2], (-b * d, 1)]))))
    text = pen.say(en=pen.pick(f"Expand {shown}.", f"Expand and simplify {shown}."), zh=f"展开 {shown}")
    return Posed(text, truth, tuple(decoys))


def _factored(pen: Pen) -> Posed:
    """A quadratic with two different whole roots."""
    b, d = pen.chance.sample([n for n in range(-6, 7) if n], 2)
    shown = pen.math(polynomial([1, b + d, b * d]))
    text = pen.say(en=pen.pick(f"Factor {shown}.", f"Factor {shown} completely."), zh=f"因式分解 {shown}")
    one, two = _factor_text(1, b), _factor_text(1, d)
    truth = word(one + two, two + one, f"${one}{two}$", f"{one} \\cdot {two}")
    decoys = [
        ("signs", word(_factor_text(1, -b) + _factor_text(1, -d))),
        ("a factor for both", word(f"{one}^2")),
        ("as it was", word(_sum([(1, 1), (b + d, 1), (b * d, 1)]))),
        ("a number drawn out", word(f"2{one}{two}")),
    ]
    if b + d == 0:
        decoys = decoys[1:]
    return Posed(text, truth, tuple(decoys))


def _between_points(pen: Pen) -> Posed:
    """Distance, midpoint and slope."""
    a, b = pen.chance.randint(-6, 6), pen.chance.randint(-6, 6)
    across, up = pen.chance.choice(((3, 4), (-3, 4), (5, 12), (-8, 6), (6, -8)))
    c, d = a + across, b + up
    p, q = pen.framed(f"({a}, {b})"), pen.framed(f"({c}, {d})")
    choice = pen.chance.randrange(3)
    if choice == 0:
        text, value = f"Find the distance between {p} and {q}.", isqrt(across**2 + up**2)
        return Posed(
            _english(pen, text),
            number(value),
            (("squared", number(value**2)), ("along the grid", number(abs(across) + abs(up)))),
        )
    if choice == 1:
        text = f"What is the slope of the line through {p} and {q}?"
        return Posed(
            _english(pen, text),
            number(Fraction(up, across)),
            (("upside down", number(Fraction(across, up))),),
        )
    middle = (Fraction(a + c, 2), Fraction(b + d, 2))
    decoys = (
        ("order", _point(middle[::-1])),
        ("difference", _point((Fraction(across, 2), Fraction(up, 2)))),
        ("sum", _point((a + c, b + d))),
    )
    return Posed(
        _english(pen, f"Find the midpoint of the segment joining {p} and {q}."), _point(middle), decoys
    )


def _point(row: tuple[Fraction | int, ...]) -> Truth:
    return Truth(("point", row), (_tuple(row), f"${_tuple(row)}$", rf"\left{_tuple(row)[:-1]}\right)"))


def _line(pen: Pen) -> Posed:
    """The line through two points, as an equation."""
    a, b, slope = pen.chance.randint(-4, 4), pen.chance.randint(-5, 5), pen.chance.choice((-3, -2, 1, 2, 3))
    across = pen.chance.choice((1, 2, 3))
    shift = b - slope * a
    p, q = pen.framed(f"({a}, {b})"), pen.framed(f"({a + across}, {b + slope * across})")

    def law(m: int, n: int) -> str:
        return f"y = {_sum([(m, 1), (n, 1)])}"

    standard = (
        f"{_sum([(slope, 1), (0, 1)])} - y {'+' if shift > 0 else '-'} {abs(shift)} = 0" if shift else ""
    )
    truth = word(*(text for text in (law(slope, shift), f"${law(slope, shift)}$", standard) if text))
    decoys = [
        ("sign of the slope", word(law(-slope, shift))),
        ("another height", word(law(slope, shift + 1))),
        ("no equation", word(_sum([(slope, 1), (shift, 1)]))),
    ]
    if shift:
        decoys.append(("no shift", word(law(slope, 0))))
    return Posed(_english(pen, f"Find the equation of the line through {p} and {q}."), truth, tuple(decoys))


def _with_unit(pen: Pen) -> Posed:
    """A measure of a circle with its unit in the answer: the unit of an area is no length."""
    r = pen.chance.randint(2, 9)
    unit, other = pen.chance.sample(("cm", "m"), 2)
    area = pen.chance.random() < 0.5
    value = f"{r * r}" if area else f"{2 * r}"
    wrong = f"{2 * r}" if area else f"{r * r}"
    shown = pen.framed(str(r))
    what = "area" if area else "circumference"
    text = f"What is the {what} of a circle with radius {shown} {unit}?"
    square = r"\text{ " + unit + "}^2" if area else r"\text{ " + unit + "}"
    truth = word(rf"{value}\pi", rf"${value}\pi$", rf"{value}\pi{square}")
    decoys = [
        ("other unit", word(rf"{value}\pi\text{{ {other}}}" + ("^2" if area else ""))),
        ("unit of another dimension", word(rf"{value}\pi\text{{ {unit}}}" + ("" if area else "^2"))),
        ("no pi", word(value)),
        ("diameter for radius", word(rf"{4 * r * r if area else 4 * r}\pi")),
    ]
    if value != wrong:
        decoys.append(("area for circumference", word(rf"{wrong}\pi")))
    return Posed(_english(pen, text), truth, tuple(decoys))


FAMILIES: dict[str, Family] = {
    "dot product": _dot_product,
    "cross product": _cross_product,
    "projection": _projection,
    "matrices": _matrices,
    "complex numbers": _complex_numbers,
    "integral": _integral,
    "expand": _expanded,
    "factor": _factored,
    "two points": _between_points,
    "line through two points": _line,
    "unit in the answer": _with_unit,
}
