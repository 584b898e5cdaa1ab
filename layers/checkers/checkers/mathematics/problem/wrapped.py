"""Questions that ask for the letters of a form: `The answer can be written as (a + b√c)/d, where … . Find a + b + c + d.`

What is before the form is a question of its own; every word about the letters is a condition that is known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from checkers.mathematics.formulas.grammar import parse, parse_list
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.problem.kinds import kinds_of
from checkers.mathematics.problem.reading import Reading

__all__ = ["Form", "unwrapped"]


@dataclass(frozen=True)
class Form:
    """The form, its letters, the kinds and conditions of these, and the formula of them that is asked for."""

    tree: Node
    names: tuple[str, ...]
    kinds: dict[str, frozenset[str]]
    coprime: tuple[tuple[str, ...], ...]
    """Sets of letters without a common factor."""
    square_free: frozenset[str]
    target: Node


_FORM = re.compile(
    r",? (?:(?:can|may|could) (?:also )?be (?:uniquely )?(?:written|expressed|simplified)(?: uniquely)? (?:in the (?:equivalent )?form|as|to the form|in simplest (?:radical )?form as)(?: of)?:?"
    r"|is(?: equal to)?|equals) ⟦(?P<f>\d+)⟧,?(?P<rest>(?: where| for| with| in which| such that).*)$"
)
_SUBJECT = re.compile(
    r"(?:then )?(?:(?:the|your|this|its|his|her|simplified|resulting|final|common|exact|desired|fully) )*(?:answer|result|value|expression|number|solution|it|this|sum|product|fraction)"
)
_GIVEN = re.compile(r"((?:if|given that|when) .*,) (?:then )?(?=(?:the |⟦\d+⟧$))")
_ASKED = re.compile(
    r"[.,;] ?(?:then )?(?:what is|what's|find|compute|determine|enter|give)(?: the value of)? ⟦(?P<g>\d+)⟧ ?[.?]*$"
)
_NAMES = r"(?P<ns>⟦\d+⟧(?:(?:,| and|, and) ?⟦\d+⟧)*)"
_ONE = r"⟦(?P<one>\d+)⟧"
_SQUARE = rf"(?:(?:the )?square of (?:any|a) (?:prime number|prime|(?:positive )?integer (?:greater|larger) than)|any perfect squares? (?:greater|larger|other) than)(?: {_ONE})?"
_CONDITIONS = (
    ("kind", re.compile(rf"{_NAMES},? (?:are|is)(?: all| both)?(?: an?)? (?P<kind>(?:(?:positive|negative|nonnegative|nonzero|distinct|real|rational),? )*(?:integers?|numbers?|constants?)|positive)(?![a-z])")),
    ("coprime", re.compile(rf"{_NAMES},? (?:are|have|is|has)(?: all)? (?P<kind>(?:positive )?)(?:relatively prime|coprime|no common factors?(?: other than {_ONE}| greater than {_ONE.replace('one', 'two')})?)(?P<more> (?:positive )?integers| with {_NAMES.replace('ns', 'with')})?(?![a-z])")),
    ("coprime", re.compile(rf"(?:the )?(?:greatest common (?:divisor|factor)|gcd) of {_NAMES} is {_ONE}")),
    ("free", re.compile(rf"{_NAMES} (?:is|are) (?:not divisible by (?:{_SQUARE})|square-?free)")),
)  # fmt: skip
_GLUE = re.compile(
    r"(?:[,;]|\.(?= if| given)|if|given that|and|such that|where|with|for|in which|so that)(?![a-z]) ?"
)


def unwrapped(read: Reading) -> tuple[Reading, Form] | None:
    """The question before a form, and the form; None where there is none, or a word of it is not known."""
    match = _FORM.search(read.sentences)
    if match is None:
        return None
    asked = _ASKED.search(match["rest"])
    if asked is None:
        return None
    try:
        form = _form(read, match["rest"][: asked.start()], int(match["f"]), int(asked["g"]))
    except NotUnderstood:
        return None
    before = read.sentences[: match.start()]
    place = max(before.rfind(". "), before.rfind("? "), before.rfind(".) "))
    opening, last = before[: place + 1], before[place + 1 :].strip()
    given = _GIVEN.match(last)
    if given:
        opening, last = f"{opening} {given[1]}", last[given.end() :]
    inner = opening.strip() if _SUBJECT.fullmatch(last) else f"{opening} find {last}".strip()
    if not inner or read.notes:
        return None
    return replace(read, sentences=inner), form


def _form(read: Reading, conditions: str, f: int, g: int) -> Form:
    tree = parse(read.formulas[f], frozenset())
    names = tuple(sorted(_names(tree)))
    kinds: dict[str, frozenset[str]] = {}
    coprime: list[tuple[str, ...]] = []
    square_free: set[str] = set()
    left = conditions.strip()
    while left:
        glue = _GLUE.match(left)
        if glue:
            left = left[glue.end() :]
            continue
        sort, match = next(
            ((sort, match) for sort, shape in _CONDITIONS if (match := shape.match(left))), ("", None)
        )
        if match is None:
            raise NotUnderstood("a condition on a letter that is not known")
        groups = match.groupdict()
        held = _listed(read, groups["ns"])
        if any(read.formulas[int(groups[one])].strip() != "1" for one in ("one", "two") if groups.get(one)):
            raise NotUnderstood("another number than 1")
        if not set(held) <= set(names):
            raise NotUnderstood("a condition on another letter")
        if sort == "free":
            square_free |= set(held)
        elif sort == "kind":
            for name in held:
                kinds[name] = kinds.get(name, frozenset()) | kinds_of(groups["kind"])
        else:
            more = groups.get("more") or ""
            others = _listed(read, groups.get("with") or "")
            if not set(others) <= set(names):
                raise NotUnderstood("a condition on another letter")
            coprime.append((*held, *others))
            if "integers" in more or "positive" in (groups.get("kind") or ""):
                for name in held:
                    kinds[name] = kinds.get(name, frozenset()) | kinds_of((groups["kind"] or "") + more)
        left = left[match.end() :].strip()
    if set(kinds) != set(names) or not 2 <= len(names) <= 4:
        raise NotUnderstood("a letter of no kind")
    target = parse(read.formulas[g], frozenset())
    if not _names(target) <= set(names):
        raise NotUnderstood("another letter")
    return Form(tree, names, kinds, tuple(coprime), frozenset(square_free), target)


def _listed(read: Reading, slots: str) -> tuple[str, ...]:
    trees = [
        tree
        for number in re.findall(r"\d+", slots)
        for tree in _spread(parse_list(read.formulas[int(number)], frozenset()))
    ]
    if any(tree.kind != "name" for tree in trees):
        raise NotUnderstood("no letter")
    return tuple(tree.text for tree in trees)


def _spread(tree: Node) -> tuple[Node, ...]:
    return tree.parts if tree.kind == "list" else (tree,)


def _names(tree: Node) -> set[str]:
    return ({tree.text} if tree.kind == "name" else set()).union(*(_names(part) for part in tree.parts))
