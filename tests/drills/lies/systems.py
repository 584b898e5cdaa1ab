"""Equations in two unknowns: order, kinds, hidden solutions, intersections and intercepts."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from drills.lies.conditions import KINDS
from drills.lies.drilled import Family, Posed
from drills.lies.expressions import Formula, constant, minus, polynomial, value, variable
from drills.lies.notation import Pen
from drills.lies.oracle import Doubtful
from drills.lies.truths import nothing, number, pairs, roots

__all__ = ["FAMILIES"]

Pair = tuple[Fraction, Fraction]


def _linear(pen: Pen) -> tuple[str, list[Pair]]:
    chance, x, y = pen.chance, variable("x"), variable("y")
    first, second = Fraction(chance.randint(-6, 9)), Fraction(chance.randint(-6, 9))
    a, b = chance.randint(1, 4), chance.randint(1, 4)
    left, right = (x if a == 1 else a * x) + y, x - (y if b == 1 else b * y)
    one = pen.math(left, "=", a * first + second)
    two = pen.math(right, "=", first - b * second)
    return f"{one}, {two}" if pen.language == "zh" or chance.random() < 0.4 else f"{one} and {two}", [
        (first, second)
    ]


def _symmetric(pen: Pen) -> tuple[str, list[Pair]]:
    """x + y = s and xy = p: both orders are solutions."""
    a, b = Fraction(pen.chance.randint(-5, 7)), Fraction(pen.chance.randint(-5, 7))
    x, y = variable("x"), variable("y")
    return f"{pen.math(x + y, '=', a + b)} and {pen.math(x * y, '=', a * b)}", sorted({(a, b), (b, a)})


def _system(pen: Pen) -> Posed:
    """In the order that the problem names."""
    law, found = _linear(pen) if pen.chance.random() < 0.7 else _symmetric(pen)
    turned = pen.chance.random() < 0.4
    names = ("y", "x") if turned else ("x", "y")
    pair = pen.framed(f"({names[0]}, {names[1]})")
    text = pen.say(
        en=pen.pick(
            f"Solve for {pair}: {law}",
            f"Find all ordered pairs {pair} such that {law}.",
            f"Solve the system of equations for {pair}: {law}",
        ),
        zh=f"解方程组 {law}" if not turned else f"若 {law}，求 {pair}。",
    )
    ordered = [pair[::-1] if turned else pair for pair in found]
    return Posed(
        text,
        pairs(ordered, names, pen.language),
        (("order", pairs([p[::-1] for p in ordered], names, pen.language)),),
    )


def _conditioned(pen: Pen) -> Posed:
    """Two equations and a kind of number, which may leave nothing."""
    law, found = _linear(pen)
    kind = pen.chance.choice(
        [kind for kind in KINDS if (kind.en.startswith("a ") and "real" in kind.en) or "positive" in kind.en]
    )
    (first, second), x, y = found[0], pen.math(variable("x")), pen.math(variable("y"))
    fits = kind.test(first) and kind.test(second)
    words = kind.en.removeprefix("a ").removeprefix("an ")
    plural = words.replace("number", "numbers").replace("integer", "integers")
    text = pen.say(
        en=pen.pick(
            f"If {x} and {y} are {plural} such that {law}, what is {x}?",
            f"Let {x} and {y} be {plural}. If {law}, find {x}.",
        ),
        zh=f"若 {x}、{y} 都是{kind.zh}，且 {law}，则 {x} 的值是多少？",
    )
    truth = roots([first], "x", pen.language) if fits else nothing(pen.language)
    decoys = (
        ("forgotten condition", roots([first], "x", pen.language)),
        ("the other unknown", roots([second], "x", pen.language)),
    )
    return Posed(text, truth, decoys)


def _zero_below(pen: Pen) -> Posed:
    """ax/y = 0 with x + y = 0: the only candidate makes the denominator zero."""
    k, c = pen.chance.randint(2, 9), pen.chance.choice((0, 0, 3, -4))
    x, y = variable("x"), variable("y")
    text = pen.say(
        en=f"If {pen.math(k * x / y, '=', 0)} and {pen.math(x + y, '=', c)}, what is {pen.math(x)}?",
        zh=f"若 {pen.math(k * x / y, '=', 0)}，且 {pen.math(x + y, '=', c)}，则 {pen.math(x)} 的值是多少？",
    )
    truth = roots([Fraction(0)], "x", pen.language) if c else nothing(pen.language)
    return Posed(
        text,
        truth,
        (
            ("zero below", roots([Fraction(0)], "x", pen.language)),
            ("the other one", roots([Fraction(c)], "x", pen.language)),
        ),
    )


def _sign_changes(left: Formula) -> int:
    """How many real zeros a polynomial in x has whose zeros are simple, by changes of sign on a fine grid."""
    values = [value(left, {"x": step / 64 + 1 / 977}) for step in range(-64 * 12, 64 * 12 + 1)]
    signs = [float(at) > 0 for at in values if at is not None]
    return sum(one != two for one, two in pairwise(signs))


def _hidden(pen: Pen) -> tuple[Formula, int]:
    """A polynomial of degree 3 to 5 whose real zeros radicals may not express, with their number."""
    chance = pen.chance
    degree = chance.choice((3, 5, 5))
    coefficients = (
        [1] + [0] * (degree - 2) + [chance.choice((-3, -2, -1, 1, 2)), chance.choice((-3, -1, 1, 3))]
    )
    formula = polynomial(coefficients)
    # Two zeros that nearly touch could hide between two points of the grid.
    grid = [value(formula, {"x": step / 512}) for step in range(-512 * 3, 512 * 3)]
    lows = [
        b
        for a, b, c in zip(grid, grid[1:], grid[2:], strict=False)
        if a is not None and b is not None and c is not None and (b - a) * (c - b) <= 0
    ]
    if any(abs(float(low)) < 0.05 for low in lows):
        raise Doubtful
    return formula, _sign_changes(formula)


def _intercepts(pen: Pen) -> Posed:
    formula, count = _hidden(pen)
    curve = pen.math(variable("y"), "=", formula)
    x, zero = pen.math(variable("x")), pen.math(variable("y"), "=", 0)
    choice = pen.chance.randrange(4)
    text = (
        f"How many {x}-intercepts does the graph of {curve} have?",
        f"How many real solutions does {pen.math(formula, '=', 0)} have?",
        f"How many solutions does the system {curve}, {zero} have?",
        f"How many points of intersection are there between the graphs of {curve} and {zero}?",
    )[choice]
    if pen.language == "zh":
        text = f"方程 {pen.math(formula, '=', 0)} 的实数根的个数是多少？"
    every = [(f"{n} of them", number(n, pen.language)) for n in range(4)]
    return Posed(text, number(count, pen.language), tuple(every))


def _solved_hidden(pen: Pen) -> Posed:
    """A system whose solutions cannot be written down; that there is none is wrong."""
    formula, count = _hidden(pen)
    if not count:
        raise Doubtful
    y = variable("y")
    law = f"{pen.math(y, '=', formula)}, {pen.math(y, '=', 0)}"
    text = pen.say(
        en=pen.pick(
            f"Solve the system {law}.",
            f"Find all ordered pairs of real numbers {pen.framed('(x, y)')} such that {law.replace(', ', ' and ')}.",
        ),
        zh=f"解方程组 {law}",
    )
    decoys = [
        ("none", nothing(pen.language)),
        ("zero", pairs([(Fraction(0), Fraction(0))], ("x", "y"), pen.language)),
        ("one", pairs([(Fraction(1), Fraction(0))], ("x", "y"), pen.language)),
    ]
    if value(formula, {"x": Fraction(0)}) == 0 or value(formula, {"x": Fraction(1)}) == 0:
        raise Doubtful
    return Posed(text, None, tuple(decoys))


def _lost_pair(pen: Pen) -> Posed:
    """y = x² and x = a polynomial in y: one solution is easily seen, and radicals do not express the others."""
    x, y = variable("x"), variable("y")
    k = pen.chance.choice((1, 2))
    law = f"{pen.math(y, '=', x**2)} and {pen.math(x, '=', y**3 - (y if k == 1 else k * y) + k)}"
    composed = x**6 - (x**2 if k == 1 else k * x**2) + constant(k) - x
    if _sign_changes(composed) < 2:
        raise Doubtful
    text = f"Find all ordered pairs of real numbers {pen.framed('(x,y)')} such that {law}."
    seen = pairs([(Fraction(1), Fraction(1))], ("x", "y"), "en")
    return Posed(text, None, (("lost solution", seen), ("none", nothing("en"))))


def _meeting(pen: Pen) -> Posed:
    """Where a line and a parabola meet."""
    chance, x, y = pen.chance, variable("x"), variable("y")
    a, b = chance.sample(range(-4, 5), 2)
    line = minus((a + b) * x if a + b not in (0, 1) else x if a + b == 1 else constant(0) * x, a * b)
    if a + b == 0:
        line = constant(-a * b)
    found = sorted({(Fraction(at), Fraction(at * at)) for at in (a, b)})
    law = f"{pen.math(y, '=', x**2)} and {pen.math(y, '=', line)}"
    text = pen.pick(
        f"Find all ordered pairs {pen.framed('(x, y)')} such that {law}.",
        f"At what points do the graphs of {law} intersect?",
    )
    return Posed(text, pairs(found, ("x", "y"), "en"), (("one of two", pairs(found[:1], ("x", "y"), "en")),))


FAMILIES: dict[str, Family] = {
    "system": _system,
    "system of a kind": _conditioned,
    "denominator of a system": _zero_below,
    "number of hidden roots": _intercepts,
    "hidden solutions": _solved_hidden,
    "lost pair": _lost_pair,
    "line and parabola": _meeting,
}
