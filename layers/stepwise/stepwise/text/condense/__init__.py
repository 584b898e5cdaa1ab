"""Condense a long text to what a question needs, by extracting sentences.

The model becomes slow over some thousand tokens, and its host silently truncates what does not fit. So a text over the
budget is reduced to some of its sentences, in their order. They are chosen with this priority:

1. sentences that are part of the question; without a separate question those that ask, and options;
2. the sentences that are most relevant to the question, up to a third of the budget;
3. sentences with a number, a formula or a definition: all if they fit, else the most relevant ones;
4. other sentences, the relevant ones first, then those near the start and the end.
"""

from __future__ import annotations

from dataclasses import dataclass

from stepwise.text.tokens import estimate

__all__ = ["Condensed", "condense"]


@dataclass(frozen=True)
class Condensed:
    """A condensed text, and the numbers of kept and dropped sentences."""

    text: str
    kept: int
    dropped: int


def condense(text: str, question: str, budget: int) -> Condensed | None:
    """Condense ``text`` to ``budget`` estimated tokens; None if it fits already.

    Sentences are verbatim and in their order; a line break replaces those that are left out. The question's own
    sentence is kept even if it alone is over the budget. Deterministic; linear in the length of text and question.
    """
    if estimate(text) <= budget:
        return None
    # Imported here: few requests have a long text, and compiling the patterns costs some milliseconds of a cold start.
    from stepwise.text.condense.selection import shortened

    return Condensed(*shortened(text, question, budget))
