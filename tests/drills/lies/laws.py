"""Laws, letters of a form, phrases and quantities in words, and the words that nobody may swallow."""

from __future__ import annotations

import math
from fractions import Fraction

from drills.lies.drilled import Family, Posed
from drills.lies.notation import Pen
from drills.lies.oracle import Doubtful
from drills.lies.truths import number

__all__ = ["FAMILIES"]


def _signed(value: int) -> str:
    return f"+ {value}" if value >= 0 else f"- {-value}"


def _mirrored(pen: Pen) -> Posed:
    """a f(x) + b f(c - x) = p x + q at a place."""
    chance = pen.chance
    a, b = chance.randint(1, 5), chance.randint(2, 7)
    c, p, q, at = (chance.randint(-4, 6), chance.randint(1, 9), chance.randint(-9, 9), chance.randint(-3, 6))
    if a == b or 2 * at == c:
        raise Doubtful

    def right(x: int) -> int:
        return p * x + q

    value = Fraction(a * right(at) - b * right(c - at), a * a - b * b)
    left = f"{a if a > 1 else ''}f(x) + {b}f({c} - x) = {p if p > 1 else ''}x {_signed(q)}"
    kind, swallowed = chance.choice(
        (
            ("real numbers", False),
            ("", False),
            ("negative real numbers", True),
            ("rational numbers", True),
            ("prime numbers", True),
        )
    )
    law, x, f = pen.framed(left), pen.framed("x"), pen.framed(f"f({at})")
    text = pen.pick(
        f"Suppose that {law} for all {kind} {x}. Find {f}.",
        f"The function {pen.framed('f')} satisfies {law} for all {kind} {x}. What is {f}?",
        f"For all {kind} {x}, {law}. Compute {f}.",
    ).replace("  ", " ")
    mirrored = Fraction(a * right(c - at) - b * right(at), a * a - b * b)
    decoys = (
        ("the mirrored place", number(mirrored)),
        ("no second equation", number(Fraction(right(at), a + b))),
    )
    if swallowed:
        return Posed(text, None, (("the condition swallowed", number(value)), *decoys))
    return Posed(text, number(value), decoys)


def _constants(pen: Pen) -> Posed:
    """(x + u)(x + v) = x² + a x + b for all x."""
    chance = pen.chance
    u, v = chance.randint(-8, 8), chance.randint(-8, 8)
    if not u or not v or u + v in (0, u * v):
        raise Doubtful
    law = pen.framed(f"(x {_signed(u)})(x {_signed(v)}) = x^2 + ax + b")
    a, b, x = pen.framed("a"), pen.framed("b"), pen.framed("x")
    total = pen.framed("a + b")
    text = pen.pick(
        f"If {a} and {b} are constants such that {law} for all {x}, find {total}.",
        f"For all real numbers {x}, {law}. What is {total}?",
        f"{a} and {b} are real constants such that {law}. Find {total}.",
    )
    return Posed(
        text,
        number(u + v + u * v),
        (("the product", number(u * v)), ("a minus", number(u * v - u - v)), ("the sum", number(u + v))),
    )


def _shifted(pen: Pen) -> Posed:
    """f(m x + k) is told, a value of f is asked for."""
    chance = pen.chance
    m, k, p, q = (chance.randint(1, 4), chance.randint(-5, 5), chance.randint(2, 6), chance.randint(-7, 7))
    x = Fraction(chance.randint(-4, 4))
    at = m * x + k
    if (m, k) == (1, 0):
        raise Doubtful
    law = pen.framed(f"f({m if m > 1 else ''}x {_signed(k)}) = {p}x {_signed(q)}")
    f = pen.framed(f"f({at})")
    text = pen.pick(
        f"If {law}, what is {f}?", f"Suppose that {law} for all real {pen.framed('x')}. Find {f}."
    )
    return Posed(
        text,
        number(p * x + q),
        (("not shifted", number(p * at + q)), ("shifted twice", number(p * (m * at + k) + q))),
    )


def _plain_order(pen: Pen) -> Posed:
    """Two numbers told in an unusual order of words; `or`, and another kind, must not be read."""
    chance = pen.chance
    x, y = chance.randint(2, 9), chance.randint(-6, 9)
    if y in (0, x):
        raise Doubtful
    first, second = pen.framed(f"x + y = {x + y}"), pen.framed(f"x - y = {x - y}")
    names, asked = f"{pen.framed('x')} and {pen.framed('y')}", pen.framed("xy")
    word, swallowed = chance.choice((("and", False), ("and", False), ("or", True)))
    kind, strange = chance.choice((("reals", False), ("real numbers", False), ("consecutive integers", True)))
    text = pen.pick(
        f"Two {kind} {names} are such that {first} {word} {second}. Compute {asked}.",
        f"The {kind} {names} satisfy both {first} {word} {second}. Find {asked}.",
        f"There exist {kind} {names} for which {first} {word} {second}. What is {asked}?",
    )
    truth = number(x * y)
    decoys = (("the sum", number(x + y)), ("the difference", number(x - y)))
    if swallowed or strange:
        return Posed(text, None, (("the word swallowed", truth), *decoys))
    return Posed(text, truth, decoys)


def _of_fraction(pen: Pen) -> Posed:
    """The sum of the solutions of a x² - b x + c = 0 as m/n."""
    chance = pen.chance
    a, r, s = chance.randint(2, 9), chance.randint(1, 9), chance.randint(1, 9)
    b = chance.randint(2, 30)
    c = Fraction(b * b, 4 * a) - r
    if c.denominator != 1 or s == r:
        raise Doubtful
    whole = Fraction(b, a)
    m, n = whole.numerator, whole.denominator
    kind, told = chance.choice(
        (
            ("relatively prime positive integers", True),
            ("positive integers", False),
            ("relatively prime integers", False),
            ("relatively prime positive odd integers", m % 2 == 1 and n % 2 == 1),
        )
    )
    equation = pen.framed(f"{a}x^2 - {b}x {'+' if c >= 0 else '-'} {abs(c)} = 0")
    form = pen.either(r"\frac{m}{n}", "m/n")
    letters, asked = f"{pen.framed('m')} and {pen.framed('n')}", pen.framed("m + n")
    text = f"The sum of the solutions of {equation} can be written as {form}, where {letters} are {kind}. Find {asked}."
    truth = number(m + n)
    decoys = (("not reduced", number(2 * (m + n))), ("the difference", number(m - n)))
    return Posed(text, truth, decoys) if told else Posed(text, None, (("undecided", truth), *decoys))


def _of_root(pen: Pen) -> Posed:
    """The distance of two points as a√b."""
    chance = pen.chance
    x, y = chance.randint(1, 12), chance.randint(1, 12)
    square = x * x + y * y
    a = max(k for k in range(1, 20) if square % (k * k) == 0)
    b = square // (a * a)
    if b == 1 or math.isqrt(square) ** 2 == square:
        raise Doubtful
    u, v = chance.randint(-5, 5), chance.randint(-5, 5)
    p, q = pen.framed(f"({u}, {v})"), pen.framed(f"({u + x}, {v + y})")
    form = pen.either(r"a\sqrt{b}", "a√b")
    letters = f"{pen.framed('a')} and {pen.framed('b')}"
    condition, told = chance.choice(
        (
            (f" and {pen.framed('b')} is not divisible by the square of any prime", True),
            (f" and {pen.framed('b')} is square-free", True),
            ("", False),
            (f" and {pen.framed('b')} is a multiple of 3", False),
        )
    )
    text = (
        f"The distance between {p} and {q} can be expressed as {form}, where {letters} are positive integers"
        f"{condition}. What is {pen.framed('a + b')}?"
    )
    truth = number(a + b)
    decoys = (("not drawn out", number(1 + square)), ("the product", number(a * b + 1)))
    return Posed(text, truth, decoys) if told else Posed(text, None, (("undecided", truth), *decoys))


def _phrase(pen: Pen) -> Posed:
    """The distance of a center or a vertex from a point; what makes it another length must not be swallowed."""
    chance = pen.chance
    h, k = chance.randint(-6, 6), chance.randint(-6, 6)
    a, b = chance.choice(((3, 4), (5, 12), (8, 6), (0, 7)))
    r = chance.randint(1, 9)
    place = pen.framed(f"({h + a}, {k - b})")
    if chance.random() < 0.5:
        curve = pen.framed(f"x^2 + y^2 {_signed(-2 * h)}x {_signed(-2 * k)}y = {r * r - h * h - k * k}")
        named = pen.pick(f"center of the circle with equation {curve}", f"center of the circle {curve}")
    else:
        curve = pen.framed(f"y = x^2 {_signed(-2 * h)}x {_signed(h * h + k)}")
        named = pen.pick(f"vertex of the parabola {curve}", f"vertex of the graph of the equation {curve}")
    word, swallowed = chance.choice((("", False), ("", False), ("twice ", True), ("horizontal ", True)))
    if word == "horizontal " and a * a == a * a + b * b:
        raise Doubtful
    text = pen.pick(
        f"What is {word if word == 'twice ' else ''}the {word if word != 'twice ' else ''}distance between the {named} and the point {place}?",
        f"Find {word if word == 'twice ' else ''}the {word if word != 'twice ' else ''}distance from the point {place} to the {named}.",
    )
    length = math.isqrt(a * a + b * b)
    decoys = (("the square", number(length * length + 1)), ("the sum of the steps", number(a + b + 1)))
    if swallowed:
        return Posed(text, None, (("the word swallowed", number(length)), *decoys))
    return Posed(text, number(length), decoys)


def _line_of(pen: Pen) -> Posed:
    """What a line through a point, beside another one, has for slope and intercepts."""
    chance = pen.chance
    m, c = chance.choice((-4, -3, -2, 2, 3, 5)), chance.randint(-6, 6)
    p, q = chance.randint(-5, 5), chance.randint(-5, 5)
    how = chance.choice(("parallel", "perpendicular"))
    slope = Fraction(m) if how == "parallel" else Fraction(-1, m)
    line, place = pen.framed(f"y = {m}x {_signed(c)}"), pen.framed(f"({p}, {q})")
    y = pen.framed("y")
    text = pen.pick(
        f"What is the {y}-intercept of the line through {place} that is {how} to the line {line}?",
        f"Find the {y}-intercept of the line that passes through {place} and is {how} to the line {line}.",
    )
    other = Fraction(-1, m) if how == "parallel" else Fraction(m)
    if p == 0 or slope * p == other * p:
        raise Doubtful
    return Posed(
        text,
        number(q - slope * p),
        (
            ("the other line", number(q - other * p)),
            ("of the told line", number(Fraction(c) + Fraction(1, 7))),
        ),
    )


def _sequence(pen: Pen) -> Posed:
    """A term or a sum of an arithmetic or geometric sequence that is told in words."""
    chance = pen.chance
    a, d, n = chance.randint(1, 9), chance.randint(2, 6), chance.randint(4, 9)
    kind = chance.choice(("arithmetic", "geometric"))
    terms = [a + k * d if kind == "arithmetic" else a * d**k for k in range(n + 1)]
    step = "common difference" if kind == "arithmetic" else "common ratio"
    first, by = pen.framed(str(a)), pen.framed(str(d))
    word, swallowed = chance.choice((("", False), ("", False), ("reversed ", True)))
    opening = pen.pick(
        f"The first term of the {word}{kind} sequence is {first} and the {step} is {by}.".replace(
            f"the {kind}", f"{'an' if kind == 'arithmetic' else 'a'} {kind}"
        ),
        f"{'An' if kind == 'arithmetic' and not word else 'A'} {word}{kind} sequence has first term {first} and {step} {by}.",
    )
    if chance.random() < 0.5:
        text, right, other = f"{opening} What is the {pen.framed(str(n))}th term?", terms[n - 1], terms[n]
    else:
        text = f"{opening} What is the sum of the first {pen.framed(str(n))} terms?"
        right, other = sum(terms[:n]), sum(terms)
    decoys = (("one more", number(other)), ("one step less", number(right - d - 1)))
    if swallowed:
        return Posed(text, None, (("the word swallowed", number(right)), *decoys))
    return Posed(text, number(right), decoys)


def _figure(pen: Pen) -> Posed:
    """A quantity of a square, a rectangle or a cube from another one; other units and figures must not be mixed."""
    chance = pen.chance
    s, w = chance.randint(2, 12), chance.randint(13, 20)
    told, asked, right, other = chance.choice(
        (
            (f"The area of a square is {pen.framed(str(s * s))} square inches.", "perimeter", 4 * s, s),
            (f"A square has perimeter {pen.framed(str(4 * s))} inches.", "area", s * s, 16 * s * s),
            (
                f"A rectangle has length {pen.framed(str(w))} inches and width {pen.framed(str(s))} inches.",
                "perimeter",
                2 * (s + w),
                s + w,
            ),
            (
                f"The perimeter of a rectangle is {pen.framed(str(2 * (s + w)))} inches and its length is {pen.framed(str(w))} inches.",
                "area",
                s * w,
                w * (s + w),
            ),
            (f"A cube has edge {pen.framed(str(s))} inches.", "volume", s**3 + 0, 6 * s * s + 1),
        )
    )
    unit, swallowed = chance.choice(
        (("", False), ("", False), (", in feet", True), (" after it is doubled", True))
    )
    text = f"{told} What is its {asked}{unit}?"
    decoys = (("another quantity", number(other)), ("one more", number(right + 1)))
    if swallowed:
        return Posed(text, None, (("the words swallowed", number(right)), *decoys))
    return Posed(text, number(right), decoys)


def _proportion(pen: Pen) -> Posed:
    """Direct and inverse proportion, to a quantity or its square."""
    chance = pen.chance
    x, y, at = chance.randint(1, 12), chance.randint(1, 9), chance.randint(1, 9)
    how, square = chance.choice(("directly", "inversely")), chance.random() < 0.4
    power = 2 if square else 1
    factor = Fraction(at, y) ** power
    if y == at:
        raise Doubtful
    right = x * factor if how == "directly" else x / factor
    other = x / factor if how == "directly" else x * factor
    names = [pen.framed(name) for name in "uv"]
    to = f"the square of {names[1]}" if square else names[1]
    told = [pen.framed(f"u = {x}"), pen.framed(f"v = {y}"), pen.framed(f"v = {at}")]
    word, swallowed = chance.choice((("", False), ("", False), (" not", True), (" nearly", True)))
    text = f"If {names[0]} is{word} {how} proportional to {to} and {told[0]} when {told[1]}, what is {names[0]} when {told[2]}?"
    decoys = (("the other way", number(other)), ("one more", number(right + 1)))
    if swallowed:
        return Posed(text, None, (("the word swallowed", number(right)), *decoys))
    return Posed(text, number(right), decoys)


FAMILIES: dict[str, Family] = {
    "sequence in words": _sequence,
    "figure in words": _figure,
    "proportion in words": _proportion,
    "distance of a phrase": _phrase,
    "line of a phrase": _line_of,
    "letters of a fraction": _of_fraction,
    "letters of a root": _of_root,
    "mirrored law": _mirrored,
    "constants of an identity": _constants,
    "shifted law": _shifted,
    "plain order": _plain_order,
}
