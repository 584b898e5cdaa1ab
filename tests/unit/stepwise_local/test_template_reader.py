"""What the local stack reads out of a template, and how settings of the environment change it."""

from __future__ import annotations

from pathlib import Path

import pytest
from stepwise_local.template.model import Bundle, EventSource, Redrive, Route
from stepwise_local.template.reader import read_bundle
from stepwise_local.template.yaml_values import TemplateError
from support.toy_stack import TEMPLATE

AWS = "http://127.0.0.1:5000"
ACCOUNT = "us-east-1:123456789012"


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return read_bundle(TEMPLATE, {}, AWS)


def test_routes_have_their_integration_and_who_may_call_them(bundle: Bundle) -> None:
    routes = {route.path: route for route in bundle.routes}
    assert routes["/do/{what}"] == Route("ANY", "/do/{what}", "PlainFunction", False, "KeyHeader", True, 29.0)
    assert routes["/open"] == Route("GET", "/open", "PlainFunction", False, None, False, 29.0)
    assert routes["/hasty"].timeout == 1.0
    assert routes["/stream/{what}"] == Route(
        "POST", "/stream/{what}", "StreamsFunction", True, "BearerHeader", True, 29.0
    )


def test_globals_are_merged_into_each_function(bundle: Bundle) -> None:
    streams = bundle.functions["StreamsFunction"]
    assert streams.handler == "handler.handler"
    assert streams.memory == 256
    assert streams.timeout == 4.0
    assert streams.environment["GREETING"] == "hello"
    assert streams.environment["AWS_LAMBDA_EXEC_WRAPPER"] == "/opt/python/stepwise-bootstrap"
    assert "AWS_LAMBDA_EXEC_WRAPPER" not in bundle.functions["PlainFunction"].environment
    assert [layer.name for layer in streams.layers] == ["stepwise"]
    assert bundle.functions["PlainFunction"].layers == ()
    assert "ElsewhereFunction" not in bundle.functions


def test_queues_tables_sources_and_schedules_are_the_templates(bundle: Bundle) -> None:
    queues = {queue.name: queue for queue in bundle.queues}
    assert queues["Work"].redrive == Redrive(f"arn:aws:sqs:{ACCOUNT}:Dead", 2)
    assert queues["Work"].attributes == {"VisibilityTimeout": "1"}
    assert queues["Dead"].redrive is None
    assert [table.name for table in bundle.tables] == ["Table"]
    assert bundle.event_sources[0] == EventSource("WorkerFunction", f"arn:aws:sqs:{ACCOUNT}:Work", 1, 2, True)
    assert bundle.event_sources[1].reports_failures is False
    (schedule,) = bundle.schedules
    assert (schedule.expression, schedule.input) == ("rate(2 minutes)", {"tick": True})


def test_authorizers_and_gateway_responses_are_the_templates(bundle: Bundle) -> None:
    assert bundle.key_source == "AUTHORIZER"
    assert bundle.authorizers["BearerHeader"].headers == ("authorization",)
    assert bundle.authorizers["KeyHeader"].function == "KeysFunction"
    assert bundle.gateway_responses["UNAUTHORIZED"].status == 401
    assert bundle.gateway_responses["DEFAULT_5XX"].status is None
    assert bundle.gateway_responses["DEFAULT_5XX"].headers["x-request-id"] == "context.requestId"


def test_a_setting_replaces_the_variable_and_its_parameter_everywhere() -> None:
    bundle = read_bundle(
        TEMPLATE, {"MODEL_SLOTS": "9", "MODEL_NAME": "m", "UNKNOWN": "x", "GREETING": ""}, AWS
    )
    environment = bundle.functions["PlainFunction"].environment
    assert environment["MODEL_SLOTS"] == "9"
    assert environment["MODEL_NAME"] == "m"
    assert environment["GREETING"] == "hello"
    assert "UNKNOWN" not in environment
    assert bundle.event_sources[0].most_at_once == 9
    assert bundle.schedules[0].expression == "rate(9 minutes)"


def test_no_setting_replaces_this_machines_own_queue_and_table() -> None:
    settings = {
        "QUEUE_URL": "http://elsewhere",
        "TABLE_NAME": "other",
        "AWS_LAMBDA_EXEC_WRAPPER": "/bin/false",
    }
    bundle = read_bundle(TEMPLATE, settings, AWS)
    environment = bundle.functions["StreamsFunction"].environment
    assert environment["QUEUE_URL"] == f"{AWS}/123456789012/Work"
    assert environment["TABLE_NAME"] == "Table"
    assert environment["AWS_LAMBDA_EXEC_WRAPPER"] == "/opt/python/stepwise-bootstrap"


def test_a_function_without_a_handler_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    path.write_text('Resources: {Lost: {Type: "AWS::Serverless::Function", Properties: {CodeUri: x}}}')
    with pytest.raises(TemplateError, match="Lost"):
        read_bundle(path, {}, AWS)


def test_every_route_of_a_function_with_our_runtime_streams() -> None:
    project = Path(__file__).parents[3] / "template.yaml"
    bundle = read_bundle(project, {}, AWS)
    wrapped = {
        name
        for name, function in bundle.functions.items()
        if "AWS_LAMBDA_EXEC_WRAPPER" in function.environment
    }
    assert {route.function for route in bundle.routes if route.streaming} == wrapped
    assert not [route for route in bundle.routes if route.function in wrapped and not route.streaming]
