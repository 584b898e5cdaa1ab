"""Write an answer with the model, from nothing or from what is there already.

A draft is what the model has written so far: raw text, thinking included. Going on from a draft prefills the
last assistant message with it, so the joined text is the one that an undivided call would have given.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from stepwise.errors import GenerationBroken, ModelError, ModelTimeout
from stepwise.ollama.port import Chunk, Finish, Model, Prompt
from stepwise.plan import Plan, known_fields

__all__ = ["Draft", "restart", "write"]

_PROBE = 32
"""Characters of a continuation that show whether the host goes on or begins anew."""
_LEAST = 8
"""A shorter draft is not recognized when it comes again."""
_OPENING = "<think>"
_REFUSED = "status_400"
_MENDS = 1
"""How often one invocation goes on after a generation that broke off."""


@dataclass
class Draft:
    """What the model has written so far.

    ``tokens`` counts what ``text`` has; ``spent`` adds what was thrown away when a host could not go on.
    ``reason`` is empty until the answer is whole (``stop``) or out of tokens (``length``).
    """

    text: str = ""
    tokens: int = 0
    spent: int = 0
    prompt_tokens: int = 0
    model_ms: int = 0
    first_token_ms: int = 0
    reason: str = ""
    breaks: int = 0

    def as_dict(self) -> dict[str, Any]:
        return dict(self.__dict__)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """The draft of a record, whichever release wrote it."""
        return cls(**known_fields(cls, value))


def write(
    model: Model,
    plan: Plan,
    draft: Draft,
    *,
    deadline: float,
    clock: Callable[[], float] = time.monotonic,
    prefill: bool = True,
    may_restart: bool = True,
) -> Generator[str | None]:
    """Go on with *draft* until it is whole; yields new raw text, or None when there is none just now.

    A generation that breaks off is gone on with once. Closing the generator stops the model; the draft keeps what
    it has. *deadline* is on *clock*, in seconds. Where the host does not go on with a draft, the answer is begun anew
    if *may_restart* allows it: not when somebody has seen the text already.

    Raises:
        ModelUnavailable, ModelError, ModelTimeout: from the client.
        GenerationBroken: it broke off again, or may not be begun anew; the draft has what was written.
    """
    mends = 0
    while not draft.reason:
        if draft.text and not prefill:
            if not may_restart:
                raise GenerationBroken
            restart(draft)
        started = clock()
        try:
            yield from _one_call(model, plan, draft, deadline, clock)
        except _NotContinued:
            prefill = False
        except GenerationBroken:
            draft.breaks += 1
            if mends >= _MENDS:
                raise
            mends += 1
        except ModelError as error:
            reason = error.reason
            if not (draft.text and reason.startswith(_REFUSED)):
                raise
            if reason.endswith("prompt_too_long"):
                draft.reason = (
                    "length"  # the context is full, where an undivided call would have ended so too
                )
            else:
                prefill = False  # some templates refuse a last message of role assistant
        finally:
            draft.model_ms += round((clock() - started) * 1000)


class _NotContinued(Exception):
    """The host answered a continuation from the beginning."""


def _one_call(
    model: Model, plan: Plan, draft: Draft, deadline: float, clock: Callable[[], float]
) -> Generator[str | None]:
    before = draft.tokens
    remaining = plan.num_predict - draft.tokens
    if remaining <= 0:
        draft.reason = "length"
        return
    prompt = Prompt(
        messages=plan.messages,
        prefill=draft.text,
        model=plan.model,
        options=plan.options,
        num_predict=remaining,
    )
    probe = _ContinuationCheck(draft.text)
    started = clock()
    with model.generate(prompt, deadline=deadline) as generation:
        try:
            for event in generation:
                if isinstance(event, Chunk):
                    if not draft.first_token_ms:
                        draft.first_token_ms = max(1, round((clock() - started) * 1000))
                    draft.tokens += event.tokens
                    text = probe.pass_on(event.text)
                elif isinstance(event, Finish):
                    text = probe.rest()
                    draft.tokens = (
                        before + event.completion_tokens if event.completion_tokens else draft.tokens
                    )
                    draft.prompt_tokens = draft.prompt_tokens or max(0, event.prompt_tokens - before)
                    draft.reason = event.reason
                else:
                    text = ""
                draft.text += text
                yield text or None
        except (GenerationBroken, ModelTimeout):
            # What came before it broke off or its time was up is kept, the beginning of a continuation too.
            draft.text += probe.rest(cut=True)
            if draft.text == prompt.prefill:
                draft.spent, draft.tokens = draft.spent + draft.tokens - before, before
            raise


class _ContinuationCheck:
    """Holds the beginning of a continuation back until it is clear that it goes on with *text*."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._held = ""
        self._decided = not text.strip()

    def pass_on(self, delta: str) -> str:
        if self._decided:
            return delta
        self._held += delta
        if len(self._held.lstrip()) < _PROBE:
            return ""
        return self.rest()

    def rest(self, *, cut: bool = False) -> str:
        """What is held, for good; raises when it is the beginning again.

        Of a continuation that was *cut* before it could be told, what may be the beginning again is dropped: a few
        tokens, which the next continuation writes once more.
        """
        if not self._decided and _begins_anew(self._text, self._held):
            raise _NotContinued
        if not self._decided and cut and _may_begin_anew(self._text, self._held):
            self._held = ""
        held, self._held, self._decided = self._held, "", True
        return held


def _begins_anew(text: str, continuation: str) -> bool:
    """Whether *continuation* repeats the beginning of *text*.

    A text that repeats itself, or is very short, cannot tell: there the benefit of the doubt goes to the host.
    """
    start = continuation.lstrip()
    if start.startswith(_OPENING):
        return True
    for whole in _beginnings(text):
        length = min(_PROBE, len(whole))
        again = len(start) >= length >= _LEAST and start[:length] == whole[:length]
        if again and whole.find(start[:length], 1) < 0:
            return True
    return False


def _may_begin_anew(text: str, continuation: str) -> bool:
    start = continuation.lstrip()[:_PROBE]
    return any(whole.startswith(start) or start.startswith(whole) for whole in _beginnings(text))


def _beginnings(text: str) -> tuple[str, ...]:
    """How a host would write *text* again: with its opening tag, or without where thinking is a field of its own."""
    whole = text.lstrip()
    inside = whole.removeprefix(_OPENING).lstrip()
    return (whole, inside) if inside and inside != whole else (whole,)


def restart(draft: Draft) -> None:
    """Throw away what is written; its tokens stay counted."""
    draft.spent += draft.tokens
    draft.tokens = 0
    draft.text = ""
