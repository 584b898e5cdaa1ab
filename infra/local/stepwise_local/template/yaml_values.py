"""A SAM template's values: YAML with CloudFormation's short tags, conditions and intrinsic functions.

Only what a value is made of is evaluated, and only when it is asked for, so that parts of a template that this machine
does not run (nested stacks, alarms) may use whatever they like.

Source: "Intrinsic function reference" and "Pseudo parameters reference" in AWS's CloudFormation user guide.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

__all__ = ["ACCOUNT", "PARTITION", "REGION", "Template", "TemplateError", "load"]

REGION = "us-east-1"
ACCOUNT = "123456789012"
PARTITION = "aws"

Attributes = Callable[[str, str | None], Any]
"""What a resource's ``Ref`` (attribute ``None``) or ``Fn::GetAtt`` gives."""


class TemplateError(ValueError):
    """A template that cannot be read; its text says where and why."""


class _Loader(yaml.SafeLoader):
    """YAML where ``!Sub x`` is ``{"Fn::Sub": "x"}``."""


def _short_tag(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)  # noqa: S101 - the third and last kind of node
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_tag)


def load(path: Path) -> dict[str, Any]:
    """The template of *path* as plain dictionaries, intrinsics in their long form."""
    try:
        # _Loader is a SafeLoader that keeps the short forms of intrinsic functions as plain data.
        document = yaml.load(path.read_text("utf-8"), _Loader)  # noqa: S506 # nosec B506
    except (OSError, yaml.YAMLError) as error:
        raise TemplateError(f"{path} cannot be read: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise TemplateError(f"{path} is no template: it has no Resources.")
    return document


_NO_VALUE = object()


class Template:
    """A template with its parameters' values; ``value`` evaluates any part of it."""

    def __init__(
        self, document: Mapping[str, Any], parameters: Mapping[str, str], attributes: Attributes
    ) -> None:
        self._document = document
        self._given = parameters
        self._attributes = attributes
        self.resources: dict[str, dict[str, Any]] = {
            name: resource
            for name, resource in document["Resources"].items()
            if "Condition" not in resource or self.condition(resource["Condition"])
        }

    def of_type(self, *kinds: str) -> dict[str, dict[str, Any]]:
        """Properties, not evaluated, of the resources of these types whose condition holds."""
        return {
            name: resource.get("Properties") or {}
            for name, resource in self.resources.items()
            if resource.get("Type") in kinds
        }

    def parameter(self, name: str) -> str | list[str]:
        declared = self._document.get("Parameters", {})[name]
        value = self._given.get(name, declared.get("Default", ""))
        kind = str(declared.get("Type", "String"))
        if kind == "CommaDelimitedList" or kind.startswith("List<"):
            return [part.strip() for part in str(value).split(",")]
        return _text(value)

    def condition(self, name: str) -> bool:
        try:
            node = self._document["Conditions"][name]
        except KeyError:
            raise TemplateError(f"There is no condition {name}.") from None
        return self._truth(node)

    def value(self, node: Any) -> Any:
        """*node* with every intrinsic function worked out; what is ``AWS::NoValue`` is left out."""
        if isinstance(node, list):
            values = [self.value(item) for item in node]
            return [value for value in values if value is not _NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((name, argument),) = node.items()
            if name == "Ref":
                return self._ref(str(argument))
            if isinstance(name, str) and name.startswith("Fn::"):
                return self._function(name[4:], argument)
        pairs = {key: self.value(item) for key, item in node.items()}
        return {key: value for key, value in pairs.items() if value is not _NO_VALUE}

    def _truth(self, node: Any) -> bool:
        if isinstance(node, dict) and len(node) == 1:
            ((name, argument),) = node.items()
            if name == "Condition":
                return self.condition(argument)
            if name == "Fn::And":
                return all(self._truth(part) for part in argument)
            if name == "Fn::Or":
                return any(self._truth(part) for part in argument)
            if name == "Fn::Not":
                return not self._truth(argument[0])
            if name == "Fn::Equals":
                left, right = (self.value(part) for part in argument)
                return _text(left) == _text(right)
        raise TemplateError(f"Not a condition: {node!r}.")

    def _ref(self, name: str) -> Any:
        pseudo = {
            "AWS::Region": REGION,
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": PARTITION,
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": "stepwise-local",
            "AWS::StackId": f"arn:{PARTITION}:cloudformation:{REGION}:{ACCOUNT}:stack/stepwise-local/local",
            "AWS::NoValue": _NO_VALUE,
            "AWS::NotificationARNs": [],
        }
        if name in pseudo:
            return pseudo[name]
        if name in self._document.get("Parameters", {}):
            return self.parameter(name)
        return self._attributes(name, None)

    def _function(self, name: str, argument: Any) -> Any:
        match name, argument:
            case "If", [condition, then, otherwise]:
                return self.value(then if self.condition(condition) else otherwise)
            case "GetAtt", [resource, attribute]:
                return self._attributes(str(resource), str(self.value(attribute)))
            case "GetAtt", str():
                resource, attribute = argument.split(".", 1)
                return self._attributes(resource, attribute)
            case "Sub", _:
                return self._sub(argument)
            case "Join", [separator, parts]:
                return str(separator).join(_text(part) for part in self.value(parts))
            case "Split", [separator, text]:
                return _text(self.value(text)).split(separator)
            case "Select", [index, items]:
                return self.value(items)[int(self.value(index))]
            case "FindInMap", [mapping, first, second, *_]:
                keys = (self.value(key) for key in (mapping, first, second))
                found: Any = self._document.get("Mappings", {})
                for key in keys:
                    found = found[_text(key)]
                return found
            case "Base64", _:
                return base64.b64encode(_text(self.value(argument)).encode()).decode()
            case (("Equals" | "And" | "Or" | "Not"), _):
                return self._truth({f"Fn::{name}": argument})
        raise TemplateError(f"Fn::{name} with {argument!r} is not understood here.")

    def _sub(self, argument: Any) -> str:
        text, variables = argument if isinstance(argument, list) else (argument, {})

        def replace(match: re.Match[str]) -> str:
            name = match[1]
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            if name in variables:
                return _text(self.value(variables[name]))
            if "." in name:
                return _text(self._attributes(*name.split(".", 1)))
            return _text(self._ref(name))

        return re.sub(r"\$\{([^}]+)\}", replace, str(text))


def _text(value: Any) -> str:
    """A scalar as CloudFormation writes it: booleans are ``true`` and ``false``."""
    return str(value).lower() if isinstance(value, bool) else str(value)
