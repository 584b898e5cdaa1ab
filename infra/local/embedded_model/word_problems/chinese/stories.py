"""Chinese stories with one balance: what there was, plus what came, minus what went, is what there is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from embedded_model.word_problems.working import Working, number

__all__ = ["solve"]

_N = r"\d+(?:\.\d+)?"
_UNIT = r"(?:千米|千克|厘米|分米|毫米|公里|米|[\u4e00-\u9fff])"
_GAIN = re.compile(
    r"又(?:给了|买|上|来|飞来|游来|跑来|开来|送|给|种|做|进|运来|叼回|得|捡|摘|放|拿来)|买[来回]|上来|上车|飞来|游来|跑来|开来|送来|运来|"
    r"进货|转来|得到|增加|也送了"
)
_LOSS = re.compile(
    r"吃[了掉去]|卖[了出掉去]|借[走出]|飞走|游走|跑走|跳走|开走|运走|送[给走去出]|拿走|领走|离开|下车|下去|下来|打[破碎]|走了|"
    r"用[了去掉]|花[了去掉]|破了|丢了|剪[去掉]|截去|已坐|已经坐|已送去|已经坐|领走|看了|做了"
)
_REFUSED = re.compile(
    r"[每各比倍几两二三四五六七八九十百万半折同]|平均|分之|面积|周长|如果|至少|最多|以后|第|先(?!生)|其中|提前|排|楼|楼|前|往|换|%|/|甲|乙|相距|速度|度"
)
_DAYS = re.compile(r"第[一二三四]天|[一二三四五六]年级|[一二三四]组|[一二三四五六]班|第[一二三四]次|二年级")
Kind = Literal["has", "gain", "loss", "end"]


@dataclass(frozen=True)
class _Part:
    kind: Kind
    value: Fraction
    unit: str


def solve(text: str, working: Working) -> Fraction | None:
    """The number asked for by a story in which every clause but the question holds one number of the same unit."""
    plain = re.sub(r"(?<=\d)(?:名|位)", "人", re.sub(r"(多少|几)[名位]", r"\1人", _DAYS.sub("〇", text)))
    plain = re.sub(rf"({_N}[^，。\d]{{0,6}}?)后，?(?=又|还|现在|自己)", r"\1，", plain)
    clauses = [clause for clause in re.split(r"[，,。；;！]", plain.rstrip("？?。")) if clause]
    given, question = clauses[:-1], clauses[-1]
    if len(given) > 2 and not re.search(rf"{_N}|[了走来去出掉]", given[0]):
        given = given[1:]
    compared = re.fullmatch(
        rf"(.{{1,4}}?)比(.{{1,4}}?)(?:多|少|贵|便宜|重|轻|长|短|高|矮)(?:多少|几)({_UNIT})钱?", question
    )
    if compared is not None:
        return _compared(given, compared, working)
    asked = re.search(rf"(?:多少|几)({_UNIT})?", question)
    if asked is None or re.search(_N, question) or not 2 <= len(given) <= 5:
        return None
    if any(_REFUSED.search(clause) for clause in [*given, re.sub("多少|几", "", question)]):
        return None
    parts = [_part(clause) for clause in given]
    if any(part is None for part in parts):
        return None
    known = [part for part in parts if part is not None]
    if len({part.unit for part in known} | ({asked[1]} - {None})) != 1:
        return None
    return _result(known, question, working)


def _compared(given: list[str], asked: re.Match[str], working: Working) -> Fraction | None:
    """How much one of several is more than another, each told of in just one clause."""
    values: list[Fraction] = []
    for name in (asked[1], asked[2]):
        about = [clause for clause in given if name in clause]
        found = re.findall(rf"({_N})({_UNIT})", about[0]) if len(about) == 1 else []
        if len(found) != 1 or found[0][1] != asked[3] or _REFUSED.search(about[0]) or _LOSS.search(about[0]):
            return None
        values.append(number(found[0][0]))
    if (
        any(_REFUSED.search(clause) or re.search("又|再|后|原", clause) for clause in given)
        or values[0] == values[1]
    ):
        return None
    return working.calculate(max(values), "-", min(values), "difference")


def _part(clause: str) -> _Part | None:
    found = re.findall(rf"({_N})({_UNIT})", clause)
    if len(found) != 1 or len(re.findall(_N, clause)) != 1:
        return None
    gain, loss = _GAIN.search(clause), _LOSS.search(clause)
    if gain and loss:
        return None
    kind: Kind = "gain" if gain else "loss" if loss else "has"
    if re.search(r"还?剩|还有", clause):
        if kind != "has":
            return None
        kind = "end"
    elif kind == "has" and not re.search(r"有|共|养|原|要把|停|存", clause):
        return None
    return _Part(kind, number(found[0][0]), found[0][1])


def _added(parts: list[_Part], working: Working) -> Fraction:
    result = parts[0].value
    for part in parts[1:]:
        result = working.calculate(result, "+", part.value, "total")
    return result


def _result(parts: list[_Part], question: str, working: Working) -> Fraction | None:
    kinds = [part.kind for part in parts]
    if re.search(r"原来|原有", question):
        if kinds[-1] != "end" or set(kinds[:-1]) != {"loss"}:
            return None
        result = parts[-1].value
        for part in parts[:-1]:
            result = working.calculate(result, "+", part.value, "undone")
        return result
    if set(kinds) == {"has"} and re.fullmatch(
        r"(?:他|她|家里|店里)?(?:一共|总共|共)(?:有)?(?:多少|几).{0,4}", question
    ):
        return _added(parts, working)
    if kinds[0] != "has" or not set(kinds[1:]) <= {"gain", "loss"}:
        return None
    if re.search(r"相差|花[了去掉]|买|用|卖|吃|给|得|收", question) or not re.search(
        r"剩|现在|还有|还要|还差|没", question
    ):
        return None
    result = parts[0].value
    for part in parts[1:]:
        loss = part.kind == "loss"
        result = working.calculate(result, "-" if loss else "+", part.value, "left" if loss else "total")
    return result if result > 0 else None
