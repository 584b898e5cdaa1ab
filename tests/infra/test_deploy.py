"""The command that deploys: what makes another release, and what sam is called with."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from support.infra import INFRA, script
from support.transformed import transformed

deploy = script("deploy.py")
FUNCTIONS = [name for name in transformed()["Resources"] if name.endswith("FunctionAliaslive")]


@pytest.fixture
def built(tmp_path: Path) -> Path:
    for name in ("template.yaml", "StepwiseLayer/python/stepwise/plan.py", "SolveFunction/handler.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    return tmp_path


def _versions(release: str) -> list[str]:
    resources = transformed(Release=release)["Resources"]
    return [resources[name]["Properties"]["FunctionVersion"]["Fn::GetAtt"][0] for name in FUNCTIONS]


def _all_move(old: str, new: str) -> bool:
    return all(before != after for before, after in zip(_versions(old), _versions(new), strict=True))


def test_a_changed_layer_moves_every_function(built: Path) -> None:
    old = deploy.release("c", built, [])
    (built / "StepwiseLayer/python/stepwise/plan.py").write_text("another", encoding="utf-8")

    assert FUNCTIONS
    assert _all_move(old, deploy.release("c", built, []))


@pytest.mark.parametrize("name", sorted(set(transformed()["Parameters"]) - {"Release"}))
def test_each_changed_parameter_is_another_release(built: Path, name: str) -> None:
    others = ["StageName=v1"] if name != "StageName" else []
    old, new = (deploy.release("c", built, [*others, f"{name}={value}"]) for value in ("1", "2"))

    # SAM takes the first ten digits.
    assert old[:10] != new[:10]


def test_another_commit_moves_every_function_and_the_same_deployment_none(built: Path) -> None:
    old = deploy.release("c", built, ["ModelSlots=8", "MaxQueued=10"])

    assert deploy.release("c", built, ["MaxQueued=10", "ModelSlots=8"]) == old
    assert _all_move(old, deploy.release("d", built, ["ModelSlots=8", "MaxQueued=10"]))


def test_a_file_that_moves_is_another_release(built: Path) -> None:
    old = deploy.release("c", built, [])
    (built / "SolveFunction/handler.py").rename(built / "SolveFunction/other.py")

    assert deploy.release("c", built, []) != old


def test_a_release_is_what_the_template_takes(built: Path) -> None:
    pattern = transformed()["Parameters"]["Release"]["AllowedPattern"]

    assert re.fullmatch(pattern, deploy.release("c", built, []))


def test_nothing_built_is_nothing_to_deploy(tmp_path: Path) -> None:
    with pytest.raises(deploy.DeployError, match="make build"):
        deploy.release("c", tmp_path, [])


@pytest.mark.parametrize("parameter", ["ModelSlots", "=8", "a b=c", "--profile=x", "Release=0123456789"])
def test_what_is_no_parameter_is_refused(parameter: str) -> None:
    with pytest.raises(deploy.DeployError):
        deploy.command("stepwise", "0" * 64, [parameter], confirm=False)


def test_sam_is_told_the_release_and_the_parameters() -> None:
    called = deploy.command("staging", "0" * 64, ["ModelSlots=8"], confirm=False)

    assert called[called.index("--parameter-overrides") + 1 :] == [
        f"Release={'0' * 64}",
        "GradualDeployment=true",
        "ModelSlots=8",
    ]
    assert called[called.index("--stack-name") + 1] == "staging"
    assert "--no-confirm-changeset" in called


def test_a_deployment_is_gradual_again_after_one_that_was_not() -> None:
    # Going back leaves GradualDeployment=false in the stack, where a parameter that is left out keeps its value.
    assert "GradualDeployment=true" in deploy.command("s", "0" * 64, [], confirm=False)
    once = deploy.command("s", "0" * 64, ["GradualDeployment=false"], confirm=False)
    assert [each for each in once if "Gradual" in each] == ["GradualDeployment=false"]


class _Functions:
    def __init__(self, most: int | None) -> None:
        self._most = most

    def get_account_settings(self) -> Any:
        if self._most is None:
            raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetAccountSettings")
        return {"AccountLimit": {"ConcurrentExecutions": self._most}}


@pytest.mark.parametrize(
    ("parameters", "most", "refused"),
    [
        (["ModelSlots=8"], 1_000, ""),
        (["ModelSlots=8"], 8, ""),
        (["ModelSlots=11"], 10, "this account has 10"),
        (["ModelSlots=1000"], 3_000, ""),
        (["ModelSlots=1476"], 3_000, "needs WorkerConcurrency"),
        (["ModelSlots=1476", "WorkerConcurrency=0"], 3_000, "needs WorkerConcurrency"),
        (["WorkerConcurrency=1000", "ModelSlots=1476"], 3_000, ""),
        (["WorkerConcurrency=1000", "ModelSlots=1476"], 1_000, "this account has 1000"),
        (["MaxQueued=10"], 0, ""),
        (["ModelSlots=8"], None, ""),
    ],
)
def test_more_slots_than_lambda_can_use_are_refused(
    parameters: list[str], most: int | None, refused: str
) -> None:
    if not refused:
        deploy.check_concurrency(parameters, lambda: _Functions(most))
        return
    with pytest.raises(deploy.DeployError, match=refused):
        deploy.check_concurrency(parameters, lambda: _Functions(most))


OLD = {"Release": "1" * 64, "SubnetIds": "", "GradualDeployment": "true", "ModelSlots": "4"}


class _CloudFormation:
    """A stack whose template and parameters are read."""

    def __init__(
        self, parameters: dict[str, str] | None, *, template: Any = "old: template", code: str = ""
    ) -> None:
        self._parameters, self._template, self._code = parameters, template, code

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803 - boto3's
        if self._parameters is None:
            error = {
                "Code": "ValidationError",
                "Message": self._code or f"Stack with id {StackName} does not exist",
            }
            raise ClientError({"Error": error}, "DescribeStacks")
        listed = [{"ParameterKey": key, "ParameterValue": value} for key, value in self._parameters.items()]
        return {"Stacks": [{"StackStatus": "UPDATE_COMPLETE", "Parameters": listed}]}

    def get_template(self, StackName: str, TemplateStage: str) -> Any:  # noqa: N803 - boto3's
        assert TemplateStage == "Original"
        return {"TemplateBody": self._template}


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> tuple[list[list[str]], list[int]]:
    """The commands that were run, and the statuses that the next ones end with; of a template that is given, its text."""
    calls: list[list[str]] = []
    statuses: list[int] = []

    def run(called: list[str]) -> int:
        if "--template-file" in called:
            at = called.index("--template-file") + 1
            called = [*called[:at], Path(called[at]).read_text("utf-8"), *called[at + 1 :]]
        calls.append(called)
        return statuses.pop(0)

    monkeypatch.setattr(deploy, "_run", run)
    return calls, statuses


def _deploy(cloudformation: Any) -> int:
    status: int = deploy.deploy(["sam"], "staging", "2" * 64, cloudformation)
    return status


def test_a_release_that_answers_stays(ran: Any) -> None:
    calls, statuses = ran
    statuses += [0, 0]

    assert _deploy(_CloudFormation(OLD)) == 0
    assert [call[-2:] for call in calls[1:]] == [["--stack", "staging"]]


def test_a_release_that_does_not_answer_is_taken_back(ran: Any, capsys: Any) -> None:
    calls, statuses = ran
    statuses += [0, 1, 0, 0]

    assert _deploy(_CloudFormation(OLD)) == 1

    back = calls[2]
    assert back[back.index("--template-file") + 1] == "old: template"
    assert back[back.index("--parameter-overrides") + 1 :] == [
        f'Release="{"1" * 64}"',
        'SubnetIds=""',
        'GradualDeployment="false"',
        'ModelSlots="4"',
    ]
    assert calls[3] == calls[1]
    assert "is back and answers" in capsys.readouterr().err


def test_sam_reads_each_parameter_of_what_is_brought_back() -> None:
    from samcli.cli.types import CfnParameterOverridesType

    values = {
        "A": "",
        "B": "subnet-a,subnet-b",
        "C": "http://10.0.0.5:11434",
        "D": "30m",
        "GradualDeployment": "true",
    }
    called = deploy.back_command("s", Path("t"), deploy.Deployed("t", values))
    given = tuple(called[called.index("--parameter-overrides") + 1 :])

    assert CfnParameterOverridesType().convert(given, None, None) == values | {"GradualDeployment": "false"}


@pytest.mark.parametrize(
    ("stack", "ends", "said"),
    [
        (_CloudFormation(None), [0, 1], "nothing to go back to"),
        (_CloudFormation({"Release": "2" * 64}), [0, 1], "ran this release before"),
        (_CloudFormation(OLD), [0, 1, 1], "Going back FAILED"),
        (_CloudFormation(OLD, template={"a": 1}), [0, 1, 0, 1], "does not answer either"),
    ],
)
def test_where_nothing_can_be_brought_back_it_says_so(
    ran: Any, capsys: Any, stack: Any, ends: list[int], said: str
) -> None:
    calls, statuses = ran
    statuses += ends

    assert _deploy(stack) == 1
    assert said in capsys.readouterr().err
    assert len(calls) == len(ends)


def test_a_deployment_that_failed_is_not_tested_as_cloudformation_took_it_back(ran: Any) -> None:
    calls, statuses = ran
    statuses += [3]

    assert _deploy(_CloudFormation(OLD)) == 3
    assert calls == [["sam"]]


def test_a_stack_that_cannot_be_read_is_not_deployed_to(ran: Any) -> None:
    with pytest.raises(deploy.DeployError, match="not authorized"):
        _deploy(_CloudFormation(None, code="not authorized to perform"))
    assert ran[0] == []


def test_what_make_is_told_for_the_deployment_does_not_reach_the_build() -> None:
    arguments = ["ARGS=--smoke", "STACK=staging", "PARAMETERS=ModelSlots=8 MaxQueued=10"]
    told = ["make", "-n", "--no-print-directory", "deploy", *arguments]
    said = subprocess.run(told, cwd=INFRA.parent, capture_output=True, text=True, check=True).stdout
    build, deployment = said.splitlines()[-2:]

    assert build.endswith(" sam build")
    assert deployment.endswith(" infra/deploy.py --stack staging --smoke ModelSlots=8 MaxQueued=10")


def test_nothing_tells_anybody_to_call_sam_deploy_itself() -> None:
    root = INFRA.parent
    told = [
        path.name
        for path in (
            root / "README.md",
            INFRA / "RUNBOOK.md",
            root / "Makefile",
            *sorted((root / ".github/workflows").glob("*.yml")),
        )
        if re.search(r"sam deploy", path.read_text(encoding="utf-8"))
    ]

    assert told == []
