"""Serve ASGI applications on sockets that are open already."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from stepwise_local.functions.pool import Functions
from stepwise_local.processes.processes import StartFailed

__all__ = ["admin", "listen", "serve"]


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: the launcher ends everything."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(port: int) -> socket.socket:
    """A listening socket on the loopback interface; port 0 takes a free one.

    Raises:
        StartFailed: the port is taken or not allowed.
    """
    # With the protocol named, asyncio sees that it is TCP and sends small writes at once (TCP_NODELAY).
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(512)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise StartFailed(f"Port {port} cannot be used ({reason}); set PORT to another one.") from error
    return listener


async def serve(application: ASGIApp, listener: socket.socket) -> None:
    """Serve until cancelled."""
    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_keep_alive=65,
        timeout_graceful_shutdown=1,
        h11_max_incomplete_event_size=65_536,
        ws="none",
    )
    await _Server(config).serve(sockets=[listener])


def admin(functions: Functions) -> ASGIApp:
    """``GET /_local/environments``: what runs now, for tests."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        known = scope["path"] == "/_local/environments"
        body = json.dumps(functions.environments() if known else None).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200 if known else 404, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return application
