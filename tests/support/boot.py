"""Run the model host's boot script, or functions of it, with a folder as the bucket."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from support.infra import host_files

__all__ = ["SCRIPT", "run", "tool"]

SCRIPT = "/opt/stepwise/host.sh"

AWS = """#!/bin/bash
# A bucket that is a folder: aws s3 cp --only-show-errors --region R s3://bucket/KEY FILE
[ "$1 $2" = "s3 cp" ] || { echo "$*" >>"$CALLS"; exit 0; }
source=$6
exec cp -- "$STORE/$(echo "$source" | cut -d/ -f4-)" "$7"
"""


def tool(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def run(
    tmp_path: Path, command: str, store: Path | None = None, script: str | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Source the script as the host has it and run *command*: its functions, with *variables* as host.env."""
    path = tmp_path / "functions.sh"
    path.write_text(script or host_files()[SCRIPT], encoding="utf-8")
    tool(tmp_path / "tools", "aws", AWS)
    environment: Mapping[str, str] = {
        "PATH": f"{tmp_path / 'tools'}:{os.environ['PATH']}",
        "STORE": str(store or tmp_path),
        "CALLS": str(tmp_path / "calls"),
        "BUCKET": "artefacts-example",
        "REGION": "eu-central-1",
        "MODEL_NAME": "phi4-mini-reasoning",
        "OLLAMA_MODELS": str(tmp_path / "models"),
        "OLLAMA_ROOT": str(tmp_path / "ollama"),
        **variables,
    }
    return subprocess.run(
        ["bash", "-c", f'. "{path}"; {command}'],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
