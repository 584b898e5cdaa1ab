"""Logs and metrics of all functions: structured lines, and CloudWatch's embedded metric format (EMF).

No line contains text of a problem or an answer: an exception is logged with its type and stack, never with its message,
also by ``logger.exception``. Level and sampling are set by Powertools' variables ``POWERTOOLS_LOG_LEVEL`` and
``POWERTOOLS_LOGGER_SAMPLE_RATE``.

There is no tracing: importing the X-Ray SDK takes four times as long as this module (see
``tests/benchmarks/import_time.py``).
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
    "tolerated",
]

SERVICE = "stepwise"
NAMESPACE = "Stepwise"

_MAX_DIMENSION_VALUES = 50
"""Most values of one dimension in one environment; CloudWatch bills each of them as a metric."""
_DIMENSION_VALUE = re.compile(r"[A-Za-z0-9_.:/{}+-]{1,64}")
_CORRELATION_ID = re.compile(r"[A-Za-z0-9_.:=+/-]{1,128}")
_LINE_VALUES = 99
"""Most values of one metric in one line; at 100 Powertools would write the line itself, without the dimensions."""
_MAX_FRAMES = 20
_MAX_CAUSES = 5

type Dimensions = tuple[tuple[str, str], ...]
type Handler = Callable[[Any, Any], Any]


class HandlerFailed(Exception):
    """A handler raised an unexpected exception; the text is its type only, as Lambda logs it."""


class _Formatter(LambdaPowertoolsFormatter):
    """Powertools' JSON lines, with the type and stack of exceptions instead of their messages."""

    def format(self, record: logging.LogRecord) -> str:
        if record.exc_info and record.exc_info[1] is not None:
            safe = copy.copy(record)
            safe.exc_info = safe.exc_text = None
            safe.__dict__.update(_described(record.exc_info[1]))
            return super().format(safe)
        return super().format(record)


for _noisy in ("boto3", "botocore", "httpx", "httpcore", "urllib3"):
    logging.getLogger(_noisy).setLevel(logging.WARNING)  # they log host names at INFO and bodies at DEBUG

logger = Logger(service=SERVICE, logger_formatter=_Formatter(utc=True, use_rfc3339=True))
# Powertools prefers Lambda's own level (AWS_LAMBDA_LOG_LEVEL), which has to be INFO for the metrics.
logger.initial_log_level = os.environ.get("POWERTOOLS_LOG_LEVEL", "").upper() or "INFO"
logging.getLogger(SERVICE).setLevel(logger.initial_log_level)


def log_exception(error: BaseException, message: str = "unexpected error", **fields: object) -> None:
    """Log *error* with type, module, code and stack, without its message.

    *message* and *fields* must not contain text of users or of the model.
    """
    logger.error(message, extra={**_described(error), **fields}, stacklevel=3)


def tolerated(error: BaseException, code: str, message: str) -> None:
    """Count and log an *error* that nobody is told, because the answer goes on without what failed.

    *code* is a word of the metric ``Errors``; *message* must hold nothing that users or the model wrote.
    """
    count("Errors", code=code)
    logger.warning(message, extra=_described(error), stacklevel=3)


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
    """Types of the exceptions that caused *error*, the nearest first."""
    causes: list[str] = []
    cause = error.__cause__ or error.__context__
    while cause is not None and len(causes) < _MAX_CAUSES:
        causes.append(f"{type(cause).__module__}.{type(cause).__name__}")
        cause = cause.__cause__ or cause.__context__
    return causes


class _Metrics:
    """The metrics of one invocation, written as one EMF line for each combination of dimensions.

    A metric with dimensions is also published for the service alone, so that an alarm on the sum is simple.
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
    """Write one EMF line to standard output, with up to 99 values of each metric."""
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

    Dimensions are for fields with few values (``code``, ``function``). From the 51st value on, and for values that are
    not a plain word, the dimension is "other".
    """
    _metrics.add(name, n, MetricUnit.Count, dimensions)


def timing_ms(name: str, milliseconds: float, **dimensions: object) -> None:
    """Record a time in milliseconds."""
    _metrics.add(name, milliseconds, MetricUnit.Milliseconds, dimensions)


def gauge(name: str, value: float, **dimensions: object) -> None:
    """Record a value that is neither a count nor a time, such as tokens a second, or 0 and 1 for no and yes."""
    _metrics.add(name, value, MetricUnit.NoUnit, dimensions)


def flush(**metadata: str) -> None:
    """Write the metrics since the last flush; *metadata* is added to the line, but not as dimensions."""
    _metrics.flush(metadata)


_noted: dict[str, object] = {}
"""Fields of the last log line of this invocation; an environment has one invocation at a time."""


class _Observation:
    """One invocation: puts its ids on every log line, and writes its metrics at its end."""

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
        """Log *error*, and return the exception to raise instead: Lambda would log the message of *error*."""
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
    """The body of a stream; the invocation ends with the body."""

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
        """End the stream: it is complete, or its client has disconnected."""
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            self._observation.end()


@contextmanager
def observing(event: object, context: object, *, function: str = "") -> Iterator[dict[str, object]]:
    """Observe one invocation: its ids on every log line, its metrics written at its end, also after an exception.

    The dict that it yields is logged in the last line; the ``status`` of the reply belongs there, for example.

    Raises:
        HandlerFailed: instead of any exception, which is logged by :func:`log_exception`.
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

    An invocation with a streamed response ends with the last byte, or when its client disconnects.

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
    """Put *correlation_id* and *fields* on every log line inside the block."""
    before = dict(logger.get_current_keys())
    given = {**({"correlation_id": correlation_id} if correlation_id else {}), **fields}
    logger.append_keys(**given)
    try:
        yield
    finally:
        logger.remove_keys([name for name in given if name not in before])
        logger.append_keys(**{name: before[name] for name in given if name in before})


def note(**fields: object) -> None:
    """Add *fields* to the last log line of this invocation; that costs less than a line of its own."""
    _noted.update(fields)


def report_error(code: str, reason: str = "") -> None:
    """Count an error that is sent to a client, and add its *code* to the last log line of this invocation.

    With a *reason*, a fixed word, a line of its own is logged too.
    """
    count("Errors", code=code)
    note(code=code)
    if reason:
        logger.warning("request failed", extra={"code": code, "reason": reason})


def log_event(message: str, **fields: object) -> None:
    """Write one log line: a fixed message, and fields without text of users or of the model."""
    logger.info(message, extra=fields, stacklevel=3)


def request_ids(event: object, context: object) -> dict[str, str]:
    """Request id (the gateway's, else Lambda's) and correlation id (the client's if its characters are allowed)."""
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
    """Method and path template; the path itself may contain the id of a job."""
    if not isinstance(event, Mapping) or "httpMethod" not in event:
        return {}
    return {"method": event["httpMethod"], "resource": event.get("resource")}
