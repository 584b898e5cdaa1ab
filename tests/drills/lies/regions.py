"""Domains, inequalities and sets of real numbers: every part of a formula is real."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from drills.lies.conditions import relation
from drills.lies.drilled import Family, Posed
from drills.lies.expressions import Formula, call, constant, minus, polynomial, value, variable
from drills.lies.notation import Pen
from drills.lies.oracle import Doubtful, compare, region_of
from drills.lies.truths import Truth, number, region, roots, word

__all__ = ["FAMILIES"]


def _shifted(pen: Pen, zero: int) -> Formula:
    x = variable("x")
    if pen.chance.random() < 0.2:
        return constant(zero) - x if zero else -x
    return minus(x, zero)


def _part(pen: Pen, zero: int) -> Formula:
    """Something that is not defined everywhere, and changes at `zero`."""
    inner = _shifted(pen, zero)
    return pen.chance.choice(
        (call("sqrt", inner), call("sqrt", inner), call("ln", inner), constant(1) / inner)
    )


def _function(pen: Pen) -> tuple[Formula, list[Fraction]]:
    """A formula, and where its parts change."""
    chance, x = pen.chance, variable("x")
    a, b = chance.sample(range(-5, 6), 2)
    breaks = [Fraction(a), Fraction(b)]
    choice = chance.randrange(8)
    if choice == 0:
        one, two = call("sqrt", _shifted(pen, a)), call("sqrt", _shifted(pen, b))
        return one / two, breaks
    if choice == 1:
        return call("sqrt", minus(x, a)) ** 2, breaks
    if choice == 2:
        return call("log", _shifted(pen, a), 2), [Fraction(a), Fraction(a + 1), Fraction(a - 1)]
    if choice == 3:
        return _part(pen, a), breaks
    if choice == 4:
        quadratic = polynomial([1, -a - b, a * b])
        return pen.chance.choice(
            (call("sqrt", quadratic), call("ln", quadratic), constant(1) / quadratic)
        ), breaks
    if choice == 5:
        return _part(pen, a) * _part(pen, b), breaks
    if choice == 6:
        return call("ln", _shifted(pen, a)) - call("ln", _shifted(pen, b)), breaks
    return _part(pen, a) + _part(pen, b), breaks


def _is_defined(formula: Formula) -> Callable[[Fraction], bool]:
    return lambda at: value(formula, {"x": at}) is not None


def _loose(formula: Formula, breaks: list[Fraction]) -> list[tuple[str, Truth]]:
    """Domains of those parts alone that the formula is made of."""
    return [
        ("domain of a part", region(region_of(_is_defined(part), breaks), "x", "en"))
        for part in formula.parts
        if part.kind not in ("num", "var")
    ]


def _domain(pen: Pen) -> Posed:
    formula, breaks = _function(pen)
    parts = region_of(_is_defined(formula), breaks)
    f = pen.framed(f"f(x) = {pen.bare(formula)}")
    text = pen.say(
        en=pen.pick(
            f"Find the domain of {f}.",
            f"What is the domain of the function {f}?",
            f"Find the domain of {pen.math(formula)}.",
        ),
        zh=pen.pick(f"函数 {f} 的定义域是", f"求函数 {f} 的定义域。"),
    )
    return Posed(text, region(parts, "x", pen.language), tuple(_loose(formula, breaks)))


_SIGNS = ("<", "<=", ">", ">=")


def _inequality(pen: Pen) -> Posed:
    """Polynomial, rational, absolute, or with roots and logarithms that hold only where they are real."""
    chance, x = pen.chance, variable("x")
    sign = chance.choice(_SIGNS)
    left, right, breaks = _sides(pen)
    parts = region_of(lambda at: compare(value(left, {"x": at}), sign, value(right, {"x": at})), breaks)
    ineq = pen.math(left, sign, right)
    limit = relation(chance, breaks, "x") if chance.random() < 0.25 else None
    name = pen.math(x)
    if limit is None:
        text = pen.say(
            en=pen.pick(
                f"Solve {ineq}.",
                f"Solve the inequality {ineq}.",
                f"Find all real numbers {name} such that {ineq}.",
            ),
            zh=pen.pick(f"解不等式 {ineq}", f"不等式 {ineq} 的解集是"),
        )
        return Posed(text, region(parts, "x", pen.language), ())
    rel = pen.math(
        *[
            part if not isinstance(part, str) else variable(part) if part.isalpha() else part
            for part in limit.chain
        ]
    )
    ends = [part for part in limit.chain if isinstance(part, Fraction)]
    narrowed = region_of(
        lambda at: limit.test(at) and compare(value(left, {"x": at}), sign, value(right, {"x": at})),
        [*breaks, *ends],
    )
    text = pen.say(
        en=pen.pick(
            f"Solve {ineq} for {rel}.", f"Solve {ineq}, where {rel}.", f"Solve {ineq}. (Assume {rel}.)"
        ),
        zh=f"已知 {rel}，解不等式 {ineq}。",
    )
    forgotten = ("forgotten condition", region(parts, "x", pen.language))
    return Posed(text, region(narrowed, "x", pen.language), (forgotten,))


def _sides(pen: Pen) -> tuple[Formula, Formula, list[Fraction]]:
    chance, x = pen.chance, variable("x")
    a, b = sorted(chance.sample(range(-5, 6), 2))
    choice = chance.randrange(8)
    if choice == 0:
        k, c, d = chance.randint(2, 6), chance.randint(1, 9), chance.randint(-9, 20)
        return k * x + c, constant(d), [Fraction(d - c, k)]
    if choice in (1, 2):
        return polynomial([1, -a - b, a * b]), constant(0), [Fraction(a), Fraction(b)]
    if choice == 3:
        return _shifted(pen, a) / _shifted(pen, b), constant(0), [Fraction(a), Fraction(b)]
    if choice == 4:
        size = chance.randint(0, 6)
        return (
            call("abs", _shifted(pen, a)),
            constant(size),
            [Fraction(a - size), Fraction(a), Fraction(a + size)],
        )
    if choice == 5:
        root = call("sqrt", minus(x, abs(a)))
        level = chance.randint(1, 9)
        return root * root, constant(level), [Fraction(abs(a)), Fraction(abs(a) + level)]
    if choice == 6:
        left = call("ln", _shifted(pen, a)) - call("ln", _shifted(pen, b))
        middle = Fraction(a + b, 2)
        return left, constant(0), [Fraction(a), Fraction(b), middle]
    base, power = chance.choice((2, 3)), chance.choice((1, 2))
    ends = [Fraction(0), Fraction(1), Fraction(base)]
    return call("log", x, base**power), constant(power), ends


def _value_outside(pen: Pen) -> Posed:
    """f(a), where f may not be defined though its value can be computed by way of imaginary numbers."""
    chance, x = pen.chance, variable("x")
    a, b = chance.sample(range(8), 2)
    at = chance.randint(-3, 9)
    choice = chance.randrange(3)
    formula = (
        call("sqrt", minus(x, a)) * call("sqrt", minus(x, b))
        if choice == 0
        else call("sqrt", minus(x, a)) / call("sqrt", minus(x, b))
        if choice == 1
        else call("ln", minus(x, a)) - call("ln", minus(x, b))
    )
    found = value(formula, {"x": Fraction(at)})
    f = pen.framed(f"f(x) = {pen.bare(formula)}")
    text = pen.say(
        en=pen.pick(f"If {f}, find {pen.framed(f'f({at})')}.", f"Let {f}. What is {pen.framed(f'f({at})')}?"),
        zh=f"已知 {f}，求 {pen.framed(f'f({at})')}。",
    )
    if found is None:
        product = (
            Fraction((at - a) * (at - b))
            if choice == 0
            else Fraction(at - a, at - b)
            if at != b
            else Fraction(0)
        )
        size = value(call("sqrt", 1) * call("sqrt", constant(abs(product))), {})
        sizes = [size] if isinstance(size, Fraction) else []
        decoys = [
            ("imaginary parts", number(sign * part, pen.language)) for part in sizes for sign in (1, -1)
        ]
        return Posed(
            text, word("undefined", "does not exist", "无意义"), (*decoys, ("zero", number(0, pen.language)))
        )
    if not isinstance(found, Fraction):
        raise Doubtful
    return Posed(text, number(found, pen.language))


def _cut_with_list(pen: Pen) -> Posed:
    """{x | inequality} ∩ {a few numbers}."""
    chance = pen.chance
    left, right, _ = _sides(pen)
    sign = chance.choice(_SIGNS)
    listed = sorted(chance.sample(range(-5, 8), chance.choice((2, 3, 4))))
    chosen = [
        Fraction(at)
        for at in listed
        if compare(value(left, {"x": Fraction(at)}), sign, value(right, {"x": Fraction(at)}))
    ]
    written = f"{pen.bare(left)} {pen._sign(sign)} {pen.bare(right)}"
    members = ", ".join(map(str, listed))
    if pen.notation == "latex":
        a, b, cut = rf"$A=\{{x|{written}\}}$", rf"$B=\{{{members}\}}$", r"$A\cap B$"
    else:
        a, b, cut = f"A={{x|{written}}}", f"B={{{members}}}", "A∩B"
    text = pen.say(en=f"Let {a} and {b}. Find {cut}.", zh=f"已知集合{a}，{b}，则{cut}=")
    truth = _set_of(chosen, pen)
    decoys = [("all of the list", _set_of([Fraction(at) for at in listed], pen))]
    decoys += [
        ("one more", _set_of([*chosen, Fraction(at)], pen)) for at in listed if Fraction(at) not in chosen
    ][:2]
    decoys += [("one less", _set_of(chosen[1:], pen))] if chosen else []
    return Posed(text, truth, tuple(decoys))


def _set_of(values: list[Fraction], pen: Pen) -> Truth:
    made = roots(values, "x", pen.language)
    if not values:
        return Truth(("set",), (r"\emptyset", r"$\emptyset$", "∅"))
    body = r"\{" + ", ".join(str(at) for at in sorted(values)) + r"\}"
    return Truth(("set", *made.meaning[1:]), (body, f"${body}$"))  # type: ignore[index]


def _integers_within(pen: Pen) -> Posed:
    """How many integers, of some kind, satisfy an inequality."""
    chance = pen.chance
    a, b = sorted(chance.sample(range(-9, 10), 2))
    left, sign = polynomial([1, -a - b, a * b]), chance.choice(("<", "<="))
    kinds = (
        ("", "", lambda n: True),
        ("positive ", "正", lambda n: n > 0),
        ("negative ", "负", lambda n: n < 0),
        ("nonnegative ", "非负", lambda n: n >= 0),
    )
    en, zh, test = chance.choice(kinds)
    hits = [n for n in range(-40, 41) if compare(value(left, {"x": Fraction(n)}), sign, Fraction(0))]
    ineq, x = pen.math(left, sign, 0), pen.math(variable("x"))
    text = pen.say(
        en=pen.pick(
            f"How many {en}integers {x} satisfy {ineq}?",
            f"Find the number of {en}integer solutions of {ineq}.",
        ),
        zh=f"满足 {ineq} 的{zh}整数 {x} 有多少个？",
    )
    counts = [
        ("forgotten condition", len(hits)),
        ("end points", len(hits) - 2 if sign == "<=" else len(hits) + 2),
    ]
    decoys = tuple((kind, number(count, pen.language)) for kind, count in counts)
    return Posed(text, number(sum(test(n) for n in hits), pen.language), decoys)


FAMILIES: dict[str, Family] = {
    "domain": _domain,
    "inequality": _inequality,
    "value outside of the domain": _value_outside,
    "set cut with a list": _cut_with_list,
    "integers within": _integers_within,
}
