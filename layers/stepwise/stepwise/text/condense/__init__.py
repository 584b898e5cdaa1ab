"""Condense a long text to what a question needs, by extracting sentences.

The model slows down over some thousand tokens, and its host cuts what does not fit without a word. So a text over the
budget is cut down here to sentences of its own, in their order, in this order of right:

1. the question: sentences of the text that are part of it; with no question from outside, those that ask, and options;
2. the sentences that say most about the question, up to a third of the budget;
3. what has a number, a formula or a definition in it: all of it where it fits, else what says most about the question;
4. the rest, as far as it says something about the question, then as it stands near the start and the end.
"""

from __future__ import annotations

from dataclasses import dataclass

from stepwise.text.tokens import estimate

__all__ = ["Condensed", "condense"]


@dataclass(frozen=True)
class Condensed:
    """A condensed text, and its numbers of kept and dropped sentences."""

    text: str
    kept: int
    dropped: int


def condense(text: str, question: str, budget: int) -> Condensed | None:
    """Condense ``text`` to ``budget`` estimated tokens; None where it fits already.

    Sentences are verbatim and in their order; a line break stands where
    some were left out. The question's own sentence is kept even if it alone is over the budget. Deterministic; linear in
    the length of text and question.
    """
    if estimate(text) <= budget:
        return None
    # Imported here: few requests bring a long text, and the patterns cost each start of a function some milliseconds.
    from stepwise.text.condense.selection import shortened

    return Condensed(*shortened(text, question, budget))
