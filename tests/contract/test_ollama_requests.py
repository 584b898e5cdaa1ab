"""What goes to the model host, byte for byte, and over which connections."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest
from stepwise.config import Settings
from stepwise.ollama.client import OllamaClient
from support.hosts.generations import client_of, outcome, prompt_of
from support.hosts.model_host import Fault, ModelHost
from support.hosts.replay_host import ReplayHost, transcript


def _body(settings: Settings | None = None, **changes: Any) -> dict[str, Any]:
    with ReplayHost(transcript("chat-stream")) as host:
        url = {"ollama_host": host.url}
        used = Settings(**{**(settings.__dict__ if settings else {}), **url})
        with OllamaClient(used) as client:
            assert outcome(client, prompt_of(**changes)).error is None
        ((line, data),) = host.requests
    assert line == "POST /api/chat"
    body: dict[str, Any] = json.loads(data)
    return body


def test_a_generation_sends_exactly_this() -> None:
    assert _body() == {
        "model": "phi4-mini-reasoning",
        "messages": [{"role": "user", "content": "What is 2 + 3?"}],
        "stream": True,
        "truncate": False,
        "shift": False,
        "keep_alive": -1,
        "options": {
            "repeat_penalty": 1.0,
            "temperature": 0.3,
            "top_p": 0.9,
            "seed": 7,
            "num_ctx": 16_384,
            "num_predict": 1_000,
        },
    }


def test_what_was_written_goes_last_as_the_assistants() -> None:
    messages = _body(prefill="<think>Two and")["messages"]
    assert messages == [
        {"role": "user", "content": "What is 2 + 3?"},
        {"role": "assistant", "content": "<think>Two and"},
    ]


def test_context_and_length_cannot_be_overridden_by_sampling() -> None:
    options = _body(options={"num_ctx": 1, "num_predict": 1, "stop": ["##"]})["options"]
    assert options == {"repeat_penalty": 1.0, "num_ctx": 16_384, "num_predict": 1_000, "stop": ["##"]}


def test_a_penalty_that_a_client_asks_for_is_sent() -> None:
    assert _body(options={"repeat_penalty": 1.2})["options"]["repeat_penalty"] == 1.2


@pytest.mark.parametrize(("setting", "sent"), [("-1", -1), ("300", 300), ("30m", "30m"), ("0", 0)])
def test_keep_alive_is_a_number_of_seconds_or_a_duration(setting: str, sent: object) -> None:
    assert _body(Settings(keep_alive=setting))["keep_alive"] == sent


@pytest.mark.parametrize("text", ["解方程 x² + 2x - 3 = 0", "\ud800 alone", "\x00\u2028\u202e", "😀"])
def test_any_text_reaches_the_host_as_it_is(text: str) -> None:
    assert _body(messages=({"role": "user", "content": text},))["messages"][0]["content"] == text


def test_loading_uses_the_context_and_keep_alive_of_generations() -> None:
    with ModelHost() as host, client_of(host.url) as client:
        client.load()
        assert outcome(client).error is None
        assert host.loads == [16_384], "another context would have loaded the model again"


def test_a_path_in_front_of_the_host_is_kept() -> None:
    with ReplayHost(transcript("version")) as host, client_of(f"{host.url}/behind/proxy") as client:
        assert client.version() == "0.0.0"
        assert host.requests[0][0] == "GET /behind/proxy/api/version"


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with ModelHost() as host, client_of(host.url) as client:
        assert outcome(client).error is None


def test_a_redirect_is_not_followed() -> None:
    with ModelHost() as host, client_of(host.url) as client:
        host.faults.append(Fault("status", status=307))
        error = outcome(client).error
    assert getattr(error, "reason", "") == "status_307:unknown_error"


def test_calls_one_after_the_other_share_a_connection() -> None:
    with ModelHost() as host, client_of(host.url) as client:
        for _ in range(20):
            assert outcome(client).error is None
            client.version()
        assert host.connections == 1


def test_a_connection_that_a_broken_answer_came_over_is_not_used_again() -> None:
    with ModelHost() as host, client_of(host.url) as client:
        host.faults.append(Fault("error", after=3))
        assert outcome(client).error is not None
        assert outcome(client).error is None
        assert host.connections == 2


def test_a_connection_that_the_host_closed_meanwhile_is_not_used_again() -> None:
    with ModelHost() as host, client_of(host.url) as client:
        assert outcome(client).error is None
        host.kill()
        assert host.wait_for(lambda host: host.open == 0)
        host.start()
        assert outcome(client).error is None
        assert len(host.requests) == 2


def test_a_host_is_reached_at_whichever_of_its_addresses_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    with ModelHost() as host, client_of(f"http://model.example:{host.port}") as client:
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda name, port, **_: [
                (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
                for address in ("127.0.0.2", "127.0.0.1")
            ],
        )
        assert client.version() == "0.24.0"
