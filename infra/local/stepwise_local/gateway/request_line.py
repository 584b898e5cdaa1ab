"""The log's line of one request: method, path, status, milliseconds, and what its answer says of cache and check."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Mapping
from typing import Any

from starlette.types import Message, Send

__all__ = ["RequestLine"]

_LONGEST_BODY = 4 * 1024 * 1024
"""Bytes of a body, or of one event of a stream, that are looked into."""
_CLIENT_LEFT = 499


class RequestLine:
    """What is known of a request and its answer; it sees the answer through :meth:`watching`."""

    def __init__(self, method: str, path: str, request_id: str) -> None:
        self._method, self._path, self._request_id = method, path, request_id
        self._started = time.monotonic()
        self._status = _CLIENT_LEFT
        self._headers: dict[bytes, bytes] = {}
        self._rest = b""
        self._cached: bool | None = None
        self._outcome: str | None = None

    def watching(self, send: Send) -> Send:
        """*send*, of which this sees every message."""

        async def watched(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.start":
                self._begin(message)
            elif self._headers.get(b"content-type", b"").startswith(b"text/event-stream"):
                self._hear_events(message.get("body", b""))
            else:
                self._hear_whole(message.get("body", b""), more=message.get("more_body", False))

        return watched

    def client_left(self) -> None:
        self._status = _CLIENT_LEFT

    @property
    def of_a_kept_file(self) -> bool:
        """Whether the answer is a file that browsers keep for ever, as a page's scripts and styles are."""
        return self._status in (200, 304) and b"immutable" in self._headers.get(b"cache-control", b"")

    def text(self) -> str:
        """The line for people; where it failed it ends with the request's id, which the reply has too."""
        words = [self._method, self._path, str(self._status), f"{self._milliseconds()} ms"]
        if self._cached is not None and self._status == 200:
            words.append("cached" if self._cached else "computed")
        if self._outcome:
            words.append(self._outcome)
        if self._status >= 400:
            words.append(self._request_id)
        return " ".join(words).encode("unicode_escape").decode()

    def document(self) -> str:
        """The line for programs, as JSON."""
        return json.dumps(
            {
                "level": "INFO",
                "message": "request",
                "method": self._method,
                "path": self._path,
                "status": self._status,
                "ms": self._milliseconds(),
                "cached": self._cached,
                "outcome": self._outcome,
                "request_id": self._request_id,
            }
        )

    def _milliseconds(self) -> int:
        return round((time.monotonic() - self._started) * 1000)

    def _begin(self, message: Message) -> None:
        self._status, self._headers = message["status"], dict(message["headers"])
        if b"cache-status" in self._headers:
            self._cached = b"; hit" in self._headers[b"cache-status"]

    def _hear_whole(self, chunk: bytes, *, more: bool) -> None:
        if len(self._rest) <= _LONGEST_BODY:
            self._rest += chunk
        if not more and len(self._rest) <= _LONGEST_BODY:
            coded = self._headers.get(b"content-encoding") == b"gzip"
            self._read(gzip.decompress(self._rest) if coded else self._rest)

    def _hear_events(self, chunk: bytes) -> None:
        """The last event of a stream says how it ended."""
        *events, rest = (self._rest + chunk).split(b"\n\n")
        self._rest = rest if len(rest) <= _LONGEST_BODY else b""
        for event in events:
            name, _, data = event.partition(b"\n")
            if name in (b"event: done", b"event: error"):
                self._read(data.removeprefix(b"data: "))
            elif name.startswith(b'data: {"error"'):  # as OpenAI's API words it
                self._read(name.removeprefix(b"data: "))

    def _read(self, body: bytes) -> None:
        """A body that is no object of JSON says nothing."""
        if body.startswith(b"{"):
            try:
                self._outcome = _outcome(json.loads(body))
            except ValueError:
                return  # the line about the request is then written without an outcome


def _outcome(document: Mapping[str, Any]) -> str | None:
    """Verdict of the check and of the witnesses, state of a job, or code of an error, in one of the API's bodies."""
    match document:
        case {"code": str(code)} | {"error": {"code": str(code)}}:
            return code
        case {
            "verification": {"status": "unverifiable"},
            "confidence": {"level": "corroborated" | "disputed" as level},
        }:
            return f"unverifiable, {level}"
        case {"verification": {"status": str(verdict)}}:
            return verdict
        case {"validity": {"solver": str(verdict)}}:
            return f"solver: {verdict}"
        case {"queue_position": _, "status": str(status), **rest}:
            found = _outcome(rest.get("result") or {})
            return f"job {status}, {found}" if found else f"job {status}"
    return None
