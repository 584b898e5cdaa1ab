"""Warm-up: load the model like a real request, and check that it stays loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stepwise.config import Settings
from stepwise.errors import ModelUnavailable
from stepwise.observability import count, logger
from stepwise.ollama.client import OllamaClient
from stepwise.ollama.protocol import ResidentModel, same_model

__all__ = ["NotResident", "WarmUp", "warm_up"]


@dataclass(frozen=True)
class WarmUp:
    """A resident model: its context length in tokens, the load's milliseconds."""

    resident: bool
    context_length: int
    took_ms: int
    load_ms: int


class NotResident(ModelUnavailable):
    """The host does not hold the model after a load, or with another context length."""

    def __init__(self, reason: str, context_length: int = 0) -> None:
        super().__init__("The model is not resident on its host.")
        self.reason = reason
        self.context_length = context_length


def warm_up(client: OllamaClient, settings: Settings, clock: Callable[[], float]) -> WarmUp:
    """Load the model like a real request, and look for it in ``/api/ps``.

    Raises:
        NotResident: it is not there, or has a longer context: every real request would load it again. A shorter one is
            all that the model was trained for: requests work, and a warning says what to set.
        ModelUnavailable, ModelError, ModelTimeout: the host could not be asked.
    """
    began = clock()
    loaded = client.load()
    found = _resident(client.resident(), settings.model_name)
    if found is None:
        raise NotResident("absent")
    if found.context_length > settings.num_ctx:
        raise NotResident("other_context", found.context_length)
    if found.context_length < settings.num_ctx:
        count("ContextShorterThanNumCtx")
        logger.warning(
            "the model's context is shorter than NUM_CTX",
            extra={"context_length": found.context_length, "num_ctx": settings.num_ctx},
        )
    return WarmUp(
        resident=True,
        context_length=found.context_length,
        took_ms=round((clock() - began) * 1000),
        load_ms=loaded.load_ms,
    )


def _resident(models: list[ResidentModel], name: str) -> ResidentModel | None:
    return next((model for model in models if same_model(model.name, name)), None)
