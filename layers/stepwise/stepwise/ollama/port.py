"""The interface of a model that the use cases use: prompts, and the events of a generation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, Self

__all__ = ["Chunk", "Event", "Finish", "Generation", "Model", "Prompt"]


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """One call: the messages, and the raw text that the model has already written (``prefill``)."""

    messages: tuple[Mapping[str, str], ...]
    prefill: str = ""
    """If it is not empty, it is sent as a last message of role assistant, which the model continues."""
    model: str
    options: Mapping[str, object]
    """Sampling: temperature, top_p, seed, stop, … ``num_ctx`` and ``num_predict`` are added by the client."""
    num_predict: int
    reading_seconds: float = 0.0
    """How long the host is likely to read this: so much longer may it be silent before its first token."""


@dataclass(frozen=True)
class Chunk:
    """A piece of raw text, and how many tokens it stands for."""

    text: str
    tokens: int = 1


@dataclass(frozen=True)
class Finish:
    """The end of a complete generation; times in milliseconds."""

    reason: Literal["stop", "length"]
    prompt_tokens: int
    completion_tokens: int
    load_ms: int
    total_ms: int
    prompt_ms: int = 0
    """How long the host read the prompt; 0 where it does not say."""


type Event = Chunk | Finish


class Generation(Protocol):
    """A generation: iterate it once, in a ``with`` block.

    Yields Chunks of raw text, then exactly one Finish; and None, a tick, at least every quarter of a second in which
    nothing arrives, so that the caller can look at its own deadlines.

    Raises:
        ModelUnavailable, ModelError, ModelTimeout, GenerationBroken.
    """

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def __iter__(self) -> Iterator[Event | None]: ...


class Model(Protocol):
    """A model that generates text."""

    def generate(self, prompt: Prompt, *, deadline: float) -> Generation:
        """A generation that ends by *deadline* (on the monotonic clock)."""

    def context_length(self) -> int | None:
        """The model's context length in tokens; None if unknown. Never raises."""
