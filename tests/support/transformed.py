"""The template after the transformation by AWS's SAM translator."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
from samtranslator.model.exceptions import InvalidDocumentException  # type: ignore[import-untyped]
from samtranslator.parser.parser import Parser  # type: ignore[import-untyped]
from samtranslator.translator.translator import Translator  # type: ignore[import-untyped]
from stepwise_local.template.yaml_values import load

__all__ = ["TEMPLATE", "transform", "transformed"]

TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"
RELEASE = "0123456789"
"""The parameter that has no default: what ``make deploy`` computes."""
_MANAGED = "arn:aws:iam::aws:policy/service-role/"


def transformed(**parameters: str) -> dict[str, Any]:
    """The transformed template; *parameters* replace the defaults."""
    return transform(load(TEMPLATE), **parameters)


def transform(document: Mapping[str, Any], **parameters: str) -> dict[str, Any]:
    """Transform a copy of *document*; *parameters* replace the defaults.

    Raises:
        AssertionError: SAM refuses the document; the text says why.
    """
    # A copy through JSON: the translator changes its input, and YAML aliases share objects.
    copy: dict[str, Any] = json.loads(json.dumps(document))
    for resource in copy["Resources"].values():
        for name in ("CodeUri", "ContentUri"):
            if name in resource.get("Properties", {}):
                resource["Properties"][name] = "s3://bucket/key"
    defaults = {"Release": RELEASE} | {
        name: parameter["Default"]
        for name, parameter in copy.get("Parameters", {}).items()
        if "Default" in parameter
    }
    managed = {name: _MANAGED + name for name in ("AWSLambdaBasicExecutionRole", "AWSXRayDaemonWriteAccess")}
    session = boto3.Session(region_name="eu-central-1")
    try:
        done: dict[str, Any] = Translator(managed, Parser(), boto_session=session).translate(
            copy, {**defaults, **parameters}
        )
    except InvalidDocumentException as error:
        raise AssertionError([cause.message for cause in error.causes]) from error
    return done
