"""What a deployment holds data or keys in survives an upgrade from the first deployable commit, 53c3c22.

``tests/data/upgrade/resources.json`` has, by template and logical id, the resources that keep something, that commit's and
those that were added since (the smoke test's key), with the properties whose change makes CloudFormation replace the resource (its "Update requires: Replacement"); null is not given.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.infra import template
from support.transformed import transformed

PINNED = json.loads((Path(__file__).parents[1] / "data/upgrade/resources.json").read_text("utf-8"))
RESOURCES = [(of, name) for of, resources in PINNED.items() for name in resources]


def _today(of: str) -> dict[str, Any]:
    document = transformed() if of == "main" else template(of)
    resources: dict[str, Any] = document["Resources"]
    return resources


@pytest.mark.parametrize(("of", "name"), RESOURCES, ids=lambda value: value)
def test_a_resource_that_keeps_something_is_neither_deleted_nor_replaced(of: str, name: str) -> None:
    pinned, today = PINNED[of][name], _today(of)[name]

    assert today["Type"] == pinned["Type"]
    assert today.get("Condition") == pinned["Condition"]
    given = today.get("Properties", {})
    assert {key: given.get(key) for key in pinned["Replacement"]} == pinned["Replacement"]


def test_everything_that_keeps_something_is_pinned() -> None:
    kinds = {resource["Type"] for resources in PINNED.values() for resource in resources.values()}
    unpinned = [
        (of, name)
        for of in PINNED
        for name, resource in _today(of).items()
        if resource["Type"] in kinds | {"AWS::S3::Bucket"} and name not in PINNED[of]
    ]

    assert kinds >= {"AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::ApiGateway::ApiKey", "AWS::KMS::Key"}
    assert unpinned == []
