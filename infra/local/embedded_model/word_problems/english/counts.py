"""How many in all, and how many more: the words of the question choose among the quantities.

Where they leave more quantities than the question accounts for, or a word of it is in none, nothing is answered.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from embedded_model.word_problems.english.asking import EMPTY, HAVING, Question, content, known
from embedded_model.word_problems.english.holdings import amount, same
from embedded_model.word_problems.english.lexicon import (
    DETERMINERS,
    KINDS,
    PREPOSITIONS,
    VERBS,
    lemma,
)
from embedded_model.word_problems.english.quantities import Quantity
from embedded_model.word_problems.working import Working

__all__ = ["compare", "states", "together", "total"]

_MORE = re.compile(
    r"how (?:many|much) (?P<sign>more|fewer|less|farther|further|longer|taller|heavier|bigger|higher)\b ?(?P<more>.*?) than (?P<than>.+)"
)


def total(question: Question, quantities: Sequence[Quantity], working: Working) -> Fraction | None:
    """The sum of the quantities that the question is about."""
    if (
        any(quantity.than for quantity in quantities)
        or question.more
        or question.per
        or question.start
        or question.grouped
        or " than " in question.text
    ):
        return None
    about = [quantity for quantity in quantities if _counts(quantity, question)]
    if any(quantity.thing < question.thing for quantity in quantities) or len(about) < 2:
        return None
    if any(
        quantity.value is None or quantity.end or quantity.start or quantity.per or quantity.own
        for quantity in about
    ):
        return None
    words = [word for word in content(question.text) if word not in question.thing]
    if not known(question, quantities):
        return None
    acting = question.verb not in HAVING | {""}
    if any(
        (quantity.per | quantity.thing) & other.thing
        for quantity in quantities
        if quantity.per
        for other in about
    ):
        return None
    joined = _joined(question)
    chosen = [quantity for quantity in about if not joined or joined & quantity.words]
    for word in words:
        kept = [quantity for quantity in chosen if word in quantity.words or _there(word, quantity, question)]
        if (
            not kept
            and word not in HAVING
            and not any(word in quantity.words for quantity in quantities)
            and word not in KINDS
        ):
            # Told of in a clause without a number: of which of the numbers?
            continue
        chosen = kept if kept and word not in joined else chosen
    if any(not any(word in quantity.words for quantity in chosen) for word in joined):
        return None
    kinds = question.head in KINDS and all(quantity.head != question.head for quantity in chosen)
    if len(chosen) < 2 or (not acting and not question.total and not kinds):
        return None
    if acting and any(quantity.verb != question.verb for quantity in chosen):
        return None
    if not acting and any(
        quantity.role not in {"has", "act"} and not _all_alike(chosen) for quantity in chosen
    ):
        return None
    return _sum(chosen, working)


def _all_alike(quantities: Sequence[Quantity]) -> bool:
    """Whether all come to somebody by the same verb, as what was bought, of which nothing went."""
    return len({quantity.verb for quantity in quantities}) == 1 and all(
        quantity.role in {"gain", "act"} for quantity in quantities
    )


def _there(word: str, quantity: Quantity, question: Question) -> bool:
    """Whether *word* is the place that is asked about, and nothing says that the quantity is elsewhere."""
    return word in question.place and (not quantity.place or word in quantity.place)


def together(question: Question, quantities: Sequence[Quantity], working: Working) -> Fraction | None:
    """What two who are named have together, each with a story of their own."""
    names = re.search(r"(?:do|does|did) ([a-z]+) and ([a-z]+) have\b", question.text)
    if (
        names is None
        or question.grouped
        or question.more
        or question.start
        or not known(question, quantities)
    ):
        return None
    if any(quantity.per or quantity.than or quantity.value is None for quantity in quantities):
        return None
    values = [
        amount(replace(question, who=name, text="how many", end=True, total=False), quantities, working)
        for name in names.groups()
    ]
    if values[0] is None or values[1] is None:
        return None
    return working.calculate(values[0], "+", values[1], "total")


def _joined(question: Question) -> frozenset[str]:
    """The words that the question joins by *and*: in the morning and afternoon, Tim and Ann."""
    skipped = DETERMINERS | PREPOSITIONS | EMPTY
    found = re.search(r"([a-z'-]+)((?:, [a-z'-]+)*),? and (?:in |on |the )*([a-z'-]+)", question.text)
    if found is None:
        return frozenset()
    words = [found[1], *re.findall(r"[a-z'-]+", found[2]), found[3]]
    return frozenset(lemma(word) for word in words if word not in skipped)


def _counts(quantity: Quantity, question: Question) -> bool:
    if question.thing <= quantity.thing:
        return True
    if len(question.thing) == 1 and quantity.head in KINDS.get(question.head, frozenset()):
        return True
    return _either(quantity, question)


def _either(quantity: Quantity, question: Question) -> bool:
    """Candy and chocolate: the thing of a quantity is one of two that the question names."""
    pair = re.match(
        r"how many (?:pieces of |cups of )?([a-z' ]+?) and ([a-z']+?)(?: \w+)? (?:did|do|does|are|were|have|had)\b",
        question.text,
    )
    return pair is not None and any(
        {lemma(word) for word in side.split()} <= quantity.thing for side in pair.groups()
    )


def _sum(quantities: Sequence[Quantity], working: Working) -> Fraction | None:
    values = [quantity.value for quantity in quantities if quantity.value is not None]
    result = values[0]
    for value in values[1:]:
        result = working.calculate(result, "+", value, "total")
    return result


def compare(question: Question, quantities: Sequence[Quantity], working: Working) -> Fraction | None:
    """How much more one side of *than* is than the other."""
    found = _MORE.fullmatch(question.text)
    if found is None or question.grouped or any(quantity.per or quantity.than for quantity in quantities):
        return None
    first, second = _sides(found["more"], found["than"])
    ours, theirs = [w for w in first if w not in second], [w for w in second if w not in first]
    if not ours or not theirs:
        return None
    told = {word for quantity in quantities for word in quantity.words}
    if not {*first, *second} <= told:
        return None
    shared = [word for word in first if word in second]
    acting = bool(_ACTIONS & {*first, *second})
    left, right = (_side(quantities, [*shared, *side], acting=acting) for side in (ours, theirs))
    if left is None or right is None or set(map(id, left)) & set(map(id, right)):
        return None
    heads = {quantity.head for quantity in [*left, *right]}
    if len(heads) > 1 and not heads <= {*first, *second}:
        # Of two kinds of things only what is named is compared.
        return None
    if any(quantity.end != left[0].end or quantity.start for quantity in [*left, *right]) or not heads:
        return None
    more, fewer = _sum(left, working), _sum(right, working)
    if more is None or fewer is None or more == fewer:
        return None
    # A question may take the smaller one for the larger: the difference is the same.
    return working.calculate(max(more, fewer), "-", min(more, fewer), "difference")


def states(question: Question, quantities: Sequence[Quantity], working: Working) -> Fraction | None:
    """How much more one side of *than* is than the other, where each has a story of its own."""
    found = _MORE.fullmatch(question.text)
    if found is None or question.grouped or any(quantity.per or quantity.than for quantity in quantities):
        return None
    if not known(question, quantities):
        return None
    first, second = _sides(found["more"], found["than"])
    values = [_state(question, words, quantities, working) for words in (first, second)]
    if values[0] is None or values[1] is None or values[0] == values[1]:
        return None
    return working.calculate(max(values[0], values[1]), "-", min(values[0], values[1]), "difference")


def _state(
    question: Question, words: Sequence[str], quantities: Sequence[Quantity], working: Working
) -> Fraction | None:
    """The amount that *words* describe: what somebody has of a thing, or did with it."""
    things = {word for quantity in quantities for word in quantity.thing}
    owners = {
        quantity.who for quantity in quantities if quantity.who and set(quantity.who.split()) & set(words)
    }
    actions = [word for word in words if word in _ACTIONS]
    thing = frozenset(word for word in words if word in things)
    if not thing or len(owners) > 1 or len(set(actions)) > 1:
        return None
    asked = replace(
        question,
        thing=thing,
        head=next(iter(quantity.head for quantity in quantities if thing <= quantity.thing), ""),
        who=next(iter(owners), question.who),
        verb=actions[0] if actions else "have",
        role=VERBS.get(actions[0], ("", "act"))[1] if actions else "has",
        text="how many",
        more=False,
        end=True,
        total=False,
        place=frozenset(),
    )
    return amount(asked, quantities, working)


def _side(quantities: Sequence[Quantity], words: Sequence[str], *, acting: bool) -> list[Quantity] | None:
    """The quantities with all of *words*; several only of one verb and thing, as what was bought twice."""
    chosen = [quantity for quantity in quantities if set(words) <= quantity.words]
    if not chosen or any(quantity.value is None for quantity in chosen):
        return None
    if len(chosen) > 1 and (
        len({(quantity.verb, quantity.thing) for quantity in chosen}) > 1
        or chosen[0].role == "has"
        or not acting
    ):
        return None
    if not acting:
        return (
            chosen
            if len(chosen) == 1 and chosen[0].role in {"has", "act"} and _untouched(chosen[0], quantities)
            else None
        )
    return chosen


_ACTIONS = frozenset(meaning for meaning, _ in VERBS.values()) - HAVING


def _untouched(quantity: Quantity, quantities: Sequence[Quantity]) -> bool:
    """Whether nothing else is told of what its owner has of the thing."""
    others = [other for other in quantities if other is not quantity and other.thing & quantity.thing]
    if quantity.end:
        return True
    return not any(
        other.role != "has"
        and (
            set(other.who.split()) <= other.thing
            or same(other.who, quantity.who)
            or not other.who
            or same(other.to, quantity.who)
            or other.who == "they"
            or other.role in {"give", "take"}
        )
        for other in others
    )


def _sides(more: str, than: str) -> tuple[list[str], list[str]]:
    """The words of both sides: *more A than B did they do* shares what follows B, *more A did x do than y* its A."""
    split = re.search(r" (?:did|do|does|are|were|was|is) ", f" {more} ")
    after = re.search(r" (?:did|do|does|are|were|was|is|on|in) ", f" {than} ")
    if split is None:
        rest = f" {than} "[after.start() :] if after else ""
        return content(more + rest), content(than)
    thing = f" {more} "[: split.start()]
    second = content(than)
    first = content(more)
    return first, [*second, *[word for word in content(thing) if word not in second]]
