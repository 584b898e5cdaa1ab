"""Chinese word problems.

Each template has to match the whole problem. Words that turn the meaning of a sentence (每, 倍, 比, 平均 …) are refused
unless the template accounts for them, and so are numbers in Chinese characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from embedded_model.values.solution import Say, Solution
from embedded_model.word_problems import plans
from embedded_model.word_problems.chinese import stories, units
from embedded_model.word_problems.working import Working, number

__all__ = ["solve"]

_N = r"(?:\d+/\d+|\d+(?:\.\d+)?)"
# Anything within a clause, but no number.
_W = r"[^\d，,。；;？?！!：:]*?"
_STOP = r"[，,。；;！!]\s*"
_TURNING = (
    "每", "平均", "倍", "比", "分之", "%", "半", "同样", "各", "照这样", "至少", "最多", "如果", "若", "折", "相同", "一样",
    "速度", "面积", "周长", "体积", "相距", "其中", "间隔", "隔", "来回", "往返", "之前", "扩大", "缩小", "增加到", "减少到",
    "几分", "左边", "右边", "从前", "倒数", "排", "楼", "敲", "锯", "第", "中间", "对折", "头", "脚", "腿", "轮", "剩", "原来",
    "原有", "差", "还", "几天后", "年后", "年前", "提前", "同时", "相遇", "相对", "超过", "不足", "不到", "以内", "约", "大约",
    "百", "万", "甲", "乙", "丙", "不够", "退", "找回", "赔", "利", "税", "息", "浓", "合作", "效率", "套", "双", "对",
)  # fmt: skip
_CHARACTER_NUMBER = re.compile(r"[二两三四五六七八九十]|一半|一[倍双对]")
_NAMES = re.compile(
    r"[一二三四五六七八九]年级|[一二三四五六][（(]\d+[)）]班|第[一二三四五六七八九][天组次周个站行队批]|星期[一二三四五六日天]"
)
# What is asked is measured, not counted: it need not come out even.
_MEASURE = re.compile(
    r"(?:多少|几)(?:[千厘毫分]?米|千?克|吨|升|毫升|元|公顷|公?里|公?斤|平方[千厘分]?米|立方[千厘分]?米)"
)
_UNITS = re.compile(r"千米|千克|千瓦|万元|平方|立方")

_BUY = r"买来|买回|买了|买|养了|养|种了|种|摘了|摘|做了|做|拔了|拔|捡了|捡|折了|折|收了|收|运来|生产了|生产|写了|写|画了|画|修了|修|看了|看|借来|拿来|带了|带|有|收集了|收集|抓了|抓|钓了|钓|采了|采|跳了|拍了|卖出|卖了|用去|用了"
_GAIN = r"又给了?[他她我]|又买来|又买了|又买|又来了|又来|又飞来|飞来|又开来|开来|又上来|上来|又上|又种了|又做了|又送来|送来|又放入|又借来|又得到|增加了|后来又来了|又运来|又跑来|跑来|又游来|又捡了|又摘了|上车|再放|再买|又拿来|又搬来|新来了|转来|还回"
_LOSS = r"吃了|吃掉|吃去|吃|用去|用了|用掉|用|卖出|卖掉|卖了|卖出去|拿走|拿出|借走|借出|飞走|跑走|开走|送给|送出|送走|走了|下车|下来|剪去|剪掉|花了|花去|花|丢了|坏了|运走|搬走|摘了|摘走|减少了|游走|掉了|撕掉|喝了|喝掉|寄出|用掉了|飞走了|转走|打碎"


@dataclass(frozen=True)
class _Template:
    pattern: re.Pattern[str]
    allowed: frozenset[str]
    work: plans.Plan


def solve(text: str, say: Say) -> Solution | None:
    """The solution of the one-step or two-step problem in *text*."""
    plain = re.sub(r"\s+", "", text).strip("　")
    plain = plain.translate({0xFF10 + digit: str(digit) for digit in range(10)} | {ord("．"): "."})
    plain = re.sub(r"\(?(\d+/\d+)\)?", r"\1", plain)
    story = Working(say, text)
    balance = stories.solve(plain, story)
    if balance is not None:
        return story.solution(balance)
    plain = _NAMES.sub("〇", re.sub(r"多少元?钱", "多少元", plain))
    plain = _counted(plain)
    turning = [word for word in _TURNING if word in _UNITS.sub("", plain)]
    if len(plain) > 200 or _CHARACTER_NUMBER.search(_UNITS.sub("", plain)):
        return None
    for template in _TEMPLATES:
        found = template.pattern.fullmatch(plain)
        if found is None or not set(turning) <= template.allowed:
            continue
        if found.re.groupindex.get("same") and not _same(found):
            continue
        if template.work in _OF_ONE_KIND and not _one_kind(plain):
            continue
        values = [number(value) for value in re.findall(_N, plain)]
        if len(values) > 6 or any(value == 0 for value in values):
            continue
        working = Working(say, text)
        answer = template.work(values, working)
        if answer <= 0 or (answer.denominator != 1 and all(v.denominator == 1 for v in values)):
            # Numbers of things that do not come out even ask for rounding, one way or the other.
            continue
        return working.solution(answer)
    working = Working(say, text)
    by_units = units.solve(plain, turning, working)
    if by_units is not None and (
        by_units.denominator == 1
        or ("." in plain and _MEASURE.search(plain) and (by_units * 100).denominator == 1)
    ):
        return working.solution(by_units)
    return None


def _counted(plain: str) -> str:
    """The text without the number in 这三种 or 两人, where that is how many numbers it gives."""
    given = len(re.findall(_N, plain))
    words = {2: "两二", 3: "三", 4: "四", 5: "五"}.get(given)
    return re.sub(rf"这?[{words}](?=种|人|样|天|个年级)", "这些", plain) if words else plain


def _same(found: re.Match[str]) -> bool:
    return bool(found["same"]) and found["same"].strip("了的") != ""


def _one_kind(plain: str) -> bool:
    """Whether all numbers, and what is asked, count in the same unit, and the question leaves none of them out."""
    units = {found[1] for found in re.finditer(rf"{_N}({_UNIT})", plain)}
    asked = re.search(rf"{_HOW_MANY}({_UNIT})", plain)
    units |= {asked[1]} if asked else set()
    question = re.split(r"[，,。；;]", plain.rstrip("？?。"))[-1]
    names = re.split(r"和|与|、", question.split("共")[0]) if "共" in question else [question]
    fractions = "/" in plain
    return len(units) == 1 and not fractions and len(names) in {1, len(re.findall(_N, plain))}


_UNIT = r"[千厘毫分平立公][\u4e00-\u9fff]|[\u4e00-\u9fffa-zA-Z]|(?=[，。？?])"
_OF_ONE_KIND = frozenset({plans.total, plans.left, plans.difference, plans.more, plans.fewer})
_HOW_MANY = r"(?:多少|几)"
_END = r"[？?。．.]?"
_TEMPLATES: tuple[_Template, ...] = (
    # 有 N，(吃了) M，还剩多少
    _Template(
        re.compile(
            rf"{_W}(?:{_BUY}){_W}{_N}{_W}(?:{_STOP}{_W}(?:{_LOSS}){_W}{_N}{_W}){{1,3}}{_STOP}{_W}(?:还剩下?|剩下?|现在还?有|还有|余下){_W}{_HOW_MANY}{_W}{_END}"
        ),
        frozenset({"剩", "还", "原来", "原有", "第"}),
        plans.left,
    ),
    # 有 N，又来 M，一共多少
    _Template(
        re.compile(
            rf"{_W}(?:{_BUY}|上午|下午|昨天){_W}{_N}{_W}(?:{_STOP}{_W}(?:{_GAIN}){_W}{_N}{_W}){{1,3}}{_STOP}{_W}(?:一共|总共|共|现在)(?:有)?{_W}{_HOW_MANY}{_W}{_END}"
        ),
        frozenset({"原来", "原有", "还"}),
        plans.total,
    ),
    # A 有 N，B 有 M，一共多少
    _Template(
        re.compile(
            rf"(?!.*(?:{_LOSS}|又|再|原)){_W}(?:{_BUY}){_W}{_N}[^\d，,。；;？?！!：:来去走]{{0,8}}?(?:(?:{_STOP}|和|与)(?![^，。]*(?:{_LOSS}){_W}{_N}){_W}{_N}[^\d，,。；;？?！!：:来去走]{{0,8}}?){{1,3}}{_STOP}{_W}(?:一共|总共|共)(?:有)?{_W}{_HOW_MANY}{_W}{_END}"
        ),
        frozenset({"第"}),
        plans.total,
    ),
    # A N 元，B M 元，A 和 B 一共多少元
    _Template(
        re.compile(
            rf"{_W}{_N}[^\d，,。；;？?！!：:来去走]{{0,8}}?(?:{_STOP}{_W}{_N}[^\d，,。；;？?！!：:来去走]{{0,8}}?){{1,3}}{_STOP}{_W}(?:和|与|这){_W}(?:一共|总共|共)(?:有|要|需要?)?{_HOW_MANY}{_W}{_END}"
        ),
        frozenset(),
        plans.total,
    ),
    # A 有 N，B 有 M，A 比 B 多多少
    _Template(
        re.compile(
            rf"{_W}{_N}{_W}(?:{_STOP}|和|与){_W}{_N}{_W}{_STOP}{_W}比{_W}(?:多|少|便宜|贵|大|小|重|轻|长|短|高|矮|快){_W}{_HOW_MANY}{_W}{_END}"
        ),
        frozenset({"比"}),
        plans.difference,
    ),
    # A 有 N，B 比 A 多 M，B 有多少
    _Template(
        re.compile(
            rf"{_W}(?P<same>[\u4e00-\u9fff]{{2,5}}?){_W}{_N}{_W}{_STOP}(?:养的)?(?P<who>[\u4e00-\u9fff]{{1,6}}?)比(?P=same)(?:多|大|贵|高|重|长){_W}{_N}{_W}{_STOP}(?P=who){_W}{_HOW_MANY}{_W}{_END}"
        ),
        frozenset({"比"}),
        plans.more,
    ),
    _Template(
        re.compile(
            rf"{_W}(?P<same>[\u4e00-\u9fff]{{2,5}}?){_W}{_N}{_W}{_STOP}(?:养的)?(?P<who>[\u4e00-\u9fff]{{1,6}}?)比(?P=same)(?:少|小|便宜|矮|轻|短){_W}{_N}{_W}{_STOP}(?P=who){_W}{_HOW_MANY}{_W}{_END}"
        ),
        frozenset({"比"}),
        plans.fewer,
    ),
    # A 有 N，比 B 多 M，B 有多少
    _Template(
        re.compile(
            rf"{_W}{_N}{_W}{_STOP}比(?P<same>[\u4e00-\u9fff]{{1,6}}?)(?:多|大|贵|高|重|长){_W}{_N}{_W}{_STOP}(?P=same){_W}{_HOW_MANY}{_W}{_END}"
        ),
        frozenset({"比"}),
        plans.fewer,
    ),
    _Template(
        re.compile(
            rf"{_W}{_N}{_W}{_STOP}比(?P<same>[\u4e00-\u9fff]{{1,6}}?)(?:少|小|便宜|矮|轻|短){_W}{_N}{_W}{_STOP}(?P=same){_W}{_HOW_MANY}{_W}{_END}"
        ),
        frozenset({"比"}),
        plans.more,
    ),
    # A 有 N，B 的 … 是 A 的 M 倍，B 有多少
    _Template(
        re.compile(
            rf"{_W}(?P<same>[\u4e00-\u9fff]{{2,4}}?){_N}{_W}{_STOP}(?P<who>[\u4e00-\u9fff]{{1,5}}?)的{_W}是(?P=same)的{_N}倍{_STOP}(?P=who){_W}{_HOW_MANY}{_W}{_END}"
        ),
        frozenset({"倍"}),
        plans.multiple,
    ),
    _Template(
        re.compile(
            rf"{_W}(?P<who>[\u4e00-\u9fff]{{1,5}}?)的{_W}是(?P<same>[\u4e00-\u9fff]{{1,5}}?)的{_N}倍{_STOP}(?P=same){_W}{_N}{_W}{_STOP}(?P=who){_W}{_HOW_MANY}{_W}{_END}"
        ),
        frozenset({"倍"}),
        plans.multiple,
    ),
    # 要做 N，已经做了 M，还要做多少
    _Template(
        re.compile(
            rf"{_W}(?:要|全长|共有|一共有|有){_W}{_N}{_W}(?:{_STOP}{_W}(?:已经|其中|前天|昨天|今天|〇)?{_W}(?:做好了|做了|修了|种了|看了|写了|完成了|铺了|擦了|读了){_W}{_N}{_W}){{1,3}}{_STOP}{_W}(?:还要|还有|还剩|剩下)(?:做|修|种|看|写|铺)?{_HOW_MANY}{_W}{_END}"
        ),
        frozenset({"还", "其中", "剩"}),
        plans.left,
    ),
    # A 有 N，B 是 A 的 M 倍，B 有多少
    _Template(
        re.compile(
            rf"{_W}(?P<same>[\u4e00-\u9fff]{{1,4}})(?:有|养了|种了){_W}{_N}{_W}{_STOP}(?P<who>[\u4e00-\u9fff]{{1,5}}?)(?:的{_W})?是(?P=same)的{_N}倍{_STOP}(?P=who){_W}{_HOW_MANY}{_W}{_END}"
        ),
        frozenset({"倍"}),
        plans.multiple,
    ),
    # N … 平均分给 M …，每 … 多少
    _Template(
        re.compile(
            rf"{_W}{_N}{_W}{_STOP}?{_W}平均(?:分给|分成|分到|装入|装在|放在|放进|放到|摆成|摆在|种成|装){_W}{_N}{_W}{_STOP}{_W}每{_W}{_HOW_MANY}{_W}{_END}"
        ),
        frozenset({"平均", "每", "排"}),
        plans.share,
    ),
)
