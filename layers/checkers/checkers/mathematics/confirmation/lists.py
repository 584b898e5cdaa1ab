"""The second way of questions about sequences, data and told arithmetic."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction
from typing import Any

from checkers.mathematics.confirmation.evaluation.arithmetic import evaluate, inexact, is_near, power
from checkers.mathematics.confirmation.evaluation.errors import CannotTell
from checkers.mathematics.confirmation.solutions import values_under
from checkers.mathematics.confirmation.told import ORDINALS, Confirmation, Told
from checkers.mathematics.formulas.nodes import Node

__all__ = ["LISTS", "whole_of_dots"]

MOST_TERMS = 6_000


def _terms(tree: Node, kinds: tuple[str, ...], sign: int = 1) -> list[tuple[int, Node]]:
    if tree.kind in kinds:
        right = -sign if tree.kind == "sub" else sign
        return _terms(tree.parts[0], kinds, sign) + _terms(tree.parts[1], kinds, right)
    if tree.kind == "neg" and "add" in kinds:
        return _terms(tree.parts[0], kinds, -sign)
    return [(sign, tree)]


def whole_of_dots(tree: Node, told: Told) -> Any:
    """A sum or product with dots, term by term.

    The rule is that of the first terms, and must meet the last ones.
    """
    is_sum = len(_terms(tree, ("add", "sub"))) >= 4
    terms = _terms(tree, ("add", "sub") if is_sum else ("mul",))
    at = next((k for k, (_, part) in enumerate(terms) if part.kind == "dots"), 0)
    if at < 2 or at == len(terms) - 1:
        raise CannotTell("no sum with dots")
    run = _by_numbers(terms, at, told) or _by_leaves(terms, at, told)
    made: Any = 0 if is_sum else 1
    for term in run:
        made = made + term if is_sum else made * term
    return made


def _by_numbers(terms: list[tuple[int, Node]], at: int, told: Told) -> list[Any] | None:
    """Terms with one difference or one quotient.

    Their signs repeat with a period of one to four.
    """
    before = [(sign, evaluate(part, told.scope)) for sign, part in terms[:at]]
    after = [(sign, evaluate(part, told.scope)) for sign, part in terms[at + 1 :]]
    values = [s * v for s, v in before]
    last = [s * v for s, v in after]
    if any(not isinstance(v, int | Fraction) or v == 0 for v in values + last):
        return None
    sizes = [abs(v) for v in values]
    signs = [v > 0 for v in values]
    period = next((p for p in (1, 2, 3, 4) if all(signs[k] == signs[k % p] for k in range(len(signs)))), 0)
    for rule in ("step", "quotient"):
        run = [Fraction(sizes[0])]
        while len(run) < MOST_TERMS:
            if len(run) >= at + len(last) and run[-1] == abs(last[-1]):
                signed = [v if signs[k % period] else -v for k, v in enumerate(run)]
                if signed[:at] == values and signed[-len(last) :] == last:
                    return signed
            change = sizes[1] - sizes[0] if rule == "step" else Fraction(sizes[1]) / sizes[0]
            if change == (0 if rule == "step" else 1) or abs(run[-1]) > 10**40:
                break
            run.append(run[-1] + change if rule == "step" else run[-1] * change)
    return None


def _numbers_in(tree: Node) -> list[int]:
    if tree.kind == "num":
        return [int(tree.text)] if "." not in tree.text else []
    return [n for part in tree.parts for n in _numbers_in(part)]


def _by_leaves(terms: list[tuple[int, Node]], at: int, told: Told) -> list[Any]:
    """Terms of one shape in which each whole number goes on by its own step."""
    first, second, last = _numbers_in(terms[0][1]), _numbers_in(terms[1][1]), _numbers_in(terms[-1][1])
    if not len(first) == len(second) == len(last) or any(sign < 0 for sign, _ in terms):
        raise CannotTell("no rule")
    steps = [b - a for a, b in zip(first, second, strict=True)]
    made: list[Any] = []
    row = list(first)
    while len(made) < MOST_TERMS:
        made.append(evaluate(_with(terms[0][1], list(row)), told.scope))
        if row == last:
            shown = [evaluate(part, told.scope) for _, part in terms if part.kind != "dots"]
            count = len(shown) - at
            if not all(is_near(a, b) for a, b in zip(made[:at] + made[-count:], shown, strict=True)):
                raise CannotTell("another rule")
            return made if all(isinstance(v, int | Fraction) for v in made) else [inexact(v) for v in made]
        row = [a + step for a, step in zip(row, steps, strict=True)]
    raise CannotTell("no end")


def _with(tree: Node, numbers: list[int]) -> Node:
    if tree.kind == "num" and "." not in tree.text:
        number = numbers.pop(0)
        return (
            Node("num", text=str(number)) if number >= 0 else Node("neg", (Node("num", text=str(-number)),))
        )
    return Node(tree.kind, tuple(_with(part, numbers) for part in tree.parts), tree.text)


def _dotted(told: Told) -> bool | None:
    return told.equals(whole_of_dots(told.tree("s"), told))


def _listed(told: Told, group: str) -> list[Any]:
    trees = [tree for formula in told.ask.formulas(group) for tree in told.facts.parse_list(formula)]
    return [evaluate(tree, told.scope) for tree in trees if tree.kind != "dots"]


def _term(told: Told) -> bool | None:
    values = _listed(told, next(group for group in ("s", "s2", "s3") if told.has(group)))
    word = told.ask.match.groupdict().get("kw")
    place = ORDINALS.index(word) + 1 if word else int(re.findall(r"\d+", told.ask.formula("k"))[0])
    geometric = (told.word("kind") or told.word("kind2")) in ("geometric", "等比")
    value: Any = values[0]
    for _ in range(place - 1):
        value = value * (Fraction(values[1]) / values[0]) if geometric else value + (values[1] - values[0])
    return told.equals(value)


def _endless(told: Told) -> bool | None:
    """The sum of so many terms that the rest is too small to matter."""
    parts = [(s, p) for s, p in _terms(told.tree("s"), ("add", "sub")) if p.kind != "dots"]
    values = [inexact(s * evaluate(p, told.scope)) for s, p in parts]
    ratio, term, total = values[1] / values[0], values[0], inexact(0)
    for _ in range(4_000):
        total, term = total + term, term * ratio
    return bool(abs(total - inexact(told.result)) < 1e-9 * (1 + abs(total)))


def _length(told: Told) -> bool | None:
    trees = told.facts.parse_list(told.ask.formula("s"))
    at = next(k for k, tree in enumerate(trees) if tree.kind == "dots")
    run = _by_numbers([(1, tree) for tree in trees], at, told)
    return None if run is None else told.equals(len(run))


def _statistic(told: Told) -> bool | None:
    what = told.word("what")
    if told.ask.match.groupdict().get("named") and told.facts.equations:
        trees = [tree for formula in told.ask.formulas("ns") for tree in told.facts.parse_list(formula)]
        whole = trees[0]
        for tree in trees[1:]:
            whole = Node("add", (whole, tree))
        factor = 1 if what == "sum" else len(trees)
        return values_under(told, whole, [told.result * factor])
    values = told.numbers("ns")
    if "geometric" in what:
        made: Any = 1
        for value in values:
            made *= value
        return is_near(inexact(power(told.result, len(values))), inexact(made))
    if "average" in what or "mean" in what or what == "平均数":
        return is_near(told.result * len(values), sum(values))
    if what in ("median", "中位数"):
        return _is_middle(values, told.result)
    if what in ("mode", "众数"):
        (best, count), *others = Counter(values).most_common(2)
        return told.equals(best) and not (others and others[0][1] == count)
    if what in ("range", "极差", "positive difference"):
        return told.equals(max(values) - min(values))
    if what == "sum":
        return told.equals(sum(values))
    made = 1
    for value in values:
        made *= value
    return told.equals(made) if what == "product" else None


def _is_middle(values: list[Any], result: Any) -> bool:
    rest = list(values)
    while len(rest) > 2:
        rest.remove(min(rest))
        rest.remove(max(rest))
    return is_near(result * len(rest), sum(rest))


def _part(told: Told) -> bool | None:
    return told.equals(told.number("p") * told.number("n"))


def _percent(told: Told) -> bool | None:
    return is_near(told.result * told.number("a"), told.number("b") * 100)


def _part_known(told: Told) -> bool | None:
    return is_near(told.result * told.number("a"), told.number("b"))


def _other_part(told: Told) -> bool | None:
    return is_near(told.result * told.number("a"), told.number("b") * told.number("c"))


def _two_parts(told: Told) -> bool | None:
    return is_near(told.result * told.number("a"), told.result * told.number("b") + told.number("c"))


def _with_part(told: Told) -> bool | None:
    return is_near(told.result + told.result * told.number("a"), told.number("b"))


def _equal_parts(told: Told) -> bool | None:
    right = told.number("b") if told.has("product") else told.number("b") * told.number("c")
    return is_near(told.result * told.number("a"), right)


def _combined(operation: str, a: Any, b: Any) -> Any:
    if operation == "商":
        return Fraction(a) / Fraction(b)
    return a * b if operation == "积" else a + b if operation == "和" else a - b


def _more_than(told: Told) -> bool | None:
    base = told.number("a")
    if told.has("op"):
        base = _combined(told.word("op"), base, told.number("a2"))
    gap = told.result - base
    return is_near(gap if told.word("how") in ("多", "大") else -gap, told.number("b"))


def _of_two(told: Told) -> bool | None:
    return told.equals(_combined(told.word("op"), told.number("a"), told.number("b")))


def _dividend(told: Told) -> bool | None:
    rest = told.number("r") if told.has("r") else 0
    return is_near(Fraction(told.result - rest) / told.number("d"), told.number("q"))


def _summand(told: Told) -> bool | None:
    return is_near(told.result + told.number("a"), told.number("s"))


def _ratio(told: Told) -> bool | None:
    known, ratio, result = told.number("a"), told.number("r"), told.result
    return (
        is_near(known, ratio * result)
        if told.word("side") == "后"
        else is_near(Fraction(result) / known, ratio)
    )


def _two_numbers(told: Told) -> bool | None:
    return is_near(told.result * told.number("a"), told.number("b") * told.number("c"))


LISTS: dict[str, Confirmation] = {
    "sequences._dotted": _dotted,
    "sequences._term": _term,
    "sequences._endless": _endless,
    "sequences._length": _length,
    "sequences._statistic": _statistic,
    "sequences._part": _part,
    "sequences._percent": _percent,
    "chinese._part_known": _part_known,
    "chinese._other_part": _other_part,
    "chinese._two_parts": _two_parts,
    "chinese._with_part": _with_part,
    "chinese._equal_parts": _equal_parts,
    "chinese._more_than": _more_than,
    "chinese._of_two": _of_two,
    "chinese._dividend": _dividend,
    "chinese._summand": _summand,
    "chinese._ratio": _ratio,
    "chinese._two_numbers": _two_numbers,
}
