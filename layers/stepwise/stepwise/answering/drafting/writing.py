"""Generate an answer with the model, from the beginning or from a draft.

A draft is the raw text that the model has written so far, thinking included. To continue it, it is sent as the
beginning of the assistant's message (prefill), so the joined text is that of an undivided call. In the same way a
thinking is closed that uses up its budget, is proved right or repeats itself, and the answer is requested.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

from stepwise import prompts
from stepwise.answering.drafting.continuation import ContinuationCheck, NotContinued
from stepwise.answering.drafting.draft import Draft, restart
from stepwise.answering.drafting.prompt_reading import UNMEASURED_SECONDS_PER_TOKEN, PromptReading
from stepwise.answering.drafting.proof_search import ProofSearch
from stepwise.answering.drafting.thinking_watch import Ending, ThinkingWatch, close_thinking
from stepwise.answering.tasks import task_for
from stepwise.coordination.prompt_speed import PromptSpeed
from stepwise.errors import (
    GenerationBroken,
    InvalidRequest,
    ModelError,
    ModelTimeout,
    ModelUnavailable,
    Pointer,
)
from stepwise.observability import count, logger
from stepwise.ollama.port import Chunk, Event, Finish, Model, Prompt
from stepwise.plan import Plan
from stepwise.text.repetition import without_loop
from stepwise.text.thinking import Thinking
from stepwise.text.tokens import estimate, multi_byte

__all__ = ["Draft", "Writing", "restart", "write"]

_REFUSED = "status_400"
_MENDS = 1
"""How often one invocation continues after a generation that broke off."""
_TICK_SECONDS = 0.25
_LEAST_TO_COMPARE = 32
"""Least characters of several bytes in a call for comparing the counted chunks with the host's count."""
_LONGEST_BACKOFF_SECONDS = 4.0


@dataclass(frozen=True)
class Writing:
    """Parameters of the generation in one invocation. Times are in seconds on *clock*.

    ``prefill`` says whether the host continues a last message of role assistant, ``may_restart`` whether an answer that
    it does not continue may be restarted, which is not allowed once a client has seen text. ``patience`` is how long a
    host that refuses connections is retried once there is text. ``proof`` searches for a proved answer.
    ``prompt_speed`` knows how long the host reads a prompt; ``now`` gives epoch seconds.
    """

    deadline: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    prefill: bool = True
    may_restart: bool = True
    patience: float = 0.0
    thinking: Thinking = "auto"
    proof: ProofSearch | None = None
    prompt_speed: PromptSpeed | None = None
    now: Callable[[], float] = time.time


def write(model: Model, plan: Plan, draft: Draft, how: Writing) -> Generator[str | None]:
    """Continue *draft* until it is complete; yields new raw text, or None if there is none.

    After a generation that breaks off it continues once. Closing the generator stops the model; the draft keeps its
    text.

    Raises:
        ModelUnavailable, ModelError, ModelTimeout: from the client.
        GenerationBroken: it broke off again, or must not be restarted; the draft has the text so far.
    """
    calls = _Calls(model, plan, draft, how)
    while not draft.reason:
        started = how.clock()
        try:
            yield from calls.next()
        finally:
            draft.model_ms += round((how.clock() - started) * 1000)


@dataclass
class _Calls:
    """The calls of the model that one invocation makes for one draft."""

    model: Model
    plan: Plan
    draft: Draft
    how: Writing
    prefill: bool = field(init=False)
    mends: int = 0
    refusals: int = 0
    refused_since: float | None = None

    def __post_init__(self) -> None:
        self.prefill = self.how.prefill

    def next(self) -> Generator[str | None]:
        """Make one call, and act on how it ended."""
        draft = self.draft
        try:
            yield from self._one_call()
        except NotContinued:
            self.prefill = False
        except GenerationBroken:
            draft.breaks += 1
            added = self._looped()
            if added is not None:
                yield added or None
            elif self.mends >= _MENDS:
                raise
            else:
                self.mends += 1
        except ModelUnavailable:
            if not draft.text or self._patience_is_over():
                raise
            yield from self._pause()
        except ModelError as error:
            reason = error.reason
            if not draft.text and reason.endswith("prompt_too_long"):
                raise self._too_long() from error
            if not (draft.text and reason.startswith(_REFUSED)):
                raise
            if reason.endswith("prompt_too_long"):
                draft.reason = "length"  # the context is full: an undivided call would have ended here too
            else:
                self.prefill = False  # some templates refuse a last message of role assistant

    def _too_long(self) -> InvalidRequest:
        """The error for a prompt that does not fit into the context of the loaded model."""
        prompt = sum(estimate(message["content"]) for message in self.plan.messages)
        context = self.model.context_length()
        holds = "it does not fit" if context is None else f"the model's context holds {context}"
        pointer = task_for(self.plan.kind).pointer
        return InvalidRequest(
            errors=(Pointer(pointer, "too_long", f"This has about {prompt} tokens; {holds}."),)
        )

    def _one_call(self) -> Generator[str | None]:
        draft, plan = self.draft, self.plan
        if ThinkingWatch(plan, draft, self.how.thinking).used_up:
            # Its last owner died after the last token of the budget.
            yield self._close("budget")
        at_once = self._at_once()
        if draft.text and not self.prefill and not at_once:
            if not self.how.may_restart:
                raise GenerationBroken
            restart(draft)
        room = self._room()
        if room <= 0:
            draft.reason = "length"
            return
        messages = prompts.at_once_messages(plan.messages, plan.language) if at_once else plan.messages
        prefill = "" if at_once else draft.text
        tokens = sum(estimate(message["content"]) for message in messages) + estimate(prefill)
        seconds = self.how.prompt_speed.seconds(plan.model, tokens) if self.how.prompt_speed else None
        prompt = Prompt(
            messages=messages,
            prefill=prefill,
            model=plan.model,
            options=plan.options,
            num_predict=room,
            reading_seconds=tokens * UNMEASURED_SECONDS_PER_TOKEN if seconds is None else seconds,
        )
        check = ContinuationCheck("" if at_once else draft.text)
        skip = plan.answer_start.strip() if at_once else ""
        with PromptReading(
            draft, seconds or 0.0, deadline=self.how.deadline, clock=self.how.clock, now=self.how.now
        ) as reading:
            yield from self._generation(prompt, _Reader(check, skip), reading)

    def _at_once(self) -> bool:
        """Whether the answer is requested by a separate call, as the host cannot continue after a closed thinking."""
        draft = self.draft
        if self.prefill or not draft.ended_by:
            return False
        if len(draft.text) > draft.answer_from:
            if not self.how.may_restart:
                raise GenerationBroken
            restart(draft)
        return True

    def _room(self) -> int:
        """Tokens that the next call may produce."""
        draft, plan = self.draft, self.plan
        room = plan.num_predict - draft.tokens
        if draft.ended_by and plan.answer_reserve:
            room = min(room, plan.answer_reserve - (draft.tokens - draft.closed_at))
        return room

    def _generation(self, prompt: Prompt, reader: _Reader, reading: PromptReading) -> Generator[str | None]:
        draft, how = self.draft, self.how
        before, thought = draft.tokens, draft.thought
        held = 0
        watch = ThinkingWatch(self.plan, draft, how.thinking, how.proof)
        started = how.clock()
        with self.model.generate(prompt, deadline=how.deadline) as generation:
            try:
                for event in generation:
                    if event is None:
                        reading.waits()
                    else:
                        reading.ends()
                        self.refused_since, self.refusals = None, 0
                    if isinstance(event, Chunk):
                        held += event.tokens
                        watch.count(event.text, event.tokens)
                        if not draft.first_token_ms:
                            draft.first_token_ms = max(1, round((how.clock() - started) * 1000))
                    text = reader.text_of(event)
                    if watch.used_up:
                        text += reader.rest()
                    if not reader.holding:
                        # Count a token together with its text, so that a draft that is saved now is consistent.
                        draft.tokens, held = draft.tokens + held, 0
                        watch.commit()
                    draft.text += text
                    ending = watch.ending(text)
                    if isinstance(event, Finish):
                        self._take_counts(event, before, prompt)
                        ending = self._end(event, watch, before, thought)
                    yield text or None
                    if ending is None and text and not watch.thinking and watch.loops():
                        self._cut_answer()
                        return
                    if ending is not None:
                        yield self._close(ending)
                        return
            except NotContinued:
                draft.spent += held
                raise
            except (GenerationBroken, ModelTimeout):
                # Keep the text before the fault or the deadline, the beginning of a continuation included.
                rest = reader.rest(cut=True)
                draft.text += rest
                if rest or not reader.dropped:
                    draft.tokens += held
                    watch.commit()
                else:
                    draft.spent += held
                if rest:
                    yield rest
                raise

    def _take_counts(self, finish: Finish, before: int, prompt: Prompt) -> None:
        """Replace the counted tokens by the host's count, which is exact."""
        draft = self.draft
        if self.how.prompt_speed is not None and not prompt.prefill:
            self.how.prompt_speed.learn(
                prompt.model, tokens=finish.prompt_tokens, seconds=finish.prompt_ms / 1000
            )
        if finish.completion_tokens:
            before += self._miscounted(finish.completion_tokens - (draft.tokens - before), prompt)
            draft.tokens = before + finish.completion_tokens
        if not draft.prompt_tokens:
            draft.prompt_tokens = max(0, finish.prompt_tokens - self._prefilled(before, prompt))

    def _miscounted(self, excess: int, prompt: Prompt) -> int:
        """Estimated number of tokens of the closed calls before this one that were not counted.

        The host gives no count for a closed call. Only a chunk with a character of three or four bytes can be several
        tokens, so the *excess* of the host's count over the chunks of the call that has just ended is taken for each
        such character of it, and applied to those of the earlier text.
        """
        text = self.draft.text
        earlier = multi_byte(prompt.prefill or text[: self.draft.answer_from])
        here = multi_byte(text) - earlier
        if here < _LEAST_TO_COMPARE:
            return 0
        return round(earlier * min(max(excess / here, -0.5), 1.0))

    def _prefilled(self, before: int, prompt: Prompt) -> int:
        """Tokens of the prompt that are the draft's text, including the text that closed its thinking."""
        if not prompt.prefill:
            return 0
        return before + (estimate(f"</think>{self.plan.answer_start}") if self.draft.ended_by else 0)

    def _end(self, finish: Finish, watch: ThinkingWatch, before: int, thought: int) -> Ending | None:
        """Process the end of a generation; returns the reason to close the thinking at its end, if any."""
        draft = self.draft
        # A complete text without a tag is the answer, however it begins.
        unanswered = watch.thinking if finish.reason == "length" else watch.tagged
        if unanswered and self.plan.thinking_budget:
            # The host's count is exact, and all text of this call was thinking.
            draft.thought = max(draft.thought, thought + draft.tokens - before)
            return "budget" if finish.reason == "length" else "silent"
        draft.reason = finish.reason
        return None

    def _close(self, ending: Ending, *, broken: bool = False) -> str:
        count("ThinkingClosed", ending=ending)
        logger.info("thinking closed", extra={"ending": ending, "thinking_tokens": self.draft.thought})
        return close_thinking(self.plan, self.draft, ending, broken=broken)

    def _looped(self) -> str | None:
        """Act on a loop that the host broke off: close the thinking or end the answer; None if it was no loop."""
        watch = ThinkingWatch(self.plan, self.draft, self.how.thinking)
        if not watch.loops(broken=True):
            return None
        if watch.thinking and self.plan.answer_reserve:
            return self._close("loop", broken=True)
        self._cut_answer(broken=True)
        return ""

    def _cut_answer(self, *, broken: bool = False) -> None:
        """End the answer before the repetition at its end."""
        count("AnswerLoops")
        self.draft.text = without_loop(self.draft.text, broken=broken) or self.draft.text
        self.draft.reason = "length"
        self.draft.prompt_tokens = self.draft.prompt_tokens or sum(
            estimate(message["content"]) for message in self.plan.messages
        )

    def _patience_is_over(self) -> bool:
        now = self.how.clock()
        self.refused_since = now if self.refused_since is None else self.refused_since
        return now - self.refused_since >= self.how.patience

    def _pause(self) -> Generator[None]:
        """Wait before the next attempt with a host that refused the connection.

        Raises:
            ModelTimeout: the deadline is earlier.
        """
        count("ModelRetries")
        how = self.how
        until = how.clock() + how.jitter() * min(_LONGEST_BACKOFF_SECONDS, _TICK_SECONDS * 2.0**self.refusals)
        self.refusals += 1
        while (left := until - how.clock()) > 0:
            if how.clock() >= how.deadline:
                raise ModelTimeout
            how.sleep(min(_TICK_SECONDS, left))
            yield None
        yield None


class _Reader:
    """The text of a generation, from when it is clear that the host continues; *skip* at its beginning is removed."""

    def __init__(self, check: ContinuationCheck, skip: str) -> None:
        self._check = check
        self._skip = skip
        self._held = ""
        self.dropped = False

    @property
    def holding(self) -> bool:
        """Whether received text is held back."""
        return bool(self._held) or self._check.holding

    def text_of(self, event: Event | None) -> str:
        if isinstance(event, Chunk):
            return self._without_skip(self._check.pass_on(event.text))
        return self.rest() if isinstance(event, Finish) else ""

    def rest(self, *, cut: bool = False) -> str:
        holding = self._check.holding
        text = self._without_skip(self._check.rest(cut=cut))
        self.dropped = holding and not text and not self._held
        held, self._held = self._held, ""
        self._skip = ""
        return text or held

    def _without_skip(self, text: str) -> str:
        if not self._skip:
            return text
        self._held = (self._held + text).lstrip()
        if self._skip.startswith(self._held):
            return ""
        skip, held = self._skip, self._held
        self._skip = self._held = ""
        return held.removeprefix(skip).lstrip() if held.startswith(skip) else held
