"""Which queue a message comes from decides whether its run is gone on with or has failed for good."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from stepwise import wiring
from support.handlers import handler_of
from support.scene import PRESENTATION, Scene, answer, caller, plan_of

QUEUE = "arn:aws:sqs:eu-central-1:1:stepwise-Queue-AAA"
DEAD_LETTERS = "arn:aws:sqs:eu-central-1:1:stepwise-DeadLetterQueue-BBB"
CONTEXT = SimpleNamespace(aws_request_id="r", get_remaining_time_in_millis=lambda: 900_000)


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """functions/worker/handler.py, as Lambda loads it."""
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    yield handler_of("worker")
    wiring.settings.cache_clear()


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    """One answer that was handed over, and the worker's environment."""
    scene = Scene()
    answer(scene.environment(), plan_of(), PRESENTATION, caller(scene, respond_async=True))
    deps = scene.environment()
    settings = deps.settings.model_copy(
        update={
            "queue_url": "https://sqs.eu-central-1.amazonaws.com/1/stepwise-Queue-AAA",
            "dead_letter_queue_arn": DEAD_LETTERS,
        }
    )
    monkeypatch.setattr(wiring, "dependencies", lambda: replace(deps, settings=settings))
    return scene


def deliver(worker: ModuleType, scene: Scene, source: str) -> Any:
    body = json.dumps({"run_id": scene.run["pk"].removeprefix("run#"), "fence": 0})
    record = {"messageId": "m", "receiptHandle": "r", "body": body, "eventSource": "aws:sqs"}
    return worker.handler({"Records": [record | {"eventSourceARN": source}]}, CONTEXT)


@pytest.mark.parametrize(
    "source", [QUEUE, "arn:aws:sqs:eu-central-1:1:stepwise-PriorityQueue", QUEUE.replace("AAA", "CCC")]
)
def test_a_run_is_gone_on_with_whichever_queue_its_message_comes_from(
    scene: Scene, worker: ModuleType, source: str
) -> None:
    assert deliver(worker, scene, source) == {"batchItemFailures": []}
    assert scene.run["status"] == "succeeded"


def test_a_message_that_fails_comes_again_and_the_others_have_their_turn(
    scene: Scene, worker: ModuleType
) -> None:
    run_id = scene.run["pk"].removeprefix("run#")
    good = {"messageId": "good", "receiptHandle": "r", "eventSourceARN": QUEUE}
    records = [
        {"messageId": "no JSON", "receiptHandle": "r", "eventSourceARN": QUEUE, "body": "{"},
        {"messageId": "no run", "receiptHandle": "r", "eventSourceARN": QUEUE, "body": "{}"},
        good | {"body": json.dumps({"run_id": run_id})},
    ]

    reply = worker.handler({"Records": records}, CONTEXT)

    assert reply == {"batchItemFailures": [{"itemIdentifier": "no JSON"}, {"itemIdentifier": "no run"}]}
    assert scene.run["status"] == "succeeded"


def test_a_message_of_the_dead_letter_queue_ends_its_run(scene: Scene, worker: ModuleType) -> None:
    assert deliver(worker, scene, DEAD_LETTERS) == {"batchItemFailures": []}
    assert scene.run["status"] == "failed"
    assert scene.run["error"]["code"] == "internal_error"


@pytest.mark.parametrize("body", ["{", "{}", "[]", "null"])
def test_a_dead_letter_that_cannot_be_read_is_dropped_and_counted(
    scene: Scene, worker: ModuleType, capsys: pytest.CaptureFixture[str], body: str
) -> None:
    record = {"messageId": "m", "receiptHandle": "r", "eventSourceARN": DEAD_LETTERS, "body": body}

    assert worker.handler({"Records": [record]}, CONTEXT) == {"batchItemFailures": []}
    assert "unreadable_dead_letter" in capsys.readouterr().out
    assert scene.run["status"] == "queued"
