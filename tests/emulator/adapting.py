"""The bundle's template as the emulator can deploy it: what it lacks is left out, and nothing else."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

import boto3
from samtranslator.parser.parser import Parser  # type: ignore[import-untyped]
from samtranslator.translator.translator import Translator  # type: ignore[import-untyped]

__all__ = ["left_out", "native", "spelled_out", "without_what_it_lacks"]

_LEFT_OUT = (
    "AWS::WAFv2::LoggingConfiguration",
    "AWS::WAFv2::WebACLAssociation",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
)
# It says on each use which of its features are not switched on.
logging.getLogger("samtranslator").setLevel(logging.CRITICAL)
_METHODS = ("get", "post", "put", "patch", "delete", "head", "options")


def native(document: Mapping[str, Any], parameters: Mapping[str, str], region: str) -> dict[str, Any]:
    """*document* after AWS's SAM translator, with *parameters* over their defaults. Its code has to be in S3."""
    copy: dict[str, Any] = json.loads(json.dumps(document))
    defaults = {name: each["Default"] for name, each in copy["Parameters"].items() if "Default" in each}
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=region))
    made: dict[str, Any] = translator.translate(copy, {**defaults, **parameters})
    made.pop("Transform", None)
    return made


def left_out(document: Mapping[str, Any]) -> set[str]:
    """Logical ids of the resources that the emulator cannot make."""
    return {
        name
        for name, resource in document["Resources"].items()
        if resource["Type"] in _LEFT_OUT
        or (resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"])
    }


def without_what_it_lacks(document: Mapping[str, Any]) -> dict[str, Any]:
    """*document* without the resources that the emulator cannot make; a reference to one is the text ``left-out``."""
    gone = left_out(document)

    def walked(value: Any) -> Any:
        if isinstance(value, dict):
            if value.keys() == {"Ref"} and value["Ref"] in gone:
                return "left-out"
            return {key: walked(each) for key, each in value.items()}
        return [walked(each) for each in value] if isinstance(value, list) else value

    kept = {name: each for name, each in document["Resources"].items() if name not in gone}
    # It knows the ARN of a firewall when a stack is made, and not when it is updated.
    outputs = {name: each for name, each in document.get("Outputs", {}).items() if name != "FirewallArn"}
    found: dict[str, Any] = walked({**document, "Resources": kept, "Outputs": outputs})
    return found


def spelled_out(document: dict[str, Any], parameters: Mapping[str, str]) -> None:
    """Spell out what the emulator reads otherwise than AWS: methods of every kind, and numbers that are parameters."""
    for resource in document["Resources"].values():
        properties = resource.get("Properties", {})
        for item in properties.get("Body", {}).get("paths", {}).values():
            operation = item.pop("x-amazon-apigateway-any-method", None)
            if operation:
                _unstreamed(operation["x-amazon-apigateway-integration"])
                item.update({method: operation for method in _METHODS if method not in item})
        scaling = properties.get("ScalingConfig", {})
        if isinstance(scaling.get("MaximumConcurrency"), dict):
            name = scaling["MaximumConcurrency"]["Ref"]
            scaling["MaximumConcurrency"] = int(parameters.get(name, document["Parameters"][name]["Default"]))


def _unstreamed(integration: dict[str, Any]) -> None:
    """Make an integration that streams one that answers in one piece."""
    integration.pop("responseTransferMode", None)
    uri = json.dumps(integration["uri"])
    uri = uri.replace("2021-11-15", "2015-03-31").replace("response-streaming-invocations", "invocations")
    integration["uri"] = json.loads(uri)
