"""Kinds of Chinese school problems with a form of their own: queues, trees at intervals, sets that overlap, work together, meeting."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from embedded_model.word_problems.working import Working, number

__all__ = ["solve"]

_N = r"(\d+(?:\.\d+)?)"
_W = r"[^\d]*?"
Values = list[Fraction]
_ONE = Fraction(1)


def solve(plain: str, start: Callable[[], Working]) -> tuple[Fraction, Working] | None:
    """The number asked for by a problem of one of these kinds, if it is the whole of *plain*."""
    sets = _sets(plain, start)
    if sets is not None:
        return sets
    plain = re.sub("[。；]", "，", plain.rstrip("？?。！"))
    text = re.sub(r"第[一二三四五六七八九十]|[ab]队", "某", plain.rstrip("？?。！"))
    if len(re.findall("多少|几", text)) != 1:
        return None
    if re.search("比(?!例|赛)|倍", text):
        # A number that is told of by another.
        return None
    for pattern, refused, work in _KINDS:
        found = pattern.fullmatch(text)
        if found is None or (refused and re.search(refused, text)):
            continue
        working = start()
        values = [
            number(group)
            for group in found.groups()
            if group and re.fullmatch(r"\d+(?:\.\d+)?(?:/\d+)?", group)
        ]
        if any(value == 0 for value in values):
            return None
        answer = work(values, working)
        if (
            answer is not None
            and answer > 0
            and (answer.denominator == 1 or "." in plain or "几分之几" in plain)
        ):
            return answer, working
        return None
    return None


def _sets(plain: str, start: Callable[[], Working]) -> tuple[Fraction, Working] | None:
    """Two sets that overlap: those in each, those in both, those in neither; all of them are asked for."""
    clauses = [clause for clause in re.split("[，。；？！]", plain) if clause]
    if len(clauses) < 4 or not re.search(
        r"(?:一共|共|总共|全班|班).{0,6}(?:多少|几).{0,2}(?:人|学生|同学)", clauses[-1]
    ):
        return None
    roles: dict[str, list[Fraction]] = {"neither": [], "both": [], "one": []}
    for clause in clauses[:-1]:
        found = re.findall(r"(\d+)(?:人|名|位)", clause)
        if len(found) != len(re.findall(r"\d+", re.sub(r"第\d+题", "", clause))) or len(found) > 1:
            return None
        if found:
            role = (
                "neither"
                if re.search("都没|都不", clause)
                else "both"
                if re.search("都|既", clause)
                else "one"
            )
            roles[role].append(number(found[0]))
    if (
        (len(roles["one"]), len(roles["both"])) != (2, 1)
        or len(roles["neither"]) > 1
        or re.search("只|仅", plain)
    ):
        return None
    if roles["both"][0] > min(roles["one"]) or (not roles["neither"] and re.search("都没|都不", plain)):
        return None
    working = start()
    return _overlap([*roles["one"], *roles["both"], *roles["neither"]], working), working


def _queue(values: Values, working: Working) -> Fraction:
    both = working.calculate(values[0], "+", values[1], "total")
    return working.calculate(both, "-", _ONE, "twice")


def _overlap(values: Values, working: Working) -> Fraction:
    first, second, both, *neither = values
    result = working.calculate(working.calculate(first, "+", second, "total"), "-", both, "twice")
    return working.calculate(result, "+", neither[0], "total") if neither else result


def _cuts(values: Values, working: Working) -> Fraction:
    pieces, minutes = values
    return working.calculate(working.calculate(pieces, "-", _ONE, "cuts"), "*", minutes, "product")


def _trees(ends: int) -> Callable[[Values, Working], Fraction | None]:
    def work(values: Values, working: Working) -> Fraction | None:
        length, apart = values
        gaps = working.calculate(length, "/", apart, "fits")
        if gaps.denominator != 1:
            return None
        return working.calculate(gaps, "+" if ends > 0 else "-", _ONE, "ends")

    return work


def _together(values: Values, working: Working) -> Fraction:
    first, second = (working.calculate(_ONE, "/", value, "part of work") for value in values[:2])
    both = working.calculate(first, "+", second, "total")
    share = values[2] if len(values) > 2 else _ONE
    return working.calculate(share, "/", both, "fits")


def _towards(values: Values, working: Working) -> Fraction:
    first, second, hours = values
    return working.calculate(working.calculate(first, "+", second, "total"), "*", hours, "product")


def _meeting_time(values: Values, working: Working) -> Fraction:
    whole, first, second = values
    return working.calculate(whole, "/", working.calculate(first, "+", second, "total"), "fits")


def _behind(values: Values, working: Working) -> Fraction:
    first, second, hours = values
    return working.calculate(
        working.calculate(max(first, second), "-", min(first, second), "difference"), "*", hours, "product"
    )


def _interest(values: Values, working: Working) -> Fraction:
    money, rate, *years = values
    result = working.calculate(working.calculate(money, "*", rate, "product"), "/", Fraction(100), "percent")
    return working.calculate(result, "*", years[0], "product") if years else result


def _heads(low: int, high: int) -> Callable[[Values, Working], Fraction | None]:
    def work(values: Values, working: Working) -> Fraction | None:
        heads, feet = values
        more = working.calculate(feet, "-", working.calculate(heads, "*", Fraction(low), "product"), "left")
        result = working.calculate(more, "/", Fraction(high - low), "fits")
        return result if result.denominator == 1 and 0 < result < heads else None

    return work


def _other_speed(values: Values, working: Working) -> Fraction:
    whole, first, hours = values
    return working.calculate(working.calculate(whole, "/", hours, "share"), "-", first, "left")


def _part(*, rest: bool) -> Callable[[Values, Working], Fraction | None]:
    def work(values: Values, working: Working) -> Fraction | None:
        whole, part = values
        if not 0 < part < 1:
            return None
        taken = working.calculate(whole, "*", part, "multiple")
        return working.calculate(whole, "-", taken, "left") if rest else taken

    return work


def _whole_of_rest(values: Values, working: Working) -> Fraction | None:
    known, rest = values
    if not 0 < rest < 1:
        return None
    return working.calculate(known, "/", working.calculate(_ONE, "-", rest, "left"), "share")


def _real_distance(values: Values, working: Working) -> Fraction:
    scale, drawn = values
    return working.calculate(working.calculate(drawn, "*", scale, "multiple"), "/", Fraction(100000), "unit")


_UNIT = r"(?:千米|米)"
_PART = r"(\d+/\d+)"
_TAKE = r"(?:用去|用了|看了|吃了|运走|卖出|修了|喝了|种了|读了|剪去|卖了|运走了|用掉)"
_KINDS: tuple[tuple[re.Pattern[str], str, Callable[[Values, Working], Fraction | None]], ...] = (
    (
        re.compile(rf"{_W}相距{_N}{_UNIT}{_W}同时{_W}(?:相对|相向){_W}每(?:小时|分钟?|秒){_W}{_N}{_UNIT}，{_W}{_N}(?:小时|分钟?|秒)(?:后|钟后)?{_W}相遇，{_W}每(?:小时|分钟?|秒){_W}(?:多少|几){_UNIT}"),
        "先|中点|停|休息|往返|再|比",
        _other_speed,
    ),
    (
        re.compile(rf"{_W}{_N}[\u4e00-\u9fff]+，{_W}{_TAKE}(?:它的|全长的|总数的|全书的|这[批本袋]{_W}的|其中的)?{_PART}，{_W}{_TAKE}(?:多少|几){_W}"),
        "剩|还|又|再|比|后|%|每",
        _part(rest=False),
    ),
    (
        re.compile(rf"{_W}{_N}[\u4e00-\u9fff]+，{_W}{_TAKE}(?:它的|全长的|总数的|全书的|这[批本袋]{_W}的|其中的)?{_PART}，{_W}还剩下?(?:多少|几){_W}"),
        "又|再|比|后|%|每|剩下的|余下",
        _part(rest=True),
    ),
    (
        re.compile(rf"{_W}{_TAKE}{_N}[\u4e00-\u9fff]+，{_W}还剩下?(?:全书的|全长的|它的|这本书的)?{_PART}{_W}，{_W}(?:一共|共|全长)(?:有)?(?:多少|几){_W}"),
        "又|再|比|后|%|每",
        _whole_of_rest,
    ),
    (
        re.compile(rf"{_W}比例尺(?:是|为)?1[：:，](\d+)的{_W}图{_W}，{_W}{_N}厘米，{_W}实际{_W}(?:多少|几)千米"),
        "面积|宽|小时",
        _real_distance,
    ),
    (
        re.compile(rf"{_W}从(?:前|左|前面|左边)(?:往|向|数|开始){_W}第?{_N}个?，{_W}从(?:后|右|后面|右边)(?:往|向|数|开始){_W}第?{_N}个?，{_W}(?:一共|共){_W}(?:多少|几)[个人名位]人?"),
        "之间|中间",
        _queue,
    ),
    (
        re.compile(rf"{_W}锯成{_N}段，{_W}每锯一次{_W}{_N}分钟，{_W}(?:一共|共)?{_W}(?:多少|几)分钟"),
        "",
        _cuts,
    ),
    (
        re.compile(rf"{_W}{_N}米{_W}每(?:隔|两[棵根]之间相距){_N}米{_W}两端都(?:不|没)[^\d]*?(?:多少|几)[棵根盏面]{_W}"),
        "两侧|两边|两旁|四周|环",
        _trees(-1),
    ),
    (
        re.compile(rf"{_W}{_N}米{_W}每(?:隔|两[棵根]之间相距){_N}米{_W}两端(?:都|也)?要?(?:栽|种|植|安|装|插){_W}(?:多少|几)[棵根盏面]{_W}"),
        "两侧|两边|两旁|四周|环|不",
        _trees(1),
    ),
    (
        re.compile(rf"(?:一|有一)[件项段批个条][^\d]{{0,12}}甲{_W}(?:单?独)?{_W}{_N}[天时小]{_W}乙{_W}{_N}[天时小]{_W}(?:合作|合做|共同|一起|同时){_W}(?:多少|几)(?:天|小时|个小时){_W}"),
        "丙|先|再|剩|效|倍|余|后|分之|提前|休息",
        _together,
    ),
    (
        re.compile(rf"修?一[件项段批个条][^\d]{{0,12}}甲队{_N}天{_W}乙队{_W}{_N}天{_W}(?:合作|合做|共同|一起|同时){_W}(?:多少|几)天{_W}"),
        "丙|先|再|剩|效|倍|余|分之|提前|休息|后",
        _together,
    ),
    (
        re.compile(rf"{_W}同时{_W}(?:相对|相向|对){_W}每(?:小时|分钟?|秒){_W}{_N}{_UNIT}，{_W}每(?:小时|分钟?|秒){_W}{_N}{_UNIT}，{_W}{_N}(?:小时|分钟?|秒){_W}相遇，?{_W}(?:多少|几){_UNIT}"),
        "先|后(?!相遇|两)|中点|停|休息|往返|相距\\d|再|距离中",
        _towards,
    ),
    (
        re.compile(rf"{_W}相距{_N}{_UNIT}{_W}同时{_W}(?:相对|相向|对){_W}每(?:小时|分钟?|秒){_W}{_N}{_UNIT}，{_W}每(?:小时|分钟?|秒){_W}{_N}{_UNIT}，{_W}(?:多少|几)(?:小时|分钟?|秒){_W}相遇"),
        "先|中点|停|休息|往返|再",
        _meeting_time,
    ),
    (
        re.compile(rf"{_W}同时从{_W}开往{_W}每(?:小时|分钟?|秒){_W}{_N}{_UNIT}，{_W}每(?:小时|分钟?|秒){_W}{_N}{_UNIT}，{_W}{_N}(?:小时|分钟?|秒){_W}相距(?:多少|几){_UNIT}"),
        "相对|相向|反|先|停|休息|往返|再|背|[东西南北]",
        _behind,
    ),
    (
        re.compile(rf"{_W}{_N}元{_W}(?:存入|存){_W}(?:一年|1年){_W}年?利率(?:是|为)?{_N}[%％]，{_W}(?:应得|得到?|获得|取得|可得)?{_W}利息{_W}(?:多少|几)元"),
        "税|两年|三年|本金和|本息|一共",
        _interest,
    ),
    (
        re.compile(rf"{_W}(?:鸡和?兔|兔和?鸡){_W}{_N}(?:个头|只|头){_W}{_N}(?:只脚|条腿|只足|脚){_W}(?:兔子?)(?:有)?(?:多少|几)只"),
        "鸡有?(?:多少|几)",
        _heads(2, 4),
    ),
)  # fmt: skip
