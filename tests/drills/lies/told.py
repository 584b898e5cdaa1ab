"""Two points, two numbers, two divisors, and what is asked of them; ranges, powers of ten, real parts of equations."""

from __future__ import annotations

import math
from fractions import Fraction

from drills.lies.drilled import Family, Posed
from drills.lies.expressions import constant, minus, polynomial, variable
from drills.lies.notation import Pen
from drills.lies.oracle import Doubtful
from drills.lies.truths import Interval, Truth, number, region, word

__all__ = ["FAMILIES"]

_X = variable("x")


def _decoys(**values: Fraction | int) -> tuple[tuple[str, Truth], ...]:
    return tuple((kind.replace("_", " "), number(other)) for kind, other in values.items())


def _segment(pen: Pen) -> Posed:
    """The middle of two points, the other end, and the square on them."""
    chance = pen.chance
    a, b, c, d = (chance.randint(-9, 9) for _ in range(4))
    if (a, b) == (c, d):
        raise Doubtful
    p, q = pen.framed(f"({a}, {b})"), pen.framed(f"({c}, {d})")
    choice = chance.randrange(5)
    if choice == 0:
        text = pen.pick(
            f"What is the sum of the coordinates of the midpoint of the line segment with endpoints {p} and {q}?",
            f"The points {p} and {q} are the endpoints of a diameter of a circle. What is the sum of the coordinates of the center of the circle?",
        )
        return Posed(
            text,
            number(Fraction(a + b + c + d, 2)),
            _decoys(not_halved=a + b + c + d, differences=Fraction(c - a + d - b, 2)),
        )
    if choice == 1:
        text = f"A line segment has one endpoint at {p} and midpoint at {q}. What is the sum of the coordinates of the other endpoint?"
        return Posed(
            text,
            number(2 * (c + d) - a - b),
            _decoys(midpoint=Fraction(a + b + c + d, 2), turned=2 * (a + b) - c - d),
        )
    if choice == 2:
        if a == c or b == d:
            raise Doubtful
        across = chance.choice(("perpendicular", "parallel"))
        slope = Fraction(d - b, c - a)
        turned = -1 / slope
        text = f"What is the slope of a line {across} to the line containing the points {p} and {q}?"
        right, wrong = (turned, slope) if across == "perpendicular" else (slope, turned)
        return Posed(
            text, number(right), (("the other line", number(wrong)), ("upside down", number(1 / right)))
        )
    square = (c - a) ** 2 + (d - b) ** 2
    where = chance.choice(("adjacent", "opposite"))
    area = Fraction(square) if where == "adjacent" else Fraction(square, 2)
    if choice == 3:
        text = f"The points {p} and {q} are {where} vertices of a square. What is the area of the square?"
        other = Fraction(square, 2) if where == "adjacent" else Fraction(square)
        return Posed(
            text, number(area), (("side and diagonal", number(other)), ("perimeter", number(4 * area)))
        )
    if math.isqrt(square) ** 2 != square:
        raise Doubtful
    length = math.isqrt(square)
    text = pen.pick(
        f"How many units long is a segment whose endpoints are {p} and {q}?",
        f"The length of the line segment with endpoints {p} and {q} is ____.",
    )
    return Posed(text, number(length), _decoys(square=square, steps=abs(c - a) + abs(d - b)))


def _two_numbers(pen: Pen) -> Posed:
    chance = pen.chance
    x, y = chance.randint(2, 12), chance.randint(-5, 11)
    if x <= y or y == 0 or x + y <= 0:
        raise Doubtful
    told = {"sum": x + y, "difference": x - y, "product": x * y, "sum of their squares": x * x + y * y}
    first, second = chance.choice(
        (
            ("sum", "difference"),
            ("sum", "product"),
            ("sum", "sum of their squares"),
            ("product", "difference"),
        )
    )
    if (first, second) == ("product", "difference") and not y > 0:
        raise Doubtful
    positive = y > 0 and chance.random() < 0.6
    if (first, second) == ("product", "difference") and not positive:
        raise Doubtful
    asked = {
        "the larger number": (x, y), "the smaller number": (y, x), "their product": (x * y, x + y),
        "the sum of their squares": (x * x + y * y, (x + y) ** 2), "the square of their difference": ((x - y) ** 2, (x + y) ** 2),
        "their positive difference": (x - y, x + y),
    }  # fmt: skip
    what, (right, wrong) = chance.choice(list(asked.items()))
    text = (
        f"The {first} of two {'positive ' if positive else ''}numbers is {pen.math(told[first])} and "
        f"{'the' if second.startswith('sum of') else 'their'} {second} is {pen.math(told[second])}. What is {what}?"
    )
    return Posed(
        text, number(right), (("the other one", number(wrong)), ("halved", number(Fraction(right, 2))))
    )


def _gap(pen: Pen) -> Posed:
    chance = pen.chance
    a, b = chance.randint(3, 30), chance.randint(2, 29)
    if a <= b:
        raise Doubtful
    one, two = pen.math(constant(a) ** 2), pen.math(constant(b) ** 2)
    text = pen.say(
        en=pen.pick(f"How much greater than {two} is {one}?", f"How much greater is {one} than {two}?"),
        zh=f"{one} 比 {two} 大多少？",
    )
    return Posed(
        text,
        number(a * a - b * b, pen.language),
        _decoys(square_of_the_gap=(a - b) ** 2, sum=a * a + b * b, bases=a - b),
    )


def _divisors(pen: Pen) -> Posed:
    """The greatest common divisor and the least common multiple together."""
    chance = pen.chance
    a, b = chance.randint(4, 60), chance.randint(4, 60)
    gcd, lcm = math.gcd(a, b), math.lcm(a, b)
    if a == b:
        raise Doubtful
    one, two = pen.math(a), pen.math(b)
    names = chance.choice(("greatest common divisor", "greatest common factor")), "least common multiple"
    text = f"What is the sum of the {names[0]} of {one} and {two} and the {names[1]} of {one} and {two}?"
    return Posed(text, number(gcd + lcm), _decoys(product=gcd * lcm, lcm=lcm, numbers=a + b))


def _range(pen: Pen) -> Posed:
    """Of a quadratic, of (a x + b)/(x + c), of k/(x^2 + c)."""
    chance = pen.chance
    shape = chance.randrange(3)
    if shape == 0:
        h, k, a = chance.randint(-5, 5), chance.randint(-9, 9), chance.choice((1, 2, -1, -3))
        f = polynomial([a, -2 * a * h, a * h * h + k])
        parts = (
            [Interval(Fraction(k), None, has_low=True)]
            if a > 0
            else [Interval(None, Fraction(k), has_high=True)]
        )
        wrong = [Interval(None, None)]
    elif shape == 1:
        a, b, c = chance.randint(1, 5), chance.randint(-9, 9), chance.randint(-6, 6)
        if b == a * c:
            raise Doubtful
        f = polynomial([a, b]) / minus(_X, -c)
        parts = [Interval(None, Fraction(a)), Interval(Fraction(a), None)]
        wrong = [Interval(None, Fraction(-c)), Interval(Fraction(-c), None)]
    else:
        k, c = chance.randint(1, 9), chance.randint(1, 9)
        f = constant(k) / (_X**2 + c)
        parts = [Interval(Fraction(0), Fraction(k, c), has_high=True)]
        wrong = [Interval(Fraction(0), Fraction(k, c), has_low=True, has_high=True)]
    law = pen.framed(f"f(x) = {pen.bare(f)}")
    text = pen.say(
        en=pen.pick(f"What is the range of the function {law}?", f"Find the range of {law}."),
        zh=f"求函数 {law} 的值域。",
    )
    return Posed(
        text, region(parts, "y", pen.language), (("domain or end", region(wrong, "y", pen.language)),), "y"
    )


def _scientific(pen: Pen) -> Posed:
    chance = pen.chance
    digits, power = chance.randint(11, 9999), chance.randint(4, 9)
    if digits % 10 == 0:
        raise Doubtful
    value = digits * 10**power
    places = len(str(digits)) - 1
    leading = f"{str(digits)[0]}.{str(digits)[1:]}"
    exponent = power + places
    shown = pen.math(value)
    text = pen.say(
        en=pen.pick(f"Write {shown} in scientific notation.", f"Express {shown} in scientific notation."),
        zh=f"将数据 {shown} 用科学记数法表示为____。",
    )
    good = rf"{leading} \times 10^{{{exponent}}}"
    wrong = {
        "point moved": rf"{digits} \times 10^{{{power}}}",
        "as it was": str(value),
        "one power more": rf"{leading} \times 10^{{{exponent + 1}}}",
        "tenths": rf"0.{digits} \times 10^{{{exponent + 1}}}",
    }
    return Posed(text, word(good, f"${good}$"), tuple((kind, word(answer)) for kind, answer in wrong.items()))


def _real_constant(pen: Pen) -> Posed:
    """(p + a i)(q + r i) = u + v i for a real a."""
    chance = pen.chance
    a, p, q, r = (
        chance.randint(-6, 6),
        chance.randint(-5, 5),
        chance.randint(1, 5),
        chance.choice((-3, -2, -1, 1, 2, 3)),
    )
    u, v = p * q - a * r, p * r + a * q
    if not u or abs(v) < 2 or abs(r) < 2 or not p:
        raise Doubtful

    def signed(value: int) -> str:
        return f"+ {value}" if value >= 0 else f"- {-value}"

    law = pen.framed(f"({p} + ai)({q} {signed(r)}i) = {u} {signed(v)}i")
    asked = pen.framed("a")
    text = pen.say(
        en=f"If {asked} is a real number and {law}, find {asked}.",
        zh=f"若 {asked} 为实数，且 {law}，则 {asked} = ____。",
    )
    return Posed(
        text,
        number(a, pen.language),
        (
            ("sign", number(-a - 1, pen.language)),
            ("real part", number(Fraction(u, q), pen.language) if u % q else number(u * 7, pen.language)),
        ),
    )


FAMILIES: dict[str, Family] = {
    "segment": _segment,
    "two numbers": _two_numbers,
    "how much more": _gap,
    "divisor and multiple": _divisors,
    "range": _range,
    "scientific notation": _scientific,
    "real constant": _real_constant,
}
