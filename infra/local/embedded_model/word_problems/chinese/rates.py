"""Chinese problems of rates: the units tell what is multiplied, divided, added and taken away.

Each way below uses every number of the problem. An answer is given where all ways that fit lead to the same.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from fractions import Fraction

from embedded_model.word_problems.chinese.amounts import Amount, Asked, Problem, Rate, alike, read
from embedded_model.word_problems.working import Working

__all__ = ["solve"]

_REFUSED = re.compile(
    r"[倍比各另半甲乙丙率税息]|相差|[之的]差|[\d一二三四五六七八九]折|打折|分之|百分|%|面积|周长|体积|提前|增加|减少|如果|至多|间隔|每隔|相遇|相对|相向|来回|往返|以内|原计划|实际|改|第[一二三]|"
    r"其中|同样多|扩大|以上|优惠|打|买.送|余数|去年|成人|儿童|单独|合"
)
_TIMES = frozenset(["天", "小时", "分钟", "分", "周", "个月", "月", "年", "秒"])
_MONEY = "元"


def solve(plain: str, start: Callable[[], Working]) -> tuple[Fraction, Working] | None:
    """The number asked for, with its working; *start* makes an empty one."""
    plain = plain.replace("还差", "还剩").replace("个小时", "小时")
    if "多长时间" in plain:
        plain = plain.replace("多长时间", "多少小时" if re.search("每小时|/时", plain) else "多少分钟")
    plain = re.sub(r"甲、?乙[两2]?[地城站港]|[AB甲乙][地城市站港村]", "某地", plain)
    if _REFUSED.search(re.sub(r"如果(?=每|买|站|排|平均|分)|平均|比赛", "", plain)):
        return None
    plain = re.sub(r"两(?=[个只名人组盆本袋群辆箱排])", "2", plain)
    if "每天" in plain:
        plain = re.sub(r"一个?星期|一周", "7天", plain)
    if re.search("每个?月", plain):
        plain = re.sub(r"一年", "12个月", plain)
    found: list[tuple[Fraction, Working, Problem]] = []
    for problem in (read(plain, of_one=False), read(plain, of_one=True)):
        if problem is None or any(amount.value == 0 for amount in problem.amounts):
            continue
        for way in _WAYS:
            working = start()
            answer = way(problem, working)
            if answer is not None and answer > 0:
                found.append((answer, working, problem))
    if len({answer for answer, _, _ in found}) != 1:
        return None
    answer, working, problem = found[0]
    return _whole(answer, problem, working)


def _whole(answer: Fraction, problem: Problem, working: Working) -> tuple[Fraction, Working] | None:
    """The answer, rounded where the question says which way; ``None`` where it does not come out even."""
    if answer.denominator == 1:
        return answer, working
    counted = problem.asked.unit not in {"元", "米", "千米", "千克", "吨", "小时", "厘米", "分米", "升"}
    if counted and "至少" in problem.plain and "最多" not in problem.asked.text and not problem.asked.per:
        return working.rounded_up(answer, Fraction(math.ceil(answer))), working
    if not counted and "." in problem.plain and (answer * 1000).denominator == 1:
        return answer, working
    return None


def _is_asked(asked: Asked, unit: str, noun: str) -> bool:
    return alike(asked.unit or "个", asked.noun, unit, noun)


def _for(rate: Rate, amount: Amount) -> bool:
    return alike(rate.per, rate.per_noun, amount.unit, amount.noun)


def _of(rate: Rate, amount: Amount) -> bool:
    return alike(rate.unit, rate.noun, amount.unit, amount.noun)


def _one(rate: Rate, working: Working) -> Fraction:
    """The rate for one."""
    return rate.value if rate.over == 1 else working.calculate(rate.value, "/", rate.over, "one")


def _held(amounts: list[Amount], asked: Asked, working: Working) -> Fraction | None:
    """What is left of, or what is together in, amounts of one unit."""
    first, *others = amounts
    if others and first.role != "has":
        return None
    result = first.value
    for other in others:
        if other.role == "loss":
            result = working.calculate(result, "-", other.value, "left")
        elif other.role == "gain" or (other.role == "has" and re.search("共|总", asked.text)):
            result = working.calculate(result, "+", other.value, "total")
        else:
            return None
    return result if result > 0 else None


def _product(problem: Problem, working: Working) -> Fraction | None:
    """A rate times what it is for; then what is left over is added, or what is gone is taken away."""
    asked = problem.asked
    if len(problem.rates) != 1 or asked.per:
        return None
    rate = problem.rates[0]
    if not _is_asked(asked, rate.unit, rate.noun) or alike(rate.unit, rate.noun, rate.per, rate.per_noun):
        return None
    groups = [amount for amount in problem.amounts if _for(rate, amount) and not _of(rate, amount)]
    parts = [amount for amount in problem.amounts if amount not in groups]
    if len(groups) != 1 or any(not _of(rate, part) for part in parts) or len(parts) > 1:
        return None
    left = re.search(r"还|剩|差|没|找", asked.text) is not None
    result = working.calculate(_one(rate, working), "*", groups[0].value, "product")
    if not parts:
        return None if left or groups[0].role == "rest" else result
    part = parts[0]
    if _paid(part, problem):
        return working.calculate(part.value, "-", result, "left") if left and part.value > result else None
    if part.role == "rest":
        return (
            working.calculate(result, "+", part.value, "total")
            if not left and re.search("共|原|总|有|长", asked.text)
            else None
        )
    if not left:
        return None
    if part.role == "loss" and part.clause > max(rate.clause, groups[0].clause):
        return working.calculate(result, "-", part.value, "left") if result > part.value else None
    if part.role == "has" and part.clause < groups[0].clause:
        return working.calculate(part.value, "-", result, "left") if part.value > result else None
    return None


def _paid(part: Amount, problem: Problem) -> bool:
    return part.unit == _MONEY and re.search("付|带|找", problem.plain) is not None


def _quotient(problem: Problem, working: Working) -> Fraction | None:
    """How many groups there are in a total, or in what is left of it."""
    asked = problem.asked
    if len(problem.rates) != 1 or asked.per:
        return None
    rate = problem.rates[0]
    if not _is_asked(asked, rate.per, rate.per_noun) or alike(rate.unit, rate.noun, rate.per, rate.per_noun):
        return None
    if not all(_of(rate, amount) for amount in problem.amounts) or not problem.amounts:
        return None
    if len(problem.amounts) > 1 and not re.search(r"剩|余下|其余|还|共|总", problem.plain):
        return None
    ahead = problem.amounts[0].role == "rest"
    if re.search(r"还要|还需|再", asked.text) and len(problem.amounts) == 1 and not ahead:
        return None
    total = _held(list(problem.amounts), asked, working)
    return working.calculate(total, "/", _one(rate, working), "fits") if total is not None else None


def _chain(problem: Problem, working: Working) -> Fraction | None:
    """Boxes of bags of pieces: two rates, one leading on from the other."""
    asked = problem.asked
    if len(problem.rates) != 2 or len(problem.amounts) != 1 or asked.per or re.search("还|剩|余", asked.text):
        return None
    amount = problem.amounts[0]
    for outer, inner in (problem.rates, problem.rates[::-1]):
        if outer.over != 1 or inner.over != 1 or not alike(outer.unit, outer.noun, inner.per, inner.per_noun):
            continue
        if len({outer.per, outer.unit, inner.unit}) < 3:
            continue
        if _for(outer, amount) and _is_asked(asked, inner.unit, inner.noun):
            first = working.calculate(outer.value, "*", amount.value, "product")
            return working.calculate(inner.value, "*", first, "product")
        if _of(inner, amount) and _is_asked(asked, outer.per, outer.per_noun):
            one = working.calculate(outer.value, "*", inner.value, "product")
            return working.calculate(amount.value, "/", one, "fits")
    return None


def _sum_of_rates(problem: Problem, working: Working) -> Fraction | None:
    """Two who do so much each day, for some days."""
    asked = problem.asked
    if len(problem.rates) != 2 or len(problem.amounts) != 1 or asked.per or "共" not in asked.text:
        return None
    one, other = problem.rates
    if one.over != 1 or other.over != 1 or (one.unit, one.per) != (other.unit, other.per):
        return None
    if one.per not in _TIMES or not _for(one, problem.amounts[0]) or not _is_asked(asked, one.unit, one.noun):
        return None
    both = working.calculate(one.value, "+", other.value, "total")
    return working.calculate(both, "*", problem.amounts[0].value, "product")


def _share(problem: Problem, working: Working) -> Fraction | None:
    """A total, or what is left of it, shared out to so many."""
    asked = problem.asked
    if problem.rates or not asked.per or not re.search(r"平均|同样|分[给成到]|[装放摆排]", problem.plain):
        return None
    groups = [a for a in problem.amounts if alike(asked.per, asked.per_noun, a.unit, a.noun)]
    totals = [a for a in problem.amounts if a not in groups and _is_asked(asked, a.unit, a.noun)]
    if len(groups) != 1 or len(totals) + 1 != len(problem.amounts) or not totals:
        return None
    if (
        len(totals) == 1
        and "平均" not in asked.text
        and (groups[0].clause < totals[0].clause and groups[0].unit not in _TIMES)
    ):
        return None
    total = _held(totals, asked, working)
    return working.calculate(total, "/", groups[0].value, "share") if total is not None else None


def _share_of_product(problem: Problem, working: Working) -> Fraction | None:
    """3 boxes of 8, shared out to 4."""
    asked = problem.asked
    if len(problem.rates) != 1 or len(problem.amounts) != 2 or not asked.per or "平均" not in problem.plain:
        return None
    rate = problem.rates[0]
    groups = [amount for amount in problem.amounts if _for(rate, amount)]
    shares = [
        amount for amount in problem.amounts if alike(asked.per, asked.per_noun, amount.unit, amount.noun)
    ]
    if (
        len(groups) != 1
        or len(shares) != 1
        or groups[0] is shares[0]
        or not _is_asked(asked, rate.unit, rate.noun)
    ):
        return None
    total = working.calculate(_one(rate, working), "*", groups[0].value, "product")
    return working.calculate(total, "/", shares[0].value, "share")


def _share_twice(problem: Problem, working: Working) -> Fraction | None:
    """A total shared out to classes, and in each to its pupils: 5 classes of 8."""
    asked = problem.asked
    if (
        len(problem.rates) != 1
        or len(problem.amounts) != 2
        or not asked.per
        or not re.search("平均|每", asked.text)
    ):
        return None
    rate = problem.rates[0]
    if rate.over != 1 or not alike(rate.unit, rate.noun, asked.per, asked.per_noun):
        return None
    groups = [amount for amount in problem.amounts if _for(rate, amount)]
    totals = [
        amount
        for amount in problem.amounts
        if _is_asked(asked, amount.unit, amount.noun) and amount not in groups
    ]
    if len(groups) != 1 or len(totals) != 1:
        return None
    one = working.calculate(totals[0].value, "/", groups[0].value, "share")
    return working.calculate(one, "/", rate.value, "share")


def _across(problem: Problem, working: Working) -> Fraction | None:
    """5 people in a group, 9 trees for each group, 270 trees: from trees to groups to people."""
    asked = problem.asked
    if len(problem.rates) != 2 or len(problem.amounts) != 1 or asked.per:
        return None
    amount = problem.amounts[0]
    for known, wanted in (problem.rates, problem.rates[::-1]):
        if known.over != 1 or wanted.over != 1 or known.per != wanted.per or known.unit == wanted.unit:
            continue
        if _of(known, amount) and _is_asked(asked, wanted.unit, wanted.noun):
            groups = working.calculate(amount.value, "/", known.value, "fits")
            return (
                working.calculate(groups, "*", wanted.value, "product") if groups.denominator == 1 else None
            )
    return None


def _proportion(problem: Problem, working: Working) -> Fraction | None:
    """4袋付了8元, 8袋要付多少元: two amounts that go together, and a third."""
    asked = problem.asked
    if problem.rates or len(problem.amounts) != 3 or asked.per:
        return None
    bought = problem.asked.unit == _MONEY and problem.amounts[0].clause == problem.amounts[1].clause
    if not re.search(r"照这样|按这样|这样的速度|同样的", problem.plain) and not bought:
        return None
    third = problem.amounts[2]
    pair = problem.amounts[:2]
    same = [amount for amount in pair if alike(amount.unit, amount.noun, third.unit, third.noun)]
    other = [amount for amount in pair if amount not in same]
    if len(same) != 1 or len(other) != 1 or not _is_asked(asked, other[0].unit, other[0].noun):
        return None
    if re.search(r"再|还", problem.plain) or any(amount.role == "rest" for amount in problem.amounts):
        return None
    if other[0].value % same[0].value == 0 or third.value % same[0].value:
        one = working.calculate(other[0].value, "/", same[0].value, "one")
        return working.calculate(one, "*", third.value, "product")
    fold = working.calculate(third.value, "/", same[0].value, "fits")
    return working.calculate(other[0].value, "*", fold, "product")


def _each_of_each(problem: Problem, working: Working) -> Fraction | None:
    """6个工人2天装订516本, 平均每个工人每天多少本."""
    asked = problem.asked
    if problem.rates or len(problem.amounts) != 3 or asked.text.count("每") != 2:
        return None
    totals = [amount for amount in problem.amounts if _is_asked(asked, amount.unit, amount.noun)]
    parts = [amount for amount in problem.amounts if amount not in totals]
    if len(totals) != 1 or len({part.unit for part in parts}) != 2:
        return None
    if not all(
        re.search(
            rf"每(?:个|名|位|台|头|辆)?[\u4e00-\u9fff]{{0,3}}{part.unit}|每{part.unit}|每[个名位]", asked.text
        )
        for part in parts
    ):
        return None
    result = totals[0].value
    for part in parts:
        result = working.calculate(result, "/", part.value, "share")
    return result


_WAYS = (
    _product,
    _quotient,
    _chain,
    _sum_of_rates,
    _share,
    _share_of_product,
    _share_twice,
    _across,
    _proportion,
    _each_of_each,
)
