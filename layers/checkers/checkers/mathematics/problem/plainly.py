"""Sentences that give names of some kind and relations between them, in whatever order their words stand.

`Two positive reals x and y are such that xy = 3 and x > y`: each word is one of a closed list that cannot change what
the formulas say, or belongs to a phrase for a kind of number that stands beside names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.problem.kinds import kinds_of
from checkers.mathematics.problem.reading import Reading

__all__ = ["Plain", "plain_sentence"]

_WORDS = frozenset(
    ["let", "suppose", "if", "given", "assume", "consider", "that", "there", "exist", "exists", "are", "is", "be", "when", "where", "some", "the", "a", "an", "of", "satisfy", "satisfies", "satisfying", "such", "so", "which", "for", "with", "and", "both", "hold", "holds", "have", "has", "equation", "equations", "system", "following", "know", "we", "it", "known", "now", "then", "also", "true"]
)  # fmt: skip
_OF_FUNCTIONS = frozenset(["function", "functions", "property", "functional", "taking", "defined"])
"""Words beside those in a sentence that holds everywhere."""
_KIND = (
    r"(?:(?:two|three|four|the|a|an|distinct|different|positive|negative|non-?negative|non-?positive|non-?zero|real|rational|irrational|even|odd|"
    r"prime|composite|two-digit|three-digit|natural|whole),? )*"
    r"(?:integers?|numbers?|constants?|reals?|primes?|positive|negative|non-?negative|non-?zero|real|even|odd|prime)"
)
_NAMES = r"⟦n\d+⟧(?:(?:,| and|, and) ?⟦n\d+⟧)*"
_BESIDE = (
    re.compile(
        rf"(?P<names>{_NAMES}),? (?:are|be|is|denote|represent) (?:all |both )?(?P<kind>{_KIND})(?![a-z-]| (?:roots?|solutions?))"
    ),
    re.compile(rf"(?<![a-z-])(?P<kind>{_KIND}) (?P<names>{_NAMES})"),
)
_EVERY = re.compile(
    rf"(?:for|over) (?:all|any|every|each) (?P<kind>(?:{_KIND})?(?: ?values of)?) ?(?P<names>{_NAMES})(?![a-z])"
)
_FUNCTION = re.compile(
    r"[a-zA-Z]\s*\(\s*[a-z]\s*(?:,\s*[a-z]\s*)*\)|[a-zA-Z]\s*:\s*\\math\w+\s*\{?\s*R\s*\}?\s*\\to\s*\\math\w+\s*\{?\s*R\s*\}?"
)
_END = re.compile(
    r"[.;](?= |$)|,? then(?= (?:what|find|compute|determine|evaluate|the ))|,(?= (?:then )?(?:what|find|compute|determine|evaluate|calculate) )"
)
_RELATION = re.compile(r"[=<>]|\\(?:leq?|geq?|neq?|lt|gt)(?![a-z])")
_NAME = re.compile(r"(?:[a-zA-Z]|\\[a-z]+)(?:_(?:\d|\{\d+\}))?")


@dataclass(frozen=True)
class Plain:
    """What one sentence gives: relations, bare names, and kinds of some names; and its length.

    What it says of the `variables` it says of every value of them that is of that kind.
    """

    length: int
    relations: tuple[str, ...]
    names: tuple[str, ...]
    kinds: tuple[tuple[str, frozenset[str]], ...]
    variables: tuple[str, ...] = ()
    variable_kinds: frozenset[str] = frozenset()


def plain_sentence(text: str, read: Reading) -> Plain | None:
    """The first sentence, where it is a plain one."""
    end = _END.search(text)
    if end is None or not end.start():
        return None
    sentence = text[: end.start()]
    relations: list[str] = []

    def marked(match: re.Match[str]) -> str:
        formula = read.formulas[int(match[1])].strip()
        if all(_NAME.fullmatch(part.strip()) for part in formula.split(",")):
            return f"⟦n{match[1]}⟧"
        if _FUNCTION.fullmatch(formula):
            return "⟦f⟧"
        relations.append(formula)
        return "⟦r⟧" if _RELATION.search(formula) else "⟦?⟧"

    sentence = re.sub(r"⟦(\d+)⟧", marked, sentence)
    if "⟦?⟧" in sentence:
        return None
    everywhere = _EVERY.search(sentence)
    if everywhere:
        sentence = sentence[: everywhere.start()] + " " + sentence[everywhere.end() :]
    elif "⟦f⟧" in sentence:
        return None
    names = _names(sentence, read)
    kinds: list[tuple[str, tuple[str, ...]]] = []
    for shape in _BESIDE:
        kinds += [(match["kind"], _names(match["names"], read)) for match in shape.finditer(sentence)]
        sentence = shape.sub(" ", sentence)
    left = re.findall(r"[^\s,:()]+", re.sub(r"⟦[fnr]\d*⟧", " ", sentence))
    known = _WORDS | _OF_FUNCTIONS if everywhere else _WORDS
    if any(word not in known for word in left) or not (relations or kinds):
        return None
    found: list[tuple[str, frozenset[str]]] = []
    try:
        for words, held in kinds:
            if _miscounted(words, held):
                return None
            named = kinds_of(re.sub(r"\b(?:two|three|four)\b", " ", words))
            found += [(name, named) for name in held]
        everyone = kinds_of(everywhere["kind"]) if everywhere else frozenset()
    except NotUnderstood:
        return None
    variables = _names(everywhere["names"], read) if everywhere else ()
    return Plain(end.end(), tuple(relations), names, tuple(found), variables, everyone)


def _names(sentence: str, read: Reading) -> tuple[str, ...]:
    return tuple(
        part.strip()
        for number in re.findall(r"⟦n(\d+)⟧", sentence)
        for part in read.formulas[int(number)].split(",")
    )


_COUNTS = {"two": 2, "three": 3, "four": 4}


def _miscounted(words: str, names: tuple[str, ...]) -> bool:
    return any(re.search(rf"\b{word}\b", words) and count != len(names) for word, count in _COUNTS.items())
