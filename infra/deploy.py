"""Deploy the build as a release for which every function publishes a version.

    make deploy                                           # builds first
    make deploy STACK=stepwise-staging PARAMETERS="ModelHostUrl=http://10.0.0.5:11434 ModelSlots=8"
    make deploy ARGS=--smoke                              # and goes back to what was there where it does not answer

SAM publishes a version of a function only when its own code, memory or literal variables change. Nearly all code here is in
layers and settings are parameters, so ``AutoPublishCodeSha256`` is the parameter ``Release``: a hash of the commit, of
everything that was built and of the parameters. What is not among the parameters keeps its value in the stack.

Going back is another deployment: the template and the parameters that the stack had before, whose code is still in the
bucket. So the stack knows what runs, which moving aliases by hand would hide from it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

__all__ = [
    "DeployError",
    "Deployed",
    "back_command",
    "check_concurrency",
    "command",
    "deploy",
    "deployed",
    "release",
]

ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / ".aws-sam" / "build"
MOST_WORKERS = 1_000
"""What MaximumConcurrency of an SQS event source may be at most (Lambda's API reference, ScalingConfig)."""


class DeployError(Exception):
    """Something that the caller can put right; its text says what."""


@dataclass(frozen=True)
class Deployed:
    """What a stack was made of: its template as it was given, and its parameters."""

    template: str
    parameters: Mapping[str, str]


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
    # Going back switches it off, and a parameter that is left out keeps its value.
    gradual = [] if any(each.startswith("GradualDeployment=") for each in parameters) else ["true"]
    return [
        *_sam_deploy(stack, "--confirm-changeset" if confirm else "--no-confirm-changeset"),
        f"Release={released}",
        *(f"GradualDeployment={value}" for value in gradual),
        *parameters,
    ]


def check_concurrency(parameters: Sequence[str], functions: Callable[[], Any]) -> None:
    """Refuse more slots than Lambda can use; *functions* makes Lambda's client.

    CloudFormation's own rules cannot compare numbers.

    Raises:
        DeployError: more than an event source takes and no WorkerConcurrency, or more than the account's concurrency.
    """
    given = dict(parameter.split("=", 1) for parameter in parameters)
    slots = given.get("ModelSlots", "")
    if not slots.isdecimal():
        return
    if int(slots) > MOST_WORKERS and given.get("WorkerConcurrency", "0") == "0":
        raise DeployError(
            f"ModelSlots={slots} needs WorkerConcurrency, at most {MOST_WORKERS}, as an SQS event source takes no more."
        )
    try:
        most = functions().get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
    except (BotoCoreError, ClientError) as error:
        _say(f"Not compared with the account's concurrent executions: {type(error).__name__}.")
        return
    if int(slots) > most:
        raise DeployError(
            f"ModelSlots={slots} needs as many concurrent executions of Lambda, and more for requests that wait;"
            f" this account has {most} (infra/RUNBOOK.md, Quotas)."
        )


def back_command(stack: str, template: Path, before: Deployed) -> list[str]:
    """The call of ``sam deploy`` that brings *before* back, whose template is in the file *template*.

    All at once: the alarms that a bad release raised would stop a gradual one.
    """
    parameters = {**before.parameters, "GradualDeployment": "false"}
    return [
        *_sam_deploy(stack, "--no-confirm-changeset", "--template-file", str(template)),
        *(f'{name}="{value}"' for name, value in parameters.items()),
    ]


def _sam_deploy(stack: str, *options: str) -> list[str]:
    return [
        str(Path(sys.executable).with_name("sam")),
        "deploy",
        "--stack-name",
        stack,
        "--resolve-s3",
        "--capabilities",
        "CAPABILITY_IAM",
        "CAPABILITY_AUTO_EXPAND",
        "--no-fail-on-empty-changeset",
        *options,
        "--parameter-overrides",
    ]


def deployed(stack: str, cloudformation: Any) -> Deployed | None:
    """What the stack is made of now; ``None`` where there is none.

    Raises:
        DeployError: the stack cannot be read.
    """
    try:
        (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
        body = cloudformation.get_template(StackName=stack, TemplateStage="Original")["TemplateBody"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise DeployError(str(error)) from error
    except BotoCoreError as error:
        raise DeployError(str(error)) from error
    if found["StackStatus"] == "REVIEW_IN_PROGRESS":  # only a change set was made
        return None
    parameters = {each["ParameterKey"]: each["ParameterValue"] for each in found.get("Parameters", [])}
    # boto3 reads templates in JSON.
    return Deployed(body if isinstance(body, str) else json.dumps(body), parameters)


def deploy(called: Sequence[str], stack: str, released: str, cloudformation: Any) -> int:
    """Run *called*, test what then runs, and go back where it does not answer; returns the exit status.

    0: *released* answers. 1: it does not; what was there before is back, if the lines on standard error say so.

    Raises:
        DeployError: the stack cannot be read; nothing was deployed.
    """
    before = deployed(stack, cloudformation)
    status = _run(called)
    if status:
        return status
    if not _smoke(stack):
        return 0
    if before is None:
        _say(
            f"The smoke test failed. {stack} is new, so there is nothing to go back to: it stays for you to look at."
        )
        return 1
    if before.parameters.get("Release") == released:
        _say(f"The smoke test failed, and {stack} ran this release before: there is nothing to go back to.")
        return 1
    _say(f"The smoke test failed: going back to release {before.parameters.get('Release')}.")
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template.yaml"
        template.write_text(before.template, encoding="utf-8")
        status = _run(back_command(stack, template, before))
    if status:
        _say("Going back FAILED: infra/RUNBOOK.md, Roll back.")
    elif _smoke(stack):
        _say(
            "The release before is back, and does not answer either: something else is wrong, such as the model host."
        )
    else:
        _say("The release before is back and answers.")
    return 1


def _run(called: Sequence[str]) -> int:
    return subprocess.run(called, cwd=ROOT, check=False).returncode  # noqa: S603 - made here, and no shell


def _smoke(stack: str) -> int:
    return _run([sys.executable, str(ROOT / "infra" / "smoke.py"), "--stack", stack])


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def main(argv: Sequence[str]) -> int:
    """Run ``sam deploy``; returns its exit status, or with ``--smoke`` 1 where what was deployed does not answer."""
    parser = argparse.ArgumentParser(
        prog="deploy", description="Deploy the build under a release of its own."
    )
    parser.add_argument("--stack", default="stepwise", help="name of the stack (default: stepwise)")
    parser.add_argument("--confirm", action="store_true", help="show what will change, and ask")
    parser.add_argument("--smoke", action="store_true", help="test it then, and go back where that fails")
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
        check_concurrency(arguments.parameters, lambda: boto3.client("lambda"))
        _say(f"Release {released} of {commit}")
        if arguments.smoke:
            return deploy(called, arguments.stack, released, boto3.client("cloudformation"))
    except (DeployError, OSError, BotoCoreError, subprocess.CalledProcessError) as error:
        _say(str(error))
        return 1
    return _run(called)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
