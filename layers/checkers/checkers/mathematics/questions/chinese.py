"""Arithmetic told in Chinese, as primary schools do: 比 12 与 40 的积少 60 的数, 一个数的 3/4 是 12."""

from __future__ import annotations

from typing import Any

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.build import build
from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.questions.matched_numbers import number
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.values import value_expected

__all__ = ["QUESTIONS"]

_WHAT = r" ?(?:是|为|等于|=)? ?(?:多少|几)? ?[() _?.=]*"
_SOUGHT = r"(?:,|\.) ?(?:求)?(?:这个数|该数|这个)" + _WHAT


def _plain(ask: Ask, group: str) -> Any:
    """A number or fraction; what is itself computed could bind with the words around it in two ways."""
    tree = ask.tree(group)
    inner = tree.parts[0] if tree.kind in ("neg", "pct") else tree
    literal = inner.kind in ("num", "mixed") or (
        inner.kind == "div" and all(part.kind == "num" for part in inner.parts)
    )
    if not literal:
        raise NotUnderstood("a number that is itself computed")
    return number(ask, group)


def _value(ask: Ask, made: Any) -> Expected:
    if ask.facts.equations or ask.facts.constraints:
        raise NotUnderstood("more is given")
    return value_expected(ask, made, None, method="recomputation")


def _whole(ask: Ask, group: str) -> Any:
    """A number that is no part of something: of a fraction, more or less could be meant relatively."""
    tree = ask.tree(group)
    if tree.kind in ("pct", "div", "mixed") or (
        tree.kind == "mul" and any(part.kind == "div" for part in tree.parts)
    ):
        raise NotUnderstood("more by a number, or by a part")
    return _plain(ask, group)


def _nonzero(value: Any) -> Any:
    if value == 0:
        raise NotUnderstood("a division by zero")
    return value


@asked(
    rf"一个数的 ?<a> ?(?:倍)?(?:是|等于|得) ?<b>{_SOUGHT}",
    rf"多少的 ?<a> ?(?:倍)?(?:是|等于) ?<b>{_WHAT}",
    rf"<b> ?是(?:一个数|哪个数|多少)的 ?<a>(?:倍)?(?:{_SOUGHT})?",
    rf"已知一个数的 ?<a> ?(?:倍)?(?:是|等于) ?<b>{_SOUGHT}",
    words="一个数的 这个数 该数 这个 倍是 倍 多少的 哪个数 比它的 相等 正好相等 一个数 某数 一个数比 的数 除以 商是 商 余数是 余数 余 被除数 在一个除法算式中 除法算式 一道 除数是 另一个加数 加数是 一个加数是 和是 比的 比值是 比的前项是 比的后项是 项 甲数 甲数的 乙数是 乙数 乙数的 展开式中 的展开式中 含 系数 的系数 得 加上它的",
)
def _part_known(ask: Ask) -> Expected:
    return _value(ask, _plain(ask, "b") / _nonzero(_plain(ask, "a")))


@asked(
    rf"一个数的 ?<a> ?(?:倍)?(?:是|等于) ?<b>, ?这个数的 ?<c>{_WHAT}",
    words="一个数的 这个数 该数 这个 倍是 倍 多少的 哪个数 比它的 相等 正好相等 一个数 某数 一个数比 的数 除以 商是 商 余数是 余数 余 被除数 在一个除法算式中 除法算式 一道 除数是 另一个加数 加数是 一个加数是 和是 比的 比值是 比的前项是 比的后项是 项 甲数 甲数的 乙数是 乙数 乙数的 展开式中 的展开式中 含 系数 的系数 得 加上它的",
)
def _other_part(ask: Ask) -> Expected:
    return _value(ask, _plain(ask, "b") / _nonzero(_plain(ask, "a")) * _plain(ask, "c"))


@asked(
    rf"一个数的 ?<a> ?比它的 ?<b> ?多 ?<c>{_SOUGHT}",
    words="一个数的 这个数 该数 这个 倍是 倍 多少的 哪个数 比它的 相等 正好相等 一个数 某数 一个数比 的数 除以 商是 商 余数是 余数 余 被除数 在一个除法算式中 除法算式 一道 除数是 另一个加数 加数是 一个加数是 和是 比的 比值是 比的前项是 比的后项是 项 甲数 甲数的 乙数是 乙数 乙数的 展开式中 的展开式中 含 系数 的系数 得 加上它的",
)
def _two_parts(ask: Ask) -> Expected:
    return _value(ask, _whole(ask, "c") / _nonzero(_plain(ask, "a") - _plain(ask, "b")))


@asked(
    rf"一个数加上它的 ?<a> ?(?:是|等于|得) ?<b>{_SOUGHT}",
    words="一个数的 这个数 该数 这个 倍是 倍 多少的 哪个数 比它的 相等 正好相等 一个数 某数 一个数比 的数 除以 商是 商 余数是 余数 余 被除数 在一个除法算式中 除法算式 一道 除数是 另一个加数 加数是 一个加数是 和是 比的 比值是 比的前项是 比的后项是 项 甲数 甲数的 乙数是 乙数 乙数的 展开式中 的展开式中 含 系数 的系数 得 加上它的",
)
def _with_part(ask: Ask) -> Expected:
    return _value(ask, _plain(ask, "b") / _nonzero(1 + _plain(ask, "a")))


@asked(
    rf"一个数的 ?<a> ?(?:与|和|等于) ?<b> ?的 ?<c> ?(?:相等|正好相等)?{_SOUGHT}",
    rf"一个数的 ?<a> ?(?:与|和) ?<b> ?的(?P<product>积)相等{_SOUGHT}",
    words="一个数的 这个数 该数 这个 倍是 倍 多少的 哪个数 比它的 相等 正好相等 一个数 某数 一个数比 的数 除以 商是 商 余数是 余数 余 被除数 在一个除法算式中 除法算式 一道 除数是 另一个加数 加数是 一个加数是 和是 比的 比值是 比的前项是 比的后项是 项 甲数 甲数的 乙数是 乙数 乙数的 展开式中 的展开式中 含 系数 的系数 得 加上它的",
)
def _equal_parts(ask: Ask) -> Expected:
    right = _plain(ask, "b") if ask.has("product") else _plain(ask, "b") * _plain(ask, "c")
    return _value(ask, right / _nonzero(_plain(ask, "a")))


@asked(
    rf"比 ?<a> ?(?P<how>多|少|大|小) ?<b> ?的数{_WHAT}",
    rf"比 ?<a> ?(?:与|和) ?<a2> ?的(?P<op>和|差|积|商)(?P<how>多|少|大|小) ?<b> ?的数{_WHAT}",
    rf"(?:一个数|某数)比 ?<a> ?(?P<how>多|少|大|小) ?<b>{_SOUGHT}",
    words="一个数的 这个数 该数 这个 倍是 倍 多少的 哪个数 比它的 相等 正好相等 一个数 某数 一个数比 的数 除以 商是 商 余数是 余数 余 被除数 在一个除法算式中 除法算式 一道 除数是 另一个加数 加数是 一个加数是 和是 比的 比值是 比的前项是 比的后项是 项 甲数 甲数的 乙数是 乙数 乙数的 展开式中 的展开式中 含 系数 的系数 得 加上它的",
)
def _more_than(ask: Ask) -> Expected:
    base = _plain(ask, "a")
    if ask.has("op"):
        other = _plain(ask, "a2")
        base = _combined(ask.word("op"), base, other)
    more = ask.word("how") in ("多", "大")
    return _value(ask, base + _whole(ask, "b") if more else base - _whole(ask, "b"))


def _combined(operation: str, left: Any, right: Any) -> Any:
    if operation == "商":
        return left / _nonzero(right)
    if operation == "差" and not left >= right:
        raise NotUnderstood("a difference of which it is not said what is subtracted")
    return {"和": left + right, "差": left - right, "积": left * right}[operation]


@asked(
    rf"<a> ?(?:与|和) ?<b> ?的(?P<op>和|差|积|商){_WHAT}",
    rf"求? ?<a> ?(?:与|和) ?<b> ?的(?P<op>和|差|积|商){_WHAT}",
    words="一个数的 这个数 该数 这个 倍是 倍 多少的 哪个数 比它的 相等 正好相等 一个数 某数 一个数比 的数 除以 商是 商 余数是 余数 余 被除数 在一个除法算式中 除法算式 一道 除数是 另一个加数 加数是 一个加数是 和是 比的 比值是 比的前项是 比的后项是 项 甲数 甲数的 乙数是 乙数 乙数的 展开式中 的展开式中 含 系数 的系数 得 加上它的",
)
def _of_two(ask: Ask) -> Expected:
    return _value(ask, _combined(ask.word("op"), _plain(ask, "a"), _plain(ask, "b")))


@asked(
    rf"(?:一个数|多少|被除数)除以 ?<d>,? ?(?:商是|得|商) ?<q>,? ?余(?:数是|数)? ?<r>(?:{_SOUGHT}|,? ?(?:求)?被除数{_WHAT})?",
    rf"(?:在)?(?:一个|一道)?除法算式(?:中|里)?,? ?除数是 ?<d>,? ?商是 ?<q>,? ?(?:余数是 ?<r>,? ?)?(?:求)?被除数{_WHAT}",
    words="一个数的 这个数 该数 这个 倍是 倍 多少的 哪个数 比它的 相等 正好相等 一个数 某数 一个数比 的数 除以 商是 商 余数是 余数 余 被除数 在一个除法算式中 除法算式 一道 除数是 另一个加数 加数是 一个加数是 和是 比的 比值是 比的前项是 比的后项是 项 甲数 甲数的 乙数是 乙数 乙数的 展开式中 的展开式中 含 系数 的系数 得 加上它的",
)
def _dividend(ask: Ask) -> Expected:
    rest = _plain(ask, "r") if ask.has("r") else sp.Integer(0)
    divisor = _plain(ask, "d")
    if not 0 <= rest < divisor:
        raise NotUnderstood("a remainder that is too large")
    return _value(ask, divisor * _plain(ask, "q") + rest)


@asked(
    rf"(?:一个)?加数是 ?<a>,? ?和是 ?<s>,? ?(?:求)?另一个加数{_WHAT}",
    rf"一个加数是 ?<a>,? ?和是 ?<s>,? ?(?:求)?另一个加数{_WHAT}",
    words="一个数的 这个数 该数 这个 倍是 倍 多少的 哪个数 比它的 相等 正好相等 一个数 某数 一个数比 的数 除以 商是 商 余数是 余数 余 被除数 在一个除法算式中 除法算式 一道 除数是 另一个加数 加数是 一个加数是 和是 比的 比值是 比的前项是 比的后项是 项 甲数 甲数的 乙数是 乙数 乙数的 展开式中 的展开式中 含 系数 的系数 得 加上它的",
)
def _summand(ask: Ask) -> Expected:
    return _value(ask, _plain(ask, "s") - _plain(ask, "a"))


@asked(
    rf"(?:一个)?比的前项是 ?<a>,? ?比值是 ?<r>,? ?(?:求)?(?:比的)?(?P<side>后)项{_WHAT}",
    rf"(?:一个)?比的后项是 ?<a>,? ?比值是 ?<r>,? ?(?:求)?(?:比的)?(?P<side>前)项{_WHAT}",
    words="一个数的 这个数 该数 这个 倍是 倍 多少的 哪个数 比它的 相等 正好相等 一个数 某数 一个数比 的数 除以 商是 商 余数是 余数 余 被除数 在一个除法算式中 除法算式 一道 除数是 另一个加数 加数是 一个加数是 和是 比的 比值是 比的前项是 比的后项是 项 甲数 甲数的 乙数是 乙数 乙数的 展开式中 的展开式中 含 系数 的系数 得 加上它的",
)
def _ratio(ask: Ask) -> Expected:
    known, ratio = _plain(ask, "a"), _plain(ask, "r")
    return _value(ask, known / _nonzero(ratio) if ask.word("side") == "后" else known * ratio)


@asked(
    rf"甲数的 ?<a> ?(?:与|和|等于|是)乙数的 ?<b> ?(?:相等)?,? ?乙数是 ?<c>,? ?(?:求)?甲数{_WHAT}",
    words="一个数的 这个数 该数 这个 倍是 倍 多少的 哪个数 比它的 相等 正好相等 一个数 某数 一个数比 的数 除以 商是 商 余数是 余数 余 被除数 在一个除法算式中 除法算式 一道 除数是 另一个加数 加数是 一个加数是 和是 比的 比值是 比的前项是 比的后项是 项 甲数 甲数的 乙数是 乙数 乙数的 展开式中 的展开式中 含 系数 的系数 得 加上它的",
)
def _two_numbers(ask: Ask) -> Expected:
    return _value(ask, _plain(ask, "b") * _plain(ask, "c") / _nonzero(_plain(ask, "a")))


@asked(
    rf"(?:求 ?)?<e> ?的展开式中,? ?(?:含 ?)?<m> ?(?:项)?的系数(?:是|为)?{_WHAT}(?:<blank>)?[() .]*(?:\(用数字作答\))?[.]?",
    rf"(?:求 ?)?<e> ?的展开式中(?:的)?,? ?(?P<constant>常数项)(?:是|为)?{_WHAT}[() .]*(?:\(用数字作答\))?[.]?",
    rf"在 ?<e> ?的展开式中,? ?(?:含 ?)?<m> ?(?:项)?的系数(?:是|为)?{_WHAT}[() .]*(?:\(用数字作答\))?[.]?",
    words="一个数的 这个数 该数 这个 倍是 倍 多少的 哪个数 比它的 相等 正好相等 一个数 某数 一个数比 的数 除以 商是 商 余数是 余数 余 被除数 在一个除法算式中 除法算式 一道 除数是 另一个加数 加数是 一个加数是 和是 比的 比值是 比的前项是 比的后项是 项 甲数 甲数的 乙数是 乙数 乙数的 展开式中 的展开式中 含 系数 的系数 得 加上它的",
)
def _coefficient(ask: Ask) -> Expected:
    value = build(ask.tree("e"), ask.facts.context())
    expanded = sp.expand(sp.powdenest(sp.expand(_positive(value)), force=True))
    monomial = sp.Integer(1) if ask.has("constant") else _positive(build(ask.tree("m"), ask.facts.context()))
    found = [term.as_independent(*expanded.free_symbols) for term in sp.Add.make_args(expanded)]
    total = sp.Add(*(coefficient for coefficient, rest in found if sp.simplify(rest / monomial) == 1))
    if not value.free_symbols or total.free_symbols:
        raise NotUnderstood("no coefficient")
    return _value(ask, total)


def _positive(value: Any) -> Any:
    """With positive symbols, so that roots of powers come apart."""
    return value.xreplace({name: sp.Symbol(name.name, positive=True) for name in value.free_symbols})


QUESTIONS = (
    _part_known,
    _other_part,
    _two_parts,
    _with_part,
    _equal_parts,
    _more_than,
    _of_two,
    _dividend,
    _summand,
    _ratio,
    _two_numbers,
    _coefficient,
)
