"""The smoke test of a deployment against whole stacks: a well one passes, each kind of sick one does not."""

from __future__ import annotations

import io
from typing import Any

from support.built import free_port
from support.drills import aws_of
from support.hosts.model_host import Fault, ModelHost
from support.infra import script
from support.local_stack import local_stack
from support.toy_stack import eventually

smoke = script("smoke.py")


def _smoke(url: str, key: str = "demo-key", patience: float = 60) -> tuple[int, str]:
    out = io.StringIO()
    arguments = ["--url", url, "--patience", str(patience), "--pause", "0.05"]
    return smoke.main(arguments, {"SMOKE_KEY": key}, out), out.getvalue()


def test_a_well_stack_passes_and_says_what_was_asked(embedded: Any) -> None:
    status, said = _smoke(embedded.stack.base_url)

    assert (status, said.splitlines()[-1]) == (0, "smoke test passed")
    steps = [line.partition(":")[0] for line in said.splitlines()[1:-1]]
    assert steps == ["before", "solve", "job", "ready"]
    assert said.count("(verified, embedded-sympy, ") == 2


def test_a_model_host_that_is_down_fails_it(app: Any, host: ModelHost) -> None:
    host.kill()
    try:
        status, said = _smoke(app.stack.base_url, patience=0.1)
    finally:
        host.start()

    assert status == 1
    assert "before: model unavailable" in said
    assert "FAILED: /v1/math/solve was asked for an answer and answered 503 (model_unavailable)." in said


def test_a_model_host_that_is_ready_and_cannot_generate_fails_it(app: Any, host: ModelHost) -> None:
    host.always = Fault("html")

    status, said = _smoke(app.stack.base_url)

    assert status == 1
    assert "FAILED: /v1/math/solve was asked for an answer and answered 502 (model_error)." in said


def test_a_model_that_is_always_wrong_fails_it(app: Any) -> None:
    status, said = _smoke(app.stack.base_url)

    assert status == 1
    assert said.count("(refuted, ") == 2
    assert "FAILED: solve: 2 problems were answered and none is verified." in said


def test_a_wrong_key_fails_it(embedded: Any) -> None:
    status, said = _smoke(embedded.stack.base_url, key="no-such-key")

    assert status == 1
    assert "401 (invalid_api_key)" in said
    assert "no-such-key" not in said


def test_no_key_fails_it(embedded: Any) -> None:
    assert _smoke(embedded.stack.base_url, key="") == (1, "smoke test FAILED: Set SMOKE_KEY to an API key.\n")


def test_a_table_that_is_down_fails_it(scripted_host: ModelHost) -> None:
    with local_stack(settings={"OLLAMA_HOST": scripted_host.url}) as stack:
        assert eventually(lambda: [one for one in stack.environments() if one["pid"]])
        client, environ = aws_of(stack, "dynamodb")
        client.delete_table(TableName=environ["TABLE_NAME"])
        status, said = _smoke(stack.base_url, patience=0.1)

    assert status == 1
    assert "cache unavailable (The table does not answer.)" in said
    assert "FAILED" in said


def test_nobody_there_fails_it() -> None:
    status, said = _smoke(f"http://127.0.0.1:{free_port()}")

    assert status == 1
    assert "FAILED: GET /health/ready: ConnectError" in said
