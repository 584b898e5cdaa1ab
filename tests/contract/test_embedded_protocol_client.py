"""The bundle's own client against the embedded model server: load, generate, go on with what is there."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from stepwise.config import Settings
from stepwise.errors import ModelTimeout
from stepwise.ollama.client import OllamaClient
from stepwise.ollama.port import Chunk, Finish, Prompt
from stepwise.prompts import solve_messages

_MESSAGES = tuple(solve_messages("解方程 x² + 2x - 3 = 0", language="zh", steps=True, context=None))
_OPTIONS = {"temperature": 0.3, "top_p": 0.9}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-m", "embedded_model", "--port", "0", "--tokens-per-second", "400"],
        env={**os.environ, "PYTHONPATH": str(root / "infra" / "local")},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    yield process.stdout.readline().rpartition(" ")[2].strip()
    process.terminate()
    process.communicate(timeout=20)


@pytest.fixture
def client(address: str) -> Iterator[OllamaClient]:
    with OllamaClient(Settings(ollama_host=address, model_name="embedded-sympy")) as made:
        yield made


def _written(client: OllamaClient, prefill: str, limit: int) -> tuple[str, Finish]:
    prompt = Prompt(
        messages=_MESSAGES, prefill=prefill, model="embedded-sympy", options=_OPTIONS, num_predict=limit
    )
    text, end = "", None
    with client.generate(prompt, deadline=time.monotonic() + 60) as generation:
        for event in generation:
            if isinstance(event, Chunk):
                text += event.text
            elif isinstance(event, Finish):
                end = event
    assert end is not None
    return text, end


def test_the_model_is_loaded_with_the_context_of_the_requests(client: OllamaClient) -> None:
    client.load()
    [resident] = client.resident()
    assert resident.name == "embedded-sympy:latest"
    assert resident.context_length == Settings().num_ctx


def test_pieces_of_an_answer_add_up_to_the_undivided_one(client: OllamaClient) -> None:
    # Given
    whole, end = _written(client, "", 4000)
    assert end.reason == "stop"
    # When
    text, reason, calls = "", "length", 0
    while reason == "length":
        more, finish = _written(client, text, 150)
        text, reason, calls = text + more, finish.reason, calls + 1
    # Then
    assert text == whole
    assert calls > 2


def test_what_was_written_before_the_deadline_is_gone_on_with(client: OllamaClient) -> None:
    # Given a generation that is stopped by its deadline, in the middle of its thinking
    prompt = Prompt(messages=_MESSAGES, model="embedded-sympy", options=_OPTIONS, num_predict=4000)
    pieces: list[str] = []

    def read_on() -> None:
        with client.generate(prompt, deadline=time.monotonic() + 0.6) as generation:
            pieces.extend(event.text for event in generation if isinstance(event, Chunk))

    with pytest.raises(ModelTimeout):
        read_on()
    written = "".join(pieces)
    # When
    rest, _ = _written(client, written, 4000)
    # Then
    whole, _ = _written(client, "", 4000)
    assert written + rest == whole
    assert rest
