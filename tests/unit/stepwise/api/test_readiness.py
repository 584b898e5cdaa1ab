"""Whether a deployment can answer just now, and what is wrong where it cannot."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from stepwise.api.readiness import readiness
from stepwise.config import Settings
from stepwise.errors import ModelUnavailable
from stepwise.storage.table import TableError
from support.clock import Clock

SETTINGS = Settings()


class Host:
    """A model host that holds *names* with *context*, or does not answer."""

    def __init__(self, *names: str, context: int = SETTINGS.num_ctx, gone: bool = False) -> None:
        self._names, self._context, self._gone = names, context, gone

    def resident(self) -> list[Any]:
        if self._gone:
            raise ModelUnavailable
        return [SimpleNamespace(name=name, context_length=self._context) for name in self._names]


class Shelf:
    def __init__(self, *, gone: bool = False) -> None:
        self._gone = gone

    def get(self, pk: str, sk: str) -> None:
        if self._gone:
            raise TableError(f"no {pk} {sk}")


def look(host: Host, table: Shelf | None) -> tuple[int, Any]:
    reply = readiness(SETTINGS, host, table, Clock())  # type: ignore[arg-type]
    return reply.status, reply.body


@pytest.mark.parametrize("name", ["phi4-mini-reasoning", "phi4-mini-reasoning:latest"])
def test_a_resident_model_and_a_table_that_answers_are_ready(name: str) -> None:
    status, body = look(Host("other:7b", name), Shelf())

    assert (status, body["status"]) == (200, "ok")
    assert body["checks"]["model"] == {
        "status": "ok",
        "name": "phi4-mini-reasoning",
        "context_length": 16_384,
        "took_ms": 0,
    }
    assert body["checks"]["cache"] == {"status": "ok", "took_ms": 0}


@pytest.mark.parametrize(
    ("host", "detail"),
    [
        (Host(gone=True), "cannot be reached"),
        (Host(), "not loaded"),
        (Host("other"), "not loaded"),
        (Host("phi4-mini-reasoning", context=32_768), "another context length"),
    ],
)
def test_a_model_that_cannot_answer_is_not_ready(host: Host, detail: str) -> None:
    status, body = look(host, Shelf())

    assert (status, body["status"], body["checks"]["cache"]["status"]) == (503, "unavailable", "ok")
    assert detail in body["checks"]["model"]["detail"]


def test_a_model_with_a_shorter_context_is_ready_and_says_what_to_set() -> None:
    status, body = look(Host("phi4-mini-reasoning", context=4_096), Shelf())

    model = body["checks"]["model"]
    assert (status, model["status"], model["context_length"]) == (200, "ok", 4_096)
    assert model["detail"] == "The model's context holds 4096 tokens, NUM_CTX is 16384. Set NUM_CTX=4096."


@pytest.mark.parametrize("table", [None, Shelf(gone=True)])
def test_a_table_that_is_gone_is_not_ready(table: Shelf | None) -> None:
    status, body = look(Host("phi4-mini-reasoning"), table)

    assert (status, body["checks"]["model"]["status"]) == (503, "ok")
    assert body["checks"]["cache"]["status"] == "unavailable"
