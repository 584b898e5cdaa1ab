"""Which final answer most witnesses give, and how far it can be relied on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stepwise.answering.tasks.confidence import Evidence
from stepwise.answering.witnesses.state import Testimony

__all__ = ["Count", "count_votes"]

_LEAD = 2
_SAID = {
    "zh": "对同一道题另外作答一次，没有看到这个答案。",
    "en": "The problem was answered once more, without seeing this answer.",
}


@dataclass(frozen=True)
class Count:
    """The votes: groups of whole answers that say the same, by their place, and the one that the formalisation joins.

    ``joined`` is None where there is no formalisation, or it agrees with none of them.
    """

    groups: tuple[tuple[int, ...], ...]
    formalised: bool
    joined: int | None

    @property
    def differ(self) -> bool:
        """Whether witnesses contradict each other."""
        return len(self.groups) > 1 or (self.formalised and self.joined is None)

    @property
    def chosen(self) -> int:
        """The whole answer that is given: the first of the majority, or the first of all where there is none."""
        best = self._majority
        return 0 if best is None else self.groups[best][0]

    @property
    def settled(self) -> bool:
        """Whether the chosen answer has at least two votes more than any other.

        A lead of one vote says which answer to give and no more: on recorded pairs it was right in half of the disputes
        (``tests/benchmarks/report_witness.py``).
        """
        return self._majority is not None and self._sizes[0] - self._sizes[1] >= _LEAD

    @property
    def _majority(self) -> int | None:
        most = max(self._votes, default=0)
        return self._votes.index(most) if most > 1 and self._sizes[0] > self._sizes[1] else None

    @property
    def _votes(self) -> list[int]:
        """The votes of each group, in the groups' order."""
        return [len(group) + (place == self.joined) for place, group in enumerate(self.groups)]

    @property
    def _sizes(self) -> list[int]:
        """The votes of each different answer, most first; two at least."""
        alone = 1 if self.formalised and self.joined is None else 0
        return sorted([*self._votes, alone, 0], reverse=True)

    def evidence(
        self, given: int, answers: Sequence[Mapping[str, Any]], testimony: Testimony | None, language: str
    ) -> list[Evidence]:
        """What each witness says of the whole answer at the place *given*."""
        chosen = next((group for group in self.groups if given in group), ())
        found: list[Evidence] = []
        if self.formalised and testimony is not None:
            agrees = self.joined is not None and given in self.groups[self.joined]
            found.append(
                {
                    "kind": "formalisation",
                    "agrees": agrees,
                    "answer": testimony.answer,
                    "detail": testimony.detail,
                }
            )
        others = sorted(place for group in self.groups for place in group if place != given)
        found.extend(
            {
                "kind": "second_answer",
                "agrees": place in chosen,
                "answer": answers[place]["final_answer"],
                "detail": _SAID[language],
            }
            for place in others
        )
        return found


def count_votes(
    answers: Sequence[str | None],
    *,
    same: Callable[[str, str], bool | None],
    formalised: Callable[[str], str] | None,
) -> Count:
    """Count the votes of whole *answers*; None of them has none, nor has one that compares with no other.

    *same* compares two answers, *formalised* says whether the formalisation ``agrees`` with one, ``differs`` from it
    or gives ``none``.
    """
    groups: list[list[int]] = []
    for place, answer in enumerate(answers):
        if answer is None:
            continue
        verdicts = [same(str(answers[group[0]]), answer) for group in groups]
        if True in verdicts:
            groups[verdicts.index(True)].append(place)
        elif None not in verdicts:
            groups.append([place])
    joined: int | None = None
    heard = False
    if formalised is not None:
        verdicts_of_it = [formalised(str(answers[group[0]])) for group in groups]
        heard = bool(verdicts_of_it) and "none" not in verdicts_of_it
        if "agrees" in verdicts_of_it:
            joined, heard = verdicts_of_it.index("agrees"), True
    return Count(tuple(tuple(group) for group in groups), heard, joined)
