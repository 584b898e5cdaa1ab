"""Riddles about numbers that are equations in disguise: sum and difference, heads and feet, a number times and plus."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from embedded_model.values.solution import Say, Solution, Step
from embedded_model.word_problems.working import number, tex

__all__ = ["solve"]

_N = r"(\d+(?:\.\d+)?)"
_TIMES = {
    "twice": "2 times",
    "three times": "3 times",
    "four times": "4 times",
    "five times": "5 times",
    "double": "2 times",
}
Values = list[Fraction]


def solve(text: str, say: Say) -> Solution | None:
    """The solution of a riddle of one of these kinds, if it is the whole of *text*."""
    plain = re.sub(r"\s+", " ", text.strip().lower())
    plain = re.sub("|".join(_TIMES), lambda found: _TIMES[found.group()], plain)
    if re.search("[\u4e00-\u9fff]", plain):
        plain = plain.replace(" ", "")
    for pattern, work in _RIDDLES:
        found = pattern.fullmatch(plain)
        if found is not None:
            return work([number(value) for value in found.groups() if value], say)
    return None


def _sum_and_difference(values: Values, say: Say) -> Solution | None:
    total, apart = values
    large, small = (total + apart) / 2, (total - apart) / 2
    return _solution(
        say("the sum and the difference of two numbers are known", "已知两数的和与差"),
        [
            (say("The larger number", "较大的数"), rf"({_s(total)} + {_s(apart)}) \div 2 = {_s(large)}"),
            (say("The smaller number", "较小的数"), rf"({_s(total)} - {_s(apart)}) \div 2 = {_s(small)}"),
        ],
        rf"{_s(large)},\ {_s(small)}",
        rf"{_s(large)} + {_s(small)} = {_s(total)},\ {_s(large)} - {_s(small)} = {_s(apart)}",
        say,
    )


def _heads_and_feet(values: Values, say: Say) -> Solution | None:
    heads, feet = values
    rabbits = (feet - 2 * heads) / 2
    chickens = heads - rabbits
    if min(rabbits, chickens) < 0 or rabbits.denominator != 1 or chickens.denominator != 1:
        return None
    names = say("chickens", "鸡"), say("rabbits", "兔")
    return _solution(
        say("heads and feet of chickens and rabbits are counted", "鸡兔同笼，已知头数与脚数"),
        [
            (
                say("Suppose all were chickens", "假设全是鸡"),
                rf"{_s(feet)} - 2 \times {_s(heads)} = {_s(feet - 2 * heads)}",
            ),
            (
                say("Each rabbit has two feet more", "每只兔比鸡多 2 只脚，求兔"),
                rf"{_s(feet - 2 * heads)} \div 2 = {_s(rabbits)}",
            ),
            (say("The others are chickens", "其余是鸡"), rf"{_s(heads)} - {_s(rabbits)} = {_s(chickens)}"),
        ],
        rf"\text{{{names[0]}}} = {_s(chickens)},\ \text{{{names[1]}}} = {_s(rabbits)}",
        rf"2 \times {_s(chickens)} + 4 \times {_s(rabbits)} = {_s(feet)}",
        say,
    )


def _times_and(sign: int) -> Callable[[Values, Say], Solution | None]:
    def work(values: Values, say: Say) -> Solution | None:
        factor, added, result = values
        if factor == 0:
            return None
        unknown = (result - sign * added) / factor
        written = f"{_s(factor)}x {'+' if sign > 0 else '-'} {_s(added)}"
        return _solution(
            say(
                "an unknown number is described; call it $x$",
                "已知一个数的几倍与另一数的关系，设这个数为 $x$",
            ),
            [
                (say("The equation", "列方程"), f"{written} = {_s(result)}"),
                (
                    say("Solve it", "解方程"),
                    rf"x = ({_s(result)} {'-' if sign > 0 else '+'} {_s(added)}) \div {_s(factor)} = {_s(unknown)}",
                ),
            ],
            _s(unknown),
            rf"{_s(factor)} \times {_s(unknown)} {'+' if sign > 0 else '-'} {_s(added)} = {_s(result)}",
            say,
        )

    return work


def _first_numbers(values: Values, say: Say) -> Solution | None:
    last = values[-1]
    if last.denominator != 1 or (len(values) == 2 and values[0] != 1) or last > 10**9:
        return None
    total = last * (last + 1) / 2
    return _solution(
        say(f"the whole numbers from $1$ to ${_s(last)}$ are added", f"求从 $1$ 到 ${_s(last)}$ 的整数之和"),
        [
            (
                say("Pair the first with the last", "首尾配对"),
                rf"\frac{{{_s(last)} \times ({_s(last)} + 1)}}{{2}} = {_s(total)}",
            )
        ],
        _s(total),
        rf"{_s(total)} \times 2 \div {_s(last)} = {_s(last + 1)} = 1 + {_s(last)}",
        say,
    )


def _circle(part: str) -> Callable[[Values, Say], Solution | None]:
    def work(values: Values, say: Say) -> Solution | None:
        radius = values[0]
        if part == "area":
            factor, line = radius**2, rf"S = \pi r^2 = \pi \times {_s(radius)}^2 = {_s(radius**2)}\pi"
            formula = say("The area $S$ of a circle with radius $r$", "半径为 $r$ 的圆，面积 $S$")
            back = rf"\sqrt{{{_s(factor)}\pi \div \pi}} = {_s(radius)}"
        else:
            factor, line = 2 * radius, rf"C = 2\pi r = 2\pi \times {_s(radius)} = {_s(2 * radius)}\pi"
            formula = say("The circumference $C$ of a circle with radius $r$", "半径为 $r$ 的圆，周长 $C$")
            back = rf"{_s(factor)}\pi \div (2\pi) = {_s(radius)}"
        return _solution(
            say("the radius of a circle is known", "已知圆的半径"),
            [(formula, line)],
            rf"{_s(factor)}\pi",
            back,
            say,
        )

    return work


def _solution(what: str, lines: list[tuple[str, str]], answer: str, check: str, say: Say) -> Solution:
    return Solution(
        kind=say("This is a riddle about numbers: ", "这是一道数的应用题：") + what + say(".", "。"),
        information="",
        steps=tuple(Step(title, f"${line}$") for title, line in lines),
        answer=answer,
        check=f"${check}$",
    )


def _s(value: Fraction) -> str:
    return tex(value, decimal=False)


_ROUND = r"(?:with|of) (?:a )?radius (?:of )?"
_ROUND_ZH = (
    rf"(?:一个|已知)?圆的?半径(?:是|为)?{_N}(?:厘米|分米|米|cm|m)?，(?:求|它的|这个圆的|则)?(?:圆的|其)?"
)
_RIDDLES: tuple[tuple[re.Pattern[str], Callable[[Values, Say], Solution | None]], ...] = (
    (
        re.compile(rf"(?:what is|find) the area of a circle {_ROUND}{_N}(?: (?:cm|m|in|inches|units))?[?.]?"),
        _circle("area"),
    ),
    (
        re.compile(
            rf"(?:what is|find) the (?:circumference|perimeter) of a circle {_ROUND}{_N}(?: (?:cm|m|in|inches|units))?[?.]?"
        ),
        _circle("circumference"),
    ),
    (re.compile(rf"{_ROUND_ZH}面积(?:是多少.{{0,5}})?[？?。]?"), _circle("area")),
    (re.compile(rf"{_ROUND_ZH}周长(?:是多少.{{0,5}})?[？?。]?"), _circle("circumference")),
    (
        re.compile(
            rf"the sum of (?:two|2) numbers is {_N}(?:,? and|\.|,) (?:their difference|the difference(?: between them| of the (?:two )?numbers)?) is {_N}\. (?:what are the(?: (?:two|2))? numbers|find the(?: (?:two|2))? numbers|what are they)[?.]?"
        ),
        _sum_and_difference,
    ),
    (
        re.compile(
            rf"(?:甲、?乙)?两个?数的?和[是为]{_N}，(?:它们的|两数的?)?差[是为]{_N}，(?:求)?这?两个?数(?:分别)?(?:各?是多少)?[？?。]?"
        ),
        _sum_and_difference,
    ),
    (
        re.compile(
            rf"鸡兔同笼，(?:共有|共|有|头共|头有){_N}[个只]?头?，(?:共有|有|脚共|脚有|腿有|腿共)?{_N}[只条]?[脚腿]?，(?:问|求)?(?:鸡和?兔|鸡、兔)(?:各有?|分别有?)(?:多少|几)只[？?。]?"
        ),
        _heads_and_feet,
    ),
    (
        re.compile(rf"{_N} times a number plus {_N} (?:is|equals) {_N}\. (?:what is|find) the number[?.]?"),
        _times_and(1),
    ),
    (
        re.compile(rf"{_N} times a number minus {_N} (?:is|equals) {_N}\. (?:what is|find) the number[?.]?"),
        _times_and(-1),
    ),
    (
        re.compile(
            rf"一个数的{_N}倍(?:加上?|多){_N}(?:等于|是|得){_N}，(?:求)?这个数(?:是多少|是几)?[？?。]?"
        ),
        _times_and(1),
    ),
    (
        re.compile(rf"一个数的{_N}倍减去?{_N}(?:等于|是|得){_N}，(?:求)?这个数(?:是多少|是几)?[？?。]?"),
        _times_and(-1),
    ),
    (
        re.compile(
            rf"(?:what is|find|calculate|compute)? ?the sum of the first {_N} (?:positive integers|natural numbers)[?.]?"
        ),
        _first_numbers,
    ),
    (
        re.compile(
            rf"(?:what is|find|calculate|compute)? ?the sum of (?:all )?(?:the )?(?:integers|whole numbers|numbers) from (1) to {_N}[?.]?"
        ),
        _first_numbers,
    ),
    (
        re.compile(rf"(?:求|计算)?从?(1)到{_N}(?:所有|的)?(?:整数|自然数)?的?(?:和|总和)(?:是多少)?[？?。]?"),
        _first_numbers,
    ),
)
