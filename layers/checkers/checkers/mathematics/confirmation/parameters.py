"""The second way of questions for a constant in a formula: roots are counted by Sturm's chain at sampled constants."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

from checkers.mathematics.confirmation.algebra import ALGEBRA
from checkers.mathematics.confirmation.evaluation.arithmetic import evaluate, is_near
from checkers.mathematics.confirmation.evaluation.errors import CannotTell
from checkers.mathematics.confirmation.evaluation.polynomials import Polynomial, as_fraction, at, real_zeros
from checkers.mathematics.confirmation.evaluation.results import pieces_of
from checkers.mathematics.confirmation.evaluation.sampling import same_region
from checkers.mathematics.confirmation.solutions import values_under
from checkers.mathematics.confirmation.told import Confirmation, Told, names_in, put_in
from checkers.mathematics.formulas.nodes import Node
from checkers.mathematics.problem.facts import Relation

__all__ = ["PARAMETERS"]


def _of_equation(told: Told) -> tuple[str, str, Node]:
    """The constant, the unknown, and left minus right."""
    name, tree = told.tree("k").text, told.tree("e")
    if tree.kind == "rel":
        left, right = tree.parts
        tree = right if left.kind == "name" and left.text == "y" else Node("sub", tree.parts)
    (variable,) = names_in(tree, told) - {name}
    return name, variable, tree


def _polynomial(told: Told, tree: Node, variable: str, name: str, value: Any) -> Polynomial:
    above, below = as_fraction(tree, variable, told.scope.where({name: value}))
    if len(below) != 1:
        raise CannotTell("no polynomial")
    return above


def _by_discriminant(told: Told) -> bool | None:
    name, variable, tree = _of_equation(told)
    count = told.word("count")

    def holds(value: Any) -> bool:
        p = _polynomial(told, tree, variable, name, value)
        if len(p) != 3:
            return False
        zeros = real_zeros(p)
        if count.startswith("no ") or count[0] in "没无":
            return zeros == 0
        if any(word in count for word in ("distinct", "different", "unequal", "不")):
            return zeros == 2
        if count.startswith(("real", "at least")) or count in ("有实数根", "有实根"):
            return zeros >= 1
        return zeros == 1

    if told.expected.kind == "region":
        return same_region(holds, pieces_of(told.expected.values[0]), told.seed)
    if told.expected.kind == "roots":
        return all(holds(value) for value in told.results) and len(told.results) == _zeros_of_discriminant(
            told, tree, variable, name
        )
    return _is_last(holds, told.result, told.word("ask"))


def _zeros_of_discriminant(told: Told, tree: Node, variable: str, name: str) -> int:
    """How many constants make it a quadratic with one root: zeros of the discriminant, itself a polynomial."""
    places = [Fraction(k) for k in range(-4, 5)]
    points = []
    for place in places:
        c, b, a, *_ = [*_polynomial(told, tree, variable, name, place), Fraction(0), Fraction(0)]
        points.append((place, b * b - 4 * a * c))
    made = _through(points[:5])
    if any(at(made, place) != value for place, value in points):
        raise CannotTell("a discriminant of high degree")
    lost = sum(
        1
        for k in range(-60, 61)
        if at(made, Fraction(k, 2)) == 0 and len(_polynomial(told, tree, variable, name, Fraction(k, 2))) < 3
    )
    return real_zeros(made) - lost


def _through(points: list[tuple[Fraction, Fraction]]) -> Polynomial:
    """The polynomial through points, by Newton's divided differences."""
    xs, table = [x for x, _ in points], [y for _, y in points]
    for order in range(1, len(points)):
        for k in range(len(points) - 1, order - 1, -1):
            table[k] = (table[k] - table[k - 1]) / (xs[k] - xs[k - order])
    made: Polynomial = []
    for x, c in zip(reversed(xs), reversed(table), strict=True):
        shifted = [Fraction(0), *made]
        for k, value in enumerate(made):
            shifted[k] -= x * value
        shifted[0] += c
        made = shifted
    while made and made[-1] == 0:
        made.pop()
    return made


def _is_last(holds: Any, result: Any, word: str) -> bool | None:
    """Whether a number keeps the condition and none beyond it does."""
    if not isinstance(result, int | Fraction) or not holds(result):
        return False
    sign = 1 if word.startswith(("large", "great", "max", "最大")) else -1
    whole = "integer" in word or "整" in word
    steps = [Fraction(k) for k in range(1, 40)] if whole else [Fraction(k, 50) for k in range(1, 400)]
    return not any(
        holds(result + sign * step)
        for step in [*steps, Fraction(10**4), Fraction(1, 10**6) if not whole else 10**6]
    )


def _perfect_square(told: Told) -> bool | None:
    """Each constant makes one double zero and a positive leading coefficient, and no other does."""
    name, variable, tree = _of_equation(told)
    for value in told.results:
        p = _polynomial(told, tree, variable, name, value)
        if len(p) != 3 or real_zeros(p) != 1 or p[2] <= 0 or p[0] == 0:
            return False
    words = told.word("kind") + told.word("kind2")
    if _zeros_of_discriminant(told, tree, variable, name) == len(told.results):
        return True
    kept = [
        Fraction(k, 4)
        for k in range(-800, 801)
        if not ("nonzero" in words and k == 0)
        and not ("positive" in words and k <= 0)
        and not ("negative" in words and k >= 0)
    ]
    squares = [
        value
        for value in kept
        if len(p := _polynomial(told, tree, variable, name, value)) == 3 and p[2] > 0 and real_zeros(p) == 1
    ]
    return sorted(squares) == sorted(told.results) if words else None


def _absent_term(told: Told) -> bool | None:
    """The terms' coefficients as differences of values, which vanish at the constants that a search finds."""
    tree = told.tree("e")
    if told.has("f"):
        made = {"sum": "add", "added": "add", "difference": "sub"}.get(told.word("how"), "mul")
        tree = Node(made, (tree, told.tree("f")))
    target = told.tree("g")
    constants = names_in(target, told)
    letters = sorted(names_in(tree, told) - constants)
    wanted = _wanted(told, letters)
    relations = [
        Relation(_coefficient(tree, letters, powers), "=", Node("num", text="0"))
        for powers in itertools.product(range(5), repeat=len(letters))
        if wanted(powers)
    ]
    relations = [r for r in relations if _says_something(told, r, constants)]
    return values_under(told, target, told.results, relations)


def _wanted(told: Told, letters: list[str]) -> Any:
    """Whether a term with those powers must be missing."""
    if told.has("sort"):
        word = told.word("sort")
        degree = next(
            d
            for d, names in enumerate(
                (("constant", "常数项"), ("linear", "一次项"), ("quadratic", "二次项"), ("cubic", "三次项"))
            )
            if word in names
        )
        return lambda powers: sum(powers) == degree
    trees = [
        part
        for group in ("ts", "us")
        if told.has(group)
        for f in told.ask.formulas(group)
        for part in told.facts.parse_list(f)
    ]
    listed = {_powers(told, tree, letters) for tree in trees}
    return lambda powers: powers in listed


def _powers(told: Told, tree: Node, letters: list[str]) -> tuple[int, ...]:
    """The exponent of each letter of a term: how often it doubles where the letter is doubled."""
    found = []
    for letter in letters:
        inside = told.scope.where({name: 1 + (name == letter) for name in letters})
        value = evaluate(tree, inside)
        power = next((k for k in range(6) if is_near(value, 2**k)), None)
        if power is None:
            raise CannotTell("no plain term")
        found.append(power)
    return tuple(found)


def _coefficient(tree: Node, letters: list[str], powers: tuple[int, ...]) -> Node:
    """A coefficient of a polynomial of degree 4 at most in each letter, as a weighted sum of its values."""
    total: Node = Node("num", text="0")
    for places in itertools.product(range(5), repeat=len(letters)):
        weight = Fraction(1)
        for place, power in zip(places, powers, strict=True):
            weight *= _WEIGHTS[power][place]
        if weight:
            value = put_in(tree, {letter: Fraction(p) for letter, p in zip(letters, places, strict=True)})
            factor = put_in(Node("name", text="w"), {"w": weight})
            total = Node("add", (total, Node("mul", (factor, value))))
    return total


def _lagrange() -> list[list[Fraction]]:
    """For each power the weights of the values at 0 to 4 that make its coefficient."""
    rows = []
    for place in range(5):
        points = [(Fraction(k), Fraction(int(k == place))) for k in range(5)]
        rows.append([*_through(points), *[Fraction(0)] * 5][:5])
    return [[rows[place][power] for place in range(5)] for power in range(5)]


_WEIGHTS = _lagrange()


def _says_something(told: Told, relation: Relation, constants: set[str]) -> bool:
    """Whether a coefficient is not 0 whatever the constants are."""
    values = []
    for k in range(3):
        inside = told.scope.where(
            {name: Fraction(7 * k + 3 + n, 5) for n, name in enumerate(sorted(constants))}
        )
        values.append(evaluate(relation.left, inside))
    return not all(is_near(value, 0) for value in values)


PARAMETERS: dict[str, Confirmation] = {
    "parameters._by_discriminant": _by_discriminant,
    "parameters._perfect_square": _perfect_square,
    "parameters._absent_term": _absent_term,
    "parameters._equal_when": ALGEBRA["equations._solved"],
}
