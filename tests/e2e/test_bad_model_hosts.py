"""A model host that fails: the status of the contract, nothing cached, and the next request works."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from stepwise.text.canonical_key import canonical
from support.hosts.model_host import Fault, ModelHost

numbers = itertools.count()


def problem() -> str:
    """One that nobody asked before."""
    return f"What is {next(numbers)} + 3?"


@pytest.mark.parametrize(
    ("fault", "times", "status", "code"),
    [
        (Fault("status", status=500), 1, 502, "model_error"),
        (Fault("status", status=404), 1, 502, "model_error"),
        (Fault("status", status=400), 1, 502, "model_error"),
        (Fault("status", status=503), 9, 503, "model_unavailable"),
        (Fault("html"), 1, 502, "model_error"),
        (Fault("garbage"), 1, 502, "model_error"),
        (Fault("error"), 1, 502, "model_error"),
        (Fault("garbage", after=5), 2, 502, "model_error"),
        (Fault("error", after=5), 2, 502, "model_error"),
        (Fault("eof", after=5), 2, 502, "model_error"),
        (Fault("reset", after=5), 2, 502, "model_error"),
        (Fault("huge", after=5), 2, 502, "model_error"),
    ],
    ids=lambda value: (
        f"{value.kind}-{value.status}-after-{value.after}" if isinstance(value, Fault) else None
    ),
)
def test_a_failing_model_host_gives_the_status_of_the_contract(
    app: Any, host: ModelHost, fault: Fault, times: int, status: int, code: str
) -> None:
    asked = problem()
    host.faults.extend([fault] * times)

    reply = app.solve(asked)

    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert reply.headers["content-type"] == "application/problem+json"
    host.faults.clear()
    again = app.solve(asked)
    assert again.status_code == 200
    assert again.json()["cached"] is False
    assert again.json()["final_answer"] == "5"


@pytest.mark.parametrize("kind", ["error", "eof", "reset", "cut", "garbage"])
def test_a_generation_that_breaks_off_once_is_gone_on_with(app: Any, host: ModelHost, kind: Any) -> None:
    before = host.generated
    host.faults.append(Fault(kind, after=10))

    body = app.solve(problem(), include_reasoning=True).json()

    assert body["final_answer"] == "5"
    assert body["reasoning"].split() == [f"t{number}" for number in range(20)]
    assert body["usage"]["completion_tokens"] == host.generated - before


def test_a_host_that_refuses_the_connection_is_unavailable_and_works_again_when_it_is_back(
    app: Any, host: ModelHost
) -> None:
    asked = problem()
    host.kill()
    try:
        reply = app.solve(asked)
    finally:
        host.start()

    assert (reply.status_code, reply.json()["code"]) == (503, "model_unavailable")
    assert int(reply.headers["retry-after"]) >= 1
    assert app.solve(asked).json()["final_answer"] == "5"


def test_a_silent_host_becomes_a_job_or_for_the_impatient_a_504(app: Any, host: ModelHost) -> None:
    host.faults.extend([Fault("silence"), Fault("silence")])

    strict = app.solve(problem(), headers={"Prefer": "wait=1, handling=strict"})
    patient = app.solve(problem(), headers={"Prefer": "wait=1"})

    assert (strict.status_code, strict.json()["code"]) == (504, "model_timeout")
    assert patient.status_code == 202
    job = app.http.get(patient.headers["location"], headers={"Prefer": "wait=20"}).json()
    assert job["status"] == "succeeded"
    assert job["result"]["final_answer"] == "5"


def test_an_answer_that_never_left_its_thinking_is_none_and_is_not_kept(app: Any, host: ModelHost) -> None:
    asked = problem()
    host.script = "<think> on and on and on"

    body = app.solve(asked, include_reasoning=True).json()

    assert body["success"] is True
    assert body["finish_reason"] == "length"
    assert body["final_answer"] is None
    assert body["solution"] == ""
    assert "on and on" in body["reasoning"]
    assert app.solve(asked).json()["cached"] is False


def test_everything_goes_to_the_host_that_is_named(app: Any, host: ModelHost) -> None:
    asked = problem()

    assert app.solve(asked).json()["model"] == "phi4-mini-reasoning"

    (sent,) = [request for request in host.requests if canonical(asked) in request["messages"][-1]["content"]]
    assert sent["stream"] is True
    assert sent["truncate"] is False
    assert sent["shift"] is False
    assert sent["options"]["num_ctx"] == 16_384
    assert sent["options"]["temperature"] == 0.3
    assert "think" not in sent
    assert "format" not in sent
