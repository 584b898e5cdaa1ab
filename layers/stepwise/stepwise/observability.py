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
import re
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

__all__ = [
    "NAMESPACE",
    "SERVICE",
    "HandlerFailed",
    "count",
    "flush",
    "gauge",
    "log_exception",
    "logger",
    "observed",
    "observing",
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
    line = EphemeralMetrics(namespace=NAMESPACE, service=SERVICE)
    if dimensions:
        line.add_dimensions(service=SERVICE, **dict(dimensions))
    for word, text in metadata.items():
        line.add_metadata(word, text)
    for name, (unit, values) in metrics.items():
        for value in values[:_LINE_VALUES]:
            line.add_metric(name, unit, value)
    line.flush_metrics()


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


@contextmanager
def observing(event: object, context: object, *, function: str = "") -> Iterator[dict[str, object]]:
    """One invocation: its ids on every line of the log, its metrics written at its end, however it ends.

    The dict that it gives is logged at the end; put the ``status`` of the reply in it, for example.

    Raises:
        HandlerFailed: in place of any exception, which is logged by :func:`log_exception` before.
    """
    started = time.monotonic()
    ids = _ids(event, context)
    dimensions: dict[str, Any] = {"function": function} if function else {}
    summary: dict[str, object] = {}
    logger.refresh_sample_rate_calculation()
    logger.append_keys(**ids, **dimensions)
    count("Requests", **dimensions)
    try:
        yield summary
    except Exception as error:  # noqa: BLE001 - nothing may reach Lambda's own log, which writes messages
        log_exception(error, "the handler failed")
        count("Errors", code="internal_error")
        summary["failed"] = True
        raise HandlerFailed(type(error).__name__) from None
    finally:
        elapsed = (time.monotonic() - started) * 1000
        timing_ms("Latency", elapsed, **dimensions)
        logger.info("done", extra={**_route(event), **summary, "duration_ms": round(elapsed, 1)})
        flush(**ids)
        logger.remove_keys([*ids, *dimensions])


def observed(handler: Handler, *, function: str = "") -> Handler:
    """*handler* in :func:`observing`; *function* is its name in logs and metrics.

    Example:
        ``lambda_handler = observed(app.resolve, function="solve")``
    """

    @functools.wraps(handler)
    def observed_handler(event: Any, context: Any) -> Any:
        with observing(event, context, function=function) as summary:
            reply = handler(event, context)
            if isinstance(reply, Mapping) and isinstance(reply.get("statusCode"), int):
                summary["status"] = reply["statusCode"]
            return reply

    return observed_handler


def _ids(event: object, context: object) -> dict[str, str]:
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
