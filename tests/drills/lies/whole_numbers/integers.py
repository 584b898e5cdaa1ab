"""Whole numbers: counting under limits, divisors, remainders, probability. All by trying them all."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from drills.lies.drilled import Family, Posed
from drills.lies.expressions import variable
from drills.lies.notation import Pen
from drills.lies.oracle import Doubtful, divisors, is_prime, is_square
from drills.lies.truths import Truth, number, roots, word

__all__ = ["FAMILIES"]

Test = Callable[[int], bool]


def _decoys(pen: Pen, **values: int | Fraction) -> tuple[tuple[str, Truth], ...]:
    return tuple((kind.replace("_", " "), number(value, pen.language)) for kind, value in values.items())


_LENGTHS = (
    ("", "", 1, 9_999),
    ("one-digit ", "一位", 1, 9),
    ("two-digit ", "两位", 10, 99),
    ("three-digit ", "三位", 100, 999),
)
_SORTS: tuple[tuple[str, str, Test], ...] = (
    ("primes", "质数", is_prime),
    ("odd numbers", "奇数", lambda n: n % 2 == 1),
    ("even numbers", "偶数", lambda n: n % 2 == 0),
    ("perfect squares", "完全平方数", is_square),
    ("integers", "整数", lambda n: True),
    ("positive integers", "正整数", lambda n: n > 0),
)


def _measured(what: str, members: list[int]) -> int:
    return {"number": len(members), "largest": max(members), "smallest": min(members), "sum": sum(members)}[
        what
    ]


def _limited(pen: Pen) -> Posed:
    """How many, or which is the largest, of numbers with so many digits under limits and divisible or not."""
    chance = pen.chance
    size, size_zh, low, high = chance.choice(_LENGTHS)
    sort, sort_zh, test = chance.choice(_SORTS[:4] if size else _SORTS)
    at, k = chance.choice((3, 5, 20, 50, 70, 150, 200, 120)), chance.choice((3, 4, 7, 9))
    limits: list[tuple[str, str, Test]] = [
        (f"greater than {at}", f"大于{at}", lambda n: n > at),
        (f"less than {at}", f"小于{at}", lambda n: n < at),
        (f"at most {at}", f"不超过{at}", lambda n: n <= at),
        (f"divisible by {k}", f"能被{k}整除", lambda n: n % k == 0),
        (f"not divisible by {k}", f"不能被{k}整除", lambda n: n % k != 0),
    ]
    chosen = chance.sample(limits, 1 if size else 2)
    if not size and all("than" not in limit[0] and "most" not in limit[0] for limit in chosen):
        raise Doubtful
    if not size and not any(limit[0].startswith(("less", "at most")) for limit in chosen):
        raise Doubtful
    if not size and sort == "integers":
        raise Doubtful
    whole = range(low, high + 1) if size else range(high + 1)
    if (
        not size
        and sort not in ("primes", "positive integers")
        and chosen[0][0].startswith(("less", "at most"))
    ):
        # Whether 0 and the negative ones are meant is not said.
        raise Doubtful
    members = [n for n in whole if test(n) and all(limit[2](n) for limit in chosen)]
    loose = [n for n in range(1, 2_000) if test(n) and chosen[0][2](n)]
    en, zh = " and are ".join(limit[0] for limit in chosen), "且".join(limit[1] for limit in chosen)
    what = chance.choice(("number", "number", "largest", "smallest", "sum"))
    if not members:
        raise Doubtful
    value, other = _measured(what, members), _measured(what, loose or [1])
    one = sort.removesuffix("s")
    sentence = {
        "number": pen.pick(
            f"How many {size}{sort} are {en}?", f"Find the number of {size}{sort} that are {en}."
        ),
        "largest": f"What is the largest {size}{one} that is {en.replace(' are ', ' is ')}?",
        "smallest": f"What is the smallest {size}{one} that is {en.replace(' are ', ' is ')}?",
        "sum": f"What is the sum of all {size}{sort} that are {en}?",
    }[what]
    chinese = {"number": f"{zh}的{size_zh}{sort_zh}有多少个？", "largest": f"{zh}的最大的{size_zh}{sort_zh}是多少？",
               "smallest": f"{zh}的最小的{size_zh}{sort_zh}是多少？", "sum": f"所有{zh}的{size_zh}{sort_zh}的和是多少？"}[what]  # fmt: skip
    decoys = [("limits overwritten", other)]
    if size:
        every = [n for n in range(low, high + 1) if test(n)]
        decoys.append(("limit forgotten", _measured(what, every)))
    made = tuple((kind, number(other, pen.language)) for kind, other in decoys)
    return Posed(pen.say(en=sentence, zh=chinese), number(value, pen.language), made)


def _divisors(pen: Pen) -> Posed:
    """How many divisors of a sort, what they make, and integers, which count twice."""
    chance, n = pen.chance, pen.chance.randint(6, 180)
    sorts: tuple[tuple[str, str, Test], ...] = (
        ("", "", lambda d: True), ("positive ", "正", lambda d: True), ("odd ", "奇", lambda d: d % 2 == 1), ("even ", "偶", lambda d: d % 2 == 0),
        ("prime ", "质", is_prime), ("composite ", "合", lambda d: d > 1 and not is_prime(d)), ("two-digit ", "两位", lambda d: 9 < d < 100),
        ("perfect square ", "完全平方", is_square), ("proper ", "真", lambda d: d < n),
    )  # fmt: skip
    en, zh, test = chance.choice(sorts)
    found = [d for d in divisors(n) if test(d)]
    if (
        not found
        or (en == "proper " and pen.language == "zh")
        or (en in ("", "prime ", "proper ") and pen.language == "zh")
    ):
        raise Doubtful
    shown = pen.math(n)
    what = chance.choice(("number", "number", "sum", "largest"))
    value = {"number": len(found), "sum": sum(found), "largest": max(found)}[what]
    every = {"number": len(divisors(n)), "sum": sum(divisors(n)), "largest": n}[what]
    if en == "prime " and what == "sum":
        raise Doubtful
    text = pen.say(
        en={"number": pen.pick(f"How many {en}divisors does {shown} have?", f"How many {en}factors of {shown} are there?"),
            "sum": f"What is the sum of the {en}divisors of {shown}?", "largest": f"What is the largest {en}divisor of {shown}?"}[what],
        zh={"number": f"{shown} 的{zh}因数有多少个？", "sum": f"{shown} 的所有{zh}因数的和是多少？", "largest": f"{shown} 的最大{zh}因数是多少？"}[what],
    )  # fmt: skip
    return Posed(text, number(value, pen.language), _decoys(pen, adjective_forgotten=every))


def _integer_divisors(pen: Pen) -> Posed:
    """Integers are divisors on both sides of zero."""
    n = pen.chance.randint(4, 60)
    count = 2 * len(divisors(n))
    text = pen.pick(
        f"How many integers are divisors of {pen.math(n)}?",
        f"How many integers {pen.math(n)} is divisible by are there?",
    )
    return Posed(
        text, number(count), _decoys(pen, negative_ones_forgotten=count // 2, sum_instead=sum(divisors(n)))
    )


def _common(pen: Pen) -> Posed:
    numbers = [
        pen.chance.choice((12, 18, 24, 30, 36, 48, 60, 75, 100, 120, 150, 200))
        for _ in range(pen.chance.choice((2, 2, 3)))
    ]
    if len(set(numbers)) < len(numbers):
        raise Doubtful
    least = pen.chance.random() < 0.5
    gap = pen.pick(", ", ",") if len(numbers) == 3 and pen.notation != "latex" else ", "
    shown = [pen.math(n) for n in numbers]
    listed = pen.say(
        en=gap.join(shown[:-1]) + f" and {shown[-1]}", zh=gap.join(shown[:-1]) + f"和{shown[-1]}"
    )
    text = pen.say(
        en=f"What is the {'least common multiple' if least else 'greatest common divisor'} of {listed}?",
        zh=f"{listed}的{'最小公倍数' if least else '最大公约数'}是多少？",
    )
    lowest, highest = math.lcm(*numbers), math.gcd(*numbers)
    decoys = _decoys(pen, the_other_one=highest if least else lowest, the_product=math.prod(numbers))
    return Posed(text, number(lowest if least else highest, pen.language), decoys)


def _statistic(pen: Pen) -> Posed:
    """Numbers in a list, which may be written without a space after the comma."""
    chance = pen.chance
    count = chance.choice((3, 4, 5))
    values = [
        chance.choice((100, 150, 200, 250, 300, 400, 120))
        if chance.random() < 0.5
        else chance.randint(-9, 40)
        for _ in range(count)
    ]
    gap = pen.pick(", ", ",") if pen.notation in ("plain", "unicode") else ", "
    shown = [pen.math(value) for value in values]
    listed = pen.say(en=gap.join(shown[:-1]) + f" and {shown[-1]}", zh=gap.join(shown))
    ordered = sorted(values)
    median = (
        Fraction(ordered[count // 2])
        if count % 2
        else Fraction(ordered[count // 2 - 1] + ordered[count // 2], 2)
    )
    what = chance.choice(("mean", "median", "range"))
    made = {
        "mean": Fraction(sum(values), count),
        "median": median,
        "range": Fraction(max(values) - min(values)),
    }
    text = pen.say(
        en=pen.pick(f"What is the {what} of {listed}?", f"Find the {what} of the numbers {listed}."),
        zh=f"数据 {listed} 的{ {'mean': '平均数', 'median': '中位数', 'range': '极差'}[what] }是",
    )
    decoys = [(f"{kind} instead", number(value, pen.language)) for kind, value in made.items()]
    if gap == "," and any(len(str(value)) == 3 for value in values[1:-1]):
        # 100,200 may be one number too; that it is one, and nothing else, is not what is meant.
        run = int("".join(str(abs(value)) for value in values[:-1]))
        decoys = [("numbers run together", number(Fraction(run + values[-1], 2), pen.language))]
        return Posed(text, None, tuple(decoys))
    return Posed(text, number(made[what], pen.language), tuple(decoys))


def _remainder(pen: Pen) -> Posed:
    chance = pen.chance
    modulus, base, power = chance.randint(3, 13), chance.randint(-40, 90), chance.choice((1, 1, 2, 5))
    value = base**power
    inner = f"({base})" if base < 0 and power > 1 else str(base)
    shown = pen.framed(f"{inner}^{power}" if power > 1 else str(base))
    text = pen.say(
        en=pen.pick(
            f"What is the remainder when {shown} is divided by {pen.math(modulus)}?",
            f"Find the remainder when {shown} is divided by {pen.math(modulus)}.",
        ),
        zh=f"{shown} 除以 {pen.math(modulus)} 的余数是多少？",
    )
    quotient = value // modulus
    return Posed(
        text,
        number(value % modulus, pen.language),
        _decoys(pen, quotient=quotient, negative=value % modulus - modulus),
    )


def _units_digit(pen: Pen) -> Posed:
    chance = pen.chance
    a, b = chance.randint(2, 30), chance.randint(2, 40)
    choice = chance.randrange(3)
    value, shown = ((a - b, f"{a} - {b}"), (a * b, f"{a} * {b}"), (a**3, f"{a}^3"))[choice]
    last = abs(value) % 10
    e = pen.framed(shown.replace("*", r"\times") if pen.notation == "latex" else shown)
    text = pen.say(en=f"What is the units digit of {e}?", zh=f"{e} 的个位数字是多少？")
    return Posed(
        text,
        number(last, pen.language),
        _decoys(pen, counted_from_below=value % 10, first_digit=int(str(abs(value))[0])),
    )


def _probability(pen: Pen) -> Posed:
    chance = pen.chance
    low, high, k = chance.choice((1, 1, 5, 10)), chance.choice((20, 30, 50, 100)), chance.choice((3, 4, 7))
    tests: tuple[tuple[str, Test], ...] = (
        ("prime", is_prime), ("odd", lambda n: n % 2 == 1), (f"a multiple of {pen.math(k)}", lambda n: n % k == 0),
        (f"not a multiple of {pen.math(k)}", lambda n: n % k != 0), ("a perfect square", is_square),
        (f"a multiple of {pen.math(k)} but not odd", lambda n: n % k == 0 and n % 2 == 0), (f"even and divisible by {pen.math(k)}", lambda n: n % k == 0 and n % 2 == 0),
    )  # fmt: skip
    words, test = chance.choice(tests)
    whole = range(low, high + 1)
    hits = sum(map(test, whole))
    text = f"A number is chosen at random from {pen.math(low)} to {pen.math(high)}, inclusive. What is the probability that the number is {words}?"
    decoys = _decoys(
        pen,
        complement=1 - Fraction(hits, len(whole)),
        ends_forgotten=Fraction(hits, len(whole) - 1),
        from_one=Fraction(sum(map(test, range(1, high + 1))), high),
        count_alone=hits,
    )
    return Posed(text, number(Fraction(hits, len(whole)), pen.language), decoys)


def _choices(pen: Pen) -> Posed:
    n = pen.chance.randint(4, 10)
    k = pen.chance.randint(2, n - 1)
    combinations, arrangements = math.comb(n, k), math.perm(n, k)
    choice = pen.chance.randrange(3)
    shown = (
        (pen.either(rf"\binom{{{n}}}{{{k}}}", f"C({n}, {k})"), combinations, arrangements),
        (
            pen.either(rf"\frac{{{n}!}}{{{k}!}}", f"{n}!/{k}!"),
            math.factorial(n) // math.factorial(k),
            combinations,
        ),
        (
            pen.framed(f"{k}! + {k - 1}!"),
            math.factorial(k) + math.factorial(k - 1),
            math.factorial(2 * k - 1),
        ),
    )[choice]
    text = pen.say(en=pen.pick(f"Compute {shown[0]}.", f"What is {shown[0]}?"), zh=f"计算 {shown[0]}")
    return Posed(text, number(shown[1], pen.language), _decoys(pen, order_counted=shown[2]))


def _difference(pen: Pen) -> Posed:
    """The difference of two numbers where the second is greater: the negative one is at least not what is meant."""
    a, b = sorted(pen.chance.sample(range(1, 40), 2))
    text = pen.say(
        en=pen.pick(
            f"What is the difference between {pen.math(a)} and {pen.math(b)}?",
            f"What is the positive difference between {pen.math(a)} and {pen.math(b)}?",
        ),
        zh=f"{pen.math(b)} 与 {pen.math(a)} 的差是多少？",
    )
    return Posed(text, number(b - a, pen.language), _decoys(pen, wrong_way_round=a - b, sum_instead=a + b))


def _congruence(pen: Pen) -> Posed:
    chance, m = pen.chance, pen.chance.randint(5, 30)
    value = chance.randint(-200, 400)
    low = chance.choice((0, 0, m, 2 * m, -m))
    n = next(n for n in range(low, low + m) if (n - value) % m == 0)
    name = pen.pick("n", "x")
    bounds = pen.math(low, "<=", variable(name), "<", low + m)
    law = pen.either(rf"{name} \equiv {value} \pmod{{{m}}}", f"{name} ≡ {value} (mod {m})")
    text = f"Find the integer {pen.math(variable(name))} such that {bounds} and {law}."
    return Posed(
        text,
        roots([Fraction(n)], name, "en"),
        (
            ("another residue", roots([Fraction(n + m)], name, "en")),
            ("least residue", roots([Fraction(value % m)], name, "en")),
            ("as given", roots([Fraction(value)], name, "en")),
        ),
        name,
    )


def _yes_or_no(pen: Pen) -> Posed:
    n = pen.chance.choice((1, 2, 9, 15, 21, 27, 33, 51, 57, 87, 91, 7, 13, 29, 97, 101, 121, 143))
    prime = is_prime(n)
    text = pen.say(en=f"Is {pen.math(n)} a prime number?", zh=f"{pen.math(n)} 是质数吗？")
    yes, no = pen.say(en="yes", zh="是"), pen.say(en="no", zh="不是")
    return Posed(text, word(yes if prime else no), (("the other one", word(no if prime else yes)),))


FAMILIES: dict[str, Family] = {
    "numbers under limits": _limited,
    "divisors": _divisors,
    "integers that are divisors": _integer_divisors,
    "common divisors and multiples": _common,
    "mean, median, range": _statistic,
    "remainder": _remainder,
    "units digit": _units_digit,
    "probability": _probability,
    "combinations and factorials": _choices,
    "difference": _difference,
    "congruence in a range": _congruence,
    "is it prime": _yes_or_no,
}
