"""Degrees told in words, and options of which exactly one is true, as middle schools ask them."""

from __future__ import annotations

from fractions import Fraction

from drills.lies.drilled import Family, Posed
from drills.lies.expressions import constant, variable
from drills.lies.notation import Pen
from drills.lies.oracle import Doubtful
from drills.lies.truths import Interval, Truth, number, region, word

__all__ = ["FAMILIES"]


def _degrees(pen: Pen) -> Posed:
    """The exponent or the coefficient that a degree asks for, or forbids."""
    chance = pen.chance
    p, q, n = chance.randint(2, 4), chance.randint(-5, 5), chance.randint(3, 7)
    x, y, m = pen.math(variable("x")), pen.math(variable("y")), pen.math(variable("m"))
    exponent = f"{p}m{q:+d}" if q else f"{p}m"
    value = lambda degree: Fraction(degree - q, p)  # noqa: E731 - a degree's exponent
    choice = chance.randrange(5)
    if choice == 0:
        equation = pen.framed(f"3x^{{{exponent}}}-7=0")
        text = pen.say(
            en=f"If the equation {equation} is a linear equation in one variable {x}, then {m} = ____?",
            zh=f"若关于 {x} 的方程 {equation} 是一元一次方程，则 {m} = ____",
        )
        return Posed(text, number(value(1)), _decoys(zero=value(0), quadratic=value(2)), name="m")
    if choice == 1:
        monomial = pen.framed(f"5x^2y^{{{exponent}}}")
        text = pen.say(
            en=f"If the degree of the monomial {monomial} is {pen.math(n)}, then the value of {m} is ____?",
            zh=f"若单项式 {monomial} 的次数是 {pen.math(n)}，则 {m} 的值为____",
        )
        return Posed(
            text,
            number(value(n - 2)),
            _decoys(exponent_alone=value(n), coefficient_too=value(n - 7)),
            name="m",
        )
    if choice == 2:
        equation = pen.framed(f"(m{q:+d})x^2+{p}x-1=0" if q else f"mx^2+{p}x-1=0")
        text = pen.say(
            en=f"If the equation {equation} is a quadratic equation in {x}, then the range of values for {m} is ____?",
            zh=f"若关于 {x} 的方程 {equation} 是一元二次方程，则 {m} 的取值范围是____",
        )
        return Posed(text, _all_but(-q), (("sign", _all_but(q or 1)), ("above", _above(-q))), name="m")
    if choice == 3:
        function = pen.framed(f"y=({p}m{q:+d})x+6" if q else f"y={p}mx+6")
        text = pen.say(
            en=f"If the linear function {function} increases as {x} increases, then the range of values for {m} is ____.",
            zh=f"若一次函数 {function} 中，{y} 随 {x} 的增大而增大，则 {m} 的取值范围是____",
        )
        return Posed(
            text,
            _above(Fraction(-q, p)),
            (("below", _below(Fraction(-q, p))), ("sign", _above(Fraction(q, p) if q else 1))),
            name="m",
        )
    equation = pen.math(constant(p) * variable("x") + variable("m"), "=", constant(n))
    text = pen.say(
        en=f"If the equation {equation} has a positive solution for {x}, then the range of values for {m} is ____.",
        zh=f"若关于 {x} 的方程 {equation} 的解是正数，则 {m} 的取值范围是____",
    )
    return Posed(text, _below(n), (("above", _above(n)), ("sign", _below(-n))), name="m")


def _parities(pen: Pen) -> Posed:
    """The constant that makes a polynomial even or odd; one that cannot be so has none."""
    chance = pen.chance
    p, q, r = chance.randint(1, 4), chance.choice((-4, -3, -2, -1, 1, 2, 3, 4)), chance.randint(-6, 6)
    even, spoilt = chance.random() < 0.5, chance.random() < 0.2
    linear, constant_term = f"({p}a{q:+d})x", f"+{p}a{q:+d}"
    body = (f"3x^2+{linear}{r:+d}" if even else f"2x^3+x{constant_term}") + (
        "+x^5" if spoilt and even else "+x^4" if spoilt else ""
    )
    function = pen.framed(f"f(x)={body}")
    a, kind = pen.math(variable("a")), "even" if even else "odd"
    text = pen.say(
        en=f"If {function} is an {kind} function, what is the value of {a}?",
        zh=f"若函数 {function} 为{'偶' if even else '奇'}函数，则 {a} = ____",
    )
    value = Fraction(-q, p)
    return Posed(
        text, None if spoilt else number(value), _decoys(found=value, sign=-value, other=value + 1), name="a"
    )


def _decoys(**values: Fraction) -> tuple[tuple[str, Truth], ...]:
    return tuple((kind.replace("_", " "), number(value)) for kind, value in values.items())


def _all_but(value: int) -> Truth:
    at = Fraction(value)
    return region((Interval(None, at), Interval(at, None)), "m", "en")


def _above(value: Fraction | int) -> Truth:
    return region((Interval(Fraction(value), None),), "m", "en")


def _below(value: Fraction | int) -> Truth:
    return region((Interval(None, Fraction(value)),), "m", "en")


def _statements(pen: Pen) -> tuple[list[str], list[str]]:
    """Equations that hold for all values of their letters, and others, by exponents and coefficients."""
    chance = pen.chance
    a, b, c = chance.sample(range(2, 7), 3)
    top, low = max(a, b), min(a, b)
    right = [
        f"x^{a} \\cdot x^{b} = x^{{{a + b}}}", f"(x^{a})^{b} = x^{{{a * b}}}", f"x^{{{top}}} \\div x^{low} = x^{top - low}",
        f"{a}x + {b}x = {a + b}x", f"(x + {a})(x - {a}) = x^2 - {a * a}", f"(x - {a})^2 = x^2 - {2 * a}x + {a * a}",
        f"({a}x)^2 = {a * a}x^2", f"-{a}(x - {b}) = -{a}x + {a * b}",
    ]  # fmt: skip
    wrong = [
        f"x^{a} \\cdot x^{b} = x^{{{a * b + (a * b == a + b)}}}", f"(x^{a})^{b} = x^{{{a + b + (a * b == a + b)}}}", f"x^{a} + x^{b} = x^{{{a + b}}}",
        f"{a}x + {b}x = {a + b}x^2", f"(x + {a})^2 = x^2 + {a * a}", f"{top}x - {low}x = {top - low}", f"({a}x)^2 = {a}x^2", f"-{a}(x - {b}) = -{a}x - {a * b}",
        f"\\sqrt{{{a * a + c * c}}} = {a + c}", f"({c}x^2)^3 = {c}x^6",
    ]  # fmt: skip
    return right, wrong


def _options(pen: Pen) -> Posed:
    """Which of four is true, or false; where two are, no letter is the answer."""
    if pen.notation != "latex" or pen.language != "zh":
        raise Doubtful
    chance = pen.chance
    right, wrong = _statements(pen)
    seek_wrong, twice = chance.random() < 0.3, chance.random() < 0.2
    one, rest = (wrong, right) if seek_wrong else (right, wrong)
    chosen = chance.sample(one, 2 if twice else 1)
    lines = [*chosen, *chance.sample(rest, 4 - len(chosen))]
    chance.shuffle(lines)
    question = "下列计算错误的是( )" if seek_wrong else "下列计算正确的是( )"
    text = "\n".join([question, *(f"{letter}. ${line}$" for letter, line in zip("ABCD", lines, strict=True))])
    letter = "ABCD"[lines.index(chosen[0])]
    others = tuple(
        (f"option {other}", word(other, f"({other})")) for other in "ABCD" if twice or other != letter
    )
    return Posed(text, None if twice else word(letter, f"({letter})"), others)


FAMILIES: dict[str, Family] = {"degrees": _degrees, "parities": _parities, "true options": _options}
