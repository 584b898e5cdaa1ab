"""The command that deploys: what makes another release, and what sam is called with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
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

    assert called[called.index("--parameter-overrides") + 1 :] == [f"Release={'0' * 64}", "ModelSlots=8"]
    assert called[called.index("--stack-name") + 1] == "staging"
    assert "--no-confirm-changeset" in called


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
        if re.search(r"sam deploy(?! overwrites)", path.read_text(encoding="utf-8"))
    ]

    assert told == []
