"""Logs and metrics of all functions: structured lines, and CloudWatch's embedded metric format (EMF).

No line holds text of a problem or of an answer: an exception is logged by its type and its places in the code, never
by its message, even where ``logger.exception`` is called. Level and sampling are set by Powertools' own variables
``POWERTOOLS_LOG_LEVEL`` and ``POWERTOOLS_LOGGER_SAMPLE_RATE``.

There is no tracing: the X-Ray SDK takes four times as long to import as all of this (``tests/benchmarks/import_time.py``).
"""

from __future__ import annotations

import copy
import functools
import logging
import os
import re
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from stepwise.runtime.streaming_response import StreamingResponse

__all__ = [
    "NAMESPACE",
    "SERVICE",
    "HandlerFailed",
    "correlated",
    "count",
    "flush",
    "gauge",
    "log_event",
    "log_exception",
    "logger",
    "note",
    "observed",
    "observing",
    "report_error",
    "request_ids",
    "timing_ms",
]

SERVICE = "stepwise"
NAMESPACE = "Stepwise"

_MAX_DIMENSION_VALUES = 50
"""Different values of one dimension in one environment; each makes a metric that is paid for."""
_DIMENSION_VALUE = re.compile(r"[A-Za-z0-9_.:/{}+-]{1,64}")
_CORRELATION_ID = re.compile(r"[A-Za-z0-9_.:=+/-]{1,128}")
_LINE_VALUES = 99
"""Values of one metric in one line; at 100 Powertools would write the line by itself and forget its dimensions."""
_MAX_FRAMES = 20
_MAX_CAUSES = 5

type Dimensions = tuple[tuple[str, str], ...]
type Handler = Callable[[Any, Any], Any]


class HandlerFailed(Exception):
    """A handler raised what it should not have; the text names the type only, as Lambda logs it."""


class _Formatter(LambdaPowertoolsFormatter):
    """Powertools' JSON lines, with exceptions described by type and place instead of their texts."""

    def format(self, record: logging.LogRecord) -> str:
        if record.exc_info and record.exc_info[1] is not None:
            safe = copy.copy(record)
            safe.exc_info = safe.exc_text = None
            safe.__dict__.update(_described(record.exc_info[1]))
            return super().format(safe)
        return super().format(record)


for _noisy in ("boto3", "botocore", "httpx", "httpcore", "urllib3"):
    logging.getLogger(_noisy).setLevel(logging.WARNING)  # at INFO they name hosts, at DEBUG they write bodies

logger = Logger(service=SERVICE, logger_formatter=_Formatter(utc=True, use_rfc3339=True))
# Powertools would take Lambda's own level (AWS_LAMBDA_LOG_LEVEL) first, which stays at INFO for the sake of the metrics.
logger.initial_log_level = os.environ.get("POWERTOOLS_LOG_LEVEL", "").upper() or "INFO"
logging.getLogger(SERVICE).setLevel(logger.initial_log_level)


def log_exception(error: BaseException, message: str = "unexpected error", **fields: object) -> None:
    """Log *error* by type, module, code and places in the code, without any of its values.

    *message* and *fields* must not hold what users or the model wrote either.
    """
    logger.error(message, extra={**_described(error), **fields}, stacklevel=3)


def _described(error: BaseException) -> dict[str, Any]:
    frames = [
        f"{'/'.join(frame.f_code.co_filename.split('/')[-2:])}:{line} {frame.f_code.co_name}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    described: dict[str, Any] = {
        "exception_name": type(error).__name__,
        "exception_module": type(error).__module__,
        "frames": frames[-_MAX_FRAMES:],
    }
    causes = _causes(error)
    if causes:
        described["causes"] = causes
    code = getattr(type(error), "code", None)
    if isinstance(code, str):
        described["code"] = code
    return described


def _causes(error: BaseException) -> list[str]:
    """Types of what led to *error*, the nearest first."""
    causes: list[str] = []
    cause = error.__cause__ or error.__context__
    while cause is not None and len(causes) < _MAX_CAUSES:
        causes.append(f"{type(cause).__module__}.{type(cause).__name__}")
        cause = cause.__cause__ or cause.__context__
    return causes


class _Metrics:
    """Values of one invocation, in one EMF line for each combination of dimensions.

    A metric with dimensions is published twice, for its service alone and for its dimensions too, so that an
    alarm on the whole needs no arithmetic.
    """

    def __init__(self) -> None:
        self._values: dict[Dimensions, dict[str, tuple[MetricUnit, list[float]]]] = {}
        self._seen: dict[str, set[str]] = {}
        self._lock = threading.Lock()

    def add(self, name: str, value: float, unit: MetricUnit, dimensions: Mapping[str, object]) -> None:
        with self._lock:
            key = tuple(sorted((word, self._bounded(word, str(text))) for word, text in dimensions.items()))
            _, values = self._values.setdefault(key, {}).setdefault(name, (unit, []))
            if unit is MetricUnit.Count and values:
                values[0] += value
            else:
                values.append(value)

    def flush(self, metadata: Mapping[str, str]) -> None:
        with self._lock:
            everything, self._values = self._values, {}
        for dimensions, metrics in everything.items():
            while metrics:
                _write_line(dimensions, metrics, metadata)
                metrics = {
                    name: (unit, values[_LINE_VALUES:])
                    for name, (unit, values) in metrics.items()
                    if len(values) > _LINE_VALUES
                }

    def _bounded(self, name: str, value: str) -> str:
        seen = self._seen.setdefault(name, set())
        if value in seen:
            return value
        if len(seen) >= _MAX_DIMENSION_VALUES or not _DIMENSION_VALUE.fullmatch(value):
            return "other"
        seen.add(value)
        return value


def _write_line(
    dimensions: Dimensions,
    metrics: Mapping[str, tuple[MetricUnit, list[float]]],
    metadata: Mapping[str, str],
) -> None:
    """One EMF line on standard output, with as many values of each metric as a line takes."""
    if dimensions:
        _line.add_dimensions(service=SERVICE, **dict(dimensions))
    for word, text in metadata.items():
        _line.add_metadata(word, text)
    for name, (unit, values) in metrics.items():
        for value in values[:_LINE_VALUES]:
            _line.add_metric(name, unit, value)
    _line.flush_metrics()


_line = EphemeralMetrics(namespace=NAMESPACE, service=SERVICE)
"""Powertools' writer of EMF lines, empty again after each of them; a new one for each costs a tenth of a cache hit."""
_metrics = _Metrics()


def count(name: str, n: float = 1, **dimensions: object) -> None:
    """Add *n* to the metric *name*.

    Dimensions are for words of few values (``code``, ``function``); over 50 of them, and what is no word,
    become "other".
    """
    _metrics.add(name, n, MetricUnit.Count, dimensions)


def timing_ms(name: str, milliseconds: float, **dimensions: object) -> None:
    """Record a time in milliseconds."""
    _metrics.add(name, milliseconds, MetricUnit.Milliseconds, dimensions)


def gauge(name: str, value: float, **dimensions: object) -> None:
    """Record a value that is neither counted nor a time, such as tokens a second, or 0 and 1 for no and yes."""
    _metrics.add(name, value, MetricUnit.NoUnit, dimensions)


def flush(**metadata: str) -> None:
    """Write what was measured since the last time; *metadata* stands beside it and makes no dimension."""
    _metrics.flush(metadata)


_noted: dict[str, object] = {}
"""What the line at the end of this invocation says of it; an environment has one invocation at a time."""


class _Observation:
    """One invocation: its ids on every line of the log, its metrics written when it ends."""

    def __init__(self, event: object, context: object, function: str) -> None:
        self.summary: dict[str, object] = _noted
        _noted.clear()
        self._event = event
        self._started = time.monotonic()
        self._ids = request_ids(event, context)
        self._dimensions: dict[str, Any] = {"function": function} if function else {}
        self._ended = False
        if float(logger.sampling_rate or 0):  # a text when it comes from the environment; refreshing is slow
            logger.refresh_sample_rate_calculation()
        logger.append_keys(**self._ids, **self._dimensions)
        count("Requests", **self._dimensions)

    def fail(self, error: Exception) -> HandlerFailed:
        """Log *error*, and give what is raised in its place: Lambda's own log would write its message."""
        log_exception(error, "the handler failed")
        count("Errors", code="internal_error")
        self.summary["failed"] = True
        return HandlerFailed(type(error).__name__)

    def end(self) -> None:
        if self._ended:
            return
        self._ended = True
        elapsed = (time.monotonic() - self._started) * 1000
        timing_ms("Latency", elapsed, **self._dimensions)
        logger.info("done", extra={**_route(self._event), **self.summary, "duration_ms": round(elapsed, 1)})
        flush(**self._ids)
        logger.remove_keys([*self._ids, *self._dimensions])


class _ObservedBody(Iterator[bytes]):
    """The body of a stream; its invocation ends with it, and not before."""

    def __init__(self, body: Iterator[bytes], observation: _Observation) -> None:
        self._body = body
        self._observation = observation

    def __next__(self) -> bytes:
        try:
            return next(self._body)
        except StopIteration:
            self._observation.end()
            raise
        except Exception as error:  # noqa: BLE001 - nothing may reach Lambda's own log, which writes messages
            failed = self._observation.fail(error)
            self._observation.end()
            raise failed from None
        except BaseException:
            self._observation.end()
            raise

    def close(self) -> None:
        """Stop the stream: its client has left, or it has ended."""
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            self._observation.end()


@contextmanager
def observing(event: object, context: object, *, function: str = "") -> Iterator[dict[str, object]]:
    """Observe one invocation: its ids on every line of the log, its metrics at its end, however it ends.

    The dict that it gives is logged at the end; put the ``status`` of the reply in it, for example.

    Raises:
        HandlerFailed: in place of any exception, which is logged by :func:`log_exception` before.
    """
    observation = _Observation(event, context, function)
    try:
        yield observation.summary
    except Exception as error:  # noqa: BLE001 - nothing may reach Lambda's own log, which writes messages
        raise observation.fail(error) from None
    finally:
        observation.end()


def observed(handler: Handler, *, function: str = "") -> Handler:
    """Observe each invocation of *handler*; *function* is its name in logs and metrics.

    An invocation that answers with a stream ends with the last byte of the stream, or when its client leaves.

    Example:
        ``lambda_handler = observed(app.resolve, function="solve")``
    """

    @functools.wraps(handler)
    def observed_handler(event: Any, context: Any) -> Any:
        observation = _Observation(event, context, function)
        streams = False
        try:
            reply = handler(event, context)
            if isinstance(reply, StreamingResponse):
                streams = True
                observation.summary.update(status=reply.status, streamed=True)
                return replace(reply, body=_ObservedBody(iter(reply.body), observation))
            if isinstance(reply, Mapping) and isinstance(reply.get("statusCode"), int):
                observation.summary["status"] = reply["statusCode"]
        except Exception as error:  # noqa: BLE001 - nothing may reach Lambda's own log, which writes messages
            raise observation.fail(error) from None
        else:
            return reply
        finally:
            if not streams:
                observation.end()

    return observed_handler


@contextmanager
def correlated(correlation_id: str, **fields: object) -> Iterator[None]:
    """Put *correlation_id* and *fields* on every line of the log until the end of the block."""
    before = dict(logger.get_current_keys())
    given = {**({"correlation_id": correlation_id} if correlation_id else {}), **fields}
    logger.append_keys(**given)
    try:
        yield
    finally:
        logger.remove_keys([name for name in given if name not in before])
        logger.append_keys(**{name: before[name] for name in given if name in before})


def note(**fields: object) -> None:
    """Put *fields* on the line at the end of this invocation; it costs less than a line of its own."""
    _noted.update(fields)


def report_error(code: str, reason: str = "") -> None:
    """Count an error that a client is told of; the line at the end of this invocation has its *code*.

    A *reason*, one of our own words, gets a line of its own.
    """
    count("Errors", code=code)
    note(code=code)
    if reason:
        logger.warning("request failed", extra={"code": code, "reason": reason})


def log_event(message: str, **fields: object) -> None:
    """Write one line of the log: a fixed sentence, and fields that hold nobody's text."""
    logger.info(message, extra=fields, stacklevel=3)


def request_ids(event: object, context: object) -> dict[str, str]:
    """Request id (the gateway's, else Lambda's) and correlation id (the client's if it is a plain word)."""
    ids: dict[str, str] = {}
    gateway: object = event.get("requestContext") if isinstance(event, Mapping) else None
    request_id = gateway.get("requestId") if isinstance(gateway, Mapping) else None
    request_id = request_id or getattr(context, "aws_request_id", None)
    if isinstance(request_id, str):
        ids["request_id"] = ids["correlation_id"] = request_id
    headers = event.get("headers") if isinstance(event, Mapping) else None
    for name, value in headers.items() if isinstance(headers, Mapping) else ():
        if str(name).lower() == "x-correlation-id" and _CORRELATION_ID.fullmatch(str(value)):
            ids["correlation_id"] = str(value)
    return ids


def _route(event: object) -> dict[str, object]:
    """Method and path template: the path itself can hold ids of jobs."""
    if not isinstance(event, Mapping) or "httpMethod" not in event:
        return {}
    return {"method": event["httpMethod"], "resource": event.get("resource")}
