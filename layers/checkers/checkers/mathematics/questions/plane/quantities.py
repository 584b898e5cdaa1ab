"""Questions for a quantity of a sequence or a figure that other quantities decide."""

from __future__ import annotations

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.problem.facts import Relation
from checkers.mathematics.problem.quantities import proportion_of, quantities_of
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.values import value_expected
from checkers.mathematics.solving.equations import possible_values

__all__ = ["QUESTIONS"]


@asked(r"(?P<told>.*(?:sequence|progression|series|square|rectangle|circle|triangle|cube|sphere).*)")
def _told(ask: Ask) -> Expected:
    """The one value that what is told leaves."""
    facts = ask.facts
    if facts.given() or facts.functions:
        raise NotUnderstood("more is given")
    told = quantities_of(ask.word("told"), ask.read, facts.parse)
    facts.equations += [Relation(left, "=", right) for left, right in told.relations]
    for name in told.positive:
        facts.kinds.setdefault(name, set()).add("positive")
        facts.kinds.get(name)
    if told.target is None:
        raise NotUnderstood("nothing is asked for")
    values = possible_values(told.target, facts)
    if len(values) != 1:
        raise NotUnderstood("several values")
    return value_expected(ask, values[0], None, method="substitution")


@asked(r"(?P<told>.*(?:proportional|varies).*)", takes="equations")
def _proportion(ask: Ask) -> Expected:
    """A quantity at another value of the one that it is proportional to."""
    ask.word("told")
    told = proportion_of(ask.read, ask.facts.parse)
    # The whole text was read again, so that nothing else can be among these.
    ask.facts.equations[:] = [Relation(left, "=", right) for left, right in told.relations]
    if told.target is None or ask.facts.functions or ask.notes:
        raise NotUnderstood("nothing is asked for, or more is given")
    values = possible_values(told.target, ask.facts)
    if len(values) != 1:
        raise NotUnderstood("several values")
    return value_expected(ask, values[0], told.target, method="substitution")


QUESTIONS = (_told, _proportion)
