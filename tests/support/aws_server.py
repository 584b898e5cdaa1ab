"""The local stack's AWS as a program of its own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["aws_server"]

_FOLDER = Path(__file__).resolve().parents[2] / "infra" / "local"


@contextlib.contextmanager
def aws_server(*arguments: str) -> Iterator[str]:
    """The address of a server that lives as long as the block."""
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
