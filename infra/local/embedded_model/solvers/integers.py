"""Whole numbers: common divisors and multiples, primes, remainders."""

from __future__ import annotations

import math
import re

import sympy as sp

from embedded_model.algebra import objects
from embedded_model.algebra.reading import Reading
from embedded_model.values.phrases import Phrases
from embedded_model.values.solution import Say, Solution, Step

__all__ = ["solve"]

_NUMBERS = r"numbers?|integers?|whole|positive"
_GCD = Phrases(
    rf"greatest common (?:divisor|factor)|highest common factor|gcd|gcf|hcf|{_NUMBERS}",
    r"最大公因数|最大公约数|这两个数|两个数|数",
)
_LCM = Phrases(
    rf"least common multiple|lowest common multiple|smallest common multiple|lcm|{_NUMBERS}",
    r"最小公倍数|这两个数|两个数|数",
)
_FACTORS = Phrases(
    rf"prime factori[sz]ation|factor|factori[sz]e|into|primes?|factors?|as product|write|{_NUMBERS}",
    r"分解质因数|质因数分解|把|将|分解成|质因数",
)
_PRIME = Phrases(
    rf"primes?|{_NUMBERS}|composite|or|check|whether|if",
    r"质数还是合数|素数|质数|合数|判断|是不是|是否|还是|数",
)
_REMAINDER = Phrases(r"remainder|when|divided|by", r"余数|除以|除|被|所得")
_LARGEST = 10**15


def solve(reading: Reading, say: Say) -> Solution | None:
    """The question about whole numbers that *reading* asks."""
    numbers = _integers(reading)
    if not numbers:
        return None
    words = reading.words
    if (
        len(numbers) >= 2
        and _GCD.command(words)
        and re.search(r"common (divisor|factor)|gcd|gcf|hcf|公因数|公约数", words)
    ):
        return _gcd(numbers, say)
    if len(numbers) >= 2 and _LCM.command(words) and re.search(r"common multiple|lcm|公倍数", words):
        return _lcm(numbers, say)
    if (
        len(numbers) == 1
        and _FACTORS.command(words)
        and re.search(r"prime factori|into prime|of prime|质因数", words)
    ):
        return _factors(numbers[0], say)
    if len(numbers) == 1 and _PRIME.command(words) and re.search(r"prime|质数|素数", words):
        return _prime(numbers[0], say)
    if (
        len(numbers) == 2
        and _REMAINDER.command(words)
        and re.search(r"remainder.*divided by|除以.*余数", words)
    ):
        return _remainder(numbers[0], numbers[1], say)
    return None


def _integers(reading: Reading) -> list[int]:
    out: list[int] = []
    for formula in reading.formulas:
        if formula.signs:
            return []
        value = objects.expression(formula.sides[0])
        if not value.is_Integer or not 0 < value <= _LARGEST:
            return []
        out.append(int(value))
    return out


def _product(number: int) -> str:
    parts = sorted(sp.factorint(number).items())
    return (
        r" \times ".join(f"{prime}^{{{power}}}" if power > 1 else str(prime) for prime, power in parts) or "1"
    )


def _table(numbers: list[int], say: Say) -> Step:
    lines = say("; ", "；").join(f"${number} = {_product(number)}$" for number in numbers)
    return Step(
        say("Factor into primes", "分解质因数"),
        say("Write each number as a product of primes: ", "把每个数写成质数的乘积：")
        + lines
        + say(".", "。"),
    )


def _gcd(numbers: list[int], say: Say) -> Solution:
    value = math.gcd(*numbers)
    listed = ", ".join(str(number) for number in numbers)
    quotients = ", ".join(rf"{number} \div {value} = {number // value}" for number in numbers)
    return Solution(
        kind=say("This asks for the greatest common divisor.", "这是求最大公因数的题目。"),
        information=say(f"The numbers are ${listed}$.", f"已知的数是 ${listed}$。"),
        steps=(
            _table(numbers, say),
            Step(
                say("Take what they share", "取公有质因数"),
                say(
                    f"Multiply the primes that all of them contain, each with its lowest power: ${_product(value)} = {value}$.",
                    f"把公有的质因数（取最低次幂）相乘：${_product(value)} = {value}$。",
                ),
            ),
        ),
        answer=str(value),
        check=say(
            f"${quotients}$, and these quotients have no common divisor.",
            f"${quotients}$，所得的商没有大于 1 的公因数。",
        ),
    )


def _lcm(numbers: list[int], say: Say) -> Solution:
    value = math.lcm(*numbers)
    listed = ", ".join(str(number) for number in numbers)
    quotients = ", ".join(rf"{value} \div {number} = {value // number}" for number in numbers)
    return Solution(
        kind=say("This asks for the least common multiple.", "这是求最小公倍数的题目。"),
        information=say(f"The numbers are ${listed}$.", f"已知的数是 ${listed}$。"),
        steps=(
            _table(numbers, say),
            Step(
                say("Take all primes", "取所有质因数"),
                say(
                    f"Multiply every prime that occurs, each with its highest power: ${_product(value)} = {value}$.",
                    f"把出现过的质因数（取最高次幂）相乘：${_product(value)} = {value}$。",
                ),
            ),
        ),
        answer=str(value),
        check=say(
            f"It is a multiple of each: ${quotients}$, and these quotients have no common divisor.",
            f"它是每个数的倍数：${quotients}$，所得的商没有大于 1 的公因数。",
        ),
    )


def _factors(number: int, say: Say) -> Solution:
    return Solution(
        kind=say("This asks for a prime factorization.", "这是分解质因数的题目。"),
        information=say(f"The number is ${number}$.", f"已知的数是 ${number}$。"),
        steps=(
            Step(
                say("Divide by primes", "用质数去除"),
                say(
                    f"Divide by the smallest prime that fits, again and again, until $1$ is left: ${number} = {_product(number)}$.",
                    f"从最小的质数开始反复去除，直到商为 $1$：${number} = {_product(number)}$。",
                ),
            ),
        ),
        answer=_product(number),
        check=say(
            f"Multiplied out this is ${number}$, and every factor is prime.",
            f"乘回去等于 ${number}$，且每个因数都是质数。",
        ),
    )


def _prime(number: int, say: Say) -> Solution:
    prime = sp.isprime(number)
    smallest = min(sp.factorint(number), default=1)
    root = math.isqrt(number)
    if prime:
        why = say(
            f"No prime up to $\\sqrt{{{number}}}$ (that is, up to ${root}$) divides it.",
            f"不超过 $\\sqrt{{{number}}}$（即 ${root}$）的质数都不能整除它。",
        )
    elif number == 1:
        why = say("$1$ is neither prime nor composite by definition.", "按定义，$1$ 既不是质数也不是合数。")
    else:
        why = say(
            f"It is divisible: ${number} = {smallest} \\times {number // smallest}$.",
            f"它能被整除：${number} = {smallest} \\times {number // smallest}$。",
        )
    verdict = say("prime" if prime else "not prime", "是质数" if prime else "不是质数")
    return Solution(
        kind=say("This asks whether a number is prime.", "这是判断质数的题目。"),
        information=say(f"The number is ${number}$.", f"已知的数是 ${number}$。"),
        steps=(Step(say("Look for divisors", "寻找因数"), why),),
        answer=rf"{number}\ \text{{{say('is ', '')}{verdict}}}",
        check=why,
    )


def _remainder(number: int, divisor: int, say: Say) -> Solution:
    quotient, rest = divmod(number, divisor)
    return Solution(
        kind=say("This is a division with remainder.", "这是带余除法。"),
        information=say(f"Divide ${number}$ by ${divisor}$.", f"用 ${number}$ 除以 ${divisor}$。"),
        steps=(
            Step(
                say("Divide", "做除法"),
                say(
                    f"${divisor}$ goes into ${number}$ whole ${quotient}$ times; ${number} - {divisor} \\times {quotient} = {rest}$ is left.",
                    f"${number}$ 里最多有 ${quotient}$ 个 ${divisor}$，余下 ${number} - {divisor} \\times {quotient} = {rest}$。",
                ),
            ),
        ),
        answer=str(rest),
        check=f"${divisor} \\times {quotient} + {rest} = {number}$, $0 \\le {rest} < {divisor}$.",
    )
