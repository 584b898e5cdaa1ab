"""Start the local stack as a process on free ports."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

__all__ = ["LocalStack", "aws_server", "command", "local_stack"]

_FOLDER = Path(__file__).resolve().parents[2] / "infra" / "local"
_STOP_SECONDS = 20.0


@dataclass(frozen=True)
class LocalStack:
    """A running stack: its addresses, process and log."""

    base_url: str
    admin_url: str
    pid: int
    model: dict[str, Any]
    log_path: Path

    def environments(self, function: str | None = None) -> list[dict[str, Any]]:
        """The running Lambda environments: ``function``, ``pid``, ``state``, ``request_id``."""
        response = httpx.get(f"{self.admin_url}/_local/environments", trust_env=False)
        found: list[dict[str, Any]] = response.raise_for_status().json()
        return [one for one in found if function in (None, one["function"])]

    def log(self) -> str:
        return self.log_path.read_text("utf-8", "replace")


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "stepwise_local", *arguments]


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of the stack's process: *settings*, without settings of the test's own environment."""
    passed_on = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**passed_on, "PYTHONPATH": str(_FOLDER), **settings}


@contextlib.contextmanager
def local_stack(
    *arguments: str, template: Path | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[LocalStack]:
    """Start ``python -m stepwise_local`` on free ports, and end it with SIGTERM.

    *settings* are environment variables such as ``OLLAMA_HOST``; *template* is this project's unless given.

    Raises:
        RuntimeError: it did not start; the text is its output.
    """
    with tempfile.TemporaryDirectory() as folder:
        log_path = Path(folder) / "stack.log"
        options = ["--port", "0", "--admin-port", "0", "--quiet", "--log-file", str(log_path)]
        if template:
            options += ["--template", str(template)]
        process = subprocess.Popen(
            command(*options, *arguments),
            env=environment(settings or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                _, said = process.communicate(timeout=_STOP_SECONDS)
                raise RuntimeError(f"{said}\n{log_path.read_text() if log_path.exists() else ''}")
            start = json.loads(line)
            yield LocalStack(start["url"], start["admin_url"], process.pid, start["model"], log_path)
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[str]) -> None:
    with process:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


@contextlib.contextmanager
def aws_server(*arguments: str) -> Iterator[str]:
    """The address of the stack's AWS as a program of its own, for as long as the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "stepwise_local.aws.server", *arguments],
        env={**os.environ, "PYTHONPATH": str(_FOLDER)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()
