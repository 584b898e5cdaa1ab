"""Which model the local stack takes, against a loopback server."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from stepwise_local.model_choice import Model, ModelMissing, choose_model, context_hint
from support.hosts.replay_host import transcript

NOT_FOUND = json.dumps({"error": "model 'phi' not found"})


@contextmanager
def host(tags: tuple[int, str], show: tuple[int, str] = (404, "404 page not found")) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self, status: int, text: str) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def do_GET(self) -> None:
            self.answer(*tags)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.answer(*show)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def tags(*names: str) -> tuple[int, str]:
    return 200, json.dumps({"models": [{"name": name} for name in names]})


def choose(**environ: str) -> Model | None:
    return asyncio.run(choose_model(environ, "phi"))


@pytest.mark.parametrize(
    ("offered", "asked"),
    [("phi", "phi"), ("phi:latest", "phi"), ("phi:8b", "phi:8b"), ("phi:latest", "phi:latest")],
)
def test_a_model_that_the_host_has_is_taken(offered: str, asked: str) -> None:
    with host(tags("other", offered)) as url:
        assert choose(OLLAMA_HOST=f"{url}/", MODEL_NAME=asked) == Model(url, asked)


def test_the_name_is_the_templates_where_none_is_set() -> None:
    with host(tags("phi:latest")) as url:
        assert choose(OLLAMA_HOST=url, MODEL_NAME="") == Model(url, "phi")


@pytest.mark.parametrize("offered", [(), ("phi:8b",), ("phi2",)])
def test_a_model_that_the_host_does_not_have_is_refused(offered: tuple[str, ...]) -> None:
    with host(tags(*offered)) as url, pytest.raises(ModelMissing, match="does not have the model phi;"):
        choose(OLLAMA_HOST=url)


@pytest.mark.parametrize("answer", [(404, "no"), (500, ""), (200, "<html>"), (200, "{}"), (200, "[]")])
def test_a_host_that_does_not_list_its_models_is_asked_for_this_one(answer: tuple[int, str]) -> None:
    with host(answer, (200, "{}")) as url:
        assert choose(OLLAMA_HOST=url) == Model(url, "phi")
    with (
        host(answer, (404, NOT_FOUND)) as url,
        pytest.raises(ModelMissing, match="does not have the model phi"),
    ):
        choose(OLLAMA_HOST=url)


def test_a_host_that_passes_only_generations_on_is_taken() -> None:
    with host((404, "404 page not found")) as url:
        assert choose(OLLAMA_HOST=url) == Model(url, "phi")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://localhost:1"])
def test_a_host_that_does_not_answer_is_refused(url: str) -> None:
    with pytest.raises(ModelMissing, match="no Ollama answers there"):
        choose(OLLAMA_HOST=url)


@pytest.mark.parametrize(
    "url", ["localhost:11434", "0.0.0.0", "ftp://x", "http://", "http://[", "http://127.0.0.1:99999"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ModelMissing, match="must be an address"):
        choose(OLLAMA_HOST=url)


def test_the_context_that_a_model_was_trained_for_is_read_from_what_the_host_shows() -> None:
    with host(tags("phi"), (200, json.dumps(transcript("show")["response"]["json"]))) as url:
        model = choose(OLLAMA_HOST=url)

    assert model == Model(url, "phi", context_length=8_192)


@pytest.mark.parametrize(
    "shown", ["{}", "[]", '{"model_info": {"general.architecture": "llama", "llama.context_length": "many"}}']
)
def test_a_host_that_does_not_tell_the_context_is_taken_without(shown: str) -> None:
    with host(tags("phi"), (200, shown)) as url:
        assert choose(OLLAMA_HOST=url) == Model(url, "phi")


@pytest.mark.parametrize(
    ("has", "predict", "said"),
    [
        (8_192, 8_192, "set NUM_CTX=8192 NUM_PREDICT=4096."),
        (8_192, 2_000, "set NUM_CTX=8192."),
        (16_384, 8_192, None),
        (131_072, 8_192, None),
        (None, 8_192, None),
    ],
)
def test_a_model_trained_for_less_than_num_ctx_is_told_of(
    has: int | None, predict: int, said: str | None
) -> None:
    hint = context_hint(Model("http://h", "phi", context_length=has), 16_384, predict)

    assert hint is None if said is None else hint is not None and hint.endswith(said)
    assert hint is None or ("8192" in hint and "16384" in hint)
