"""Chinese comparisons: B 比 A 多 8, B 是 A 的 3 倍少 2; one of them, two together, their difference or their ratio is asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from embedded_model.word_problems.chinese.amounts import UNIT
from embedded_model.word_problems.working import Working, number

__all__ = ["solve"]

_N = r"\d+(?:\.\d+)?"
_MORE = "多|贵|高|大|重|长|远|快"
_LESS = "少|便宜|矮|低|小|轻|短|近|慢"
_WHAT = "只数|棵数|棵树|个数|人数|本数|重量|质量|体重|身高|高度|长度|年龄|价格|价钱|数量|钱数|产量|岁数|钱|总|高|重|学生|平均"
_DONE = (
    "今年|现在|一共|收集|摘|钓|做|跳|踢|养|种|栽|写|看|买|卖|运来|运|吹|折|拍|捡|捉|拔|采|画|收|得|跑|走|行|有|是|花|用|要|摆|生产|加工|飞|存|捐|售价|标价|需要|需|"
    "为|共|到|读|修|参加|喂|打"
)
_TAIL = re.compile(rf"(?:的|了|来|出|掉|去|{_WHAT}|{_DONE})+$")
_HEAD = re.compile(r"^(?:已知|其中|那么|那|今年|现在|商店里?有?|学校里?有?|果园里?有?|还|请问|问|而|则)+")
_RELATION = re.compile(
    rf"(?P<a>[^\d比]*)比(?P<b>[^\d比]+?)(?P<sign>{_MORE}|{_LESS})[^\d比]{{0,4}}?(?P<n>{_N})(?P<u>{UNIT})[^\d比]{{0,4}}"
)
_TIMES_MORE = re.compile(
    rf"(?P<a>[^\d比]*)[比是](?P<b>[^\d比]+?)的?(?P<k>{_N})倍还?(?P<sign>多|少)(?P<n>{_N})(?P<u>{UNIT})[^\d比]{{0,4}}"
)
_MULTIPLE = re.compile(rf"(?P<a>[^\d比]*)是(?P<b>[^\d比]+?)的?(?P<k>{_N})倍")
_SHARE = re.compile(r"(?P<a>[^\d比]*)是(?P<b>[^\d比]+?)的?(?P<f>\d+/\d+|\d+(?:\.\d+)?%)")
_SHARE_MORE = re.compile(
    r"(?P<a>[^\d比]*)比(?P<b>[^\d比]+?)的?(?:多|少|增加|减少)了?(?P<f>\d+/\d+|\d+(?:\.\d+)?%)"
)
_VALUE = re.compile(rf"(?P<a>[^\d]*?)(?P<n>{_N})(?P<u>{UNIT})(?P<noun>[^\d]{{0,4}})")
_APART = re.compile(
    rf"(?P<a>[^\d比]+)比(?P<b>[^\d比]+?)(?:{_MORE}|{_LESS})[^\d比]{{0,3}}(?:多少|几)(?P<u>{UNIT})?[^\d]{{0,4}}"
)
_RATIO = re.compile(r"(?P<a>[^\d比]+)是(?P<b>[^\d比]+?)的?(?:多少|几)倍")
_ONE = re.compile(rf"(?P<a>[^\d]*?)(?:多少|几)(?P<u>{UNIT})?(?P<noun>[^\d]{{0,5}})")
_REFUSED = re.compile(
    r"[每各半率甲乙丙]|[\d一二三四五六七八九]折|打折|平均|分之|如果|剩|又|再|后来|拿|给|面积|周长|共有|同样|最|吃|去年|原|前后|[年天]后|年前|其它|其余|计划|实际|节约|以后|明年|几年|第[一二三]|两天|用去|还"
)


@dataclass(frozen=True)
class _Relation:
    one: str
    other: str
    times: Fraction
    plus: Fraction
    minus: bool


@dataclass
class _Story:
    known: dict[str, Fraction]
    told: dict[str, str]
    also: dict[str, str]
    relations: list[_Relation]
    units: set[str]


def solve(plain: str, start: Callable[[], Working]) -> tuple[Fraction, Working] | None:
    """The number asked for by comparisons that lead from one to the next."""
    plain = re.sub(r"[\u4e00-\u9fff]{0,4}比赛中?", "", plain)
    clauses = [clause for clause in re.split(r"[，,。；;！!？?]", plain) if clause]
    if not re.search(r"比|倍|\d/\d|%", plain) or _REFUSED.search(plain) or len(clauses) < 3:
        return None
    story = _Story({}, {}, {}, [], set())
    if not all(_told(clause, story) for clause in clauses[:-1]) or not story.known or len(story.units) > 1:
        return None
    if re.search("多少|几", "".join(clauses[:-1])):
        return None
    working = start()
    if not _follow(story, working):
        return None
    answer = _answer(re.sub("多少钱", "多少元", clauses[-1]), story, working)
    if answer is None or answer <= 0 or not (answer.denominator == 1 or "." in plain):
        return None
    return answer, working


def _name(text: str) -> str:
    """Who or what is compared, without verbs and measures; empty where that leaves a sum of several."""
    name = _HEAD.sub("", _TAIL.sub("", text))
    return "" if re.search("[和与共及、]", name) else name[-6:]


def _told(clause: str, story: _Story) -> bool:
    """Read one clause; false where it is not understood."""
    last = list(story.known)[-1] if story.known else ""
    for pattern in (_TIMES_MORE, _MULTIPLE, _RELATION):
        found = pattern.fullmatch(clause)
        if found is None:
            continue
        groups = found.groupdict()
        one = _name(groups["a"]) if groups["a"] else (story.relations[-1].one if story.relations else last)
        other = _name(groups["b"])
        if not one or not other or one == other:
            return False
        if groups.get("u"):
            story.units.add(_unit(groups["u"]))
        plus = number(groups["n"]) if groups.get("n") else Fraction()
        less = (groups.get("sign") or "多") in _LESS.split("|")
        story.relations.append(_Relation(one, other, number(groups.get("k") or "1"), plus, less))
        return True
    shared = _share(clause, story)
    if shared is not None:
        return shared
    if not re.search(r"\d", clause):
        return len(clause) <= 16 and not re.search("比|倍|多|少", clause)
    found = _VALUE.fullmatch(clause)
    if found is None or re.search("比|倍", clause):
        return False
    name = _name(found["a"]) or found["noun"]
    if found["noun"] and found["noun"] != name:
        # 动物园有18只猴子: the monkeys.
        story.also[found["noun"]] = "" if found["noun"] in story.also else name
    if (
        not name
        or re.search("[和与共、]", found["a"] + found["noun"])
        or any(_same(name, other) for other in story.known)
    ):
        return False
    story.known[name] = number(found["n"])
    story.told[name] = clause
    story.units.add(_unit(found["u"]))
    return True


def _share(clause: str, story: _Story) -> bool | None:
    """Read a fraction or percentage of another (男生是女生的4/5, 桃树比苹果树多20%); ``None`` where the clause is none."""
    found = _SHARE.fullmatch(clause) or _SHARE_MORE.fullmatch(clause)
    if found is None:
        return None if not re.search(r"%|\d/\d", clause) else False
    last = list(story.known)[-1] if story.known else ""
    one, other = _name(found["a"]) or (last if not found["a"] else ""), _name(found["b"])
    text = found["f"]
    part = Fraction(text.rstrip("%")) / 100 if "%" in text else Fraction(text)
    if not one or not other or one == other or not part > 0 or "占" in clause:
        return False
    if "比" in clause:
        part = 1 - part if re.search("少", clause) else 1 + part
    if part <= 0:
        return False
    story.relations.append(_Relation(one, other, part, Fraction(), minus=False))
    return True


def _unit(unit: str) -> str:
    return {"名": "人", "位": "人"}.get(unit, unit)


def _same(one: str, other: str) -> bool:
    return one == other or (len(one) > 1 and len(other) > 1 and (one.endswith(other) or other.endswith(one)))


def _find(name: str, story: _Story) -> str | None:
    """The name under which the number of *name* is known."""
    names = [other for other in story.known if name and _same(name, other)]
    if names:
        return names[0] if len(names) == 1 else None
    also = [known for noun, known in story.also.items() if name and known and _same(name, noun)]
    return also[0] if len(also) == 1 else None


def _meant(text: str, story: _Story) -> str | None:
    """Whom the question names: by its name, or as the one whose clause has that name in it."""
    name = _name(text)
    found = _find(name, story)
    if found is not None or len(name) < 2:
        return found
    within = [known for known, clause in story.told.items() if name in clause]
    return within[0] if len(within) == 1 else None


def _follow(story: _Story, working: Working) -> bool:
    """Work out every name from those that are known; false where one is left over."""
    waiting = list(story.relations)
    while waiting:
        step = next((relation for relation in waiting if _derive(relation, story, working)), None)
        if step is None:
            return False
        waiting.remove(step)
    return all(value > 0 for value in story.known.values())


def _derive(relation: _Relation, story: _Story, working: Working) -> bool:
    """Work out the one side of *relation* from the other, if that is known."""
    known = story.known
    one, other = _find(relation.one, story), _find(relation.other, story)
    if (one is None) == (other is None):
        return False
    value = known[one or other or ""]
    forward = one is None
    if forward and relation.times != 1:
        value = working.calculate(value, "*", relation.times, "multiple")
    if relation.plus and forward:
        value = working.calculate(
            value, "-" if relation.minus else "+", relation.plus, "fewer" if relation.minus else "more"
        )
    elif relation.plus:
        value = working.calculate(value, "+" if relation.minus else "-", relation.plus, "undone")
    if not forward and relation.times != 1:
        value = working.calculate(value, "/", relation.times, "share")
    known[relation.one if forward else relation.other] = value
    return True


def _answer(question: str, story: _Story, working: Working) -> Fraction | None:
    known = story.known
    ratio, apart = _RATIO.fullmatch(question), _APART.fullmatch(question)
    two = ratio or apart
    if two is not None:
        one, other = _meant(two["a"], story), _meant(two["b"], story)
        if one is None or other is None or known[one] == known[other] or len(story.units) != 1:
            return None
        if ratio is not None:
            return working.calculate(known[one], "/", known[other], "fits")
        return working.calculate(
            max(known[one], known[other]), "-", min(known[one], known[other]), "difference"
        )
    found = _ONE.fullmatch(question)
    if found is None or not story.relations or (found["u"] and _unit(found["u"]) not in story.units):
        return None
    if re.search("一共|总共|共", found["a"]):
        before = re.split("一共|总共|共", found["a"])[0]
        named = [_find(_name(part), story) for part in re.split("[和与、]", before) if part]
        if len(known) != 2 or (len(named) > 1 and (None in named or len(set(named)) != 2)):
            return None
        first, second = known.values()
        return working.calculate(first, "+", second, "total")
    name = _find(_name(found["a"]) or found["noun"], story)
    return known[name] if name is not None else None
