"""Equations in one unknown, with conditions of many kinds said in many places."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from drills.lies.conditions import ADJECTIVES, KINDS, Condition, Relation, relation
from drills.lies.drilled import Family, Posed
from drills.lies.expressions import Formula, call, constant, minus, polynomial, variable
from drills.lies.notation import Pen
from drills.lies.oracle import Doubtful, solutions
from drills.lies.truths import Truth, number, roots

__all__ = ["FAMILIES"]


@dataclass(frozen=True)
class Equation:
    """Two sides, all real solutions, and what a careless pupil takes for solutions as well."""

    left: Formula
    right: Formula
    found: list[Fraction]
    tempting: list[Fraction]


def _made(left: Formula, right: Formula, name: str, suspects: list[Fraction]) -> Equation:
    found = solutions(left, right, name, suspects)
    return Equation(left, right, found, sorted(set(suspects)))


def _polynomial(pen: Pen, name: str) -> Equation:
    chance = pen.chance
    zeros = [chance.randint(-6, 6) for _ in range(chance.choice((2, 2, 2, 3)))]
    lead = chance.choice((1, 1, 1, 2))
    coefficients = [lead]
    for zero in zeros:
        coefficients = [a - zero * b for a, b in zip([*coefficients, 0], [0, *coefficients], strict=True)]
    suspects = [Fraction(zero) for zero in zeros]
    if chance.random() < 0.3:
        x = variable(name)
        left = minus(x, zeros[0]) * minus(2 * x, 2 * zeros[1] + 1)
        return _made(left, constant(0), name, [Fraction(zeros[0]), Fraction(2 * zeros[1] + 1, 2)])
    if chance.random() < 0.3 and len(zeros) == 2:
        return _made(polynomial([1, 0, 0], name), constant(zeros[0] ** 2), name, [suspects[0], -suspects[0]])
    return _made(polynomial(coefficients, name), constant(0), name, suspects)


def _rational(pen: Pen, name: str) -> Equation:
    """(x² - a²)/(x - a) = c: the pole is no solution."""
    x, a, b = variable(name), pen.chance.randint(1, 5), pen.chance.randint(-5, 5)
    left = (x - a) * minus(x, b) / (x - a) if pen.chance.random() < 0.5 else (x**2 - a**2) / (x - a)
    return _made(left, constant(0), name, [Fraction(a), Fraction(-a), Fraction(b)])


def _radical(pen: Pen, name: str) -> Equation:
    """√(x + a) = x + b, which squaring gives a second root."""
    x, root, shift = variable(name), pen.chance.randint(1, 5), pen.chance.randint(-4, 4)
    a = root**2 - root - shift
    left, right = call("sqrt", minus(x, -a)), minus(x, -shift)
    # (x + shift)² = x + a: the sum of the roots is 1 - 2 shift.
    first = Fraction(root - shift)
    return _made(left, right, name, [first, 1 - 2 * shift - first])


def _logarithmic(pen: Pen, name: str) -> Equation:
    """ln(x - a) - ln x = ln k, or ln of a product: solved by dropping the logarithms."""
    x, a, k = variable(name), pen.chance.randint(1, 6), pen.chance.randint(2, 5)
    if pen.chance.random() < 0.5:
        return _made(call("ln", x - a) - call("ln", x), call("ln", k), name, [Fraction(-a, k - 1)])
    # x (x - a) = b (b + a) has the roots b + a and -b.
    b = pen.chance.randint(1, 5)
    left, right = call("ln", x) + call("ln", x - a), call("ln", b * (b + a))
    return _made(left, right, name, [Fraction(a + b), Fraction(-b)])


def _product_of_roots(pen: Pen, name: str) -> Equation:
    """√(x - a) √(x - b) = c, which may be squared into roots below a."""
    x, low, gap = variable(name), pen.chance.randint(0, 3), pen.chance.choice((3, 8, 5))
    size = {3: 2, 8: 3, 5: 6}[gap]
    steps = {3: (1, 4), 8: (1, 9), 5: (4, 9)}[gap]
    right = pen.chance.choice((size, -size))
    left = call("sqrt", minus(x, low)) * call("sqrt", x - (low + gap))
    high = Fraction(low + steps[1])
    return _made(left, constant(right), name, [high, Fraction(low + low + gap) - high])


def _absolute(pen: Pen, name: str) -> Equation:
    x, a, b = variable(name), pen.chance.randint(-5, 5), pen.chance.randint(0, 7)
    return _made(call("abs", minus(x, a)), constant(b), name, [Fraction(a + b), Fraction(a - b)])


def _logarithm_of_base(pen: Pen, name: str) -> Equation:
    """log_x b = n: the base is positive and is not 1."""
    x, base, power = variable(name), pen.chance.randint(2, 5), pen.chance.choice((2, 2, 4))
    suspects = [Fraction(base), Fraction(-base), Fraction(1)]
    return _made(call("log", x, base**power), constant(power), name, suspects)


def _linear(pen: Pen, name: str) -> Equation:
    x, a, root, c = (
        variable(name),
        pen.chance.randint(2, 9),
        pen.chance.randint(-9, 9),
        pen.chance.randint(1, 20),
    )
    return _made(a * x + c, constant(a * root + c), name, [Fraction(root)])


_SOURCES = (
    _polynomial,
    _polynomial,
    _rational,
    _radical,
    _logarithmic,
    _product_of_roots,
    _absolute,
    _logarithm_of_base,
)


def _equation(pen: Pen, name: str) -> Equation:
    return pen.chance.choice(_SOURCES)(pen, name)


def _rel(pen: Pen, limit: Relation) -> str:
    return pen.math(*[_part(part) for part in limit.chain])


def _part(part: Fraction | str) -> Formula | str:
    if isinstance(part, str):
        return variable(part) if part.isalpha() else part
    return constant(part)


def _posed(pen: Pen, text: str, equation: Equation, chosen: list[Fraction], name: str) -> Posed:
    other = [("forgotten condition", equation.found), ("false root", equation.tempting)]
    dropped = [value for value in equation.found if value not in chosen]
    other.append(("the other ones", dropped))
    decoys = tuple((kind, roots(values, name, pen.language)) for kind, values in other)
    return Posed(text, roots(chosen, name, pen.language), decoys, name)


def _written(pen: Pen, equation: Equation) -> str:
    return pen.math(equation.left, "=", equation.right)


def _plain_equation(pen: Pen) -> Posed:
    name = pen.pick("x", "x", "t", "y")
    equation = pen.chance.choice((_linear, *_SOURCES))(pen, name)
    eq = _written(pen, equation)
    text = pen.say(
        en=pen.pick(
            f"Solve {eq}.", f"Solve for {pen.math(variable(name))}: {eq}", f"Find all real solutions of {eq}."
        ),
        zh=pen.pick(f"解方程 {eq}", f"解方程：{eq}", f"方程 {eq} 的解是"),
    )
    return _posed(pen, text, equation, equation.found, name)


def _with_adjective(pen: Pen) -> Posed:
    equation, adjective = _equation(pen, "x"), pen.chance.choice(ADJECTIVES)
    eq, en, zh = _written(pen, equation), adjective.en, adjective.zh
    text = pen.say(
        en=pen.pick(
            f"Find all {en} solutions of {eq}.",
            f"Find the {en} solutions of {eq}.",
            f"What are the {en} roots of {eq}?",
            f"Solve {eq}. List the {en} solutions, separated by commas.",
            f"Find all {en} values of {pen.math(variable('x'))} such that {eq}.",
            f"What is the {en} value of {pen.math(variable('x'))} if {eq}?",
            f"Determine all {en} numbers {pen.math(variable('x'))} for which {eq}.",
        ),
        zh=pen.pick(f"求方程 {eq} 的所有{zh}解。", f"方程 {eq} 的{zh}根是", f"解方程 {eq}，只写出{zh}解。"),
    )
    return _posed(pen, text, equation, adjective.chosen(equation.found), "x")


def _with_kind(pen: Pen) -> Posed:
    name = pen.pick("x", "x", "n", "y")
    equation, kind = _equation(pen, name), pen.chance.choice(KINDS)
    eq, x = _written(pen, equation), pen.math(variable(name))
    text = pen.say(
        en=pen.pick(
            f"If {x} is {kind.en} and {eq}, what is {x}?",
            f"Let {x} be {kind.en}. Solve {eq}."
            if not kind.en.startswith("not")
            else f"{x} is {kind.en}. Solve {eq}.",
            f"Suppose that {x} is {kind.en} such that {eq}. Find {x}.",
            f"Solve {eq}, where {x} is {kind.en}.",
            f"Solve {eq} (note that {x} must be {kind.en}).",
        ),
        zh=pen.pick(
            f"若 {x} 为{kind.zh}，且 {eq}，则 {x} 的值是多少？",
            f"已知 {x} 是{kind.zh}，{eq}，求 {x} 的值。",
            f"设 {x} 是{kind.zh}，解方程 {eq}。",
        ),
    )
    return _posed(pen, text, equation, kind.chosen(equation.found), name)


def _with_relation(pen: Pen) -> Posed:
    equation = _equation(pen, "x")
    limit = relation(pen.chance, equation.found, "x")
    eq, rel, x = _written(pen, equation), _rel(pen, limit), pen.math(variable("x"))
    en = [
        f"Solve {eq}. (Assume {rel}.)",
        f"Solve {eq} for {rel}.",
        f"Solve {eq}, where {rel}.",
        f"Given that {rel}, solve {eq}.",
        f"If {eq} and {rel}, what is {x}?",
        f"Assume that {rel}. Find all solutions of {eq}.",
        f"Find all values of {x} with {rel} such that {eq}.",
        f"For {rel}, solve {eq}.",
    ]
    zh = [
        f"已知 {rel}，解方程 {eq}。",
        f"解方程 {eq}（其中 {rel}）。",
        f"若 {eq}，且 {rel}，则 {x} = ",
        f"当 {rel} 时，解方程 {eq}。",
    ]
    if limit.en:
        en += [f"Find {x} if {eq} and {x} is {limit.en}.", f"Solve {eq}. Note that {x} is {limit.en}."]
    if limit.zh:
        zh.append(f"若 {eq}，{x} {limit.zh}，求 {x} 的值。")
    return _posed(
        pen, pen.say(en=pen.pick(*en), zh=pen.pick(*zh)), equation, limit.chosen(equation.found), "x"
    )


def _total(what: str, values: list[Fraction]) -> Fraction:
    if what == "number":
        return Fraction(len(values))
    if not values:
        raise Doubtful
    if what == "product":
        made = Fraction(1)
        for value in values:
            made *= value
        return made
    return {"sum": sum(values, Fraction(0)), "largest": max(values), "smallest": min(values)}[what]


_SUMMED_ZH = {
    "sum": "所有{}根之和",
    "product": "所有{}根之积",
    "number": "{}根的个数",
    "largest": "最大的{}根",
    "smallest": "最小的{}根",
}


def _summed(pen: Pen) -> Posed:
    """The sum, product, number, largest or smallest of the roots of some kind."""
    equation = _equation(pen, "x")
    what = pen.pick(*_SUMMED_ZH)
    plain = Condition(lambda v: True, "", "")
    adjective = pen.chance.choice((plain, *ADJECTIVES))
    if adjective is plain and pen.chance.random() < 0.5:
        adjective = Condition(lambda v: True, "real", "实数")
    chosen = adjective.chosen(equation.found)
    eq = _written(pen, equation)
    word = f"{adjective.en} {'root' if what in ('largest', 'smallest') else 'roots'}".strip()
    of = {"largest": "", "smallest": "", "number": " of"}.get(what, " of the")
    text = pen.say(
        en=f"How many {adjective.en or 'real'} solutions does {eq} have?"
        if what == "number" and pen.chance.random() < 0.5
        else f"{pen.pick('Find', 'What is', 'Compute')} the {what}{of} {word} of {eq}.",
        zh=f"方程 {eq} 的{_SUMMED_ZH[what].format(adjective.zh)}是多少？",
    )
    decoys: list[tuple[str, Truth]] = []
    for kind, values in (("forgotten condition", equation.found), ("false root", equation.tempting)):
        if values:
            decoys.append((kind, number(_total(what, values), pen.language)))
    return Posed(text, number(_total(what, chosen), pen.language), tuple(decoys))


def _doubly_conditioned(pen: Pen) -> Posed:
    """Two conditions, of which readers like to forget the second."""
    equation = _polynomial(pen, "x")
    adjective, kind = pen.chance.choice(ADJECTIVES), pen.chance.choice(KINDS)
    limit = relation(pen.chance, equation.found, "x")
    eq, rel, x = _written(pen, equation), _rel(pen, limit), pen.math(variable("x"))
    if pen.chance.random() < 0.5:
        chosen = limit.chosen(adjective.chosen(equation.found))
        first = adjective.chosen(equation.found)
        text = pen.say(
            en=pen.pick(
                f"Find all {adjective.en} solutions of {eq} with {rel}.",
                f"Given {rel}, find the {adjective.en} solutions of {eq}.",
            ),
            zh=f"已知 {rel}，求方程 {eq} 的{adjective.zh}解。",
        )
    else:
        chosen = limit.chosen(kind.chosen(equation.found))
        first = kind.chosen(equation.found)
        text = pen.say(
            en=pen.pick(
                f"If {x} is {kind.en}, {rel} and {eq}, what is {x}?",
                f"Let {x} be {kind.en}. If {eq} (assume {rel}), find {x}."
                if kind.en[0] == "a"
                else f"{x} is {kind.en}. Solve {eq} for {rel}.",
            ),
            zh=f"若 {x} 为{kind.zh}，{rel}，且 {eq}，则 {x} 的值是多少？",
        )
    posed = _posed(pen, text, equation, chosen, "x")
    return Posed(
        text,
        posed.truth,
        (
            *posed.decoys,
            ("second condition forgotten", roots(first, "x", pen.language)),
            ("first condition forgotten", roots(limit.chosen(equation.found), "x", pen.language)),
        ),
    )


def _undefined_for(pen: Pen) -> Posed:
    """Where a fraction is not defined, under a condition or without one."""
    chance, x = pen.chance, variable("x")
    a, b = chance.sample([n for n in range(-6, 7) if n], 2)
    below = minus(x, a) * minus(x, b) if chance.random() < 0.5 else x**2 - a * a
    zeros = [Fraction(a), Fraction(b)] if below.kind == "mul" else [Fraction(a), Fraction(-a)]
    e, name = pen.math(constant(1) / below), pen.math(x)
    limit = relation(chance, zeros, "x")
    kind = chance.choice(KINDS)
    choice = chance.randrange(4)
    if choice == 0:
        chosen = zeros
        text = pen.say(
            en=f"For what values of {name} is {e} undefined?", zh=f"当 {name} 为何值时，{e} 无意义？"
        )
    elif choice == 1:
        chosen = limit.chosen(zeros)
        text = pen.say(
            en=f"For {_rel(pen, limit)}, what values of {name} make {e} undefined?",
            zh=f"已知 {_rel(pen, limit)}，当 {name} 为何值时，{e} 无意义？",
        )
    elif choice == 2:
        chosen = kind.chosen(zeros)
        text = pen.say(
            en=f"If {name} is {kind.en}, for what values of {name} is {e} undefined?",
            zh=f"设 {name} 是{kind.zh}，当 {name} 为何值时，{e} 无意义？",
        )
    else:
        chosen = kind.chosen(zeros)
        if not chosen or not kind.en.startswith("a"):
            raise Doubtful
        text = f"Let {name} be {kind.en}. What is the sum of all values of {name} for which {e} is undefined?"
        decoys = (("forgotten condition", number(sum(zeros, Fraction(0)))),)
        return Posed(text, number(sum(set(chosen), Fraction(0))), decoys)
    return Posed(
        text, roots(chosen, "x", pen.language), (("forgotten condition", roots(zeros, "x", pen.language)),)
    )


FAMILIES: dict[str, Family] = {
    "equation": _plain_equation,
    "adjective of the solutions": _with_adjective,
    "kind of the unknown": _with_kind,
    "relation beside an equation": _with_relation,
    "what the roots make": _summed,
    "two conditions": _doubly_conditioned,
    "where a fraction is undefined": _undefined_for,
}
