"""The second way of questions about whole numbers.

Brute force and long division, digit by digit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from math import isqrt
from typing import Any

import mpmath  # type: ignore[import-untyped]

from checkers.mathematics.confirmation.algebra import polynomial_of
from checkers.mathematics.confirmation.evaluation.arithmetic import evaluate, inexact, is_near
from checkers.mathematics.confirmation.evaluation.errors import CannotTell
from checkers.mathematics.confirmation.evaluation.results import names_of, number_of
from checkers.mathematics.confirmation.evaluation.sampling import agree
from checkers.mathematics.confirmation.lists import whole_of_dots
from checkers.mathematics.confirmation.told import Confirmation, Told, names_in
from checkers.mathematics.formulas.nodes import Node

__all__ = ["INTEGERS"]

MOST_TRIALS = 3_500_000


def _factors(number: int) -> dict[int, int]:
    """The prime factors by trial division."""
    found: dict[int, int] = {}
    factor = 2
    while factor * factor <= number:
        if factor > MOST_TRIALS:
            raise CannotTell("too large to factor")
        while number % factor == 0:
            found[factor] = found.get(factor, 0) + 1
            number //= factor
        factor += 1 if factor == 2 else 2
    if number > 1:
        found[number] = found.get(number, 0) + 1
    return found


def _divisors(number: int) -> list[int]:
    made = [1]
    for prime, exponent in _factors(number).items():
        made = [divisor * prime**k for divisor in made for k in range(exponent + 1)]
        if len(made) > 50_000:
            raise CannotTell("too many divisors")
    return sorted(made)


def _common(told: Told) -> bool | None:
    numbers = [int(n) for n in told.numbers("ns")]
    if any(n > 10**9 for n in numbers):
        raise CannotTell("too large")
    if not told.has("lcm"):
        return told.equals(max(d for d in _divisors(min(numbers)) if all(n % d == 0 for n in numbers)))
    exponents: dict[int, int] = {}
    for number in numbers:
        for prime, exponent in _factors(number).items():
            exponents[prime] = max(exponent, exponents.get(prime, 0))
    made = 1
    for prime, exponent in exponents.items():
        made *= prime**exponent
    return told.equals(made)


def _is_root(number: int, power: int) -> bool:
    near = round(number ** (1 / power))
    return any(k**power == number for k in (near - 1, near, near + 1))


_SORTS: dict[str, Callable[[int], bool]] = {
    "odd": lambda d: d % 2 == 1,
    "even": lambda d: d % 2 == 0,
    "perfect square": lambda d: isqrt(d) ** 2 == d,
    "perfect cube": lambda d: _is_root(d, 3),
    "prime": lambda d: d > 1 and _factors(d) == {d: 1},
}


def _of_sort(told: Told) -> list[int]:
    number = told.integer("n")
    sort = re.sub(r"^(?:distinct|different) ", "", told.word("sort")).removesuffix("s")
    if sort == "prime" or "质因数" in told.text:
        return sorted(_factors(number))
    divisors = _divisors(number)
    if sort == "proper":
        return divisors[:-1]
    return [d for d in divisors if _SORTS[sort](d)] if sort else divisors


def _divisor_count(told: Told) -> bool | None:
    return told.equals(len(_of_sort(told)))


def _divisor_sum(told: Told) -> bool | None:
    numbers, word = _of_sort(told), told.word("what")
    if word == "sum":
        return told.equals(sum(numbers))
    if word == "product":
        made = 1
        for number in numbers:
            made *= number
        return told.equals(made)
    return told.equals(min(numbers) if word == "smallest" else max(numbers))


def _prime_factors(told: Told) -> bool | None:
    made = 1
    for prime, exponent in _factors(told.integer("n")).items():
        made *= prime**exponent
    return told.equals(made)


def _is_it(told: Told) -> bool | None:
    number, sort = told.integer("n"), told.word("sort")
    prime = _factors(number) == {number: 1}
    holds = {
        "even": number % 2 == 0,
        "偶数": number % 2 == 0,
        "odd": number % 2 == 1,
        "奇数": number % 2 == 1,
    }.get(sort, prime == (sort in ("prime", "质数", "素数")))
    return ("yes" in told.expected.values) == holds


def _remainder_of(tree: Node, modulus: int, told: Told) -> int:
    """The remainder of a large power by repeated multiplication.

    The powers run in a cycle, which is found first.
    """
    if any(part.kind == "dots" for part in _inside(tree)):
        return int(whole_of_dots(tree, told)) % modulus
    if tree.kind in ("add", "sub", "mul"):
        left, right = (_remainder_of(part, modulus, told) for part in tree.parts)
        return {"add": left + right, "sub": left - right, "mul": left * right}[tree.kind] % modulus
    if tree.kind in ("neg", "pos"):
        return (-1 if tree.kind == "neg" else 1) * _remainder_of(tree.parts[0], modulus, told) % modulus
    if tree.kind == "pow":
        base, exponent = _remainder_of(tree.parts[0], modulus, told), evaluate(tree.parts[1], told.scope)
        seen: dict[int, int] = {}
        powers: list[int] = []
        value = 1 % modulus
        while value not in seen:
            if len(powers) > 200_000:
                raise CannotTell("a cycle that is too long")
            seen[value] = len(powers)
            powers.append(value)
            value = value * base % modulus
        start = seen[value]
        place = exponent if exponent < start else start + (exponent - start) % (len(powers) - start)
        return powers[int(place)]
    if tree.kind == "fact":
        top = evaluate(tree.parts[0], told.scope)
        made = 1
        for k in range(1, min(top, modulus) + 1):
            made = made * k % modulus
        return made
    return int(evaluate(tree, told.scope)) % modulus


def _inside(tree: Node) -> list[Node]:
    return [tree, *(node for part in tree.parts for node in _inside(part))]


def _remainder(told: Told) -> bool | None:
    if told.expected.kind == "expression" or names_in(told.tree("m2"), told):
        return _division(told)
    return told.equals(_remainder_of(told.tree("a"), told.integer("m2"), told))


def _division(told: Told) -> bool | None:
    """Long division of polynomials."""
    tree, divisor = told.tree("a"), told.tree("m2")
    (name,) = names_in(divisor, told)
    above = polynomial_of(told, tree, name)
    below = polynomial_of(told, divisor, name)
    quotient = [Fraction(0)] * max(1, len(above) - len(below) + 1)
    rest = list(above)
    for shift in range(len(above) - len(below), -1, -1):
        factor = rest[shift + len(below) - 1] / below[-1]
        quotient[shift] = factor
        for k, coefficient in enumerate(below):
            rest[shift + k] -= factor * coefficient
    wanted = quotient if told.word("which") == "quotient" else rest
    (made,) = told.expected.values

    def value(p: dict[str, Any]) -> Any:
        return sum((c * p[name] ** k for k, c in enumerate(wanted)), Fraction(0))

    if not names_of(made):
        return is_near(number_of(made), value({name: Fraction(7, 3)})) and is_near(
            number_of(made), value({name: Fraction(2)})
        )
    return agree(value, lambda p: number_of(made, p), [name], told.seed)


def _digit(told: Told) -> bool | None:
    place = 1 if told.has("tens") else 0
    try:
        digits = str(abs(int(evaluate(told.tree("a"), told.scope))))
    except (CannotTell, ValueError):
        if any(node.kind in ("sub", "neg") for node in _inside(told.tree("a"))):
            return None
        digits = f"{_remainder_of(told.tree('a'), 100, told):02d}"
    return told.equals(int(digits.rjust(2, "0")[-1 - place]))


def _read_in(digits: str, base: int) -> int:
    total = 0
    for digit in digits:
        value = "0123456789abcdefghijklmnopqrstuvwxyz".index(digit.lower())
        if value >= base:
            raise CannotTell("a digit that the base does not have")
        total = total * base + value
    return total


def _converted(told: Told) -> bool | None:
    tree = told.tree("n")
    value = evaluate(tree, told.scope)
    if tree.kind == "num":
        said = [int(told.ask.formula(group)) for group in ("a0", "f") if told.has(group)]
        if "binary number" in told.text:
            said.append(2)
        value = _read_in(tree.text, said[-1] if said else 10)
    return told.equals(value)


def _inverse(told: Told) -> bool | None:
    formula = told.ask.formula("a")
    match = re.match(r"\s*\{?\(?\s*(\d+).*?(?:mod)\s*\{?\s*(\d+)", formula)
    base, modulus = (int(match[1]), int(match[2])) if match else (int(formula), told.integer("m"))
    found = [k for k in range(modulus) if k * base % modulus == 1]
    return len(found) == 1 and told.equals(found[0])


def _congruence(told: Told) -> bool | None:
    numbers = re.findall(r"\d+", told.ask.formula("r"))
    low, high = int(numbers[0]), int(numbers[-1])
    left, right = told.ask.formula("c").split(r"\equiv")
    side, _, modulus = right.partition(r"\pmod")
    m = int(re.findall(r"\d+", modulus)[0])
    name = told.ask.formula("n").strip()
    strict = "<" in told.ask.formula("r")
    trees = told.facts.parse(left.strip()), told.facts.parse(side.strip())
    found = []
    for k in range(low, high + (0 if strict else 1)):
        inside = told.scope.where({name: k})
        try:
            one, other = (evaluate(tree, inside) for tree in trees)
        except CannotTell:
            one, other = (_remainder_of(tree, m, told) if not names_in(tree, told) else k for tree in trees)
        if (one - other) % m == 0:
            found.append(k)
    return len(found) == 1 and told.equals(found[0])


def _rounded(told: Told) -> bool | None:
    """No multiple of the place's unit is nearer to the number than the result."""
    value, result = inexact(told.number("n")), told.result
    unit = Fraction(10) ** -(told.expected.decimals or 0)
    near = abs(value - inexact(result))
    return Fraction(result / unit).denominator == 1 and bool(near <= inexact(unit) / 2)


def _zeros(told: Told) -> bool | None:
    number, count = told.integer("n"), 0
    while number % 10 == 0:
        number //= 10
        count += 1
    return told.equals(count)


def _same_number(told: Told) -> bool | None:
    return told.equals(told.number("a"))


def _congruent(told: Told) -> bool | None:
    return told.equals(_remainder_of(told.tree("a"), told.integer("m"), told))


def _lowest_terms(told: Told) -> bool | None:
    value = Fraction(told.number("a"))
    names = [part.text for part in told.tree("f").parts]
    inside = told.scope.where(dict(zip(names, (value.numerator, value.denominator), strict=True)))
    return told.equals(evaluate(told.tree("g"), inside))


def _period(told: Told) -> bool | None:
    """Long division until a remainder comes again."""
    value = Fraction(told.number("a"))
    rest = value.numerator % value.denominator
    seen: dict[int, int] = {}
    while rest not in seen and rest:
        seen[rest] = len(seen)
        rest = rest * 10 % value.denominator
        if len(seen) > 200_000:
            raise CannotTell("a period that is too long")
    return bool(rest) and told.equals(len(seen) - seen[rest])


def _digit_sum(told: Told) -> bool | None:
    if told.tree("a").kind == "based":
        return None
    value = Fraction(told.number("a"))
    whole, rest = divmod(value.numerator, value.denominator)
    total = sum(int(digit) for digit in str(whole))
    for _ in range(500):
        digit, rest = divmod(rest * 10, value.denominator)
        total += digit
    return not rest and told.equals(total)


def _between(told: Told) -> bool | None:
    low, high = (inexact(told.number(group)) for group in "ab")
    first, last = int(mpmath.floor(low)), int(mpmath.ceil(high))
    if last - first > 200_000:
        raise CannotTell("too many")
    squares = told.word("what") == "perfect squares"
    return told.equals(
        sum(1 for n in range(first, last + 1) if low < n < high and (not squares or isqrt(n) ** 2 == n))
    )


def _multiple(told: Told) -> bool | None:
    step, result = told.integer("n"), told.result
    if told.word("digits"):
        size = {"two": 2, "three": 3, "four": 4}[told.word("digits").removesuffix("-digit")]
        low, high = 10 ** (size - 1), 10**size - 1
    else:
        edge = told.integer("m" if told.has("m") else "m2")
        above = (told.word("how") or told.word("how2")) in ("greater", "more", "larger")
        low, high = (edge + 1, edge + step) if above else (edge - step, edge - 1)
    smallest = told.word("what") in ("smallest", "least")
    beyond = result - step if smallest else result + step
    return result % step == 0 and low <= result <= high and not (low <= beyond <= high)


def _residue_told(told: Told) -> bool | None:
    left, _, modulus = re.sub(r"\(?\\bmod", r"\\pmod", told.ask.formula("c")).partition(r"\pmod")
    return told.equals(_remainder_of(told.facts.parse(left.strip()), int(re.sub(r"\D", "", modulus)), told))


def _decimal_place(told: Told) -> bool | None:
    """Long division to that place."""
    value = Fraction(told.number("a"))
    rest, digit = value.numerator % value.denominator, 0
    for _ in range(int(re.findall(r"\d+", told.ask.formula("k"))[0])):
        digit, rest = divmod(rest * 10, value.denominator)
    return told.equals(digit)


def _digits_in_base(told: Told) -> bool | None:
    rest, base, total = told.integer("a"), told.integer("b"), 0
    while rest:
        rest, digit = divmod(rest, base)
        total += digit
    return told.equals(total)


def _end_of_length(told: Told) -> bool | None:
    """So many of the highest digits read in the base, or a one and zeros."""
    lengths = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    base, length = told.integer("b"), lengths.index(told.word("digits")) + 2
    digits = [base - 1] * length if told.word("what") in ("largest", "greatest") else [1] + [0] * (length - 1)
    value = 0
    for digit in digits:
        value = value * base + digit
    return told.equals(value)


INTEGERS: dict[str, Confirmation] = {
    "divisors._common": _common,
    "divisors._divisor_count": _divisor_count,
    "divisors._divisor_sum": _divisor_sum,
    "divisors._prime_factors": _prime_factors,
    "divisors._is_it": _is_it,
    "numbers._remainder": _remainder,
    "numbers._division": _division,
    "numbers._digit": _digit,
    "numbers._converted": _converted,
    "numbers._inverse": _inverse,
    "numbers._congruence": _congruence,
    "numbers._rounded": _rounded,
    "numbers._zeros": _zeros,
    "numbers._rewritten": _same_number,
    "numbers._congruent": _congruent,
    "numbers._lowest_terms": _lowest_terms,
    "numbers._period": _period,
    "numbers._digit_sum": _digit_sum,
    "numbers._residue_told": _residue_told,
    "numbers._decimal_place": _decimal_place,
    "numbers._digits_in_base": _digits_in_base,
    "numbers._end_of_length": _end_of_length,
    "shapes._between": _between,
    "shapes._multiple": _multiple,
}
