"""An httpx transport whose sockets another thread can shut down, to end a blocked call.

httpx gives access to the socket only after the response has begun; Ollama begins it with the first token, which may be
minutes after the request if it loads a model. So the sockets are made here, and each knows its current call.
Built on httpcore's public interface (https://www.encode.io/httpcore/network-backends/).
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

import httpcore
import httpx

__all__ = ["Abort", "PooledTransport"]


class Abort:
    """Ends the call of one thread from another; used as ``with abort:`` by the caller."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stream: _Stream | None = None
        self.thrown = False

    def throw(self) -> None:
        """Shut the socket in use, now and whenever one would be used. Idempotent."""
        with self._lock:
            self.thrown = True
            if self._stream is not None:
                self._stream.shut()

    def hold(self, stream: _Stream) -> None:
        with self._lock:
            if self.thrown:
                raise httpcore.ReadError("aborted")
            self._stream = stream

    def release(self) -> None:
        """The socket returns to the pool, and belongs to another call from now on."""
        with self._lock:
            self._stream = None

    def __enter__(self) -> Abort:
        _of_thread.abort = self
        return self

    def __exit__(self, *_: object) -> None:
        _of_thread.abort = None
        self.release()


class _OfThread(threading.local):
    abort: Abort | None = None


_of_thread = _OfThread()


class PooledTransport(httpx.BaseTransport):
    """HTTP/1.1 over a pool of abortable connections, without proxies."""

    def __init__(self, *, secure: bool, max_connections: int, max_keepalive: int) -> None:
        self._pool = httpcore.ConnectionPool(
            # Reading the certificates takes 30 ms, which plain HTTP does not need. SSL_CERT_FILE is for a model host
            # with a certificate of an authority of one's own.
            ssl_context=httpx.create_ssl_context() if secure else None,
            max_connections=max_connections,
            max_keepalive_connections=max_keepalive,
            # Less than the 5 s after which uvicorn and others close an idle connection, maybe under a request.
            keepalive_expiry=4.0,
            network_backend=_Backend(),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not isinstance(request.stream, httpx.SyncByteStream):
            raise TypeError("this transport is not for async requests")
        with _httpx_errors():
            response = self._pool.handle_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(
                        scheme=request.url.raw_scheme,
                        host=request.url.raw_host,
                        port=request.url.port,
                        target=request.url.raw_path,
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Body(response),
            extensions=response.extensions,
        )

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        with _httpx_errors():
            yield from self._response.iter_stream()

    def close(self) -> None:
        if _of_thread.abort is not None:
            _of_thread.abort.release()
        self._response.close()


@contextlib.contextmanager
def _httpx_errors() -> Iterator[None]:
    """httpcore's exceptions under httpx's names, which are the same."""
    try:
        yield
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
        kind = getattr(httpx, type(error).__name__, httpx.TransportError)
        raise kind(str(error)) from error


class _Backend(httpcore.NetworkBackend):
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        began = time.monotonic()
        try:
            addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore.ConnectError("name_not_resolved") from error
        failed: Exception = httpcore.ConnectError("no_address")
        for family, kind, protocol, _, address in addresses:
            left = None if timeout is None else max(0.001, timeout - (time.monotonic() - began))
            try:
                stream = _Stream(socket.socket(family, kind, protocol))
            except OSError as error:  # a machine without IPv6 may still resolve IPv6 addresses
                failed = httpcore.ConnectError("no_such_family")
                failed.__cause__ = error
                continue
            try:
                stream.connect(address, left)
            except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.ReadError) as error:
                stream.close()
                failed = error
            else:
                return stream
        raise failed


class _Stream(httpcore.NetworkStream):
    """A socket that another thread may shut while this one reads."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._lock = threading.Lock()
        self._closed = False

    def connect(self, address: Any, timeout: float | None) -> None:
        self._working()
        try:
            self._socket.settimeout(timeout)
            self._socket.connect(address)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # Keep-alive probes detect a host that vanished, also while it "thinks".
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("connect_timeout") from error
        except ConnectionRefusedError as error:
            raise httpcore.ConnectError("refused") from error
        except OSError as error:
            raise httpcore.ConnectError("unreachable") from error

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            self._socket.settimeout(timeout)
            return self._socket.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout("read_timeout") from error
        except OSError as error:
            raise httpcore.ReadError("reset") from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._working()
        try:
            self._socket.settimeout(timeout)
            self._socket.sendall(buffer)
        except TimeoutError as error:
            raise httpcore.WriteTimeout("write_timeout") from error
        except OSError as error:
            raise httpcore.WriteError("reset") from error

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        try:
            self._socket.settimeout(timeout)
            with self._lock:
                secure = ssl_context.wrap_socket(
                    self._socket, server_hostname=server_hostname, do_handshake_on_connect=False
                )
                self._socket = secure
            secure.do_handshake()
        except TimeoutError as error:
            self.close()
            raise httpcore.ConnectTimeout("tls_timeout") from error
        except OSError as error:
            self.close()
            raise httpcore.ConnectError("tls_failed") from error
        return self

    def get_extra_info(self, info: str) -> Any:
        match info:
            case "socket":
                return self._socket
            case "ssl_object":
                return self._socket if isinstance(self._socket, ssl.SSLSocket) else None
            case "is_readable":
                return self._is_readable()
            case _:
                return None

    def close(self) -> None:
        self.shut()
        with self._lock:
            self._closed = True
            self._socket.close()

    def shut(self) -> None:
        """Wake a read or connect that is blocked in another thread."""
        with self._lock:
            if not self._closed:
                with contextlib.suppress(OSError):
                    # Not SSLSocket.shutdown, which would drop the TLS object while the reader uses it.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def _working(self) -> None:
        if _of_thread.abort is not None:
            _of_thread.abort.hold(self)

    def _is_readable(self) -> bool:
        """True if an idle connection has something to read, which can only be its end."""
        with self._lock:
            if self._closed:
                return True
            timeout = self._socket.gettimeout()
            try:
                self._socket.settimeout(0)
                self._socket.recv(1)
            except (BlockingIOError, ssl.SSLWantReadError):
                return False  # nothing to read, as it should be
            except OSError:
                return True  # its end: the pool opens another one
            else:
                return True
            finally:
                self._socket.settimeout(timeout)
