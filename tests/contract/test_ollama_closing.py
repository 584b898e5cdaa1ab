"""Closing a generation stops the host at once, wherever it is, and leaves nothing behind."""

from __future__ import annotations

import datetime
import gc
import ipaddress
import itertools
import os
import queue
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from stepwise.errors import GenerationBroken
from stepwise.ollama.client import Generation, OllamaClient
from stepwise.ollama.port import Chunk
from support.hosts.generations import client_of, outcome, prompt_of
from support.hosts.model_host import Fault, ModelHost

LONG = "word " * 5_000
SOON = 0.5


def test_leaving_after_some_tokens_stops_the_host() -> None:
    with ModelHost(LONG, tokens_per_second=50) as host, client_of(host.url) as client:
        with _begun(client) as generation:
            assert any(isinstance(event, Chunk) for event in generation)
            assert host.running == 1
        assert host.wait_for(lambda host: host.running == 0, SOON)
        assert (host.aborted, host.generated < 10) == (1, True)


def test_closing_before_the_first_token_stops_the_host() -> None:
    with ModelHost(LONG) as host, client_of(host.url) as client:
        host.faults.append(Fault("slow", seconds=60))
        generation = _begun(client)
        assert next(generation) is None
        assert host.wait_for(lambda host: host.running == 1)
        generation.close()
        assert host.wait_for(lambda host: host.running == 0, SOON)


@pytest.mark.parametrize("after", [0, 3])
def test_closing_from_another_thread_wakes_a_read_that_is_blocked(after: int) -> None:
    with ModelHost(LONG) as host, client_of(host.url, idle_timeout=60.0) as client:
        host.faults.append(Fault("silence", after=after))
        generation = _begun(client)
        events: queue.Queue[object] = queue.Queue()
        consumer = threading.Thread(target=lambda: [*map(events.put, generation), events.put("ended")])
        consumer.start()
        assert host.wait_for(lambda host: host.running == 1 and host.generated == after)
        # A tick: the consumer waits for a token that will never come.
        _until(events, lambda event: event is None)

        began = time.monotonic()
        generation.close()
        took = time.monotonic() - began

        assert took < SOON
        assert host.wait_for(lambda host: host.running == 0, SOON)
        _until(events, lambda event: event == "ended")
        consumer.join(SOON)
        assert not consumer.is_alive()
        assert _readers() == []


def test_closing_wakes_a_connect_that_is_blocked() -> None:
    with ModelHost() as host, client_of(host.url, connect_timeout=60.0) as client:
        host.swallow_connections()
        generation = _begun(client)
        assert next(generation) is None
        began = time.monotonic()
        generation.close()
        assert time.monotonic() - began < SOON
        assert _readers() == []


@pytest.mark.parametrize("kind", ["silence", "error"])
def test_a_generation_that_failed_is_closed_already(kind: Literal["silence", "error"]) -> None:
    with ModelHost(LONG) as host, client_of(host.url, idle_timeout=0.3) as client:
        host.faults.append(Fault(kind, after=2))
        with pytest.raises(GenerationBroken):
            list(_begun(client))
        assert _readers() == []
        assert host.wait_for(lambda host: host.open == 0, SOON)


def test_closing_the_client_ends_its_generations() -> None:
    with ModelHost(LONG) as host, client_of(host.url, idle_timeout=60.0) as client:
        host.faults.append(Fault("silence", after=2))
        generation = _begun(client)
        assert sum(isinstance(next(generation), Chunk) for _ in range(3)) == 2, "after the tick of the head"
        assert next(generation) is None, "the reader is blocked now"
        client.close()
        with pytest.raises(GenerationBroken):
            list(generation)
        assert _readers() == []
        assert host.wait_for(lambda host: host.running == 0, SOON)


def test_closing_twice_or_unused_is_nothing() -> None:
    with ModelHost() as host, client_of(host.url) as client:
        generation = _begun(client)
        generation.close()
        generation.close()
        assert list(generation) == []
        assert host.paths == []


def test_closing_after_the_end_keeps_the_connection() -> None:
    with ModelHost() as host, client_of(host.url) as client:
        for _ in range(3):
            generation = _begun(client)
            list(generation)
            generation.close()
        assert host.connections == 1


def test_a_late_close_does_not_cut_off_the_next_generation() -> None:
    """The connection is somebody else's by then."""
    with ModelHost("one two three " * 20, tokens_per_second=200) as host, client_of(host.url) as client:
        host.tokens_per_second = 0
        first = _begun(client)
        list(first)
        host.tokens_per_second = 200
        second = _begun(client)
        seen = [next(second) for _ in range(5)]
        first.close()
        seen += second
        assert host.connections == 1
    assert "".join(event.text for event in seen if isinstance(event, Chunk)) == "one two three " * 20


def test_a_caller_that_does_not_read_holds_the_host_back() -> None:
    tokens = ["x" * 60_000] * 3_000
    with ModelHost(lambda _: tokens) as host, client_of(host.url) as client, _begun(client) as generation:
        while not isinstance(next(generation), Chunk):
            pass
        # 64 lines wait here, 4 MB; what the kernel buffers is the rest.
        assert not host.wait_for(lambda host: host.generated > 300, 1.0)
        assert host.generated > 50


def test_while_nothing_comes_there_is_a_tick_every_quarter_of_a_second() -> None:
    with (
        ModelHost(tokens_per_second=1.2) as host,
        client_of(host.url) as client,
        _begun(client) as generation,
    ):
        times = [time.monotonic()]
        while times[-1] - times[0] < 1.0:
            next(generation)
            times.append(time.monotonic())
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert 0.2 < max(gaps) < 0.6


def test_many_generations_run_at_the_same_time() -> None:
    with ModelHost(LONG, tokens_per_second=20) as host, client_of(host.url) as client:
        everybody_has_begun = threading.Barrier(30, timeout=20)

        def begin_and_wait_for_the_others() -> None:
            with _begun(client) as generation:
                assert any(isinstance(event, Chunk) for event in generation)
                everybody_has_begun.wait()

        with ThreadPoolExecutor(30) as pool:
            for begun in [pool.submit(begin_and_wait_for_the_others) for _ in range(30)]:
                begun.result()
        assert host.peak == 30


def test_a_thousand_generations_leave_no_thread_and_no_socket() -> None:
    with ModelHost("a b") as host, client_of(host.url) as client:
        outcome(client)
        before = _open_files()
        for number in range(1_000):
            if number % 50 == 0:
                host.faults.append(Fault("reset", after=1))
            outcome(client)
        assert _readers() == []
        gc.collect()
        assert _open_files() <= before + 2
        assert host.connections <= 22
        assert len(host.requests) == 1_001


def test_a_host_behind_tls_is_stopped_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = _certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with ModelHost(LONG, tls=context) as host, client_of(host.url, idle_timeout=60.0) as client:
        host.faults.extend([Fault("silence", after=3), Fault("status", status=500)])
        generation = _begun(client)
        while not isinstance(next(generation), Chunk):
            pass
        generation.close()
        assert host.wait_for(lambda host: host.running == 0, SOON)
        assert outcome(client).error is not None
        host.script = "well"
        assert outcome(client).text == "well"
        assert _readers() == []


def test_a_host_with_a_certificate_that_is_not_trusted_is_unavailable(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(tmp_path))
    with ModelHost(tls=context) as host, client_of(host.url) as client:
        failed = outcome(client)
    assert getattr(failed.error, "reason", "") == "unreachable"


def _begun(client: OllamaClient) -> Generation:
    return client.generate(prompt_of(), deadline=client.clock() + 30)


def _readers() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "model-host-reader"]


def _open_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - Path.iterdir opens one more while it counts


def _until(events: queue.Queue[object], wanted: Callable[[object], bool]) -> None:
    while not wanted(events.get(timeout=5)):
        pass


def _certificate(folder: Path) -> Path:
    """A key and a certificate for 127.0.0.1 that is its own authority, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "model host")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "host.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path
