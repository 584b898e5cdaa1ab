"""``python -m stepwise_local`` as a program: which model it takes, what it says, and that nothing of it is left."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import httpx
import pytest
from support.local_stack import aws_server, command, environment, local_stack
from support.toy_stack import TEMPLATE, alive, eventually, session_of, tags_host

KEY = {"x-api-key": "demo-key"}
SECRETS = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}


@contextmanager
def program(*arguments: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        command("--template", str(TEMPLATE), *arguments),
        env=environment(settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
            process.communicate(timeout=20)


def refusal(*arguments: str, **settings: str) -> str:
    """What the program says when it does not start."""
    with program(*arguments, **settings) as process:
        out, error = process.communicate(timeout=30)
    assert process.returncode == 1
    assert out == ""
    return error


def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = refusal("--log-file", str(tmp_path / "log"), PORT=port)
    assert said == f"Port {port} cannot be used (Address already in use); set PORT to another one.\n"


def test_a_model_host_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        host = f"http://127.0.0.1:{closed.getsockname()[1]}"
    said = refusal("--port", "0", "--log-file", str(tmp_path / "log"), OLLAMA_HOST=host)
    assert said == f"OLLAMA_HOST is {host}, but no Ollama answers there (ConnectError).\n"


def test_a_model_that_the_host_does_not_have_is_one_sentence(tmp_path: Path) -> None:
    log = str(tmp_path / "log")
    with tags_host("llama3:8b") as host:
        said = refusal("--port", "0", "--log-file", log, OLLAMA_HOST=host, MODEL_NAME="phi4")
    assert said == f"The model host {host} does not have the model phi4; it has llama3:8b.\n"


def test_an_address_without_a_scheme_is_one_sentence(tmp_path: Path) -> None:
    said = refusal("--port", "0", "--log-file", str(tmp_path / "log"), OLLAMA_HOST="127.0.0.1:1")
    assert said == "OLLAMA_HOST is 127.0.0.1:1, but it must be an address such as http://127.0.0.1:11434.\n"


def test_a_setting_that_makes_no_sense_is_one_sentence(tmp_path: Path) -> None:
    log = str(tmp_path / "log")
    with tags_host("toy-model") as host:
        said = refusal("--port", "0", "--log-file", log, OLLAMA_HOST=host, MODEL_SLOTS="many")
        assert said == "MODEL_SLOTS is 'many', but it must be a number.\n"
        said = refusal("--port", "0", "--log-file", log, OLLAMA_HOST=host, MODEL_SLOTS="1.5")
    assert said.startswith("MODEL_SLOTS is '1.5', but it must be a whole number")


def test_settings_of_the_environment_replace_the_templates_and_its_parameters() -> None:
    with (
        tags_host("other:latest") as host,
        local_stack(
            template=TEMPLATE,
            settings={
                "OLLAMA_HOST": host,
                "MODEL_NAME": "other",
                "MODEL_SLOTS": "7",
                "QUEUE_URL": "http://x",
            },
        ) as stack,
    ):
        response = httpx.get(f"{stack.base_url}/open", trust_env=False)
    functions = response.json()["environment"]
    assert stack.model == {"host": host, "name": "other", "embedded": False}
    assert functions["OLLAMA_HOST"] == host
    assert functions["MODEL_NAME"] == "other"
    assert functions["MODEL_SLOTS"] == "7"
    assert functions["QUEUE_URL"].endswith("/123456789012/Work")


def test_a_table_is_kept_where_data_dir_says_and_else_where_dynamodb_url_says(tmp_path: Path) -> None:
    with tags_host("toy-model") as host, aws_server() as elsewhere:
        settings = {"OLLAMA_HOST": host, "DATA_DIR": str(tmp_path / "data")}
        for _ in range(2):
            with local_stack(template=TEMPLATE, settings=settings) as stack:
                found = httpx.get(f"{stack.base_url}/open", trust_env=False).json()["environment"]
                table = boto3.resource(
                    "dynamodb", "us-east-1", endpoint_url=found["AWS_ENDPOINT_URL"], **SECRETS
                )
                items = table.Table(found["TABLE_NAME"]).scan()["Items"]
                table.Table(found["TABLE_NAME"]).put_item(Item={"pk": "kept", "sk": "kept"})
        assert "kept" in [item["pk"] for item in items]
        with local_stack(template=TEMPLATE, settings={"OLLAMA_HOST": host, "DYNAMODB_URL": elsewhere}):
            client = boto3.client("dynamodb", "us-east-1", endpoint_url=elsewhere, **SECRETS)
            assert client.list_tables()["TableNames"] == [found["TABLE_NAME"]]


def test_what_a_layer_has_is_compiled_for_processes_that_write_no_bytecode(tmp_path: Path) -> None:
    toy = tmp_path / "tests" / "data" / "toy"
    shutil.copytree(TEMPLATE.parent, toy)
    module = tmp_path / "layers" / "stepwise" / "package" / "module.py"
    module.parent.mkdir(parents=True)
    module.write_text("ANSWER = 42\n")
    with (
        tags_host("toy-model") as host,
        local_stack(template=toy / "template.yaml", settings={"OLLAMA_HOST": host}),
    ):
        compiled = eventually(lambda: list(module.parent.glob("__pycache__/module.*.pyc")), 60)
    assert len(compiled) == 1


def test_without_a_model_host_the_embedded_model_answers_and_the_banner_says_so(tmp_path: Path) -> None:
    with program("--port", "0", "--log-file", str(tmp_path / "log")) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(5)]
        url = re.search(r"http://127\.0\.0\.1:\d+", lines[0])
        assert url is not None
        functions = httpx.get(f"{url[0]}/open", trust_env=False, timeout=20).json()["environment"]
        assert functions["MODEL_NAME"] == "embedded-sympy"
        tags = httpx.get(f"{functions['OLLAMA_HOST']}/api/tags", trust_env=False).json()
        httpx.get(f"{url[0]}/nowhere", trust_env=False, timeout=20)
        log = (tmp_path / "log").read_text
        eventually(
            lambda: re.search(
                r"^gateway \| GET /nowhere 404 \d+ ms not_found [\w-]{36}$", log(), re.MULTILINE
            )
        )
    assert re.match(r"gateway \| GET /open 200 \d+ ms\n", log()), "and the first line is about a request"
    assert "demo-key, demo-key-2" in lines[0]
    assert "embedded-sympy" in lines[1]
    assert f"{url[0]}/playground#key=demo-key" in lines[2]
    assert "ollama pull phi4-mini-reasoning" in lines[4]
    assert lines[3].startswith(f"curl {url[0]}/v1/math/solve -H 'x-api-key: demo-key'")
    assert [model["name"].removesuffix(":latest") for model in tags["models"]] == ["embedded-sympy"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_every_process_within_three_seconds(number: signal.Signals, tmp_path: Path) -> None:
    log = str(tmp_path / "log")
    with program("--port", "0", "--quiet", "--log-file", log) as process:
        assert process.stdout is not None
        start = json.loads(process.stdout.readline())
        httpx.get(f"{start['url']}/open", trust_env=False, timeout=20)
        with httpx.stream(
            "POST",
            f"{start['url']}/stream/numbers",
            json={"count": 1000, "pause": 0.05},
            headers={"Authorization": "Bearer demo-key"},
            trust_env=False,
        ) as stream:
            next(stream.iter_bytes())
            family = session_of(process.pid)
            assert len(family) >= 5
            os.kill(process.pid, number)
            ended = time.monotonic()
            assert process.wait(10) == 0
            assert time.monotonic() - ended < 3
    eventually(lambda: not any(alive(pid) for pid in family), 2.0)
    assert [pid for pid in family if alive(pid)] == []


@pytest.mark.parametrize("milliseconds", [50, 300, 600, 900, 1300, 1800])
def test_a_signal_in_the_middle_of_the_start_leaves_nothing(milliseconds: int, tmp_path: Path) -> None:
    family: set[int] = set()
    with program("--port", "0", "--quiet", "--log-file", str(tmp_path / "log")) as process:
        until = time.monotonic() + milliseconds / 1000
        while time.monotonic() < until:
            family |= session_of(process.pid)
            time.sleep(0.01)
        process.terminate()
        process.wait(10)
        assert process.returncode in (0, -signal.SIGTERM)
    eventually(lambda: not any(alive(pid) for pid in family), 2.0)
    assert [pid for pid in family if alive(pid)] == []


def test_killing_the_program_itself_leaves_no_process_that_works_on(tmp_path: Path) -> None:
    with program("--port", "0", "--quiet", "--log-file", str(tmp_path / "log")) as process:
        assert process.stdout is not None
        start = json.loads(process.stdout.readline())
        httpx.get(f"{start['url']}/open", trust_env=False, timeout=20)
        family = session_of(process.pid)
        process.kill()
        process.wait(10)
        eventually(lambda: not any(alive(pid) for pid in family), 10.0)
    assert [pid for pid in family if alive(pid)] == []


def test_the_stack_ends_with_a_sentence_when_a_part_of_it_dies(tmp_path: Path) -> None:
    with (
        tags_host("toy-model") as host,
        program("--port", "0", "--quiet", "--log-file", str(tmp_path / "log"), OLLAMA_HOST=host) as process,
    ):
        assert process.stdout is not None
        process.stdout.readline()
        servers = [
            pid
            for pid in session_of(process.pid)
            if b"stepwise_local.aws.server" in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]
        os.kill(servers[0], signal.SIGKILL)
        _, error = process.communicate(timeout=20)
        assert process.returncode == 1
    assert error == "The local AWS ended (its process died).\n"
