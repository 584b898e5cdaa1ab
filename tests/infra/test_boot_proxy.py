"""The model host's proxy: a real nginx with the host's own configuration, before a server that writes down what comes."""

from __future__ import annotations

import contextlib
import http.client
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from support.infra import host_files

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian's package nginx-light)")


@dataclass
class Upstream:
    """What reached the server behind the proxy; *left* is set when a client of a stream is gone."""

    seen: list[tuple[str, str, str]] = field(default_factory=list)
    another: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)


def _handler(upstream: Upstream) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer()

        def do_DELETE(self) -> None:
            self._answer()

        def do_HEAD(self) -> None:
            self._answer()

        def do_PUT(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if body == b"stream":
                self._stream()
            else:
                self._answer()

        def _note(self) -> None:
            upstream.seen.append((self.command, self.path, self.headers.get("host", "")))

        def _answer(self) -> None:
            self._note()
            body = b"reached"
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def _stream(self) -> None:
            self._note()
            self.send_response(200)
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"6\r\nfirst\n\r\n")
            upstream.another.wait(10)
            self.wfile.write(b"7\r\nsecond\n\r\n")
            upstream.go_on.wait(10)
            try:
                # The first write after the other side is gone may still succeed; the connection is watched instead.
                self.connection.settimeout(10)
                if self.connection.recv(1) == b"":
                    upstream.left.set()
                    self.close_connection = True
            except TimeoutError:
                self.wfile.write(b"0\r\n\r\n")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Proxy:
    port: int
    health_file: Path
    upstream: Upstream
    log: socket.socket

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            # putrequest leaves the path as it is: clients that mean harm do not tidy it.
            connection.putrequest(method, path, skip_accept_encoding=True)
            if body is not None:
                connection.putheader("content-length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            return response.status, response.read()


@contextlib.contextmanager
def _nginx(folder: Path, upstream_port: int, upstream: Upstream) -> Iterator[Proxy]:
    """The host's nginx.conf with other ports and folders, and nothing else changed."""
    port = _free_port()
    run, health = folder / "run", folder / "health"
    run.mkdir()
    health.mkdir()
    # Where the host has systemd's journal.
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.settimeout(10)
    log.bind(str(folder / "log"))
    text = host_files()["/etc/stepwise/nginx.conf"]
    for there, here in (
        ("listen 8080 default_server", f"listen 127.0.0.1:{port} default_server"),
        ("server 127.0.0.1:11434", f"server 127.0.0.1:{upstream_port}"),
        ("/run/stepwise-proxy", str(run)),
        ("root /run/stepwise;", f"root {health};"),
        ("/run/systemd/journal/dev-log", str(folder / "log")),
        ("/etc/stepwise/slots.conf", str(folder / "slots.conf")),
    ):
        assert there in text
        text = text.replace(there, here)
    # As the boot script writes it for four slots.
    (folder / "slots.conf").write_text("limit_conn answers 6;\n", encoding="utf-8")
    path = folder / "nginx.conf"
    path.write_text(text, encoding="utf-8")
    assert NGINX is not None
    # One process: its workers would be another user's, who may not look into this test's folders.
    process = subprocess.Popen(
        [NGINX, "-e", "stderr", "-c", str(path), "-g", "daemon off; master_process off;"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        for _ in range(200):
            with (
                contextlib.suppress(ConnectionRefusedError),
                socket.create_connection(("127.0.0.1", port), 1),
            ):
                break
            if process.poll() is not None:
                break
            time.sleep(0.02)
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        yield Proxy(port, health / "healthy", upstream, log)
    finally:
        process.terminate()
        process.communicate(timeout=10)
        log.close()


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    upstream = Upstream()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(upstream))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        with _nginx(tmp_path_factory.mktemp("nginx"), server.server_address[1], upstream) as proxy:
            yield proxy
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


ALLOWED = [
    ("POST", "/api/chat"),
    ("POST", "/api/show"),
    ("GET", "/api/ps"),
    ("GET", "/api/tags"),
    ("GET", "/api/version"),
]


@pytest.mark.parametrize(("method", "path"), ALLOWED)
def test_what_the_functions_need_goes_through(proxy: Proxy, method: str, path: str) -> None:
    proxy.upstream.seen.clear()

    assert proxy.ask(method, path, b"{}" if method == "POST" else None) == (200, b"reached")
    # Ollama on loopback answers to local names only.
    assert proxy.upstream.seen == [(method, path, "localhost")]


REFUSED = [
    # Ollama's other routes: whoever may call them changes, takes or replaces models, or gets around the prompts.
    *(
        ("POST", f"/api/{name}")
        for name in ("pull", "push", "create", "copy", "generate", "embed", "embeddings", "me")
    ),
    ("DELETE", "/api/delete"),
    ("POST", "/api/delete"),
    ("HEAD", "/api/blobs/sha256:0"),
    ("POST", "/api/blobs/sha256:0"),
    ("POST", "/api/signout"),
    ("POST", "/v1/chat/completions"),
    ("POST", "/v1/completions"),
    ("GET", "/v1/models"),
    ("POST", "/v1/messages"),
    ("GET", "/"),
    ("GET", "/metrics"),
    ("GET", "/debug/pprof/"),
    ("GET", "/healthz/../api/pull"),
    # The allowed paths with another method, and near misses of them.
    ("GET", "/api/chat"),
    ("PUT", "/api/chat"),
    ("DELETE", "/api/tags"),
    ("POST", "/api/ps"),
    ("POST", "/api/version"),
    ("GET", "/api/show"),
    ("POST", "/api/chat/"),
    ("POST", "/api/chatx"),
    ("POST", "/API/CHAT"),
    ("POST", "/api/chat%00"),
    ("POST", "/api/chat;/../pull"),
    ("POST", "/api/chat/../pull"),
    ("POST", "/api/chat/..%2fpull"),
    ("POST", "/api/chat%2f..%2fpull"),
    ("POST", "/api/chat/%2e%2e/pull"),
    ("POST", "//api//pull"),
    ("POST", "/api/%70ull"),
    ("POST", "/api/pull?x=/api/chat"),
    ("POST", "/api/pull#/api/chat"),
]


@pytest.mark.parametrize(("method", "path"), REFUSED)
def test_every_other_path_and_method_is_refused(proxy: Proxy, method: str, path: str) -> None:
    proxy.upstream.seen.clear()

    status, body = proxy.ask(method, path, b"{}" if method in ("POST", "PUT") else None)

    assert status in (400, 403, 404, 405)
    assert b"reached" not in body
    assert proxy.upstream.seen == []


@pytest.mark.parametrize("path", ["/api/pull/../chat", "/api/pull/..%2fchat", "//api//chat", "/api/%63hat"])
def test_a_path_in_disguise_reaches_only_what_it_was_checked_as(proxy: Proxy, path: str) -> None:
    proxy.upstream.seen.clear()

    proxy.ask("POST", path, b"{}")

    assert {seen[1] for seen in proxy.upstream.seen} <= {"/api/chat"}


def test_an_absolute_address_does_not_make_it_a_proxy_for_others(proxy: Proxy) -> None:
    proxy.upstream.seen.clear()

    assert proxy.ask("GET", "http://169.254.169.254/latest/meta-data/")[0] == 404
    assert proxy.ask("CONNECT", "169.254.169.254:80")[0] in (400, 404, 405)
    assert proxy.upstream.seen == []


def test_a_long_conversation_goes_through_and_an_endless_one_does_not(proxy: Proxy) -> None:
    assert proxy.ask("POST", "/api/chat", b"x" * 1_500_000)[0] == 200
    assert proxy.ask("POST", "/api/chat", b"x" * 2_500_000)[0] == 413


def test_each_token_arrives_when_it_is_written_and_leaving_ends_the_generation(proxy: Proxy) -> None:
    upstream = proxy.upstream
    upstream.another.clear()
    upstream.go_on.clear()
    upstream.left.clear()
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as connection:
        connection.sendall(b"POST /api/chat HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nstream")
        connection.settimeout(5)
        for token in (b"first", b"second"):
            # The server has not written the next one yet: a proxy that gathers them would hold this one back.
            text = b""
            while token not in text:
                received = connection.recv(4096)
                assert received
                text += received
            upstream.another.set()
    upstream.go_on.set()

    assert upstream.left.wait(10)


def test_a_host_takes_no_more_answers_than_it_has_room_for(proxy: Proxy) -> None:
    upstream = proxy.upstream
    upstream.another.clear()
    upstream.go_on.clear()
    with contextlib.ExitStack() as streams:
        for _ in range(6):
            stream = streams.enter_context(socket.create_connection(("127.0.0.1", proxy.port), timeout=10))
            stream.sendall(b"POST /api/chat HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nstream")
            assert b"200 OK" in stream.recv(4096)
        upstream.seen.clear()

        assert proxy.ask("POST", "/api/chat", b"{}")[0] == 503
        # What tells of the model's health is not in that count.
        assert proxy.ask("GET", "/api/ps")[0] == 200
        assert upstream.seen == [("GET", "/api/ps", "localhost")]
    upstream.another.set()
    upstream.go_on.set()


def test_the_health_check_follows_the_file(proxy: Proxy) -> None:
    proxy.health_file.unlink(missing_ok=True)
    assert proxy.ask("GET", "/healthz")[0] == 503

    proxy.health_file.write_text("ok\n")
    assert proxy.ask("GET", "/healthz") == (200, b"ok\n")

    proxy.health_file.unlink()
    assert proxy.ask("GET", "/healthz")[0] == 503


def test_a_server_that_is_down_is_a_503_without_a_host_name(tmp_path: Path) -> None:
    with _nginx(tmp_path, _free_port(), Upstream()) as proxy:
        status, body = proxy.ask("POST", "/api/chat", b"{}")

    assert (status, body) == (503, b'{"error":"the model server is down"}')


def test_the_log_tells_of_a_call_and_not_what_was_asked(tmp_path: Path) -> None:
    with _nginx(tmp_path, _free_port(), Upstream()) as proxy:
        proxy.ask("POST", "/api/chat?secret=1", b"the question")
        line = proxy.log.recv(4096).decode()

    assert "POST /api/chat 503" in line
    assert "secret" not in line
    assert "question" not in line
