"""The template as CloudFormation gets it: what our runtime answers reaches clients as a stream.

``ResponseTransferMode: STREAM`` in a SAM template is taken without a word and becomes a buffered integration.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from stepwise_local.template.yaml_values import load
from support.transformed import TEMPLATE, transform


def buffered(document: dict[str, Any]) -> dict[str, list[str]]:
    """Paths of functions with our runtime whose integration is buffered, and of others whose is streamed."""
    wrapped = {
        name
        for name, resource in document["Resources"].items()
        if resource.get("Type") == "AWS::Serverless::Function"
        and "AWS_LAMBDA_EXEC_WRAPPER" in resource["Properties"].get("Environment", {}).get("Variables", {})
    }
    assert wrapped
    resources = transform(document)["Resources"]
    (api,) = [one for one in resources.values() if one["Type"] == "AWS::ApiGateway::RestApi"]
    wrong: dict[str, list[str]] = {"buffered": [], "streamed": []}
    for path, methods in api["Properties"]["Body"]["paths"].items():
        for method in methods.values():
            integration = method["x-amazon-apigateway-integration"]
            uri = json.dumps(integration["uri"])
            streams = (
                integration.get("responseTransferMode") == "STREAM"
                and "/response-streaming-invocations" in uri
            )
            function = re.search(r"\$\{(\w+?)(Alias\w+|\.Arn)\}/", uri)
            ours = function is not None and function[1] in wrapped
            if ours and not streams:
                wrong["buffered"].append(path)
            if streams and not ours:
                wrong["streamed"].append(path)
    return wrong


def test_every_route_of_our_runtime_is_a_streaming_integration_and_no_other() -> None:
    assert buffered(load(TEMPLATE)) == {"buffered": [], "streamed": []}


@pytest.mark.parametrize("mode", ["STREAM", "BUFFERED", None])
def test_the_check_sees_a_route_that_is_silently_buffered(mode: str | None) -> None:
    document = load(TEMPLATE)
    event = document["Resources"]["SolveFunction"]["Properties"]["Events"]["Post"]["Properties"]
    event["ResponseTransferMode"] = mode
    if mode is None:
        del event["ResponseTransferMode"]
    assert buffered(document)["buffered"] == [event["Path"]]
