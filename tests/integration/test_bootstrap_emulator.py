"""The bootstrap under AWS's own Runtime Interface Emulator, which comes with the SAM CLI and buffers streams."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.built import emulator, free_port
from support.toy_stack import eventually

LAYER = Path(__file__).parents[2] / "layers" / "stepwise"
TASK = Path(__file__).parents[1] / "data" / "toy_bundle" / "functions" / "streams"


pytestmark = pytest.mark.skipif(emulator() is None, reason="the SAM CLI has no emulator for this machine")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen(
        [
            str(emulator()),
            *("--runtime-interface-emulator-address", f"127.0.0.1:{port}"),
            *("--runtime-api-address", f"127.0.0.1:{free_port()}"),
            *(str(LAYER / "stepwise-bootstrap"), sys.executable, "handler.handler"),
        ],
        cwd=TASK,
        env={"PATH": os.environ["PATH"], "LAMBDA_TASK_ROOT": str(TASK), "_HANDLER": "handler.handler"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}/2015-03-31/functions/function/invocations"

    def listens() -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", port)) == 0

    try:
        eventually(listens)
        yield address
    finally:
        os.killpg(process.pid, 9)
        process.wait()


def invoke(url: str, what: str, **body: Any) -> bytes:
    event = {
        "httpMethod": "POST",
        "requestContext": {},
        "pathParameters": {"what": what},
        "body": json.dumps(body),
    }
    return httpx.post(url, json=event, timeout=20, trust_env=False).content


def test_a_stream_is_whole(url: str) -> None:
    metadata, _, body = invoke(url, "numbers", count=3, pause=0.01).partition(b"\0" * 8)
    assert json.loads(metadata)["statusCode"] == 200
    assert body == b"data: 0\n\ndata: 1\n\ndata: 2\n\n"


def test_an_ordinary_answer_has_its_metadata(url: str) -> None:
    metadata, _, body = invoke(url, "other").partition(b"\0" * 8)
    assert json.loads(metadata) == {"statusCode": 418, "multiValueHeaders": {"x-many": ["a", "b"]}}
    assert json.loads(body)["left"] > 0


def test_a_stream_that_breaks_does_not_end_the_runtime(url: str) -> None:
    assert invoke(url, "breaks").endswith(b"data: begin\n\n")
    assert json.loads(invoke(url, "fail"))["errorType"] == "ValueError"
    assert invoke(url, "other")
