"""The scripted model host of the tests keeps to the protocol of the real one, and to its own promises."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from stepwise.errors import GenerationBroken, ModelUnavailable
from stepwise.ollama.port import Chunk
from support.hosts.generations import client_of, outcome, prompt_of
from support.hosts.model_host import Fault, ModelHost, tokens_of
from support.hosts.replay_host import transcript

SCRIPT = "<think>先看 x² + 2x - 3 = 0.</think>\n\nRoots: \\boxed{1, -3} 😀"


def _ask(url: str, recorded: dict[str, Any]) -> httpx.Response:
    request = recorded["request"]
    with httpx.Client(trust_env=False) as http:
        if request.get("raw") is not None:
            return http.request(request["method"], url + request["path"], content=request["raw"])
        return http.request(request["method"], url + request["path"], json=request["body"])


@pytest.mark.parametrize(
    "name",
    [
        "chat-stream",
        "chat-unknown-model-stream",
        "chat-bad-json",
        "load",
        "unload",
        "tags",
        "version",
        "root",
        "not-found",
        "ps-forever",
    ],
)
def test_it_answers_as_a_real_one(name: str) -> None:
    recorded = transcript(name)
    with ModelHost() as host, client_of(host.url, num_ctx=4096, num_predict=1024) as client:
        if name.startswith("ps"):
            client.load()
        answer = _ask(host.url, recorded)

    expected = recorded["response"]
    assert answer.status_code == expected["status"]
    assert answer.headers["content-type"] == expected["content_type"]
    if "lines" in expected:
        lines = [json.loads(line) for line in answer.text.splitlines()]
        real = [json.loads(line) for line in expected["lines"] if line]
        assert _keys(real[0]) >= _keys(lines[0]) >= _keys(real[0]) - {"created_at"}
        assert _keys(real[-1]) >= _keys(lines[-1]) >= {"message", "done", "done_reason", "eval_count"}
    elif "json" in expected:
        assert _keys(answer.json()) <= _keys(expected["json"])
        assert answer.json().get("done_reason") == expected["json"].get("done_reason")
    else:
        assert answer.text == expected["text"]


def test_joined_tokens_are_the_text() -> None:
    assert "".join(tokens_of(SCRIPT)) == SCRIPT
    assert max(map(len, tokens_of(SCRIPT))) <= 9


@pytest.mark.parametrize("thinking_field", [False, True])
def test_any_beginning_of_the_script_is_continued_exactly(thinking_field: bool) -> None:
    with ModelHost(SCRIPT, thinking_field=thinking_field) as host, client_of(host.url) as client:
        for end in range(0, len(SCRIPT), 3):
            if thinking_field and 0 < end < len("<think>"):
                # Half a tag is no thinking yet: a host that separates it never wrote that.
                continue
            result = outcome(client, prompt_of(prefill=SCRIPT[:end]))
            assert (result.error, SCRIPT[:end] + result.text) == (None, SCRIPT)


def test_a_host_that_does_not_continue_answers_anew() -> None:
    with ModelHost(SCRIPT, continues=False) as host, client_of(host.url) as client:
        assert outcome(client, prompt_of(prefill=SCRIPT[:10])).text == SCRIPT


def test_a_text_that_is_not_from_the_script_is_answered_anew() -> None:
    with ModelHost(SCRIPT) as host, client_of(host.url) as client:
        assert outcome(client, prompt_of(prefill="Something else")).text == SCRIPT


def test_it_stops_at_num_predict_and_says_length() -> None:
    with ModelHost(SCRIPT) as host, client_of(host.url) as client:
        result = outcome(client, prompt_of(num_predict=5))
    assert (result.finish.reason, result.finish.completion_tokens, len(result.chunks)) == ("length", 5, 5)
    assert SCRIPT.startswith(result.text)


def test_a_script_can_answer_what_is_asked() -> None:
    with ModelHost(lambda body: body["messages"][0]["content"][::-1]) as host, client_of(host.url) as client:
        assert outcome(client, prompt_of("abc")).text == "cba"


def test_no_more_than_its_places_run_at_a_time() -> None:
    with ModelHost("a b c d", tokens_per_second=200, parallel=2) as host, client_of(host.url) as client:
        threads = [threading.Thread(target=outcome, args=(client,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert host.wait_for(lambda host: host.running == 0)
        assert (host.peak, host.generated) == (2, 8 * 4)


def test_one_that_waits_for_a_place_can_leave() -> None:
    with ModelHost("a " * 500, tokens_per_second=20, parallel=1) as host, client_of(host.url) as client:
        with (
            client.generate(prompt_of(), deadline=client.clock() + 9) as first,
            client.generate(prompt_of(), deadline=client.clock() + 9) as second,
        ):
            assert any(isinstance(event, Chunk) for event in first)
            next(second)
            assert host.wait_for(lambda host: len(host.requests) == 2)
            second.close()
            assert host.wait_for(lambda host: host.aborted == 1)
            assert host.running == 1
        assert host.wait_for(lambda host: host.running == 0)


def test_it_comes_back_on_the_same_port() -> None:
    with ModelHost(SCRIPT) as host, client_of(host.url) as client:
        host.kill()
        assert type(outcome(client).error) is ModelUnavailable
        host.start()
        assert outcome(client).text == SCRIPT


def test_faults_come_one_by_one_and_then_it_is_well() -> None:
    with ModelHost(SCRIPT) as host, client_of(host.url) as client:
        host.faults.extend([Fault("eof", after=2), Fault("html")])
        results = [outcome(client) for _ in range(3)]
    assert [type(result.error).__name__ for result in results] == [
        "GenerationBroken",
        "ModelError",
        "NoneType",
    ]


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_a_process_that_is_killed_breaks_the_generation_and_another_goes_on(end: signal.Signals) -> None:
    with _process(tokens_per_second=200) as (process, url), client_of(url) as client:
        text, broken = "", False
        try:
            with client.generate(prompt_of(num_predict=300), deadline=client.clock() + 20) as generation:
                for event in generation:
                    text += event.text if isinstance(event, Chunk) else ""
                    if text.count("w") == 20:
                        os.kill(process.pid, end)
        except GenerationBroken:
            broken = True
        assert broken
        process.wait(5)
        assert type(outcome(client).error) is ModelUnavailable
    with _process(tokens_per_second=5_000) as (_, url), client_of(url) as client:
        text += outcome(client, prompt_of(prefill=text)).text
        with urllib.request.urlopen(f"{url}/stats", timeout=5) as answer:
            stats = json.load(answer)

    expected = "<think>" + "".join(f" w{index}" for index in range(292)) + "</think>"
    assert text == expected + "\n\nThe answer is \\boxed{42}."
    assert stats["requests"] == 1
    assert 200 < stats["generated"] <= 280


@contextmanager
def _process(tokens_per_second: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "support.hosts.model_host", "--tokens", "300"]
    with subprocess.Popen(
        [*command, "--tokens-per-second", str(tokens_per_second)],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def _keys(value: Any) -> set[str]:
    return set(value) if isinstance(value, dict) else set()
