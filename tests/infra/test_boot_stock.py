"""What fills the bucket that hosts boot from, against S3 as moto has it; the sources answer from memory."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from moto import mock_aws
from support.boot import run, tool
from support.infra import INFRA, defaults, script

stock = script("model-host/stock.py")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


RELEASE = b"the release"
CONFIG, WEIGHTS = b"{}", b"GGUF" * 50_000
MANIFEST = json.dumps(
    {
        "config": {"digest": f"sha256:{_sha256(CONFIG)}"},
        "layers": [{"digest": f"sha256:{_sha256(WEIGHTS)}"}],
    }
).encode()
PINS = stock.Pins("0.24.0", _sha256(RELEASE), "phi4-mini-reasoning", _sha256(MANIFEST))


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="artefacts")
        yield client


class Sources:
    """The places that releases and models come from."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.files = {
            "/releases/v0.24.0/ollama-linux-amd64.tar.zst": RELEASE,
            "/registry/phi4-mini-reasoning/manifests/latest": MANIFEST,
            f"/registry/phi4-mini-reasoning/blobs/sha256:{_sha256(CONFIG)}": CONFIG,
            f"/registry/phi4-mini-reasoning/blobs/sha256:{_sha256(WEIGHTS)}": WEIGHTS,
        }

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        body = self.files.get(request.url.path)
        return httpx.Response(404) if body is None else httpx.Response(200, content=body)


@pytest.fixture
def sources() -> Sources:
    return Sources()


def _stock(storage: Any, sources: Sources, pinned: Any = PINS) -> None:
    with httpx.Client(transport=httpx.MockTransport(sources)) as web:
        stock.stock(
            pinned,
            "artefacts",
            storage=storage,
            web=web,
            say=io.StringIO(),
            releases="http://sources/releases",
            registry="http://sources/registry",
        )


def _objects(storage: Any) -> dict[str, bytes]:
    entries = storage.list_objects_v2(Bucket="artefacts").get("Contents", [])
    return {
        entry["Key"]: storage.get_object(Bucket="artefacts", Key=entry["Key"])["Body"].read()
        for entry in entries
    }


def test_the_bucket_holds_what_hosts_ask_for(storage: Any, sources: Sources) -> None:
    _stock(storage, sources)

    assert _objects(storage) == {
        "ollama/0.24.0/ollama-linux-amd64.tar.zst": RELEASE,
        f"blobs/sha256-{_sha256(CONFIG)}": CONFIG,
        f"blobs/sha256-{_sha256(WEIGHTS)}": WEIGHTS,
        "models/phi4-mini-reasoning/latest/manifest.json": MANIFEST,
    }


def test_what_is_there_is_not_fetched_again(storage: Any, sources: Sources) -> None:
    _stock(storage, sources)
    sources.asked.clear()

    _stock(storage, sources)

    assert sources.asked == ["/registry/phi4-mini-reasoning/manifests/latest"]


@pytest.mark.parametrize("part", ["release", "manifest", "layer"])
def test_what_was_changed_on_the_way_does_not_reach_the_bucket(
    storage: Any, sources: Sources, part: str
) -> None:
    path = {
        "release": "/releases/v0.24.0/ollama-linux-amd64.tar.zst",
        "manifest": "/registry/phi4-mini-reasoning/manifests/latest",
        "layer": f"/registry/phi4-mini-reasoning/blobs/sha256:{_sha256(WEIGHTS)}",
    }[part]
    sources.files[path] += b" "

    with pytest.raises(stock.StockError, match="not taken"):
        _stock(storage, sources)

    assert sources.files[path] not in _objects(storage).values()
    assert "models/phi4-mini-reasoning/latest/manifest.json" not in _objects(storage)


def test_a_layer_that_cannot_be_had_leaves_no_model(storage: Any, sources: Sources) -> None:
    del sources.files[f"/registry/phi4-mini-reasoning/blobs/sha256:{_sha256(WEIGHTS)}"]

    with pytest.raises(httpx.HTTPStatusError):
        _stock(storage, sources)

    assert "models/phi4-mini-reasoning/latest/manifest.json" not in _objects(storage)


def test_a_model_with_a_tag_lies_under_its_tag(storage: Any, sources: Sources) -> None:
    sources.files["/registry/phi4-mini-reasoning/manifests/3.8b"] = MANIFEST

    _stock(
        storage,
        sources,
        stock.Pins("0.24.0", _sha256(RELEASE), "phi4-mini-reasoning:3.8b", _sha256(MANIFEST)),
    )

    assert "models/phi4-mini-reasoning/3.8b/manifest.json" in _objects(storage)


def test_the_pins_are_the_templates_defaults() -> None:
    pinned = stock.pins(INFRA / "model-host" / "template.yaml")

    values = defaults("model-host")
    assert pinned == stock.Pins(
        values["OllamaVersion"], values["OllamaSha256"], values["ModelName"], values["ModelDigest"]
    )


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed (Debian's package jq)")
def test_a_host_finds_in_the_bucket_what_it_boots_from(
    storage: Any, sources: Sources, tmp_path: Path
) -> None:
    _stock(storage, sources)
    for key, data in _objects(storage).items():
        path = tmp_path / "bucket" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    tool(tmp_path / "tools", "tar", '#!/bin/sh\necho tar "$@" >>"$CALLS"\n')

    done = run(
        tmp_path,
        "install_ollama; install_model",
        tmp_path / "bucket",
        OLLAMA_VERSION=PINS.ollama_version,
        OLLAMA_SHA256=PINS.ollama_sha256,
        MODEL_NAME=PINS.model_name,
        MODEL_DIGEST=PINS.model_digest,
    )

    assert done.stderr == ""
    assert "tar --zstd -xf" in (tmp_path / "calls").read_text()
    assert {path.read_bytes() for path in (tmp_path / "models" / "blobs").iterdir()} == {CONFIG, WEIGHTS}
