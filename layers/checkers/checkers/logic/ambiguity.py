"""Find ambiguous names and relations in an argument."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from checkers.logic.errors import FormulaError
from checkers.logic.formulas import Equal, Formula, Predicate, Term, is_numeral, terms_of, walk

__all__ = ["orders_more_than_numbers", "suspect_name"]

_NEGATED = re.compile(
    r"(?:(?i:not|non|isnot|is_not|no|doesnot|does_not)[_\- ]?(?=[A-Za-z\u3400-\u9fff])|[不没未无非]|并非|没有)(?P<rest>.+)\Z"
)
_SENTENCE = re.compile(
    r"如果|假如|要么|除非|只有|只要|否则|并非|所有(?![者权])|任何|每一?个|有些|有的|至少|不是|都[不是会有没要能]"
)
_JOINS = re.compile(r"如果|假如|若(?!干|无其事)|要么|除非|只有|只要|否则|并非|不是")
_WORDS_OF_A_SENTENCE = re.compile(
    r"(?i:\b(?:not|no|if|or|and|unless|all|every|some|never|only|either|neither|then|is|are)\b|n['’]t\b)"
)
# Functions whose values are always numbers.
_MEASURE = re.compile(
    r"(?i:age|height|size|weight|mass|price|cost|number|count|year|score|distance|length|width|speed|temperature|rank|value"
    r"|amount|total|income|salary|population|area|volume|time|date)|年龄|身高|体重|长度|高度|价格|分数|数量|人数|距离|速度|面积"
)


def suspect_name(formulas: Sequence[Formula]) -> FormulaError | None:
    """A name that the solver may read differently than its writer; the argument is then not decided.

    ``P = Q`` beside ``P`` (a thing and a statement), ``P`` beside ``P(a)``, ``NotRain`` or ``P'`` beside ``Rain`` or ``P``,
    ``甲和乙`` beside ``甲``, a whole sentence.
    """
    statements = {
        (part.name, len(part.args))
        for formula in formulas
        for part in walk(formula)
        if isinstance(part, Predicate) and part.name != "<"
    }
    terms = [term for formula in formulas for term in terms_of(formula) if not term.variable]
    things = {(term.name, len(term.args)) for term in terms}
    names = {name for name, _ in statements}
    for name in sorted(name for name, count in statements if count == 0):
        if any(other == name and count for other, count in statements):
            return FormulaError("two_roles", 0, name)
        if any(part in names for part in re.split("[和与及跟]", name)[:-1]):
            return FormulaError("sentence", 0, name)
    for name, count in sorted(things):
        if (name, count) in statements or (count == 0 and name in names and not is_numeral(name)):
            return FormulaError("two_roles", 0, name)
    folded = {name.lower().replace("_", "") for name in names}
    for name in sorted(names):
        if any(rest.lower().replace("_", "") in folded for rest in _without_negation(name)):
            return FormulaError("negated_name", 0, name)
    for name, count in sorted(statements):
        if (
            (count == 0 and _SENTENCE.search(name))
            or _JOINS.match(name)
            or (" " in name and _WORDS_OF_A_SENTENCE.search(name))
        ):
            return FormulaError("sentence", 0, name)
    return None


def _without_negation(name: str) -> Iterator[str]:
    if match := _NEGATED.match(name):
        yield match["rest"]
    if name.endswith("'"):
        yield name.removesuffix("'")


def orders_more_than_numbers(formulas: Sequence[Formula]) -> bool:
    """Whether ``<`` relates things that may not be numbers.

    Numbers are numerals, measures (``age(x)``), and what is compared with one of them anywhere in the argument.
    """
    groups = _Groups()
    ordered: list[str] = []
    for at, formula in enumerate(formulas):
        for part in walk(formula):
            match part:
                case Predicate("<", (left, right)):
                    ordered.append(_key(left, at))
                    groups.join(_key(left, at), _key(right, at))
                case Equal(left, right):
                    groups.join(_key(left, at), _key(right, at))
                case _:
                    pass
    return any(groups.of(key) != groups.of("number") for key in ordered)


def _key(term: Term, at: int) -> str:
    if is_numeral(term.name) or (term.args and _MEASURE.search(term.name)):
        return "number"
    if term.variable:
        return f"variable {at} {term.name}"
    return f"{term.name}/{len(term.args)}"


class _Groups:
    """Sets of keys that have been joined."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def of(self, key: str) -> str:
        while (parent := self._parent.get(key, key)) != key:
            self._parent[key] = self._parent.get(parent, parent)
            key = parent
        return key

    def join(self, one: str, other: str) -> None:
        self._parent[self.of(one)] = self.of(other)
