"""The interface of a task, and the fields that all results and bodies share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self, TypedDict

from stepwise.plan import Plan, known_fields

__all__ = [
    "Body",
    "CheckCause",
    "Condensed",
    "Presentation",
    "Result",
    "Task",
    "Thinking",
    "Usage",
    "common_body",
    "is_corroborated",
]

type CheckCause = Literal["time", "memory", "crashed", "not_installed"]
"""Why a check gave no verdict."""


class Usage(TypedDict):
    """What the answer cost, with every call of the model that it took."""

    prompt_tokens: int
    completion_tokens: int
    thinking_tokens: int
    duration_ms: int


class Thinking(TypedDict):
    """How long the model thought, and who ended it."""

    tokens: int
    ended_by: Literal["model", "proof", "budget"]
    """proof: a candidate in the thinking was verified, so the rest was not needed; budget: its tokens were used up, so
    it was closed and the answer asked for."""


class Condensed(TypedDict):
    """How many sentences of a long text the model was shown, and how many it was not."""

    kept: int
    dropped: int


class Result(TypedDict):
    """Fields of every task's result. Results are stored in runs and in the cache: never rename a field."""

    model: str
    reasoning: str | None
    finish_reason: Literal["stop", "length"]
    condensed: Condensed | None
    usage: Usage
    thinking: Thinking


class Body(TypedDict):
    """What the 200 bodies of all tasks hold."""

    success: Literal[True]
    model: str
    reasoning: str | None
    finish_reason: Literal["stop", "length"]
    thinking: Thinking
    usage: Usage


@dataclass(frozen=True)
class Presentation:
    """The options of one client's request that shape its response body but not the computation.

    They are stored with a job: never rename a field.
    """

    include_reasoning: bool = False
    verify: bool = False
    problem: str = ""
    """The problem as this client wrote it."""
    temperature: float = 1.0
    top_p: float = 1.0

    def as_dict(self) -> dict[str, Any]:
        return dict(self.__dict__)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """The presentation of a record that this or another release wrote."""
        return cls(**known_fields(cls, value))


class Task[R: Result](ABC):
    """One kind of answer: how it is parsed, checked, cached and presented. *R* is the type of its results."""

    name: ClassVar[str]
    """The kind of its plans and jobs."""
    text_field: ClassVar[str]
    """The field of results and bodies with the whole text of the answer."""
    pointer: ClassVar[str]
    """JSON pointer to the text of the question in a request."""
    body: ClassVar[Any]
    """The type of its 200 bodies, from which the OpenAPI document is made."""
    checker: ClassVar[str | None] = None
    """The checkers' task for its results; None if they are not checked."""
    verdict: ClassVar[tuple[str, ...]] = ()
    """The fields of a check's result that :meth:`take_verdict` reads."""
    proof_in_thinking: ClassVar[bool] = False
    """Whether a candidate from the thinking can be checked alone; see :meth:`proof_payload`."""
    has_witnesses: ClassVar[bool] = False
    """Whether witnesses are asked when the check cannot decide an answer."""
    streamed_text_repeated: ClassVar[bool] = True
    """Whether the last event of a stream repeats the text of its deltas."""

    @abstractmethod
    def read(self, plan: Plan, answer: str, common: Result) -> R:
        """Parse *answer*, the text after the thinking, into a result with the *common* fields."""

    @abstractmethod
    def present(self, result: R, presentation: Presentation, *, cached: bool) -> Mapping[str, Any]:
        """The 200 body for one client."""

    def text_of(self, fields: Mapping[str, Any]) -> str:
        """The whole text of the answer in a result or a body."""
        return str(fields.get(self.text_field) or "")

    def cacheable(self, result: R) -> bool:
        """Whether *result* may be cached: it is complete and not empty."""
        return result["finish_reason"] == "stop" and bool(self.text_of(result))

    def payload(self, plan: Plan, result: R) -> dict[str, Any] | None:
        """The input of the check of *result*; None if there is nothing to check."""
        return None

    def proof_payload(self, plan: Plan, answer: str) -> dict[str, Any]:
        """The input of the check of *answer*, a candidate from the thinking.

        Raises:
            NotImplementedError: the task has no ``proof_in_thinking``.
        """
        raise NotImplementedError

    def nothing_to_check(self, result: R, language: str) -> None:  # noqa: B027 - most tasks have nothing to say
        """Note in *result* that there is nothing to check."""

    def take_verdict(self, result: R, found: Mapping[str, Any], language: str) -> None:  # noqa: B027
        """Store in *result* what the check *found*: the fields of :attr:`verdict` and ``line``."""

    def check_not_run(self, result: R, cause: CheckCause, language: str) -> None:  # noqa: B027
        """Note in *result* that its check was not run."""

    def unchecked(self, result: R) -> bool:
        """Whether *result* still has to be checked."""
        return False

    def without_unmade_check(self, result: R) -> R:
        """*result* for the cache: without the note of a check that was not run."""
        return result

    def status(self, result: R) -> str:
        """``verified``, ``refuted`` or ``unverifiable``; empty for tasks without such a status."""
        return ""

    def check_rank(self, result: R) -> int:
        """How well *result* is checked: 3 verified, 2 corroborated, 1 unverifiable, 0 refuted or not checked.

        A cached answer is never replaced by one of a lower rank.
        """
        return 0

    def asks_again(self, result: R) -> bool:
        """Whether the check is a reason to ask the model once more."""
        return self.is_refuted(result)

    def is_refuted(self, result: R) -> bool:
        """Whether the check says that the answer is wrong."""
        return self.status(result) == "refuted"


def is_corroborated(result: Mapping[str, Any]) -> bool:
    """Whether other answers of the model agree with *result*."""
    return (result.get("confidence") or {}).get("level") == "corroborated"


def common_body(result: Result, presentation: Presentation) -> Body:
    """The fields of a 200 body that all tasks share; a record of an earlier release may lack the newest."""
    usage: Any = {"thinking_tokens": 0} | result["usage"]
    thinking: Any = result.get("thinking")
    return {
        "success": True,
        "model": result["model"],
        "reasoning": result["reasoning"] if presentation.include_reasoning else None,
        "finish_reason": result["finish_reason"],
        "thinking": thinking,
        "usage": usage,
    }
