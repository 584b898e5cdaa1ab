"""Client of the Lambda Runtime API: responses in one piece, or streamed with error trailers.

Sources: "Using the Lambda runtime API" and "Building a custom runtime" in AWS's Lambda developer guide (paths, headers,
trailers); "Lambda proxy integration with payload response streaming" in API Gateway's (the form of a streamed answer).
"""

from __future__ import annotations

import base64
import http.client
import json
import select
import traceback
from collections.abc import Iterator
from typing import Any, NamedTuple

__all__ = ["Reply", "RuntimeApi", "log", "log_error"]

_API = "/2018-06-01/runtime"
_DELIMITER = b"\0" * 8
_ERROR_TYPE = "Lambda-Runtime-Function-Error-Type"
_ERROR_BODY = "Lambda-Runtime-Function-Error-Body"


class Reply(NamedTuple):
    """A response of the Runtime API."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


class RuntimeApi:
    """The Runtime API of this environment; each call opens its own connection, as in AWS's runtime."""

    def __init__(self, address: str) -> None:
        self._address = address

    def call(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Reply:
        """Send one request with its whole body; *path* is the part after ``/runtime``."""
        connection = http.client.HTTPConnection(self._address)
        try:
            connection.request(method, _API + path, body, headers or {})
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()

    def post_error(self, path: str, error: BaseException, error_type: str | None = None) -> None:
        """Report an error of an invocation, of the initialisation or of a restore."""
        name = error_type or type(error).__name__
        headers = {"Content-Type": "application/vnd.aws.lambda.error+json", _ERROR_TYPE: name}
        self.call("POST", path, _error_document(error), headers)

    def stream(self, request_id: str, metadata: dict[str, Any], first: bytes, rest: Iterator[bytes]) -> bool:
        """Send a response chunk by chunk; False if the peer closed the connection before its end."""
        connection = http.client.HTTPConnection(self._address)
        try:
            connection.putrequest("POST", f"{_API}/invocation/{request_id}/response")
            connection.putheader("Content-Type", "application/vnd.awslambda.http-integration-response")
            connection.putheader("Lambda-Runtime-Function-Response-Mode", "streaming")
            connection.putheader("Transfer-Encoding", "chunked")
            connection.putheader("Trailer", f"{_ERROR_TYPE}, {_ERROR_BODY}")
            connection.endheaders()
            _send_chunk(connection, json.dumps(metadata).encode() + _DELIMITER + first)
            trailers = b""
            while True:
                try:
                    chunk = next(rest, None)
                except Exception as error:  # noqa: BLE001 - whatever it is, the trailers tell it
                    log_error(request_id, error)
                    trailers = _error_trailers(error)
                    break
                if chunk is None:
                    break
                _send_chunk(connection, chunk)
            connection.send(b"0\r\n" + trailers + b"\r\n")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            return False  # the client has left, as the caller logs
        finally:
            connection.close()
        return True


def _send_chunk(connection: http.client.HTTPConnection, chunk: bytes) -> None:
    """Send one chunk; an empty chunk only tests the connection.

    The peer sends nothing before the end of the body, so a readable socket means that it has closed the connection.
    """
    poll = select.poll()
    poll.register(connection.sock, select.POLLIN)
    if poll.poll(0):
        raise ConnectionResetError
    if chunk:
        connection.send(b"%x\r\n%b\r\n" % (len(chunk), chunk))


def _error_document(error: BaseException) -> bytes:
    frames = traceback.format_list(traceback.extract_tb(error.__traceback__))
    document = {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": frames}
    return json.dumps(document).encode()


def _error_trailers(error: Exception) -> bytes:
    body = base64.b64encode(_error_document(error)).decode()
    return f"{_ERROR_TYPE}: {type(error).__name__}\r\n{_ERROR_BODY}: {body}\r\n".encode()


def log_error(request_id: str | None, error: Exception, *, with_message: bool = False) -> None:
    """Log an error with its stack, without the message of an invocation's error: that may contain a user's text."""
    frames = traceback.format_list(traceback.extract_tb(error.__traceback__))
    text = str(error) if with_message else "The handler failed"
    log("ERROR", text, request_id, errorType=type(error).__name__, stackTrace=frames)


def log(level: str, message: str, request_id: str | None, **more: Any) -> None:
    """Write one line of JSON to standard output, Lambda's log."""
    entry = {"level": level, "message": message, "requestId": request_id, **more}
    print(json.dumps(entry))  # noqa: T201 - Lambda's log is standard output
