"""Questions of school in their usual words: means, percentages, arithmetic sequences, selections, simple probability.

Each pattern has to match the whole question.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable
from fractions import Fraction

from embedded_model.values.solution import Say, Solution, Step
from embedded_model.word_problems.working import number, tex

__all__ = ["solve"]

_N = r"(\d+(?:\.\d+)?)"
_LIST = r"(\d+(?:\.\d+)?(?:(?:, ?and |, ?| and |、|，|和)\d+(?:\.\d+)?)+)"
_ASK = r"(?:what is |find |calculate |compute )"
_ASK_ZH = r"(?:求|计算)?"
_END_ZH = r"(?:是多少|是几)?[？?。]?"
_MOST = 1000


def solve(text: str, say: Say) -> Solution | None:
    """The solution of a question of one of these kinds, if it is the whole of *text*."""
    plain = re.sub(r"\s+", " ", text.strip().lower()).replace("\\%", "%").replace("$", "")
    if re.search("[\u4e00-\u9fff]", plain):
        plain = plain.replace(" ", "")
    for pattern, work in _KINDS:
        found = pattern.fullmatch(plain)
        if found is not None:
            return work([group for group in found.groups() if group], say)
    return None


def _mean(groups: list[str], say: Say) -> Solution | None:
    values = [number(value) for value in re.findall(r"\d+(?:\.\d+)?", groups[0])]
    total, mean = sum(values, Fraction()), sum(values, Fraction()) / len(values)
    added = " + ".join(_s(value) for value in values)
    return _solution(
        say("The mean of numbers is asked for.", "求几个数的平均数。"),
        [
            (say("Add the numbers", "先求和"), f"{added} = {_s(total)}"),
            (
                say("Divide by how many there are", "再除以个数"),
                rf"{_s(total)} \div {len(values)} = {_s(mean)}",
            ),
        ],
        _s(mean),
        rf"{_s(mean)} \times {len(values)} = {_s(total)}",
        say,
    )


def _percent(groups: list[str], say: Say) -> Solution | None:
    rate, whole = number(groups[0]), number(groups[1])
    if not rate or not whole:
        return None
    part = rate * whole / 100
    return _solution(
        say("A percentage of a number is asked for.", "求一个数的百分之几。"),
        [
            (
                say("Hundredths of the number", "用乘法计算"),
                rf"{_s(whole)} \times \frac{{{_s(rate)}}}{{100}} = {_s(part)}",
            )
        ],
        _s(part),
        rf"{_s(part)} \div {_s(whole)} \times 100 = {_s(rate)}",
        say,
    )


def _next_term(groups: list[str], say: Say) -> Solution | None:
    values = [number(value) for value in re.findall(r"\d+(?:\.\d+)?", groups[0])]
    steps = {after - before for before, after in itertools.pairwise(values)}
    if len(values) < 4 or len(steps) != 1:
        return None
    step = steps.pop()
    answer = values[-1] + step
    return _solution(
        say("The terms have the same difference: an arithmetic sequence.", "相邻两项的差相同，是等差数列。"),
        [
            (say("The difference", "公差"), f"{_s(values[1])} - {_s(values[0])} = {_s(step)}"),
            (say("The next term", "下一项"), f"{_s(values[-1])} + {_s(step)} = {_s(answer)}"),
        ],
        _s(answer),
        f"{_s(answer)} - {_s(step)} = {_s(values[-1])}",
        say,
    )


def _selections(*, ordered: bool, turned: bool = False) -> Callable[[list[str], Say], Solution | None]:
    def work(groups: list[str], say: Say) -> Solution | None:
        if not all(group.isdigit() and 1 <= int(group) <= _MOST for group in groups):
            return None
        whole, taken = (int(groups[0]), int(groups[-1])) if not turned else (int(groups[1]), int(groups[0]))
        if taken > whole or len(str(math.perm(whole, taken))) > 60:
            return None
        arranged, chosen = math.perm(whole, taken), math.comb(whole, taken)
        steps = [
            (
                say("Choices one after the other", "依次选取"),
                rf"\frac{{{whole}!}}{{({whole} - {taken})!}} = {arranged}",
            )
        ]
        if not ordered:
            orders = math.factorial(taken)
            steps.append(
                (
                    say("The order does not matter", "不计顺序"),
                    rf"{arranged} \div {taken}! = {arranged} \div {orders} = {chosen}",
                )
            )
        answer = arranged if ordered else chosen
        back = (
            rf"{arranged} \times ({whole} - {taken})! = {whole}!"
            if ordered
            else rf"{chosen} \times {taken}! = {arranged}"
        )
        kind = (
            say("Arrangements are counted.", "求排列数。")
            if ordered
            else say("Choices are counted.", "求组合数。")
        )
        return _solution(kind, steps, str(answer), back, say)

    return work


def _drawn(groups: list[str], say: Say) -> Solution | None:
    first, other, asked = int(groups[0]), int(groups[2]), groups[4]
    if groups[1] == groups[3] or asked not in (groups[1], groups[3]) or not first or not other:
        return None
    wanted = first if asked == groups[1] else other
    chance = Fraction(wanted, first + other)
    return _solution(
        say("All balls are equally likely.", "每个球被取到的可能性相同。"),
        [
            (say("All cases", "所有可能的结果"), f"{first} + {other} = {first + other}"),
            (
                say("Favourable cases out of all", "符合条件的结果所占的比"),
                rf"{wanted} \div {first + other} = {_s(chance)}",
            ),
        ],
        _s(chance),
        rf"{_s(chance)} \times {first + other} = {wanted}",
        say,
    )


def _solution(kind: str, lines: list[tuple[str, str]], answer: str, check: str, say: Say) -> Solution:
    return Solution(
        kind=kind,
        information="",
        steps=tuple(Step(title, f"${line}$") for title, line in lines),
        answer=answer,
        check=say(f"Backwards, ${check}$.", f"逆运算验证：${check}$。"),
    )


def _s(value: Fraction) -> str:
    return tex(value, decimal=False)


_PEOPLE = r"(?:students|people|children|books|players|members|letters|toys|balls|friends)"
_KINDS: tuple[tuple[re.Pattern[str], Callable[[list[str], Say], Solution | None]], ...] = (
    (re.compile(rf"{_ASK}the (?:mean|average|arithmetic mean) of (?:the numbers )?{_LIST}[.?]?"), _mean),
    (re.compile(rf"{_ASK_ZH}{_LIST}的平均数{_END_ZH}"), _mean),
    (re.compile(rf"{_ASK}{_N} ?(?:%|percent) of {_N}[.?]?"), _percent),
    (re.compile(rf"{_ASK_ZH}{_N}的{_N}%{_END_ZH}"), lambda groups, say: _percent(groups[::-1], say)),
    (
        re.compile(rf"{_ASK}the next (?:term|number) (?:in|of) the (?:arithmetic )?sequence:? {_LIST}[.?]?"),
        _next_term,
    ),
    (re.compile(rf"{_ASK_ZH}等差数列{_LIST}的下一项{_END_ZH}"), _next_term),
    (
        re.compile(
            rf"(?:in )?how many (?:different )?ways can {_N} (?:different |distinct )?{_PEOPLE} be (?:arranged|lined up|seated) in a (?:row|line)\??"
        ),
        _selections(ordered=True),
    ),
    (
        re.compile(
            rf"{_N}(?:个|名|位)(?:不同的)?(?:人|同学|学生)排成一[排列行]，?(?:共|一共)?有多少种(?:不同的)?排法[？?]?"
        ),
        _selections(ordered=True),
    ),
    (
        re.compile(
            rf"(?:in )?how many ways can (?:you|we|one) choose {_N} {_PEOPLE} (?:from|out of) {_N}(?: {_PEOPLE})?\??"
        ),
        _selections(ordered=False, turned=True),
    ),
    (
        re.compile(
            rf"从{_N}(?:个|名|位)(?:不同的)?(?:人|同学|学生)(?:中|里)(?:任?选|选出){_N}(?:个|名|位)?(?:人|同学|学生)?，?(?:共|一共)?有多少种(?:不同的)?选法[？?]?"
        ),
        _selections(ordered=False),
    ),
    (
        re.compile(
            r"an? (?:bag|box|urn) (?:contains|has|holds) (\d+) ([a-z]+) (?:balls |marbles )?and (\d+) ([a-z]+) (?:balls|marbles)\. (?:one (?:ball|marble) is drawn at random\. )?what is the probability (?:of drawing|that a (?:ball|marble) drawn at random is|that it is) (?:an? )?([a-z]+)(?: ball| marble)?\??"
        ),
        _drawn,
    ),
    (
        re.compile(
            r"(?:一个)?(?:袋子?|盒子?|口袋)[里中]有(\d+)个([\u4e00-\u9fff])球和(\d+)个([\u4e00-\u9fff])球，(?:从中)?(?:任意|随机)?(?:摸出?|取出?)(?:一|1)个球?，(?:摸到|取到|摸出|取出|是)([\u4e00-\u9fff])球的(?:概率|可能性)是多少[？?]?"
        ),
        _drawn,
    ),
)
