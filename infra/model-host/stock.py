"""Fill the bucket that model hosts boot from with the pinned Ollama release and model, after verifying them.

    python infra/model-host/stock.py my-artefacts          # my-artefacts is an S3 bucket of yours, in the host's Region

Hosts have no way to the IPv4 internet and trust nothing that is not in the bucket with the right digest, so this is run
once on a machine that has (about 5 GB come in and go out), and again when a pin in template.yaml changes. The pins are
read from there. What is in the bucket already is not fetched again.

The model comes from Ollama's registry, which speaks the protocol of container registries: a manifest names its layers by
SHA-256, and the SHA-256 of the manifest is the digest that ``ollama list`` shows.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import boto3
import httpx
import yaml

__all__ = ["Pins", "StockError", "pins", "stock"]

RELEASES = "https://github.com/ollama/ollama/releases/download"
REGISTRY = "https://registry.ollama.ai/v2/library"
_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")


class StockError(Exception):
    """A download does not have the pinned digest."""


@dataclass(frozen=True)
class Pins:
    """The release and the model of a host, each with its hexadecimal SHA-256."""

    ollama_version: str
    ollama_sha256: str
    model_name: str
    model_digest: str

    @property
    def release(self) -> str:
        return f"ollama/{self.ollama_version}/ollama-linux-amd64.tar.zst"

    @property
    def model(self) -> tuple[str, str]:
        """Name and tag."""
        name, _, tag = self.model_name.partition(":")
        return name, tag or "latest"


class _Defaults(yaml.SafeLoader):
    """Reads a template for its parameters only; what intrinsics stand for does not matter."""


_Defaults.add_multi_constructor("!", lambda _loader, _suffix, _node: None)


def pins(template: Path) -> Pins:
    """The defaults of *template*'s parameters."""
    parameters: Mapping[str, Any] = _Defaults(template.read_text("utf-8")).get_single_data()["Parameters"]
    names = ("OllamaVersion", "OllamaSha256", "ModelName", "ModelDigest")
    return Pins(*(str(parameters[name]["Default"]) for name in names))


def stock(
    pinned: Pins,
    bucket: str,
    *,
    storage: Any,
    web: httpx.Client,
    say: TextIO,
    releases: str = RELEASES,
    registry: str = REGISTRY,
) -> None:
    """Upload what is missing in *bucket*; *storage* is a boto3 client of S3.

    Raises:
        StockError: a download has another SHA-256 than the pinned one. Nothing of it reaches the bucket.
        httpx.HTTPError: a download failed.
    """
    name, tag = pinned.model
    version = pinned.ollama_version
    source = f"{releases}/v{version}/ollama-linux-amd64.tar.zst"
    _bring(source, pinned.ollama_sha256, pinned.release, bucket, storage, web, say)

    response = web.get(f"{registry}/{name}/manifests/{tag}", headers={"Accept": _MANIFEST})
    response.raise_for_status()
    manifest = response.content
    _compare(hashlib.sha256(manifest).hexdigest(), pinned.model_digest, f"the manifest of {name}:{tag}")
    for digest in _layers(manifest):
        _bring(
            f"{registry}/{name}/blobs/sha256:{digest}",
            digest,
            f"blobs/sha256-{digest}",
            bucket,
            storage,
            web,
            say,
        )
    # Last, so that a manifest in the bucket means that the model is complete.
    storage.put_object(Bucket=bucket, Key=f"models/{name}/{tag}/manifest.json", Body=manifest)
    say.write(f"{bucket} holds Ollama {version} and {name}:{tag}.\n")


def _layers(manifest: bytes) -> Iterable[str]:
    document = json.loads(manifest)
    for layer in (document["config"], *document["layers"]):
        match = _DIGEST.fullmatch(layer["digest"])
        if match is None:
            raise StockError("the manifest names a layer without a SHA-256")
        yield match[1]


def _bring(
    source: str, sha256: str, key: str, bucket: str, storage: Any, web: httpx.Client, say: TextIO
) -> None:
    if storage.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("KeyCount"):
        say.write(f"{key} is there.\n")
        return
    say.write(f"{key} ...\n")
    digest = hashlib.sha256()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "download")
        with path.open("wb") as file, web.stream("GET", source) as response:
            response.raise_for_status()
            for chunk in response.iter_bytes():
                digest.update(chunk)
                file.write(chunk)
        _compare(digest.hexdigest(), sha256, source)
        storage.upload_file(str(path), bucket, key)


def _compare(actual: str, expected: str, what: str) -> None:
    if actual != expected:
        raise StockError(f"{what} has the SHA-256 {actual} and not {expected}: it was not taken.")


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="stock", description="Fill the bucket that model hosts boot from.")
    parser.add_argument("bucket", help="an S3 bucket of yours, in the hosts' Region")
    parser.add_argument("--region", help="AWS Region (default: the profile's)")
    arguments = parser.parse_args(argv)
    with httpx.Client(follow_redirects=True, timeout=httpx.Timeout(60)) as web:
        try:
            stock(
                pins(Path(__file__).with_name("template.yaml")),
                arguments.bucket,
                storage=boto3.client("s3", region_name=arguments.region),
                web=web,
                say=sys.stderr,
            )
        except (StockError, httpx.HTTPError) as error:
            sys.stderr.write(f"{error}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
