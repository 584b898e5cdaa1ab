"""Every recorded answer of a real Ollama gives the result, or the error, that it should."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stepwise.errors import GenerationBroken, ModelError, StepwiseError
from stepwise.ollama.client import OllamaClient
from stepwise.ollama.port import Finish
from support.hosts.generations import client_of, outcome
from support.hosts.replay_host import TRANSCRIPTS, ReplayHost, transcript

LIMIT, STOP = "length", "stop"

# name: (why it ended, completion tokens, prompt tokens)
ANSWERS = {
    "chat": (LIMIT, 24, 22),
    "chat-bad-role": (LIMIT, 24, 11),
    "chat-format-schema": (STOP, 10, 22),
    "chat-length": (LIMIT, 3, 22),
    "chat-logprobs": (LIMIT, 3, 22),
    "chat-prefill": (LIMIT, 24, 25),
    "chat-shift-false": (LIMIT, 237, 20),
    "chat-stream": (LIMIT, 24, 22),
    "chat-top-level-sampling": (STOP, 113, 22),
    "chat-truncated-silently": (STOP, 1, 512),
    "chat-unknown-option": (LIMIT, 24, 22),
}

# name: what the logs are told
REFUSALS = {
    "chat-bad-json": "status_400:unknown_error",
    "chat-bad-option-type": "status_500:option_type",
    "chat-format-bad-schema": "status_500:unknown_error",
    "chat-no-body": "status_400:unknown_error",
    "chat-no-model": "status_400:unknown_error",
    "chat-runner-killed": "status_500:runner_died",
    "chat-think-unsupported": "status_400:capability_missing",
    "chat-truncate-false": "status_400:prompt_too_long",
    "chat-truncate-false-stream": "status_400:prompt_too_long",
    "chat-unknown-model": "status_404:model_missing",
    "chat-unknown-model-stream": "status_404:model_missing",
    "load": "garbage:done_reason",
    "load-generate-keepalive": "garbage:done_reason",
    "not-found": "status_404:no_error_text",
    "openai-chat": "garbage:not_a_chat_line",
    "openai-chat-stream": "garbage:not_json",
    "openai-error": "status_404:unknown_error",
    "openai-models": "garbage:not_a_chat_line",
    "ps": "garbage:not_a_chat_line",
    "ps-empty": "garbage:not_a_chat_line",
    "ps-forever": "garbage:not_a_chat_line",
    "root": "garbage:not_json",
    "show": "garbage:not_a_chat_line",
    "tags": "garbage:not_a_chat_line",
    "unload": "garbage:done_reason",
    "version": "garbage:not_a_chat_line",
    "wrong-method": "status_405:no_error_text",
}

BROKEN = {"chat-stream-runner-killed": ("In the realm of mathematics", "error_line:runner_died")}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_recorded_answer_comes_through_whole(name: str) -> None:
    recorded = transcript(name)
    with ReplayHost(recorded) as host, client_of(host.url) as client:
        result = outcome(client)

    assert result.error is None
    reason, completion, prompt = ANSWERS[name]
    assert (result.finish.reason, result.finish.completion_tokens, result.finish.prompt_tokens) == (
        reason,
        completion,
        prompt,
    )
    assert result.text == _recorded_text(recorded["response"])
    assert result.finish.total_ms > result.finish.load_ms > 0
    if result.text:
        assert sum(chunk.tokens for chunk in result.chunks) == completion


@pytest.mark.parametrize("name", REFUSALS)
def test_an_answer_that_is_no_generation_is_a_model_error(name: str) -> None:
    with ReplayHost(transcript(name)) as host, client_of(host.url) as client:
        result = outcome(client)

    assert type(result.error) is ModelError
    assert reason_of(result.error) == REFUSALS[name]
    assert (result.chunks, result.finishes) == ([], [])
    assert len(host.requests) == 1, "nothing but a refused connection or a 503 is tried again"


@pytest.mark.parametrize("name", BROKEN)
def test_an_answer_that_breaks_off_keeps_what_was_written_and_says_so(name: str) -> None:
    with ReplayHost(transcript(name)) as host, client_of(host.url) as client:
        result = outcome(client)

    text, reason = BROKEN[name]
    assert type(result.error) is GenerationBroken
    assert reason_of(result.error) == reason
    assert (result.text, result.finishes) == (text, [])


@pytest.mark.parametrize("name", [*REFUSALS, *BROKEN])
def test_no_word_of_the_host_is_in_what_a_client_or_a_log_sees(name: str) -> None:
    recorded = transcript(name)["response"]
    with ReplayHost(transcript(name)) as host, client_of(host.url) as client:
        error = outcome(client).error

    assert error is not None
    told = recorded.get("json", {}).get("error") if "json" in recorded else recorded.get("text")
    if isinstance(told, str):
        assert told not in error.detail + reason_of(error)
    assert host.url not in error.detail + reason_of(error)


def test_every_transcript_has_its_expectation() -> None:
    copied = {path.stem for path in TRANSCRIPTS.glob("*.json")}
    assert copied == {*ANSWERS, *REFUSALS, *BROKEN}


def test_the_copied_transcripts_answer_as_the_recorded_ones() -> None:
    originals = Path(__file__).parents[3] / "shared" / "ollama-transcripts"
    if not originals.is_dir():
        pytest.skip("the full recordings are not on this machine")
    for path in sorted(originals.glob("*.json")):
        assert transcript(path.stem)["response"] == json.loads(path.read_text("utf-8"))["response"]


def test_what_is_resident_is_read_from_ps() -> None:
    assert _short("ps-forever", lambda client: client.resident()[0].context_length) == 4096
    assert _short("ps", lambda client: client.resident()[0].name) == "phi4-mini-reasoning:latest"
    assert _short("ps-forever", lambda client: client.resident()[0].expires_at)[:4] == "2319"


def test_the_version_is_read() -> None:
    assert _short("version", lambda client: client.version()) == "0.0.0"


@pytest.mark.parametrize("name", ["load", "load-generate-keepalive"])
def test_a_load_is_done_when_the_host_says_so(name: str) -> None:
    assert _short(name, lambda client: client.load()).load_ms == 0


SHORT_CALLS: dict[str, Callable[[OllamaClient], Any]] = {
    "load": lambda client: client.load(),
    "resident": lambda client: client.resident(),
    "version": lambda client: client.version(),
}


@pytest.mark.parametrize("call", SHORT_CALLS)
@pytest.mark.parametrize("name", ["not-found", "root", "chat-runner-killed", "wrong-method"])
def test_a_short_call_that_gets_something_else_is_a_model_error(call: str, name: str) -> None:
    with pytest.raises(ModelError):
        _short(name, SHORT_CALLS[call])


@pytest.mark.parametrize("name", ["unload", "version", "chat-stream"])
def test_a_load_that_the_host_does_not_confirm_is_a_model_error(name: str) -> None:
    with pytest.raises(ModelError):
        _short(name, SHORT_CALLS["load"])


def _short(name: str, call: Callable[[OllamaClient], Any]) -> Any:
    with ReplayHost(transcript(name)) as host, client_of(host.url) as client:
        return call(client)


def _recorded_text(response: dict[str, Any]) -> str:
    lines = [json.loads(line) for line in response.get("lines", []) if line] or [response["json"]]
    return "".join(line["message"]["content"] for line in lines)


def reason_of(error: StepwiseError) -> str:
    return str(getattr(error, "reason", ""))


def test_a_finish_tells_milliseconds() -> None:
    with ReplayHost(transcript("chat")) as host, client_of(host.url) as client:
        finish = outcome(client).finish
    assert finish == Finish(
        reason="length", prompt_tokens=22, completion_tokens=24, load_ms=1201, total_ms=9358, prompt_ms=2758
    )
