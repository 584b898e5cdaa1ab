"""Every function from the output of ``sam build``, under AWS's Runtime Interface Emulator, with real events.

The events are those of ``tests/events``, which ``sam local invoke`` takes too. The emulator buffers streams.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stepwise_local.aws.client import Aws
from support.built import HERE, ROOT, Place, emulated, missing_tool, sam_build
from support.hosts.model_host import ModelHost

pytestmark = pytest.mark.skipif(bool(missing_tool()), reason=missing_tool() or "-")

EVENTS = ROOT / "tests" / "events"
SOLUTION = (
    "<think>2x = 10.</think>\n\nTake 6 away: $2x = 10$. Halve it: $x = 5$.\n\nThe answer is $\\boxed{5}$."
)
ANALYSIS = """<think>A classic.</think>

## Premises
P1: All men are mortal. `∀x (Man(x) → Mortal(x))`
P2: Socrates is a man. `Man(socrates)`

## Conclusion
C: Socrates is mortal. `Mortal(socrates)`

## Relations
P1, P2 -> C: entails (modus ponens)

## Reasoning
1. Socrates is a man, and all men are mortal.

## Proof idea
Instantiate P1 with Socrates.

## Missing premises
none

## Fallacies
none

## Verdict
valid
"""


def script(body: dict[str, Any]) -> str:
    return ANALYSIS if "Socrates" in json.dumps(body["messages"]) else SOLUTION


def event(name: str, **changes: Any) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text("utf-8"))
    return {**read, **changes}


@pytest.fixture(scope="module")
def model() -> Iterator[ModelHost]:
    with ModelHost(script) as host:
        yield host


@pytest.fixture(scope="module")
def aws_url() -> Iterator[str]:
    """DynamoDB and SQS in memory."""
    command = [sys.executable, "-m", "stepwise_local.aws.server"]
    environment = {"PYTHONPATH": str(ROOT / "infra" / "local")}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.kill()


@pytest.fixture(scope="module")
def place(
    built_here: Path, aws_url: str, model: ModelHost, tmp_path_factory: pytest.TempPathFactory
) -> Place:
    place = Place(built_here, aws_url, tmp_path_factory.mktemp("lambda"), {"OLLAMA_HOST": model.url})

    async def create() -> None:
        aws = Aws(aws_url)
        await aws.create(place.bundle.tables, place.bundle.queues)
        await aws.close()

    asyncio.run(create())
    return place


@pytest.fixture(scope="module")
def built_here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of a build for the processor of this machine."""
    folder = tmp_path_factory.mktemp("build") / "here"
    sam_build(folder, HERE)
    return folder


def parts(content: bytes) -> tuple[dict[str, Any], bytes]:
    """What the gateway makes of a stream: status and headers, and the body."""
    metadata, nuls, body = content.partition(b"\0" * 8)
    assert nuls, content
    read: dict[str, Any] = json.loads(metadata)
    return read, body


def received(aws_url: str) -> dict[str, Any]:
    """A message of the queue, as Lambda's event source gives it to the worker."""

    async def receive() -> dict[str, Any]:
        aws = Aws(aws_url)
        url = f"{aws_url}/123456789012/Queue"
        answer = await aws.sqs("ReceiveMessage", QueueUrl=url, AttributeNames=["All"])
        await aws.close()
        message: dict[str, Any] = answer["Messages"][0]
        return message

    message = asyncio.run(receive())
    (record,) = event("worker")["Records"]
    record |= {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
    }
    return {"Records": [record]}


def test_solve_solves_and_checks(place: Place) -> None:
    with emulated(place, "SolveFunction") as function:
        first, body = parts(function(event("solve")).content)
        again, _ = parts(function(event("solve")).content)

    answer = json.loads(body)
    assert first["statusCode"] == 200
    assert answer["final_answer"] == "5"
    assert answer["verification"]["status"] == "verified"
    assert again["multiValueHeaders"]["Cache-Status"][0].startswith("stepwise; hit")


def test_analyze_takes_apart_and_judges(place: Place) -> None:
    with emulated(place, "AnalyzeFunction") as function:
        metadata, body = parts(function(event("analyze")).content)

    validity = json.loads(body)["validity"]
    assert metadata["statusCode"] == 200
    assert (validity["model"], validity["solver"]) == ("valid", "valid")


def test_chat_answers_in_one_piece_and_streams_for_clients_of_openai(place: Place) -> None:
    with emulated(place, "ChatFunction") as function:
        plain, body = parts(function(event("chat")).content)
        streamed, events = parts(function(event("completions")).content)

    assert plain["statusCode"] == 200
    assert "\\boxed{5}" in json.loads(body)["response"]
    assert streamed["headers"]["Content-Type"].startswith("text/event-stream")
    assert events.endswith(b"data: [DONE]\n\n")


def test_what_is_not_streamed_is_a_proxy_answer_under_sam_local(place: Place) -> None:
    with emulated(place, "ChatFunction", AWS_SAM_LOCAL="true") as function:
        plain = function(event("chat")).json()
        streamed = function(event("completions")).json()

    assert plain["statusCode"] == streamed["statusCode"] == 200
    assert streamed["body"].endswith("data: [DONE]\n\n")


def test_a_job_goes_from_solve_to_the_worker_and_is_read(place: Place, aws_url: str) -> None:
    asked = event("solve", body=json.dumps({"problem": "Solve for x: 2x + 7 = 17"}))
    asked["headers"] = {**asked["headers"], "Prefer": "respond-async"}
    asked["multiValueHeaders"] = {**asked["multiValueHeaders"], "Prefer": ["respond-async"]}
    with emulated(place, "SolveFunction") as function:
        accepted, body = parts(function(asked).content)
    assert accepted["statusCode"] == 202, body
    job = json.loads(body)["id"]
    with emulated(place, "WorkerFunction") as function:
        done = function(received(aws_url)).json()
    asked = event("jobs", path=f"/v1/jobs/{job}", pathParameters={"id": job})
    with emulated(place, "JobsFunction") as function:
        found = function(asked).json()
        unknown = function(event("jobs")).json()

    assert done == {"batchItemFailures": []}
    assert json.loads(found["body"])["status"] == "succeeded"
    assert json.loads(found["body"])["result"]["final_answer"] == "5"
    assert unknown["statusCode"] == 404


def test_the_event_of_an_unknown_run_ends_without_failures(place: Place) -> None:
    with emulated(place, "WorkerFunction") as function:
        done = function(event("worker")).json()

    assert done == {"batchItemFailures": []}


def test_warmup_loads_the_model(place: Place, model: ModelHost) -> None:
    with emulated(place, "WarmupFunction") as function:
        warm = function(event("warmup")).json()

    assert warm["resident"] is True
    assert warm["context_length"] == 16_384
    assert "POST /api/chat" in model.paths


def test_status_answers_without_the_rest(place: Place) -> None:
    with emulated(place, "StatusFunction") as function:
        health = function(event("status")).json()
        ready = function(event("status", path="/health/ready")).json()
        document = function(event("status", path="/openapi.json")).json()

    assert health["statusCode"] == 200
    assert json.loads(ready["body"])["checks"]["cache"]["status"] == "ok"
    assert json.loads(document["body"])["openapi"].startswith("3.1")


@pytest.mark.parametrize(
    "header",
    [{"x-api-key": "example-key-of-a-partner"}, {"Authorization": "Bearer example-key-of-a-partner"}],
)
def test_the_authorizer_finds_the_key(place: Place, header: dict[str, str]) -> None:
    with emulated(place, "KeyAuthorizerFunction") as function:
        allowed = function(event("authorizer", headers=header)).json()
        refused = function(event("authorizer", headers={})).json()

    assert allowed["usageIdentifierKey"] == "example-key-of-a-partner"
    assert refused["errorMessage"] == "Unauthorized"
