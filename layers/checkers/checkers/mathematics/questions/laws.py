"""Questions for values of functions and constants that a law decides: an equation that holds for every value of a variable."""

from __future__ import annotations

from typing import Any

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.build import build, symbol
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.problem.facts import Facts, Relation, is_kind
from checkers.mathematics.problem.laws import Law, applied, instances, names_in_law, points_of, value_names
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.values import value_expected
from checkers.mathematics.solving.equations import possible_values

__all__ = ["QUESTIONS", "targets_of"]

MOST_NAMES = 60
MOST_BENT = 4
"""Unknowns of a system that is not linear."""
HIGHEST_DEGREE = 4
_VARIABLES = frozenset("xyztn")


@asked(
    r"(?:what is|find|compute|determine|evaluate|calculate|enter)(?: the)?(?: value of| ordered pair| ordered triple| ordered quadruple)?(?: the)?(?: constant)? <e>",
    r"(?:find|determine|what is)(?: the)?(?: value of)?(?: the)? (?P<ckind>(?:real )?constants?) <e>,? (?:such that|so that|if|for which|given that) <l>(?: for all (?P<vkind>(?:real )?(?:values of |numbers )?)<x>)?",
    takes="laws equations kinds",
    words="ordered pair triple quadruple",
)
def _under_laws(ask: Ask) -> Expected:
    """What the instances of the laws, with the equations, decide."""
    _make_instances(ask)
    targets = targets_of(ask.tree("e"), ask.facts)
    values = [_decided(target, ask.facts) for target in targets]
    if len(targets) == 1:
        return value_expected(ask, values[0], ask.tree("e"), method="substitution")
    names = tuple(part.text for part in ask.tree("e").parts if part.kind == "name")
    return Expected("pair", tuple(values), "substitution", names=names if len(names) == len(values) else ())


def targets_of(tree: Node, facts: Facts) -> list[Node]:
    """What is asked for, with a name for each value of a function that is not defined."""
    parts = tree.parts if tree.kind == "tuple" else (tree,)
    return [value_names(part, facts.functions) for part in parts]


def _make_instances(ask: Ask) -> None:
    """Put the instances of all laws among the equations."""
    facts, target = ask.facts, ask.tree("e")
    laws = [*facts.laws, *_told_in_the_question(ask)]
    asked_names = names_in_law(target)
    plain: list[Relation] = []
    for equation in facts.equations:
        law = _implied(equation, facts, asked_names) or _between_constants(equation, ask, asked_names)
        if law is None:
            plain.append(equation)
        else:
            laws.append(law)
    if not laws or any(names_in_law(target) & set(law.variables) for law in laws):
        raise NotUnderstood("nothing that holds everywhere, or its variable is asked for")
    known = facts.functions
    points = points_of(target, known)
    for equation in plain:
        points |= points_of(equation.left, known) | points_of(equation.right, known)
    found = [
        Relation(value_names(equation.left, known), "=", value_names(equation.right, known))
        for equation in plain
    ]
    for law in laws:
        made = [Relation(left, "=", right) for left, right in instances(law, known, points)]
        found += [relation for relation in made if _is_defined(relation, facts)]
    facts.equations[:] = found
    facts.laws.clear()


def _told_in_the_question(ask: Ask) -> list[Law]:
    if not ask.has("l"):
        return []
    ask.word("ckind"), ask.word("vkind")
    tree = ask.tree("l")
    if tree.kind != "rel" or tree.text != "=":
        raise NotUnderstood("no equation")
    asked_names = names_in_law(ask.tree("e"))
    names = {ask.tree("x").text} if ask.has("x") else (names_in_law(tree) & _VARIABLES) - asked_names
    if len(names) != 1 or ask.facts.equations or not asked_names:
        raise NotUnderstood("no variable")
    return [Law(tree.parts[0], tree.parts[1], tuple(names))]


def _implied(equation: Relation, facts: Facts, asked_names: set[str]) -> Law | None:
    """The law that an equation is: in the argument of a function, a name that nothing else speaks of."""
    calls = [call for side in (equation.left, equation.right) for call in applied(side)]
    names = set().union(*(names_in_law(call) for call in calls)) if calls else set()
    arguments = {name for definition in facts.functions.values() for name in definition.arguments}
    unknown = any(call.text not in facts.functions for call in calls)
    free = {
        name
        for name in names & (_VARIABLES if unknown else arguments)
        if name not in asked_names and name not in facts.kinds and name not in facts.names
    }
    others = [other for other in facts.equations if other is not equation]
    if any(names_in_law(side) & free for other in others for side in (other.left, other.right)):
        return None
    return Law(equation.left, equation.right, tuple(sorted(free))) if free else None


def _between_constants(equation: Relation, ask: Ask, asked_names: set[str]) -> Law | None:
    """The law that an equation is in the one letter that is no constant, where the others are called constants."""
    facts = ask.facts
    names = names_in_law(equation.left) | names_in_law(equation.right)
    variables = {name for name in names & _VARIABLES if name not in facts.kinds and name not in facts.names}
    called = "constant" in ask.text or all(name in facts.kinds for name in names - variables)
    if len(variables) != 1 or variables & asked_names or not called or len(facts.equations) != 1:
        return None
    return Law(equation.left, equation.right, tuple(variables)) if names - variables else None


def _is_defined(relation: Relation, facts: Facts) -> bool:
    try:
        difference = build(relation.left, facts.context()) - build(relation.right, facts.context())
    except NotUnderstood:
        return False
    return bool(difference.is_finite is not False)


def _decided(target: Node, facts: Facts) -> Any:
    """The one value of the target under the equations."""
    context = facts.context()
    asked_for = build(target, context)
    differences = [build(one.left, context) - build(one.right, context) for one in facts.equations]
    names = sorted(set().union(*(part.free_symbols for part in (asked_for, *differences))), key=str)
    if not names or len(names) > MOST_NAMES:
        raise NotUnderstood("too many values")
    rows = [sp.expand(part) for part in differences]
    degrees = [sp.Poly(row, *names).total_degree() if row.is_polynomial(*names) else 99 for row in rows]
    if max(degrees, default=0) > 1:
        if len(names) > MOST_BENT or max(degrees) > HIGHEST_DEGREE:
            raise NotUnderstood("a system of high degree")
        values = possible_values(target, facts)
        if len(values) != 1:
            raise NotUnderstood("several values")
        return values[0]
    solved = sp.linsolve(rows, *names)
    if solved == sp.S.EmptySet:
        raise NotUnderstood("a contradiction")
    places = dict(zip(names, next(iter(solved)), strict=True))
    for name, kinds in facts.kinds.items():
        value = places.get(symbol(name, context))
        if value is not None and (value.free_symbols or not is_kind(value, kinds)):
            raise NotUnderstood("a constant that is not of that kind, or not decided")
    value = sp.simplify(asked_for.subs(places, simultaneous=True))
    if value.free_symbols or not value.is_finite:
        raise NotUnderstood("a value that is not decided")
    return value


QUESTIONS = (_under_laws,)
