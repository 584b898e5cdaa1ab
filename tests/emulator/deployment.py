"""One deployment of the bundle to the emulator: by the commands of infra/deploy.py, over a template that it can take."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import httpx
from adapting import native, spelled_out, without_what_it_lacks
from emulator import REGION, ROOT
from stepwise_local.template.yaml_values import load
from support.infra import script

__all__ = ["STACK", "Deployment", "Failed"]

STACK = "stepwise-test"
deploy = script("deploy.py")
smoke = script("smoke.py")


class Failed(Exception):
    """A step did not show what it should; the text says which."""


@dataclass
class Deployment:
    """The build in *folder* and the stack that is made of it, with the emulator at *variables*."""

    folder: Path
    variables: Mapping[str, str]
    say: Callable[[str], None]

    @property
    def build(self) -> Path:
        return self.folder / "build"

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self.variables["AWS_ENDPOINT_URL"],
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def prepare(self) -> None:
        """Take out of the nested templates of the build what the emulator lacks."""
        for path in self.build.glob("*/template.yaml"):
            path.write_text(json.dumps(without_what_it_lacks(load(path))), "utf-8")

    def deploy(self, parameters: Mapping[str, str], *, smoked: list[int] | None = None) -> int:
        """Deploy the build with *parameters* as ``make deploy`` does; returns the exit status.

        With *smoked* as with ``--smoke``; what each smoke test came to is added to it.
        """
        given = [f"{name}={value}" for name, value in {**parameters, "GradualDeployment": "false"}.items()]
        released = deploy.release("deploy-test", self.build, given)
        template = self._packaged({"Release": released, **dict(one.split("=", 1) for one in given)})
        called = deploy.command(STACK, released, given, confirm=False)
        at = called.index("deploy") + 1
        called = [*called[:at], "--template-file", str(template), *called[at:]]
        if smoked is None:
            return self.run(called)

        def smoke_test(_stack: str) -> int:
            # By itself it would take the address of the stack's output, which is Amazon's.
            smoked.append(self.smoke())
            return smoked[-1]

        deploy._run, deploy._smoke = self.run, smoke_test
        status: int = deploy.deploy(called, STACK, released, self.client("cloudformation"))
        return status

    def smoke(self) -> int:
        """The smoke test with the stack's own key; returns its exit status."""
        url, key = self.api()
        # The emulator starts each function's process at its first call, which on a busy machine takes longer than a
        # gateway waits.
        with httpx.Client(base_url=url, headers={"x-api-key": key}, timeout=300, trust_env=False) as http:
            http.get("/health/ready")
            http.post("/v1/math/solve", json={})
            http.get("/v1/jobs/job_nobody")
        status: int = smoke.main(["--url", url, "--patience", "60", "--pause", "1"], {"SMOKE_KEY": key})
        return status

    def api(self) -> tuple[str, str]:
        """Where the emulator has the API, and the smoke test's key."""
        outputs = self.outputs()
        api = outputs["ApiUrl"].removeprefix("https://").partition(".")[0]
        key = self.client("apigateway").get_api_key(apiKey=outputs["SmokeKeyId"], includeValue=True)["value"]
        return f"{self.variables['AWS_ENDPOINT_URL']}/_aws/execute-api/{api}/live", key

    def made_key(self, partner: str) -> str:
        """A key that infra/edge/partners.py makes for *partner*."""
        command = [sys.executable, "infra/edge/partners.py", "--stack", STACK, "create", partner]
        done = subprocess.run(
            [*command, "--tier", "standard"],
            cwd=ROOT,
            env=dict(self.variables),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Failed(f"partners.py: {done.stderr}")
        return done.stdout.strip()

    def outputs(self) -> dict[str, str]:
        (found,) = self.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        return {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}

    def live(self) -> dict[str, dict[str, Any]]:
        """The configuration that each function's alias ``live`` runs, by the function's logical id."""
        functions = self.client("lambda")
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=STACK)
        return {
            each["LogicalResourceId"]: functions.get_function_configuration(
                FunctionName=each["PhysicalResourceId"], Qualifier="live"
            )
            for page in pages
            for each in page["StackResourceSummaries"]
            if each["ResourceType"] == "AWS::Lambda::Function"
        }

    def run(self, command: list[str]) -> int:
        """Run a tool; what it says is in the folder's ``tools.log``, and its end is shown where it fails."""
        with (self.folder / "tools.log").open("a", encoding="utf-8") as log:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=dict(self.variables),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            log.write(f"$ {' '.join(command)}\n{done.stdout}\n")
        if done.returncode:
            self.say("\n".join(done.stdout.splitlines()[-40:]))
        return done.returncode

    def _packaged(self, parameters: Mapping[str, str]) -> Path:
        """The template with its code in the emulator's S3 and without what the emulator lacks."""
        sam = str(Path(sys.executable).with_name("sam"))
        packaged = self.folder / "packaged.yaml"
        source = str(self.build / "template.yaml")
        options = ["--template-file", source, "--resolve-s3", "--output-template-file", str(packaged)]
        if self.run([sam, "package", *options]):
            raise Failed("sam package failed")
        document = without_what_it_lacks(native(load(packaged), parameters, REGION))
        spelled_out(document, parameters)
        # sam knows S3 by Amazon's names only, and would take the emulator's for a path.
        text = json.dumps(document).replace(
            self.variables["AWS_ENDPOINT_URL"], f"https://s3.{REGION}.amazonaws.com"
        )
        template = self.folder / "template.json"
        template.write_text(text, "utf-8")
        return template
