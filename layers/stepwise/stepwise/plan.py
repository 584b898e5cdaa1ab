"""What is to be computed: plain values that any function can carry out, now or later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

__all__ = ["Plan", "known_fields"]


def known_fields(kind: Any, value: Mapping[str, Any]) -> dict[str, Any]:
    """What of a stored *value* the dataclass *kind* has fields for.

    The rest was written by a later release and is left out; fields that an earlier one did not write keep their
    defaults.
    """
    return {each.name: value[each.name] for each in fields(kind) if each.name in value}


@dataclass(frozen=True)
class Plan:
    """What is to be computed; plain values, so that it can wait in a table.

    ``key`` names the answer in the cache (empty: it is nobody else's); ``subject`` holds what reading and checking
    the answer need. ``num_predict`` bounds all tokens; of these ``thinking_budget`` may be thinking (0: all). A thinking
    that uses them up is closed, and the answer, of ``answer_reserve`` tokens at most, begins with ``answer_start``.
    """

    kind: str
    messages: tuple[Mapping[str, str], ...]
    model: str
    options: Mapping[str, Any]
    num_predict: int
    key: str = ""
    store: bool = False
    thinking_budget: int = 0
    answer_reserve: int = 0
    answer_start: str = ""
    language: str = "en"
    subject: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """The plan of a record, whichever release wrote it."""
        return cls(**known_fields(cls, {"options": {}, **value, "messages": tuple(value["messages"])}))
