"""Questions for the probability of an event of dice, coins or draws: by binomials and by distributions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.problem.counted.experiments import Bag, Event, Throws, read_experiment
from checkers.mathematics.problem.counted.phrase import Phrase
from checkers.mathematics.problem.counted.whole_numbers import Condition
from checkers.mathematics.questions.counting.whole_numbers import holds
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.values import value_expected

__all__ = ["QUESTIONS"]

MOST_THROWN = 60


@asked(r"(?P<told>.*\bprobability\b.*)", words="probability")
def _probability(ask: Ask) -> Expected:
    if ask.facts.given():
        raise NotUnderstood("more is given")
    phrase = Phrase("", ask.read.formulas)
    setup, event = read_experiment(ask.word("told"), phrase)
    chance = _of_bag(setup, event) if isinstance(setup, Bag) else _of_throws(setup, event, ask)
    return value_expected(ask, 1 - chance if event.denied else chance, None, method="counting")


def _within(relation: str, times: int, most: int) -> range:
    if not 0 <= times <= most:
        raise NotUnderstood("more times than there are")
    return {
        "exactly": range(times, times + 1),
        "at least": range(times, most + 1),
        "at most": range(times + 1),
    }[relation]


def _of_throws(setup: Throws, event: Event, ask: Ask) -> sp.Expr:
    if not 1 <= setup.count <= MOST_THROWN:
        raise NotUnderstood("too many throws")
    count, faces = setup.count, sp.Integer(setup.faces)
    if event.kind == "count":
        wanted = [face for face in range(1, setup.faces + 1) if face in event.hits or _fits(event, face, ask)]
        if event.hits and not wanted:
            raise NotUnderstood("a face that there is not")
        one = sp.Rational(len(wanted), setup.faces)
        return sp.Add(
            *(
                sp.binomial(count, k) * one**k * (1 - one) ** (count - k)
                for k in _within(event.relation, event.times, count)
            )
        )
    if event.kind == "same":
        return 1 / faces ** (count - 1)
    different = sp.ff(faces, count) / faces**count
    if event.kind in ("different", "pair"):
        return different if event.kind == "different" else 1 - different
    made = _distribution(setup, (lambda a, b: a + b) if event.kind == "sum" else (lambda a, b: a * b))
    return sp.Rational(
        sum(ways for value, ways in made.items() if _fits(event, value, ask)), setup.faces**count
    )


def _fits(event: Event, value: int, ask: Ask) -> bool:
    return bool(event.conditions) and all(_holds(condition, value, ask) for condition in event.conditions)


def _holds(condition: Condition, value: int, ask: Ask) -> bool:
    if condition.kind == "equal":
        return value == condition.numbers[0]
    return holds(ask, condition, value)


def _distribution(setup: Throws, join: Callable[[int, int], int]) -> Counter[int]:
    made = Counter(range(1, setup.faces + 1))
    for _ in range(setup.count - 1):
        further: Counter[int] = Counter()
        for value, ways in made.items():
            for face in range(1, setup.faces + 1):
                further[join(value, face)] += ways
        made = further
        if len(made) > 20_000:
            raise NotUnderstood("too many values")
    return made


def _of_bag(setup: Bag, event: Event) -> sp.Expr:
    counts = dict(setup.contents)
    whole, drawn = sum(counts.values()), setup.drawn
    if any(isinstance(colour, str) and colour not in counts for colour in event.hits) or whole > 10_000:
        raise NotUnderstood("a colour that there is not")
    if event.kind == "count":
        wanted = sum(counts[str(colour)] for colour in set(event.hits))
        return sp.Add(
            *(
                _drawing({True: wanted, False: whole - wanted}, {True: k, False: drawn - k}, setup.replaced)
                for k in _within(event.relation, event.times, drawn)
            )
        )
    if event.kind == "same":
        return sp.Add(
            *(
                _drawing({True: n, False: whole - n}, {True: drawn, False: 0}, setup.replaced)
                for n in counts.values()
            )
        )
    if event.kind == "mixed":
        first, second = (str(colour) for colour in event.hits)
        one, other = counts[first], counts[second]
        return _drawing(
            {0: one, 1: other, 2: whole - one - other}, {0: 1, 1: 1, 2: drawn - 2}, setup.replaced
        )
    if event.kind == "different" and drawn == 2:
        return 1 - _of_bag(setup, Event("same"))
    raise NotUnderstood("an event that is not computed")


def _drawing[K](counts: dict[K, int], taken: dict[K, int], replaced: bool) -> sp.Expr:
    """The probability that of each sort exactly so many are drawn."""
    whole, drawn = sum(counts.values()), sum(taken.values())
    if not replaced:
        return sp.prod([sp.binomial(counts[sort], taken[sort]) for sort in counts]) / sp.binomial(
            whole, drawn
        )
    ways = sp.factorial(drawn) / sp.prod([sp.factorial(number) for number in taken.values()])
    return ways * sp.prod([sp.Rational(counts[sort], whole) ** taken[sort] for sort in counts])


QUESTIONS = (_probability,)
