"""Deploys the build, under a release that makes every function publish a version.

    make deploy                                           # builds first
    make deploy STACK=stepwise-staging PARAMETERS="ModelHostUrl=http://10.0.0.5:11434 ModelSlots=8"

SAM publishes a version of a function only when its own code, memory or literal variables change. Nearly all code here is in
layers and settings are parameters, so ``AutoPublishCodeSha256`` is the parameter ``Release``: a hash of the commit, of
everything that was built and of the parameters. What is not among the parameters keeps its value in the stack.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["DeployError", "command", "release"]

ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / ".aws-sam" / "build"


class DeployError(Exception):
    """Something that the caller can put right; its text says what."""


def release(commit: str, built: Path, parameters: Sequence[str]) -> str:
    """The release of a commit, a folder that ``sam build`` filled, and parameters in any order: 64 hexadecimal digits.

    Raises:
        DeployError: nothing was built.
    """
    files = sorted(path for path in built.rglob("*") if path.is_file())
    if not files:
        raise DeployError(f"There is nothing in {built}: run make build first.")
    digest = hashlib.sha256(commit.encode())
    for path in files:
        digest.update(f"\0{path.relative_to(built).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for parameter in sorted(parameters):
        digest.update(f"\0{parameter}".encode())
    return digest.hexdigest()


def command(stack: str, released: str, parameters: Sequence[str], *, confirm: bool) -> list[str]:
    """The call of ``sam deploy``.

    Raises:
        DeployError: a parameter is not Key=Value, or is the release itself.
    """
    for parameter in parameters:
        name, equals, _ = parameter.partition("=")
        if not (name.isalnum() and equals):
            raise DeployError(f"{parameter!r} is no parameter: write Key=Value.")
        if name == "Release":
            raise DeployError("Release is computed here: leave it out.")
    return [
        str(Path(sys.executable).with_name("sam")),
        "deploy",
        "--stack-name",
        stack,
        "--resolve-s3",
        "--capabilities",
        "CAPABILITY_IAM",
        "CAPABILITY_AUTO_EXPAND",
        "--confirm-changeset" if confirm else "--no-confirm-changeset",
        "--no-fail-on-empty-changeset",
        "--parameter-overrides",
        f"Release={released}",
        *parameters,
    ]


def main(argv: Sequence[str]) -> int:
    """Run ``sam deploy``; returns its exit status."""
    parser = argparse.ArgumentParser(
        prog="deploy", description="Deploy the build under a release of its own."
    )
    parser.add_argument("--stack", default="stepwise", help="name of the stack (default: stepwise)")
    parser.add_argument("--confirm", action="store_true", help="show what will change, and ask")
    parser.add_argument("parameters", nargs="*", metavar="Key=Value", help="parameters of template.yaml")
    arguments = parser.parse_args(argv)
    try:
        commit = subprocess.run(
            ["git", "rev-parse", "HEAD"],  # noqa: S607 - the developer's own git
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        released = release(commit, BUILT, arguments.parameters)
        called = command(arguments.stack, released, arguments.parameters, confirm=arguments.confirm)
    except (DeployError, OSError, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stderr.write(f"Release {released} of {commit}\n")
    return subprocess.run(called, cwd=ROOT, check=False).returncode  # noqa: S603 - checked above, and no shell


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
