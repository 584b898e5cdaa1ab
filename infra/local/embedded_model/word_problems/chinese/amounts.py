"""The amounts and rates of a Chinese word problem: 每盒8支 is a rate, 7盒 an amount; each has its unit."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from embedded_model.word_problems.working import number

__all__ = ["UNIT", "Amount", "Asked", "Problem", "Rate", "alike", "read"]

_N = r"\d+(?:\.\d+)?(?:/\d+)?"
UNIT = (
    r"(?:平方千米|平方厘米|平方分米|平方米|立方厘米|立方分米|立方米|千米|千克|厘米|分米|毫米|公里|公斤|公顷|小时|分钟|毫升|块钱|"
    r"个月|[\u4e00-\u9fff])"
)
_NOUN = r"((?:(?![的了在给是有和与及要可用吃共每平一装分需能后两后前去到来多少几才就还剩]|\d)[\u4e00-\u9fff]){0,4})"
_MEASURES = frozenset(
    [
        "平方千米",
        "平方厘米",
        "平方分米",
        "平方米",
        "立方厘米",
        "立方分米",
        "立方米",
        "千米",
        "千克",
        "厘米",
        "分米",
        "毫米",
        "公里",
        "公斤",
        "公顷",
        "小时",
        "分钟",
        "毫升",
        "元",
        "角",
        "米",
        "克",
        "吨",
        "升",
        "斤",
        "天",
        "年",
        "周",
        "个月",
        "月",
        "秒",
        "时",
        "分",
    ]
)
_SAME = {
    "名": "人",
    "位": "人",
    "口": "人",
    "块钱": "元",
    "枝": "支",
    "日": "天",
    "公里": "千米",
    "公斤": "千克",
    "时": "小时",
    "幢": "座",
}
_PERSONS = ("小朋友", "同学", "学生", "孩子", "工人", "小孩", "人", "老师", "战士", "士兵")
Role = Literal["has", "gain", "loss", "rest"]
_GAIN = re.compile(
    r"又(?:[买来送运种做得捡摘进放]|飞来|游来|开来)|上来|上车|飞来|游来|开来|送来|增加|进货|转来"
)
_LOSS = re.compile(
    r"吃[了掉去]|卖[了出掉去]|借[走出]|飞走|游走|开走|运走|送[给走去出]|拿走|领走|离开|下车|下去|打[破碎]|用[了去掉]|花[了去掉]|破了|丢了|剪[去掉]|截去|"
    r"看了|做了|修了|铺了|已|完成了|烧了|喝了|坏了|损坏|扔掉|寄走|捐[给出]|跑了|付了|找回|给了(?!他|她|我)"
)
_REST = re.compile(r"还有.*没|没有?.*的?有|还?剩(?!余?的|下的)|余下\d|还有\d|还多\d|多出\d|还余")


@dataclass(frozen=True)
class Amount:
    """*value* of *unit* (canonical), *noun* behind it; *clause* is its place."""

    value: Fraction
    unit: str
    noun: str
    role: Role
    clause: int


@dataclass(frozen=True)
class Rate:
    """*value* of *unit* for each *per*; *over* is how many of *per* it is for (每3人4个球: 3)."""

    value: Fraction
    unit: str
    noun: str
    per: str
    per_noun: str
    over: Fraction
    clause: int


@dataclass(frozen=True)
class Asked:
    """What is asked: *unit*, and *per* what, or empty."""

    unit: str
    noun: str
    per: str
    per_noun: str
    text: str


@dataclass(frozen=True)
class Problem:
    """All numbers of a problem, and its question."""

    amounts: tuple[Amount, ...]
    rates: tuple[Rate, ...]
    asked: Asked
    plain: str
    clauses: tuple[str, ...]


_RATES = (
    # 每8千克装一袋, 每2米做一条裙子, 每7个装一袋
    re.compile(
        rf"每(?P<v>{_N})(?P<u>{UNIT})(?P<un>[\u4e00-\u9fff]{{0,5}}?)[一1](?!次|共)(?P<g>{UNIT})(?P<gn>[\u4e00-\u9fff]{{0,3}})(?![\d])"
    ),
    # 每3人分得4个球, 每10千克装2箱
    re.compile(
        rf"每(?P<o>{_N})(?P<g>{UNIT})(?P<gn>[\u4e00-\u9fff]{{0,6}}?)(?P<v>{_N})(?P<u>{UNIT})(?P<un>[\u4e00-\u9fff]{{0,3}})"
    ),
    # 每盒有8支, 每行栽4棵, 平均每班借5本
    re.compile(
        rf"(?:平均)?每(?:一|1)?(?P<g>{UNIT})(?P<gn>[\u4e00-\u9fff]{{0,9}}?)[，]?(?P<gx>[\u4e00-\u9fff]{{0,4}}?)(?P<v>{_N})(?P<u>{UNIT})(?P<un>[\u4e00-\u9fff]{{0,3}})"
    ),
    # 5人一组, 13元一个
    re.compile(
        rf"(?P<v>{_N})(?P<u>{UNIT})(?P<un>)[一每](?!共|样|起|些|直|定)(?P<g>{UNIT})(?P<gn>[\u4e00-\u9fff]{{0,3}})"
    ),
    # 80千米/时
    re.compile(rf"(?P<v>{_N})(?P<u>千米|米)(?P<un>)[/∕每](?P<g>小时|时|分钟|分|秒)(?P<gn>)"),
)
# 一盒茶叶有6小包, 一支钢笔8元, 做一张沙发要用3米布: a rate, if it is not 一本50页的书.
_OF_ONE = (
    re.compile(rf"(?<![\d第之十])(?:一|1)(?!共|样|起|些)(?P<g>{UNIT})(?P<gn>(?:(?!共|全长|一)[\u4e00-\u9fff]){{0,8}}?)(?P<v>{_N})(?P<u>{UNIT})(?P<un>[\u4e00-\u9fff]{{0,3}})"),
)  # fmt: skip
_VERB = re.compile(r"[装做种站排坐分扎放编栽用捆付走吃看住租坐拼串摆钉订]+$")
_AMOUNT = re.compile(rf"(?P<v>{_N})(?P<u>{UNIT}){_NOUN}")
_ASK = re.compile(rf"(?:多少|几)(?P<u>{UNIT})?{_NOUN}")
_ASK_PER = re.compile(rf"每(?:一)?(?P<g>{UNIT})(?P<gn>{_NOUN})[^，。]*?(?:多少|几)")


def read(plain: str, *, of_one: bool) -> Problem | None:
    """The amounts, rates and question in *plain* (without spaces); ``None`` where a number has no place.

    *of_one*: what is told of one thing is a rate (一盒6包), else it is an amount (一本50页的书).
    """
    clauses = [clause for clause in re.split(r"[，,。；;！!？?．]", plain) if clause]
    questions = [at for at, clause in enumerate(clauses) if re.search(r"多少|几(?!何|天前|年前)", clause)]
    if len(questions) != 1 or questions[0] != len(clauses) - 1:
        return None
    asked = _asked(clauses[-1])
    if asked is None:
        return None
    amounts: list[Amount] = []
    rates: list[Rate] = []
    for at, clause in enumerate(clauses):
        text = clause if at < len(clauses) - 1 else re.sub(r"(?:多少|几).*", "", clause)
        text = _take_rates(text, at, rates, (*_RATES, *_OF_ONE) if of_one else _RATES)
        found = list(_AMOUNT.finditer(text))
        if len(found) != len(re.findall(_N, text)):
            return None
        amounts += [_amount(one, text, at) for one in found]
    if len(re.findall(_N, plain)) != len(amounts) + len(rates) + sum(rate.over != 1 for rate in rates):
        return None
    return Problem(tuple(_opened(amounts, clauses, rates)), tuple(rates), asked, plain, tuple(clauses))


def _opened(amounts: list[Amount], clauses: list[str], rates: list[Rate]) -> list[Amount]:
    """The amounts, where the first of a unit that was made or written is what there was at first."""
    out: list[Amount] = []
    for amount in amounts:
        made = (
            re.search("做了|看了|修了|写了|铺了", clauses[amount.clause])
            and "已" not in clauses[amount.clause]
        )
        first = amount.unit not in {one.unit for one in out} | {rate.unit for rate in rates}
        out.append(replace(amount, role="has") if made and first and amount.role == "loss" else amount)
    return out


def _take_rates(text: str, at: int, rates: list[Rate], patterns: tuple[re.Pattern[str], ...]) -> str:
    for pattern in patterns:
        while (found := pattern.search(text)) is not None:
            groups = found.groupdict()
            unit, noun = _canonical(groups["u"], _VERB.sub("", groups["un"]))
            per, per_noun = _canonical(groups["g"], groups["gn"])
            over = number(groups["o"]) if groups.get("o") else Fraction(1)
            rates.append(Rate(number(groups["v"]), unit, noun, per, per_noun, over, at))
            text = text[: found.start()] + "〇" + text[found.end() :]
    return text


def _amount(found: re.Match[str], text: str, at: int) -> Amount:
    unit, noun = _canonical(found["u"], found[3])
    role: Role = "has"
    if _REST.search(text):
        role = "rest"
    elif _GAIN.search(text):
        role = "gain"
    elif _LOSS.search(text):
        role = "loss"
    return Amount(number(found["v"]), unit, noun, role, at)


def _asked(clause: str) -> Asked | None:
    found = _ASK.search(clause)
    if found is None or len(re.findall("多少|几", clause)) != 1:
        return None
    text = re.sub(r"多少钱", "多少元", clause)
    found = _ASK.search(text)
    if found is None:
        return None
    unit, noun = _canonical(found["u"] or "", found[2])
    each = _ASK_PER.search(text)
    per, per_noun = _canonical(each["g"], each["gn"]) if each is not None else ("", "")
    return Asked(unit, noun, per, per_noun, text)


def _canonical(unit: str, noun: str) -> tuple[str, str]:
    """A unit as one word for it; people are counted by 人, whatever the classifier."""
    if unit in _MEASURES:
        return _SAME.get(unit, unit), noun
    if any(noun.startswith(person) for person in _PERSONS) and unit in {"个", "名", "位"}:
        return "人", noun
    if unit in {"小", "大"} and noun:
        return noun[0], noun[1:]
    return _SAME.get(unit, unit), noun


def alike(unit: str, noun: str, other: str, other_noun: str) -> bool:
    """Whether two amounts count the same: the same unit, and no two different nouns behind 个."""
    if unit != other:
        return (unit == "个" and other in noun[:2]) or (other == "个" and unit in other_noun[:2])
    if unit == "个" and noun and other_noun:
        return bool(set(noun) & set(other_noun))
    return True
