"""The embedded model server against the answers that a real Ollama 0.24 gave: status, type, shape, error text.

The words that it generates are its own, and so are its figures; everything else is compared.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from openai import OpenAI

_DATA = Path(__file__).parents[1] / "data" / "ollama-transcripts"
_NAME = "embedded-sympy"
# Recorded by killing the runner: no request leads there.
_PROVOKED = {"chat-runner-killed", "chat-stream-runner-killed"}
_CASES = sorted(path.stem for path in _DATA.glob("*.json") if path.stem not in _PROVOKED)


def _start(*arguments: str, sigint: Any = signal.SIG_DFL) -> tuple[subprocess.Popen[str], str]:
    """The server and its address; *sigint* is what it inherits."""
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-m", "embedded_model", "--port", "0", *arguments],
        env={**os.environ, "PYTHONPATH": str(root / "infra" / "local")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, sigint),
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    return process, line.rpartition(" ")[2].strip()


def _end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    process, url = _start("--tokens-per-second", "0")
    yield url
    _end(process)


def _transcript(name: str) -> dict[str, Any]:
    text = (_DATA / f"{name}.json").read_text(encoding="utf-8")
    value: dict[str, Any] = json.loads(text.replace("phi4-mini-reasoning", _NAME))
    return value


def _shape(value: object) -> object:
    """Names and types, without the values; a list is what its first item is."""
    if isinstance(value, dict):
        return {name: _shape(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_shape(value[0])] if value else []
    return type(value).__name__


def _send(address: str, request: dict[str, Any]) -> httpx.Response:
    raw = request["raw"]
    content = raw if raw is not None else json.dumps(request["body"]) if request["body"] is not None else None
    return httpx.request(request["method"], address + request["path"], content=content, timeout=60)


@pytest.mark.parametrize("name", _CASES)
def test_a_recorded_request_gets_an_answer_of_the_recorded_kind(name: str, address: str) -> None:
    # Given
    transcript = _transcript(name)
    recorded = transcript["response"]
    if name.startswith("ps"):
        httpx.post(address + "/api/chat", json={"model": _NAME, "messages": []})
    if name.startswith("chat-trunc"):
        # Recorded with 30,000 characters; shortened in the file.
        transcript["request"]["body"]["messages"] = [{"role": "user", "content": "word " * 6000}]

    # When
    response = _send(address, transcript["request"])

    # Then
    assert response.status_code == recorded["status"]
    assert response.headers["content-type"] == recorded["content_type"]
    if "text" in recorded:
        assert response.text == recorded["text"]
    elif "error" in recorded.get("json", {}):
        assert response.json() == recorded["json"]
    elif "lines" in recorded:
        _same_lines(response.text, recorded["lines"])
    elif name == "show":
        got, wanted = response.json(), recorded["json"]
        assert got.keys() == wanted.keys()
        assert got["capabilities"] == ["completion"]
    else:
        assert _without_figures(_shape(response.json())) == _without_figures(_shape(recorded["json"]))


def _same_lines(text: str, recorded: list[str]) -> None:
    got, wanted = ([_line(line) for line in lines if line] for lines in (text.split("\n"), recorded))
    first, last = _shape(got[0]), [_shape(line) for line in got[-3:]]
    assert first == _shape(wanted[0])
    assert last == [_shape(line) for line in wanted[-3:]]


def _line(line: str) -> object:
    plain = line.removeprefix("data: ")
    return "[DONE]" if plain == "[DONE]" else json.loads(plain)


def _without_figures(shape: object) -> object:
    # Recorded: an answer of no tokens at all has no time for them.
    return {k: v for k, v in shape.items() if k != "eval_duration"} if isinstance(shape, dict) else shape


def test_no_body_is_an_error_of_the_server(address: str) -> None:
    path = Path(__file__).parents[3] / "shared" / "data" / "json_bodies.jsonl"
    if not path.exists():
        pytest.skip("the collection of JSON bodies is not beside the project")
    bodies = [base64.b64decode(json.loads(line)["base64"]) for line in path.read_text().splitlines()]
    with httpx.Client() as client:
        codes = {client.post(address + "/api/chat", content=body, timeout=30).status_code for body in bodies}
    # None of them names a model that is here.
    assert codes == {400}


def test_num_predict_is_obeyed_and_the_answer_ends_with_length(address: str) -> None:
    body = {"model": _NAME, "messages": [_QUESTION], "stream": False, "options": {"num_predict": 3}}
    answer = httpx.post(address + "/api/chat", json=body, timeout=60).json()
    assert (answer["eval_count"], answer["done_reason"]) == (3, "length")


def test_sampling_at_the_top_level_changes_nothing(address: str) -> None:
    body = {"model": _NAME, "messages": [_QUESTION], "stream": False, "num_predict": 3, "temperature": 0}
    answer = httpx.post(address + "/api/chat", json=body, timeout=60).json()
    assert answer["eval_count"] > 3
    assert answer["done_reason"] == "stop"


def test_shift_false_ends_where_the_context_is_full(address: str) -> None:
    body = {
        "model": _NAME,
        "messages": [_QUESTION],
        "stream": False,
        "shift": False,
        "options": {"num_ctx": 64},
    }
    answer = httpx.post(address + "/api/chat", json=body, timeout=60).json()
    assert answer["done_reason"] == "length"
    assert answer["prompt_eval_count"] + answer["eval_count"] == 64 + 1


def test_an_answer_cut_anywhere_is_continued_to_the_same_whole(address: str) -> None:
    # Given
    whole = _content(address, [_QUESTION], -1)
    assert "<think>" in whole
    for cut in (1, 7, 40, 150):
        # When
        beginning = _content(address, [_QUESTION], cut)
        rest = _content(address, [_QUESTION, {"role": "assistant", "content": beginning}], -1)
        # Then
        assert beginning + rest == whole


def _content(address: str, messages: list[dict[str, str]], limit: int) -> str:
    body = {"model": _NAME, "messages": messages, "options": {"num_predict": limit}}
    response = httpx.post(address + "/api/chat", json=body, timeout=60)
    return "".join(json.loads(line)["message"]["content"] for line in response.text.splitlines())


def test_the_model_is_resident_with_its_context_until_it_is_unloaded(address: str) -> None:
    load = {"model": f"{_NAME}:latest", "messages": [], "keep_alive": -1, "options": {"num_ctx": 16384}}
    assert httpx.post(address + "/api/chat", json=load).json()["done_reason"] == "load"
    [model] = httpx.get(address + "/api/ps").json()["models"]
    assert model["context_length"] == 16384
    assert model["expires_at"] > "2300"

    assert (
        httpx.post(address + "/api/generate", json={"model": _NAME, "keep_alive": 0}).json()["done_reason"]
        == "unload"
    )
    assert httpx.get(address + "/api/ps").json() == {"models": []}


def test_a_client_that_leaves_frees_its_slot() -> None:
    # Given a server with one slot, so slow that the first answer would hold it for minutes
    process, url = _start("--tokens-per-second", "5", "--parallel", "1")
    try:
        body = {"model": _NAME, "messages": [_QUESTION]}
        with httpx.stream("POST", url + "/api/chat", json=body, timeout=60) as first:
            line = next(first.iter_lines())
        # When the first client is gone
        short = {**body, "stream": False, "options": {"num_predict": 2}}
        second = httpx.post(url + "/api/chat", json=short, timeout=60)
        # Then the second is served
        assert json.loads(line)["done"] is False
        assert second.json()["done_reason"] == "length"
    finally:
        _end(process)


def _bad_start(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[2]
    return subprocess.run(
        [sys.executable, "-m", "embedded_model", *arguments],
        env={**os.environ, "PYTHONPATH": str(root / "infra" / "local"), **environ},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


def test_a_taken_port_is_one_sentence_and_an_exit_code() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = _bad_start("--port", str(port))
    assert done.returncode != 0
    assert str(port) in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_speed_that_makes_no_sense_is_one_sentence_and_an_exit_code() -> None:
    done = _bad_start("--port", "0", EMBEDDED_TOKENS_PER_SECOND="fast")
    assert done.returncode != 0
    assert "EMBEDDED_TOKENS_PER_SECOND" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("inherited", [signal.SIG_DFL, signal.SIG_IGN], ids=["foreground", "background"])
def test_a_signal_ends_a_stream_with_an_error_line_and_without_noise(inherited: Any) -> None:
    # Given an answer under way
    process, url = _start("--tokens-per-second", "20", sigint=inherited)
    body = {"model": _NAME, "messages": [_QUESTION]}
    with httpx.stream("POST", url + "/api/chat", json=body, timeout=30) as response:
        lines = response.iter_lines()
        next(lines)
        # When
        process.send_signal(signal.SIGINT)
        last = list(lines)[-1]
    _, errors = process.communicate(timeout=20)
    # Then
    assert json.loads(last) == {"error": "an error was encountered while running the model: unexpected EOF"}
    assert errors == ""
    assert process.returncode == 130


def test_generations_over_the_parallel_ones_wait_for_a_slot() -> None:
    process, url = _start("--tokens-per-second", "40", "--parallel", "1")
    try:
        body = {"model": _NAME, "messages": [_QUESTION], "options": {"num_predict": 60}}
        with httpx.stream("POST", url + "/api/chat", json=body, timeout=30) as first:
            lines = first.iter_lines()
            next(lines)
            # The second waits for over a second while the first is sent; its figures say so.
            short = body | {"stream": False, "options": {"num_predict": 2}}
            second = httpx.post(url + "/api/chat", json=short, timeout=30).json()
            rest = [json.loads(line) for line in lines]
        assert rest[-1]["done"] is True
        assert second["total_duration"] > second["eval_duration"] + 100_000_000
    finally:
        _end(process)


def test_the_official_openai_client_can_talk_to_it(address: str) -> None:
    with OpenAI(base_url=f"{address}/v1", api_key="unused") as client:
        answer = client.chat.completions.create(model=_NAME, messages=[{"role": "user", "content": "2 + 3"}])
        stream = client.chat.completions.create(
            model=_NAME, messages=[{"role": "user", "content": "2 + 3"}], stream=True, stop="## Answer"
        )
        pieces = [chunk.choices[0].delta.content or "" for chunk in stream]
    assert r"\boxed{5}" in (answer.choices[0].message.content or "")
    assert (answer.choices[0].message.content or "").startswith("".join(pieces))


def test_sigterm_ends_the_server_and_its_worker() -> None:
    process, url = _start("--tokens-per-second", "0")
    assert httpx.get(url + "/").text == "Ollama is running"
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    _end(process)
    assert children
    assert not any(Path(f"/proc/{child}").exists() for child in children)


_QUESTION = {"role": "user", "content": "Solve x^2 + 2x - 3 = 0"}
