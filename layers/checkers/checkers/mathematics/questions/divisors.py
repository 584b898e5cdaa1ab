"""Questions about the divisors of whole numbers: common ones, their number and sum, primes."""

from __future__ import annotations

import re
from collections.abc import Callable

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.build import build
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.questions.matched_numbers import integer, integers
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.values import value_expected

__all__ = ["QUESTIONS"]

_METHOD = "number theory"
LARGEST = 10**13
"""Beyond it numbers are not factored."""

_WHAT = r"(?:what is|what's|find|compute|determine|calculate|evaluate|求|给出)"


@asked(
    rf"{_WHAT} the (?:greatest|largest|highest) common (?:factor|divisor)(?: \(gc[df]\))? of <ns+>",
    rf"{_WHAT} the (?P<lcm>least|lowest|smallest) common multiple(?: \(lcm\))? of <ns+>",
    rf"{_WHAT} (?:the )?(?:gcd|gcf|hcf) (?:of )?<ns+>",
    rf"{_WHAT} (?:the )?(?P<lcm>lcm) (?:of )?<ns+>",
    r"(?:求 ?)?<ns+> ?的最大公(?:约数|因数)(?:是|为)?(?:多少)?[() _]*",
    r"(?:求 ?)?<ns+> ?的(?P<lcm>最小公倍数)(?:是|为)?(?:多少)?[() _]*",
    words="greatest largest highest factor divisor gcf gcd hcf lcm least lowest smallest multiple 最大公约数 最大公因数 最小公倍数 约数 因数 最大公",
)
def _common(ask: Ask) -> Expected:
    numbers = integers(ask, "ns")
    if len(numbers) < 2 or min(numbers) < 1:
        raise NotUnderstood("no numbers with a common divisor")
    value = sp.ilcm(*numbers) if ask.has("lcm") else sp.igcd(*numbers)
    return value_expected(ask, sp.Integer(value), None, method=_METHOD)


_DIVISORS: dict[str, Callable[[int], int]] = {
    "": lambda n: int(sp.divisor_count(n)),
    "odd": lambda n: int(sp.divisor_count(n >> (n & -n).bit_length() - 1)),
    "even": lambda n: int(sp.divisor_count(n)) - int(sp.divisor_count(n >> (n & -n).bit_length() - 1)),
    "proper": lambda n: int(sp.divisor_count(n)) - 1,
    "prime": lambda n: len(sp.primefactors(n)),
    "perfect square": lambda n: _square_divisors(n, 2),
    "perfect cube": lambda n: _square_divisors(n, 3),
}


def _square_divisors(number_: int, power: int) -> int:
    count = 1
    for exponent in sp.factorint(number_).values():
        count *= exponent // power + 1
    return count


_PLAIN = r"(?:(?:different|distinct|positive|integer|integral|whole[- ]number) )*"
_SORT = r"(?:(?P<sort>odd|even|proper|prime|distinct prime|different prime|perfect square|perfect cube) )?"
_DIVISOR = rf"(?P<k1>{_PLAIN}){_SORT}(?P<k2>{_PLAIN})(?:divisors|factors)"
_PLAIN_SORT = (
    rf"(?P<k1>{_PLAIN})(?P<sort>prime |distinct prime |different prime |odd |even |proper )?(?P<k2>{_PLAIN})"
)


@asked(
    rf"how many {_DIVISOR} does (?:the number )?<n> have",
    rf"how many {_DIVISOR} (?:are there )?of <n>(?: are there)?",
    rf"(?:find|what is|determine|compute) the number of {_DIVISOR} of <n>",
    rf"how many {_DIVISOR} (?:does|do) <n> have",
    r"<n> ?(?:的|一共有|共有|有)?(?:多少个|几个)?(?P<k1>正)?(?:因数|约数)(?:有|的个数是|的个数为|的个数|个数是|共有|一共有)?(?:多少个|几个|个|多少)?[() _]*",
    r"how many (?P<sort>perfect squares?|perfect cubes?) (?:are )?(?P<k2>positive )?(?:divisors|factors) of <n>",
    words="divisors factors how many 因数 约数 共有 一共有 多少个 的个数是 的个数为 的个数 个数是 几个 的因数 的约数",
)
def _divisor_count(ask: Ask) -> Expected:
    value = _factorable(ask, "n")
    named = ask.word("sort").removesuffix("s")
    sort = named.removeprefix("distinct ").removeprefix("different ")
    plain = f"{ask.word('k1')} {ask.word('k2')}"
    if named == "prime" and not re.search("distinct|different", plain) and _is_repeated(value):
        raise NotUnderstood("prime factors that may count several times")
    if re.search("integer|integral", plain) and "positive" not in plain:
        raise NotUnderstood("divisors of which negative ones may be counted")
    return value_expected(ask, sp.Integer(_DIVISORS[sort](value)), None, method=_METHOD)


@asked(
    rf"{_WHAT} the (?P<what>sum|product) of (?:all )?(?:of )?(?:the )?{_PLAIN_SORT}(?:divisors|factors) of <n>",
    rf"{_WHAT} the (?P<what>largest|greatest|smallest) (?P<sort>prime )(?:divisor|factor) of <n>",
    r"<n> ?的最大质因数(?:是|为)?[() _]*(?P<what>(?<=.))(?P<sort>)",
    words="divisors factors divisor factor 最大质因数 的最大质因数",
)
def _divisor_sum(ask: Ask) -> Expected:
    value, sort = _factorable(ask, "n"), ask.word("sort").removeprefix("distinct ").removeprefix("different ")
    if "integer" in ask.word("k1") + ask.word("k2") and "positive" not in ask.word("k1") + ask.word("k2"):
        raise NotUnderstood("divisors of which negative ones may be counted")
    counted = sort == "prime" and ask.word("what") in ("sum", "product")
    if counted and _is_repeated(value) and not re.search("distinct|different", ask.text):
        raise NotUnderstood("prime factors that may count several times")
    numbers = sp.primefactors(value) if sort == "prime" else sp.divisors(value)
    if sort in ("odd", "even"):
        numbers = [divisor for divisor in numbers if divisor % 2 == (sort == "odd")]
    if sort == "proper":
        numbers = numbers[:-1]
    if not numbers or len(numbers) > 2_000:
        raise NotUnderstood("no divisors")
    word = ask.word("what")
    if word == "sum":
        made = sum(numbers)
    elif word == "product":
        made = sp.prod(numbers)
    else:
        made = min(numbers) if word == "smallest" else max(numbers)
    return value_expected(ask, sp.Integer(made), None, method=_METHOD)


def _is_repeated(value: int) -> bool:
    return any(power > 1 for power in sp.factorint(value).values())


def _factorable(ask: Ask, group: str) -> int:
    tree = ask.tree(group)
    value = build(tree, ask.facts.context())
    if not isinstance(value, sp.Integer) or value < 1:
        raise NotUnderstood("no positive integer")
    if value > LARGEST and not _is_smooth(tree):
        raise NotUnderstood("a number that is too large to be factored")
    return int(value)


def _is_smooth(tree: Node) -> bool:
    """Whether it is written as a product of powers and factorials of small numbers."""
    if tree.kind == "num":
        return len(tree.text) < 9
    if tree.kind in ("mul", "pow"):
        return all(_is_smooth(part) for part in tree.parts)
    return tree.kind == "fact"


@asked(
    r"(?:what is|find|write|give|determine) (?:the )?(?P<prime>prime) factorization of <n>",
    r"(?:把|将)? ?<n> ?分解质因数",
    words="factorization 分解质因数",
)
def _prime_factors(ask: Ask) -> Expected:
    value = _factorable(ask, "n")
    ask.word("prime")
    if value < 4 or sp.isprime(value):
        raise NotUnderstood("nothing to factor")
    return Expected("value", (sp.Integer(value),), _METHOD, form="primes", question=ask.tree("n"))


@asked(
    r"is <n> (?:a |an )?(?P<sort>prime|composite|even|odd)(?: number)?",
    r"<n> ?是(?P<sort>质数|素数|合数|偶数|奇数)吗",
)
def _is_it(ask: Ask) -> Expected:
    value = integer(ask, "n")
    if not 1 < value < LARGEST:
        raise NotUnderstood("no number to judge")
    sort = ask.word("sort")
    prime = bool(sp.isprime(value))
    holds = {
        "prime": prime, "质数": prime, "素数": prime, "composite": not prime, "合数": not prime,
        "even": value % 2 == 0, "偶数": value % 2 == 0, "odd": value % 2 == 1, "奇数": value % 2 == 1,
    }[sort]  # fmt: skip
    return Expected("word", ("yes", "true", "是") if holds else ("no", "false", "不是"), _METHOD)


QUESTIONS = (
    _common,
    _divisor_count,
    _divisor_sum,
    _prime_factors,
    _is_it,
)
