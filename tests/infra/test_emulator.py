"""What ``make deploy-test`` leaves out of the template is on its list, and each entry's tests exist."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from support.infra import template
from support.transformed import transformed

TESTS = Path(__file__).parents[1]
sys.path.append(str(TESTS / "emulator"))
import adapting  # noqa: E402
import lacks  # noqa: E402

NAMED = sorted({test for lack in lacks.LACKS for test in lack.tests})


@pytest.mark.parametrize("test", NAMED)
def test_what_the_emulator_lacks_is_held_by_a_test_that_exists(test: str) -> None:
    file, _, name = test.partition("::")

    assert re.search(rf"^def {name}\(", (TESTS / file).read_text("utf-8"), re.MULTILINE)


def test_only_what_is_on_the_list_is_left_out() -> None:
    main, edge, monitoring = transformed(), template("edge"), template("monitoring")

    kinds = {
        document["Resources"][name]["Type"]
        for document in (main, edge, monitoring)
        for name in adapting.left_out(document)
    }
    assert kinds == {
        "AWS::CloudWatch::Alarm",
        "AWS::CodeDeploy::Application",
        "AWS::CodeDeploy::DeploymentGroup",
        "AWS::WAFv2::LoggingConfiguration",
        "AWS::WAFv2::WebACLAssociation",
    }
    assert adapting.left_out(main) & {"Table", "Queue", "Api", "SolveFunction"} == set()


def test_what_is_left_is_as_it_was() -> None:
    before = transformed(GradualDeployment="false")
    after = adapting.without_what_it_lacks(before)

    assert before["Resources"].keys() - after["Resources"].keys() == {"FailedInvocations"}
    assert all(after["Resources"][name] == before["Resources"][name] for name in after["Resources"])
    assert after["Outputs"] == before["Outputs"]
