"""Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

from __future__ import annotations

from typing import Any

from stepwise.api.encoding import json_bytes

__all__ = ["HEADERS", "HEARTBEAT", "event"]

HEARTBEAT = b": the model is at work\n\n"
"""A comment line; sent while there is no event, so that idle timeouts do not close the connection."""

HEARTBEAT_SECONDS = 10.0

HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Accel-Buffering": "no",
}


def event(name: str, data: Any) -> bytes:
    """One event with one line of JSON."""
    return b"event: " + name.encode() + b"\ndata: " + json_bytes(data) + b"\n\n"
