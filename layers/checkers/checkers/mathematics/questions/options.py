"""Questions that every option answers for itself: which of them is true, which of the numbers is irrational."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.build import Context, build
from checkers.mathematics.formulas.compare import is_real, same
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.problem.kinds import is_kind, kinds_of
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.solving.equations import possible_values

__all__ = ["OPTION_QUESTIONS"]

_METHOD = "options"
_BLANK = r"[() _]*"
_PLACES = (-3, -2, sp.Rational(-1, 2), sp.Rational(2, 3), 2, 5)


@asked(
    rf"(?:下列|以下)(?:各式|式子|等式|运算|计算|各运算|各计算|各等式)?(?:中)?,? ?(?:计算|运算|等式|结果)?(?P<what>正确|错误|不正确|成立|不成立)的(?:一项)?是{_BLANK}",
    r"which (?:of the following |one of the following )?(?:equations?|statements?|identities|calculations?|is|are)(?: is| are)? (?P<what>correct|incorrect|true|false)",
    words="which one of the following equation equations statement statements identities calculation calculations 下列 以下 各式 式子 等式 运算 计算 各运算 各计算 各等式 中 结果 一项",
)
def _identity(ask: Ask) -> Expected:
    """The option that holds for all values of its letters, or the one that does not."""
    wrong = ask.word("what") in ("错误", "不正确", "不成立", "incorrect", "false")
    if ask.facts.given():
        raise NotUnderstood("more is given")
    return _chosen({letter: _holds_always(trees) != wrong for letter, trees in _trees(ask).items()})


def _holds_always(trees: tuple[Node, ...]) -> bool:
    if len(trees) != 1 or trees[0].kind != "rel" or trees[0].text != "=" or len(trees[0].parts) != 2:
        raise NotUnderstood("no equation")
    if _has_power_of_zero(trees[0]):
        raise NotUnderstood("a power of which the base must not be 0")
    left, right = (build(part, Context()) for part in trees[0].parts)
    held = same(left, right)
    if held is None:
        raise NotUnderstood("it cannot be told whether both sides are the same")
    if held and left.free_symbols | right.free_symbols and not _is_defined_alike(left, right):
        raise NotUnderstood("sides that are not defined at the same places")
    return held


def _has_power_of_zero(tree: Node) -> bool:
    zero = tree.kind == "pow" and tree.parts[1] == Node("num", text="0") and bool(_names(tree))
    return zero or any(_has_power_of_zero(part) for part in tree.parts)


def _is_defined_alike(left: Any, right: Any) -> bool:
    """Whether both sides are the same, or neither is real, at some places, negative ones too."""
    names = sorted(left.free_symbols | right.free_symbols, key=str)
    for shift in range(len(_PLACES)):
        point = {name: _PLACES[(shift + 2 * k) % len(_PLACES)] for k, name in enumerate(names)}
        one, other = left.subs(point), right.subs(point)
        if (is_real(one) is True) != (is_real(other) is True):
            return False
        if is_real(one) is True and same(one, other) is not True:
            return False
    return True


@asked(
    rf"(?:则|那么)?(?:有)?(?: ?<ms+> ?的(?:大小)?(?:关系|大小)?(?:是|为)?)?{_BLANK}",
    r"(?:则|那么)? ?(?P<kind>实数|数)? ?<m> ?的(?:取值)?范围(?:是|为)?[() _]*",
    takes="equations constraints",
    words="则 那么 有 大小 关系 大小关系 取值范围 范围",
)
def _relation(ask: Ask) -> Expected:
    """The option whose relations hold between the values that the problem gives."""
    ask.word("kind")
    if not ask.facts.equations and not ask.facts.functions:
        raise NotUnderstood("nothing is given")
    named = {
        tree.text
        for group in ("ms", "m")
        if ask.has(group)
        for formula in ask.formulas(group)
        for tree in ask.facts.parse_list(formula)
    }
    truths = {}
    for letter, trees in _trees(ask).items():
        if any(tree.kind != "rel" for tree in trees):
            raise NotUnderstood("no relation")
        names = set().union(*(_names(tree) for tree in trees))
        if named and names != named:
            raise NotUnderstood("other letters")
        truths[letter] = all(_is_true(tree, ask) for tree in trees)
    return _chosen(truths)


def _names(tree: Node) -> set[str]:
    return ({tree.text} if tree.kind == "name" else set()).union(*(_names(part) for part in tree.parts))


def _is_true(tree: Node, ask: Ask) -> bool:
    signs = tree.text.split()
    values = [_value(part, ask) for part in tree.parts]
    return all(
        _compared(one, sign, other) for sign, (one, other) in zip(signs, pairwise(values), strict=True)
    )


def _value(tree: Node, ask: Ask) -> Any:
    found = possible_values(tree, ask.facts)
    if len(found) != 1 or found[0].free_symbols or is_real(found[0]) is not True:
        raise NotUnderstood("not one value")
    return found[0]


def _compared(left: Any, sign: str, right: Any) -> bool:
    equal = same(left, right)
    if equal is None:
        raise NotUnderstood("values that are too near")
    if sign in ("=", "!="):
        return equal == (sign == "=")
    if sign not in ("<", ">", "<=", ">="):
        raise NotUnderstood("another sign")
    return sign in ("<=", ">=") if equal else bool(left.evalf(40) < right.evalf(40)) == (sign[0] == "<")


@asked(
    rf"(?:下列|以下|在)?(?P<among>各数|实数|各实数|四个数|四个实数|这四个数|数)?(?:中)?,? ?(?:是|属于|为)?(?P<kind>无理数|有理数|负数|正数|整数|质数|合数|偶数|奇数)的(?:数)?(?:是|为){_BLANK}",
    r"which (?:of the following )?(?:numbers? )?is (?:an? )?(?P<kind>irrational|rational|negative|positive|prime|composite|even|odd)(?: number)?",
    words="which of the following number numbers 下列 以下 在 中 属于 为",
)
def _of_kind(ask: Ask) -> Expected:
    kinds = kinds_of(ask.word("kind"))
    ask.word("among")
    if ask.facts.given():
        raise NotUnderstood("more is given")
    return _chosen(
        {letter: is_kind(_value(_one(trees), ask), kinds) for letter, trees in _trees(ask).items()}
    )


def _one(trees: tuple[Node, ...]) -> Node:
    if len(trees) != 1 or trees[0].kind == "rel" or _names(trees[0]):
        raise NotUnderstood("no number")
    return trees[0]


def _trees(ask: Ask) -> dict[str, tuple[Node, ...]]:
    return {letter: ask.facts.parse_list(text.strip("$ ")) for letter, text in ask.options.items()}


def _chosen(truths: dict[str, bool]) -> Expected:
    letters = [letter for letter, holds in truths.items() if holds]
    if len(letters) != 1:
        raise NotUnderstood("none of the options, or several")
    return Expected("choice", (letters[0],), _METHOD)


OPTION_QUESTIONS = (
    _identity,
    _relation,
    _of_kind,
)
