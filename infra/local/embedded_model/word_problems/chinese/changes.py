"""Chinese stories of one unit: what there was, what went, what is left; parts and their whole; what was paid and given back."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction

from embedded_model.word_problems.chinese.amounts import Amount, Problem, read
from embedded_model.word_problems.working import Working

__all__ = ["solve"]

_REFUSED = re.compile(
    r"[每各倍甲乙丙率差排楼]|[\d一二三四五六七八九]折|打折|平均|分之|%|面积|周长|体积|相距|相遇|速度|如果|以后|往|右边|左边|换|增产|计划|实际|去年|明年|年后|岁|\d/\d|照这样|半|比|"
    r"最[多少大小]|至[多少]|第\d|先(?!生)|提前|同样|扩大|占|分数|或|可以买|平方"
)
_START = re.compile(r"有|共|买|养|要|吹|收获|拿了|带|原|全长|长|运[来进]|准备|做了|进")
_MORE = re.compile(r"又|再|买[来回]|送来|进货|转来|来了|上来|上车|放[入进]")
_COMES = re.compile(
    r"买[来回了]|送来|运[来进]|进货|转来|来了|上来|上车|放[入进]|[飞游跑开]来|借来|又(?:来|买|得|收|做了|种|摘|上|给了?[他她我])"
)
_LEFT = re.compile(r"还?剩|还有|还要|还差|没有?|未|藏着|余")
_WHOLE = re.compile(r"一共|总共|共|全部|这[本条根]")


def solve(plain: str, start: Callable[[], Working]) -> tuple[Fraction, Working] | None:
    """The number asked for by a story of one unit in which every clause but the question has its role."""
    if re.search("甲.*乙.*丙", plain):
        # Three who each have their number.
        plain = re.sub(r"甲、乙、丙三?个?", "", plain).translate(
            {ord("甲"): "东", ord("乙"): "西", ord("丙"): "南"}
        )
    if _REFUSED.search(re.sub(r"各(?=种)|比赛|先生|排球|一样(?=东西)", "", plain)):
        return None
    problem = read(plain, of_one=False)
    if problem is None or problem.rates or problem.asked.per or not 2 <= len(problem.amounts) <= 5:
        return None
    units = {amount.unit for amount in problem.amounts}
    if len(units) != 1 or (problem.asked.unit and problem.asked.unit not in units):
        return None
    found = []
    for way in (_left, _and_not_yet, _hidden, _other_part, _money, _parts):
        working = start()
        answer = way(problem, working)
        if answer is not None and answer > 0:
            found.append((answer, working))
    answers = {answer for answer, _ in found}
    if len(answers) != 1 or (found[0][0].denominator != 1 and "." not in plain):
        return None
    return found[0]


def _clause(problem: Problem, amount: Amount) -> str:
    return problem.clauses[amount.clause]


def _one_each(problem: Problem) -> bool:
    return len({amount.clause for amount in problem.amounts}) == len(problem.amounts)


def _gone(text: str) -> bool:
    return (
        re.search(
            r"(?:吃|卖|借|拿|领|送|用|花|剪|截|喝|摔|打|破|坏|丢|开|飞|跑|跳|游|走|搬|寄|捉|坐|写|看|修|种|铺|读|擦)(?:去|掉|出|走|给|好|完|破|碎|坏|住)*了?|离开|下车|下去|做[了好]|体检|完成",
            text,
        )
        is not None
    )


def _left(problem: Problem, working: Working) -> Fraction | None:
    """What is left of the first amount."""
    question = problem.asked.text
    if not _LEFT.search(question) or re.search(r"原|一共(?!有\d)", question) or not _one_each(problem):
        return None
    first, *others = problem.amounts
    opening = _clause(problem, first)
    if (
        not _START.search(opening)
        or _LEFT.search(opening)
        or (_MORE.search(opening) and "买" not in opening and "运" not in opening)
    ):
        return None
    if _gone(re.sub("[买拿吹做运种写]了?来?|看着?一本", "", opening)) and not re.search("^[^有]*要", opening):
        return None
    result = first.value
    for other in others:
        text = _clause(problem, other)
        if _LEFT.search(text):
            return None
        if other.unit == "元" and re.search("买(?!.*给[他她我])", text):
            result = working.calculate(result, "-", other.value, "left")
        elif _COMES.search(text):
            result = working.calculate(result, "+", other.value, "total")
        elif _gone(text) or _goes_on(problem, other):
            result = working.calculate(result, "-", other.value, "left")
        else:
            return None
    return result


def _goes_on(problem: Problem, amount: Amount) -> bool:
    """Whether an amount goes on from one that is gone: 走了的男生有8人，女生有12人."""
    before = problem.clauses[amount.clause - 1] if amount.clause else ""
    return _gone(before) and re.match(r"[^\d]{1,4}有\d", _clause(problem, amount)) is not None


def _and_not_yet(problem: Problem, working: Working) -> Fraction | None:
    """What is done and what is not yet: the whole."""
    question = problem.asked.text
    if len(problem.amounts) < 2 or not _one_each(problem) or _LEFT.search(question):
        return None
    if not re.search(r"一共|共|全长|原来|原有|这[本条根]|要", question):
        return None
    last = problem.amounts[-1]
    if not re.search(r"还?剩|没|未", _clause(problem, last)):
        return None
    others = problem.amounts[:-1]
    if any(
        _LEFT.search(_clause(problem, o))
        or _MORE.search(re.sub("又(?=卖|用|吃|飞走|下)", "", _clause(problem, o)))
        for o in others
    ):
        return None
    if not all(
        _gone(_clause(problem, o)) or re.search(r"已|来了|坐了|躲", _clause(problem, o)) for o in others
    ):
        return None
    result = last.value
    for other in reversed(others):
        result = working.calculate(result, "+", other.value, "undone")
    return result


def _hidden(problem: Problem, working: Working) -> Fraction | None:
    """Some went, so many are left: how many went."""
    if len(problem.amounts) != 2 or not _one_each(problem):
        return None
    first, last = problem.amounts
    between = "".join(problem.clauses[first.clause : last.clause])
    if not re.search(r"了?一些|了几|几[个条只本辆]", between + _clause(problem, last)) or not re.search(
        r"还?剩", _clause(problem, last)
    ):
        return None
    if not _START.search(_clause(problem, first)) or not re.search(
        r"了[多几]|[好走出掉去](?:了)?[多几]", problem.asked.text
    ):
        return None
    return working.calculate(first.value, "-", last.value, "difference")


def _other_part(problem: Problem, working: Working) -> Fraction | None:
    """A whole and all of its parts but one."""
    first, *others = problem.amounts
    opening, question = _clause(problem, first), problem.asked.text
    if not re.search(r"一共|共|全班|总共", opening) or re.search(r"一共|共|剩|还|没|原", question):
        return None
    if not _one_each(problem) or any(
        _LEFT.search(_clause(problem, o)) or _MORE.search(_clause(problem, o)) for o in others
    ):
        return None
    named = re.split("[和与、]", re.split(r"加起来|一共|共|有|收集", opening)[0])
    parts = len(others) + 1
    kinds = {"两": 2, "二": 2, "三": 3, "四": 4}
    told = next((kinds[c] for c in re.findall(r"([两二三四])[个组种]", opening)), len(named))
    if told != parts and not (parts == 2 and re.search("其中", problem.plain)):
        return None
    if any(_gone(_clause(problem, o)) and "了" not in _clause(problem, o) for o in others):
        return None
    result = first.value
    for other in others:
        result = working.calculate(result, "-", other.value, "left")
    return result


def _money(problem: Problem, working: Working) -> Fraction | None:
    """A price, what was paid, and what was given back: two of them lead to the third."""
    if len(problem.amounts) != 2 or problem.amounts[0].unit != "元" or not _one_each(problem):
        return None
    roles = {}
    for amount in problem.amounts:
        text = _clause(problem, amount)
        role = (
            "back"
            if "找" in text
            else "paid"
            if re.search("付|带|拿", text)
            else "price"
            if re.search("售价|价|要|是|一[个本支把]", text)
            else ""
        )
        roles[role] = amount.value
    question = problem.asked.text
    if set(roles) == {"paid", "back"} and re.search("花|多少元|价", question) and "找" not in question:
        return working.calculate(roles["paid"], "-", roles["back"], "left")
    if set(roles) == {"paid", "price"} and re.search("找", question):
        return working.calculate(roles["paid"], "-", roles["price"], "left")
    if set(roles) == {"price", "back"} and re.search("付", question):
        return working.calculate(roles["price"], "+", roles["back"], "undone")
    return None


def _parts(problem: Problem, working: Working) -> Fraction | None:
    """Several amounts of one kind, told of in the same way, together."""
    question = problem.asked.text
    if not re.search(r"一共|总共|共|和是|两[次天]", question) or re.search(r"剩|还|没|原", question):
        return None
    texts = [_clause(problem, amount) for amount in problem.amounts]
    if any(_LEFT.search(text) or re.search("其中|一共|总共|共|给|拿|借|移|搬", text) for text in texts):
        return None
    names = [part for part in re.split("[和与、]", re.split("一共|总共|共", question)[0]) if part]
    amounts: Sequence[Amount] = problem.amounts
    if len(names) > 1:
        cleaned = [re.sub(r"^(?:买|这|那么?)?一?[个支台本件只]?", "", name) for name in names]
        chosen = [
            next((a for a, text in zip(amounts, texts, strict=True) if name and name in text), None)
            for name in cleaned
        ]
        if None in chosen or len(set(map(id, chosen))) != len(cleaned):
            return None
        amounts = [amount for amount in chosen if amount is not None]
    elif (
        len(amounts) > 2
        and len({text.split(str(amount.value))[0][-1:] for text, amount in zip(texts, amounts, strict=True)})
        > 2
    ):
        return None
    verbs = {
        "gone" if _gone(re.sub("又|再", "", text)) else "more" if _MORE.search(text) else "has"
        for text in texts
    }
    if len(verbs) != 1:
        return None
    result = amounts[0].value
    for amount in amounts[1:]:
        result = working.calculate(result, "+", amount.value, "total")
    return result
