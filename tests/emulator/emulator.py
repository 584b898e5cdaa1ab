"""ministack, an emulator of AWS, and a model host: processes on the loopback interface, in environments of their own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import httpx
from support.built import free_port
from support.toy_stack import eventually

__all__ = ["REGION", "emulator", "model_host"]

REGION = "eu-central-1"
MINISTACK = "1.5.33"
TRANSLATOR = "1.115.0"
"""AWS's SAM translator, with which ministack makes the stack of sam's own bucket."""
ROOT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def emulator(folder: Path) -> Iterator[dict[str, str]]:
    """Run ministack in *folder*; the variables with which AWS's tools call it.

    Functions run as its child processes, in the Python of its environment, which has none of their packages.
    """
    program = _installed(folder / f"ministack-{MINISTACK}")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    variables = {
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "LAMBDA_EXECUTOR": "local",
        "HOME": str(folder),
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
    }
    with _process([str(program)], variables, folder / "ministack.log"):
        _answers(f"{url}/_ministack/health")
        yield {
            **os.environ,
            "AWS_ENDPOINT_URL": url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
            "SAM_CLI_TELEMETRY": "0",
        }


@contextlib.contextmanager
def model_host(folder: Path) -> Iterator[str]:
    """Run the embedded model server; its address."""
    port = free_port()
    path = str(ROOT / "infra" / "local")
    with _process(
        [sys.executable, "-m", "embedded_model", "--port", str(port)],
        {"PYTHONPATH": path, "PATH": os.environ["PATH"]},
        folder / "model.log",
    ):
        _answers(f"http://127.0.0.1:{port}/api/version")
        yield f"http://127.0.0.1:{port}"


def _installed(environment: Path) -> Path:
    """The program, in a virtual environment that is made at the first use."""
    program = environment / "bin" / "ministack"
    if not program.exists():
        uv = os.environ.get("UV") or shutil.which("uv") or "uv"
        python = str(environment / "bin" / "python")
        packages = [f"ministack=={MINISTACK}", f"aws-sam-translator=={TRANSLATOR}"]
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(environment)], check=True)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *packages], check=True)
    return program


@contextlib.contextmanager
def _process(command: Sequence[str], variables: Mapping[str, str], log: Path) -> Iterator[None]:
    """Run *command* until the end of the block, with its children, in a session of its own."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=dict(variables),
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _answers(url: str) -> None:
    def asked() -> bool:
        try:
            return httpx.get(url, trust_env=False).status_code < 500
        except httpx.TransportError:
            return False

    eventually(asked, 60)
