"""Which of a host's addresses is connected to, and what is said when none can be."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from stepwise.ollama.transport import PooledTransport


class _WithoutIPv6(socket.socket):
    """Sockets of a machine whose kernel has no IPv6, though its resolver gives such addresses."""

    def __init__(self, family: int = -1, *arguments: Any, **keywords: Any) -> None:
        if family == socket.AF_INET6:
            raise OSError(97, "Address family not supported by protocol")
        super().__init__(family, *arguments, **keywords)


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A listener on IPv4; a name has an IPv6 address first."""

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", port, 0, 0)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)),
        ]

    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        monkeypatch.setattr(socket, "socket", _WithoutIPv6)
        yield listener.getsockname()[1]


def test_without_ipv6_the_next_address_is_tried(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[Any] = []

    def connect(sock: socket.socket, address: Any) -> None:
        reached.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(_WithoutIPv6, "connect", connect, raising=False)
    with (
        PooledTransport(secure=False, max_connections=1, max_keepalive=0) as transport,
        pytest.raises(httpx.ConnectError, match="refused"),
    ):
        transport.handle_request(httpx.Request("GET", f"http://model:{port}/"))

    assert reached == [("127.0.0.1", port)]


def test_a_host_without_a_usable_address_is_a_connection_error(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    only = socket.getaddrinfo("model", port)[:1]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: only)

    with (
        PooledTransport(secure=False, max_connections=1, max_keepalive=0) as transport,
        pytest.raises(httpx.ConnectError, match="no_such_family"),
    ):
        transport.handle_request(httpx.Request("GET", f"http://model:{port}/"))
