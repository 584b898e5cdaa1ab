"""Questions about arithmetic and geometric sequences, sums with dots, lists of numbers and their averages."""

from __future__ import annotations

import itertools
import re
from typing import Any

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.build import build
from checkers.mathematics.formulas.compare import same
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.formulas.units import UNITS
from checkers.mathematics.questions.matched_numbers import ORDINALS, number, numbers
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.values import value_expected
from checkers.mathematics.solving.equations import possible_values

__all__ = ["QUESTIONS", "dotted_sum"]

_WHAT = r"(?:what is|find|compute|determine|calculate|evaluate|求|计算|simplify|compute the value of|what is the value of|find the value of)"
LONGEST = 5_000
LONGEST_BY_SHAPE = 1_500


@asked(
    rf"{_WHAT}:? ?(?:the )?(?:value of |sum of |sum |value of the sum )?<s>",
    r"<s> ?(?:=|等于|的和是|的值是|的结果是|的值为)?[() _]*",
)
def _dotted(ask: Ask) -> Expected:
    """`1 + 3 + 5 + ... + 99`: the pattern must be one step or one quotient all along, the end included."""
    if ask.facts.equations or ask.facts.constraints:
        raise NotUnderstood("more is given")
    return value_expected(ask, dotted_sum(ask.tree("s"), ask), None, method="series")


def dotted_sum(tree: Node, ask: Ask) -> Any:
    """The sum or product with dots in it, when the terms before and after them fit one pattern only."""
    operations = _operands(tree, ("add", "sub"))
    kind = "sum"
    if len(operations) < 4:
        operations = _operands(tree, ("mul",))
        kind = "product"
    where = [place for place, (_, part) in enumerate(operations) if part.kind == "dots"]
    if len(where) != 1 or where[0] < 2:
        raise NotUnderstood("no sum with dots")
    at = where[0]
    shaped = _by_shape(operations, at, ask)
    if shaped is not None:
        return sp.Add(*shaped) if kind == "sum" else sp.Mul(*shaped)
    terms = [(sign, build(part, ask.facts.context())) for sign, part in operations if part.kind != "dots"]
    before, after = [s * v for s, v in terms[:at]], [s * v for s, v in terms[at:]]
    full = _continued(before, after) if kind == "sum" else _progression(before, after)
    return sp.Add(*full) if kind == "sum" else sp.Mul(*full)


def _by_shape(operations: list[tuple[int, Node]], at: int, ask: Ask) -> list[Any] | None:
    """Terms such as 1/(1·2) + 1/(2·3) + ... + 1/(9·10): the same tree, each number in it in arithmetic progression."""
    before, after = operations[:at], operations[at + 1 :]
    if len(before) < 2 or not after or before[0][1].kind in ("num", "neg"):
        return None
    if any(sign < 0 for sign, _ in (*before, *after)):
        return None
    rows = [_leaves(tree) for _, tree in (*before, *after)]
    if len({shape for shape, _ in rows}) != 1 or len({len(leaves) for _, leaves in rows}) != 1:
        return None
    firsts, lasts = (
        [leaves for _, leaves in rows[: len(before)]],
        [leaves for _, leaves in rows[len(before) :]],
    )
    steps = [second - first for first, second in zip(firsts[0], firsts[1], strict=True)]
    counts = {
        sp.Rational(last - first, step)
        for first, last, step in zip(firsts[0], lasts[-1], steps, strict=True)
        if step != 0
    }
    if len(counts) != 1:
        return None
    count = counts.pop() + 1
    if count.q != 1 or not len(rows) <= count <= LONGEST_BY_SHAPE:
        return None
    values = [
        [first + k * step for first, step in zip(firsts[0], steps, strict=True)] for k in range(int(count))
    ]
    if values[: len(firsts)] != firsts or values[-len(lasts) :] != lasts:
        return None
    return [build(_filled(before[0][1], list(row)), ask.facts.context()) for row in values]


def _leaves(tree: Node) -> tuple[str, list[int]]:
    """The tree without its whole numbers, and those numbers from left to right."""
    if tree.kind == "num" and "." not in tree.text:
        return "#", [int(tree.text)]
    parts = [_leaves(part) for part in tree.parts]
    shape = f"{tree.kind}:{tree.text}({','.join(shape for shape, _ in parts)})"
    return shape, [leaf for _, leaves in parts for leaf in leaves]


def _filled(tree: Node, leaves: list[int]) -> Node:
    if tree.kind == "num" and "." not in tree.text:
        value = leaves.pop(0)
        return Node("num", text=str(value)) if value >= 0 else Node("neg", (Node("num", text=str(-value)),))
    return Node(tree.kind, tuple(_filled(part, leaves) for part in tree.parts), tree.text)


def _operands(tree: Node, kinds: tuple[str, ...], sign: int = 1) -> list[tuple[int, Node]]:
    if tree.kind in kinds:
        right = -sign if tree.kind == "sub" else sign
        return _operands(tree.parts[0], kinds, sign) + _operands(tree.parts[1], kinds, right)
    if tree.kind == "neg" and "add" in kinds:
        return _operands(tree.parts[0], kinds, -sign)
    return [(sign, tree)]


def _continued(before: list[Any], after: list[Any]) -> list[Any]:
    sizes, last = [abs(value) for value in before], [abs(value) for value in after]
    signs = [sp.sign(value) for value in before]
    if not all(isinstance(value, sp.Rational) and value > 0 for value in sizes + last) or not after:
        raise NotUnderstood("no plain terms")
    terms = _progression(sizes, last)
    if all(sign == 1 for sign in signs):
        if any(value < 0 for value in after):
            raise NotUnderstood("signs that change in between")
        return terms
    period = next((p for p in (2, 3, 4) if len(signs) >= p + 1 and _repeats(signs, p)), 0)
    if not period:
        raise NotUnderstood("signs without a pattern")
    signed = [value * signs[place % period] for place, value in enumerate(terms)]
    if signed[len(signed) - len(after) :] != after:
        raise NotUnderstood("signs without a pattern")
    return signed


def _repeats(signs: list[Any], period: int) -> bool:
    return all(sign == signs[place % period] for place, sign in enumerate(signs))


def _progression(before: list[Any], after: list[Any]) -> list[Any]:
    """All terms of the arithmetic or geometric progression from the first to the last."""
    if len(before) < 2 or not after:
        raise NotUnderstood("too few terms")
    last = after[-1]
    for arithmetic in (True, False):
        terms = _run(before, last, arithmetic=arithmetic)
        if terms is None or len(terms) < len(before) + len(after):
            continue
        if terms[: len(before)] == before and terms[-len(after) :] == after:
            if len(before) + len(after) < 4 and not arithmetic:
                continue
            return terms
    raise NotUnderstood("no progression")


def _run(before: list[Any], last: Any, *, arithmetic: bool) -> list[Any] | None:
    first, second = before[0], before[1]
    if arithmetic:
        step = second - first
        if step == 0 or (last - first) / step != int((last - first) / step):
            return None
        count = int((last - first) / step) + 1
        return [first + k * step for k in range(count)] if 1 < count <= LONGEST else None
    if first == 0 or second == first:
        return None
    quotient = second / first
    terms = [first]
    while len(terms) < 400 and terms[-1] != last:
        terms.append(terms[-1] * quotient)
    return terms if terms[-1] == last else None


_PLACES = {word: place for place, word in enumerate(ORDINALS, 1)}
_ORDINAL = rf"(?:<k>(?:st|nd|rd|th)?|(?P<kw>{'|'.join(ORDINALS)}))"


def _place(ask: Ask) -> int:
    if ask.has("kw"):
        return _PLACES[ask.word("kw")]
    if not ask.has("k"):
        raise NotUnderstood("no place")
    text = re.sub(r"\s*\^?\s*\{?\s*(?:\\text|\\mathrm)?\s*\{?(?:st|nd|rd|th)\}?\s*\}?$", "", ask.formula("k"))
    if not text.isdigit() or not 1 <= int(text) <= LONGEST:
        raise NotUnderstood("no place")
    return int(text)


@asked(
    rf"(?:consider the (?P<kind>arithmetic|geometric) sequence <s>\. )?(?:what is|find) the {_ORDINAL} term (?:of|in) the (?:(?P<kind2>arithmetic|geometric) )?sequence(?: <s2>)?",
    rf"(?:what is|find) the {_ORDINAL} term (?:of|in) the (?P<kind>arithmetic|geometric) sequence:? <s3+>",
    r"(?:求)?(?P<kind>等差|等比)数列 ?<s3+> ?的?第 ?<k> ?项(?:是|为)?(?:多少)?[() _]*",
    words="sequence term 数列 等差 等比",
)
def _term(ask: Ask) -> Expected:
    kind = ask.word("kind") or ask.word("kind2")
    kind = {"等差": "arithmetic", "等比": "geometric"}.get(kind, kind)
    group = next(group for group in ("s", "s2", "s3") if ask.has(group))
    trees = [
        tree
        for formula in ask.formulas(group)
        for tree in ask.facts.parse_list(formula)
        if tree.kind != "dots"
    ]
    values = [build(tree, ask.facts.context()) for tree in trees]
    if (
        len(values) < 2
        or any(value.free_symbols for value in values)
        or kind not in ("arithmetic", "geometric")
    ):
        raise NotUnderstood("no sequence")
    place = _place(ask)
    if kind == "arithmetic":
        step = values[1] - values[0]
        fits = all(same(b - a, step) for a, b in itertools.pairwise(values))
        value = values[0] + (place - 1) * step
    else:
        if values[0] == 0:
            raise NotUnderstood("no quotient")
        step = values[1] / values[0]
        fits = all(same(b / a, step) for a, b in itertools.pairwise(values))
        value = values[0] * step ** (place - 1)
    if not fits or place > 300:
        raise NotUnderstood("no such sequence")
    return value_expected(ask, value, None, method="series")


@asked(
    rf"{_WHAT} the (?:sum of the )?(?:sum of )?(?:the )?infinite (?:geometric )?series:? ?<s>",
    rf"{_WHAT}:? ?<s>",
    words="infinite geometric series",
)
def _endless(ask: Ask) -> Expected:
    """A geometric series of which at least three terms are given, without a last one."""
    operations = _operands(ask.tree("s"), ("add", "sub"))
    if len(operations) < 4 or operations[-1][1].kind != "dots" or ask.facts.equations:
        raise NotUnderstood("no endless series")
    terms = [sign * build(tree, ask.facts.context()) for sign, tree in operations[:-1]]
    if any(term.free_symbols or term == 0 for term in terms):
        raise NotUnderstood("no numbers")
    ratio = terms[1] / terms[0]
    if not all(same(b / a, ratio) for a, b in itertools.pairwise(terms)) or not bool(abs(ratio) < 1):
        raise NotUnderstood("no geometric series with a sum")
    return value_expected(ask, terms[0] / (1 - ratio), None, method="series")


@asked(
    r"how many (?:numbers|terms|integers) are (?:there )?in (?:the )?(?:list|sequence|arithmetic sequence) <s>",
    words="sequence list arithmetic terms how many",
)
def _length(ask: Ask) -> Expected:
    trees = ask.facts.parse_list(ask.formula("s"))
    where = [place for place, tree in enumerate(trees) if tree.kind == "dots"]
    if len(where) != 1:
        raise NotUnderstood("no list with dots")
    values = [build(tree, ask.facts.context()) for tree in trees if tree.kind != "dots"]
    terms = _progression(values[: where[0]], values[where[0] :])
    return value_expected(ask, sp.Integer(len(terms)), None, method="series")


@asked(
    rf"{_WHAT} the (?P<what>(?:arithmetic )?(?:average|mean)(?: \(mean\))?|median|mode|range|sum|product|geometric mean|positive difference) (?:of|between) (?:the )?(?:following )?(?:numbers|integers|values|data|set|list|set of numbers|data set)?:? ?<ns+>",
    r"(?P<named>what is|find) the (?P<what>average|mean|sum) of (?:the numbers )?<ns+>",
    r"<ns+> ?的(?P<what>平均数|中位数|众数|极差)(?:是|为)?[() _]*",
    r"数据 ?<ns+> ?的(?P<what>平均数|中位数|众数|极差)(?:是|为)?[() _]*",
    takes="equations",
    words="data list between 数据",
)
def _statistic(ask: Ask) -> Expected:
    if ask.has("named") and ask.facts.equations:
        return _of_names(ask)
    if ask.facts.equations:
        raise NotUnderstood("more is given")
    values = numbers(ask, "ns")
    if len(values) < 2 or any(not isinstance(value, sp.Rational) for value in values):
        raise NotUnderstood("no list of numbers")
    ordered = sorted(values)
    what = ask.word("what")
    if what == "geometric mean":
        if any(value <= 0 for value in values):
            raise NotUnderstood("a geometric mean of other than positive numbers")
        made = sp.Mul(*values) ** sp.Rational(1, len(values))
    elif "average" in what or "mean" in what or what == "平均数":
        made = sp.Add(*values) / len(values)
    elif what in ("median", "中位数"):
        half = len(ordered) // 2
        made = ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
    elif what in ("mode", "众数"):
        made = _mode(ordered)
    elif what in ("range", "极差"):
        made = ordered[-1] - ordered[0]
    elif what == "sum":
        made = sp.Add(*values)
    elif what == "product":
        made = sp.Mul(*values)
    elif len(values) == 2:
        made = ordered[1] - ordered[0]
    else:
        raise NotUnderstood("a difference of several numbers")
    return value_expected(ask, made, None, method="statistics")


def _of_names(ask: Ask) -> Expected:
    """The sum or average of unknowns of which only an equation is known."""
    trees = [tree for formula in ask.formulas("ns") for tree in ask.facts.parse_list(formula)]
    if len(trees) < 2:
        raise NotUnderstood("no names")
    whole = trees[0]
    for tree in trees[1:]:
        whole = Node("add", (whole, tree))
    values = possible_values(whole, ask.facts)
    if len(values) != 1:
        raise NotUnderstood("several values")
    made = values[0] if ask.word("what") == "sum" else values[0] / len(trees)
    return value_expected(ask, made, None, method="substitution")


def _mode(ordered: list[Any]) -> Any:
    counts = {value: ordered.count(value) for value in ordered}
    most = [value for value, count in counts.items() if count == max(counts.values())]
    if len(most) != 1:
        raise NotUnderstood("several modes")
    return most[0]


@asked(
    r"(?:what is|find|compute|calculate) <p> of <n>",
    r"<n> ?的 ?<p> ?(?:是|为)(?:多少)?[() _]*",
)
def _part(ask: Ask) -> Expected:
    tree = ask.tree("p")
    if tree.kind not in ("pct", "div"):
        raise NotUnderstood("no part")
    return value_expected(ask, number(ask, "p") * number(ask, "n"), None, method="recomputation")


@asked(
    r"what percent(?:age)? of <a> is <b>",
    r"<b> is what percent(?:age)? of <a>",
    r"<b> ?是 ?<a> ?的百分之几[() _]*",
    r"<b> ?占 ?<a> ?的百分之几[() _]*",
    words="percent percentage 百分之几 占",
)
def _percent(ask: Ask) -> Expected:
    whole = number(ask, "a")
    if whole == 0:
        raise NotUnderstood("no part of nothing")
    return Expected("value", (100 * number(ask, "b") / whole,), "recomputation", unit=UNITS["percent"])


QUESTIONS = (
    _dotted,
    _term,
    _endless,
    _length,
    _statistic,
    _part,
    _percent,
)
