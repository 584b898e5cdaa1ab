"""The bootstrap as Lambda starts it: the wrapper script, a handler in a file, a Runtime API over HTTP."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.hosts.runtime_host import RuntimeHost, runtime_host

LAYER = Path(__file__).parents[2] / "layers" / "stepwise"
API_EVENT = {"httpMethod": "POST", "path": "/x", "requestContext": {}, "body": "{}"}
DELIMITER = b"\0" * 8
STREAM_PRELUDE = """
from stepwise.runtime.streaming_response import StreamingResponse

def handler(event, context):
    if event.get("plain"):
        return 1
    return StreamingResponse(201, {"content-type": "text/plain"}, chunks())
"""

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def host() -> Iterator[RuntimeHost]:
    with runtime_host() as running:
        yield running


@pytest.fixture
def start(host: RuntimeHost, tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def run(source: str, **environ: str) -> subprocess.Popen[str]:
        (tmp_path / "handler.py").write_text(source)
        process = subprocess.Popen(
            [str(LAYER / "stepwise-bootstrap"), sys.executable, "/var/runtime/bootstrap.py"],
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "AWS_LAMBDA_RUNTIME_API": host.address,
                "AWS_LAMBDA_FUNCTION_NAME": "toy",
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
                "LAMBDA_TASK_ROOT": str(tmp_path),
                "_HANDLER": "handler.handler",
                **environ,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def metadata_and_body(data: bytes) -> tuple[Any, bytes]:
    metadata, delimiter, body = data.partition(DELIMITER)
    assert delimiter
    return json.loads(metadata), body


def test_an_ordinary_result_is_answered_as_json(host: RuntimeHost, start: Start) -> None:
    start("def handler(event, context):\n    return {'got': event, 'id': context.aws_request_id}")
    host.give({"a": "方"}, request_id="one")
    call = host.next_call()
    assert call.path == "/2018-06-01/runtime/invocation/one/response"
    assert json.loads(call.body) == {"got": {"a": "方"}, "id": "one"}
    host.give({}, request_id="two")
    assert host.next_call().path == "/2018-06-01/runtime/invocation/two/response"


def test_the_context_has_what_lambdas_has(host: RuntimeHost, start: Start) -> None:
    start(
        "import os\n"
        "def handler(event, c):\n"
        "    return [c.function_name, c.memory_limit_in_mb, c.invoked_function_arn, c.function_version,\n"
        "            c.get_remaining_time_in_millis(), os.environ.get('_X_AMZN_TRACE_ID')]"
    )
    soon = int(time.time() * 1000) + 10_000
    host.give({}, deadline_ms=soon, Lambda_Runtime_Trace_Id="Root=1")
    name, memory, arn, version, left, trace = json.loads(host.next_call().body)
    assert (name, memory, arn, version, trace) == ("toy", "256", "arn:toy", "$LATEST", "Root=1")
    assert 0 < left <= 10_000


def test_a_proxy_answer_has_the_form_that_a_streaming_integration_takes(
    host: RuntimeHost, start: Start
) -> None:
    start(
        "def handler(event, context):\n"
        "    return {'statusCode': 404, 'multiValueHeaders': {'a': ['1', '2']}, 'body': 'weg', 'isBase64Encoded': False}"
    )
    host.give(API_EVENT)
    call = host.next_call()
    assert call.headers["lambda-runtime-function-response-mode"] == "streaming"
    assert call.headers["content-type"] == "application/vnd.awslambda.http-integration-response"
    assert metadata_and_body(call.body) == (
        {"statusCode": 404, "multiValueHeaders": {"a": ["1", "2"]}},
        b"weg",
    )


def test_a_body_in_base64_is_sent_as_its_bytes(host: RuntimeHost, start: Start) -> None:
    start(
        "def handler(event, context):\n"
        "    return {'statusCode': 200, 'headers': {}, 'body': '/wA=', 'isBase64Encoded': True}"
    )
    host.give(API_EVENT)
    assert metadata_and_body(host.next_call().body) == ({"statusCode": 200}, b"\xff\x00")


@pytest.mark.parametrize("event", [{}, {"warmup": True}, {**API_EVENT, "methodArn": "arn"}, [], "text"])
def test_other_events_are_answered_in_json_whatever_the_result(
    host: RuntimeHost, start: Start, event: Any
) -> None:
    start("def handler(event, context):\n    return {'statusCode': 200}")
    host.give(event)
    assert json.loads(host.next_call().body) == {"statusCode": 200}


def test_a_stream_is_sent_chunk_by_chunk(host: RuntimeHost, start: Start) -> None:
    start(STREAM_PRELUDE + "def chunks():\n    yield b''\n    yield b'one'\n    yield b''\n    yield b'two'")
    host.give(API_EVENT)
    call = host.next_call()
    first, *rest = call.chunks
    assert metadata_and_body(first) == ({"statusCode": 201, "headers": {"content-type": "text/plain"}}, b"")
    assert rest == [b"one", b"two"]
    assert call.trailers == {}


def test_an_error_before_the_first_chunk_is_an_error_of_the_invocation(
    host: RuntimeHost, start: Start
) -> None:
    start(STREAM_PRELUDE + "def chunks():\n    raise KeyError('x')\n    yield")
    host.give(API_EVENT, request_id="one")
    call = host.next_call()
    assert call.path.endswith("/invocation/one/error")
    assert call.headers["lambda-runtime-function-error-type"] == "KeyError"


def test_an_error_after_the_first_chunk_is_told_in_trailers(host: RuntimeHost, start: Start) -> None:
    start(STREAM_PRELUDE + "def chunks():\n    yield b'one'\n    raise KeyError('x')")
    host.give(API_EVENT)
    call = host.next_call()
    assert metadata_and_body(call.body)[1] == b"one"
    assert "lambda-runtime-function-error-type" in call.headers["trailer"].lower()
    assert call.trailers["lambda-runtime-function-error-type"] == "KeyError"
    document = json.loads(base64.b64decode(call.trailers["lambda-runtime-function-error-body"]))
    assert document["errorType"] == "KeyError"


@pytest.mark.parametrize("chunk", ["b''", "b'more'"])
def test_the_iterator_is_closed_when_the_peer_has_gone(
    host: RuntimeHost, start: Start, tmp_path: Path, chunk: str
) -> None:
    closed = tmp_path / "closed"
    start(
        STREAM_PRELUDE
        + "import time\nfrom pathlib import Path\n"
        + "def chunks():\n    try:\n        yield b'one'\n        while True:\n            time.sleep(0.01)\n"
        + f"            yield {chunk}\n    finally:\n        Path({str(closed)!r}).touch()"
    )
    host.close_after = 1
    host.give(API_EVENT)
    assert host.next_call().complete is False
    host.close_after = None
    host.give({"plain": True}, request_id="next")
    assert host.next_call().path.endswith("/invocation/next/response")
    assert closed.exists()


def test_an_exception_of_a_handler_is_reported_and_its_text_is_not_logged(
    host: RuntimeHost, start: Start
) -> None:
    process = start("def handler(event, context):\n    raise ValueError('text of a user')")
    host.give({}, request_id="one")
    call = host.next_call()
    assert call.path.endswith("/invocation/one/error")
    assert call.headers["lambda-runtime-function-error-type"] == "ValueError"
    assert json.loads(call.body)["errorMessage"] == "text of a user"
    process.kill()
    logged = json.loads(process.communicate()[0])
    assert (logged["errorType"], logged["requestId"]) == ("ValueError", "one")
    assert "text of a user" not in json.dumps({**logged, "stackTrace": []})


@pytest.mark.parametrize(
    "source", ["raise RuntimeError('NUM_CTX is wrong')", "import nothing_of_that_name", "x ="]
)
def test_an_error_at_import_is_an_init_error_and_ends_the_runtime(
    host: RuntimeHost, start: Start, source: str
) -> None:
    process = start(source)
    call = host.next_call()
    assert call.path == "/2018-06-01/runtime/init/error"
    assert process.wait(10) == 1
    assert json.loads(process.communicate()[0])["message"]


def test_snap_start_runs_its_hooks_around_the_snapshot(host: RuntimeHost, start: Start) -> None:
    start(
        "from snapshot_restore_py import register_after_restore, register_before_snapshot\n"
        "did = []\n"
        "register_before_snapshot(did.append, 'second before')\n"
        "register_before_snapshot(did.append, 'first before')\n"
        "register_after_restore(did.append, 'after')\n"
        "def handler(event, context):\n    return did",
        AWS_LAMBDA_INITIALIZATION_TYPE="snap-start",
    )
    assert host.next_call().path.endswith("/restore/next")
    host.give({})
    assert json.loads(host.next_call().body) == ["first before", "second before", "after"]


@pytest.mark.parametrize(
    ("hook", "path", "code"), [("before_snapshot", "init", 64), ("after_restore", "restore", 65)]
)
def test_a_hook_that_fails_ends_the_runtime(
    host: RuntimeHost, start: Start, hook: str, path: str, code: int
) -> None:
    process = start(
        f"from snapshot_restore_py import register_{hook}\n"
        f"register_{hook}(lambda: 1 / 0)\n"
        "def handler(event, context):\n    return 1",
        AWS_LAMBDA_INITIALIZATION_TYPE="snap-start",
    )
    calls = [host.next_call()]
    if path == "restore":
        calls.append(host.next_call())
    assert calls[-1].path == f"/2018-06-01/runtime/{path}/error"
    assert process.wait(10) == code


def test_under_sam_local_an_answer_is_a_proxy_dictionary(host: RuntimeHost, start: Start) -> None:
    start(STREAM_PRELUDE + "def chunks():\n    yield b'one'\n    yield b'two'", AWS_SAM_LOCAL="true")
    host.give(API_EVENT)
    assert json.loads(host.next_call().body) == {
        "statusCode": 201,
        "headers": {"content-type": "text/plain"},
        "body": "onetwo",
    }


def test_a_runtime_whose_environment_ends_ends_quietly(host: RuntimeHost, start: Start) -> None:
    process = start("def handler(event, context):\n    return 1")
    host.give({})
    host.next_call()
    host._events.put(None)
    assert process.wait(10) == 0
    assert process.communicate()[0] == ""


def test_what_handlers_log_with_the_standard_library_is_one_line_with_the_request(
    host: RuntimeHost, start: Start
) -> None:
    process = start(
        "import logging\ndef handler(event, context):\n    logging.getLogger('x').warning('a %s', 'b')"
    )
    host.give({}, request_id="one")
    host.next_call()
    process.kill()
    assert json.loads(process.communicate()[0]) == {
        "level": "WARNING",
        "message": "a b",
        "requestId": "one",
        "logger": "x",
    }
