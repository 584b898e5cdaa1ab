"""Carry out a plan: generate, parse and check, once more if the check refutes the answer, and ask witnesses."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Self

from stepwise import prompts
from stepwise.answering.dependencies import Dependencies
from stepwise.answering.drafting.draft import Draft
from stepwise.answering.drafting.proof_search import ProofSearch
from stepwise.answering.drafting.writing import Writing, write
from stepwise.answering.results import Spent, read_result, ttl_seconds
from stepwise.answering.tasks import task_for
from stepwise.answering.verification import check, task_of, verified
from stepwise.answering.witnesses.asking import Asking, ask_witnesses
from stepwise.answering.witnesses.state import Witnessing
from stepwise.observability import count, gauge, timing_ms, tolerated
from stepwise.plan import Plan, known_fields
from stepwise.storage.table import Put, TableError
from stepwise.text.stop_sequences import Stopper
from stepwise.text.thinking import Thinking, marking_of, split
from stepwise.text.tokens import estimate

__all__ = ["Nobody", "Owner", "Progress", "answer_to_store", "perform", "run_to_result", "store"]


@dataclass
class Progress:
    """The progress of a run, as plain values that are stored so that another worker can continue.

    ``wrong`` is the refuted first answer, ``false_line`` its line with a false step (from 1), if one was found;
    ``spent…`` is its cost: tokens of prompt, of thinking and altogether, and milliseconds. ``witnessing`` begins when the
    answer is complete and checked.
    """

    draft: Draft = field(default_factory=Draft)
    wrong: str = ""
    false_line: int | None = None
    spent: int = 0
    spent_ms: int = 0
    spent_prompt: int = 0
    spent_thought: int = 0
    witnessing: Witnessing = field(default_factory=Witnessing)

    def reading_left(self, now: float) -> float:
        """Seconds that the host may still read the prompt that it was last sent; *now* is in epoch seconds."""
        return max(0.0, self.draft.reading_until - now)

    @property
    def tokens(self) -> int:
        """All tokens that the model produced for this answer."""
        return self.draft.tokens + self.draft.spent + self.spent + self.witnessing.tokens

    def as_dict(self) -> dict[str, Any]:
        return {
            **self.__dict__,
            "draft": self.draft.as_dict(),
            "witnessing": self.witnessing.as_dict(),
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """The progress of a record of this or another release; an empty record is no progress."""
        nested = {
            "draft": Draft.from_dict(value.get("draft", {})),
            "witnessing": Witnessing.from_dict(value.get("witnessing", {})),
        }
        return cls(**known_fields(cls, {**value, **nested}))


class Owner(Protocol):
    """The owner of the work; it gets a heartbeat at every token and at least four times a second."""

    def heartbeat(self, progress: Progress) -> None:
        """Note that the work goes on; raises to stop it."""


class Nobody:
    """The owner of work that no table knows: never told to stop."""

    def heartbeat(self, progress: Progress) -> None:
        return


def perform(
    deps: Dependencies,
    plan: Plan,
    progress: Progress,
    owner: Owner,
    *,
    deadline: float,
    again: Callable[[Progress], bool] = lambda _: True,
    may_restart: bool = True,
    patience: float = 0.0,
    goes_on: bool = True,
) -> Generator[str | None, None, dict[str, Any]]:
    """Continue from *progress* until there is an answer; yields new raw text or None, returns the result.

    *patience* is how many seconds a host that refuses connections in the middle of an answer is retried. *again* says
    whether there is time for one more answer after a refuted or disputed one, *may_restart* whether an answer may be
    restarted or replaced, as nobody has seen it. *deadline* is on the monotonic clock; *goes_on* says whether the work is
    handed over then; if not, a complete answer is given with the witnesses that were heard.

    Raises:
        ModelUnavailable, ModelError, ModelTimeout, GenerationBroken: *progress* has the draft so far.
        Whatever ``owner.heartbeat`` raises.
    """
    state = progress.witnessing
    if task_of(plan) is None or not task_for(plan.kind).has_witnesses:
        return (yield from _checked(deps, plan, progress, owner, deadline, again, may_restart, patience))
    if not state.result:
        state.result = yield from _checked(
            deps, plan, progress, owner, deadline, again, may_restart, patience
        )
    asking = Asking(
        heartbeat=lambda: owner.heartbeat(progress),
        deadline=deadline,
        spare=lambda: again(progress) and _slot_to_spare(deps),
        replaceable=may_restart,
        goes_on=goes_on,
    )
    return (yield from ask_witnesses(deps, plan, state, asking))


def _slot_to_spare(deps: Dependencies) -> bool:
    """Whether nobody waits for the slot that this work holds."""
    if deps.shared is None:
        return True
    try:
        waiting = deps.shared.admission.line.look().waiting
        return waiting == 0 or deps.shared.slots.free() > waiting
    except TableError as error:
        tolerated(error, "table_unavailable", "whether anybody waits for the slot is not known")
        return False


def _checked(
    deps: Dependencies,
    plan: Plan,
    progress: Progress,
    owner: Owner,
    deadline: float,
    again: Callable[[Progress], bool],
    may_restart: bool,
    patience: float,
) -> Generator[str | None, None, dict[str, Any]]:
    """The whole answer, checked, and once more where the check refutes it."""
    task, verify = task_for(plan.kind), task_of(plan)
    if verify:
        deps.checker.start(verify)
    while True:
        with _proof_search(deps, plan, progress.draft) as proof:
            how = Writing(
                deadline,
                clock=deps.monotonic,
                sleep=deps.sleep,
                prefill=deps.settings.prefill != "never",
                may_restart=may_restart,
                patience=patience,
                thinking=deps.settings.thinking,
                proof=proof,
                prompt_speed=deps.shared.prompt_speed if deps.shared is not None else None,
                now=deps.clock,
            )
            writing = write(deps.model, _asked(plan, progress), progress.draft, how)
            yield from _kept(writing, plan, progress, owner)
        result = _read(deps, plan, progress)
        _measure(progress)
        _learn_marking(deps, plan, progress.draft)
        if verify:
            check(deps.checker, plan, result)
            if status := task.status(result):
                count(status.capitalize())
        if not (task.asks_again(result) and plan.subject["verify"]) or progress.wrong or not again(progress):
            return result
        _ask_once_more(progress, result, deps.settings.thinking)


def _proof_search(deps: Dependencies, plan: Plan, draft: Draft) -> AbstractContextManager[ProofSearch | None]:
    """The search for a proved answer in the thinking; None if nothing can be checked or the thinking has ended."""
    can_be_proved = task_for(plan.kind).proof_in_thinking and task_of(plan) is not None
    if not can_be_proved or draft.ended_by or not plan.thinking_budget:
        return nullcontext()
    return ProofSearch(
        lambda answer: verified(deps.checker, plan, answer), checks=draft.checks, text=draft.text
    )


def _read(deps: Dependencies, plan: Plan, progress: Progress) -> dict[str, Any]:
    return read_result(
        plan,
        progress.draft,
        thinking=deps.settings.thinking,
        earlier=Spent(progress.spent, progress.spent_prompt, progress.spent_thought, progress.spent_ms),
    )


def _kept(
    writing: Generator[str | None], plan: Plan, progress: Progress, owner: Owner
) -> Generator[str | None]:
    """Pass *writing* on with a heartbeat at each item, up to the client's stop sequences."""
    stops = tuple(plan.subject.get("stop", ()))
    stopper = Stopper(stops, progress.draft.text) if stops else None
    with closing(writing):
        for piece in writing:
            owner.heartbeat(progress)
            if stopper is None or not piece:
                yield piece
                continue
            yield stopper.feed(piece) or None
            if stopper.stopped:
                progress.draft.text, progress.draft.reason = stopper.text, "stop"
                progress.draft.prompt_tokens = progress.draft.prompt_tokens or sum(
                    estimate(message["content"]) for message in plan.messages
                )
                return
    if stopper is not None:
        yield stopper.rest() or None


def store(deps: Dependencies, plan: Plan, result: Mapping[str, Any]) -> bool:
    """Store *result* in the cache, unless it is not cacheable or a better checked answer is stored already.

    A refuted answer is stored for a short time. Returns whether it was stored.
    """
    kept = _kept_answer(deps, plan, result)
    return kept is not None and deps.cache.put(plan.key, kept.answer, ttl_seconds=kept.ttl, rank=kept.rank)


def answer_to_store(deps: Dependencies, plan: Plan, result: Mapping[str, Any]) -> Put | None:
    """The write that stores *result* in the table, as part of a transaction; None where it is not to be stored."""
    kept = _kept_answer(deps, plan, result)
    if kept is None:
        return None
    return deps.cache.putting(plan.key, kept.answer, ttl_seconds=kept.ttl, rank=kept.rank)


@dataclass(frozen=True)
class _KeptAnswer:
    answer: Mapping[str, Any]
    ttl: int
    rank: int


def _kept_answer(deps: Dependencies, plan: Plan, result: Mapping[str, Any]) -> _KeptAnswer | None:
    task = task_for(plan.kind)
    if not (plan.store and plan.key and task.cacheable(result)):
        return None
    kept = task.without_unmade_check(result)
    ttl = ttl_seconds(task, result, deps.settings.cache_ttl_seconds)
    return _KeptAnswer(kept, ttl, task.check_rank(kept))


def _asked(plan: Plan, progress: Progress) -> Plan:
    if not progress.wrong:
        return plan
    messages = prompts.retry_messages(
        [dict(message) for message in plan.messages],
        progress.wrong,
        progress.false_line,
        language=plan.subject["language"],
    )
    return replace(plan, messages=tuple(messages))


def _measure(progress: Progress) -> None:
    draft = progress.draft
    timing_ms("UpstreamLatency", draft.model_ms)
    if draft.first_token_ms:
        timing_ms("TimeToFirstToken", draft.first_token_ms)
    count("PromptTokens", draft.prompt_tokens)
    count("CompletionTokens", draft.tokens + draft.spent)
    if draft.model_ms:
        gauge("TokensPerSecond", (draft.tokens + draft.spent) * 1000 / draft.model_ms)


def _learn_marking(deps: Dependencies, plan: Plan, draft: Draft) -> None:
    """Learn from an answer how the model marks its thinking; a closing tag may be ours, where we closed it."""
    marking = marking_of(draft.text)
    if deps.shared is not None and marking is not None and not (draft.ended_by and marking == "unopened"):
        deps.shared.thinking_marks.learn(plan.model, marking)


def _ask_once_more(progress: Progress, result: Mapping[str, Any], thinking: Thinking) -> None:
    progress.wrong = split(progress.draft.text, thinking=thinking).answer
    progress.false_line = result.get("false_line")
    progress.spent = progress.tokens
    progress.spent_prompt += progress.draft.prompt_tokens
    progress.spent_thought += progress.draft.thought
    progress.spent_ms += progress.draft.model_ms
    progress.draft = Draft()


def run_to_result[T](work: Generator[str | None, None, T]) -> T:
    """Run *work* to its end and return its result."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: T = end.value
            return result
