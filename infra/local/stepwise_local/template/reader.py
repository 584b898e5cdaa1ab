"""Read the bundle out of ``template.yaml``, with the settings of this machine's environment in their places.

A setting given in the environment replaces the template's value of every function variable of that name; where that
value is a parameter, the parameter has the setting's value everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stepwise_local.template.api_reader import (
    read_authorizers,
    read_gateway_responses,
    read_minimum_compression,
    read_routes,
    read_throttle,
)
from stepwise_local.template.model import Bundle, EventSource, Function, Queue, Redrive, Schedule, Table
from stepwise_local.template.yaml_values import ACCOUNT, PARTITION, REGION, Template, TemplateError, load

__all__ = ["read_bundle"]

_SCHEDULES = ("ScheduleV2", "Schedule")


def read_bundle(path: Path, settings: Mapping[str, str], aws_url: str) -> Bundle:
    """The bundle of the template at *path*; *aws_url* is where AWS is on this machine, for the queues' addresses.

    Raises:
        TemplateError: the template is missing something that is needed to run it.
    """
    document = load(path)
    apply_globals(document)
    settings = {name: text for name, text in settings.items() if text and not name.startswith("AWS_LAMBDA_")}
    template = Template(document, _parameters(document, settings), _Names(document, aws_url))
    functions = _functions(template, path.parent, settings)
    return Bundle(
        stage=_stage(template),
        functions=functions,
        routes=read_routes(template),
        authorizers=read_authorizers(template),
        gateway_responses=read_gateway_responses(template),
        key_source=_key_source(template),
        throttle=read_throttle(template),
        queues=_queues(template),
        tables=_tables(template),
        event_sources=_event_sources(template),
        schedules=_schedules(template),
        minimum_compression=read_minimum_compression(template),
    )


def apply_globals(document: dict[str, Any]) -> None:
    """Merge ``Globals`` into the resources as SAM does: maps are merged, lists joined, the resource's value wins."""
    for section, kind in (("Function", "AWS::Serverless::Function"), ("Api", "AWS::Serverless::Api")):
        shared = document.get("Globals", {}).get(section, {})
        for resource in document["Resources"].values():
            if resource.get("Type") == kind:
                resource["Properties"] = _merge(shared, resource.get("Properties") or {})


def _merge(shared: Any, own: Any) -> Any:
    if isinstance(shared, dict) and isinstance(own, dict) and not _intrinsic(shared) and not _intrinsic(own):
        return {
            **shared,
            **{key: _merge(shared[key], item) if key in shared else item for key, item in own.items()},
        }
    if isinstance(shared, list) and isinstance(own, list):
        return [*shared, *own]
    return own


def _intrinsic(node: dict[str, Any]) -> bool:
    return len(node) == 1 and next(iter(node)).startswith(("Ref", "Fn::"))


def _variables(properties: Mapping[str, Any]) -> dict[str, Any]:
    variables: dict[str, Any] = (properties.get("Environment") or {}).get("Variables") or {}
    return variables


def _parameters(document: Mapping[str, Any], settings: Mapping[str, str]) -> dict[str, str]:
    """Values of the parameters that functions' variables of these names refer to."""
    declared = document.get("Parameters", {})
    given: dict[str, str] = {}
    for resource in document["Resources"].values():
        if resource.get("Type") != "AWS::Serverless::Function":
            continue
        for name, node in _variables(resource["Properties"]).items():
            parameter = node.get("Ref") if isinstance(node, dict) else None
            if name in settings and isinstance(parameter, str) and parameter in declared:
                _check_number(name, settings[name], declared[parameter])
                given[parameter] = settings[name]
    return given


def _check_number(name: str, text: str, declared: Mapping[str, Any]) -> None:
    if declared.get("Type") == "Number":
        try:
            float(text)
        except ValueError:
            raise TemplateError(f"{name} is {text!r}, but it must be a number.") from None


class _Names:
    """What ``Ref`` and ``GetAtt`` give for the resources of this machine."""

    def __init__(self, document: Mapping[str, Any], aws_url: str) -> None:
        self._resources = document["Resources"]
        self._aws_url = aws_url

    def __call__(self, name: str, attribute: str | None) -> str:
        resource = self._resources.get(name.split(".")[0])
        if resource is None:
            raise TemplateError(f"There is no resource or parameter {name}.")
        kind = resource.get("Type", "")
        properties = resource.get("Properties") or {}
        physical = properties.get(
            {"AWS::SQS::Queue": "QueueName", "AWS::DynamoDB::Table": "TableName"}.get(kind, "")
        )
        physical = physical if isinstance(physical, str) else name
        service, path = {
            "AWS::SQS::Queue": ("sqs", physical),
            "AWS::DynamoDB::Table": ("dynamodb", f"table/{physical}"),
            "AWS::Serverless::Function": ("lambda", f"function:{name}"),
            "AWS::Serverless::LayerVersion": ("lambda", f"layer:{name}:1"),
        }.get(kind, (kind.lower().replace("::", "-"), name))
        arn = f"arn:{PARTITION}:{service}:{REGION}:{ACCOUNT}:{path}"
        if kind == "AWS::Serverless::Function" and "Alias" in (attribute, name.partition(".")[2]):
            return arn.replace(name, name.partition(".")[0])
        if attribute is None:
            if kind == "AWS::SQS::Queue":
                return f"{self._aws_url}/{ACCOUNT}/{physical}"
            return arn if kind == "AWS::Serverless::LayerVersion" else physical
        if attribute == "QueueUrl":
            return f"{self._aws_url}/{ACCOUNT}/{physical}"
        if attribute == "QueueName":
            return physical
        return arn if attribute.endswith("Arn") else f"{name}.{attribute}"


def _functions(template: Template, folder: Path, settings: Mapping[str, str]) -> dict[str, Function]:
    layers = {
        str(template.value({"Ref": name})): _layer_folder(
            folder / str(template.value(properties["ContentUri"]))
        )
        for name, properties in template.of_type("AWS::Serverless::LayerVersion").items()
    }
    functions = {}
    for name, properties in template.of_type("AWS::Serverless::Function").items():
        if "Handler" not in properties or "CodeUri" not in properties:
            raise TemplateError(f"{name} needs Handler and CodeUri.")
        names = [str(layer) for layer in template.value(properties.get("Layers", []))]
        reserved = template.value(properties.get("ReservedConcurrentExecutions"))
        logging = template.value(properties.get("LoggingConfig")) or {}
        functions[name] = Function(
            name=name,
            code=(folder / str(template.value(properties["CodeUri"]))).resolve(),
            handler=str(template.value(properties["Handler"])),
            environment=_environment(template, _variables(properties), settings),
            layers=tuple(layers[layer] for layer in names if layer in layers),
            timeout=float(template.value(properties.get("Timeout", 3))),
            memory=int(template.value(properties.get("MemorySize", 128))),
            reserved=None if reserved is None else int(reserved),
            log_format=str(logging.get("LogFormat", "Text")),
            log_level=str(logging.get("ApplicationLogLevel", "")),
            snap_start=(template.value(properties.get("SnapStart")) or {}).get("ApplyOn")
            == "PublishedVersions",
        )
    return functions


def _layer_folder(content: Path) -> Path:
    """The folder that is ``/opt/python``: the source of a layer that SAM builds, or ``python/`` in a built one."""
    built = content / "python"
    return (built if built.is_dir() else content).resolve()


def _environment(
    template: Template, variables: Mapping[str, Any], settings: Mapping[str, str]
) -> dict[str, str]:
    values = template.value(dict(variables))
    texts = {
        name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in values.items()
    }
    own = set(_physical_names(template))
    return {
        name: settings[name] if name in settings and text not in own else text for name, text in texts.items()
    }


def _physical_names(template: Template) -> list[str]:
    """What the names of this machine's own queues and tables are: no setting replaces them."""
    names = template.of_type("AWS::SQS::Queue", "AWS::DynamoDB::Table")
    return [
        str(template.value(node)) for name in names for node in ({"Ref": name}, {"Fn::GetAtt": [name, "Arn"]})
    ]


def _stage(template: Template) -> str:
    for properties in template.of_type("AWS::Serverless::Api").values():
        return str(template.value(properties["StageName"]))
    return "local"


def _key_source(template: Template) -> str:
    for properties in template.of_type("AWS::Serverless::Api").values():
        own = template.value(properties.get("ApiKeySourceType"))
        auth = (template.value(properties.get("Auth")) or {}).get("ApiKeySourceType")
        return str(own or auth or "HEADER")
    return "HEADER"


def _queues(template: Template) -> tuple[Queue, ...]:
    queues = []
    for name, properties in template.of_type("AWS::SQS::Queue").items():
        values = template.value(properties)
        redrive = values.pop("RedrivePolicy", None)
        arn = str(template.value({"Fn::GetAtt": [name, "Arn"]}))
        attributes = {
            key: str(value)
            for key, value in values.items()
            if key in ("VisibilityTimeout", "DelaySeconds", "MessageRetentionPeriod")
        }
        policy = Redrive(redrive["deadLetterTargetArn"], int(redrive["maxReceiveCount"])) if redrive else None
        queues.append(Queue(arn.rsplit(":", 1)[1], arn, attributes, policy))
    return tuple(queues)


def _tables(template: Template) -> tuple[Table, ...]:
    return tuple(
        Table(str(template.value({"Ref": name})), template.value(properties))
        for name, properties in template.of_type("AWS::DynamoDB::Table").items()
    )


def _events(template: Template, *kinds: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Function, name and properties of the functions' events of these types."""
    return [
        (function, name, template.value(event.get("Properties") or {}))
        for function, properties in template.of_type("AWS::Serverless::Function").items()
        for name, event in (properties.get("Events") or {}).items()
        if event.get("Type") in kinds
    ]


def _event_sources(template: Template) -> tuple[EventSource, ...]:
    return tuple(
        EventSource(
            function=function,
            queue_arn=event["Queue"],
            batch_size=int(event.get("BatchSize", 10)),
            most_at_once=_optional_int((event.get("ScalingConfig") or {}).get("MaximumConcurrency")),
            reports_failures="ReportBatchItemFailures" in event.get("FunctionResponseTypes", []),
        )
        for function, _, event in _events(template, "SQS")
        if str(event.get("Enabled", True)).lower() == "true"
    )


def _optional_int(value: Any) -> int | None:
    return None if value is None else int(float(value))


def _schedules(template: Template) -> tuple[Schedule, ...]:
    schedules = []
    for function, name, event in _events(template, *_SCHEDULES):
        expression = str(event.get("ScheduleExpression") or event.get("Schedule"))
        disabled = event.get("State") == "DISABLED" or str(event.get("Enabled", True)).lower() == "false"
        if not disabled:
            schedules.append(Schedule(name, function, expression, json.loads(event.get("Input") or "{}")))
    return tuple(schedules)
