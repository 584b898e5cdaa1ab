from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stepwise.errors import InputRejected
from stepwise.observability import (
    HandlerFailed,
    correlated,
    count,
    flush,
    gauge,
    log_exception,
    logger,
    observed,
    observing,
    timing_ms,
)
from stepwise.runtime.streaming_response import StreamingResponse

SECRET = "解方程 x² + 2x − 3 = 0 for Alice"
CONTEXT = SimpleNamespace(aws_request_id="lambda-1")


class Output:
    """What an invocation wrote: lines of the log, and lines of metrics."""

    def __init__(self, stream: io.StringIO, capture: pytest.CaptureFixture[str]) -> None:
        self._stream = stream
        self._capture = capture

    def lines(self) -> list[dict[str, Any]]:
        text = self._stream.getvalue()
        self._stream.seek(0)
        self._stream.truncate()
        return [json.loads(line) for line in text.splitlines()]

    def metrics(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._capture.readouterr().out.splitlines()]

    def all(self) -> str:
        return self._stream.getvalue() + self._capture.readouterr().out


@pytest.fixture
def output(capsys: pytest.CaptureFixture[str]) -> Iterator[Output]:
    stream = io.StringIO()
    handler = logger.registered_handler
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(stream)
    flush()
    capsys.readouterr()
    yield Output(stream, capsys)
    flush()
    if before is not None:
        handler.setStream(before)


def _event(**headers: str) -> dict[str, Any]:
    return {
        "requestContext": {"requestId": "gateway-1"},
        "headers": headers,
        "httpMethod": "GET",
        "resource": "/v1/jobs/{id}",
        "path": f"/v1/jobs/{SECRET}",
        "body": SECRET,
    }


def test_a_line_says_which_request_it_belongs_to(output: Output) -> None:
    def handler(event: Any, context: Any) -> dict[str, Any]:
        logger.info("working", extra={"tokens": 3})
        return {"statusCode": 202}

    observed(handler, function="solve")(_event(), CONTEXT)

    working, done = output.lines()
    assert working["message"] == "working"
    assert working["tokens"] == 3
    for line in (working, done):
        assert line["service"] == "stepwise"
        assert line["request_id"] == line["correlation_id"] == "gateway-1"
        assert line["function"] == "solve"


def test_an_invocation_ends_with_a_line_of_its_route_status_and_time(output: Output) -> None:
    observed(lambda event, context: {"statusCode": 202})(_event(), CONTEXT)

    (done,) = output.lines()
    assert (done["message"], done["method"], done["resource"], done["status"]) == (
        "done",
        "GET",
        "/v1/jobs/{id}",
        202,
    )
    assert done["duration_ms"] >= 0


def test_an_event_without_a_gateway_has_lambdas_request_id(output: Output) -> None:
    observed(lambda event, context: {"batchItemFailures": []})({"Records": []}, CONTEXT)

    (done,) = output.lines()
    assert done["request_id"] == "lambda-1"
    assert "status" not in done


@pytest.mark.parametrize(
    "event", [None, [], {}, {"requestContext": None, "headers": None}, {"headers": {"a": None}}]
)
def test_an_event_of_any_shape_is_observed(output: Output, event: object) -> None:
    assert observed(lambda event, context: "reply")(event, None) == "reply"

    (done,) = output.lines()
    assert "request_id" not in done


@pytest.mark.parametrize("name", ["x-correlation-id", "X-Correlation-Id"])
def test_the_clients_correlation_id_is_on_every_line(output: Output, name: str) -> None:
    observed(lambda event, context: None)(_event(**{name: "partner:42/a"}), CONTEXT)

    (done,) = output.lines()
    assert (done["correlation_id"], done["request_id"]) == ("partner:42/a", "gateway-1")


@pytest.mark.parametrize("value", ["two words", "x" * 129, "new\nline", "", SECRET])
def test_a_correlation_id_that_is_no_plain_word_is_not_logged(output: Output, value: str) -> None:
    observed(lambda event, context: None)(_event(**{"x-correlation-id": value}), CONTEXT)

    (done,) = output.lines()
    assert done["correlation_id"] == "gateway-1"


def test_ids_do_not_stay_for_the_next_invocation(output: Output) -> None:
    observed(lambda event, context: None, function="solve")(_event(), CONTEXT)
    output.lines()

    logger.info("between")

    (line,) = output.lines()
    assert not {"request_id", "correlation_id", "function"} & set(line)


def _fail() -> None:
    try:
        int(SECRET)
    except ValueError:
        raise KeyError(SECRET) from None


def test_an_exception_is_logged_by_type_and_place_without_its_values(output: Output) -> None:
    try:
        _fail()
    except KeyError as error:
        error.add_note(SECRET)
        log_exception(error, kind="solve")

    (line,) = output.lines()
    assert (line["level"], line["message"], line["kind"]) == ("ERROR", "unexpected error", "solve")
    assert (line["exception_name"], line["exception_module"]) == ("KeyError", "builtins")
    assert line["causes"] == ["builtins.ValueError"]
    assert line["frames"][-1].startswith("stepwise/test_observability.py:")
    assert line["frames"][-1].endswith(" _fail")
    assert line["location"].startswith("test_an_exception_is_logged")
    assert "Alice" not in json.dumps(line, ensure_ascii=False)


def test_a_domain_error_is_logged_with_its_code(output: Output) -> None:
    log_exception(InputRejected(SECRET))

    (line,) = output.lines()
    assert line["code"] == "input_rejected"
    assert "Alice" not in json.dumps(line)


def test_even_logger_exception_keeps_the_text_of_the_exception_out(output: Output) -> None:
    try:
        _fail()
    except KeyError as error:
        error.add_note(SECRET)
        logger.exception("it failed")

    text = output.all()
    assert "it failed" in text
    assert '"exception_name":"KeyError"' in text
    assert "Alice" not in text


def test_an_exception_of_endless_depth_and_causes_makes_a_short_line(output: Output) -> None:
    def dive(depth: int) -> None:
        if depth == 0:
            raise ValueError(SECRET)
        try:
            dive(depth - 1)
        except ValueError as error:
            raise ValueError(SECRET) from error

    try:
        dive(100)
    except ValueError as error:
        log_exception(error)

    text = output.all()
    assert len(text) < 4000
    assert "Alice" not in text


def test_a_cause_that_leads_to_itself_ends(output: Output) -> None:
    first, second = ValueError(), KeyError()
    first.__context__, second.__context__ = second, first

    log_exception(first)

    (line,) = output.lines()
    assert line["causes"] == ["builtins.KeyError", "builtins.ValueError"] * 2 + ["builtins.KeyError"]


def test_a_handler_that_fails_is_logged_counted_and_raises_without_the_text(output: Output) -> None:
    def handler(event: Any, context: Any) -> None:
        _fail()

    with pytest.raises(HandlerFailed) as failed:
        observed(handler, function="worker")(_event(), CONTEXT)

    assert str(failed.value) == "KeyError"
    assert failed.value.__cause__ is None
    assert failed.value.__suppress_context__
    failure, done = output.lines()
    assert (failure["message"], failure["exception_name"]) == ("the handler failed", "KeyError")
    assert done["failed"] is True
    metrics = output.metrics()
    assert [line["code"] for line in metrics if "Errors" in line] == ["internal_error"]
    assert "Alice" not in json.dumps([failure, done, metrics])


def test_an_invocation_writes_its_metrics_at_its_end(output: Output) -> None:
    with observing(_event(), CONTEXT, function="chat") as summary:
        count("CacheHits")
        count("CacheHits", 2)
        timing_ms("UpstreamLatency", 1234.5)
        gauge("TokensPerSecond", 51.5)
        summary["status"] = 200
        assert output.metrics() == []

    lines = output.metrics()
    values = {name: value for line in lines for name, value in line.items() if isinstance(value, list)}
    latency = values.pop("Latency")
    assert values == {
        "Requests": [1.0],
        "CacheHits": [3.0],
        "UpstreamLatency": [1234.5],
        "TokensPerSecond": [51.5],
    }
    assert latency[0] >= 0
    assert {line["request_id"] for line in lines} == {"gateway-1"}


def test_metrics_are_in_the_embedded_format_of_cloudwatch(output: Output) -> None:
    timing_ms("UpstreamLatency", 5)
    flush()

    (line,) = output.metrics()
    assert line["_aws"]["CloudWatchMetrics"] == [
        {
            "Namespace": "Stepwise",
            "Dimensions": [["service"]],
            "Metrics": [{"Name": "UpstreamLatency", "Unit": "Milliseconds"}],
        }
    ]
    assert line["service"] == "stepwise"


def test_a_metric_with_dimensions_counts_for_the_service_too(output: Output) -> None:
    count("Errors", code="queue_full")
    count("Errors", code="model_error")
    count("Errors", code="queue_full")
    flush()

    lines = output.metrics()
    assert {line["code"]: line["Errors"] for line in lines} == {
        "queue_full": [2.0],
        "model_error": [1.0],
    }
    for line in lines:
        assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["service"], ["service", "code"]]


def test_metrics_are_written_once(output: Output) -> None:
    count("Requests")
    flush()
    output.metrics()
    flush()

    assert output.metrics() == []


def test_a_dimension_takes_few_values_and_then_only_other(output: Output) -> None:
    for number in range(200):
        count("Errors", drill=f"value_{number}")
    flush()

    values = [line["drill"] for line in output.metrics()]
    assert len(values) == 51
    assert values.count("other") == 1


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.text().filter(lambda text: not text.isascii() or not text.isalnum()) | st.just("x" * 65))
def test_a_dimension_that_is_no_word_is_other(output: Output, value: str) -> None:
    count("Errors", text=value + " ")
    flush()

    (line,) = output.metrics()
    assert line["text"] == "other"


def test_a_thousand_values_of_one_metric_are_all_written(output: Output) -> None:
    for number in range(1000):
        timing_ms("UpstreamLatency", number, function="solve")
    flush()

    lines = output.metrics()
    assert [value for line in lines for value in line["UpstreamLatency"]] == list(range(1000))
    assert {line["function"] for line in lines} == {"solve"}


def test_metrics_are_written_when_the_invocation_is_ended_from_outside(output: Output) -> None:
    with pytest.raises(KeyboardInterrupt), observing({}, None):
        raise KeyboardInterrupt

    assert [line["Requests"] for line in output.metrics()] == [[1.0]]


def test_the_import_does_without_tracing_and_without_boto3() -> None:
    program = "import sys, stepwise.observability; print(sorted(set(sys.modules) & {'aws_xray_sdk', 'boto3', 'botocore.session'}))"
    layer = Path(__file__).parents[3] / "layers" / "stepwise"

    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": str(layer)}, capture_output=True, text=True
    )

    assert (done.returncode, done.stdout.strip()) == (0, "[]")


def _streaming(event: Any, context: Any) -> StreamingResponse:
    def body() -> Iterator[bytes]:
        count("CompletionTokens", 42)
        logger.info("inside the stream")
        yield b"x"
        count("Errors", code="model_error")
        yield b"y"

    return StreamingResponse(200, {}, body())


@pytest.mark.parametrize("read", ["whole", "left after the first chunk", "closed unread"])
def test_a_streams_metrics_and_lines_belong_to_its_own_request(output: Output, read: str) -> None:
    response = observed(_streaming, function="solve")(_event(), CONTEXT)
    assert output.lines() == output.metrics() == []

    if read == "whole":
        assert list(response.body) == [b"x", b"y"]
    elif read == "left after the first chunk":
        assert next(response.body) == b"x"
    response.body.close()

    lines, metrics = output.lines(), output.metrics()
    assert {line["request_id"] for line in lines} == {line["request_id"] for line in metrics} == {"gateway-1"}
    assert [line["message"] for line in lines].count("done") == 1
    assert (lines[-1]["status"], lines[-1]["streamed"]) == (200, True)
    assert [line["CompletionTokens"] for line in metrics if "CompletionTokens" in line] == (
        [] if read == "closed unread" else [[42.0]]
    )
    assert ["model_error" for line in metrics if line.get("code") == "model_error"] == (
        ["model_error"] if read == "whole" else []
    )
    logger.info("between")
    assert "request_id" not in output.lines()[0]


def test_a_streams_latency_is_the_time_to_its_last_byte(
    output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("stepwise.observability.time.monotonic", lambda: now[0])
    response = observed(_streaming, function="solve")(_event(), CONTEXT)
    now[0] += 12.5

    list(response.body)

    (latency,) = [line["Latency"] for line in output.metrics() if "Latency" in line]
    assert latency == [12_500.0]


def test_a_stream_that_breaks_is_logged_and_counted_without_its_text(output: Output) -> None:
    def broken(event: Any, context: Any) -> StreamingResponse:
        def body() -> Iterator[bytes]:
            yield b"x"
            _fail()

        return StreamingResponse(200, {}, body())

    response = observed(broken, function="solve")(_event(), CONTEXT)
    with pytest.raises(HandlerFailed, match="KeyError"):
        list(response.body)

    failure, done = output.lines()
    assert (failure["exception_name"], done["failed"], done["request_id"]) == ("KeyError", True, "gateway-1")
    metrics = output.metrics()
    assert [line["code"] for line in metrics if "Errors" in line] == ["internal_error"]
    assert "Alice" not in json.dumps([failure, done, metrics])


def test_lines_of_a_block_bear_its_correlation_id_and_then_the_former_one(output: Output) -> None:
    with observing(_event(), CONTEXT):
        with correlated("first-request", run_id="run-1"):
            logger.info("inside")
        logger.info("after")

    inside, after, _ = output.lines()
    assert (inside["correlation_id"], inside["run_id"]) == ("first-request", "run-1")
    assert (after["correlation_id"], after.get("run_id")) == ("gateway-1", None)


@pytest.mark.parametrize(("level", "lines"), [("INFO", ["said", "failed"]), ("ERROR", ["failed"])])
def test_the_level_of_the_log_is_ours_not_lambdas_and_metrics_are_written_at_each(
    level: str, lines: list[str]
) -> None:
    code = (
        "from stepwise.observability import count, flush, logger;"
        "logger.refresh_sample_rate_calculation();"
        "logger.info('said'); logger.error('failed'); count('Requests'); flush()"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={"PYTHONPATH": "layers/stepwise", "AWS_LAMBDA_LOG_LEVEL": "INFO", "POWERTOOLS_LOG_LEVEL": level},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )

    written = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["message"] for line in written if "message" in line] == lines
    assert [line["Requests"] for line in written if "_aws" in line] == [[1.0]]


@pytest.mark.parametrize(("rate", "refreshed"), [("", 0), ("0", 0), ("0.0", 0), ("0.5", 1)])
def test_the_level_is_drawn_anew_only_where_lines_are_sampled(
    output: Output, monkeypatch: pytest.MonkeyPatch, rate: str, refreshed: int
) -> None:
    drawn: list[None] = []
    monkeypatch.setattr(logger, "sampling_rate", rate)
    monkeypatch.setattr(logger, "refresh_sample_rate_calculation", lambda: drawn.append(None))

    observed(lambda *_: None)({}, None)

    assert len(drawn) == refreshed
