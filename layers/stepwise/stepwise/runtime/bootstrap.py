"""A Lambda runtime for Python that can stream, until AWS's managed runtime can.

AWS's managed Python runtime sends a response in one piece. This one replaces it where ``AWS_LAMBDA_EXEC_WRAPPER`` is
``/opt/python/stepwise-bootstrap``: it calls the same handlers with the same arguments, and sends each chunk of a
``StreamingResponse`` as soon as it is made.

A streaming integration of API Gateway accepts only metadata, eight NUL bytes and the body, and the event does not show
whether the integration streams. So this runtime sends every response to a REST API event in that form, and every API
event of such a function needs ``ResponseTransferMode: RESPONSE_STREAM`` in the template. ``sam local`` understands only
proxy dictionaries; under it (``AWS_SAM_LOCAL``) responses are sent unchanged.
"""

from __future__ import annotations

import base64
import gc
import http.client
import importlib
import json
import logging
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from stepwise.runtime.runtime_api import RuntimeApi, log, log_error
from stepwise.runtime.streaming_response import StreamingResponse

__all__ = ["Context", "main"]

Handler = Callable[[Any, "Context"], Any]


class Context:
    """The ``context`` argument of a handler, with the attributes of AWS's ``LambdaContext``."""

    client_context = None
    identity = None

    def __init__(self, request_id: str, function_arn: str, deadline_ms: int) -> None:
        self.aws_request_id = request_id
        self.invoked_function_arn = function_arn
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME", "")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME", "")
        self._deadline_ms = deadline_ms

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends this invocation, never below 0."""
        return max(0, self._deadline_ms - time.time_ns() // 1_000_000)


def main() -> int:
    """Run the handler named by ``_HANDLER`` for one invocation after another; returns the exit code."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # Lambda gives no other kind of file
    logging_handler = _set_up_logging()
    runtime = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    gc.disable()  # nearly all that is made until here stays: to look for garbage costs 20 ms and finds none
    try:
        handler = _load_handler(os.environ["_HANDLER"])
    except Exception as error:  # noqa: BLE001 - whatever it is, Lambda is told
        log_error(None, error, with_message=True)
        runtime.post_error("/init/error", error)
        return 1
    gc.freeze()
    gc.enable()
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
        code = _restore(runtime)
        if code:
            return code
    while True:
        try:
            status, headers, body = runtime.call("GET", "/invocation/next")
        except (OSError, http.client.HTTPException):
            return 0  # Lambda ends this environment
        if status != http.client.OK:
            return 1
        _set_trace(headers["Lambda-Runtime-Trace-Id"])
        context = Context(
            headers["Lambda-Runtime-Aws-Request-Id"],
            headers["Lambda-Runtime-Invoked-Function-Arn"] or "",
            int(headers["Lambda-Runtime-Deadline-Ms"] or 0),
        )
        logging_handler.request_id = context.aws_request_id
        try:
            _answer(runtime, handler, json.loads(body), context)
        except Exception as error:  # noqa: BLE001 - whatever it is, Lambda is told
            log_error(context.aws_request_id, error)
            runtime.post_error(f"/invocation/{context.aws_request_id}/error", error)


def _answer(runtime: RuntimeApi, handler: Handler, event: Any, context: Context) -> None:
    result = handler(event, context)
    if isinstance(result, StreamingResponse) and os.environ.get("AWS_SAM_LOCAL"):
        text = b"".join(result.body).decode(errors="replace")
        result = {"statusCode": result.status, "headers": result.headers, "body": text}
    request_id = context.aws_request_id
    if isinstance(result, StreamingResponse):
        metadata: dict[str, Any] = {"statusCode": result.status, "headers": result.headers}
        chunks = iter(result.body)
        try:
            first = next(chunks, b"")
            if not runtime.stream(request_id, metadata, first, chunks):
                log("INFO", "The client left the stream", request_id)
        finally:
            close = getattr(chunks, "close", None)
            if close:
                close()
    elif _is_api_event(event) and isinstance(result, dict) and "statusCode" in result:
        runtime.stream(request_id, *_metadata_and_body(result), iter(()))
    else:
        body = json.dumps(result).encode()
        runtime.call("POST", f"/invocation/{request_id}/response", body, {"Content-Type": "application/json"})


def _is_api_event(event: Any) -> bool:
    """Whether the event is a request to a REST API, and not one to its authorizer."""
    return (
        isinstance(event, dict)
        and "httpMethod" in event
        and "methodArn" not in event
        and not os.environ.get("AWS_SAM_LOCAL")
    )


def _metadata_and_body(result: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    body = result.get("body") or ""
    data = base64.b64decode(body) if result.get("isBase64Encoded") else body.encode(errors="replace")
    names = ("statusCode", "headers", "multiValueHeaders", "cookies")
    return {name: result[name] for name in names if result.get(name)}, data


def _load_handler(name: str) -> Handler:
    module, _, function = name.rpartition(".")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    root = os.environ.get("LAMBDA_TASK_ROOT", os.getcwd())  # noqa: PTH109 - pathlib would cost its import
    sys.path[:0] = [root, f"/opt/python/lib/{version}/site-packages", "/opt/python"]
    handler: Handler = getattr(importlib.import_module(module.replace("/", ".")), function)
    return handler


def _restore(runtime: RuntimeApi) -> int:
    """Run SnapStart's hooks before and after the snapshot; 0, or the exit code of AWS's runtime for the failed part."""
    try:
        hooks: Any = importlib.import_module("snapshot_restore_py")
    except ImportError:
        hooks = None
    try:
        before = list(hooks.get_before_snapshot()) if hooks else []
        for function, arguments, keywords in reversed(before):
            function(*arguments, **keywords)
        runtime.call("GET", "/restore/next")
    except Exception as error:  # noqa: BLE001 - whatever it is, Lambda is told
        log_error(None, error, with_message=True)
        runtime.post_error("/init/error", error, "Runtime.BeforeSnapshotError")
        return 64
    try:
        for function, arguments, keywords in hooks.get_after_restore() if hooks else []:
            function(*arguments, **keywords)
    except Exception as error:  # noqa: BLE001 - whatever it is, Lambda is told
        log_error(None, error, with_message=True)
        runtime.post_error("/restore/error", error, "Runtime.AfterRestoreError")
        return 65
    return 0


def _set_trace(trace: str | None) -> None:
    if trace:
        os.environ["_X_AMZN_TRACE_ID"] = trace
    else:
        os.environ.pop("_X_AMZN_TRACE_ID", None)


class _LogHandler(logging.Handler):
    """Write records of the standard library's logging as JSON lines."""

    request_id = ""

    def emit(self, record: logging.LogRecord) -> None:
        log(record.levelname, self.format(record), self.request_id, logger=record.name)


def _set_up_logging() -> _LogHandler:
    handler = _LogHandler()
    logging.getLogger().addHandler(handler)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "")
    if level in logging.getLevelNamesMapping():
        logging.getLogger().setLevel(level)
    return handler


if __name__ == "__main__":
    sys.exit(main())
