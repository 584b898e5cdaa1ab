"""A request that fails leaves its code, and a line with the reason, whichever way the client is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from stepwise.answering.tasks import Presentation
from stepwise.api.app import Api, Call
from stepwise.api.event_stream import stream
from stepwise.api.openai import stream_completion
from stepwise.api.openai_schemas import CompletionRequest
from stepwise.api.reply import Reply
from stepwise.errors import GenerationBroken, InvalidRequest, ModelUnavailable, StepwiseError
from stepwise.observability import observed
from stepwise.runtime.streaming_response import StreamingResponse
from support.log_lines import LogLines, reading_log
from support.scene import Scene, caller, plan_of

CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 30_000, aws_request_id="lambda-1")
EVENT = {
    "httpMethod": "POST",
    "path": "/things",
    "resource": "/things",
    "headers": {},
    "multiValueHeaders": {},
    "requestContext": {"requestId": "gateway-1"},
    "body": "{}",
}

type Streamer = Callable[[Scene], StreamingResponse]


@pytest.fixture
def log() -> Iterator[LogLines]:
    with reading_log() as lines:
        yield lines


def because(error: StepwiseError, reason: str) -> StepwiseError:
    error.reason = reason
    return error


def events(scene: Scene) -> StreamingResponse:
    presentation = Presentation(problem="q", include_reasoning=True)
    return stream(scene.environment(), plan_of(), presentation, caller(scene), "gateway-1")


def chunks(scene: Scene) -> StreamingResponse:
    request = CompletionRequest.model_validate(
        {"model": "phi4-mini-reasoning", "messages": [{"role": "user", "content": "@q@"}]}
    )
    return stream_completion(scene.environment(), request, caller(scene), "gateway-1")


def failing_at(scene: Scene, token: int, error: Exception) -> None:
    def at(number: int) -> None:
        if number == token:
            raise error

    scene.model.at_token = at


def lines_of(log: LogLines, message: str) -> list[dict[str, Any]]:
    return [line for line in log.read() if line["message"] == message]


def test_an_error_with_a_status_has_a_line_with_its_code_and_reason(log: LogLines) -> None:
    api = Api(lambda: None)

    @api.post("/things")
    def things(_: Call, __: None) -> Reply:
        raise because(ModelUnavailable(), "breaker_open")

    observed(api.resolve)(EVENT, CONTEXT)

    failed, done = log.read()
    assert (failed["message"], failed["code"], failed["reason"]) == (
        "request failed",
        "model_unavailable",
        "breaker_open",
    )
    assert (done["message"], done["status"], done["code"]) == ("done", 503, "model_unavailable")
    assert failed["correlation_id"] == done["correlation_id"] == "gateway-1"


def test_the_last_line_of_a_refused_request_has_the_code_and_not_what_was_wrong(log: LogLines) -> None:
    api = Api(lambda: None)

    @api.post("/things")
    def things(_: Call, __: None) -> Reply:
        raise InvalidRequest("a-text-of-somebody")

    observed(api.resolve)(EVENT, CONTEXT)

    (done,) = log.read()
    assert (done["status"], done["code"]) == (422, "invalid_request")
    assert "a-text-of-somebody" not in json.dumps(done)


@pytest.mark.parametrize("streamer", [events, chunks])
def test_a_stream_that_fails_after_its_status_was_sent_has_a_line_with_its_code_and_reason(
    log: LogLines, streamer: Streamer
) -> None:
    scene = Scene()
    failing_at(scene, 20, because(GenerationBroken(), "garbage:not_json"))

    b"".join(observed(lambda _, __: streamer(scene))(EVENT, CONTEXT).body)

    lines = log.read()
    (failed,) = [line for line in lines if line["message"] == "request failed"]
    assert (failed["code"], failed["reason"]) == ("model_error", "garbage:not_json")
    assert (lines[-1]["message"], lines[-1]["code"]) == ("done", "model_error")


@pytest.mark.parametrize("streamer", [events, chunks])
def test_a_stream_that_meets_a_fault_of_our_own_is_counted_as_an_error(
    log: LogLines, capsys: pytest.CaptureFixture[str], streamer: Streamer
) -> None:
    scene = Scene()
    failing_at(scene, 40, ValueError("a-text-of-somebody"))

    b"".join(observed(lambda _, __: streamer(scene))(EVENT, CONTEXT).body)

    lines = log.read()
    assert (lines[-1]["message"], lines[-1]["code"]) == ("done", "internal_error")
    assert "ValueError" in [line.get("exception_name") for line in lines]
    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["code"] for line in metrics if "Errors" in line] == ["internal_error"]
    assert "a-text-of-somebody" not in json.dumps([*lines, *metrics])
