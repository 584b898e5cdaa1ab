"""Holds a given answer against the expected one.

Right, wrong, or neither can be said.
"""

from __future__ import annotations

import re
from typing import Any

import sympy as sp

from checkers.mathematics.answers.equivalence import interval_of
from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.answers.forms import (
    has_form,
    is_evaluated,
    is_polar,
    is_primitive,
    is_product_of_primes,
    is_written_as,
)
from checkers.mathematics.answers.meanings import (
    Equation,
    Listed,
    Meaning,
    Named,
    Ordered,
    Quantity,
    Region,
    Word,
)
from checkers.mathematics.answers.reader import cleaned, meaning
from checkers.mathematics.formulas.build import Context
from checkers.mathematics.formulas.compare import same, same_up_to_factor
from checkers.mathematics.formulas.grammar import parse
from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.formulas.regions import same_region
from checkers.mathematics.formulas.rounding import is_rounding_of, rounded

__all__ = ["after_the_question", "judged"]

_COMPARES = re.compile(r"[<>≤≥⩽⩾≦≧＜＞=≠]|\\(?:leq?|geq?|lt|gt|neq?)(?:slant)?(?![a-z])")
"""A relation, where an interval is asked for."""


def after_the_question(expected: Expected, answer: str) -> str:
    """What an answer such as `2 + 3 = 5` says: what stands behind the formula that was asked about."""
    sides = answer.split("=")
    if expected.question is None or len(sides) != 2 or not all(side.strip(" $") for side in sides):
        return answer
    opened = re.match(r"\s*(\$+|\\\(|\\\[)?", answer)
    frame = opened[1] or "" if opened else ""
    try:
        asked = parse(cleaned(sides[0].strip().removeprefix(frame)), frozenset())
    except NotUnderstood:
        return answer
    return frame + sides[1] if asked == expected.question and asked.kind != "name" else answer


def judged(expected: Expected, answer: str, context: Context) -> bool | None:
    """Whether the answer is the expected one.

    None: it is not understood, or its form is not what was asked for.
    """
    if expected.kind == "digits":
        return _digits(expected, answer)
    if expected.kind == "choice":
        return _choice(expected, answer, context)
    if expected.form == "interval" and _COMPARES.search(answer):
        return None
    given = meaning(answer, context)
    if expected.kind == "word":
        known = ("yes", "no", "true", "false", "是", "不是", "even", "odd", "neither")
        return given.text in expected.values if isinstance(given, Word) and given.text in known else None
    return _JUDGES[expected.kind](expected, given)


def _choice(expected: Expected, answer: str, context: Context) -> bool | None:
    """The letter, alone or before its text; or what the right option says.

    A letter with another text says nothing.
    """
    said = cleaned(answer)
    letters = re.fullmatch(
        r"(?:\\text\s*\{\s*)?\(?([A-F])(?![A-Za-z\d=^_])\)?\s*\}?(?:[.:,)]?\s*(.*))?", said, re.DOTALL
    )
    if letters is None:
        return judged(expected.inner, answer, context) or None if expected.inner is not None else None
    right = bool(letters[1] == expected.values[0])
    if not letters[2]:
        return right
    if _same_text(letters[2], expected.options.get(letters[1], "")):
        return right
    if not right or expected.inner is None:
        return None
    return judged(expected.inner, letters[2], context) or None


def _same_text(one: str, other: str) -> bool:
    return bool(other) and re.sub(r"[\s$.]", "", cleaned(one)) == re.sub(r"[\s$.]", "", cleaned(other))


def _digits(expected: Expected, answer: str) -> bool | None:
    match = re.fullmatch(
        r"([0-9A-Z]+)(?:\s*_\s*\{?\s*(?:\\text\s*\{)?(\w+)\}?\}?)?", cleaned(answer).replace(" ", "")
    )
    if match is None or (match[2] and match[2] not in (str(expected.base), _BASES.get(expected.base))):
        return None
    return match[1].lstrip("0") == _written(int(expected.values[0]), expected.base)


_BASES = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine", 10: "ten"}


def _written(number: int, base: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, base)
        digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[digit] + digits
    return digits


def _value(expected: Expected, given: Meaning) -> bool | None:
    if isinstance(given, Named):
        if expected.names and given.name not in expected.names:
            return None
        return _value(expected, given.value)
    if isinstance(given, Listed):
        if len(given.items) == 1 and given.braces:
            return None
        verdicts = [_value(expected, item) for item in given.items]
        return False if False in verdicts and None not in verdicts else None
    if not isinstance(given, Quantity) or given.base:
        return None
    verdict = _quantity(expected, given)
    if verdict is not True:
        return verdict
    return True if _acceptable(expected, given) else None


def _acceptable(expected: Expected, given: Quantity) -> bool:
    """A sum that is left standing, or the question given back, is no answer."""
    if given.tree is None or given.tree == expected.question:
        return False
    if expected.form == "polar":
        return is_polar(given.tree)
    if expected.form == "primes":
        return is_product_of_primes(given.tree)
    if expected.form in ("decimal", "fraction", "mixed", "radical", "scientific"):
        return is_written_as(given.tree, expected.form)
    if expected.form == "percent" and given.unit is None:
        return False
    if expected.form in ("unit", "plain") and given.unit is not None and given.unit != expected.unit:
        return False
    return is_evaluated(given.tree, simplified=expected.form == "simplified")


def _quantity(expected: Expected, given: Quantity) -> bool | None:
    target = expected.values[0]
    unit, asked = given.unit, expected.unit
    if given.value.is_Matrix or given.value.free_symbols:
        return None
    if unit is None:
        verdict = _number(expected, given, given.value, target)
        if verdict is False and expected.form == "percent" and same(given.value * 100, target) is not False:
            # The number itself, where its percentage is asked for.
            return None
        if verdict is False and asked is not None and asked.dimension == "angle" and given.value.has(sp.pi):
            # Radians where degrees are asked for.
            return None
        if (
            verdict is False
            and asked is None
            and target.has(sp.pi)
            and same(given.value * sp.pi / 180, target)
        ):
            # Degrees without their sign.
            return None
        return verdict
    if asked is not None:
        if unit.dimension != asked.dimension:
            return None if unit.dimension == "percent" or unit.dimension.startswith("count") else False
        return _number(expected, given, given.value * sp.Rational(unit.factor / asked.factor), target)
    if unit.dimension == "percent":
        return _number(expected, given, given.value / 100, target) or None
    if unit.dimension == "angle":
        return _number(expected, given, given.value * sp.pi / 180, target) or None
    return None


def _number(expected: Expected, given: Quantity, value: Any, target: Any) -> bool | None:
    if expected.decimals is not None:
        if same(value, rounded(target, expected.decimals)) is True:
            return True
        return None if same(value, target) is not False else False
    verdict = same(value, target)
    if verdict is True:
        return None if given.approximate else True
    if verdict is False and (given.decimals is not None or given.approximate):
        decimals = given.decimals if given.decimals is not None else 0
        return None if is_rounding_of(value, target, decimals) else False
    return verdict


def _expression(expected: Expected, given: Meaning) -> bool | None:
    if isinstance(given, Named):
        if given.name not in expected.names:
            return None
        given = given.value
    if isinstance(given, Equation) and expected.names and given.sign == "=":
        return None
    if (
        not isinstance(given, Quantity)
        or given.unit
        or given.tree is None
        or given.base
        or given.value.is_Matrix
    ):
        return None
    verdict = same(given.value, expected.values[0])
    if verdict is not True:
        return verdict
    if given.tree == expected.question:
        return None
    return True if has_form(given.tree, expected.form, expected.question, expected.values[0]) else None


def _antiderivative(expected: Expected, given: Meaning) -> bool | None:
    """Right when its derivative is the integrand and it has a free constant."""
    if isinstance(given, Named):
        given = given.value
    if not isinstance(given, Quantity) or given.unit or given.value.is_Matrix:
        return None
    variable = sp.Symbol(expected.names[0], real=True)
    constants = given.value.free_symbols - expected.values[0].free_symbols - {variable}
    if len(constants) != 1 or given.value.diff(next(iter(constants))) != 1:
        return None
    return same(given.value.diff(variable), expected.values[0])


def _roots(expected: Expected, given: Meaning) -> bool | None:
    items = _items(given)
    if items is None:
        if isinstance(given, Region):
            return None
        return None
    values: list[Any] = []
    for item in items:
        if isinstance(item, Named):
            if expected.names and re.sub(r"_\w+$", "", item.name) not in expected.names:
                return None
            item = item.value
        if not isinstance(item, Quantity) or item.base or item.approximate or item.value.free_symbols:
            return None
        if item.unit is not None and item.unit != expected.unit:
            if item.unit.dimension != "angle" or expected.unit is not None:
                return None
            item = Quantity(item.value * sp.pi / 180, tree=item.tree)
        if item.tree is not None and not is_evaluated(item.tree, simplified=False):
            return None
        if expected.form and not (
            item.value.is_Integer or (item.tree is not None and is_written_as(item.tree, expected.form))
        ):
            return None
        if item.decimals is not None and any(
            is_rounding_of(item.value, root, item.decimals) and same(item.value, root) is False
            for root in expected.values
        ):
            return None
        values.append(item.value)
    return _same_sets(values, list(expected.values))


def _items(given: Meaning) -> list[Meaning] | None:
    if isinstance(given, Listed):
        return (
            None
            if given.joined == "and" and any(isinstance(item, Region) for item in given.items)
            else list(given.items)
        )
    if isinstance(given, Named | Quantity):
        return [given]
    if isinstance(given, Region):
        if given.numbers == sp.S.EmptySet:
            return []
        if isinstance(given.numbers, sp.FiniteSet):
            return [Quantity(number) for number in given.numbers.args]
    return None


def _same_sets(given: list[Any], wanted: list[Any]) -> bool | None:
    verdicts = [_in(value, wanted) for value in given] + [_in(value, given) for value in wanted]
    if False in verdicts:
        return False
    if None in verdicts:
        return None
    return True if len(given) == len(wanted) else None


def _in(value: Any, values: list[Any]) -> bool | None:
    found = [same(value, other) for other in values]
    if True in found:
        return True
    return None if None in found else False


def _pair(expected: Expected, given: Meaning) -> bool | None:
    if isinstance(given, Named) and isinstance(given.value, Ordered) and given.name.isupper():
        given = given.value
    if isinstance(given, Listed) and expected.names:
        return _system_item(dict(zip(expected.names, expected.values, strict=True)), given, expected.names)
    if isinstance(given, Quantity) and given.value.is_Matrix and 1 in given.value.shape:
        places = list(given.value)
    elif isinstance(given, Ordered) and given.brackets == "()":
        if any(item.approximate for item in given.items):
            return None
        degrees = [item.unit is not None for item in given.items]
        if any(degrees):
            return None
        if not all(
            item.tree is not None and is_evaluated(item.tree, simplified=False) for item in given.items
        ):
            return None
        places = [item.value for item in given.items]
    else:
        return None
    if len(places) != len(expected.values):
        return False
    return _all([same(place, value) for place, value in zip(places, expected.values, strict=True)])


def _system(expected: Expected, given: Meaning) -> bool | None:
    names = expected.names
    wanted = [dict(solution) for solution in expected.solutions]
    if isinstance(given, Region) and given.numbers == sp.S.EmptySet:
        return not wanted
    if isinstance(given, Ordered) and given.brackets == "()":
        given = Listed((given,))
    if not isinstance(given, Listed):
        return None
    if all(isinstance(item, Named) for item in given.items):
        return _system_item(wanted[0], given, names) if len(wanted) == 1 else None
    if not all(isinstance(item, Ordered) and item.brackets == "()" for item in given.items):
        return None
    points = [tuple(part.value for part in item.items) for item in given.items if isinstance(item, Ordered)]
    if any(len(point) != len(names) for point in points):
        return None
    targets = [tuple(solution[name] for name in names) for solution in wanted]
    verdicts = [_point_in(point, targets) for point in points] + [
        _point_in(target, points) for target in targets
    ]
    if False in verdicts:
        return False
    return None if None in verdicts or len(points) != len(targets) else True


def _point_in(point: tuple[Any, ...], others: list[tuple[Any, ...]]) -> bool | None:
    found = [_all([same(a, b) for a, b in zip(point, other, strict=True)]) for other in others]
    if True in found:
        return True
    return None if None in found else False


def _system_item(wanted: dict[str, Any], given: Listed, names: tuple[str, ...]) -> bool | None:
    values: dict[str, Any] = {}
    for item in given.items:
        if not isinstance(item, Named) or item.name in values or not isinstance(item.value, Quantity):
            return None
        if (
            item.value.unit
            or item.value.approximate
            or (item.value.decimals is not None and item.value.value.free_symbols)
        ):
            return None
        values[item.name] = item.value.value
    if set(values) != set(names):
        return None
    return _all([same(values[name], wanted[name]) for name in names])


def _region(expected: Expected, given: Meaning) -> bool | None:
    target = expected.values[0]
    if isinstance(given, Ordered):
        interval = interval_of(given)
        return same_region(interval.numbers, target) if interval else None
    if isinstance(given, Region):
        if given.name and expected.names and given.name not in expected.names:
            return None
        return same_region(given.numbers, target)
    items = _items(given)
    if items is None or not all(isinstance(item, Quantity) and not item.unit for item in items):
        return None
    if isinstance(target, sp.FiniteSet) and (not isinstance(given, Listed) or given.braces):
        return _same_sets([item.value for item in items if isinstance(item, Quantity)], list(target.args))
    return False if isinstance(given, Listed) and given.braces else None


def _equation(expected: Expected, given: Meaning) -> bool | None:
    if isinstance(given, Named) and isinstance(given.value, Quantity):
        if given.name not in {str(name) for name in expected.values[0].free_symbols}:
            # `f(x) = 2x + 1` for a line in x and y.
            return None
        if expected.form == "primitive":
            return None
        given = Equation(sp.Symbol(given.name, real=True) - given.value.value)
    elif expected.form == "explicit":
        return None
    if not isinstance(given, Equation) or given.sign != "=":
        return None
    verdict = same_up_to_factor(given.difference, expected.values[0])
    if verdict and expected.form == "primitive" and not is_primitive(given.tree):
        return None
    return verdict


def _matrix(expected: Expected, given: Meaning) -> bool | None:
    if isinstance(given, Named) and isinstance(given.value, Quantity):
        given = given.value
    if isinstance(given, Ordered) and 1 in expected.values[0].shape and given.brackets == "()":
        if len(given.items) != len(expected.values[0]):
            return False
        pairs = zip(given.items, expected.values[0], strict=True)
        return _all([same(item.value, value) for item, value in pairs])
    if not isinstance(given, Quantity) or not given.value.is_Matrix:
        return None
    return same(given.value, expected.values[0])


def _all(verdicts: list[bool | None]) -> bool | None:
    if False in verdicts:
        return False
    return None if None in verdicts else True


_JUDGES = {
    "value": _value,
    "expression": _expression,
    "antiderivative": _antiderivative,
    "roots": _roots,
    "pair": _pair,
    "system": _system,
    "region": _region,
    "equation": _equation,
    "matrix": _matrix,
}
