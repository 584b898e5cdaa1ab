"""Helpers for generations in tests."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from stepwise.config import Settings
from stepwise.errors import StepwiseError
from stepwise.ollama.client import OllamaClient
from stepwise.ollama.port import Chunk, Finish, Prompt

__all__ = ["Outcome", "client_of", "outcome", "prompt_of"]


def prompt_of(text: str = "What is 2 + 3?", **changes: Any) -> Prompt:
    values: dict[str, Any] = {
        "messages": ({"role": "user", "content": text},),
        "model": "phi4-mini-reasoning",
        "options": {"temperature": 0.3, "top_p": 0.9, "seed": 7},
        "num_predict": 1_000,
    }
    return Prompt(**{**values, **changes})


def client_of(
    url: str, *, clock: Any = time.monotonic, sleep: Any = time.sleep, **settings: Any
) -> OllamaClient:
    """A client of the host at *url* with time limits of a second."""
    values: dict[str, Any] = {"ollama_host": url, "idle_timeout": 1.0, "connect_timeout": 1.0}
    return OllamaClient(Settings(**{**values, **settings}), clock=clock, sleep=sleep, random=lambda: 0.01)


@dataclass
class Outcome:
    """The chunks, finish or error of a generation."""

    chunks: list[Chunk] = field(default_factory=list)
    finishes: list[Finish] = field(default_factory=list)
    ticks: int = 0
    error: StepwiseError | None = None
    seconds: float = 0.0

    @property
    def text(self) -> str:
        return "".join(chunk.text for chunk in self.chunks)

    @property
    def finish(self) -> Finish:
        (finish,) = self.finishes
        return finish


def outcome(client: OllamaClient, prompt: Prompt | None = None, *, seconds: float = 10.0) -> Outcome:
    """Run a generation to its end or error, with a deadline *seconds* from now."""
    result = Outcome()
    began = time.monotonic()
    try:
        with client.generate(prompt or prompt_of(), deadline=client.clock() + seconds) as generation:
            for event in generation:
                match event:
                    case None:
                        result.ticks += 1
                    case Chunk():
                        result.chunks.append(event)
                    case Finish():
                        result.finishes.append(event)
    except StepwiseError as error:
        result.error = error
    result.seconds = time.monotonic() - began
    return result
