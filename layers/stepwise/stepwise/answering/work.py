"""Carry a plan out: write, read, check, and once more where the check refutes the answer."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Self

from stepwise import prompts
from stepwise.answering.dependencies import Desk
from stepwise.answering.drafting import Draft, write
from stepwise.answering.results import cacheable, read_result, ttl_seconds
from stepwise.answering.verification import check, task_of
from stepwise.observability import count, gauge, timing_ms
from stepwise.plan import Plan
from stepwise.text.stop_sequences import Stopper
from stepwise.text.thinking import Thinking, split
from stepwise.text.tokens import estimate

__all__ = ["Keeper", "State", "perform", "store"]


@dataclass
class State:
    """How far the work has come; plain values, so that another worker can go on from it.

    ``wrong`` and ``why`` are the refuted first answer and what was wrong with it.
    """

    draft: Draft = field(default_factory=Draft)
    wrong: str = ""
    why: str = ""
    spent: int = 0
    spent_ms: int = 0

    @property
    def tokens(self) -> int:
        """All tokens that the model produced for this answer."""
        return self.draft.tokens + self.draft.spent + self.spent

    def as_dict(self) -> dict[str, Any]:
        return {**self.__dict__, "draft": self.draft.as_dict()}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        return cls(**{**value, "draft": Draft.from_dict(value["draft"])}) if value else cls()


class Keeper(Protocol):
    """Whoever owns the work: told at every token and at least four times a second."""

    def tick(self, state: State) -> None:
        """Raises when the work is to stop."""


def perform(
    desk: Desk,
    plan: Plan,
    state: State,
    keeper: Keeper,
    *,
    deadline: float,
    again: Callable[[State], bool] = lambda _: True,
    restart: bool = True,
) -> Generator[str | None, None, dict[str, Any]]:
    """Go on with *state* until there is an answer; yields new raw text or None, returns the result's fields.

    *again* says whether a refuted answer may be asked for once more, *restart* whether an answer that the host does
    not go on with may be begun anew. *deadline* is on the desk's monotonic clock.

    Raises:
        ModelUnavailable, ModelError, ModelTimeout, GenerationBroken: *state* holds what there is by then.
        What ``keeper.tick`` raises.
    """
    verify = task_of(plan)
    if verify:
        desk.checker.start(verify)
    while True:
        writing = write(
            desk.model,
            _asked(plan, state),
            state.draft,
            deadline=deadline,
            clock=desk.monotonic,
            prefill=desk.settings.prefill != "never",
            restart=restart,
        )
        yield from _kept(writing, plan, state, keeper)
        result = read_result(
            plan,
            state.draft,
            thinking=desk.settings.thinking,
            spent=state.spent,
            spent_ms=state.spent_ms,
        )
        _measure(state)
        if verify:
            check(desk.checker, plan, result)
            if plan.kind == "solve":
                count(result["verification"]["status"].capitalize())
        refuted = plan.kind == "solve" and (result["verification"] or {}).get("status") == "refuted"
        if not refuted or state.wrong or not again(state):
            return result
        _ask_once_more(state, result, desk.settings.thinking)


def _kept(writing: Generator[str | None], plan: Plan, state: State, keeper: Keeper) -> Generator[str | None]:
    """*writing*, with its owner told of every token, and ended where the client wants it to stop."""
    stops = tuple(plan.subject.get("stop", ()))
    stopper = Stopper(stops, state.draft.text) if stops else None
    with closing(writing):
        for piece in writing:
            keeper.tick(state)
            if stopper is None or not piece:
                yield piece
                continue
            yield stopper.feed(piece) or None
            if stopper.stopped:
                state.draft.text, state.draft.reason = stopper.text, "stop"
                state.draft.prompt_tokens = state.draft.prompt_tokens or sum(
                    estimate(message["content"]) for message in plan.messages
                )
                return
    if stopper is not None:
        yield stopper.rest() or None


def store(desk: Desk, plan: Plan, result: Mapping[str, Any]) -> bool:
    """Keep *result* for the next who asks, where it is an answer; a refuted one only briefly."""
    if not (plan.store and plan.key and cacheable(result)):
        return False
    ttl = ttl_seconds(result, desk.settings.cache_ttl_seconds)
    return desk.cache.put(plan.key, dict(result), ttl_seconds=ttl)


def _asked(plan: Plan, state: State) -> Plan:
    if not state.wrong:
        return plan
    messages = prompts.corrected(
        [dict(message) for message in plan.messages],
        state.wrong,
        state.why,
        language=plan.subject["language"],
    )
    return replace(plan, messages=tuple(messages))


def _measure(state: State) -> None:
    draft = state.draft
    timing_ms("UpstreamLatency", draft.model_ms)
    if draft.first_token_ms:
        timing_ms("TimeToFirstToken", draft.first_token_ms)
    count("PromptTokens", draft.prompt_tokens)
    count("CompletionTokens", draft.tokens + draft.spent)
    if draft.model_ms:
        gauge("TokensPerSecond", (draft.tokens + draft.spent) * 1000 / draft.model_ms)


def _ask_once_more(state: State, result: Mapping[str, Any], thinking: Thinking) -> None:
    state.wrong = split(state.draft.text, thinking=thinking).answer
    state.why = result["verification"]["detail"]
    state.spent = state.tokens
    state.spent_ms += state.draft.model_ms
    state.draft = Draft()
