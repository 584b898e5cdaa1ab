"""The workflows that check and deploy: nothing unpinned, no stored keys, no more rights than a job needs."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from support.infra import INFRA

FOLDER = INFRA.parent / ".github" / "workflows"
FILES = sorted(path.name for path in FOLDER.glob("*.yml"))


def _workflow(name: str) -> dict[str, Any]:
    loaded = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def _steps(name: str) -> list[dict[str, Any]]:
    return [step for job in _workflow(name)["jobs"].values() for step in job.get("steps", [])]


def test_there_are_workflows() -> None:
    assert FILES == ["checks.yml", "deploy-to.yml", "deploy.yml"]


@pytest.mark.parametrize("name", FILES)
def test_every_action_is_pinned_to_a_commit_and_says_which_version_that_is(name: str) -> None:
    lines = re.findall(r"uses: *(\S+)(.*)", (FOLDER / name).read_text(encoding="utf-8"))

    assert lines
    for action, comment in lines:
        if not action.startswith("./"):
            assert re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", action)
            assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment)


@pytest.mark.parametrize("name", FILES)
def test_no_key_is_stored(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8").casefold()

    assert "secrets." not in text
    assert "access-key" not in text


@pytest.mark.parametrize("name", FILES)
def test_a_token_is_only_for_the_jobs_that_deploy(name: str) -> None:
    workflow = _workflow(name)

    assert workflow["permissions"] == {"contents": "read"}
    for job_name, job in workflow["jobs"].items():
        rights = job.get("permissions", {"contents": "read"})
        deploys = job_name in ("staging", "production", "deploy")
        assert rights == ({"contents": "read", "id-token": "write"} if deploys else {"contents": "read"})


@pytest.mark.parametrize("name", FILES)
def test_no_expression_is_pasted_into_a_script(name: str) -> None:
    assert [step["run"] for step in _steps(name) if "${{" in step.get("run", "")] == []


def test_the_checks_are_the_ones_that_developers_run() -> None:
    assert "bash .ci/run" in [step.get("run") for step in _steps("checks.yml")]


def test_nothing_is_deployed_unchecked_and_production_comes_last() -> None:
    jobs = _workflow("deploy.yml")["jobs"]

    assert jobs["checks"]["uses"] == "./.github/workflows/checks.yml"
    assert (jobs["staging"]["needs"], jobs["production"]["needs"]) == ("checks", "staging")
    for environment in ("staging", "production"):
        assert jobs[environment]["with"] == {"environment": environment}


def test_what_was_deployed_has_to_answer_or_is_taken_back() -> None:
    deploys = [step["run"] for step in _steps("deploy-to.yml") if "make deploy" in step.get("run", "")]

    assert len(deploys) == 1
    assert "ARGS=--smoke" in deploys[0]
