"""Run the functions that ``sam build`` makes on this machine, with Lambda's paths and variables.

Only root can create ``/opt``, so a function's layers are merged, as on Lambda, into another folder. The interpreter has
no packages: a function imports only from its bundle, its layers and, as on Lambda, from the folder of AWS's runtime.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from stepwise_local.functions.sandbox import environment_variables
from stepwise_local.template.model import Bundle, Function
from stepwise_local.template.reader import read_bundle
from support.toy_stack import eventually

__all__ = ["ARM", "HERE", "Failed", "Place", "emulated", "emulator", "free_port", "missing_tool", "sam_build"]

ROOT = Path(__file__).resolve().parents[2]
ARM = "aarch64-manylinux_2_34"
HERE = f"{platform.machine()}-manylinux_2_34"
_RUNTIME = ("awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py")
"""The packages in ``/var/runtime``, beside AWS's runtime."""


class Failed(Exception):
    """A tool or a function's process failed; the text is its output."""


def missing_tool() -> str:
    """Why nothing can be built or run on this machine; empty if it can."""
    if not _uv():
        return "uv is not installed, which the layers are built with"
    if not _beside("sam").exists():
        return "the SAM CLI is not installed"
    if emulator() is None:
        return "the SAM CLI has no Runtime Interface Emulator for this machine"
    return ""


def sam_build(folder: Path, wheels: str) -> None:
    """``sam build`` of the bundle into *folder*, with *wheels* of a platform as ``uv`` names it."""
    done = subprocess.run(
        [str(_beside("sam")), "build", "--no-cached", "--parallel", "--build-dir", str(folder)],
        cwd=ROOT,
        env={
            **os.environ,
            # Bytecode is compiled by a Python 3.13 that uv finds.
            "PATH": f"{_beside('python').parent}{os.pathsep}{os.environ['PATH']}",
            "UV": _uv(),
            "WHEELS": wheels,
            "SAM_CLI_TELEMETRY": "0",
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        raise Failed(f"sam build:\n{done.stdout}\n{done.stderr}")


def _beside(program: str) -> Path:
    return Path(sys.executable).parent / program


def _uv() -> str:
    return os.environ.get("UV") or shutil.which("uv") or ""


def emulator() -> Path | None:
    """AWS's Runtime Interface Emulator, which comes with the SAM CLI."""
    spec = importlib.util.find_spec("samcli")
    machine = {"x86_64": "x86_64", "aarch64": "arm64"}.get(platform.machine(), "")
    if spec is None or spec.origin is None or sys.platform != "linux":
        return None
    path = Path(spec.origin).parent / "local" / "rapid" / f"aws-lambda-rie-{machine}"
    return path if path.exists() else None


def free_port() -> int:
    """A free port of the loopback interface."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@dataclass(frozen=True)
class Place:
    """Paths for built functions: the output of a build, AWS at *aws_url*, and *folder* instead of ``/opt``."""

    build: Path
    aws_url: str
    folder: Path
    settings: Mapping[str, str]

    @property
    def bundle(self) -> Bundle:
        return read_bundle(self.build / "template.yaml", self.settings, self.aws_url)

    def opt(self, function: Function) -> Path:
        """The function's ``/opt/python``: its merged layers; later ones replace files of earlier ones."""
        opt = self.folder / function.name / "opt" / "python"
        if not opt.exists():
            for layer in function.layers:
                shutil.copytree(layer, opt, copy_function=_placed, dirs_exist_ok=True)
        return opt

    def runtime(self) -> Path:
        """Replacement for ``/var/runtime`` and ``/var/lang``: AWS's runtime client, and a Python without packages."""
        runtime = self.folder / "runtime"
        if not runtime.exists():
            runtime.mkdir(parents=True)
            for name in _RUNTIME:
                spec = importlib.util.find_spec(name)
                assert spec is not None
                assert spec.origin is not None
                origin = Path(spec.origin)
                origin = origin.parent if origin.name == "__init__.py" else origin
                (runtime / origin.name).symlink_to(origin)
            python = runtime / "python"
            python.write_text(f'#!/bin/sh\nexec "{Path(sys.executable).resolve()}" -S "$@"\n')
            python.chmod(0o755)
        return runtime

    def command(self, function: Function) -> list[str]:
        """AWS's runtime, or the function's wrapper around its command line."""
        runtime = [str(self.runtime() / "python"), "-m", "awslambdaric", function.handler]
        wrapper = function.environment.get("AWS_LAMBDA_EXEC_WRAPPER")
        if not wrapper:
            return runtime
        return [str(self.opt(function) / Path(wrapper).relative_to("/opt/python")), *runtime]

    def environment(self, function: Function, runtime_api: str) -> dict[str, str]:
        """The environment variables of Lambda and of the template."""
        return {
            **environment_variables(function, runtime_api, self.aws_url),
            # As on Lambda, for functions without wrapper and without SnapStart, which starts differently.
            "PYTHONPATH": f"{self.runtime()}{os.pathsep}{self.opt(function)}",
            "LAMBDA_RUNTIME_DIR": str(self.runtime()),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(round(function.timeout)),
        }


def _placed(source: str, target: str) -> None:
    """Link a layer's file, replacing that of an earlier layer; copy it if it is on another disk."""
    Path(target).unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


@contextlib.contextmanager
def emulated(place: Place, name: str, **variables: str) -> Iterator[Callable[[Any], httpx.Response]]:
    """Run the function *name* under the emulator; yields a function that calls it with an event."""
    function = place.bundle.functions[name]
    port = free_port()
    log = place.folder / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                str(emulator()),
                *("--runtime-interface-emulator-address", f"127.0.0.1:{port}"),
                *("--runtime-api-address", f"127.0.0.1:{free_port()}"),
                *place.command(function),
            ],
            cwd=function.code,
            env={**place.environment(function, ""), **variables},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        eventually(lambda: process.poll() is not None or _listens(port))
        url = f"http://127.0.0.1:{port}/2015-03-31/functions/function/invocations"
        with httpx.Client(timeout=60, trust_env=False) as client:
            yield lambda event: client.post(url, json=event)
    except (httpx.HTTPError, AssertionError) as error:
        error.add_note(log.read_text("utf-8", errors="replace")[-4000:])
        raise
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
