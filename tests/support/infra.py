"""Read the templates under infra/, with intrinsics as plain values, and the files of a model host."""

from __future__ import annotations

import copy
import functools
import importlib.util
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

__all__ = ["INFRA", "bundle", "defaults", "host_files", "script", "template", "user_data"]

INFRA = Path(__file__).resolve().parents[2] / "infra"


class _Loader(yaml.SafeLoader):
    """Loads short forms (``!Ref x``) as long ones (``{"Ref": "x"}``)."""


def _intrinsic(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    return {name: value}


_Loader.add_multi_constructor("!", _intrinsic)


def template(name: str) -> dict[str, Any]:
    """The template of ``infra/<name>/``."""
    return _read(INFRA / name / "template.yaml")


def bundle() -> dict[str, Any]:
    """The main template."""
    return _read(INFRA.parent / "template.yaml")


def _read(path: Path) -> dict[str, Any]:
    """A copy, which a test may change; the file itself is read once."""
    return copy.deepcopy(_loaded(path))


@functools.cache
def _loaded(path: Path) -> dict[str, Any]:
    loaded = _Loader(path.read_text(encoding="utf-8")).get_single_data()
    assert isinstance(loaded, dict)
    return loaded


def defaults(name: str) -> dict[str, Any]:
    """The defaults of the template's parameters as strings, as CloudFormation passes them."""
    return {
        key: str(value["Default"])
        for key, value in template(name)["Parameters"].items()
        if "Default" in value
    }


def user_data(**parameters: str) -> str:
    """The cloud-config of a model host; *parameters* replace the defaults."""
    launch = template("model-host")["Resources"]["LaunchTemplate"]["Properties"]["LaunchTemplateData"]
    values: Mapping[str, str] = {
        **defaults("model-host"),
        "AWS::Region": "eu-central-1",
        "AWS::StackId": "arn:aws:cloudformation:eu-central-1:123456789012:stack/stepwise/0",
        "AWS::StackName": "stepwise",
        "ArtefactBucket": "artefacts-example",
        **parameters,
    }
    separator, parts = launch["UserData"]["Fn::Base64"]["Fn::Join"]
    return str(separator).join(
        re.sub(r"\$\{([A-Za-z:]+)\}", lambda match: values[match[1]], part["Fn::Sub"])
        if isinstance(part, dict)
        else part
        for part in parts
    )


def host_files(**parameters: str) -> dict[str, str]:
    """The files that cloud-init writes on a model host: contents by path."""
    return {
        entry["path"]: entry["content"] for entry in yaml.safe_load(user_data(**parameters))["write_files"]
    }


def script(path: str) -> ModuleType:
    """A Python command under infra/, loaded as a module."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, INFRA / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # dataclasses look their module up by name.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
