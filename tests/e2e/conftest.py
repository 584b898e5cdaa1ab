"""Whole stacks: one with the embedded model, one before a scripted model host."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from support.hosts.model_host import ModelHost
from support.local_stack import LocalStack, local_stack
from support.toy_stack import eventually

THINKING = "<think>" + "".join(f" t{number}" for number in range(20)) + "</think>"
ANSWER = (
    "## Analysis\n\nA sum.\n\n## Steps\n\n1. **Add**: two and three make five.\n\n## Answer\n\n$\\boxed{5}$"
)


@dataclass(frozen=True)
class Client:
    """A partner's app."""

    http: httpx.Client
    stack: LocalStack

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return self.http.post(
            path, json=body, headers={name.replace("_", "-"): each for name, each in headers.items()}
        )

    def solve(self, problem: str, *, headers: dict[str, str] | None = None, **fields: Any) -> httpx.Response:
        return self.http.post("/v1/math/solve", json={"problem": problem, **fields}, headers=headers)


def client_of(stack: LocalStack, key: str = "demo-key") -> Client:
    http = httpx.Client(base_url=stack.base_url, headers={"x-api-key": key}, timeout=60, trust_env=False)
    return Client(http, stack)


@pytest.fixture(scope="session")
def embedded() -> Iterator[Client]:
    """The stack with the embedded model, as fast as it goes."""
    with local_stack(settings={"EMBEDDED_TOKENS_PER_SECOND": "0"}) as stack:
        client = client_of(stack)
        with client.http:
            yield client


@pytest.fixture(scope="session")
def scripted_host() -> Iterator[ModelHost]:
    with ModelHost(THINKING + ANSWER) as host:
        yield host


@pytest.fixture(scope="session")
def scripted_stack(scripted_host: ModelHost) -> Iterator[Client]:
    settings = {
        "OLLAMA_HOST": scripted_host.url,
        "IDLE_TIMEOUT_SECONDS": "1.5",
        "CONNECT_TIMEOUT_SECONDS": "1",
    }
    with local_stack(settings=settings) as stack:
        client = client_of(stack)
        # What the warm-up asks the host once is not to meet the faults of a test.
        assert eventually(lambda: any(request["messages"] for request in scripted_host.requests))
        with client.http:
            yield client


@pytest.fixture
def host(scripted_host: ModelHost) -> Iterator[ModelHost]:
    """The scripted model host, well again after each test."""
    yield scripted_host
    scripted_host.faults.clear()
    scripted_host.always = None
    scripted_host.tokens_per_second = 0
    scripted_host.script = THINKING + ANSWER


@pytest.fixture
def app(scripted_stack: Client, host: ModelHost) -> Client:
    """An app before the scripted model host."""
    return scripted_stack
