"""The second way of questions for values, equations, functions and polynomials."""

from __future__ import annotations

import itertools
import re
from fractions import Fraction
from typing import Any

import mpmath  # type: ignore[import-untyped]

from checkers.mathematics.confirmation.evaluation.arithmetic import (
    evaluate,
    inexact,
    is_near,
    power,
    real_part_of,
)
from checkers.mathematics.confirmation.evaluation.conditions import satisfies
from checkers.mathematics.confirmation.evaluation.errors import CannotTell, Undefined
from checkers.mathematics.confirmation.evaluation.floats import float_function
from checkers.mathematics.confirmation.evaluation.polynomials import (
    Polynomial,
    as_fraction,
    at,
    minus,
    real_root,
    real_zeros,
)
from checkers.mathematics.confirmation.evaluation.results import names_of, number_of, pieces_of
from checkers.mathematics.confirmation.evaluation.sampling import agree, fractions, limit, same_region
from checkers.mathematics.confirmation.evaluation.systems import solutions_near
from checkers.mathematics.confirmation.solutions import (
    all_roots,
    are_all_roots,
    are_all_solutions,
    involved,
    values_under,
    whole_numbers,
)
from checkers.mathematics.confirmation.told import ORDINALS, Confirmation, Told, names_in, put_in
from checkers.mathematics.formulas.nodes import Node
from checkers.mathematics.problem.facts import Relation

__all__ = ["ALGEBRA", "body_of", "polynomial_of"]


def _as_expression(told: Told, tree: Node) -> bool | None:
    """The formula and the result at the same points."""
    (made,) = told.expected.values
    names = sorted(names_in(tree, told) | names_of(made))
    if not names:
        return is_near(evaluate(tree, told.scope), number_of(made))
    return agree(
        lambda p: evaluate(tree, told.scope.where(p)), lambda p: number_of(made, p), names, told.seed
    )


def _computed(told: Told) -> bool | None:
    tree = told.tree("e")
    if told.expected.kind == "expression":
        return _as_expression(told, tree)
    if told.expected.kind == "roots" or told.facts.equations:
        return values_under(told, tree, _in_plain_units(told))
    if told.expected.kind == "value" and names_in(tree, told):
        return _as_expression(told, tree)
    return told.equals(evaluate(tree, told.scope))


def _in_plain_units(told: Told) -> list[Any]:
    unit = told.expected.unit
    factor = Fraction(1, 100) if unit is not None and unit.dimension == "percent" else 1
    return [value * factor if factor != 1 else value for value in told.results]


def _all_values(told: Told) -> bool | None:
    return values_under(told, told.tree("e"), told.results)


def _rewritten(told: Told) -> bool | None:
    return _as_expression(told, told.tree("e"))


def _solved(told: Told) -> bool | None:
    expected = told.expected
    if expected.kind == "region":
        (name,) = involved(told)
        return same_region(
            lambda x: all(
                satisfies(r, told.scope.where({name: x}))
                for r in (*told.facts.constraints, *told.facts.equations)
            ),
            pieces_of(expected.values[0]),
            told.seed,
        )
    names = sorted(involved(told))
    if expected.kind == "roots" and len(names) == 1:
        return are_all_roots(told, names[0], told.results, complex_too=told.facts.complex_numbers)
    if expected.kind == "roots":
        return values_under(told, Node("name", text=expected.names[0]), told.results)
    if expected.kind == "pair":
        claimed = [dict(zip(expected.names, told.results, strict=True))]
    else:
        claimed = [{name: number_of(value) for name, value in s.items()} for s in expected.solutions]
    return are_all_solutions(told, names, claimed)


_IN_CHINESE = {"和": "sum", "数": "number", "有": "number"}


def _of_all_roots(told: Told) -> bool | None:
    (name,) = involved(told)
    asked_for = told.word("what") or "number"
    if "解" in told.text:
        last = {"最大": "largest", "最小": "smallest"}.get(told.word("what"), "only")
        asked_for = _IN_CHINESE.get(told.word("how")[-1:], last)
    kinds = told.facts.kinds.get(name, ())
    if "integer" in kinds or not told.facts.equations or "integer" in told.word("kind"):
        found: list[Any] = list(whole_numbers(told, name))
        if found and (found[0] == -1_500 or found[-1] == 1_500):
            return _last_one(told, found, asked_for)
    elif told.facts.complex_numbers:
        return None
    else:
        found = all_roots(told, name)
    return _is_made_of(told, found, asked_for)


def _last_one(told: Told, found: list[Any], word: str) -> bool | None:
    if word in ("smallest", "least", "minimum") and found[0] != -1_500:
        return told.equals(found[0])
    return (
        told.equals(found[-1]) if word in ("largest", "greatest", "maximum") and found[-1] != 1_500 else None
    )


def _is_made_of(told: Told, found: list[Any], word: str) -> bool | None:
    if word.startswith("number"):
        return told.equals(len(found))
    if not found:
        return None
    reals = [inexact(value) for value in found]
    result = inexact(told.result)
    made: Any = None
    if word in ("largest", "greatest", "maximum"):
        made = max(reals)
    elif word in ("smallest", "least", "minimum"):
        made = min(reals)
    elif word.startswith(("sum", "average")):
        made = sum(reals) / (len(reals) if word.startswith("average") else 1)
    elif word.startswith("product"):
        made = mpmath.fprod(reals)
    elif "difference" in word and len(reals) == 2:
        made = abs(reals[0] - reals[1])
    elif len(reals) == 1:
        made = reals[0]
    if made is None:
        return None
    return bool(abs(made - result) < mpmath.mpf(10) ** -8 * (1 + abs(made)))


def body_of(told: Told, tree: Node) -> tuple[str, Node]:
    """The variable and the formula of a function, however it is written."""
    if tree.kind == "rel":
        left, tree = tree.parts
        if left.kind == "apply" and left.parts[0].kind == "name":
            return left.parts[0].text, tree
    if tree.kind in ("apply", "name") and tree.text in told.facts.functions:
        definition = told.facts.functions[tree.text]
        return definition.arguments[0], definition.body
    names = names_in(tree, told)
    if len(names) != 1:
        raise CannotTell("no function of one variable")
    return names.pop(), tree


def _domain(told: Told) -> bool | None:
    if told.has("e"):
        name, body = body_of(told, told.tree("e"))
    else:
        (function,) = told.facts.functions
        name, body = body_of(told, Node("name", text=function))

    def defined(x: Any) -> bool:
        try:
            real_part_of(evaluate(body, told.scope.where({name: x})))
        except Undefined:
            return False
        return True

    return same_region(defined, pieces_of(told.expected.values[0]), told.seed)


def _range(told: Told) -> bool | None:
    """Whether a value is reached is counted: the real zeros of the numerator less the value times the denominator."""
    name, body = body_of(told, told.tree("e"))
    above, below = as_fraction(body, name, told.scope)

    def reached(value: Any) -> bool:
        if not isinstance(value, int | Fraction):
            raise CannotTell("an end that is no fraction")
        rest = minus(above, [value * c for c in below])
        return not rest or real_zeros(rest) > 0

    return same_region(reached, pieces_of(told.expected.values[0]), told.seed)


def _undefined(told: Told) -> bool | None:
    name, body = body_of(told, told.tree("e"))
    below, _ = as_fraction(body.parts[1], name, told.scope)
    roots = [real_root(below, place) for place in range(real_zeros(below))]
    if told.expected.kind == "roots":
        return len(roots) == len(told.results) and all(is_near(at(below, value), 0) for value in told.results)
    return _is_made_of(told, roots, told.word("what") or "number")


def _inverse(told: Told) -> bool | None:
    tree = told.tree("e")
    if told.expected.kind == "expression":
        name = tree.text.removesuffix("^-1")
        definition, result = told.facts.functions[name], told.expected.values[0]
        place = tree.parts[0].text

        def back(p: dict[str, Any]) -> Any:
            return evaluate(
                definition.body, told.scope.where({definition.arguments[0]: number_of(result, p)})
            )

        return agree(back, lambda p: p[place], [place], told.seed)
    return told.equals(evaluate(_without_inverses(tree, told), told.scope))


def _without_inverses(tree: Node, told: Told) -> Node:
    parts = tuple(_without_inverses(part, told) for part in tree.parts)
    if tree.kind != "apply" or not tree.text.endswith("^-1"):
        return Node(tree.kind, parts, tree.text)
    wanted = evaluate(parts[0], told.scope)
    name = tree.text.removesuffix("^-1")
    if name not in told.facts.functions:
        found = [
            r.left.parts[0] for r in told.facts.equations if is_near(evaluate(r.right, told.scope), wanted)
        ]
        if len(found) != 1:
            raise CannotTell("no value in the table")
        return found[0]
    definition = told.facts.functions[name]
    values = _preimages(definition.body, definition.arguments[0], wanted, told)
    if len(values) != 1 or not isinstance(values[0], int | Fraction):
        raise CannotTell("no single value")
    return put_in(Node("name", text="v"), {"v": Fraction(values[0])})


def _preimages(body: Node, name: str, wanted: Any, told: Told) -> list[Any]:
    """The fractions with small denominators at which the function has that value."""
    formulas = body.parts[::2] if body.kind == "cases" else (body,)
    found: list[Any] = []
    for formula in formulas:
        try:
            above, below = as_fraction(formula, name, told.scope)
            scaled = [Fraction(wanted) * c for c in below]
            size = max(len(above), len(scaled))
            gap = [
                (above[k] if k < len(above) else 0) - (scaled[k] if k < len(scaled) else 0)
                for k in range(size)
            ]
            roots = [
                real_root([Fraction(c) for c in gap], k)
                for k in range(real_zeros([Fraction(c) for c in gap]))
            ]
        except (CannotTell, TypeError):
            roots = [Fraction(k, q) for q in (1, 2, 3) for k in range(-90, 91)]
        for root in roots:
            value = Fraction(str(mpmath.nstr(inexact(root), 30))).limit_denominator(10_000)
            try:
                if is_near(evaluate(body, told.scope.where({name: value})), wanted) and value not in found:
                    found.append(value)
            except Undefined:
                continue  # no value there, so no root
    return found


def _extreme(told: Told) -> bool | None:
    """The value that a search comes to, from many places of the domain."""
    name, body = body_of(told, told.tree("e"))
    word = told.word("what") or told.word("at")
    highest = word in ("maximum", "greatest", "largest", "最大值")
    told.word("what2")
    relations = list(told.facts.constraints)
    if told.has("x") and told.tree("x").kind == "rel":
        tree = told.tree("x")
        relations += [
            Relation(a, s, b) for a, s, b in zip(tree.parts, tree.text.split(), tree.parts[1:], strict=False)
        ]
    kinds = set(told.facts.kinds.get(name, ()))
    positive = "positive" in told.word("dom") or "positive" in kinds

    function = float_function(body, {name}, told.scope)

    def height(x: Any) -> Any:
        if (positive and x <= 0) or not all(satisfies(r, told.scope.where({name: x})) for r in relations):
            return None
        try:
            value = function({name: x})
        except Undefined:
            return None
        return value if highest else -value

    place, best = _climbed(height, told.seed)
    if told.has("at"):
        return bool(abs(place - float(inexact(told.result))) < 1e-4 * (1 + abs(place)))
    result = float(inexact(told.result)) * (1 if highest else -1)
    return bool(abs(best - result) < 1e-7 * (1 + abs(best)))


def _climbed(height: Any, seed: str) -> tuple[float, float]:
    places = [float(x) for x in (*fractions(seed, 50, 6), *fractions(seed + "+", 30, 60))]
    places += [float(k) for k in range(-12, 13)]
    heights = [(value, x) for x in places if (value := height(x)) is not None]
    if not heights:
        raise CannotTell("no place of the domain")
    best, place = max(heights)
    step = 1.0
    while step > 1e-9:
        moved = [(value, x) for x in (place - step, place + step) if (value := height(x)) is not None]
        top = max(moved, default=(best, place))
        if top[0] > best:
            best, place = top
        else:
            step /= 2
        if abs(place) > 1e6:
            raise CannotTell("no extreme")
    return place, best


def polynomial_of(told: Told, tree: Node, name: str) -> Polynomial:
    """The coefficients of a polynomial in one name; an equation is left minus right."""
    if tree.kind == "rel" and tree.parts[0].kind == "apply":
        tree = tree.parts[1]
    elif tree.kind == "rel":
        tree = Node("sub", tree.parts)
    above, below = as_fraction(tree, name, told.scope)
    if len(below) != 1:
        raise CannotTell("no polynomial")
    return [c / below[0] for c in above]


def _sole_name(told: Told, tree: Node) -> str:
    if tree.kind == "apply" and tree.text in told.facts.functions:
        return told.facts.functions[tree.text].arguments[0]
    names = names_in(tree.parts[1] if tree.kind == "rel" and tree.parts[0].kind == "apply" else tree, told)
    if len(names) != 1:
        raise CannotTell("several names")
    return names.pop()


def _of_polynomial(told: Told) -> bool | None:
    tree = told.tree("e")
    name = _sole_name(told, tree)
    p = polynomial_of(told, tree, name)
    if told.has("m"):
        wanted = polynomial_of(told, told.tree("m"), name)
        place = len(wanted) - 1
        return told.equals(p[place] if place < len(p) else 0)
    what = told.word("what")
    if what == "discriminant":
        return told.equals(p[1] ** 2 - 4 * p[2] * p[0]) if len(p) == 3 else None
    made = {
        "degree": len(p) - 1,
        "leading coefficient": p[-1],
        "constant term": p[0],
        "sum of the coefficients": at(p, 1),
    }
    return told.equals(made[what])


def _of_monomial(told: Told) -> bool | None:
    """How often the formula doubles, far out along a line of hashed direction; its value where all letters are 1."""
    tree = told.tree("e")
    names = sorted(names_in(tree, told))
    if told.word("what") in ("coefficient", "系数"):
        return told.equals(evaluate(tree, told.scope.where(dict.fromkeys(names, 1))))
    way = dict(zip(names, (abs(x) + 1 for x in fractions(told.seed, len(names), 3)), strict=True))
    one, two = (
        inexact(evaluate(tree, told.scope.where({name: x * far for name, x in way.items()})))
        for far in (10**12, 2 * 10**12)
    )
    degree = mpmath.log(abs(two / one), 2)
    return bool(abs(degree - mpmath.nint(degree)) < 1e-6 and told.equals(int(mpmath.nint(degree))))


def _complex_zeros(p: Polynomial) -> list[Any]:
    return list(mpmath.polyroots([inexact(c) for c in reversed(p)], maxsteps=300, extraprec=200))


def _vieta(told: Told) -> bool | None:
    tree = told.tree("e")
    zeros = _complex_zeros(polynomial_of(told, tree, _sole_name(told, tree)))
    word = told.word("what")
    made = mpmath.fprod(zeros) if word == "product" else sum(z**2 if "squares" in word else z for z in zeros)
    return bool(abs(made - inexact(told.result)) < mpmath.mpf(10) ** -15 * (1 + abs(made)))


def _horizontal(told: Told) -> bool | None:
    name, body = body_of(told, told.tree("e"))
    sides = [
        limit(lambda x: evaluate(body, told.scope.where({name: x})), end, "")
        for end in (mpmath.inf, -mpmath.inf)
    ]
    return all(abs(side - inexact(told.result)) < 1e-5 * (1 + abs(side)) for side in sides)


def _verticals(told: Told) -> bool | None:
    name, body = body_of(told, told.tree("e"))
    _, below = as_fraction(body, name, told.scope)
    count = 0
    for place in range(real_zeros(below)):
        near, nearer = (
            abs(
                inexact(
                    evaluate(body, told.scope.where({name: real_root(below, place) + mpmath.mpf(10) ** -k}))
                )
            )
            for k in (3, 6)
        )
        count += bool(nearer > 100 * near)
    return told.equals(count)


def _identity(told: Told) -> bool | None:
    """The constants by a search.

    It starts from as many hashed places of the variable as there are constants.
    """
    tree = told.tree("e")
    left, right = (tree, told.tree("f")) if told.has("f") else tree.parts
    target = told.tree("g")
    names = names_in(left, told) | names_in(right, told)
    if told.has("ns"):
        unknowns = {
            part.text for formula in told.ask.formulas("ns") for part in told.facts.parse_list(formula)
        }
    else:
        unknowns = names_in(target, told) if not told.has("x") else names - {told.tree("x").text}
    others = sorted(names - unknowns)
    if not others:
        return _rational_constants(told, left, right, sorted(unknowns))
    points = [
        dict(zip(others, (abs(x) for x in fractions(f"{told.seed}!{k}", len(others), 2)), strict=True))
        for k in range(len(unknowns) + 2)
    ]
    relations = [Relation(put_in(left, point), "=", put_in(right, point)) for point in points]
    parts = target.parts if target.kind == "tuple" else (target,)
    equations, checks = relations[: len(unknowns)], relations[len(unknowns) :]
    verdicts = [
        values_under(told, part, [value], equations, checks)
        for part, value in zip(parts, told.results, strict=True)
    ]
    return False if False in verdicts else None if None in verdicts else True


def _rational_constants(told: Told, left: Node, right: Node, names: list[str]) -> bool | None:
    """The rational coefficients of irrational numbers.

    They are an integer relation to 40 digits (PSLQ).
    """

    def at_place(chosen: str) -> Any:
        place = {name: int(name == chosen) for name in names}
        return inexact(evaluate(right, told.scope.where(place)))

    start = at_place("")
    basis = [at_place(name) - start for name in names]
    wanted = inexact(evaluate(left, told.scope)) - start
    relation = mpmath.pslq([wanted, *basis], maxcoeff=10**6, maxsteps=20_000)
    if not relation or not relation[0]:
        return None
    values = dict(zip(names, (Fraction(-c, relation[0]) for c in relation[1:]), strict=True))
    target = told.tree("g")
    parts = target.parts if target.kind == "tuple" else (target,)
    inside = told.scope.where(values)
    return all(
        is_near(evaluate(part, inside), value) for part, value in zip(parts, told.results, strict=True)
    )


def _of_roots(told: Told) -> bool | None:
    names = [part.text for formula in told.ask.formulas("rs") for part in told.facts.parse_list(formula)]
    tree = told.tree("p")
    if tree.kind == "rel" and tree.parts[0].kind == "apply" and tree.parts[1] == Node("num", text="0"):
        return None
    variable = (
        names_in(tree.parts[-1] if tree.kind == "rel" and tree.parts[0].kind == "apply" else tree, told)
    ).pop()
    if tree.kind == "rel":
        tree = tree.parts[1] if tree.parts[0].kind == "apply" else Node("sub", tree.parts)
    zeros = _complex_zeros(as_fraction(tree, variable, told.scope)[0])
    result = inexact(told.result)
    for order in itertools.islice(itertools.permutations(zeros), 6):
        value = inexact(evaluate(told.tree("g"), told.scope.where(dict(zip(names, order, strict=True)))))
        if abs(value - result) > mpmath.mpf(10) ** -12 * (1 + abs(value)):
            return False
    return True


def _how_much_more(told: Told) -> bool | None:
    return told.result > 0 and is_near(told.number("b") + told.result, told.number("a"))


def _two_numbers(told: Told) -> bool | None:
    """The two numbers by a search, and what is asked of each pair that it finds."""
    x, y = Node("name", text="x"), Node("name", text="y")
    words = "sum" if told.word("a") == "add" else told.word("a"), told.word("b")
    laws = [
        Relation(_of_two(word, x, y), "=", told.tree(group)) for word, group in zip(words, "st", strict=True)
    ]
    places = solutions_near(laws, ["x", "y"], told.scope, told.seed)
    positive = "positive" in told.word("kind")
    kept = [
        place
        for place in places
        if place["x"] >= place["y"] - 1e-7 and not (positive and min(place.values()) <= 1e-9)
    ]
    target = _of_two(told.word("g"), x, y)
    reached = [inexact(evaluate(target, told.scope.where(place))) for place in kept]
    result = inexact(told.result)
    if not reached:
        return None
    return all(abs(value - result) < 1e-6 * (1 + abs(result)) for value in reached)


def _of_two(word: str, x: Node, y: Node) -> Node:
    """The formula that words mean of a larger and a smaller number."""
    two, one = Node("num", text="2"), Node("num", text="1")
    if word.startswith(("larger", "smaller")):
        return x if word.startswith("larger") else y
    if "reciprocals" in word:
        return Node("add", (Node("div", (one, x)), Node("div", (one, y))))
    kind = "sub" if "difference" in word else "mul" if "product" in word else "add"
    if word.startswith("square of"):
        return Node("pow", (Node(kind, (x, y)), two))
    if "squares" in word:
        x, y = Node("pow", (x, two)), Node("pow", (y, two))
    return Node(kind, (x, y))


def _power_of(told: Told) -> bool | None:
    return is_near(inexact(power(told.number("a"), told.result)), inexact(told.number("b")))


def _place(told: Told, group: str) -> int:
    word = told.word(group)
    if word in ORDINALS:
        return ORDINALS.index(word) + 1
    digits = re.match(r"\d+", told.ask.read.formulas[int(word.strip("⟦⟧"))])
    if digits is None:
        raise CannotTell("no place")
    return int(digits.group())


def _third_term(told: Told) -> bool | None:
    i, j, k = (_place(told, group) for group in "ijk")
    a, b, v = told.number("a"), told.number("b"), told.result
    if told.word("kind") == "arithmetic":
        return is_near((v - a) * (j - i), (b - a) * (k - i))
    return is_near(power(Fraction(v) / a, j - i), power(Fraction(b) / a, k - i))


def _unknown_term(told: Told) -> bool | None:
    trees = [tree for tree in told.facts.parse_list(told.ask.formula("s")) if tree.kind != "dots"]
    inside = told.scope.where({told.tree("x").text: told.result})
    first, second, third = (evaluate(tree, inside) for tree in trees)
    return is_near(second - first, third - second)


def _coefficient_of_root(told: Told) -> bool | None:
    tree, name = told.tree("p"), told.tree("v").text
    if tree.kind == "rel":
        tree = Node("sub", tree.parts)
    (variable,) = names_in(tree, told) - {name}
    value = evaluate(tree, told.scope.where({name: told.result, variable: told.number("r")}))
    return bool(abs(inexact(value)) < mpmath.mpf(10) ** -20)


def _through_points(told: Told) -> bool | None:
    """Lagrange's formula at the asked place, or the result at the given places."""
    relations = [tree for formula in told.ask.formulas("es") for tree in told.facts.parse_list(formula)]
    places = [
        (evaluate(r.parts[0].parts[0], told.scope), evaluate(r.parts[1], told.scope)) for r in relations
    ]
    if told.expected.kind == "expression":
        (made,) = told.expected.values
        (name,) = names_of(made) or {"x"}
        return all(is_near(number_of(made, {name: x}), y) for x, y in places)
    at_place = evaluate(told.tree("g").parts[0], told.scope)
    degree = len(places) if told.has("monic") else 0
    total = Fraction(0)
    for x, y in places:
        weight = Fraction(1)
        for other, _ in places:
            weight *= Fraction(at_place - other) / (x - other) if other != x else 1
        total += (y - (Fraction(x) ** degree if degree else 0)) * weight
    return told.equals(total + (Fraction(at_place) ** degree if degree else 0))


def _wave(told: Told) -> bool | None:
    name, body = body_of(told, told.tree("e"))
    result = told.result

    def height(x: Any) -> Any:
        return inexact(real_part_of(evaluate(body, told.scope.where({name: x}))))

    if told.word("what") == "amplitude":
        return None if not told.expected.values else _is_amplitude(height, inexact(result))
    places = [inexact(x) for x in fractions(told.seed, 6, 3)]

    def repeats(step: Any) -> bool:
        return all(abs(height(x + step) - height(x)) < 1e-15 * (1 + abs(height(x))) for x in places)

    return repeats(inexact(result)) and not any(repeats(inexact(result) / k) for k in (2, 3, 5))


def _is_amplitude(height: Any, result: Any) -> bool:
    top = -_climbed(lambda x: -float(height(x)), "down")[1]
    high = _climbed(lambda x: float(height(x)), "up")[1]
    return bool(abs((high - top) / 2 - float(result)) < 1e-6)


def _whole_part(told: Told) -> bool | None:
    value = inexact(real_part_of(told.number("e")))
    how, v = told.word("how").removeprefix("that is "), told.result
    if how == "to":
        return bool(abs(value - v) < 0.5)
    if "less" in how or "not" in how:
        return bool(
            (v < value if how == "less than" else v <= value)
            and v + 1 >= value
            and v + 1 > value - (how == "less than")
        )
    return bool((v > value if how == "greater than" else v >= value) and v - 1 <= value)


def _of_positive_numbers(told: Told) -> bool | None:
    """The value is reached, and none that is one hundredth beyond it."""
    lowest = told.word("what") in ("minimum", "least", "smallest", "最小值")
    target, result = told.tree("e"), Fraction(str(mpmath.nstr(inexact(told.result), 15)))
    names = sorted(
        names_in(target, told)
        | {n for r in told.facts.equations for n in names_in(r.left, told) | names_in(r.right, told)}
    )

    def reached(value: Fraction, seed: str) -> bool:
        wanted = Relation(target, "=", put_in(Node("name", text="v"), {"v": value}))
        found = solutions_near([*told.facts.equations, wanted], names, told.scope, seed)
        return any(all(x > 1e-9 for x in place.values()) for place in found)

    inward = result * (Fraction(1001, 1000) if lowest else Fraction(999, 1000))
    outward = result * (Fraction(99, 100) if lowest else Fraction(101, 100))
    if reached(outward, told.seed + "-"):
        return False
    return True if reached(inward, told.seed) else None


def _integer_between(told: Told) -> bool | None:
    found = whole_numbers(told, told.tree("x").text)
    return told.equals(found[0]) if len(found) == 1 and abs(found[0]) < 1_500 else None


ALGEBRA: dict[str, Confirmation] = {
    "equations._integer_between": _integer_between,
    "values._computed": _computed,
    "values._all_values": _all_values,
    "values._how_much_more": _how_much_more,
    "values._expanded": _rewritten,
    "values._factored": _rewritten,
    "equations._ordered": _solved,
    "equations._solved": _solved,
    "equations._of_all_roots": _of_all_roots,
    "extremes._extreme": _extreme,
    "extremes._whole_part": _whole_part,
    "extremes._through_points": _through_points,
    "extremes._wave": _wave,
    "functions._domain": _domain,
    "functions._range": _range,
    "functions._undefined": _undefined,
    "functions._inverse": _inverse,
    "functions._extreme": _extreme,
    "functions._of_polynomial": _of_polynomial,
    "functions._of_monomial": _of_monomial,
    "functions._vieta": _vieta,
    "functions._horizontal": _horizontal,
    "functions._verticals": _verticals,
    "identities._identity": _identity,
    "identities._of_roots": _of_roots,
    "identities._two_numbers": _two_numbers,
    "identities._power_of": _power_of,
    "identities._third_term": _third_term,
    "identities._unknown_term": _unknown_term,
    "identities._coefficient_of_root": _coefficient_of_root,
    "extremes._of_positive_numbers": _of_positive_numbers,
}
