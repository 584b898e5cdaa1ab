"""Functions, calculus and sequences: values, corners, limits, sums; truth by exact arithmetic of their own."""

from __future__ import annotations

from fractions import Fraction

from drills.lies.drilled import Family, Posed
from drills.lies.expressions import call, minus, polynomial, value, variable
from drills.lies.notation import Pen
from drills.lies.oracle import Doubtful
from drills.lies.truths import Truth, number, word

__all__ = ["FAMILIES"]


def _absent(pen: Pen) -> Truth:
    return (
        word("does not exist", "undefined", "不存在")
        if pen.language == "en"
        else word("不存在", "does not exist")
    )


def _coefficients(pen: Pen, degree: int) -> list[int]:
    return [pen.chance.choice((1, 1, 2, 3, -1, -2)), *(pen.chance.randint(-6, 6) for _ in range(degree))]


def _value(pen: Pen) -> Posed:
    f, at = polynomial(_coefficients(pen, 2)), pen.chance.randint(-4, 6)
    found, other = value(f, {"x": Fraction(at)}), value(f, {"x": Fraction(-at)})
    assert isinstance(found, Fraction)
    assert isinstance(other, Fraction)
    law, asked = pen.framed(f"f(x) = {pen.bare(f)}"), pen.framed(f"f({at})")
    text = pen.say(
        en=pen.pick(f"If {law}, find {asked}.", f"Let {law}. What is {asked}?"),
        zh=f"已知 {law}，求 {asked}。",
    )
    return Posed(text, number(found, pen.language), (("at the other sign", number(other, pen.language)),))


def _derivative(pen: Pen) -> Posed:
    """f'(a) of a polynomial, or of |x - c|, which has none at its corner."""
    chance, x = pen.chance, variable("x")
    at = chance.randint(-4, 4)
    if chance.random() < 0.5:
        corner = at if chance.random() < 0.5 else at + chance.choice((-2, 3))
        f = call("abs", minus(x, corner))
        truth = _absent(pen) if corner == at else number(1 if at > corner else -1, pen.language)
        decoys = [(f"it is {n}", number(n, pen.language)) for n in (0, 1, -1)]
    else:
        a, b, c = _coefficients(pen, 2)
        f = polynomial([a, b, c])
        truth = number(2 * a * at + b, pen.language)
        decoys = [
            ("the value itself", number(a * at * at + b * at + c, pen.language)),
            ("the second one", number(2 * a, pen.language)),
        ]
    law, asked = pen.framed(f"f(x) = {pen.bare(f)}"), pen.framed(f"f'({at})")
    text = pen.say(
        en=pen.pick(f"If {law}, find {asked}.", f"Let {law}. What is {asked}?"),
        zh=f"已知 {law}，求 {asked}。",
    )
    return Posed(text, truth, tuple(decoys))


def _limit(pen: Pen) -> Posed:
    """At a point of the domain, at a hole, at a pole, and where the function is not real on either side."""
    chance, x = pen.chance, variable("x")
    at, b = chance.randint(-4, 5), chance.randint(-5, 5)
    choice = chance.randrange(5)
    decoys = [("zero", number(0, pen.language)), ("one", number(1, pen.language))]
    truth: Truth | None
    if choice == 0:
        f, truth = minus(x, at) * minus(x, b) / minus(x, at), number(at - b, pen.language)
    elif choice == 1:
        f = polynomial([1, b, 2])
        truth = number(at * at + b * at + 2, pen.language)
    elif choice == 2:
        f, truth = call("abs", minus(x, at)) / minus(x, at), _absent(pen)
        decoys.append(("from one side", number(-1, pen.language)))
    elif choice == 3:
        at = -chance.randint(1, 5)
        f, truth = call("ln", x), _absent(pen)
        decoys += [("imaginary", word(r"\pi i")), ("imaginary", word(rf"\ln({-at}) + \pi i"))]
    else:
        at = -chance.choice((1, 4, 9))
        f, truth = call("sqrt", x), _absent(pen)
        decoys += [
            ("imaginary", word("i")),
            ("imaginary", word(rf"\sqrt{{{-at}}} i")),
            ("sign dropped", number({-1: 1, -4: 2, -9: 3}[at])),
        ]
    if pen.notation != "latex":
        raise Doubtful
    lim = rf"\lim_{{x \to {at}}} {pen.bare(f) if f.kind in ('div', 'call') else '(' + pen.bare(f) + ')'}"
    text = pen.say(en=pen.pick(f"Find ${lim}$.", f"Compute ${lim}$."), zh=f"求极限 ${lim}$")
    return Posed(text, truth, tuple(decoys))


def _undetermined(pen: Pen) -> Posed:
    """Forms that have no value."""
    a = pen.chance.randint(2, 9)
    forms = ((r"1^{\infty}", "1^∞"), (r"\infty - \infty", "∞ − ∞"), (r"0 \times \infty", "0×∞"), (r"\frac{\infty}{\infty}", "∞/∞"),
             (rf"\frac{{{a}}}{{0}}", f"{a}/0"), (r"\frac{0}{0}", "0/0"), (rf"{a}^{{\infty}} - {a}^{{\infty}}", f"{a}^∞ − {a}^∞"),
             (rf"\log_{{1}}({a})", f"log_1({a})"), (rf"\ln(-{a})", f"ln(−{a})"), (rf"\log_{{-{a}}}({a * a})", f"log_(−{a})({a * a})"))  # fmt: skip
    latex, plain = pen.chance.choice(forms)
    shown = pen.either(latex, plain)
    text = pen.say(en=pen.pick(f"What is {shown}?", f"Compute {shown}."), zh=f"计算 {shown}")
    decoys = [(f"it is {n}", number(n, pen.language)) for n in (0, 1, 2, a, -1)] + [
        ("infinite", word(r"\infty"))
    ]
    return Posed(text, None, tuple(decoys))


def _coefficient(pen: Pen) -> Posed:
    """Of a power in a product of binomials; with two names the rest belongs to it."""
    chance = pen.chance
    a, n = chance.randint(1, 4), chance.choice((2, 3))
    x = variable("x")
    if chance.random() < 0.4:
        base = x + (variable("y") if a == 1 else a * variable("y"))
        text = f"What is the coefficient of {pen.math(x)} in {pen.math(base**n)}?"
        rest = n * a ** (n - 1)
        truth = word(f"{rest}y" if n == 2 else f"{rest}y^2", f"${rest}y$" if n == 2 else f"${rest}y^2$")
        return Posed(
            text, truth, (("zero", number(0)), ("the number alone", number(rest)), ("one", number(1)))
        )
    text = pen.pick(
        f"What is the coefficient of {pen.math(x)} in {pen.math((x + a) ** n)}?",
        f"Find the coefficient of {pen.math(x)} in the expansion of {pen.math((x + a) ** n)}.",
    )
    decoys = (("constant term", number(a**n)), ("leading one", number(1)), ("power alone", number(n)))
    return Posed(text, number(n * a ** (n - 1)), decoys)


def _sequence(pen: Pen) -> Posed:
    chance = pen.chance
    first, step, place = chance.randint(-5, 12), chance.choice((2, 3, 4, -3, 7)), chance.randint(6, 30)
    listed = ", ".join(str(first + k * step) for k in range(4))
    if chance.random() < 0.5:
        s = pen.either(rf"{listed}, \ldots", f"{listed}, ...")
        text = (
            f"What is the {pen.math(place)}th term of the arithmetic sequence {s}?"
            if 10 <= place <= 20
            else ""
        )
        if not text:
            raise Doubtful
        return Posed(
            text,
            number(first + (place - 1) * step),
            (
                ("off by one step", number(first + place * step)),
                ("differences alone", number((place - 1) * step)),
            ),
        )
    last = first + (place - 1) * step
    s = pen.either(
        rf"{first} + {first + step} + {first + 2 * step} + \cdots + {last}",
        f"{first} + {first + step} + {first + 2 * step} + ... + {last}",
    )
    if min(first, first + step, first + 2 * step, last) < 0:
        raise Doubtful
    total = sum(first + k * step for k in range(place))
    text = pen.say(en=pen.pick(f"Compute {s}.", f"What is {s}?"), zh=f"计算 {s}")
    return Posed(
        text,
        number(total, pen.language),
        (
            ("last term forgotten", number(total - last, pen.language)),
            ("one too many", number(total + last + step, pen.language)),
        ),
    )


def _extreme(pen: Pen) -> Posed:
    """Of a quadratic, on the whole line or on an interval."""
    chance, x = pen.chance, variable("x")
    h, k, a = chance.randint(-4, 4), chance.randint(-9, 9), chance.choice((1, 2, -1, -2))
    coefficients = [a, -2 * a * h, a * h * h + k]
    f = polynomial(coefficients)
    low = chance.randint(-5, 3)
    high = low + chance.randint(1, 6)
    on_interval = chance.random() < 0.5
    at = [Fraction(low), Fraction(high)] + ([Fraction(h)] if low <= h <= high else [])
    reached = [found for found in (value(f, {"x": point}) for point in at) if isinstance(found, Fraction)]
    highest = chance.random() < 0.5 if on_interval else a < 0
    best = (max if highest else min)(reached) if on_interval else Fraction(k)
    what, what_zh = ("maximum", "最大值") if highest else ("minimum", "最小值")
    law = pen.math(f)
    if on_interval:
        inside = pen.math(low, "<=", x, "<=", high)
        text = pen.say(
            en=pen.pick(
                f"What is the {what} value of {law} for {inside}?",
                f"Find the {what} value of {law}, where {inside}.",
            ),
            zh=f"已知 {inside}，求 {law} 的{what_zh}。",
        )
    else:
        text = pen.say(en=f"What is the {what} value of {law}?", zh=f"{law} 的{what_zh}是多少？")
    decoys = [("vertex", number(k, pen.language)), ("place instead of value", number(h, pen.language))]
    decoys += [("another point", number(other, pen.language)) for other in reached]
    return Posed(text, number(best, pen.language), tuple(decoys))


FAMILIES: dict[str, Family] = {
    "value of a function": _value,
    "derivative at a point": _derivative,
    "limit": _limit,
    "form without a value": _undetermined,
    "coefficient": _coefficient,
    "arithmetic sequence": _sequence,
    "extreme of a quadratic": _extreme,
}
