"""AWS on this machine: DynamoDB and SQS in a process of their own. ``python -m stepwise_local.aws.server [--data FILE]``

It prints its address. Requests are those of both services' JSON protocols; signatures are not checked. One thread
answers one call at a time, as quickly as it comes, so that every call is a step of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stepwise_local.aws.dynamodb import DynamoDB, Raw
from stepwise_local.aws.errors import AwsError
from stepwise_local.aws.queues import Queues

__all__ = ["Services", "encoded", "main"]

_LARGEST_REQUEST = 20 * 1024 * 1024
_EXPIRY_SECONDS = 2.0
_HEADER = re.compile(rb"\r\n(content-length|x-amz-target|connection):[ \t]*([^\r\n]*)", re.IGNORECASE)


class Services:
    """Both services, as one address answers for them."""

    def __init__(self, tables: DynamoDB, queues: Queues) -> None:
        self._tables = tables
        self._queues = queues

    def answer(self, target: str, body: bytes) -> bytes | asyncio.Task[bytes]:
        """The whole HTTP answer to a call; a task where it may have to wait."""
        service, _, operation = target.partition(".")
        if service == "AmazonSQS":
            return asyncio.create_task(self._queued(operation, body))
        try:
            answer = self._tables.answer(operation if service.startswith("DynamoDB_") else "", _request(body))
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets an answer
            return _failure(error, "com.amazonaws.dynamodb.v20120810#", "application/x-amz-json-1.0")
        return _response(200, encoded(answer), "application/x-amz-json-1.0")

    async def _queued(self, operation: str, body: bytes) -> bytes:
        try:
            answer = await self._queues.answer(operation, _request(body))
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets an answer
            return _failure(error, "com.amazonaws.sqs#", "application/x-amz-json-1.0")
        return _response(200, json.dumps(answer), "application/x-amz-json-1.0")


def _request(body: bytes) -> dict[str, Any]:
    try:
        request = json.loads(body or b"{}")
    except ValueError as error:
        raise AwsError("SerializationException", "The body is no JSON") from error
    if not isinstance(request, dict):
        raise AwsError("SerializationException", "The body is no JSON object")
    return request


def _failure(error: Exception, prefix: str, content_type: str) -> bytes:
    if isinstance(error, AwsError):
        document = {"__type": prefix + error.code, "message": error.message, **error.more}
        return _response(400, json.dumps(document), content_type)
    if isinstance(error, KeyError | TypeError | AttributeError | ValueError):
        print(f"a call that could not be read: {error!r}", file=sys.stderr)  # noqa: T201 - the program's log
        document = {"__type": f"{prefix}SerializationException", "message": "The request cannot be read"}
        return _response(400, json.dumps(document), content_type)
    print(f"a call failed: {error!r}", file=sys.stderr)  # noqa: T201 - the program's log
    return _response(500, json.dumps({"__type": f"{prefix}InternalServerError", "message": ""}), content_type)


def encoded(value: Any) -> str:
    """JSON; what is JSON already stays as it is."""
    if isinstance(value, Raw):
        return value
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{encoded(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(encoded, value)) + "]"
    return json.dumps(value)


def _response(status: int, text: str, content_type: str) -> bytes:
    body = text.encode()
    reason = {200: "OK", 400: "Bad Request", 413: "Too Large"}.get(status, "Error")
    head = (
        f"HTTP/1.1 {status} {reason}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Connection(asyncio.Protocol):
    """HTTP/1.1 as far as AWS's clients speak it: a length, and one request after another."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._received = bytearray()
        self._waiting: asyncio.Task[bytes] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a stream has no other
        self._transport = transport

    def connection_lost(self, _: Exception | None) -> None:
        self._transport = None
        if self._waiting:
            self._waiting.cancel()

    def data_received(self, data: bytes) -> None:
        self._received += data
        self._go_on()

    def _go_on(self) -> None:
        while self._transport and not self._waiting:
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                if len(self._received) > 65_536:
                    self._transport.abort()
                return
            fields = _fields(bytes(self._received[:end]))
            length = fields.get("content-length", "0")
            if not length.isdigit() or int(length) > _LARGEST_REQUEST:
                self._transport.write(_response(413, "", "text/plain"))
                self._transport.close()
                return
            whole = end + 4 + int(length)
            if len(self._received) < whole:
                return
            body = bytes(self._received[end + 4 : whole])
            del self._received[:whole]
            answer = self._services.answer(fields.get("x-amz-target", ""), body)
            if isinstance(answer, bytes):
                self._write(answer, fields)
            else:
                self._waiting = answer
                answer.add_done_callback(functools.partial(self._answered, fields))

    def _answered(self, fields: Mapping[str, str], task: asyncio.Task[bytes]) -> None:
        self._waiting = None
        if not task.cancelled():
            self._write(task.result(), fields)
            self._go_on()

    def _write(self, answer: bytes, fields: Mapping[str, str]) -> None:
        if self._transport:
            self._transport.write(answer)
            if fields.get("connection", "").lower() == "close":
                self._transport.close()


def _fields(head: bytes) -> dict[str, str]:
    return {
        name.decode("latin-1").lower(): text.decode("latin-1").strip() for name, text in _HEADER.findall(head)
    }


async def _serve(data: Path | None) -> None:
    tables = DynamoDB(data)
    queues = Queues("")
    services = Services(tables, queues)
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(services), "127.0.0.1", 0)
    queues.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    print(queues.url, flush=True)  # noqa: T201 - the program's own output
    try:
        while True:
            await asyncio.sleep(_EXPIRY_SECONDS)
            tables.expire()
    finally:
        server.close()
        tables.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="stepwise_local.aws.server", description=__doc__)
    parser.add_argument(
        "--data", type=Path, help="the file that tables are kept in; without it they are in memory"
    )
    asyncio.run(_serve(parser.parse_args().data))


if __name__ == "__main__":
    main()
