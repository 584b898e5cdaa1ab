"""The events and variables that ``sam local invoke`` is given fit the bundle.

    sam local invoke SolveFunction --event tests/events/solve.json --env-vars tests/events/env.json

That the functions answer them is in ``test_artefacts_functions.py``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from stepwise_local.template.model import Bundle
from stepwise_local.template.reader import read_bundle
from support.built import ROOT

EVENTS = ROOT / "tests" / "events"
FUNCTIONS = {
    "solve": "SolveFunction",
    "analyze": "AnalyzeFunction",
    "chat": "ChatFunction",
    "completions": "ChatFunction",
    "jobs": "JobsFunction",
    "status": "StatusFunction",
    "authorizer": "KeyAuthorizerFunction",
    "worker": "WorkerFunction",
    "warmup": "WarmupFunction",
}


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return read_bundle(ROOT / "template.yaml", {}, "http://127.0.0.1:1")


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def test_there_is_an_event_for_every_function(bundle: Bundle) -> None:
    named = {path.stem for path in EVENTS.glob("*.json")} - {"env"}

    assert named == set(FUNCTIONS)
    assert set(bundle.functions) == set(FUNCTIONS.values())


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name not in ("worker", "warmup")])
def test_an_event_of_the_gateway_comes_by_a_route_of_its_function(bundle: Bundle, name: str) -> None:
    event = read(EVENTS / f"{name}.json")
    route = next(route for route in bundle.routes if route.path == event["resource"])

    assert name == "authorizer" or route.function == FUNCTIONS[name]
    assert event["requestContext"]["resourcePath"] == event["resource"]
    assert event["requestContext"]["path"] == f"/{bundle.stage}{event['path']}"
    assert event["multiValueHeaders"] == {key: [value] for key, value in event["headers"].items()}
    assert bool(event["requestContext"]["identity"]["apiKeyId"]) == (
        route.api_key_required and name != "authorizer"
    )


def test_the_workers_event_is_of_its_queue(bundle: Bundle) -> None:
    (record,) = read(EVENTS / "worker.json")["Records"]
    queues = {
        source.queue_arn.rpartition(":")[2]
        for source in bundle.event_sources
        if source.function == FUNCTIONS["worker"]
    }

    assert record["eventSourceARN"].rpartition(":")[2] in queues
    assert set(json.loads(record["body"])) == {"run_id", "fence"}


def test_the_warm_up_event_is_the_one_of_the_schedule(bundle: Bundle) -> None:
    (schedule,) = bundle.schedules

    assert schedule.function == FUNCTIONS["warmup"]
    assert read(EVENTS / "warmup.json") == (
        json.loads(schedule.input) if isinstance(schedule.input, str) else schedule.input
    )


def test_the_variables_are_such_that_the_template_declares(bundle: Bundle) -> None:
    # SAM leaves out, without a word, those that a function does not have.
    variables = read(EVENTS / "env.json")["Parameters"]

    assert variables
    for function in bundle.functions.values():
        assert set(variables) <= set(function.environment)
