"""The plan of one answer: what is to be computed, as plain values that are stored with a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

__all__ = ["Plan", "known_fields"]


def known_fields(kind: Any, value: Mapping[str, Any]) -> dict[str, Any]:
    """The entries of a stored *value* for which the dataclass *kind* has a field.

    Entries of a later release are left out; fields that an earlier release did not write keep their defaults.
    """
    return {each.name: value[each.name] for each in fields(kind) if each.name in value}


@dataclass(frozen=True)
class Plan:
    """What is to be computed for one answer, as plain values that can be stored.

    ``key`` is the answer's key in the cache (empty: it is not shared); ``subject`` has what parsing and checking the
    answer need. ``num_predict`` limits all tokens; ``thinking_budget`` of them may be thinking (0: all). A thinking
    that uses up its budget is closed; the answer then has at most ``answer_reserve`` tokens and begins with
    ``answer_start``.
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
        """The plan of a record that this or another release wrote."""
        return cls(**known_fields(cls, {"options": {}, **value, "messages": tuple(value["messages"])}))
