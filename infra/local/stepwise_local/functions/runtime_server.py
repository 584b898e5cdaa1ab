"""The Lambda Runtime API of one environment, on a port of its own.

Source: "Using the Lambda runtime API" and "Response streaming" for custom runtimes in AWS's Lambda developer guide.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
from typing import Any, Protocol

import h11

from stepwise_local.functions.invocation import FunctionError, Invocation

__all__ = ["Environment", "RuntimeApi"]

_PATH = re.compile(r"/2018-06-01/runtime/(.+)")
_INVOCATION = re.compile(r"invocation/([^/]+)/(response|error)")
_LONGEST_HEADERS = 2_000_000
"""Bytes; awslambdaric puts an error's cause, up to 1 MB, into a header."""
_LARGEST_ANSWER = 6 * 1024 * 1024 + 102_400
"""Bytes of a buffered answer: Lambda's 6 MB and some."""


class Environment(Protocol):
    """What the Runtime API needs of the environment that it speaks for."""

    current: Invocation | None

    async def next_invocation(self) -> tuple[Invocation, dict[str, str]]:
        """Wait for the next invocation; the headers that tell the runtime about it."""

    def init_failed(self, error: FunctionError) -> None: ...


class RuntimeApi:
    """A small HTTP/1.1 server for exactly one client: the runtime of *environment*."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self) -> str:
        """Listen; the address for ``AWS_LAMBDA_RUNTIME_API``."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()
        return f"{host}:{port}"

    async def close(self) -> None:
        if self._server:
            self._server.close()
        tasks = [task for task in self._connections if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        try:
            await _Connection(reader, writer).serve(self._answer)
        except (OSError, h11.ProtocolError, asyncio.IncompleteReadError):
            pass  # the runtime's side broke off; its process is watched elsewhere
        except asyncio.CancelledError:
            pass  # the environment is being ended
        finally:
            writer.transport.abort()

    async def _answer(self, connection: _Connection, request: h11.Request) -> None:
        match = _PATH.fullmatch(request.target.decode("ascii", "replace"))
        call = match[1] if match else ""
        if request.method == b"GET" and call == "invocation/next":
            await connection.read_body()
            invocation, headers = await self._environment.next_invocation()
            await connection.reply(200, invocation.event, headers)
        elif request.method == b"GET" and call == "restore/next":
            await connection.read_body()
            await connection.reply(200, b"")
        elif request.method == b"POST" and call in ("init/error", "restore/error"):
            self._environment.init_failed(_function_error(await connection.read_body()))
            await connection.reply(202, b'{"status":"OK"}')
        elif request.method == b"POST" and (found := _INVOCATION.fullmatch(call)):
            await self._invocation_ends(connection, request, found[1], found[2])
        else:
            await connection.read_body()
            await connection.reply(404, b'{"errorType":"NotFound"}')

    async def _invocation_ends(
        self, connection: _Connection, request: h11.Request, request_id: str, how: str
    ) -> None:
        invocation = self._environment.current
        if invocation is None or invocation.request_id != request_id:
            await connection.read_body()
            await connection.reply(400, b'{"errorType":"InvalidRequestID"}')
        elif how == "error":
            invocation.fail(_function_error(await connection.read_body()))
            await connection.reply(202, b'{"status":"OK"}')
        elif dict(request.headers).get(b"lambda-runtime-function-response-mode") == b"streaming":
            await self._stream(connection, invocation)
        else:
            body = await connection.read_body()
            if len(body) > _LARGEST_ANSWER:
                invocation.fail(
                    FunctionError("Function.ResponseSizeTooLarge", "Response payload size exceeded")
                )
                await connection.reply(413, b'{"errorType":"Function.ResponseSizeTooLarge"}')
                return
            await invocation.feed(body)
            invocation.finish()
            await connection.reply(202, b'{"status":"OK"}')

    async def _stream(self, connection: _Connection, invocation: Invocation) -> None:
        invocation.when_left(connection.abort)
        try:
            while True:
                event = await connection.next_event()
                if isinstance(event, h11.EndOfMessage):
                    break
                if isinstance(event, h11.Data):
                    await invocation.feed(bytes(event.data))
        except (OSError, h11.ProtocolError):
            invocation.fail(FunctionError("Runtime.TruncatedResponse", "The response broke off"))
            raise
        trailers = {name.decode(): value.decode() for name, value in event.headers}
        kind = trailers.get("lambda-runtime-function-error-type")
        if kind:
            text = base64.b64decode(trailers.get("lambda-runtime-function-error-body", ""))
            invocation.fail(FunctionError(kind, _function_error(text).message))
        invocation.finish()
        await connection.reply(202, b'{"status":"OK"}')


def _function_error(body: bytes) -> FunctionError:
    try:
        document: dict[str, Any] = json.loads(body)
    except ValueError:
        document = {}
    return FunctionError(str(document.get("errorType", "Unknown")), str(document.get("errorMessage", "")))


class _Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_LONGEST_HEADERS)

    async def serve(self, answer: Any) -> None:
        while True:
            event = await self.next_event()
            if not isinstance(event, h11.Request):
                return
            await answer(self, event)
            if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
                return
            self._http.start_next_cycle()

    async def next_event(self) -> Any:
        while True:
            event = self._http.next_event()
            if event is not h11.NEED_DATA:
                return event
            if self._http.they_are_waiting_for_100_continue:
                self._send(h11.InformationalResponse(status_code=100, headers=[]))
            self._http.receive_data(await self._reader.read(65_536))

    async def read_body(self) -> bytes:
        parts = []
        while not isinstance(event := await self.next_event(), h11.EndOfMessage):
            parts.append(bytes(event.data))
        return b"".join(parts)

    async def reply(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        lines = {"Content-Type": "application/json", **(headers or {}), "Content-Length": str(len(body))}
        self._send(h11.Response(status_code=status, headers=list(lines.items())))
        self._send(h11.Data(data=body))
        self._send(h11.EndOfMessage())
        await self._writer.drain()

    def abort(self) -> None:
        self._writer.transport.abort()

    def _send(self, event: h11.Event) -> None:
        data = self._http.send(event)
        if data:
            self._writer.write(data)
