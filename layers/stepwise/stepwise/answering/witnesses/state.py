"""How far the asking of witnesses has come; plain values, so that another worker can go on from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from stepwise.answering.drafting.draft import Draft
from stepwise.plan import known_fields

__all__ = ["Testimony", "Witnessing"]


@dataclass(frozen=True)
class Testimony:
    """What the formalisation of a problem gave: its text, its result as text, and its statements in one line.

    All are empty where there is no result.
    """

    text: str = ""
    answer: str = ""
    detail: str = ""


@dataclass
class Witnessing:
    """The witnesses of one answer.

    ``result`` is the first whole answer's, checked; empty while that is being written. ``answers`` are those of further
    whole answers. ``draft`` is what the witness is writing that is being asked, and ``asked`` its kind. ``ended``:
    nobody is asked any more. ``tokens…`` and ``ms`` are what the witnesses cost that have been heard.
    """

    result: dict[str, Any] = field(default_factory=dict)
    answers: list[dict[str, Any]] = field(default_factory=list)
    formalisation: Testimony | None = None
    asked: str = ""
    draft: Draft = field(default_factory=Draft)
    ended: bool = False
    tokens_heard: int = 0
    prompt_tokens: int = 0
    thought: int = 0
    ms: int = 0

    @property
    def tokens(self) -> int:
        """All tokens that witnesses produced."""
        return self.tokens_heard + self.draft.tokens + self.draft.spent

    @property
    def whole(self) -> list[dict[str, Any]]:
        """The results of all whole answers, the first one first."""
        return [self.result, *self.answers]

    def ask(self, kind: str, draft: Draft) -> None:
        """The witness of this *kind* begins to write."""
        self.asked, self.draft = kind, draft

    def heard(self) -> None:
        """The witness that was asked has been heard, or given up; what it cost is kept."""
        self.tokens_heard = self.tokens
        self.prompt_tokens += self.draft.prompt_tokens
        self.thought += self.draft.thought
        self.ms += self.draft.model_ms
        self.asked, self.draft = "", Draft()

    def as_dict(self) -> dict[str, Any]:
        formalisation = None if self.formalisation is None else asdict(self.formalisation)
        return {**self.__dict__, "draft": self.draft.as_dict(), "formalisation": formalisation}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """The state of a record, whichever release wrote it."""
        found = value.get("formalisation")
        return cls(
            **known_fields(
                cls,
                {
                    **value,
                    "draft": Draft.from_dict(value.get("draft", {})),
                    "formalisation": None if found is None else Testimony(**known_fields(Testimony, found)),
                },
            )
        )
