"""Conditions told in words, as exercise books do: opposite numbers, known roots, like terms, constants of a quadratic."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import isqrt

from drills.lies.drilled import Family, Posed
from drills.lies.expressions import Formula, call, constant, minus, polynomial, value, variable
from drills.lies.notation import Pen
from drills.lies.oracle import Doubtful
from drills.lies.truths import Interval, Truth, number, region, roots, word

__all__ = ["FAMILIES"]

_X, _Y, _A, _B, _M, _N, _K = (variable(name) for name in "xyabmnk")


def _decoys(pen: Pen, **values: Fraction | int) -> tuple[tuple[str, Truth], ...]:
    return tuple((kind.replace("_", " "), number(other, pen.language)) for kind, other in values.items())


def _asks(pen: Pen, what: str) -> str:
    """The end of a sentence that asks for a formula."""
    return pen.say(
        en=pen.pick(
            f", then the value of {what} is ____.",
            f". What is the value of {what}?",
            f", then {what} = ____.",
            f". Find {what}.",
        ),
        zh=pen.pick(f"，则 {what} 的值为____。", f"，求 {what} 的值。", f"，则 {what} = ____。"),
    )


def _opposite(pen: Pen) -> Posed:
    """Opposites add up to 0, reciprocals multiply to 1."""
    chance = pen.chance
    p, q, r = chance.randint(2, 6), chance.randint(2, 6), chance.randint(-9, 9)
    a, b, m, n = (pen.math(variable(name)) for name in "abmn")
    asked = pen.math(minus(p * (_A + _B), -r) - q * (_M * _N))
    text = pen.say(
        en=f"If {a} and {b} are {pen.pick('opposite numbers', 'opposites', 'additive inverses')}, and {m} and {n} are reciprocals",
        zh=f"若 {a} 与 {b} 互为相反数，{m} 与 {n} 互为倒数",
    )
    return Posed(
        text + _asks(pen, asked),
        number(r - q, pen.language),
        _decoys(pen, sum_is_1=p + r - q, product_is_0=r, product_is_minus_1=r + q),
    )


def _opposite_expressions(pen: Pen) -> Posed:
    """Two expressions of one unknown that are opposite, reciprocal or equal."""
    chance = pen.chance
    a, c = chance.randint(1, 5), chance.randint(1, 5)
    x = Fraction(chance.randint(-6, 6))
    b, how = chance.randint(-9, 9), chance.choice(("opposite", "equal", "value"))
    first = a * x + b
    d = -first - c * x if how == "opposite" else first - c * x
    one, two = polynomial([a, b]), polynomial([c, int(d)])
    if (how == "opposite" and a + c == 0) or (how == "equal" and a == c):
        raise Doubtful
    left, right, name = pen.math(one), pen.math(two), pen.math(_X)
    if how == "opposite":
        text = pen.say(
            en=f"If {left} and {right} are opposite numbers", zh=f"若 {left} 与 {right} 互为相反数"
        )
        other = Fraction(int(d) - b, a - c) if a != c else x + 1
    elif how == "equal":
        text = pen.say(
            en=f"If the value of {left} is equal to the value of {right}",
            zh=f"若代数式 {left} 的值等于 {right}",
        )
        other = Fraction(-b - int(d), a + c)
    else:
        text = pen.say(
            en=f"If the value of the algebraic expression {left} is {pen.math(first)}",
            zh=f"若代数式 {left} 的值为 {pen.math(first)}",
        )
        other = Fraction(first + b, a)
    return Posed(text + _asks(pen, name), number(x, pen.language), _decoys(pen, the_other_sign=other))


def _known_root(pen: Pen) -> Posed:
    """One root of an equation gives its constant; a quadratic equation is none where the leading constant is 0."""
    chance = pen.chance
    root = chance.choice((-3, -2, -1, 1, 2, 3))
    if chance.random() < 0.4:
        # (m - c) x^2 + b x + m^2 - c^2 = 0 has the root 0 where m = c or m = -c.
        c = chance.randint(1, 5)
        law = pen.math(minus(_M, c) * _X**2 + chance.randint(2, 5) * _X + (_M**2 - c * c), "=", 0)
        zero = pen.math(0)
        text = pen.say(
            en=f"If one root of the quadratic equation {law} with respect to {pen.math(_X)} is {zero}",
            zh=f"若关于 {pen.math(_X)} 的一元二次方程 {law} 的一个根是 {zero}",
        )
        return Posed(
            text + _asks(pen, pen.math(_M)),
            number(-c, pen.language),
            (
                ("not quadratic", number(c, pen.language)),
                ("both", roots([Fraction(c), Fraction(-c)], "m", pen.language)),
            ),
        )
    b, constant_term = chance.randint(2, 5), chance.randint(-9, 9)
    # x^2 + k x + constant = 0 at the root.
    k = Fraction(-(root * root) - constant_term, root)
    law = pen.math(minus(_X**2 + _K * _X, -constant_term), "=", 0)
    at = pen.framed(f"x = {root}") if chance.random() < 0.5 else pen.math(root)
    text = pen.say(
        en=pen.pick(
            f"The equation {law} has a root of {at}",
            f"If {at} is a root of the equation {law}",
            f"If one root of the equation {law} is {at}",
        ),
        zh=pen.pick(
            f"已知 {pen.framed(f'x = {root}')} 是方程 {law} 的一个根", f"已知方程 {law} 的一个根是 {at}"
        ),
    )
    other = Fraction(root * root + constant_term, root)
    return Posed(
        text + _asks(pen, pen.math(_K)), number(k, pen.language), _decoys(pen, sign=other, none=b * 10)
    )


def _square_roots(pen: Pen) -> Posed:
    chance = pen.chance
    size, c = chance.randint(1, 9), chance.randint(-6, 6)
    # The roots are m + c = size and -size.
    m = size - c
    one, two = pen.math(minus(_A, -c)), pen.math(-size)
    text = pen.say(
        en=f"Given that the two square roots of a positive number are {one} and {two}",
        zh=f"已知一个正数的两个平方根是 {one} 和 {two}",
    )
    return Posed(
        text + _asks(pen, pen.math(_A)),
        number(m, pen.language),
        _decoys(pen, equal=-size - c, number=size * size),
    )


def _like_terms(pen: Pen) -> Posed:
    chance = pen.chance
    p, q, c = chance.randint(2, 6), chance.randint(2, 6), chance.randint(1, 3)
    if p in (q, c) or q <= c:
        raise Doubtful
    one = chance.randint(2, 9) * _A ** (_M + c) * _B**q
    two = -(chance.randint(2, 9) * _A**p * _B**_N)
    pair = f"{pen.math(one)} {pen.say(en='and', zh='与')} {pen.math(two)}"
    text = pen.say(en=f"If {pair} are like terms", zh=f"若 {pair} 是同类项")
    return Posed(
        text + _asks(pen, pen.math(_M + _N)),
        number(p - c + q, pen.language),
        _decoys(pen, sum_forgotten=p + q, sign=p + c + q),
    )


def _quadratic(pen: Pen) -> tuple[int, int, str, Formula]:
    """a x^2 + b x + k = 0."""
    a, b = pen.chance.randint(1, 4), pen.chance.choice((-6, -4, -2, 1, 2, 3, 4, 6))
    law = (_X**2 if a == 1 else a * _X**2) + (b * _X if b > 0 else -(abs(b) * _X))
    return a, b, pen.math(law + _K, "=", 0), law


def _by_discriminant(pen: Pen) -> Posed:
    """For which constants a quadratic has two, one or no real roots, or is a square."""
    chance = pen.chance
    a, b, law, left = _quadratic(pen)
    edge = Fraction(b * b, 4 * a)
    k, x = pen.math(_K), pen.math(_X)
    count = chance.choice(("two", "equal", "none", "some", "square"))
    if count == "square":
        if isqrt(a) ** 2 != a:
            raise Doubtful
        text = pen.say(
            en=f"If {pen.math(left + _K)} is a perfect square",
            zh=f"若 {pen.math(left + _K)} 是一个完全平方式",
        )
        return Posed(
            text + _asks(pen, k),
            number(edge, pen.language),
            _decoys(pen, coefficient=b * b, half=Fraction(b, 2), sign=-edge - 1),
        )
    phrases = {
        "two": ("two distinct real roots", "有两个不相等的实数根"),
        "equal": ("two equal real roots", "有两个相等的实数根"),
        "none": ("no real roots", "没有实数根"),
        "some": ("real roots", "有实数根"),
    }
    en, zh = phrases[count]
    if count == "equal":
        text = pen.say(
            en=f"If the quadratic equation {law} in {x} has {en}, then the value of {k} is ____.".replace(
                f" in {x}", ""
            ),
            zh=f"若关于 {x} 的一元二次方程 {law} {zh}，则 {k} 的值为____。",
        )
        return Posed(text, roots([edge], "k", pen.language), _decoys(pen, sign=-edge - 1, square=b * b), "k")
    parts = {
        "two": Interval(None, edge),
        "none": Interval(edge, None),
        "some": Interval(None, edge, has_high=True),
    }[count]
    text = pen.say(
        en=pen.pick(
            f"If the quadratic equation {law} has {en}, then the range of values of {k} is ____.",
            f"Find all values of {k} such that the equation {law} has {en}.",
        ),
        zh=f"若关于 {x} 的一元二次方程 {law} {zh}，则 {k} 的取值范围是____。",
    )
    wrong = {
        "two": Interval(None, edge, has_high=True),
        "none": Interval(edge, None, has_low=True),
        "some": Interval(None, edge),
    }[count]
    return Posed(
        text, region([parts], "k", pen.language), (("endpoint", region([wrong], "k", pen.language)),), "k"
    )


def _leading_constant(pen: Pen) -> Posed:
    """k x^2 + b x + c = 0: as a quadratic equation it wants k other than 0."""
    chance = pen.chance
    b, c = chance.choice((-6, -4, -2, 2, 4, 6)), chance.choice((-3, -2, -1, 1, 2, 3))
    law = pen.math(minus(_K * _X**2 + (b * _X if b > 0 else -(abs(b) * _X)), -c), "=", 0)
    edge = Fraction(b * b, 4 * c)
    # b^2 - 4 k c > 0
    whole = [Interval(None, edge)] if c > 0 else [Interval(edge, None)]
    zero = Fraction(0)
    parts = (
        [Interval(None, zero), Interval(zero, edge)]
        if c > 0
        else [Interval(edge, zero), Interval(zero, None)]
    )
    x, k = pen.math(_X), pen.math(_K)
    text = pen.say(
        en=f"If the quadratic equation {law} has two distinct real roots, then the range of values of {k} is ____.",
        zh=f"若关于 {x} 的一元二次方程 {law} 有两个不相等的实数根，则 {k} 的取值范围是____。",
    )
    return Posed(
        text, region(parts, "k", pen.language), (("not quadratic", region(whole, "k", pen.language)),), "k"
    )


def _absent(pen: Pen) -> Posed:
    """(x^2 + m x + n)(x^2 + p x + q) without a power of x, or the difference of two polynomials without it."""
    chance = pen.chance
    p, q, c = (chance.choice((-5, -4, -3, -2, 2, 3, 4, 5)) for _ in range(3))
    power = chance.choice((1, 2))
    one = minus(_X**2 + _M * _X, -c)
    two = minus(_X**2 + (p * _X if p > 0 else -(abs(p) * _X)), -q)
    # x^2: q + m p + c; x: m q + c p
    m = Fraction(-q - c, p) if power == 2 else Fraction(-c * p, q)
    wrong = Fraction(q + c, p) if power == 2 else Fraction(c * p, q)
    term = pen.math(_X**2) if power == 2 else pen.math(_X)
    shown = pen.math(one * two)
    text = pen.say(
        en=pen.pick(
            f"If {shown} does not contain the {term} term after expansion",
            f"If the polynomial {shown} does not contain the term {term} after expansion",
        ),
        zh=pen.pick(f"若 {shown} 的展开式中不含 {term} 项", f"若 {shown} 的结果中不含 {term} 项"),
    )
    return Posed(
        text + _asks(pen, pen.math(_M)), number(m, pen.language), _decoys(pen, sign=wrong, other_term=c + q)
    )


def _vanishing(pen: Pen) -> Posed:
    """A sum of absolute values, squares and roots that is 0."""
    chance = pen.chance
    a, b, k = chance.randint(-7, 7), chance.randint(-7, 7), chance.randint(1, 3)
    shapes: tuple[Callable[[Formula], Formula], ...] = (
        lambda inner: call("abs", inner),
        lambda inner: inner**2,
        lambda inner: call("sqrt", inner),
    )
    first, second = chance.sample(shapes, 2)
    law = pen.math(first(minus(_X, a)) + second(minus(_Y if k == 1 else k * _Y, k * b)), "=", 0)
    text = pen.say(en=pen.pick(f"If {law}", f"Given that {law}"), zh=pen.pick(f"若 {law}", f"已知 {law}"))
    asked = chance.choice((_X + _Y, _X - _Y, _X * _Y))
    found = value(asked, {"x": Fraction(a), "y": Fraction(b)})
    other = value(asked, {"x": Fraction(-a), "y": Fraction(-b)})
    third = value(asked, {"x": Fraction(-a), "y": Fraction(b)})
    assert isinstance(found, Fraction)
    assert isinstance(other, Fraction)
    assert isinstance(third, Fraction)
    return Posed(
        text + _asks(pen, pen.math(asked)), number(found, pen.language), _decoys(pen, signs=other, sign=third)
    )


def _sizes(pen: Pen) -> Posed:
    """|x| = p and |y| = q with the signs told."""
    chance = pen.chance
    p, q = chance.randint(1, 9), chance.randint(1, 9)
    if p == q:
        raise Doubtful
    same_sign = chance.random() < 0.5
    # The sum is positive, so the larger one is.
    x, y = (p if p > q or same_sign else -p), (q if q > p or same_sign else -q)
    sign = pen.math(_X * _Y, ">" if same_sign else "<", 0)
    laws = [
        pen.math(call("abs", _X), "=", p),
        pen.math(call("abs", _Y), "=", q),
        sign,
        pen.math(_X + _Y, ">", 0),
    ]
    text = pen.say(
        en=f"Given that {laws[0]}, {laws[1]}, {laws[2]}, and {laws[3]}", zh="已知 " + "，".join(laws)
    )
    return Posed(
        text + _asks(pen, pen.math(_X - _Y)),
        number(x - y, pen.language),
        _decoys(pen, both_negative=y - x, other_sign=-x - y, sizes=p + q),
    )


def _meaningful(pen: Pen) -> Posed:
    """Where a root or a fraction is defined."""
    chance = pen.chance
    a, c, b = chance.randint(1, 4), chance.randint(-6, 6), chance.choice((1, 2, 3))
    edge = Fraction(c, a)
    inner = polynomial([a, -c])
    shape = chance.randrange(3)
    if shape == 0:
        f, parts, wrong = call("sqrt", inner), [Interval(edge, None, has_low=True)], [Interval(edge, None)]
    elif shape == 1:
        f, parts, wrong = (
            constant(b) / call("sqrt", inner),
            [Interval(edge, None)],
            [Interval(edge, None, has_low=True)],
        )
    else:
        f = constant(b) / inner
        parts, wrong = [Interval(None, edge), Interval(edge, None)], [Interval(edge, None)]
    shown, x = pen.math(f), pen.math(_X)
    text = pen.say(
        en=pen.pick(
            f"If the expression {shown} is meaningful, then the range of values of {x} is ____.",
            f"If {shown} is defined in the real number range, then the range of values for {x} is ____.",
            f"The range of the independent variable {x} in the function {pen.math(_Y, '=', f)} is ____.",
        ),
        zh=pen.pick(
            f"若代数式 {shown} 在实数范围内有意义，则 {x} 的取值范围是____。",
            f"函数 {pen.math(_Y, '=', f)} 中，自变量 {x} 的取值范围是____。",
        ),
    )
    return Posed(text, region(parts, "x", pen.language), (("endpoint", region(wrong, "x", pen.language)),))


def _whole_solutions(pen: Pen) -> Posed:
    """Integers that keep an inequality: their sum, their number, the last one."""
    chance = pen.chance
    a, top = chance.randint(1, 4), chance.randint(2, 9)
    c, strict = chance.randint(-5, 9), chance.random() < 0.5
    # a x + c < a top + c + shift
    shift = chance.randint(0, a - 1) if a > 1 else 0
    law = pen.math(polynomial([a, c]), "<" if strict else "<=", a * top + c + shift)
    members = [n for n in range(1, 60) if (a * n < a * top + shift if strict else a * n <= a * top + shift)]
    looser = [*members, members[-1] + 1] if members else []
    if not members:
        raise Doubtful
    what = chance.choice(("sum", "number", "largest"))
    made = {"sum": sum, "number": len, "largest": max}[what]
    en = {
        "sum": f"The sum of all positive integer solutions of the inequality {law} is ____.",
        "number": f"How many positive integers {pen.math(_X)} satisfy {law}?",
        "largest": f"The largest integer solution of the inequality {law} is ____.",
    }[what]
    zh = {
        "sum": f"不等式 {law} 的正整数解的和是____。",
        "number": f"不等式 {law} 的正整数解有____个。",
        "largest": f"不等式 {law} 的最大整数解是____。",
    }[what]
    fewer = members[:-1] or [0]
    return Posed(
        pen.say(en=en, zh=zh),
        number(made(members), pen.language),
        _decoys(
            pen,
            one_too_many=made(looser),
            one_too_few=made(fewer),
            with_zero=len(members) + 1 if what == "number" else made(looser),
        ),
    )


def _pair_of_roots(pen: Pen) -> Posed:
    """Symmetric expressions of the two roots."""
    chance = pen.chance
    b, c = chance.randint(-8, 8), chance.randint(-9, -1)
    law = pen.math(polynomial([1, b, c]), "=", 0)
    choice = chance.randrange(3)
    asked, found, wrong = (
        (_M**2 + _N**2, b * b - 2 * c, b * b + 2 * c),
        (minus(_M, 1) * minus(_N, 1), c + b + 1, c - b + 1),
        (_M + _N - _M * _N, -b - c, b - c),
    )[choice]
    m, n = pen.math(_M), pen.math(_N)
    text = pen.say(
        en=pen.pick(
            f"If {m} and {n} are the two roots of the equation {law}",
            f"Given that the equation {law} has two roots {m} and {n}",
        ),
        zh=pen.pick(f"已知 {m}，{n} 是方程 {law} 的两个根", f"若 {m}，{n} 是一元二次方程 {law} 的两个实数根"),
    )
    return Posed(
        text + _asks(pen, pen.math(asked)),
        number(found, pen.language),
        _decoys(pen, sign=wrong, product=c * c + 1),
    )


def _corner(pen: Pen) -> Posed:
    """The least value of |x - a| + |x - b|, the greatest one of c - |x - a|, of roots on their domain."""
    chance = pen.chance
    a, b, c = chance.randint(-6, 6), chance.randint(-6, 6), chance.randint(-9, 9)
    if a == b:
        raise Doubtful
    shape = chance.randrange(3)
    if shape == 0:
        f, lowest, best = call("abs", minus(_X, a)) + call("abs", minus(_X, b)), True, abs(a - b)
        decoys = _decoys(pen, zero=0, sum=abs(a + b) + 1)
    elif shape == 1:
        k = chance.randint(1, 4)
        f, lowest, best = constant(c) - call("abs", polynomial([k, -k * a])), False, c
        decoys = _decoys(pen, at_zero=c - k * abs(a), plus=c + k * abs(a))
    else:
        k = chance.randint(1, 5)
        # sqrt(k^2 - x^2) + c is greatest at 0.
        f, lowest, best = minus(call("sqrt", constant(k * k) - _X**2), -c), False, k + c
        decoys = _decoys(pen, square=k * k + c, end=c)
    what, what_zh = ("minimum", "最小值") if lowest else ("maximum", "最大值")
    shown = pen.math(f)
    text = pen.say(
        en=pen.pick(f"What is the {what} value of {shown}?", f"The {what} value of {shown} is ____."),
        zh=pen.pick(f"{shown} 的{what_zh}是____。", f"求 {shown} 的{what_zh}。"),
    )
    return Posed(text, number(best, pen.language), decoys)


def _multiplied(pen: Pen) -> Posed:
    """Brackets to multiply out: what is left standing, or done in part, is no answer."""
    chance = pen.chance
    a, b, c, d = chance.randint(1, 5), chance.randint(-6, 6), chance.randint(1, 5), chance.randint(-6, 6)
    if not b or not d:
        raise Doubtful
    one, two = polynomial([a, b]), polynomial([c, d])
    shown = pen.math(one * two)
    made = [a * c, a * d + b * c, b * d]
    bare = Pen("latex", pen.language, chance)
    written = bare.bare(polynomial(made))
    text = pen.say(
        en=pen.pick(f"Multiply: {shown}", f"Multiply and simplify: {shown}", f"Find the product: {shown}"),
        zh=f"化简 {shown}",
    )
    wrong = [
        ("middle term lost", bare.bare(polynomial([a * c, 0, b * d]))),
        ("sign of the last", bare.bare(polynomial([a * c, a * d + b * c, -b * d]))),
        ("not multiplied out", bare.bare(_X * two * a + b * two) if abs(b) > 1 else ""),
        ("given back", bare.bare(one * two)),
    ]
    return Posed(
        text,
        word(written, f"${written}$"),
        tuple((kind, word(answer)) for kind, answer in wrong if answer and answer != written),
    )


def _monomial(pen: Pen) -> Posed:
    """Degree and coefficient of a product of letters."""
    chance = pen.chance
    c, p, q = chance.choice((-7, -3, -2, 2, 5, 9)), chance.randint(1, 5), chance.randint(1, 5)
    letters = (_A if p == 1 else _A**p) * (_B if q == 1 else _B**q)
    shown = pen.math(-(abs(c) * letters) if c < 0 else c * letters)
    if chance.random() < 0.5:
        text = pen.say(en=f"The degree of the monomial {shown} is ____.", zh=f"单项式 {shown} 的次数是____。")
        return Posed(
            text, number(p + q, pen.language), _decoys(pen, highest=max(p, q), product=p * q, coefficient=c)
        )
    text = pen.say(
        en=f"The coefficient of the monomial {shown} is ____.", zh=f"单项式 {shown} 的系数是____。"
    )
    return Posed(text, number(c, pen.language), _decoys(pen, sign=-c, degree=p + q))


def _quotient(pen: Pen) -> Posed:
    """a/b of opposite numbers that are not 0; where they may be 0 it has no value."""
    chance = pen.chance
    k = chance.randint(2, 6)
    a, b = pen.math(_A), pen.math(_B)
    known = chance.random() < 0.6
    aside = f" ({pen.math(_A, '!=', 0)})" if known else ""
    text = pen.say(en=f"If {a} and {b} are opposite numbers{aside}", zh=f"若 {a} 与 {b} 互为相反数{aside}")
    truth = number(-k, pen.language)
    return Posed(
        text + _asks(pen, pen.math(k * (_A / _B))),
        truth,
        _decoys(pen, equal=k, zero=0, reciprocal=Fraction(-1, k)),
    )


FAMILIES: dict[str, Family] = {
    "opposite and reciprocal": _opposite,
    "expressions opposite or equal": _opposite_expressions,
    "known root": _known_root,
    "square roots of a number": _square_roots,
    "like terms": _like_terms,
    "discriminant": _by_discriminant,
    "leading constant": _leading_constant,
    "absent term": _absent,
    "sum that vanishes": _vanishing,
    "absolute values given": _sizes,
    "meaningful": _meaningful,
    "integer solutions": _whole_solutions,
    "pair of roots": _pair_of_roots,
    "extreme at a corner": _corner,
    "multiplied out": _multiplied,
    "monomial": _monomial,
    "quotient of opposites": _quotient,
}
