"""Equations that hold for every value of a variable, read as the equations at some of its values.

What holds everywhere holds at each place, so that an instance is always right; a value is understood only where the
instances decide it. Values of a function that the problem does not define are names of their own, such as `f(4)`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from checkers.mathematics.formulas.nodes import Node, NotUnderstood

__all__ = ["Law", "applied", "instances", "names_in_law", "points_of", "value_names"]

_BOUND = frozenset({"sum", "prod", "lim", "int", "diff", "cases"})
_SMALL = tuple(Fraction(value) for value in (0, 1, -1, 2, -2, 3, Fraction(1, 2), 5, -3, 4, 7))
MOST_PLACES = 26
MOST_INSTANCES = 80
ROUNDS = 3


@dataclass(frozen=True)
class Law:
    """`left` = `right` for all values of the variables that are of that kind."""

    left: Node
    right: Node
    variables: tuple[str, ...]
    kinds: frozenset[str] = frozenset()


def names_in_law(tree: Node) -> set[str]:
    """The names of a formula."""
    return ({tree.text} if tree.kind == "name" else set()).union(*(names_in_law(part) for part in tree.parts))


def applied(tree: Node) -> Iterator[Node]:
    """Each application of a function in a formula."""
    if tree.kind == "apply":
        yield tree
    for part in tree.parts:
        yield from applied(part)


def instances(law: Law, known: Mapping[str, object], points: set[Fraction]) -> list[tuple[Node, Node]]:
    """The law at some places, with a name for each value of a function that is not known."""
    places = _places(law, known, points)
    made: list[tuple[Node, Node]] = []
    if len(law.variables) > 1:
        places = places[: max(4, 16 // len(law.variables))]
    for values in itertools.islice(itertools.product(places, repeat=len(law.variables)), MOST_INSTANCES):
        at = dict(zip(law.variables, values, strict=True))
        try:
            made.append((value_names(put(law.left, at), known), value_names(put(law.right, at), known)))
        except (NotUnderstood, ZeroDivisionError):
            continue  # not defined there, or at no number
    return made


def _places(law: Law, known: Mapping[str, object], points: set[Fraction]) -> list[Fraction]:
    """Values of a variable: those that the known points lead to first."""
    found = list(points)
    calls = [
        call
        for side in (law.left, law.right)
        for call in applied(side)
        if call.text not in known and len(call.parts) == 1
    ]
    if len(law.variables) == 1 and calls:
        (name,) = law.variables
        for _ in range(ROUNDS):
            for point, call in itertools.product(list(found), calls):
                found += [
                    value for value in _leading_to(call.parts[0], name, point, known) if value not in found
                ]
            if len(found) > MOST_PLACES:
                break
    found += [value for value in _SMALL if value not in found]
    return [value for value in found[:MOST_PLACES] if _is_of(value, law.kinds)]


def _leading_to(argument: Node, name: str, point: Fraction, known: Mapping[str, object]) -> list[Fraction]:
    """Where an argument has that value, and its value there."""
    try:
        at = [rational(put(argument, {name: Fraction(place)}), known) for place in (1, 2, 3)]
    except (NotUnderstood, ZeroDivisionError):
        return []
    found = []
    if at[1] - at[0] == at[2] - at[1] != 0:
        found.append((point - at[0]) / (at[1] - at[0]) + 1)
    elif at[0] == 2 * at[1] == 3 * at[2] and point:
        found.append(at[0] / point)
    try:
        found.append(rational(put(argument, {name: point}), known))
    except (NotUnderstood, ZeroDivisionError):
        return found
    return found


def _is_of(value: Fraction, kinds: frozenset[str]) -> bool:
    return (
        not ("positive" in kinds and value <= 0)
        and not ("nonzero" in kinds and value == 0)
        and not ("nonnegative" in kinds and value < 0)
        and not ("integer" in kinds and value.denominator != 1)
    )


def put(tree: Node, values: Mapping[str, Fraction]) -> Node:
    """The formula with numbers for names. Raises `NotUnderstood` where a name is bound in it."""
    if tree.kind == "name" and tree.text in values:
        return _written(values[tree.text])
    if tree.kind in _BOUND:
        raise NotUnderstood("a bound name")
    return Node(tree.kind, tuple(put(part, values) for part in tree.parts), tree.text)


def _written(value: Fraction) -> Node:
    whole = Node("num", text=str(abs(value.numerator)))
    if value.denominator != 1:
        whole = Node("div", (whole, Node("num", text=str(value.denominator))))
    return Node("neg", (whole,)) if value < 0 else whole


def value_names(tree: Node, known: Mapping[str, object]) -> Node:
    """The formula with a name for each value of a function that is not known, such as `f(4)`."""
    parts = tuple(value_names(part, known) for part in tree.parts)
    if tree.kind != "apply" or tree.text in known:
        return Node(tree.kind, parts, tree.text)
    if "^" in tree.text or "'" in tree.text:
        raise NotUnderstood("no value of a function")
    places = ",".join(str(rational(part, known)) for part in tree.parts)
    return Node("name", text=f"{tree.text}({places})")


def points_of(tree: Node, known: Mapping[str, object]) -> set[Fraction]:
    """The places at which values of functions that are not known are mentioned."""
    found = set()
    for call in applied(tree):
        if call.text not in known and len(call.parts) == 1:
            try:
                found.add(rational(call.parts[0], known))
            except (NotUnderstood, ZeroDivisionError):
                continue  # no number
    return found


def rational(tree: Node, known: Mapping[str, object] | None = None) -> Fraction:
    """The rational number that a formula is. Raises `NotUnderstood` and `ZeroDivisionError`."""
    if tree.kind == "num" and len(tree.text) < 20:
        return Fraction(tree.text)
    if tree.kind == "apply" and known and tree.text in known:
        definition = known[tree.text]
        arguments, body = getattr(definition, "arguments", ()), getattr(definition, "body", tree)
        values = [rational(part, known) for part in tree.parts]
        if len(arguments) != len(values):
            raise NotUnderstood("another number of arguments")
        return rational(put(body, dict(zip(arguments, values, strict=True))), known)
    parts = [rational(part, known) for part in tree.parts]
    if tree.kind == "neg":
        return -parts[0]
    if tree.kind == "pos":
        return parts[0]
    if tree.kind == "pow" and parts[1].denominator == 1 and abs(parts[1]) <= 12:
        return Fraction(parts[0] ** int(parts[1]))
    makers: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "mul": lambda a, b: a * b,
        "div": lambda a, b: a / b,
    }
    if tree.kind not in makers or len(parts) != 2:
        raise NotUnderstood("no rational number")
    return makers[tree.kind](*parts)
