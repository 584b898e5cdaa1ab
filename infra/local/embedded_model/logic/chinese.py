"""Chinese sentences as formulas: 所有…都是…, 没有…是…, 有些…是…, 如果…那么…, 只有…才…, 或者, 并且."""

from __future__ import annotations

import re
from collections.abc import Callable

from embedded_model.logic.formulas import VARIABLE, Atom, Formula, Junction, Not, Quantified, negation

__all__ = ["CONCLUDES", "Reader"]

CONCLUDES = re.compile(r"^(?:因此|所以|因而|故|可见|由此可知|由此可得|结论是?|综上)[，,：: ]*")
_UNIVERSAL = re.compile(
    r"(?:所有的?|凡是?|每一?[个只条位名]|任何|一切)?(?P<s>[^都]+?)都(?P<n>不)?(?P<v>是|会|能|有|要|爱|喜欢)?(?P<p>.+)"
)
_NONE = re.compile(r"没有(?:任何|一[个只条位])?(?P<s>.+?)(?P<v>是|会|能)(?P<p>.+)")
_SOME = re.compile(r"(?:有些|有的|某些|存在|有一[个只些])(?P<s>.+?)(?P<n>不)?(?P<v>是|会|能)(?P<p>.+)")
_IF = re.compile(
    r"(?:如果|若|假如|只要)(?P<a>[^，,]+)[，,](?:那么|则|就|那)?(?P<b>.+)"
    r"|(?:如果|若|假如|只要)(?P<c>[^，,]+?)(?:那么|则|就)(?P<d>.+)"
)
_ONLY = re.compile(r"只有(?P<a>.+?)[，,]?才(?P<b>.+)")
_SINGULAR = re.compile(r"(?P<s>.+?)(?P<n>不)?是(?P<p>.+)")
_MODAL = re.compile(r"(?P<s>.+?)(?P<n>不)(?P<v>会|能)(?P<p>.+)|(?P<s2>.+?)(?P<v2>会|能)(?P<p2>.+)")
_DROPPED = re.compile(r"^(?:现在|今天|这|那|天)|(?:了|着|的)$|会|就|将|一定|必然")
_ARTICLE = re.compile(r"^一[个只条位名种]|^(?:某个|这个)|(?:的|了)$")
_LOGICAL = re.compile(r"如果|那么|或者|并且|而且|所有|有些|除非|只有|但|既|又|，|,")
_WORDS = {
    "人": "Human", "人类": "Human", "死": "Mortal", "会死": "Mortal", "会死的": "Mortal", "猫": "Cat", "狗": "Dog",
    "动物": "Animal", "哺乳动物": "Mammal", "鸟": "Bird", "鱼": "Fish", "学生": "Student", "老师": "Teacher",
    "会飞": "Flies", "金属": "Metal", "导电": "Conducts", "能导电": "Conducts", "植物": "Plant", "苏格拉底": "socrates",
    "小明": "xiaoming", "下雨": "Rain", "地湿": "WetGround", "地面湿": "WetGround", "整数": "Integer", "有理数": "Rational",
    "实数": "Real", "偶数": "Even", "医生": "Doctor", "鲸": "Whale", "鲸鱼": "Whale", "铁": "Iron", "铜": "Copper",
}  # fmt: skip


class Reader:
    """Reads the sentences of one argument; words without an English name get letters, the same one every time."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, bool], str] = {}

    @property
    def legend(self) -> dict[str, str]:
        """Letters that were given, and the words that they stand for."""
        return {name: word for (word, _), name in self._names.items() if _WORDS.get(word) != name}

    def formula(self, sentence: str) -> Formula | None:
        """The formula of one sentence; ``None`` where it is of no form that is known here."""
        text = re.sub(r"\s+", "", sentence).strip("。.！!；;")
        return self._quantified(text) or self._connected(text)

    def _quantified(self, text: str) -> Formula | None:
        if _IF.fullmatch(text) or _ONLY.fullmatch(text):
            return None
        if found := _NONE.fullmatch(text):
            return self._about_all("∀", found["s"], found["v"], found["p"], negative=True)
        if found := _SOME.fullmatch(text):
            return self._about_all("∃", found["s"], found["v"], found["p"], negative=bool(found["n"]))
        if found := _UNIVERSAL.fullmatch(text):
            return self._about_all("∀", found["s"], found["v"] or "", found["p"], negative=bool(found["n"]))
        return None

    def _about_all(
        self, sign: str, subject: str, verb: str, predicate: str, *, negative: bool
    ) -> Formula | None:
        first, second = self._predicate("", subject), self._predicate(verb, predicate)
        if first is None or second is None:
            return None
        said: Formula = Atom(second, VARIABLE)
        said = Not(said) if negative else said
        return Quantified(sign, Junction("→" if sign == "∀" else "∧", Atom(first, VARIABLE), said))

    def _connected(self, text: str) -> Formula | None:
        text = text.strip("，,")
        if text.startswith(("并非", "并不是")):
            inner = self._connected(re.sub("^并非|^并不是", "", text))
            return None if inner is None else negation(inner)
        if found := _ONLY.fullmatch(text):
            return self._joined("→", found["b"], found["a"])
        if found := _IF.fullmatch(text):
            return self._joined("→", found["a"] or found["c"], found["b"] or found["d"])
        if found := re.fullmatch(r"要么(.+?)[，,]?要么(.+)", text):
            return self._joined("⊕", found[1], found[2])
        if found := re.fullmatch(r"(?:或者)?(.+?)[，,]?(?:或者|或)(.+)", text):
            return self._joined("∨", found[1], found[2])
        if found := re.fullmatch(r"(.+?)[，,]?(?:并且|而且|且)(.+)", text):
            return self._joined("∧", found[1], found[2])
        return self._clause(text)

    def _joined(self, sign: str, first: str, second: str) -> Formula | None:
        left, right = self._connected(first), self._connected(second)
        return None if left is None or right is None else Junction(sign, left, right)

    def _clause(self, text: str) -> Formula | None:
        found = _SINGULAR.fullmatch(text)
        if found and not _LOGICAL.search(text):
            return self._of_thing(found["s"], "是", found["p"], negative=bool(found["n"]))
        modal = _MODAL.fullmatch(text)
        if modal and not _LOGICAL.search(text) and self._is_thing(modal["s"] or modal["s2"]):
            return self._of_thing(
                modal["s"] or modal["s2"],
                modal["v"] or modal["v2"],
                modal["p"] or modal["p2"],
                negative=bool(modal["n"]),
            )
        return self._statement(text)

    def _is_thing(self, text: str) -> bool:
        """Whether it was named before as a thing: 鸟会飞 is no statement about one thing called 鸟."""
        return (text, True) in self._names or _WORDS.get(text, "X").islower()

    def _of_thing(self, subject: str, verb: str, predicate: str, *, negative: bool) -> Formula | None:
        name = self._predicate(verb, predicate)
        if name is None or not subject or len(subject) > 10:
            return None
        said = Atom(name, self._name(subject, thing=True))
        return Not(said) if negative else said

    def _predicate(self, verb: str, text: str) -> str | None:
        word = _ARTICLE.sub("", _ARTICLE.sub("", text))
        if not word or len(word) > 12 or _LOGICAL.search(word):
            return None
        whole = word if verb in {"", "是"} else verb + word
        return self._name({"会死": "死"}.get(whole, whole), thing=False)

    def _statement(self, text: str) -> Formula | None:
        if not text or len(text) > 16 or _LOGICAL.search(text):
            return None
        negative = False
        for sign in ("没有", "没", "不"):
            if text.count(sign) == 1:
                text, negative = text.replace(sign, ""), True
                break
        while (shorter := _DROPPED.sub("", text)) not in {text, ""}:
            text = shorter
        said = Atom(self._name(text, thing=False))
        return Not(said) if negative else said

    def _name(self, word: str, *, thing: bool) -> str:
        known = _WORDS.get(word)
        if known is not None and known.islower() == thing:
            self._names.setdefault((word, thing), known)
            return known
        if (word, thing) not in self._names:
            letters: Callable[[int], str] = (
                (lambda n: "abcdefgh"[n % 8]) if thing else (lambda n: "PQRSTUVW"[n % 8])
            )
            taken = sum(
                1
                for (_, kind), name in self._names.items()
                if kind == thing and len(name.rstrip("0123456789")) == 1
            )
            number = str(taken // 8) if taken >= 8 else ""
            self._names[word, thing] = letters(taken) + number
        return self._names[word, thing]
