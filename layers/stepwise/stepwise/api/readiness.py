"""Check whether the model host and the table answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stepwise.api.reply import Reply
from stepwise.config import Settings
from stepwise.errors import StepwiseError
from stepwise.observability import tolerated
from stepwise.ollama.client import OllamaClient
from stepwise.ollama.protocol import same_model
from stepwise.storage.table import Table, TableError

__all__ = ["StatusDependencies", "readiness"]


@dataclass(frozen=True)
class StatusDependencies:
    """The dependencies of the status endpoints."""

    settings: Settings
    model: OllamaClient
    table: Table | None


def readiness(
    settings: Settings, model: OllamaClient, table: Table | None, clock: Callable[[], float] = time.monotonic
) -> Reply:
    """200, or 503 with the part that failed, without host names or texts of errors."""
    checks = {
        "model": _timed(clock, lambda: _model(settings, model)),
        "cache": _timed(clock, lambda: _table(table)),
    }
    ready = all(check["status"] == "ok" for check in checks.values())
    return Reply(200 if ready else 503, {"status": "ok" if ready else "unavailable", "checks": checks})


def _timed(clock: Callable[[], float], look: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
    begun = clock()
    found = look()
    return {**found, "took_ms": round((clock() - begun) * 1000)}


def _model(settings: Settings, model: OllamaClient) -> Mapping[str, Any]:
    try:
        resident = [entry for entry in model.resident() if same_model(entry.name, settings.model_name)]
    except StepwiseError as error:
        tolerated(error, error.code, "the model host is not ready")
        return {"status": "unavailable", "detail": error.detail}
    if not resident:
        return {"status": "unavailable", "detail": "The model is not loaded on its host."}
    context = resident[0].context_length
    if context > settings.num_ctx:
        return {"status": "unavailable", "detail": "The model is loaded with another context length."}
    found = {"status": "ok", "name": settings.model_name, "context_length": context}
    if context < settings.num_ctx:
        found["detail"] = (
            f"The model's context holds {context} tokens, NUM_CTX is {settings.num_ctx}. Set NUM_CTX={context}."
        )
    return found


def _table(table: Table | None) -> Mapping[str, Any]:
    if table is None:
        return {"status": "unavailable", "detail": "No table is set: nothing is cached or handed over."}
    try:
        table.get("health", "health")
    except TableError as error:
        tolerated(error, "table_unavailable", "the table is not ready")
        return {"status": "unavailable", "detail": "The table does not answer."}
    return {"status": "ok"}
